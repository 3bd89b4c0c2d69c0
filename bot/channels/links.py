"""Links that come back to us first: a card's link goes out as ``/go/{token}``, so that a tap on it can be learnt from.

The token is signed and names the conversation and the product, never where to go: the target is looked up in the live
catalogue when somebody taps. A mark in it says which of the product's links was meant.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import blake2b, sha256

from bot.model import Card, Outgoing, Speech
from bot.ports import Ability, Channel

_SIGNATURE = 16
"""Bytes of the signature that are kept: 128 bits, as a link stands in a text of 2048 bytes."""
_LONGEST = 1024
_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says."""

    conversation: str
    sku: str
    mark: str
    """See ``mark_of``."""


def mark_of(address: str) -> str:
    """Eight letters that tell the links of one product apart."""
    return blake2b(address.encode(), digest_size=4).hexdigest()


def token(key: bytes, link: Link) -> str:
    """``payload.signature``, both safe in a URL; the same link has the same token in every retry."""
    payload = _coded(f"{link.conversation}\0{link.sku}\0{link.mark}".encode())
    return f"{payload}.{_signature(key, payload)}"


def opened(key: bytes, told: str) -> Link | None:
    """What a token says; None for anything that we did not sign."""
    payload, dot, signature = told.partition(".")
    if not dot or len(told) > _LONGEST or not told.isascii() or not hmac.compare_digest(signature, _signature(key, payload)):
        return None
    try:
        parts = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().split("\0")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Link(*parts) if len(parts) == 3 else None


def _signature(key: bytes, payload: str) -> str:
    return _coded(hmac.new(key, b"daogou go\0" + payload.encode(), sha256).digest()[:_SIGNATURE])


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Tracked:
    """A channel whose cards lead over our own door."""

    def __init__(self, channel: Channel, public_url: str, key: bytes) -> None:
        """``public_url`` is where shoppers reach our front door, without a slash at its end."""
        self._channel = channel
        self._public_url = public_url
        self._key = key

    @property
    def name(self) -> str:
        """That of the channel."""
        return self._channel.name

    @property
    def ability(self) -> Ability:
        """That of the channel."""
        return self._channel.ability

    async def send(self, message: Outgoing) -> None:
        """As the channel does; raises what it raises."""
        await self._channel.send(replace(message, speech=self._led(message.speech, message.conversation)))

    def _led(self, speech: Speech, conversation: str) -> Speech:
        return replace(speech, cards=tuple(self._card(card, conversation) for card in speech.cards))

    def _card(self, card: Card, conversation: str) -> Card:
        if not card.sku or not card.url or not card.url.startswith(_WEB):
            return card
        link = Link(conversation, card.sku, mark_of(card.url))
        return replace(card, url=f"{self._public_url}/go/{token(self._key, link)}")
