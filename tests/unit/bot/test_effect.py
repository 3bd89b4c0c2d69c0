"""What followed what we said: credits beside a slow, plain reading of the same rules, and intervals that keep their promise."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import effect
from bot.effect import HEAD, MEASURES, WINDOWS, Effect, Label, Measure, Rate, rows, told
from bot.effect.counting import Counted, Span
from bot.effect.crediting import Deeds, Facts, Lines, micros
from bot.effect.intervals import fairness, wilson
from bot.effect.purchases import Trade, returned
from bot.effect.sources import labels

HOUR = micros(timedelta(hours=1))


# --- intervals


def test_wilson_is_what_the_books_say() -> None:
    low, high = wilson(10, 50)
    assert (low, high) == pytest.approx((0.11244, 0.33037), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.16113), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.83887, 1.0), abs=1e-4)
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)


@given(st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_stays_between_nothing_and_all(seen: tuple[int, int]) -> None:
    low, high = wilson(*seen)
    assert 0 <= low <= seen[0] / seen[1] <= high <= 1


@pytest.mark.parametrize("chance", [0.02, 0.1, 0.35, 0.5])
@pytest.mark.parametrize("of", [30, 200])
def test_the_interval_misses_in_about_five_of_a_hundred(chance: float, of: int) -> None:
    """The exact chance, summed over all that may be seen; Wilson's is 95 % on average and never far below."""
    missed = sum(
        comb(of, did) * chance**did * (1 - chance) ** (of - did)
        for did in range(of + 1)
        if not wilson(did, of)[0] <= chance <= wilson(did, of)[1]
    )
    assert missed < 0.085


def test_a_fair_split_is_believed_and_a_lost_tenth_is_not() -> None:
    assert fairness([5000, 5080], [1, 1]) > 0.4
    assert fairness([5000, 4500], [1, 1]) < 1e-6
    assert fairness([3000, 1000], [3, 1]) == pytest.approx(1.0)
    assert fairness([2000, 2000], [3, 1]) < 1e-6
    assert fairness([100, 100, 100], [1, 1, 1]) == pytest.approx(1.0)
    assert fairness([0, 0], [1, 1]) == 1.0
    with pytest.raises(ValueError, match="weights"):
        fairness([1, 2], [1, 0])


# --- which words a message was made of


def test_a_trace_names_script_wording_arm_and_entry() -> None:
    trace = {
        "script": {"id": "greet", "variant": 1, "version": "v9", "wording": "w3", "experiment": "e1", "arm": "B"},
        "entry": {"id": "ship", "version": "x"},
        "hits": [{"entry": "other", "score": 0.5}],
    }
    assert labels(trace, "script") == {Label("greet")}
    assert labels(trace, "wording") == {Label("greet", wording="w3")}
    assert labels(trace, "arm") == {Label("greet", experiment="e1", arm="B")}
    assert labels(trace, "entry") == {Label("ship")}


def test_an_old_trace_has_its_version_and_place_for_a_wording_and_no_arm() -> None:
    trace = {"script": {"id": "greet", "variant": 0, "version": "v9"}}
    assert labels(trace, "wording") == {Label("greet", wording="v9/0")}
    assert labels(trace, "arm") == frozenset()
    assert labels(trace, "entry") == frozenset()


def test_lines_that_were_joined_and_errands_that_were_settled_together_all_count() -> None:
    joined = {"joined": [{"script": {"id": "a"}}, {"joined": [{"script": {"id": "b"}}, {"script": {"id": "a"}}]}]}
    assert labels(joined, "script") == {Label("a"), Label("b")}
    both = {"entry": {"id": "one"}, "errands": [{"entry": {"id": "one"}}, {"entry": {"id": "two"}}]}
    assert labels(both, "entry") == {Label("one"), Label("two")}


def test_what_was_not_said_does_not_count() -> None:
    assert labels({"script": {"id": "a", "missing": True}}, "script") == frozenset()
    assert labels({"entry": {"id": "secret"}, "private": True}, "entry") == frozenset()
    assert labels({"script": "odd", "entry": 3, "joined": {"a": 1}}, "script") == frozenset()


# --- purchases that came back


