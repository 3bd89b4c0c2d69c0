"""The error tree, named by who has to act.

AssistantError
├── BadRequestError             the caller: forged or malformed; 4xx, never retried
├── ContentError                ops: a file is wrong; carries all problems, the last good content stays in use
├── SettingsError               IT: the environment is wrong; the start stops with words
├── PeerError                   nobody: a classifier beside us gave no answer, our own one takes its place
├── StaleTurnError              we: another worker was faster; the queue brings the conversation back
└── DeliveryError               the platform did not take a message
    ├── TemporaryDeliveryError  wait: the same message may pass after ``delay``
    ├── HeldDeliveryError       wait for the shopper: the quota or window opens with their next message
    ├── TakenOverError          nobody: a person speaks in the platform's own client
    ├── ConfirmDeliveryError    a guide: this platform takes words only from a person's hand
    └── PermanentDeliveryError  nobody: recorded as a failure that a person sees
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class AssistantError(Exception):
    """The root of everything that we raise on purpose."""


class BadRequestError(AssistantError):
    """A call that is forged, malformed or not allowed; ``status`` is the HTTP status, the text is safe to show."""

    def __init__(self, why: str, status: int = 400, code: str = "bad_request") -> None:
        super().__init__(why)
        self.status = status
        self.code = code


class SettingsError(AssistantError):
    """The environment cannot be used; the text names the variable and says what it should hold."""


class PeerError(AssistantError):
    """A server beside us (Rasa) did not answer as it should; ``outcome`` is one word for the metric, the text holds no secret."""

    def __init__(self, why: str, outcome: str) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one content file, in its editor's words."""

    file: str
    """Path inside the workspace."""
    line: int | None
    """1-based line, where it is known."""
    key: str
    """Where in the file: ``3 › questions › 0``; empty for the file as a whole."""
    reason: str
    """What is wrong, in Chinese."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place} › {self.key}：{self.reason}" if self.key else f"{place}：{self.reason}"


class ContentError(AssistantError):
    """Content that cannot go live; carries every problem at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StaleTurnError(AssistantError):
    """The conversation moved on while we were thinking: nothing of the turn is kept."""


class DeliveryError(AssistantError):
    """The platform did not take a message; ``code`` is the platform's own, 0 where it gave none."""

    def __init__(self, why: str, code: int = 0) -> None:
        super().__init__(why)
        self.code = code


class TemporaryDeliveryError(DeliveryError):
    """A passing fault, with the time to wait before the next try.

    ``uncertain`` says that the platform may have taken the message all the same (a time-out after sending).
    """

    def __init__(self, why: str, delay: timedelta, code: int = 0, *, uncertain: bool = False) -> None:
        super().__init__(why, code)
        self.delay = delay
        self.uncertain = uncertain


class HeldDeliveryError(DeliveryError):
    """The platform's quota is used up until the shopper writes again."""


class TakenOverError(DeliveryError):
    """The platform says that a person serves this shopper: the bot has lost the floor and stays silent."""

    def __init__(self, why: str, code: int, servicer: str) -> None:
        super().__init__(why, code)
        self.servicer = servicer


class ConfirmDeliveryError(DeliveryError):
    """No program may send here: the message is offered to the guide, whose tap within ``within`` is the send."""

    def __init__(self, why: str, within: timedelta) -> None:
        super().__init__(why)
        self.within = within


class PermanentDeliveryError(DeliveryError):
    """The message will never pass: the window is closed, the account is gone, the content is refused."""
