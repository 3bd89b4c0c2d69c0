"""The proof of the fence proves something: ours holds, every rule that is wrong on purpose is caught, a replay is the same."""

import pytest

from bot.bench import fence
from bot.bench.fence_oracle import FOREVER, Books, Delivered, Heard, Span, Spoken, judge, overtook
from bot.bench.fence_plan import DEEDS, STEPS, schedule
from bot.bench.fence_rules import MUTANTS, OURS, Rules

CAUGHT_AT = {"a": 13, "peers": 13, "b": 4, "c": 13, "d": 13, "e": 0, "f": 110, "g": 873, "h": 1911, "i": 3, "j": 70, "k": 279}
"""Interleavings of seed 1 in which each of them goes wrong."""


def test_ours_holds() -> None:
    tally = fence.part(OURS.name, 1, 0, 2000)
    assert (tally.ran, tally.bad, tally.examples) == (2000, 0, [])
    assert tally.delivered > 1500


@pytest.mark.parametrize("rules", MUTANTS, ids=lambda rules: rules.name)
def test_what_is_wrong_on_purpose_is_caught(rules: Rules) -> None:
    n = CAUGHT_AT[rules.name]
    assert judge(fence.one(rules, 1, n))
    assert not judge(fence.one(OURS, 1, n))


def test_the_same_seed_is_the_same_interleaving_step_by_step() -> None:
    first: list[str] = []
    again: list[str] = []
    assert fence.replay("1:13", OURS, first.append) == fence.replay("1:13", OURS, again.append) == 0
    assert first == again
    assert first[-1] == "holds"
    assert fence.replay("1:13", MUTANTS[0], again.append) == 1
    assert schedule(1, 13) == schedule(1, 13) != schedule(2, 13)


def test_everything_that_may_happen_happens() -> None:
    drawn = {deed for n in range(50) for deed, _, _ in schedule(3, n)}
    assert drawn == set(range(len(DEEDS)))
    assert len(schedule(3, 0)) == STEPS


def books(**changes: object) -> Books:
    """Two questions, their answers, and a guide who held the talk afterwards."""
    fields: dict[str, object] = {
        "said": 2,
        "heard": [Heard(1, "answered", 5), Heard(2, "answered", 9)],
        "spoken": [Spoken(1, "bot", "sent", (1,), 4, overtaken=True), Spoken(2, "bot", "sent", (2,), 8, overtaken=True)],
        "delivered": [Delivered(1, 7, 6), Delivered(2, 11, 10)],
        "spans": [Span("desk", 20, 30)],
    }
    return Books(**{**fields, **changes})  # type: ignore[arg-type]


def test_books_that_agree_pass() -> None:
    assert judge(books()) == []


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"delivered": [Delivered(1, 7, 6), Delivered(2, 25, 10)]}, ["bot after a person"]),
        ({"delivered": [Delivered(1, 7, 6), Delivered(2, 35, 34)]}, ["bot after a person"]),
        ({"spans": [Span("phone", 9)]}, ["bot after a person"]),
        ({"said": 3}, ["lost"]),
        ({"heard": [Heard(1, "answered", 5), Heard(2, None, 0)]}, ["lost"]),
        ({"delivered": [Delivered(1, 7, 6)]}, ["lost"]),
        ({"spoken": [Spoken(1, "bot", "sent", (1,), 4, True), Spoken(2, "bot", "sending", (2,), 8, True)]}, ["lost", "lost"]),
        ({"spoken": [Spoken(1, "bot", "sent", (1,), 4, True), Spoken(2, "guide", "dropped", (), 8, True)]}, ["lost", "lost"]),
        ({"delivered": [Delivered(1, 7, 6), Delivered(2, 11, 10), Delivered(2, 12, 10)]}, ["double"]),
        ({"spoken": [Spoken(1, "bot", "sent", (1,), 4, True), Spoken(2, "bot", "sent", (1, 2), 8, True)]}, ["double"]),
        ({"heard": [Heard(1, "answered", 5, withdrawn=3), Heard(2, "answered", 9)]}, ["double"]),
        ({"delivered": [Delivered(2, 7, 6), Delivered(1, 11, 10)]}, ["out of order"]),
        ({"heard": [Heard(1, "answered", 9), Heard(2, "answered", 5)]}, ["out of order"]),
        ({"stuck": True}, ["stuck"]),
    ],
)
def test_every_breach_is_seen(changes: dict[str, object], kinds: list[str]) -> None:
    assert [kind for kind, _ in judge(books(**changes))] == kinds


def test_what_nobody_asked_for_is_a_breach_in_a_wait() -> None:
    spoken = [Spoken(1, "bot", "sent", (1,), 4, overtaken=True), Spoken(2, "bot", "sent", (2,), 8, overtaken=True, pushed=True)]
    assert [kind for kind, _ in judge(books(spoken=spoken, waits=[Span("desk", 9, FOREVER)]))] == ["bot after a person"]


def test_a_call_under_way_while_a_person_came_to_the_phone_is_counted_and_no_breach() -> None:
    case = books(delivered=[Delivered(1, 7, 6), Delivered(2, 18, 10)], spans=[Span("phone", 12, 15)])
    assert (judge(case), overtook(case)) == ([], 1)
