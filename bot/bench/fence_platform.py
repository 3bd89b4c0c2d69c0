"""The platform of the proof, as small as it may be: a stream of news, a session's state, used msgids, the quota, lost answers.

It decides as the sandbox does, in plain calls without a network; what it answers becomes the ``Sent`` that the courier makes
of a channel's errors. A message is delivered at the moment at which the platform takes it.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from bot.bench.fence_oracle import Delivered
from bot.db.outgoing import Sent
from bot.model import Outgoing
from bot.quota import KF_LIMITS

SERVICER = "phone"
_SERVED, _ENDED = 3, 4
_REFUSED = {"busy": 0.06, "unreached": 0.16, "lost": 0.3}
"""Chance up to which a call meets a busy server, is never heard by it, or is heard while its answer is lost."""


class Item(NamedTuple):
    """One thing in the stream that the puller brings; its place in the stream is its id."""

    kind: Literal["say", "recall", "take", "reply", "end"]
    at: datetime
    subject: int = 0
    """With ``recall``: which item is taken back. With ``say``: 1 where the shopper asks for a person."""


class Platform:
    """One shopper's session at the platform, and everything that reached them."""

    __slots__ = ("_msgids", "_sent", "delivered", "said", "state", "stream")

    def __init__(self) -> None:
        self.stream: list[Item] = []
        self.delivered: list[Delivered] = []
        self.state = 0
        self.said = 0
        self._msgids: set[object] = set()
        self._sent = 0

    def say(self, now: datetime, *, wants_person: bool) -> None:
        """The shopper writes; an ended session begins anew."""
        if self.state == _ENDED:
            self.state = 0
        self._sent = 0
        self.said += 1
        self.stream.append(Item("say", now, int(wants_person)))

    def recall(self, now: datetime) -> None:
        """The shopper takes their last message back, unless they did or said nothing."""
        for place in range(len(self.stream) - 1, -1, -1):
            if self.stream[place].kind == "say":
                if not any(item.kind == "recall" and item.subject == place for item in self.stream):
                    self.stream.append(Item("recall", now, place))
                return

    def take(self, now: datetime) -> None:
        """A servicer takes the session in the platform's own client."""
        if self.state == 0 and self.said:
            self.state = _SERVED
            self.stream.append(Item("take", now))

    def reply(self, now: datetime) -> None:
        """They write (origin 5); an ended session is opened by that."""
        if self.state == _ENDED:
            self.state = _SERVED
            self.stream.append(Item("take", now))
        if self.state == _SERVED:
            self.stream.append(Item("reply", now))

    def end(self, now: datetime) -> None:
        """They end the session."""
        if self.state == _SERVED:
            self.state = _ENDED
            self.stream.append(Item("end", now))

    @property
    def served(self) -> bool:
        """Whether a servicer has the session."""
        return self.state == _SERVED

    def send(self, message: Outgoing, msgid: object, luck: float, moments: tuple[int, int], now: datetime) -> Sent:
        """One call, as the courier records its end. ``moments``: now, and that of the step under the fence."""
        if luck < _REFUSED["busy"]:
            return Sent(message, "pending", "busy", -1, now + timedelta(seconds=1), uncertain=message.uncertain)
        if luck < _REFUSED["unreached"]:
            return cut(message, now)
        told = self._take(message, msgid, moments)
        return told if luck >= _REFUSED["lost"] else cut(message, now)

    def _take(self, message: Outgoing, msgid: object, moments: tuple[int, int]) -> Sent:
        if msgid in self._msgids:
            return Sent(message, "sent") if message.uncertain else Sent(message, "failed", "msgid used before", 40058)
        if self.state == _SERVED:
            state: Literal["failed", "dropped"] = "failed" if message.author == "guide" else "dropped"
            return Sent(message, state, "served in the client", 95018, servicer=SERVICER)
        if self.state == _ENDED:
            return Sent(message, "held", "session ended", 95013)
        if self._sent >= (KF_LIMITS.messages or 0):
            return Sent(message, "held", "quota", 95001)
        self._msgids.add(msgid)
        self._sent += 1
        self.show(message.id, moments)
        return Sent(message, "sent")

    def show(self, message: int, moments: tuple[int, int]) -> None:
        """The shopper sees it."""
        self.delivered.append(Delivered(message, *moments))


def cut(message: Outgoing, now: datetime) -> Sent:
    """What the courier records of a call whose answer it did not hear."""
    return Sent(message, "pending", "no answer", 0, now + timedelta(seconds=1), uncertain=True)
