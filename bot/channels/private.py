"""Where a member of a group can be written to alone, on platforms that allow a bot to begin such a talk."""

from hashlib import blake2b
from typing import NamedTuple

from bot.ids import conversation_id
from bot.model import ConversationId


class Place(NamedTuple):
    """A talk of two: its id, our side of it, and the member's address."""

    conversation: ConversationId
    peer: str
    external: str


def private_place(channel: str, account: str, sender: str) -> Place | None:
    """The private talk with a member; the same one in which they write to us themselves. None where no bot may begin one.

    Feishu takes an ``open_id``, DingTalk a ``staffId`` (people of other enterprises have none, their encrypted ids cannot be
    written to). On the web the member's page opens the talk; its id follows from theirs, and its customer is the member's own.
    """
    if channel == "web":
        place = "w" + blake2b(f"{account}\0{sender}".encode(), digest_size=16).hexdigest()
        return Place(ConversationId(place), "", sender)
    if (channel == "feishu" and sender.startswith("ou_")) or (channel == "dingtalk" and sender and not sender.startswith("$:")):
        return Place(conversation_id(channel, account, "", sender), "", sender)
    return None
