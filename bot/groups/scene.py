"""What is the same for all decisions of a group's turn, and what comes of one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.brand import Groups
from bot.db.gathered import Gathered, Granted, Member
from bot.db.keeping_rows import Alert
from bot.db.turns import Waiting
from bot.groups.memory import Room
from bot.model import Arrival, Handover, InboundMessage, Outcome, Peace, Session, Speech
from bot.routing import Duty
from bot.services import Services
from intents import Recognition
from intents.groups import Decision


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the same for all decisions of a turn."""

    waiting: Waiting
    here: Gathered
    settings: Groups
    services: Services
    now: datetime
    duty: Duty
    recognized: Mapping[str, Recognition]
    room: Room = field(default_factory=Room)
    """The group's memory, as the decisions before this one left it."""
    settles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Remark that is spoken on → inbox ids of those that its answer or welcome settles besides."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the assistant is called here."""
        return (self.services.brand.persona.name, *self.settings.names)

    def message(self, remark: str) -> InboundMessage | None:
        """The waiting message that a decision is about; None for what a guide said, or what was taken back."""
        return next((one for one in self.waiting.messages if str(one.id) == remark), None)

    def member(self, sender: str) -> Member:
        """Who somebody is in this group."""
        return self.here.members.get(sender) or Member(sender, sender)

    def people(self, decision: Decision, message: InboundMessage) -> list[Member]:
        """Whom a decision concerns and who still waits for a word, the asker first.

        Who asked the same before and was answered then is not named again: they have their answer.
        """
        settled = [self.message(str(one)) for one in self.settles.get(decision.message, ())]
        waiting = {message.sender, *(one.sender for one in settled if one is not None)}
        told = [one for one in decision.to if one in waiting] or [message.sender or ""]
        return [self.member(one) for one in dict.fromkeys(told) if one]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one decision."""

    outcome: Outcome
    reason: str
    speeches: tuple[Speech, ...] = ()
    handover: Handover | None = None
    forwards: tuple[tuple[str, Arrival], ...] = ()
    alerts: tuple[Alert, ...] = ()
    coupons: tuple[Granted, ...] = ()
    peace: tuple[str, Peace] | None = None
    part: Session | None = None
    """What is remembered of the asker's own talk from now on."""
    erases: int | None = None
    """Inbox id of a message whose author asks to be forgotten."""
    trace: Mapping[str, object] = field(default_factory=dict)
