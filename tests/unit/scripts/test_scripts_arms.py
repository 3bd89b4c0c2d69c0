"""A/B: shoppers are split evenly, independently of other experiments, and stay where they are. All bounds are computed."""

from datetime import date, datetime
from itertools import product
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import Experiment, Listener, Script, Scriptbook, Variant
from scripts.arms import share

N = 8000
PEOPLE = [f"wm-{n}" for n in range(N)]
RARE = 1e-9
"""How often a fair split would fail a test here."""


def within(tests: int = 1, n: int = N) -> float:
    """How far a frequency of n fair draws strays at most, but for one in a billion (Hoeffding; union bound over the tests)."""
    return sqrt(log(2 * tests / RARE) / (2 * n))


def trial(**more: object) -> Experiment:
    return Experiment(**{"id": "hello", "arms": (("A", 1.0), ("B", 1.0)), **more})  # type: ignore[arg-type]


def book(experiment: Experiment | None, *variants: Variant) -> Scriptbook:
    return Scriptbook.build([Script("greet", "招呼语", variants, experiment=experiment)])


A, B, PLAIN = Variant("甲", arm="A"), Variant("乙", arm="B"), Variant("平")


def test_shares_are_uniform() -> None:
    # Dvoretzky–Kiefer–Wolfowitz: sup |F_n − F| has the bound of Hoeffding
    found = sorted(share("hello", person) for person in PEOPLE)
    apart = max(max(abs((n + 1) / N - x), abs(x - n / N)) for n, x in enumerate(found))
    assert apart <= within()
    assert 0 <= found[0] <= found[-1] < 1


def test_two_experiments_split_the_same_people_independently() -> None:
    grid = 5
    pairs = [(share("one", person), share("two", person)) for person in PEOPLE]
    for i, j in product(range(grid), repeat=2):
        here = sum(int(x * grid) == i and int(y * grid) == j for x, y in pairs) / N
        assert abs(here - 1 / grid**2) <= within(grid**2)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (9.0, 1.0), (1.0, 2.0, 5.0)])
def test_arms_are_as_large_as_their_weights(weights: tuple[float, ...]) -> None:
    arms = tuple((f"arm{n}", weight) for n, weight in enumerate(weights))
    split = Experiment("e", arms)
    told = [split.arm_of(person) for person in PEOPLE]
    for name, weight in arms:
        assert abs(told.count(name) / N - weight / sum(weights)) <= within(len(arms))


def test_the_order_in_which_arms_are_written_changes_nobody() -> None:
    turned = trial(arms=(("B", 1.0), ("A", 1.0)))
    assert all(trial().arm_of(person) == turned.arm_of(person) for person in PEOPLE[:500])


def test_a_shopper_hears_their_arm_in_every_message_and_it_counts() -> None:
    for person in PEOPLE[:50]:
        replies = [book(trial(), A, B, PLAIN).render("greet", {}, Listener(person=person), f"m{n}") for n in range(5)]
        arm = trial().arm_of(person)
        assert {(one.text, one.arm, one.experiment) for one in replies if one} == {({"A": "甲", "B": "乙"}[arm], arm, "hello")}


@given(st.text(min_size=1, max_size=8), st.lists(st.sampled_from([PLAIN, Variant("丙", arm="A"), Variant("丁", arm="B")])))
def test_an_arm_stays_when_other_wordings_change(person: str, more: list[Variant]) -> None:
    before = book(trial(), A, B).render("greet", {}, Listener(person=person), "m")
    after = book(trial(), *more, A, B, *more).render("greet", {}, Listener(person=person), "m")
    assert before is not None
    assert after is not None
    assert before.arm == after.arm


def test_within_an_arm_the_most_particular_wording_wins() -> None:
    special = Variant("甲金", arm="A", levels=frozenset({"gold"}))
    person = next(one for one in PEOPLE if trial().arm_of(one) == "A")
    reply = book(trial(), A, B, special).render("greet", {}, Listener(level="gold", person=person), "m")
    assert reply is not None
    assert (reply.text, reply.arm) == ("甲金", "A")


def test_outside_its_days_all_wordings_compete_and_nothing_counts() -> None:
    split = trial(begins=date(2026, 12, 1), ends=date(2026, 12, 2))
    for day, arms in ((30, {None}), (1, {"A"}), (2, {"A"}), (3, {None})):
        moment = datetime(2026, 11 if day == 30 else 12, day, 23, 59)
        person = next(one for one in PEOPLE if split.arm_of(one) == "A")
        said = [book(split, A, B, PLAIN).render("greet", {}, Listener(person=person, moment=moment), f"m{n}") for n in range(60)]
        assert {one.arm for one in said if one} == arms
        assert {one.text for one in said if one} == ({"甲"} if arms == {"A"} else {"甲", "乙", "平"})


def test_somebody_who_is_not_known_hears_any_wording_and_does_not_count() -> None:
    said = [book(trial(), A, B, PLAIN).render("greet", {}, Listener(), f"m{n}") for n in range(60)]
    assert {(one.text, one.arm, one.experiment) for one in said if one} == {(text, None, None) for text in "甲乙平"}


def test_an_arm_without_words_for_a_shopper_leaves_them_to_the_wordings_without_an_arm() -> None:
    only_gold = Variant("甲金", arm="A", levels=frozenset({"gold"}))
    person = next(one for one in PEOPLE if trial().arm_of(one) == "A")
    for variants, text in (((only_gold, B, PLAIN), "平"), ((only_gold, B), "乙")):
        reply = book(trial(), *variants).render("greet", {}, Listener(person=person), "m")
        assert reply is not None
        assert (reply.text, reply.arm, reply.experiment) == (text, None, None)
