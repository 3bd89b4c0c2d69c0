"""What happens in a played group: one event after the other, each with what would be right to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias

Action: TypeAlias = Literal["answer", "silent", "private", "handover", "order", "welcome"]
"""As in the group policy."""
Kind: TypeAlias = Literal["text", "image", "sticker", "join", "leave", "recall"]

ASSISTANT: Final = "bot"
"""Id of the assistant among those who are named; as ``Event.reply_to`` its latest words in the group."""
EVERYBODY: Final = "all"
"""Id of @所有人 among those who are named."""
GUIDE: Final = "导购"
"""What a guide's name in a group begins with."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What is true of an event, known because it was made on purpose."""

    tag: str
    """``ask`` · ``same`` (同问) · ``nudge`` · ``chat`` · ``thanks`` · ``peer`` (to a member) · ``to_guide`` · ``guide`` ·
    ``offer`` · ``order`` · ``edit`` · ``cancel`` · ``private`` · ``angry`` · ``hurt`` · ``newcomer`` · ``hello`` · ``spam`` ·
    ``picture`` · ``leave`` · ``recall`` · ``unsaid`` (taken back before anybody could answer)."""
    action: Action
    """What the assistant should do."""
    also: tuple[Action, ...] = ()
    """What would be right as well."""
    thread: str = ""
    """Id of the thread's first event."""
    joins: str | None = None
    """Id of the event whose question this one asks as well."""
    entry: str | None = None
    """The knowledge entry that holds the answer; None: none, or nobody knows."""
    sku: str = ""
    """With ``order`` and ``edit``: the article; with ``offer`` what is offered."""
    count: int = 0
    """With ``order`` and ``edit``: how many the sender has now asked for altogether."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a member of the group does."""

    id: str
    at: timedelta
    """Since the beginning."""
    sender: str
    """Unique in the group."""
    name: str
    """What the others call them; guides' names begin with 导购."""
    kind: Kind
    text: str = ""
    """The words with their ``@name``; empty unless ``kind`` is text."""
    at_bot: bool = False
    """Whether the assistant is named by a real @."""
    reply_to: str | None = None
    """The event that is quoted, or taken back with ``recall``; ``bot`` for the assistant's latest words."""
    mentions: tuple[str, ...] = ()
    """Ids of those who are named by a real @, ``bot`` and ``all`` among them."""
    state: str = ""
    """With ``join``: the code (活码) by which they came."""
    gold: Gold | None = None
    """None where nobody said what would be right: in a script, or by hand."""

    @property
    def guide(self) -> bool:
        """Whether a person of the shop does it."""
        return self.name.startswith(GUIDE)


def renamed(text: str, scripted: str, real: str) -> str:
    """Words with the assistant called as it is called there; ``scripted``: as the events call it, empty for nothing to change."""
    if not scripted or not real:
        return text
    return text.replace(f"@{scripted}", f"@{real}").replace(f"＠{scripted}", f"＠{real}")
