"""A/B: nobody cries wolf however often ops look, a real difference is found, and the words say which of it is the case."""

from datetime import UTC, date, datetime
from math import sqrt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effect.counting import Counted, Span
from bot.effect.planned import trials
from bot.effect.sequential import ALPHA, FEWEST, Share, difference, enough, still_needed
from bot.effect.telling import told_verdict
from bot.effect.trials import Arm, Compared, Trial, Verdict, compared, judged
from bot.effect.values import Label, Measure
from scripts import Script
from scripts.arms import Experiment
from tests.unit.bot.test_effect import HOUR, Deeds, Facts, Lines

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)
DAYS, RUNS = 60, 250


def a_trial(*arms: str, measure: Measure = "answer", least: float | None = None) -> Trial:
    return Trial("e1", "greet", dict.fromkeys(arms or ("A", "B"), 1.0), NOW, measure=measure, least=least)


def arms(measure: Measure = "answer", **seen: tuple[int, int]) -> Compared:
    """name=(did, of)."""
    return Compared(tuple(Arm(name, of, {measure: Share(of, did)}) for name, (did, of) in seen.items()))


def judge(measure: Measure = "answer", least: float | None = None, **seen: tuple[int, int]) -> Verdict:
    return judged(a_trial(*seen, measure=measure, least=least), arms(measure, **seen))


# --- looked at every day


def daily(seed: int, chances: tuple[float, ...], people: float) -> np.ndarray:
    """(day, arm, (did, of)) of an experiment, summed up day by day; people come as they like."""
    rng = np.random.default_rng(seed)
    of = rng.poisson(people, (DAYS, len(chances)))
    did = rng.binomial(of, chances)
    return np.stack([did.cumsum(0), of.cumsum(0)], axis=2)


def first_winner(seed: int, chances: tuple[float, ...], people: float) -> tuple[int, str] | None:
    """When an experiment that ops look at every day is first called won, and by whom."""
    names = "ABC"[: len(chances)]
    for day, seen in enumerate(daily(seed, chances, people)):
        found = judge(**{name: (int(did), int(of)) for name, (did, of) in zip(names, seen, strict=True)})
        if found.kind == "better":
            return day, str(found.winner)
    return None


@pytest.mark.parametrize(
    ("chance", "people", "arms_"), [(0.5, 40, 2), (0.3, 10, 2), (0.3, 300, 2), (0.05, 60, 2), (0.01, 300, 2), (0.3, 60, 3)]
)
def test_without_a_difference_daily_looks_for_sixty_days_find_a_winner_in_at_most_five_of_a_hundred(
    chance: float, people: float, arms_: int
) -> None:
    wrong = sum(first_winner(seed, (chance,) * arms_, people) is not None for seed in range(RUNS))
    # three standard errors beyond what is promised: a rule that really errs more often than that is found out
    assert wrong <= RUNS * ALPHA + 3 * sqrt(RUNS * ALPHA * (1 - ALPHA))


def test_the_ordinary_test_looked_at_daily_would_not_pass() -> None:
    """That the simulation can fail: p ± 1.96 √… at the same looks."""
    wrong = 0
    for seed in range(RUNS):
        did, of = daily(seed, (0.3, 0.3), 40)[4:, :, 0], daily(seed, (0.3, 0.3), 40)[4:, :, 1]
        share = did / of
        spread = np.sqrt((share * (1 - share) / of).sum(1))
        wrong += bool((np.abs(share[:, 1] - share[:, 0]) > 1.96 * spread).any())
    assert wrong > RUNS * 0.15


def test_a_real_difference_is_found_and_the_right_arm_wins() -> None:
    found = [first_winner(seed, (0.30, 0.40), 40) for seed in range(100)]
    assert {winner for one in found if one is not None for winner in [one[1]]} == {"B"}
    days = sorted(DAYS if one is None else one[0] for one in found)
    assert days[50] < 30, "half of them within a month of 80 people a day"
    assert sum(one is not None for one in found) >= 95


def test_a_small_difference_needs_many_people_and_then_is_found() -> None:
    found = [first_winner(seed, (0.30, 0.33), 400) for seed in range(60)]
    assert sum(one is not None and one[1] == "B" for one in found) >= 54


# --- the interval