def test_a_return_takes_back_the_latest_purchase_that_stands() -> None:
    deeds = [
        Trade(1, "p", "x", "return"),
        Trade(2, "p", "x", "buy"),
        Trade(3, "p", "x", "buy"),
        Trade(4, "p", "x", "return"),
        Trade(5, "q", "x", "return"),
        Trade(6, "p", "y", "buy"),
    ]
    assert returned(deeds) == {3}


# --- credits

_SAID = st.tuples(st.integers(0, 3), st.integers(0, 400), st.sampled_from(["a", "b", "guide"]), st.integers(0, 2), st.booleans())
"""(talk, hour, what, turn, in a group)."""
_DONE = st.tuples(st.sampled_from(MEASURES), st.integers(0, 3), st.integers(0, 600))
PERSON_OF = {0: 0, 1: 0, 2: 1, 3: 2}
"""The first person has two talks."""
CODES = {"a": 11, "b": 22, "guide": 0}
NAMES = {11: frozenset({Label("a")}), 22: frozenset({Label("b")})}


def _facts(said: list[tuple[int, int, str, int, bool]], done: list[tuple[Measure, int, int]]) -> Facts:
    columns = list(zip(*said, strict=True)) if said else [()] * 5
    talks = np.array(columns[0], np.int64)
    lines = Lines(
        id=np.arange(len(said)) + 1,
        person=np.array([PERSON_OF[int(talk)] for talk in talks], np.int64),
        talk=talks,
        at=np.array(columns[1], np.int64) * HOUR,
        breath=np.array(columns[3], np.int64),
        code=np.array([CODES[what] for what in columns[2]], np.int64),
        group=np.isin(talks, [3]),
    )
    by_person = ("buy", "click")
    return Facts(
        lines,
        {m: _deeds(done, m) for m in MEASURES if m not in by_person},
        {m: _deeds([(kind, PERSON_OF[talk], at) for kind, talk, at in done], m) for m in by_person},
    )


def _deeds(done: list[tuple[Measure, int, int]], measure: Measure) -> Deeds:
    own = [(whose, at) for kind, whose, at in done if kind == measure]
    return Deeds(np.array([one for one, _ in own], np.int64), np.array([at for _, at in own], np.int64) * HOUR)


class _Plain:
    """The rules of ``bot.effect.values`` once more, a message at a time."""

    def __init__(self, said: list[tuple[int, int, str, int, bool]], done: list[tuple[Measure, int, int]], now: int) -> None:
        lines = sorted((talk, hour, n + 1, what, turn) for n, (talk, hour, what, turn, _) in enumerate(said))
        self.breaths: list[list[tuple[int, int, int, str, int]]] = []
        for before, line in pairwise([None, *lines]):
            if before is not None and line is not None and (before[0], before[4]) == (line[0], line[4]):
                self.breaths[-1].append(line)
            elif line is not None:
                self.breaths.append([line])
        self.now = now
        self.followed: dict[Measure, set[int]] = defaultdict(set)
        for measure, talk, at in done:
            self._credit(measure, talk, at)

    def _credit(self, measure: Measure, talk: int, at: int) -> None:
        near = [
            (breath[0][1], n)
            for n, breath in enumerate(self.breaths)
            if breath[0][0] != 3 and breath[0][1] < at and self._same(measure, breath[0][0], talk)
        ]
        if near:
            first = max(hour for hour, _ in near)
            (n,) = [n for hour, n in near if hour == first][-1:]
            last = self.breaths[n][-1][1]
            if last < at and (at - last) * HOUR <= micros(WINDOWS[measure]):
                self.followed[measure].add(n)

    def _same(self, measure: Measure, one: int, other: int) -> bool:
        return PERSON_OF[one] == PERSON_OF[other] if measure in {"buy", "click"} else one == other

    def rate(self, what: str, measure: Measure) -> Rate:
        over, did, messages, followed = set[int](), set[int](), 0, 0
        for n, breath in enumerate(self.breaths):
            if breath[0][0] == 3 or what not in {line[3] for line in breath}:
                continue
            person = PERSON_OF[breath[0][0]]
            if breath[-1][1] * HOUR + micros(WINDOWS[measure]) <= self.now * HOUR:
                over.add(person)
                messages += 1
                if n in self.followed[measure]:
                    did.add(person)
                    followed += 1
        return Rate(len(did), len(over), followed, messages)


