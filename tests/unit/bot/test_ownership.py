"""Who speaks: every transition, and what no sequence of them may ever allow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ownership
from bot.ownership import PATIENCE, Floor

NOW = datetime(2026, 5, 20, 14, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)


def floor(owner: str, guide: str | None = None) -> Floor:
    return Floor(owner, 3, guide, EARLIER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "step", "owner", "epoch", "guide", "since"),
    [
        (floor("bot"), "asked", "waiting", 3, None, NOW),
        (floor("waiting"), "asked", "waiting", 3, None, EARLIER),
        (floor("human", "a"), "asked", "human", 3, "a", EARLIER),
        (floor("closed"), "asked", "waiting", 3, None, NOW),
        (floor("bot"), "claimed", "human", 4, "b", NOW),
        (floor("waiting"), "claimed", "human", 4, "b", NOW),
        (floor("human", "a"), "claimed", "human", 4, "b", NOW),
        (floor("human", "b"), "claimed", "human", 3, "b", EARLIER),
        (floor("closed"), "claimed", "human", 4, "b", NOW),
        (floor("bot"), "back", "bot", 3, None, EARLIER),
        (floor("waiting"), "back", "bot", 4, None, NOW),
        (floor("human", "a"), "back", "bot", 4, None, NOW),
        (floor("closed"), "back", "bot", 4, None, NOW),
        (floor("bot"), "closed", "closed", 4, None, NOW),
        (floor("waiting"), "closed", "closed", 4, None, NOW),
        (floor("human", "a"), "closed", "closed", 4, None, NOW),
        (floor("closed"), "closed", "closed", 4, None, NOW),
        (floor("bot"), "written", "bot", 3, None, EARLIER),
        (floor("waiting"), "written", "waiting", 3, None, EARLIER),
        (floor("human", "a"), "written", "human", 3, "a", EARLIER),
        (floor("closed"), "written", "bot", 3, None, NOW),
    ],
)
def test_every_transition(before: Floor, step: str, owner: str, epoch: int, guide: str | None, since: datetime) -> None:
    assert _step(before, step, "b") == Floor(owner, epoch, guide, since)  # type: ignore[arg-type]


def _step(before: Floor, step: str, guide: str, now: datetime = NOW) -> Floor:
    match step:
        case "asked":
            return ownership.asked_for_person(before, now)
        case "claimed":
            return ownership.claimed(before, guide, now)
        case "back":
            return ownership.handed_back(before, now)
        case "closed":
            return ownership.closed(before, now)
        case _:
            return ownership.written_to(before, now)


@given(
    st.lists(st.tuples(st.sampled_from(["asked", "claimed", "back", "closed", "written"]), st.sampled_from("ab")), max_size=30)
)
def test_the_epoch_never_falls_and_an_old_word_never_leaves_after_a_claim(steps: list[tuple[str, str]]) -> None:
    here = Floor()
    thought: list[tuple[int, bool]] = [(0, False)]
    for n, (step, guide) in enumerate(steps):
        after = _step(here, step, guide, NOW + timedelta(minutes=n))
        assert after.epoch >= here.epoch
        if step == "claimed":
            assert after.owner == "human"
            assert after.guide == guide
            thought = [(epoch, True) for epoch, _ in thought]
        assert (after.guide is not None) == (after.owner == "human")
        here = after
        for epoch, claimed_since in thought:
            if claimed_since:
                assert not ownership.may_leave("bot", epoch, here)
            assert ownership.may_leave("guide", epoch, here)
            assert ownership.may_leave("system", epoch, here)
        assert ownership.may_leave("bot", here.epoch, here) == (here.owner != "human")
        if here.owner != "human":
            thought.append((here.epoch, False))


def test_waiting_for_a_person_lets_the_promise_still_leave() -> None:
    assert ownership.may_leave("bot", 3, ownership.asked_for_person(floor("bot"), NOW))


@pytest.mark.parametrize(
    ("owner", "since", "may"),
    [
        ("bot", None, True),
        ("closed", EARLIER, True),
        ("human", EARLIER, False),
        ("waiting", NOW - PATIENCE, False),
        ("waiting", NOW - PATIENCE - timedelta(seconds=1), True),
        ("waiting", None, False),
    ],
)
def test_the_bot_answers_unless_a_person_does_or_will_soon(owner: str, since: datetime | None, may: bool) -> None:
    assert ownership.bot_may_answer(Floor(owner, 1, None, since), NOW) is may  # type: ignore[arg-type]
