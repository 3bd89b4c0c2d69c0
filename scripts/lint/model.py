"""What the lint of words says, and what one of its rules is made of."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scripts.lint.leads import LEADS
from scripts.lint.terms import TERMS

_NAMED = re.compile("<([A-Z_]+)>")

Severity = Literal["block", "warn"]
"""``block``: the law forbids it plainly; ``warn``: a person should look at it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that should not go out as they are."""

    rule: str
    """Stable id, such as ``ad.superlative``."""
    severity: Severity
    words: str
    """The accused words as they were written, disguise and all."""
    start: int
    """Where they begin in the text as written."""
    end: int
    """Where they end (exclusive)."""
    why: str
    """The law with its article, in plain Chinese."""
    way_out: str
    """What to write instead."""


@dataclass(frozen=True, slots=True)
class Law:
    """What a rule stands on and what it asks for."""

    id: str
    why: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Words in their context that a law is about."""

    law: Law
    severity: Severity
    pattern: str
    """Regular expression over the text as it is meant (`scripts.lint.restoring`): lower case, half-width marks, no disguise."""
    cues: str = ""
    """Characters of which at least one stands in every match, so that most texts need not be searched at all; empty: those with
    which a match can begin (`scripts.lint.leads`)."""
    unless: str = ""
    """Regular expression that excuses a match if the sentence holds it."""
    given: str = ""
    """Regular expression that must be found in the sentence for the rule to apply."""
    trades: frozenset[str] = frozenset()
    """Trades that the rule is for; empty: all."""
    not_trades: frozenset[str] = frozenset()
    """Trades that it is not for."""
    denied: bool = True
    """Whether a denial (「不能治疗」) or a warning (「谨防」) excuses it; False where the words hold one of their own."""
    backs: str = ""
    """The kind of fact that makes it true: ``price``, ``date`` or ``stock``."""

    @property
    def gate(self) -> frozenset[str]:
        """Characters of which at least one stands in every match; empty where none is known."""
        return frozenset(self.cues.lower() or _lead(spelt(self.pattern)))

    def fits(self, trade: str | None) -> bool:
        """Whether the rule is for a trade; one that is not known is any trade."""
        return (not self.trades or trade in self.trades) and trade not in self.not_trades


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when the first text needs it: importing the package stays cheap.

    Where the characters with which it can begin are known, it finds one of them and looks from there; the match is its group
    ``whole`` then.
    """
    whole = spelt(pattern)
    lead = _lead(whole)
    # a set of characters in front is what `re` skips to without trying, which a look ahead would not be
    return re.compile(f"[{lead}](?<=(?=(?P<whole>{whole})).)" if lead else whole)


def spans(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a pattern matches in a text, from left to right and not overlapping: start and end (exclusive)."""
    one, done = compiled(pattern), 0
    group = one.groupindex.get("whole", 0)
    for found in one.finditer(text):
        start, end = found.start(), found.end(group)
        if start >= done:
            done = end
            yield start, end


def _lead(whole: str) -> str:
    return LEADS.get(zlib.crc32(whole.encode()), "")


def spelt(pattern: str) -> str:
    """A pattern with its terms written out."""
    return _NAMED.sub(lambda found: f"(?:{_spelt(TERMS[found[1]])})", pattern)


def _spelt(term: str) -> str:
    return _NAMED.sub(lambda found: TERMS[found[1]], term)
