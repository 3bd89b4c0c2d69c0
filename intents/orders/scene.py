"""What stands above a message: who offered, ordered or asked what, so that +1 and 楼上那个 find their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from intents.orders.menu import Items

_CHATTER, _BACK = 2, 8
"""Messages of chatter that may stand between an offer and +1; messages that a topic lives."""


@dataclass(frozen=True, slots=True)
class Past:
    """A message that was read."""

    id: str
    sender: str
    kind: str
    """order, offer, question, talk."""
    items: Items = ()
    """Articles that it orders, offers or asks about."""


@dataclass(slots=True)
class Scene:
    """All messages so far, the last one last."""

    past: list[Past] = field(default_factory=list)
    by_id: dict[str, Past] = field(default_factory=dict)

    def add(self, past: Past) -> None:
        """The next message was read."""
        self.past.append(past)
        self.by_id[past.id] = past

    def above(self, reply_to: str | None) -> Past | None:
        """What a +1 joins: what it quotes, else the nearest order or offer; None where that is a question or far away."""
        if reply_to in self.by_id:
            quoted = self.by_id[reply_to]
            return quoted if quoted.kind in {"order", "offer"} else None
        for one in self.past[: -_CHATTER - 2 : -1]:
            if one.kind in {"order", "offer"}:
                return one
            if one.kind == "question":
                return None
        return None

    def orderer(self, but: str, reply_to: str | None) -> str | None:
        """Who ordered last, other than ``but``; or whom the quoted message is from. None where a question stands between."""
        if reply_to in self.by_id and self.by_id[reply_to].kind == "order":
            return self.by_id[reply_to].sender
        for one in reversed(self.past):
            if one.kind == "order" and one.sender != but:
                return one.sender
            if one.kind == "question" and one.sender != but:
                return None
        return None

    def ordered_above(self, but: str, reply_to: str | None) -> Past | None:
        """The last order or offer of somebody else, questions skipped (楼上那个我也要)."""
        if reply_to in self.by_id and self.by_id[reply_to].items:
            return self.by_id[reply_to]
        return next(
            (one for one in reversed(self.past) if one.kind in {"order", "offer"} and one.sender != but and one.items), None
        )

    def own_topic(self, sender: str) -> Items:
        """The articles of a sender's own last question."""
        for one in reversed(self.past[-_BACK:]):
            if one.sender == sender:
                return one.items if one.kind == "question" else ()
        return ()

    def offered(self) -> Items:
        """The articles of the last offer."""
        return next((one.items for one in reversed(self.past) if one.kind == "offer"), ())

    def spoke_last_of(self, sender: str) -> bool:
        """Whether a sender's last order is newer than any offer: an amount alone corrects it."""
        for one in reversed(self.past):
            if one.kind == "offer" or (one.kind == "order" and one.sender == sender):
                return one.kind == "order"
        return False

    def recent(self) -> Sequence[Past]:
        """The last messages, the newest first."""
        return self.past[: -_BACK - 1 : -1]
