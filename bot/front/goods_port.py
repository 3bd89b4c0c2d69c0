"""What the front door asks of the catalogue: a seam, so that it loads no rooms before somebody taps or buys something."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.db.events import Kind
from bot.model import Evidence


class Catalogue(Protocol):
    """One brand's products as they are live now; ``bot.goods`` has the real one."""

    def known(self, sku: str) -> bool:
        """Whether there is such a product."""

    def concluded(self, sku: str, kind: Kind, at: datetime, channel: str | None) -> tuple[Evidence, ...]:
        """What a deed says of whoever did it."""

    def named(self, words: str) -> Sequence[str]:
        """The products that somebody's words name in full, or by their link."""

    def address(self, sku: str, mark: str) -> str | None:
        """Where a product can be bought now: the link with that mark if it still has one; None where it must not be shown."""


class Goods(Protocol):
    """The catalogues, by the account through which a shopper comes."""

    async def catalogue(self, account: str) -> Catalogue:
        """That of a platform account, or the program's own."""
