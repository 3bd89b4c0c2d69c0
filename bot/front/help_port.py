"""What the desk asks of the brand's content: a seam, so that the front door loads no rooms before a guide looks for something.

Everything but ``aids`` only computes, and may take some milliseconds: call it in a thread.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Card, Conversation, Customer, JsonMap

About = tuple[Conversation | None, str]
"""The talk in which something will be said, and what the guide is called."""
Sought = tuple[Conversation | None, str, tuple[str | None, Sequence[str] | None]]
"""The same, and who looks: the id of the guide, and their stores (None: all)."""

Guide = tuple[str, str | None, str | None]
"""What a guide is called, their store, their id."""


class Aids(Protocol):
    """One brand's scripts, products, entries and tags as they are live now; ``bot.helping`` has the real ones."""

    def tags(self) -> Sequence[JsonMap]:
        """The kinds of tags with their values."""

    def tag_fault(self, tag: str, value: str) -> str | None:
        """Why a tag must not be put on, in words; None where it may."""

    def known(self, customer: Customer, now: datetime) -> Sequence[JsonMap]:
        """What is believed of a shopper, each with its evidence."""

    def named(self, skus: Sequence[str]) -> Sequence[JsonMap]:
        """Products with their names."""

    def scripts(self, query: str, family: str, about: Sought, use: Mapping[str, float], now: datetime) -> Sequence[JsonMap]:
        """Scripts that this guide may use."""

    def kept(self, guide: str | None, store: str | None) -> Sequence[JsonMap]:
        """Scripts of this very guide and of this very store, as they are written."""

    def script_of(self, text: str) -> str | None:
        """Which script somebody's words are."""

    def filled(self, text: str, about: About, now: datetime) -> str:
        """A wording with what is known in its places; what is not known stays a placeholder."""

    def goods(self, query: str, store: str | None, limit: int) -> Sequence[JsonMap]:
        """Products with stock."""

    def card(self, sku: str, customer: Customer, now: datetime) -> Card | None:
        """A product to be sent; None where it is not for sale."""

    def entries(self, query: str, limit: int) -> Sequence[JsonMap]:
        """Entries of the knowledge base."""

    def questions(self) -> Mapping[str, str]:
        """Entry → its first question."""

    def replies(
        self, said: tuple[str, Sequence[str]], conversation: Conversation, guide: Guide, now: datetime
    ) -> Sequence[JsonMap]:
        """What could be answered; ``said``: the shopper's last words and those before, ``guide``: who answers."""


class Help(Protocol):
    """The aids, by the account through which a shopper comes."""

    async def aids(self, account: str) -> Aids:
        """Those of a platform account, or the program's own."""

    def ready(self, account: str) -> Aids | None:
        """The same where they were read before; never waits."""
