"""What goes into the hearing of a group and what comes out of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Action: TypeAlias = Literal["answer", "silent", "private", "handover", "order", "welcome"]
"""What the assistant does with a message: handover, private, order, welcome, answer, silent, the strongest first."""
Level: TypeAlias = Literal["at_only", "careful", "lively"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One message of a group."""

    id: str
    sender: str
    """Who speaks, unique in the group."""
    text: str
    at: datetime
    name: str = ""
    """What the others call the sender; ``sender`` where it is empty."""
    at_bot: bool = False
    """The platform says that it names the assistant; names in the text are found besides."""
    reply_to: str | None = None
    kind: str = "text"
    """``text``; ``joined``: ``sender`` came into the group (or the text is the platform's notice of it); anything else
    (image, voice …) is heard, but says nothing."""
    guide: bool = False
    """A person of the shop; whoever is called 导购… is one besides."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How the assistant is to behave in this group."""

    names: tuple[str, ...] = ("小花",)
    """What it is called, the usual name first."""
    level: Level = "careful"
    hold: float = 30.0
    """Seconds that an answer waits so that a guide may come first."""
    gather: float = 0.0
    """Seconds in which newcomers are gathered into one welcome."""
    guide_quiet: float = 600.0
    """Seconds after a guide's words in a thread in which nothing is said in it unless the assistant is named."""
    per_hour: int | None = None
    """Answers an hour to what did not name the assistant; None: as many as there are."""
    ordering: bool | None = None
    """Whether a group order is open; None: nobody knows, the talk itself must tell."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one message."""

    message: str
    thread: str
    """Id of the first message of the thread."""
    action: Action
    to: tuple[str, ...] = ()
    """Senders whom it concerns: everybody who asked the same, in the order in which they asked; empty with ``silent``."""
    joins: str | None = None
    """The message whose question this one asks as well."""
    confidence: float = 1.0
    """Calibrated: how likely the action is right."""
    why: str = ""
    """The reason, in words for people."""
    asks: str = ""
    """With ``answer``, ``private`` and ``handover``: what is asked in full, split messages together, mentions taken off."""
    parts: tuple[str, ...] = ()
    """Ids of the messages that ``asks`` was put together from, itself included."""
    named: bool = False
    """Whether the assistant was named."""
    leads: bool = True
    """With ``answer`` and ``welcome``: whether this is the one to be spoken on; the others of the same question or welcome
    (joins, further pieces) are settled by it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a group between two messages. Only plain values, for it is kept as JSON; bounded in size."""

    state: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of listening."""

    memory: Memory
    decided: tuple[Decision, ...]
    """Every message is decided exactly once, most at once, an answer that waits for a guide later."""
    wake: datetime | None = None
    """When to listen again although nobody may have said anything; None: nothing is held."""
