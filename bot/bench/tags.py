"""The life of tags: a simulated year of shoppers whose needs drift, and what is believed of them day by day.

Each shopper has a truth that changes: a skin type, needs that come and go, a child that grows, expecting and nursing, an
allergy, a habit of where to buy. They say something every ten days or so (plainly, hedged, or as a question; a change is told
in half of the cases), talk of others, and buy (a quarter of it for others). What is overheard wrongly is as frequent as
measured on our own sentences (``tests/unit/bot/data/learning_test.tsv``). The profile as it is stands beside the same evidence
without decay, and beside the last word on each value.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from bot import content
from bot.bench.arena import commit, machine
from recommender import FACTS, TagEvidence, TagKind, age_stage, current, months_since, outlived

START = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = 14
"""Days from one look at what is believed to the next."""
_TALKS = 0.1
"""Messages a day that say something of the shopper."""
_OTHERS = 0.012
"""Messages a day about somebody else."""
_SLIPS = 0.03
"""Share of those that are taken for the shopper's own: 1 in 34 of our test sentences."""
_MISHEARD = 0.03
"""Share of what is said of skin, needs and safety that comes out as another value: 5 of 98 values of the same sentences were
wrong, three of them side by side with others; where somebody buys is told by a plain word and was never wrong."""
_BUYS = 0.02
_MANNERS = ((0.9, 0.55), (0.5, 0.15), (0.45, 0.3))
"""(how sure, share): plainly, hedged, asked."""
_TOLD = 0.5
"""Of the changes so many are told within days; the rest the profile has to find out."""
_ANSWERED = 0.5
"""Of looks at which something must be over, so many come with a wish for a recommendation, where we ask and are answered."""
_DRIFTS = {"skin_type": 0.25, "channel_habit": 0.2}
"""Changes a year."""
_SAFETY = frozenset({"audience"})
_STATES = frozenset({"孕妇", "备孕", "哺乳期", "产后"})

Span = tuple[str, str, int, int]
"""(kind, value, first day, day after the last)"""


@dataclass(frozen=True, slots=True)
class Life:
    """What is true of one shopper, and what we hear of it."""

    spans: tuple[Span, ...]
    evidence: tuple[TagEvidence, ...]
    birth: str | None
    """Month of birth of the child."""


@dataclass(slots=True)
class Tally:
    """Counts over all shoppers and looks."""

    believed: int = 0
    stale: int = 0
    wrong: int = 0
    told: int = 0
    missing: int = 0
    safety: int = 0
    safety_missing: int = 0
    asked: int = field(default=0)


Believe = Callable[[Sequence[TagEvidence], Mapping[str, TagKind], datetime], Mapping[str, Sequence[str]]]


def tag_life(
    seed: int, people: int = 2000, days: int = 365, kinds: Mapping[str, TagKind] | None = None
) -> list[dict[str, object]]:
    """One row for each way of believing: rates of stale and wrong values among those believed, of missing among those told.

    ``kinds`` are the shipped ones unless given. Deterministic for a seed.
    """
    declared = kinds or {kind.name: kind for kind in content.read_folder(content.OWN).kinds}
    frozen = {name: replace(kind, half_life_days=None) for name, kind in declared.items()}
    ways: dict[str, tuple[Believe, bool]] = {
        "as it is, asking again": (current, True),
        "as it is": (current, False),
        "without decay": (lambda told, _, at: _still(told, frozen, at), False),
        "last word wins": (lambda told, _, at: _last(told, declared, at), False),
    }
    tallies = {name: Tally() for name in ways}
    for n in range(people):
        life = _life(random.Random(f"{seed}/{n}"), declared, days)  # noqa: S311  (a simulation)
        for name, (believe, asks) in ways.items():
            _look(life, (believe, asks), declared, days, tallies[name])
    return [{"way": name, **_rates(tally)} for name, tally in tallies.items()]


def _life(chance: random.Random, kinds: Mapping[str, TagKind], days: int) -> Life:
    spans = [*_drifting(chance, kinds, days), *_needs(chance, kinds, days), *_states(chance, days)]
    birth = None
    if chance.random() < 0.3:
        months = chance.randrange(0, 60)
        birth = f"{START.year - 1 - months // 12}-{12 - months % 12:02d}"
    told = sorted(_heard(chance, spans, birth, kinds, days), key=lambda one: one.at)
    return Life(tuple(spans), tuple(told), birth)


