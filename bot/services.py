"""The four rooms and the brand as one value: built whole from one release of content, swapped as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.brand import Brand, Staff
from intents import Recognizer
from intents.groups import Listener
from knowledge import Library
from recommender import Recommender
from scripts import Post, Scriptbook


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a turn needs besides the message: no reading, no network, no clock inside."""

    brand: Brand
    staff: Staff
    recognizer: Recognizer
    library: Library
    recommender: Recommender
    book: Scriptbook
    release: str
    """Fingerprint of the content that these were built from."""
    warm: Callable[[Sequence[str]], None] = field(default=lambda _texts: None, repr=False)
    """Encode many texts in one pass, so that the rooms find them ready."""
    posts: tuple[Post, ...] = ()
    """What is said in groups at a time of day."""
    listener: Listener | None = None
    """Hears groups; None: the one that the program ships, without sentence vectors."""
    made: object | None = field(default=None, repr=False, compare=False)
    """What these were built from, for whoever builds others beside them (``bot.content.sharing``); None: nobody may share."""

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return self.brand.zone


class Shelf(Protocol):
    """Where the services stand that are live now."""

    def services(self, account: str) -> Services:
        """Those of a platform account, or the program's own."""


@dataclass(frozen=True, slots=True)
class FixedShelf:
    """Services that do not change: filters, tests, the terminal."""

    default: Services
    accounts: Mapping[str, Services] = field(default_factory=dict)

    def services(self, account: str) -> Services:
        """Those of the account, else the default ones."""
        return self.accounts.get(account, self.default)