@given(st.integers(1, 4000), st.integers(1, 4000), st.floats(0, 1), st.floats(0, 1))
def test_an_interval_holds_what_is_seen_and_swapping_the_arms_turns_it_round(n: int, m: int, p: float, q: float) -> None:
    one, other = Share(n, round(n * p)), Share(m, round(m * q))
    here, there = difference(one, other), difference(other, one)
    assert -1 <= here.low <= here.apart <= here.high <= 1
    assert (here.apart, here.low, here.high) == pytest.approx((-there.apart, -there.high, -there.low))


@given(st.integers(100, 3000), st.integers(0, 100), st.integers(2, 20))
def test_more_people_of_the_same_kind_make_it_narrower(n: int, percent: int, times: int) -> None:
    did = n * percent // 100
    few, many = Share(n, did), Share(n * times, did * times)
    assert difference(many, many).high < difference(few, few).high


def test_it_is_wider_than_the_interval_of_a_single_look() -> None:
    one = Share(1000, 300)
    assert difference(one, one).high > 1.96 * sqrt(2 * 0.3 * 0.7 / 1000)


def test_of_nobody_nothing_is_known() -> None:
    assert (difference(Share(0, 0), Share(9, 3)).low, difference(Share(0, 0), Share(9, 3)).high) == (-1.0, 1.0)
    assert not enough(Share(FEWEST - 1, 50), Share(500, 50))
    assert not enough(Share(500, 3), Share(500, 4))
    assert not enough(Share(500, 496), Share(500, 497))
    assert enough(Share(FEWEST, 5), Share(FEWEST, 5))