def _drifting(chance: random.Random, kinds: Mapping[str, TagKind], days: int) -> Iterator[Span]:
    """What everybody has one of, now and then another."""
    for name, rate in _DRIFTS.items():
        values, first = kinds[name].values, 0
        value = chance.choice(values)
        while first < days:
            last = min(first + int(chance.expovariate(rate / 365)) + 1, days)
            yield name, value, first, last
            first, value = last, chance.choice([one for one in values if one != value])


def _needs(chance: random.Random, kinds: Mapping[str, TagKind], days: int) -> Iterator[Span]:
    """Needs of some months each, two or three a year."""
    for value in chance.sample(kinds["concern"].values, chance.randint(1, 4)):
        first = chance.randrange(-120, days)
        yield "concern", value, first, first + chance.randrange(30, 210)


def _states(chance: random.Random, days: int) -> Iterator[Span]:
    """An allergy for good; expecting, then nursing."""
    if chance.random() < 0.15:
        yield "audience", chance.choice(("酒精过敏", "香精过敏", "坚果过敏", "牛奶蛋白过敏")), -10_000, 10_000
    if chance.random() < 0.12:
        first = chance.randrange(-240, days)
        yield "audience", "孕妇", first, first + 270
        yield "audience", "哺乳期", first + 270, first + 270 + chance.randrange(60, 400)


def _heard(
    chance: random.Random, spans: Sequence[Span], birth: str | None, kinds: Mapping[str, TagKind], days: int
) -> Iterator[TagEvidence]:
    """Everything that becomes evidence in the year."""
    for day in range(days):
        now = [span for span in spans if span[2] <= day < span[3]]
        if now and chance.random() < _TALKS:
            yield from _spoken(chance, chance.choice(now), kinds, day)
        if birth is not None and chance.random() < _TALKS / 4:
            yield TagEvidence("birth", birth, 0.9, _at(day), f"inbox:{day}")
        if chance.random() < _OTHERS * _SLIPS:
            name = chance.choice(("skin_type", "concern", "audience"))
            yield TagEvidence(name, chance.choice(_sayable(name, kinds)), 0.9, _at(day), f"inbox:{day}")
        if chance.random() < _BUYS:
            yield from _bought(chance, now, kinds, day)
    for name, value, _, last in spans:
        if 0 < last < days and chance.random() < _TOLD:
            yield TagEvidence(name, value, -0.9, _at(min(last + chance.randrange(10), days - 1)), "inbox:over")


def _spoken(chance: random.Random, span: Span, kinds: Mapping[str, TagKind], day: int) -> Iterator[TagEvidence]:
    name, value, _, _ = span
    sure = chance.choices([sure for sure, _ in _MANNERS], [share for _, share in _MANNERS])[0]
    weight = sure * (0.6 / 0.9 if name == "concern" else 1.0)
    wrong = name != "channel_habit" and chance.random() < _MISHEARD
    said = chance.choice(_sayable(name, kinds)) if wrong else value
    yield TagEvidence(name, said, round(weight, 3), _at(day), f"inbox:{day}")


def _sayable(name: str, kinds: Mapping[str, TagKind]) -> Sequence[str]:
    """Values that talk may teach: of ``audience`` only what bears on safety."""
    values = kinds[name].values
    return [one for one in values if one in _STATES or one.endswith("过敏")] if name == "audience" else values


def _bought(chance: random.Random, now: Sequence[Span], kinds: Mapping[str, TagKind], day: int) -> Iterator[TagEvidence]:
    """A purchase: where, and for what need (a quarter is bought for others)."""
    for name, value, _, _ in now:
        if name == "channel_habit":
            yield TagEvidence(name, value, 0.5, _at(day), f"event:{day}")
    own = [value for name, value, _, _ in now if name == "concern"]
    foreign = chance.random() < 0.25 or not own
    yield TagEvidence("concern", chance.choice(kinds["concern"].values if foreign else own), 0.35, _at(day), f"event:{day}")


def _look(life: Life, way: tuple[Believe, bool], kinds: Mapping[str, TagKind], days: int, tally: Tally) -> None:
    """What is believed every other week, beside the truth of that day."""
    believe, asks = way
    evidence, answers = list(life.evidence), random.Random(len(life.evidence))  # noqa: S311  (a simulation)
    for day in range(EVERY, days, EVERY):
        at = _at(day)
        told = [one for one in evidence if one.at <= at]
        true = _true(life, kinds, day)
        for value in outlived(told, kinds, at) if asks else ():
            if answers.random() < _ANSWERED:
                tally.asked += 1
                sure = 0.9 if ("audience", value) in true else -0.95
                evidence.append(TagEvidence("audience", value, sure, at, "inbox:asked"))
        _count([one for one in evidence if one.at <= at], true, believe(evidence, kinds, at), life, tally)


