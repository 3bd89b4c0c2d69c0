"""A speech in DingTalk's dialects: what goes to a session's webhook (with real @), and what the robot sends by itself."""

import re
from collections.abc import Mapping
from urllib.parse import quote

import orjson

from bot.channels import mentions
from bot.channels.wecom.outbound import card_head, clipped, parts
from bot.model import Mention, Speech

_MOST = 7_000
"""Bytes; ``msgParam`` takes 15 000 as JSON, where line ends and quotes count twice."""
_TITLE = 60
_STAFF = re.compile(r"[\w.@-]{1,64}", re.ASCII)
"""A ``staffId``; the encrypted ids of people of other enterprises cannot be named by @."""
_SAY = "dtmd://dingtalkclient/sendMessage?content="
_MARK = str.maketrans({"[": "【", "]": "】", "\n": " "})


def back(speech: Speech, *, markdown: bool = True) -> Mapping[str, object]:
    """For a session's webhook: whoever is named there hears of it. Without ``markdown`` everything as text."""
    named = reachable(speech)
    head = "".join(f"@{one.id} " for one in named)
    words = head + (mentions.body(speech) if named else speech.text)
    at = {"at": {"atUserIds": [one.id for one in named], "isAtAll": False}} if named else {}
    if markdown and _rich(speech):
        return {"msgtype": "markdown", "markdown": {"title": _title(speech), "text": _marked(speech, words)}, **at}
    return {"msgtype": "text", "text": {"content": _plain(speech, words)}, **at}


def sent(speech: Speech, *, markdown: bool = True) -> Mapping[str, str]:
    """For sending by the robot itself (``msgKey``, ``msgParam``), where names at the head are plain words."""
    if markdown and _rich(speech):
        return {"msgKey": "sampleMarkdown", "msgParam": _json({"title": _title(speech), "text": _marked(speech, speech.text)})}
    return {"msgKey": "sampleText", "msgParam": _json({"content": _plain(speech, speech.text)})}


def reachable(speech: Speech) -> tuple[Mention, ...]:
    """Whom the webhook can really name; nobody where one of them cannot be, for then all stay plain words."""
    named = mentions.named(speech)
    return named if all(_STAFF.fullmatch(one.id) for one in named) else ()


def _rich(speech: Speech) -> bool:
    return bool(speech.cards or speech.options)


def _title(speech: Speech) -> str:
    """What the list of talks shows."""
    words = mentions.body(speech).strip()
    return clipped(words.splitlines()[0] if words else "给您看看", _TITLE)


def _plain(speech: Speech, words: str) -> str:
    return clipped("\n\n".join(parts(speech, words)), _MOST)


def _marked(speech: Speech, words: str) -> str:
    """Paragraphs, cards with their links, and options that can be tapped: a tap says their words in the tapper's name."""
    lines = ["  \n".join(words.splitlines())]
    for card in speech.cards:
        head = card_head(card)
        shown = f"[{head.translate(_MARK)}]({card.url})" if card.url else head
        picture = f"![{head.translate(_MARK)}]({card.image})" if card.kind == "image" and card.image else ""
        lines.append("  \n".join(part for part in (f"**{shown}**", picture, *card.text.splitlines(), card.reason or "") if part))
    lines += [f"- [{one.label.translate(_MARK)}]({_SAY}{quote(one.label, safe='')})" for one in speech.options]
    return clipped("\n\n".join(line for line in lines if line), _MOST)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