@pytest.mark.parametrize(("one", "other"), [((300, 90), (300, 120)), ((150, 3), (160, 9)), ((1000, 300), (1000, 301))])
def test_after_as_many_people_as_are_said_to_be_needed_something_can_be_said(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    least = 0.03
    times = still_needed(Share(*one), Share(*other), least) * 1.02
    grown = [Share(round(of * times), round(did * times)) for of, did in (one, other)]
    found = difference(*grown)
    assert times > 1.1
    assert found.sure or found.bound <= least * 1.01


# --- words


def test_early_says_about_how_many_more() -> None:
    found = judge(A=(9, 30), B=(12, 31))
    assert (found.kind, found.winner) == ("early", None)
    assert found.more is not None
    assert found.more >= 2 * (FEWEST - 31)
    assert found.words == f"还看不出差别（再要约 {found.more} 位顾客）"
    assert len(str(found.more).rstrip("0")) <= 2


def test_early_without_anybody_is_said_as_well() -> None:
    found = judge(A=(0, 0), B=(0, 0))
    assert found.kind == "early"
    assert found.words.startswith("还看不出差别")


def test_the_better_arm_is_named_with_its_share() -> None:
    found = judge(A=(300, 1000), B=(420, 1000))
    assert (found.kind, found.winner) == ("better", "B")
    assert found.words == "B 更好：回话的占 42%，A 是 30%"


def test_of_complaints_less_is_better() -> None:
    assert judge("complaint", A=(200, 1000), B=(60, 1000)).winner == "B"
    assert judge("optout", A=(60, 1000), B=(200, 1000)).winner == "A"


def test_no_difference_is_said_with_its_bound() -> None:
    found = judge(A=(6000, 20000), B=(6010, 20000))
    assert found.kind == "same"
    bound = found.pairs[0].difference.bound
    assert 0.01 < bound <= 0.03
    told = float(found.words.removeprefix("没有差别（回话的差不超过 ").removesuffix(" 个百分点）"))
    assert bound * 100 <= told < bound * 100 + 0.1


def test_what_ops_want_to_know_decides_when_no_difference_is_enough() -> None:
    seen = {"A": (6000, 20000), "B": (6010, 20000)}
    assert judge(least=0.001, **seen).kind == "early"
    assert judge(least=0.05, A=(900, 3000), B=(903, 3000)).kind in {"same", "early"}


def test_a_rare_deed_is_not_called_the_same_because_all_of_it_is_small() -> None:
    assert judge("optout", A=(10, 1000), B=(16, 1000)).kind == "early"


def test_an_uneven_split_is_not_believed_whatever_it_shows() -> None:
    found = judge(A=(300, 1000), B=(500, 1300))
    assert found.kind == "uneven"
    assert found.words.startswith("分组不均，结果先别信：A 1000 位（应占 50%）、B 1300 位")


def test_of_three_arms_the_winner_is_better_than_both_and_else_what_is_known_is_said() -> None:
    assert judge(A=(300, 1000), B=(420, 1000), C=(310, 1000)).winner == "B"
    found = judge(A=(400, 1000), B=(400, 1000), C=(250, 1000))
    assert (found.kind, found.winner) == ("early", None)
    assert found.words.startswith("A 比 C 好；B 比 C 好，其余还看不出差别（再要约 ")


def test_three_arms_ask_for_more_than_two() -> None:
    two = judge(A=(300, 1000), B=(354, 1000))
    three = judge(A=(300, 1000), B=(354, 1000), C=(327, 1000))
    assert three.pairs[0].difference.high > two.pairs[0].difference.high


def test_a_verdict_is_told_as_json() -> None:
    shown = told_verdict(judge(A=(300, 1000), B=(420, 1000)))
    assert (shown["verdict"], shown["winner"], shown["measure"], shown["crossed"]) == ("better", "B", "answer", 0)
    (pair,) = shown["pairs"]  # type: ignore[misc]
    assert (pair["one"], pair["other"], pair["apart"]) == ("A", "B", 0.12)
    first = shown["arms"][0]  # type: ignore[index]
    assert (first["arm"], first["people"], first["weight"], first["rates"]["answer"]["share"]) == ("A", 1000, 1.0, 0.3)


# --- who counts


def _seen(heard: list[tuple[int, str, int]], wrote: list[tuple[int, int]], now: int) -> Compared:
    """heard: (person, arm, hour); wrote: (person, hour)."""
    codes = {"A": 1, "B": 2, "-": 0}
    person = np.array([who for who, _, _ in heard], np.int64)
    lines = Lines(
        id=np.arange(len(heard)) + 1, person=person, talk=person + 100, at=np.array([at for _, _, at in heard]) * HOUR,
        breath=np.arange(len(heard)) + 1, code=np.array([codes[arm] for _, arm, _ in heard], np.int64),
        group=np.zeros(len(heard), np.bool_),
    )  # fmt: skip
    answers = Deeds(np.array([who + 100 for who, _ in wrote], np.int64), np.array([at for _, at in wrote], np.int64) * HOUR)
    counted = Counted(Facts(lines, {"answer": answers}, {}), span := Span(0, 10_000 * HOUR, now * HOUR))
    names = {n: frozenset({Label("greet", experiment="e1", arm=arm)}) for arm, n in codes.items() if n}
    return compared(counted, names, a_trial(), span)


def test_everybody_counts_once_from_their_first_message_on_whatever_was_said_later() -> None:
    heard = [(1, "A", 1), (1, "-", 2), (1, "A", 50), (2, "A", 1), (3, "B", 1), (4, "B", 480)]
    found = _seen(heard, [(1, 5), (2, 30), (4, 481)], now=500)
    told = {arm.name: (arm.people, arm.shares["answer"]) for arm in found.arms}
    # the first wrote within a day although something else was said in between; the second a day too late; the fourth's day is
    # not over yet
    assert told == {"A": (2, Share(2, 1)), "B": (2, Share(1, 0))}
    assert found.crossed == 0


def test_somebody_who_heard_both_arms_takes_part_in_neither() -> None:
    found = _seen([(1, "A", 1), (1, "B", 2), (2, "B", 1)], [], now=500)
    assert ([arm.people for arm in found.arms], found.crossed) == ([0, 1], 1)


def test_an_experiment_of_another_name_does_not_count() -> None:
    lines = Lines(*(np.array([n], np.int64) for n in (1, 1, 1, 1, 1, 7)), group=np.array([False]))
    counted = Counted(Facts(lines, {}, {}), span := Span(0, HOUR, HOUR))
    names = {7: frozenset({Label("greet", experiment="old", arm="A")})}
    assert [arm.people for arm in compared(counted, names, a_trial(), span).arms] == [0, 0]


def test_trials_are_the_scripts_experiments_in_the_brands_days() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    running = Experiment("e1", (("A", 1.0), ("B", 3.0)), date(2026, 5, 1), date(2026, 5, 10))
    later = Experiment("e2", (("A", 1.0), ("B", 1.0)), date(2026, 6, 1))
    several = [Script("z", "f", (), experiment=later), Script("greet", "f", (), experiment=running), Script("plain", "f", ())]
    (found,) = trials(several, zone, NOW)
    assert (found.id, found.script, found.arms, found.measure) == ("e1", "greet", {"A": 1.0, "B": 3.0}, "answer")
    assert (found.since, found.until) == (datetime(2026, 5, 1, tzinfo=zone), datetime(2026, 5, 11, tzinfo=zone))
