"""Finds words that must not go out, through their disguise, in their context."""

from collections.abc import Iterator
from functools import cache, lru_cache

from scripts.lint.context import backed, excused
from scripts.lint.folding import pictured
from scripts.lint.model import Finding, Rule, compiled, spans
from scripts.lint.restoring import Meant, meant
from scripts.lint.rules_advertising import ADVERTISING
from scripts.lint.rules_asking import ASKING
from scripts.lint.rules_assuring import ASSURING, PEERLESS
from scripts.lint.rules_boasting import BOASTING
from scripts.lint.rules_claiming import CLAIMING
from scripts.lint.rules_dealing import DEALING
from scripts.lint.rules_effects import EFFECTS
from scripts.lint.rules_health import HEALTH
from scripts.lint.rules_lasting import LASTING
from scripts.lint.rules_pressing import PRESSING
from scripts.lint.rules_promising import PROMISING
from scripts.lint.rules_thriving import THRIVING
from scripts.lint.weighing import leaning

RULES = (
    *(*DEALING, *PROMISING, *HEALTH, *CLAIMING, *ASKING, *ADVERTISING, *EFFECTS, *ASSURING, *PEERLESS, *PRESSING, *BOASTING),
    *(*THRIVING, *LASTING),
)
"""All rules in the order in which they win where they overlap."""
_DISTRUSTED = 0.7
"""Share of heard characters from which a short match is taken for chance."""
_SHORT = 4


@cache
def _gates() -> tuple[int, dict[str, int]]:
    """Rules that any text may break, and those that a character opens: the bit at a rule's place in `RULES` is set."""
    always, opened = 0, dict[str, int]()
    for at, rule in enumerate(RULES):
        gate = rule.gate
        always |= 0 if gate else 1 << at
        for char in gate:
            opened[char] = opened.get(char, 0) | 1 << at
    return always, opened


@lru_cache(maxsize=64)
def _fitting(trade: str | None) -> int:
    """The rules for a trade, each a bit."""
    return sum(rule.fits(trade) << at for at, rule in enumerate(RULES))


def _open(text: str, trade: str | None) -> Iterator[Rule]:
    """The rules for a trade of which a text holds a cue, in their order."""
    bits, opened = _gates()
    for char in set(text):
        bits |= opened.get(char, 0)
    bits &= _fitting(trade)
    while bits:
        lowest = bits & -bits
        yield RULES[lowest.bit_length() - 1]
        bits ^= lowest


def findings(text: str, trade: str | None = None, backed: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """What is wrong with the words of a text, from left to right; no stretch is accused twice.

    ``trade``: what is sold (``cosmetics``, ``food``, ``infant``, ``clothing``, ``home``, ``electronics``, ``device``); None or
    any other one: whatever holds everywhere. ``backed``: kinds of promise that have a fact behind them:
    ``price``, ``date`` (an entry or a variant with a last day of validity), ``stock``.
    """
    if not text.strip():
        return ()
    found = _judged(text, meant(text), trade, backed)
    if pictured(text):
        found += _judged(text, meant(text, pictures=False), trade, backed)
    return _apart(found)


def _judged(text: str, seen: Meant, trade: str | None, facts: frozenset[str]) -> list[Finding]:
    """Every finding in a text that was read in one way."""
    matched = [(rule.law, rule.severity, start, end) for rule, start, end in _matches(seen, trade, facts)]
    for law, *span in leaning(seen.text, trade, [(start, end) for *_, start, end in matched]):
        start, end = _trimmed(seen.text, *span)
        matched.append((law, "warn", start, end))
    found = []
    for law, severity, start, end in matched:
        origin, until = seen.folded.starts[start], max(seen.folded.ends[start:end])
        found.append(Finding(law.id, severity, text[origin:until], origin, until, law.why, law.way_out))
    return found


def _apart(found: list[Finding]) -> tuple[Finding, ...]:
    """From left to right; where findings overlap, the gravest and among those the first."""
    taken: list[Finding] = []
    for one in sorted(found, key=lambda one: one.severity != "block"):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return tuple(sorted(taken, key=lambda one: one.start))


def _matches(seen: Meant, trade: str | None, facts: frozenset[str]) -> Iterator[tuple[Rule, int, int]]:
    """Every match of a rule that nothing excuses."""
    held: dict[str, bool] = {}
    for rule in _open(seen.text, trade):
        if not _held(rule.given, seen.text, held):
            continue
        for span in spans(rule.pattern, seen.text):
            start, end = _trimmed(seen.text, *span)
            if end <= start or _chance(seen, start, end) or excused(rule, seen.text, start, end):
                continue
            if not backed(rule, seen.text, facts):
                yield rule, start, end


def _held(given: str, text: str, held: dict[str, bool]) -> bool:
    """Whether a text holds what a rule asks of its sentence: most do not, and then its long pattern need not be tried."""
    if not given:
        return True
    if given not in held:
        held[given] = compiled(given).search(text) is not None
    return held[given]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without marks and white space at its ends."""
    while start < end and text[end - 1] in ",。!?;~ \n":
        end -= 1
    while start < end and text[start] in ",。!?;~ \n":
        start += 1
    return start, end


def _chance(seen: Meant, start: int, end: int) -> bool:
    """Whether a short match consists mostly of characters that were only heard."""
    if not seen.heard or end - start > _SHORT:
        return False
    return sum(start <= at < end for at in seen.heard) > _DISTRUSTED * (end - start)
