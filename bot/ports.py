"""The seams of the hall: what may be another make tomorrow. A Protocol belongs to whoever calls it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.model import Outgoing


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present moment, with zone."""


@dataclass(frozen=True, slots=True)
class Ability:
    """What a channel can do."""

    receive: bool = True
    """Whether what shoppers write there reaches us."""
    send: Literal["auto", "confirm", "none"] = "auto"
    """``confirm``: only a person may send there, so the courier offers them the words and their tap is the send."""
    groups: bool = False
    private: bool = False
    """Whether the assistant may write to a member of a group alone (``bot.channels.private``)."""
    quota: int | None = None
    """Messages after each one of the shopper; None: any number."""
    window: timedelta | None = None
    """How long after the shopper's message something may be sent; None: for ever."""
    buttons: bool = False
    cards: bool = False
    """Whether a card is shown as one; elsewhere it becomes text with a link."""


class Channel(Protocol):
    """A platform that takes our messages."""

    @property
    def name(self) -> str:
        """How conversations name it."""

    @property
    def ability(self) -> Ability:
        """What it can do."""

    async def send(self, message: Outgoing) -> None:
        """Hand a message over; a second send of the same msgid must not reach the shopper twice.

        Raises:
            DeliveryError: by what can be done about it.
        """
