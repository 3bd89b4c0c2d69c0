"""Shoppers' tokens: a signature over conversation and member, so that no table is asked."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from bot.errors import BadRequestError
from bot.front.context import FRONT


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls: somebody in a conversation, in a group room perhaps a certain member."""

    conversation: str
    member: str | None

    @property
    def caller(self) -> str:
        """Conversation and member as one word, for limits."""
        return f"{self.conversation}:{self.member or ''}"


def token(key: bytes, conversation: str, member: str | None = None) -> str:
    """``conversation.member.signature``; the member is empty for a talk of two and for the room itself."""
    said = f"{conversation}.{member or ''}"
    digest = hmac.new(key, b"daogou chat\0" + said.encode(), sha256).digest()
    return f"{said}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def invitation(key: bytes, conversation: str) -> str:
    """What lets somebody into a room and does nothing else; a signature of its own kind, so that it is no token."""
    digest = hmac.new(key, b"daogou join\0" + conversation.encode(), sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def invited(key: bytes, conversation: str, told: str) -> bool:
    """Whether we invited into this room with these words."""
    wanted = invitation(key, conversation).encode("utf-8", "surrogatepass")
    return hmac.compare_digest(wanted, told.encode("utf-8", "surrogatepass"))


def opened(key: bytes, told: str) -> Bearer | None:
    """Whose token it is; None for anything that we did not sign."""
    parts = told.split(".")
    if len(parts) != 3:
        return None
    conversation, member, _ = parts
    wanted = token(key, conversation, member or None)
    if not hmac.compare_digest(wanted.encode("utf-8", "surrogatepass"), told.encode("utf-8", "surrogatepass")):
        return None
    return Bearer(conversation, member or None)


def bearer(request: web.Request, *, in_query: bool = False) -> Bearer:
    """The caller, allowed into the conversation of the path.

    ``in_query``: EventSource cannot send headers, so there the token may stand in the query.

    Raises:
        BadRequestError: 401 without a token of ours, 403 with that of another conversation.
    """
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        told = request.query.get("token", "") if in_query else ""
    found = opened(request.app[FRONT].secret_key, told.strip())
    if found is None:
        raise BadRequestError("缺少有效的 token", status=401, code="unauthorized")
    if found.conversation != request.match_info["conversation"]:
        raise BadRequestError("这个 token 不属于这段对话", status=403, code="forbidden")
    return found
