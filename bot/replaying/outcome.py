"""What one side did with a message, as far as a shopper, a guide or ops could tell the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from bot.db.turns import Done, Settled
from bot.model import JsonMap, Speech
from bot.replaying.rooms import Heard, Rendered
from bot.services import Services
from recommender import Shopper, Wish

Status = Literal["answered", "asked", "shrug", "handed", "private", "silent", "failed"]
WORDS: Final[Mapping[Status, str]] = {
    "answered": "答了",
    "asked": "反问",
    "shrug": "说不知道",
    "handed": "转人工",
    "private": "转到私聊",
    "silent": "不说话",
    "failed": "出错",
}
SHRUGS: Final = frozenset(
    {
        "no_answer", "clarify", "out_of_scope", "handover_confused", "suggest_none", "fact_unknown", "contains_unknown",
        "room_unsure",
    }
)  # fmt: skip
"""Scripts that say honestly that there is no answer."""
_ASKS: Final = frozenset({"answer_choice", "which_product", "order_which"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A card: what is on it, and where it leads."""

    sku: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a side did with one message."""

    status: Status
    lines: tuple[Rendered, ...] = ()
    texts: tuple[str, ...] = ()
    """What is said, a bubble each."""
    cards: tuple[Shown, ...] = ()
    options: tuple[str, ...] = ()
    entry: str | None = None
    """The entry that answered."""
    confidence: float = 0.0
    """How sure: of the entry where one answered, else of the intent."""
    intent: str = ""
    lapsed: str = ""
    """Why the entry must not be told today; empty where it may."""
    wishes: tuple[tuple[Shopper, Wish, datetime], ...] = field(default=(), repr=False)
    """What products were asked for with."""
    reason: str = ""
    trace: JsonMap = field(default_factory=dict, repr=False)
    error: str = ""
    """What went wrong in the program."""

    @property
    def words(self) -> str:
        """Everything that is read, the cards included."""
        return "\n".join((*self.texts, *(one.words for one in self.cards)))

    @property
    def skus(self) -> tuple[str, ...]:
        """The products that are shown."""
        return tuple(one.sku for one in self.cards if one.sku)

    @property
    def scripts(self) -> tuple[str, ...]:
        """The scripts that were asked for words."""
        return tuple(one.script for one in self.lines)

    @property
    def source(self) -> str:
        """What the words come from, as ops know it."""
        if self.entry is not None:
            return f"知识 {self.entry}"
        told = tuple(dict.fromkeys(self.scripts))
        return f"话术 {'、'.join(told)}" if told else WORDS[self.status]

    def told(self) -> dict[str, object]:
        """For the report: the full trace, and what a shopper saw."""
        return {
            "status": self.status,
            "status_words": WORDS[self.status],
            "said": list(self.texts),
            "cards": [{"sku": one.sku, "words": one.words} for one in self.cards],
            "options": list(self.options),
            "reason": self.reason,
            **({"error": self.error} if self.error else {}),
            "trace": dict(self.trace),
        }


def failed(error: Exception) -> Outcome:
    """What is kept where the program broke."""
    return Outcome("failed", reason="程序出错", error=f"{type(error).__name__}: {error}"[:300])


def outcome_of(dones: Sequence[Done], heard: Heard, services: Services, today: date) -> Outcome:
    """What came of a message; in a group first of hearing it, then of the time that was left to a guide."""
    speeches = [speech for done in dones for speech in done.speeches]
    settled = [one for done in dones for one in done.settled]
    trace = settled[-1].trace if settled else {}
    entry, sure = _entry(trace)
    return Outcome(
        status=_status(dones, speeches, settled, heard.rendered),
        lines=tuple(heard.rendered),
        texts=tuple(speech.text for speech in speeches),
        cards=tuple(
            Shown(card.sku, _on_card(card.title, card.text, card.price, card.url or card.page))
            for one in speeches
            for card in one.cards
        ),
        options=tuple(option.label for speech in speeches for option in speech.options),
        entry=entry,
        confidence=sure if entry is not None else _number(trace.get("confidence")),
        intent=str(trace.get("intent") or ""),
        lapsed=_lapsed(entry, services, today),
        wishes=tuple(heard.asked),
        reason=settled[-1].reason if settled else "先等导购来答",
        trace=trace,
    )


def _on_card(title: str, words: str, price: str | None, url: str | None) -> str:
    return " ".join(part for part in (title, words, price or "", url or "") if part)


def _status(dones: Sequence[Done], speeches: Sequence[Speech], settled: Sequence[Settled], lines: Sequence[Rendered]) -> Status:
    if any(one.outcome == "failed" for one in settled):
        return "failed"
    if any(done.handover is not None for done in dones):
        return "handed"
    if any(done.aside is not None and done.aside.forwards for done in dones):
        return "private"
    if not speeches:
        return "silent"
    said = {one.script for one in lines if one.text is not None}
    if said and said <= SHRUGS:
        return "shrug"
    asks = {one for one in said if one in _ASKS or one.startswith("ask_")}
    return "asked" if asks and said <= asks | SHRUGS else "answered"


def _entry(trace: JsonMap) -> tuple[str | None, float]:
    """(id, how sure) of the entry that was told."""
    found = trace.get("entry")
    if isinstance(found, Mapping):
        return str(found.get("id")), _number(found.get("confidence", 1.0))
    return (found, _number(trace.get("confidence_answer", 1.0))) if isinstance(found, str) else (None, 0.0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _lapsed(name: str | None, services: Services, today: date) -> str:
    entry = services.library.entry(name) if name is not None else None
    if entry is None:
        return ""
    if entry.valid_until is not None and today > entry.valid_until:
        return f"{entry.id} 到 {entry.valid_until} 为止"
    return f"{entry.id} 从 {entry.valid_from} 起" if entry.valid_from is not None and today < entry.valid_from else ""
