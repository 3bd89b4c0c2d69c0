"""What is different between two outcomes of one message, and how bad that is. Pure.

Only what somebody would notice counts: other words, products, buttons, a person more or less. What was understood otherwise
and ends the same is no difference. Red needs an explicit yes; it is kept for what ops would regret.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from bot.replaying.facts import past_days, turned
from bot.replaying.outcome import WORDS, Outcome
from bot.replaying.reckoning import added, adjusted, repriced
from bot.replaying.report import Difference, Severity
from bot.replaying.rooms import Rendered

SURE: Final = 0.85
"""Who was answered this surely and is answered otherwise now was probably answered rightly before."""
LONG: Final = 30
"""Characters that a text must have grown by, besides by half, to be called longer."""
_COPY: Final = 0.6
"""So alike a further wording is one of those that there were, changed."""
_HOLE = re.compile(r"\{[^{}\n]{0,40}\}|\bNone\b|\bnan\b|\bundefined\b")
_URL = re.compile(r"https?://\S+")

Offends = Callable[[str], frozenset[tuple[str, str]]]
"""(rule, words) that must not be said in a text."""
Limits = Callable[[Outcome], tuple[tuple[str, str], ...]]
"""(product, limit) of what an outcome shows although the live content says that it must not be shown to this shopper."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What outcomes are held against."""

    offends: Offends = lambda _: frozenset()
    limits: Limits = lambda _: ()
    today: date = date.min
    """Days before it are over."""


def compare(live: Outcome, draft: Outcome, ground: Ground | None = None) -> tuple[Difference, ...]:
    """All differences of one message, the worst of each sort; empty where nobody would notice any."""
    ground = ground or Ground()
    if draft.error:
        return () if live.error else (Difference("error", "red", live.source, draft.error, 1.0),)
    if _same(live, draft):
        return ()
    faults = tuple(_faults(live, draft, ground))
    change = _change(live, draft)
    if change is not None:
        return (*faults, change)
    told = tuple(_reworded(live, draft))
    return (*faults, *told) if faults or told else ()


def _same(live: Outcome, draft: Outcome) -> bool:
    """Whether a shopper and a guide would notice nothing; wordings drawn by chance are compared as sets."""
    if (live.status, live.options, live.skus) != (draft.status, draft.options, draft.skus):
        return False
    if any(one.wordings for one in (*live.lines, *draft.lines)):
        return live.cards == draft.cards and [*map(_sayable, live.lines)] == [*map(_sayable, draft.lines)]
    return live.words == draft.words


def _sayable(line: Rendered) -> tuple[str, frozenset[str]]:
    """A line with all that may be said in it."""
    return line.script, line.wordings or frozenset([line.text] if line.text is not None else [])


def _said(outcome: Outcome) -> tuple[str, ...]:
    """Every text that may be said, the cards included."""
    drawn = tuple(text for line in outcome.lines for text in sorted(line.wordings))
    return (*outcome.texts, *(one.words for one in outcome.cards), *drawn)


def _faults(live: Outcome, draft: Outcome, ground: Ground) -> Iterator[Difference]:
    """What no draft should say, whatever was said before."""
    before, after = _said(live), _said(draft)
    if draft.lapsed and not live.lapsed:
        yield Difference("lapsed", "red", live.source, draft.lapsed, 1.0)
    if days := _over(after, ground.today) - _over(before, ground.today):
        yield Difference("lapsed", "red", live.source, f"{draft.source} 说到 {min(days)}，已经过了", 1.0)
    allowed = {one for text in before for one in ground.offends(text)}
    for rule, words in sorted({one for text in after for one in ground.offends(text)} - allowed):
        yield Difference("forbidden", "red", draft.source, f"{rule}：{words}", 1.0)
    if (hole := _hole(draft, after)) and not _hole(live, before):
        yield Difference("hole", "red", live.source, hole, 1.0)
    for sku, limit in ground.limits(draft) if set(draft.skus) - set(live.skus) else ():
        yield Difference("limit", "red", f"商品 {sku}", limit, 1.0)


def _over(texts: Sequence[str], today: date) -> frozenset[date]:
    return frozenset(day for text in texts for day in past_days(text, today))


def _hole(outcome: Outcome, said: Sequence[str]) -> str:
    """A script without words, or words with a hole in them."""
    missing = next((line.script for line in outcome.lines if line.text is None), None)
    if missing is not None:
        return f"话术 {missing} 没有合适的说法"
    if any(not text.strip() for text in outcome.texts):
        return f"{outcome.source} 是空的"
    found = next((hole[0] for text in said if (hole := _HOLE.search(text))), None)
    return "" if found is None else f"{outcome.source} 里留着 {found}"


def _change(live: Outcome, draft: Outcome) -> Difference | None:
    """Where the message ends otherwise: the one thing that matters then."""

    def told(kind: str, severity: Severity) -> Difference:
        return Difference(kind, severity, live.source, _ends(live, draft), live.confidence)

    sure: Severity = "red" if live.confidence >= SURE or _fell(live, draft) else "amber"
    if _lost(live, draft):
        return told("lost", sure)
    if draft.status != live.status:
        return _turn(live, draft, told, sure)
    if live.status in {"answered", "handed", "asked"} and _other_source(live, draft):
        return told("entry", "amber" if live.status == "asked" else sure)
    return None


