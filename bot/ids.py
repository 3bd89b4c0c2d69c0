"""Ids that are derived, not drawn: the same thing has the same id in every process and in every retry."""

from base64 import b32encode
from hashlib import blake2b

from bot.model import ConversationId


def customer_id(channel: str, account: str, external: str) -> str:
    """The same shopper on the same platform account always gets the same id."""
    return "c" + blake2b(f"{channel}\0{account}\0{external}".encode(), digest_size=12).hexdigest()


def conversation_id(channel: str, account: str, peer: str, external: str) -> ConversationId:
    """The same pair of shopper and platform account always talks in the same conversation."""
    return ConversationId("v" + blake2b(f"{channel}\0{account}\0{peer}\0{external}".encode(), digest_size=12).hexdigest())


def msgid(*parts: str) -> str:
    """Our id of a message, derived from what it answers, so that a platform refuses a second send of it.

    26 characters of ``[A-Z2-7]``: kf/send_msg takes up to 32 of ``[0-9a-zA-Z_-]``, unique within the account.
    """
    return b32encode(blake2b("\0".join(parts).encode(), digest_size=16).digest()).decode().rstrip("=")
