"""A speech in the dialect of kf/send_msg: text within 2048 bytes, menus within their limits, cards as text with links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.model import Card, Option, Speech

_TEXT = 2048
"""Bytes of a text message's content."""
_HEAD = 1024
"""Bytes of a menu's head."""
_CLICK = 128
"""Bytes of a menu item's id and of its words."""
_ITEMS = 10
"""Items of a menu (95008 beyond)."""
_OPENED = 1024
"""Bytes of the words of a menu item that opens a mini-program."""


def body(speech: Speech) -> Mapping[str, object]:
    """``msgtype`` and its object. Options and mini-programs become a menu, for a menu counts as one message of the quota.

    A message of the type miniprogram would be one more, and wants a picture that was uploaded before.
    """
    opened = tuple(card for card in speech.cards if card.appid and card.page)
    words = _words(replace(speech, cards=tuple(card for card in speech.cards if card not in opened)))
    if speech.options or opened:
        return _menu(words, speech.options, opened)
    return {"msgtype": "text", "text": {"content": clipped(words, _TEXT)}}


def daring(speech: Speech) -> bool:
    """Whether the platform may refuse it for a mini-program that does not belong to the enterprise."""
    return any(card.appid and card.page for card in speech.cards)


def plain(speech: Speech) -> Mapping[str, object]:
    """Everything as one text, for components that take nothing else (95030)."""
    whole = "\n".join(part for part in (_words(speech), _listed(speech.options)) if part)
    return {"msgtype": "text", "text": {"content": clipped(whole, _TEXT)}}


def parts(speech: Speech, words: str) -> tuple[str, ...]:
    """A speech whose words are ``words`` where nothing can be tapped: the words, each card, the options; nothing empty."""
    return tuple(part for part in (words, *map(card_text, speech.cards), _listed(speech.options)) if part)


def _words(speech: Speech) -> str:
    return "\n\n".join(part for part in (speech.text, *map(card_text, speech.cards)) if part)


def _listed(options: Sequence[Option]) -> str:
    return "\n".join(f"· {option.label}" for option in options)


def card_text(card: Card) -> str:
    """A card as a person would type it."""
    return "\n".join(part for part in (card_head(card), card.text, card.url) if part)


def card_head(card: Card) -> str:
    """What a card is called, with its price where it has one."""
    return card.title if card.price is None else f"{card.title}  {card.price}"


def _menu(words: str, options: tuple[Option, ...], opened: tuple[Card, ...] = ()) -> Mapping[str, object]:
    tail = ""
    if len(words.encode()) > _HEAD:
        head = clipped(words, _HEAD, mark="")
        tail = clipped(words[len(head) :], _HEAD)
        # a menu has two places for words, head and tail; what is longer than both is cut with a mark
        words = head
    items = [*map(_opening, opened[:_ITEMS]), *map(_click, options)]
    items = items if len(items) <= _ITEMS else [*items[: _ITEMS - 1], items[-1]]
    menu: dict[str, object] = {"head_content": words, "list": items}
    if tail:
        menu["tail_content"] = tail
    return {"msgtype": "msgmenu", "msgmenu": menu}


def _click(option: Option) -> Mapping[str, object]:
    return {"type": "click", "click": {"id": clipped(option.id, _CLICK, mark=""), "content": clipped(option.label, _CLICK)}}


def _opening(card: Card) -> Mapping[str, object]:
    place = {"appid": card.appid, "pagepath": card.page, "content": clipped(card.title, _OPENED)}
    return {"type": "miniprogram", "miniprogram": place}


def clipped(words: str, most: int, mark: str = "…") -> str:
    """At most ``most`` UTF-8 bytes, never cut inside a character or behind a joiner; ``mark`` shows that words are missing."""
    data = words.encode()
    if len(data) <= most:
        return words
    return data[: most - len(mark.encode())].decode(errors="ignore").rstrip("\u200d") + mark