def _true(life: Life, kinds: Mapping[str, TagKind], day: int) -> frozenset[tuple[str, str]]:
    found = {(name, value) for name, value, first, last in life.spans if first <= day < last}
    months = None if life.birth is None else months_since(life.birth, _at(day))
    stage = None if months is None else age_stage(months, kinds["age_stage"].values)
    return frozenset(found | ({("age_stage", stage)} if stage else set()))


def _count(
    told: Sequence[TagEvidence],
    true: frozenset[tuple[str, str]],
    believed: Mapping[str, Sequence[str]],
    life: Life,
    tally: Tally,
) -> None:
    """One look: what is believed and no longer so, what never was, and what was told, is so, and is not believed."""
    held = {(name, value) for name, values in believed.items() for value in values}
    once = {(name, value) for name, value, _, _ in life.spans} | {one for one in held if one[0] == "age_stage" and life.birth}
    tally.believed += len(held)
    tally.stale += len((held - true) & once)
    tally.wrong += len(held - true - once)
    firsts = {(name, value): first for name, value, first, last in life.spans if (name, value) in true}
    heard = {
        (one.tag, one.value)
        for one in told
        if one.confidence >= 0.5 and (one.tag, one.value) in firsts and one.at >= _at(firsts[one.tag, one.value])
    }
    if any(one.tag == "birth" for one in told):
        heard |= {one for one in true if one[0] == "age_stage"}
    tally.told += len(heard)
    tally.missing += len(heard - held)
    safety = {one for one in heard if one[0] in _SAFETY}
    tally.safety += len(safety)
    tally.safety_missing += len(safety - held)


def _still(told: Sequence[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, Sequence[str]]:
    """The same sum of hints, nothing fading and no child growing: a stage stays what it was when it was told."""
    return current([_stage_then(one, kinds) for one in told], kinds, at)


def _last(told: Sequence[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, Sequence[str]]:
    """The last word on each value, and in an exclusive kind the last value of all."""
    found: dict[str, dict[str, bool]] = {}
    for one in (_stage_then(one, kinds) for one in told):
        if one.at > at or one.tag in FACTS:
            continue
        values = found.setdefault(one.tag, {})
        if one.confidence > 0 and kinds[one.tag].exclusive:
            values.clear()
        values[one.value] = one.confidence > 0
    return {tag: [value for value, holds in values.items() if holds] for tag, values in found.items()}


def _stage_then(one: TagEvidence, kinds: Mapping[str, TagKind]) -> TagEvidence:
    months = months_since(one.value, one.at) if one.tag == "birth" else None
    stage = None if months is None else age_stage(months, kinds["age_stage"].values)
    return one if stage is None else replace(one, tag="age_stage", value=stage)


def _at(day: int) -> datetime:
    return START + timedelta(days=day)


def _rates(tally: Tally) -> dict[str, object]:
    def share(part: int, whole: int) -> float:
        return round(part / whole, 4) if whole else 0.0

    return {
        "believed": tally.believed,
        "stale": share(tally.stale, tally.believed),
        "wrong": share(tally.wrong, tally.believed),
        "missing": share(tally.missing, tally.told),
        "safety_missing": share(tally.safety_missing, tally.safety),
        "asked": tally.asked,
    }


def measure(seed: int = 7, people: int = 2000, days: int = 365) -> str:
    """The table of BENCHMARKS.md."""
    before = perf_counter()
    rows = tag_life(seed, people, days)
    names = ("what is believed", "believed", "stale", "wrong", "told but missing", "safety missing", "asked again")
    head = f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    lines = [
        f"| {row['way']} | {row['believed']} | {_percent(row['stale'])} | {_percent(row['wrong'])} | {_percent(row['missing'])} "
        f"| {_percent(row['safety_missing'])} | {row['asked']} |"
        for row in rows
    ]
    command = f"python -m bot.bench tags --seed {seed} --people {people} --days {days}"
    told = f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()} · `{command}`"
    return "\n".join([f"{told} · {perf_counter() - before:.0f} s", "", head, *lines])


def _percent(value: object) -> str:
    return f"{float(str(value)) * 100:.1f} %"


def run(say: Callable[[str], None], seed: int = 7, people: int = 2000, days: int = 365) -> int:
    """Measure and say the table; 0."""
    say(measure(seed, people, days))
    return 0
