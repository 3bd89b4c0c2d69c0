"""What stands in a Feishu message: its kind in our words and the text that a person would read, names instead of ``@_user_1``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.channels import fields

_KEY = re.compile(r"@_user_\d{1,4}|@_all")
_EVERYBODY = "@_all"
_KINDS: Mapping[str, str] = {
    "text": "text",
    "post": "text",
    "image": "image",
    "audio": "voice",
    "media": "video",
    "file": "file",
    "folder": "file",
    "sticker": "image",
    "location": "location",
    "share_user": "business_card",
    "share_chat": "link",
    "merge_forward": "merged_msg",
}
_READABLE: Mapping[str, tuple[str, ...]] = {"location": ("name",), "file": ("file_name",), "folder": ("file_name",)}
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Read:
    """A message as it can be read."""

    kind: str
    """In our words (``text image voice …``); the platform's own where it is none of them."""
    text: str
    everybody: bool = False
    """Whether it calls everybody (@所有人)."""


def read(kind: str, inside: Mapping[str, object], mentions: Sequence[Mapping[str, object]]) -> Read:
    """``kind`` and content of a message, with its list of mentions."""
    names = {fields.words(one.get("key")): fields.name(one.get("name")) for one in mentions}
    if kind == "post":
        raw, pictures = "\n".join(_paragraphs(inside)), "img" in _tags(inside)
        if not raw.strip() and pictures:
            return Read("image", "")
    else:
        raw = " ".join(filter(None, (fields.words(inside.get(field)) for field in _READABLE.get(kind, ("text",)))))
    return Read(_KINDS.get(kind, kind or "unknown"), _named(raw, names), _EVERYBODY in raw)


def _named(raw: str, names: Mapping[str, str]) -> str:
    def name(found: re.Match[str]) -> str:
        if found[0] == _EVERYBODY:
            return "@所有人"
        return f"@{names[found[0]]}" if names.get(found[0]) else found[0]

    return _KEY.sub(name, raw)


def _paragraphs(inside: Mapping[str, object]) -> Iterator[str]:
    """Title and lines of a post, which stand bare or below a language."""
    post = _post(inside)
    title = fields.words(post.get("title"))
    if title:
        yield title
    lines = post.get("content")
    for line in lines if isinstance(lines, list) else ():
        yield "".join(_piece(one) for one in fields.items(line))


def _post(inside: Mapping[str, object]) -> Mapping[str, object]:
    for _ in range(_DEEPEST):
        if "content" in inside or "title" in inside:
            return inside
        inside = next((one for one in inside.values() if isinstance(one, dict)), {})
    return {}


def _piece(one: Mapping[str, object]) -> str:
    tag, words = one.get("tag"), fields.words(one.get("text"))
    if tag == "at":
        key, called = fields.words(one.get("user_id")), fields.name(one.get("user_name"))
        return _EVERYBODY if key in {"all", _EVERYBODY} else key if _KEY.fullmatch(key) else f"@{called}" if called else ""
    if tag == "a":
        address = fields.words(one.get("href"))
        return f"{words} {address}".strip() if address != words else words
    return words


def _tags(inside: Mapping[str, object]) -> frozenset[object]:
    lines = _post(inside).get("content")
    pieces = (one for line in (lines if isinstance(lines, list) else ()) for one in fields.items(line))
    return frozenset(one["tag"] for one in pieces if isinstance(one.get("tag"), str))
