"""Callbacks of WeCom: what stands inside after decryption (developer.work.weixin.qq.com, path 90930)."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.fields import MOST_BYTES
from bot.errors import BadRequestError

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """``kf_msg_or_event``: something is new in a customer-service account; what, must be pulled."""

    open_kfid: str
    token: str
    """Valid for ten minutes; frees the pull from its strict frequency limit."""


def parse_xml(body: bytes) -> Element:
    """The root element; entities, document types and bodies that are too large are refused.

    Raises:
        BadRequestError: the body is no XML that we accept.
    """
    if len(body) > MOST_BYTES:
        raise BadRequestError("body too large", status=413, code="too_large")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise BadRequestError("malformed XML", code="-40002") from error
    return root


def fields(root: Element, depth: int = 0) -> Mapping[str, object]:
    """An element's children as a plain mapping; repeated names become lists, depth is bounded."""
    found: dict[str, object] = {}
    for child in root:
        value: object = fields(child, depth + 1) if len(child) and depth < _DEEPEST else (child.text or "")
        if child.tag in found:
            before = found[child.tag]
            found[child.tag] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[child.tag] = value
    return found


def notice(inside: Mapping[str, object]) -> Notice | None:
    """The notice in a decrypted callback; None for every other message or event."""
    if inside.get("MsgType") != "event" or inside.get("Event") != "kf_msg_or_event":
        return None
    open_kfid, token = inside.get("OpenKfId"), inside.get("Token")
    if not isinstance(open_kfid, str) or not open_kfid:
        raise BadRequestError("kf_msg_or_event without OpenKfId", code="-40002")
    return Notice(open_kfid, token if isinstance(token, str) else "")
