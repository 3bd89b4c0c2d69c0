"""What a handler is given and what it gives back; a handler never writes and never sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from bot.model import Card, Conversation, Evidence, Handover, InboundMessage, JsonMap, Option, Outcome, Peace, Session
from bot.routing import Duty
from bot.services import Services
from intents import Recognition


@dataclass(frozen=True, slots=True)
class Turn:
    """One message with all that is known when a handler starts."""

    message: InboundMessage
    conversation: Conversation
    session: Session
    recognition: Recognition
    tags: Mapping[str, tuple[str, ...]]
    """What we believe of the shopper now, faded tags left out."""
    now: datetime
    """In the brand's zone."""
    option: str | None = None
    """Id of the option that was tapped or typed."""
    duty: Duty = field(default_factory=Duty)
    """The guides as things are now; empty: nothing is known of them, and the brand's hours alone decide."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say: a script with its facts."""

    script: str
    facts: Mapping[str, str] = field(default_factory=dict)
    cards: tuple[Card, ...] = ()
    options: tuple[Option, ...] = ()
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a turn is going to say and to remember."""

    lines: tuple[Line, ...] = ()
    outcome: Outcome = "answered"
    reason: str = ""
    session: Session | None = None
    """The memory after this turn; None: as it was."""
    handover: Handover | None = None
    evidence: tuple[Evidence, ...] = ()
    erase: bool = False
    peace: tuple[Peace, ...] = ()
    """What the shopper wants to be spared of, or no longer."""
    rating: tuple[int, str] | None = None
    """How the shopper rates a person's part: 1 … 5, and their words."""
    trace: JsonMap = field(default_factory=dict)


Handle: TypeAlias = Callable[[Turn, Services], Draft]

HUMAN = Option("human", "转人工")
"""The way to a person that stands beside every doubtful answer."""


@dataclass(frozen=True, slots=True)
class Route:
    """A handler, and which scripts it may say with which facts."""

    handle: Handle
    says: Mapping[str, frozenset[str]] = field(default_factory=dict)


def say(script: str, *facts: str) -> Route:
    """The route that only says one script."""
    return Route(lambda _turn, _services: Draft((Line(script),), reason=f"按话术 {script} 回应"), {script: frozenset(facts)})


def silent(reason: str) -> Route:
    """The route that deliberately says nothing."""
    return Route(lambda _turn, _services: Draft(outcome="silent", reason=reason))