def _apart(said: list[tuple[int, int, str, int, bool]]) -> bool:
    """No two breaths of one person begin in the same hour: which of them is the last would be chance."""
    heads = [(PERSON_OF[breath[0][0]], breath[0][1]) for breath in _Plain(said, [], 0).breaths]
    return len(heads) == len(set(heads))


@given(st.lists(_SAID, max_size=14).filter(_apart), st.lists(_DONE, max_size=14), st.integers(0, 700))
def test_credits_are_those_of_a_plain_reading_of_the_rules(
    said: list[tuple[int, int, str, int, bool]], done: list[tuple[Measure, int, int]], now: int
) -> None:
    counted = Counted(_facts(said, done), Span(0, 401 * HOUR, now * HOUR))
    found = {effect.label.id: effect for effect in counted.effects("script", NAMES)}
    plain = _Plain(said, done, now)
    for what in ("a", "b"):
        held = [breath for breath in plain.breaths if what in {line[3] for line in breath}]
        effect = found.get(what, Effect("script", Label(what), 0, 0, 0))
        assert effect.sent == sum(breath[0][0] != 3 for breath in held)
        assert effect.in_groups == sum(breath[0][0] == 3 for breath in held)
        assert effect.people == len({PERSON_OF[breath[0][0]] for breath in held if breath[0][0] != 3})
        for measure in MEASURES:
            assert effect.rate(measure) == plain.rate(what, measure), (what, measure)


@given(st.lists(_SAID, max_size=14).filter(_apart), st.lists(_DONE, max_size=14))
def test_what_is_credited_never_adds_up_to_more_than_was_done(
    said: list[tuple[int, int, str, int, bool]], done: list[tuple[Measure, int, int]]
) -> None:
    alone = [(talk, hour, what, n + 10, group) for n, (talk, hour, what, _, group) in enumerate(said)]
    counted = Counted(_facts(alone, done), Span(0, 401 * HOUR, 10_000 * HOUR))
    for measure in MEASURES:
        followed = sum(effect.rate(measure).followed for effect in counted.effects("script", NAMES))
        assert followed <= sum(kind == measure for kind, _, _ in done)


def test_a_click_counts_for_the_message_that_showed_the_product() -> None:
    facts = _facts([(0, 1, "a", 1, False), (0, 3, "b", 2, False)], [])
    facts = Facts(facts.lines, facts.written, facts.done, shown=Deeds(np.array([1]), np.array([5]) * HOUR))
    found = {one.label.id: one for one in Counted(facts, Span(0, 100 * HOUR, 900 * HOUR)).effects("script", NAMES)}
    assert (found["a"].rate("click").did, found["b"].rate("click").did) == (1, 0)


def test_nothing_at_all_is_no_effect() -> None:
    assert Counted(_facts([], []), Span(0, 1, 1)).effects("script", {}) == []


# --- told


def test_the_terminal_says_people_shares_and_how_sure(capsys: pytest.CaptureFixture[str]) -> None:
    one = Effect("arm", Label("greet", experiment="e1", arm="A"), 12, 9, 2, {"answer": Rate(4, 8, 5, 11)})
    effect._say(28, {"arm": [one], "script": []}, [])
    assert "greet · e1 · A  9 位顾客，12 次，群里 2 次  回话 4/8 = 50%（22%–78%）" in capsys.readouterr().out
    effect._say(7, {"script": []}, [])
    assert capsys.readouterr().out == "最近 7 天还没有发出过话术\n"


def test_an_effect_is_told_as_json_and_as_a_row() -> None:
    effect = Effect("wording", Label("greet", wording="w1"), 12, 9, 2, {"answer": Rate(4, 8, 5, 11)})
    shown = told(effect)
    assert (shown["id"], shown["wording"], shown["arm"], shown["in_groups"]) == ("greet", "w1", None, 2)
    rates = shown["rates"]
    assert isinstance(rates, dict)
    assert rates["answer"] == {"did": 4, "of": 8, "share": 0.5, "low": 0.2152, "high": 0.7848, "followed": 5, "messages": 11}
    assert rates["buy"] == {"did": 0, "of": 0, "share": None, "low": None, "high": None, "followed": 0, "messages": 0}
    (row,) = rows([effect])
    assert len(row) == len(HEAD)
    assert row[:8] == ("说法", "greet", "w1", "", "", 12, 9, 2)
    assert row[8:13] == (4, 8, 0.5, 0.2152, 0.7848)
    assert row[-5:] == (0, 0, "", "", "")
