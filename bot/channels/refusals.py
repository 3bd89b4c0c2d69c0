"""What a platform's refusal means for a message: a small vocabulary of deeds, and a sentence for the person who reads it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError

Action = Literal["retry", "back_off", "refresh", "config", "bug", "drop", "plain_text", "used"]
"""``refresh``: the access token ended. ``plain_text``: this form is not taken, text is. ``used``: this way back is spent."""

RETRY, BACK_OFF, CONFIG = timedelta(seconds=1), timedelta(seconds=20), timedelta(minutes=1)
"""Waits: a hiccup; a limit counted by the minute; until somebody in IT has looked."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry of a platform's table."""

    action: Action
    words: str


class RefusedError(Exception):
    """The platform answered with an error code that its caller must decide about; the text names no secret."""

    def __init__(self, refusal: Refusal, code: int | str) -> None:
        super().__init__(f"{code} {refusal.words}")
        self.refusal = refusal
        self.code = code if isinstance(code, int) and abs(code) < 2**31 else 0

    def delivery(self) -> DeliveryError:
        """The same as an error of delivery."""
        wait = {"retry": RETRY, "refresh": RETRY, "back_off": BACK_OFF, "config": CONFIG}.get(self.refusal.action)
        if wait is None:
            return PermanentDeliveryError(str(self), self.code)
        return TemporaryDeliveryError(str(self), wait, self.code)
