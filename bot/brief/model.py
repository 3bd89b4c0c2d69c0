"""What a brief is made from and what it is: a talk, and lines, facts and a first sentence that name their messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model import JsonMap

Author = Literal["shopper", "bot", "guide", "system"]
Kind = Literal["wants", "told", "promised", "hurt"]

LONGEST = 90
"""Characters of all lines together: what somebody between two customers takes in at a glance."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One message of the talk."""

    id: int
    author: Author
    text: str
    at: datetime
    trace: JsonMap | None = None
    """What was understood (a shopper's: the inbox row's) or done (the bot's: the message's own)."""
    outcome: str | None = None
    recalled: bool = False
    """Taken back by its author: it does not count."""
    kind: str = "text"
    sender: str | None = None
    """Which member of a group."""


@dataclass(frozen=True, slots=True)
class Story:
    """A talk since it began anew, with the names that its traces only hold as ids."""

    remarks: tuple[Remark, ...]
    """Oldest first, of this episode only."""
    reason: str = ""
    kind: str = "asked"
    """Why a person comes: the kinds of `bot.model.Handover`."""
    urgency: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    """Sku → name of the product."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """Entry → its first question."""
    asker: str | None = None
    """In a group whose talk this is; None: whoever was handed over last."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A few words that stand in the messages they name."""

    text: str
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One of at most three lines."""

    kind: Kind
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """The clauses as one line."""
        return "；".join(clause.text for clause in self.clauses)

    @property
    def messages(self) -> tuple[int, ...]:
        """All messages that support it, each once."""
        return tuple(dict.fromkeys(id_ for clause in self.clauses for id_ in clause.messages))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must not be asked again."""

    what: str
    """肤质, 预算, 订单号 …; ``不要`` for what was ruled out."""
    value: str
    """In the shopper's words; a question mark behind it: only asked about (敏感肌能用吗), never stated."""
    messages: tuple[int, ...]
    whom: str | None = None
    """Of whom it is said; None: of the shopper."""

    @property
    def label(self) -> str:
        """What it is, and whose: 肤质, 给妈妈：肤质."""
        return f"给{self.whom}：{self.what}" if self.whom else self.what


@dataclass(frozen=True, slots=True)
class Brief:
    """What a guide reads before the first word."""

    lines: tuple[Line, ...]
    known: tuple[Fact, ...]
    opening: str
    """A first sentence that can be sent as it is."""
    why: str = ""
    """Why a person was called, in the words of the handover."""


def to_json(brief: Brief) -> dict[str, object]:
    """The brief as the desk's API and the page take it."""
    return {
        "lines": [
            {
                "kind": line.kind,
                "text": line.text,
                "messages": list(line.messages),
                "clauses": [{"text": one.text, "messages": list(one.messages)} for one in line.clauses],
            }
            for line in brief.lines
        ],
        "known": [{"what": one.label, "value": one.value, "messages": list(one.messages)} for one in brief.known],
        "opening": brief.opening,
        "why": brief.why,
    }