def _turn(live: Outcome, draft: Outcome, told: Callable[[str, Severity], Difference], sure: Severity) -> Difference:
    """A message that ends in another way."""
    if draft.status in {"handed", "silent"}:
        return told("handed", "red") if draft.status == "handed" else told("silent", "amber")
    if live.status == "handed":
        return told("handed_less", "red" if live.entry is None and _urgent(live) else "grey")
    if live.status == "silent":
        return told("spoke", "amber")
    if "private" in {live.status, draft.status}:
        return told("private", "red" if live.status == "private" else "amber")
    gained = draft.status == "answered"
    return told("gained", "grey") if gained else told("asked", sure if live.status == "answered" else "grey")


def _urgent(live: Outcome) -> bool:
    """Whether a person was fetched for something that must not wait."""
    return live.intent in {"report_reaction", "complain", "ask_human"} or bool(live.trace.get("escalation"))


def _lost(live: Outcome, draft: Outcome) -> bool:
    """Whether there was an answer and there is none."""
    if live.status == "answered" and draft.status in {"shrug", "silent", "failed"}:
        return True
    return live.status == "handed" and live.entry is not None and draft.entry is None and draft.status != "answered"


def _fell(live: Outcome, draft: Outcome) -> bool:
    """Whether the entry that answered is no longer thought of: it was not the limit of being sure that was missed by a hair."""
    if live.entry is None:
        return False
    hits = draft.trace.get("hits")
    return not any(one.get("entry") == live.entry for one in hits if isinstance(one, dict)) if isinstance(hits, list) else True


def _other_source(live: Outcome, draft: Outcome) -> bool:
    if live.entry is not None or draft.entry is not None:
        return live.entry != draft.entry and live.words != draft.words
    return _family(live) != _family(draft)


def _family(outcome: Outcome) -> frozenset[str]:
    """Scripts that stand for each other count as one."""
    return frozenset("suggest" if one.startswith("suggest") else one for one in outcome.scripts)


def _ends(live: Outcome, draft: Outcome) -> str:
    return draft.source if draft.status in {live.status, "answered"} else f"{WORDS[draft.status]}（{draft.source}）"


def _reworded(live: Outcome, draft: Outcome) -> Iterator[Difference]:
    """The same source, other words."""
    if live.skus != draft.skus:
        yield Difference("product", "amber", _listed(live), _listed(draft), live.confidence)
        return
    pairs = tuple(_pairs(live, draft))
    why = {one.severity: found for one in reversed(pairs) if (found := one.turned)}
    if why:
        worst: Severity = "red" if "red" in why else "amber"
        yield Difference("facts", worst, live.source, draft.source, live.confidence, why[worst])
        return
    if not pairs and live.options != draft.options:
        yield Difference("options", "amber", live.source, draft.source, live.confidence)
        return
    yield _length(live, draft, sum(len(one.before) for one in pairs), sum(len(one.after) for one in pairs))


@dataclass(frozen=True, slots=True)
class _Reworded:
    """A text that took another's place, or came beside others."""

    before: str
    """The nearest of what it may have replaced."""
    after: str
    beside: str = ""
    """All that was there, where it replaces nothing and is like none of them."""

    goods: bool = False
    """It says what the catalogue holds, in a script that is the same on both sides."""

    @property
    def severity(self) -> Severity:
        """How bad it is where something else is promised: a price or a limit of about the same height is what was meant."""
        meant = (self.goods and repriced(self.before, self.after)) or adjusted(self.before, self.after)
        return "amber" if meant else "red"

    @property
    def turned(self) -> str:
        """What else is promised now; beside others only numbers that none of them had count."""
        before, after = _URL.sub("", self.before), _URL.sub("", self.after)
        if not self.beside:
            return turned(before, after)
        new = added(_URL.sub("", self.beside), after)
        return f"数字：没有 → {new}" if new else ""


def _length(live: Outcome, draft: Outcome, before: int, after: int) -> Difference:
    if after > 1.5 * before and after - before > LONG:
        return Difference("longer", "amber", live.source, draft.source, live.confidence, f"{before} → {after} 字")
    if before > 1.5 * after and before - after > LONG:
        return Difference("shorter", "grey", live.source, draft.source, live.confidence, f"{before} → {after} 字")
    return Difference("words", "amber", live.source, draft.source, live.confidence)


def _listed(outcome: Outcome) -> str:
    return "、".join(outcome.skus) or "没有商品"


def _pairs(live: Outcome, draft: Outcome) -> Iterator[_Reworded]:
    """Texts that took another's place, each with the most similar of those that it may have replaced."""
    for one, other in zip(live.lines, draft.lines, strict=False):
        before, after = _sayable(one)[1], _sayable(other)[1]
        goods = live.entry is None and not (one.wordings or other.wordings) and one.script == other.script
        yield from (replace(pair, goods=goods) for pair in _nearest(before - after, after - before, before))
    for shown, other_shown in zip(live.cards, draft.cards, strict=False):
        if shown.words != other_shown.words:
            yield _Reworded(shown.words, other_shown.words, goods=True)
    if not (live.lines and draft.lines) and live.texts != draft.texts:
        yield _Reworded("\n".join(live.texts), "\n".join(draft.texts))


def _nearest(gone: frozenset[str], come: frozenset[str], before: frozenset[str]) -> Iterator[_Reworded]:
    """What came, beside what it is nearest to; a wording more is held against all that there were."""
    for text in sorted(come):
        if pool := sorted(gone or before):
            nearest = max(pool, key=lambda one: _alike(one, text))
            alone = not gone and _alike(nearest, text) < _COPY
            yield _Reworded(nearest, text, "\n".join(pool) if alone else "")


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
