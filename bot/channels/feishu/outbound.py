"""A speech in the dialect of ``im/v1/messages``: text with real @, or a card where there is something to tap."""

import re
from collections.abc import Mapping

import orjson

from bot.channels import mentions
from bot.channels.wecom.outbound import card_head, clipped, parts
from bot.model import Card, Mention, Option, Speech

_TEXT = 100_000
"""Bytes; the platform takes 150 KB of a text and 30 KB of a card."""
_CARD = 20_000
_BUTTON = 200
_OPTIONS = 20
_TAG = re.compile(r"<(?=\s*/?\s*at\b)", re.IGNORECASE)
_ID = re.compile(r"[\w-]{1,128}", re.ASCII)


def message(speech: Speech, place: str) -> Mapping[str, str]:
    """``msg_type`` and ``content`` (JSON in a text); options and cards become an interactive card.

    ``place``: where it goes, which each button brings back, for a tap does not say in which kind of talk it happened.
    """
    if speech.options or speech.cards:
        return {"msg_type": "interactive", "content": _json(_interactive(speech, place))}
    return plain(speech)


def plain(speech: Speech) -> Mapping[str, str]:
    """Everything as one text, for places that take nothing else."""
    named = _reachable(speech)
    heads = "".join(f'<at user_id="{one.id}">{_tame(one.name)}</at> ' for one in named)
    words = clipped("\n\n".join(map(_tame, parts(speech, mentions.body(speech) if named else speech.text))), _TEXT)
    return {"msg_type": "text", "content": _json({"text": heads + words})}


def _reachable(speech: Speech) -> tuple[Mention, ...]:
    """Whom to mention for real: nobody where one of them cannot be reached by an id of this platform."""
    named = mentions.named(speech)
    return named if all(_ID.fullmatch(one.id) for one in named) else ()


def _interactive(speech: Speech, place: str) -> Mapping[str, object]:
    named = _reachable(speech)
    elements: list[object] = []
    if named:
        elements.append(_div("lark_md", " ".join(f"<at id={one.id}></at>" for one in named)))
    words = clipped(mentions.body(speech) if named else speech.text, _CARD)
    if words:
        elements.append(_div("plain_text", words))
    for card in speech.cards:
        elements += _card(card)
    if speech.options:
        elements.append({"tag": "action", "actions": [_choice(option, place) for option in speech.options[:_OPTIONS]]})
    return {"config": {"wide_screen_mode": True}, "elements": elements}


def _card(card: Card) -> list[object]:
    lines = "\n".join(part for part in (card_head(card), card.text, card.reason or "") if part)
    found: list[object] = [{"tag": "hr"}, _div("plain_text", clipped(lines, _CARD // 4))]
    if card.url and card.url.startswith(("https://", "http://")):
        button = {"tag": "button", "text": {"tag": "plain_text", "content": "看一看"}, "type": "primary", "url": card.url}
        found.append({"tag": "action", "actions": [button]})
    return found


def _choice(option: Option, place: str) -> Mapping[str, object]:
    label = clipped(option.label, _BUTTON)
    value = {"option": option.id, "label": option.label, "place": place}
    return {"tag": "button", "text": {"tag": "plain_text", "content": label}, "type": "default", "value": value}


def _div(kind: str, words: str) -> Mapping[str, object]:
    return {"tag": "div", "text": {"tag": kind, "content": words}}


def _tame(words: str) -> str:
    """Nobody's words become a mention of everybody: the platform reads ``<at …>`` wherever it stands."""
    return _TAG.sub("＜", words)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
