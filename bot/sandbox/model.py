"""Who takes part in the simulated platform, and where each conversation stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

WINDOW: Final = 48 * 3600.0
"""A session and the right to answer last 48 hours from the customer's latest message."""
QUOTA: Final = 5
"""Messages by API for each customer message."""
RETENTION: Final = 3 * 24 * 3600.0
"""`sync_msg` gives the last three days; media live as long."""
WELCOME_LIFE: Final = 20.0
"""A welcome code and the code of an ended session live 20 seconds."""
RECALL_WITHIN: Final = 120.0
"""WeChat lets a message be taken back for two minutes."""
SHOWN: Final = 200
"""How many bubbles of a conversation the page can show."""

NEVER: Final = float("-inf")


class State(IntEnum):
    """`service_state` of a conversation."""

    NEW = 0
    ASSISTANT = 1
    POOL = 2
    HUMAN = 3
    ENDED = 4


@dataclass(slots=True)
class Servicer:
    """A staff member at one account, as the WeCom client shows them."""

    userid: str
    serving: bool = True
    stop_type: int = 0
    """0 stopped, 1 suspended; means something only while not serving."""
    activated: bool = True


@dataclass(slots=True)
class Account:
    """A customer-service account."""

    open_kfid: str
    name: str
    granted: bool
    native_welcome: bool
    servicers: dict[str, Servicer]
    scenes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Shopper:
    """A WeChat user."""

    external_userid: str
    nickname: str
    gender: int
    refuses: bool = False
    """Does not take the account's messages: accepted sends fail with fail_type 10."""


@dataclass(slots=True)
class Bubble:
    """One thing a shopper sees in the conversation."""

    order: int
    by: str
    """shopper, bot, servicer or notice"""
    msgid: str
    msgtype: str
    content: Mapping[str, object]
    at: float
    recalled: bool = False

    def to_json(self) -> dict[str, object]:
        """For the page."""
        return {
            "order": self.order,
            "by": self.by,
            "msgid": self.msgid,
            "msgtype": self.msgtype,
            "content": {} if self.recalled else self.content,
            "at": self.at,
            "recalled": self.recalled,
        }


@dataclass(slots=True)
class Conversation:
    """One shopper at one account."""

    open_kfid: str
    external_userid: str
    state: State = State.ENDED
    servicer: str = ""
    wrote_at: float = NEVER
    """The customer's latest message."""
    entered_at: float = NEVER
    welcomed_at: float = NEVER
    sent: int = 0
    """Messages by API since then."""
    version: int = 0
    """Grows with every change of state: a code belongs to the state in which it was given."""
    order: int = 0
    """How many bubbles there have been."""
    scene: str = ""
    scene_param: str = ""
    upgrade: Mapping[str, object] | None = None
    bubbles: deque[Bubble] = field(default_factory=lambda: deque(maxlen=SHOWN))

    def state_at(self, now: float) -> State:
        """The state, which is ENDED once 48 hours have passed since the customer's message."""
        return State.ENDED if now - self.wrote_at > WINDOW else self.state

    def quota_at(self, now: float) -> int:
        """How many messages the API may still send."""
        return max(QUOTA - self.sent, 0) if now - self.wrote_at <= WINDOW else 0

    def move(self, state: State, servicer: str = "") -> None:
        """Into another state."""
        self.state = state
        self.servicer = servicer
        self.version += 1

    def show(self, by: str, msgid: str, msgtype: str, content: Mapping[str, object], at: float) -> Bubble:
        """Add a bubble to what the shopper sees."""
        self.order += 1
        bubble = Bubble(self.order, by, msgid, msgtype, content, at)
        self.bubbles.append(bubble)
        return bubble

    def bubble(self, msgid: str) -> Bubble | None:
        """The bubble of this message, if it is still shown."""
        return next((bubble for bubble in reversed(self.bubbles) if bubble.msgid == msgid), None)
