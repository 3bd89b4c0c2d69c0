"""The seams of the hall: what may be another make tomorrow. A Protocol belongs to whoever calls it."""

from datetime import datetime
from typing import Protocol

from bot.model import Outgoing


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present moment, with zone."""


class Channel(Protocol):
    """A platform that takes our messages."""

    @property
    def name(self) -> str:
        """How conversations name it."""

    async def send(self, message: Outgoing) -> None:
        """Hand a message over; a second send of the same msgid must not reach the shopper twice.

        Raises:
            DeliveryError: by what can be done about it.
        """
