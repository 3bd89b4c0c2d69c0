"""The live catalogue without the rooms around it: what the front door needs to judge an event or to follow a link."""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self
from urllib.parse import urlsplit

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.behaviour import Doing, evidence
from bot.channels.links import mark_of
from bot.content.gathering import Gathering
from bot.db import newest, releases
from bot.db.engine import CONNECTION_FAULTS
from bot.db.events import Kind
from bot.errors import ContentError
from bot.model import Evidence
from bot.settings import Settings
from recommender import Product, TagKind, TagsFile

log = structlog.get_logger(__name__)

_DOORS = ("wecom_mini", "tmall", "jd")
"""Where a link leads whose own target is gone: the brand's mini-program before the market places."""
_NAMED = 5
"""Of one message so many products are taken as meant: whoever pastes the catalogue picks nothing."""
_SHORTEST = 3
"""Letters of a name that may be found in a sentence."""
_GOODS = ("recommender/products.%", "recommender/tags.yml")
"""The files of a release that a catalogue is made of."""
_LINK = re.compile(r"https?://[^\s<>\"'，。；！？）】]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products and declared tags of one release; never changes."""

    products: Mapping[str, Product]
    kinds: Mapping[str, TagKind]
    names: tuple[tuple[str, str], ...]
    """(name as it is compared, sku), the longest first; names that several products share are left out."""
    links: Mapping[str, str]
    """Link → the only sku that has it."""

    @classmethod
    def of(cls, products: Sequence[Product], kinds: Sequence[TagKind]) -> Self:
        """Lay everything out once."""
        named = [(_folded(one.name), one.sku) for one in products if len(_folded(one.name)) >= _SHORTEST]
        categories = {_folded(part) for one in products for part in (one.category, *one.category.split("/"), one.brand)}
        names = [(name, sku) for name, sku in _alone(named).items() if name not in categories]
        linked = [(link, one.sku) for one in products for link in one.links.values() if isinstance(link, str)]
        return cls(
            products={one.sku: one for one in products},
            kinds={one.name: one for one in kinds},
            names=tuple(sorted(names, key=lambda pair: (-len(pair[0]), pair[0]))),
            links=_alone(linked),
        )

    def known(self, sku: str) -> bool:
        """Whether there is such a product."""
        return sku in self.products

    def concluded(self, sku: str, kind: Kind, at: datetime, channel: str | None) -> tuple[Evidence, ...]:
        """What a deed says of whoever did it: see ``bot.behaviour``."""
        return evidence(Doing(kind, at, channel), self.products.get(sku), self.kinds)

    def named(self, words: str) -> Sequence[str]:
        """The products that somebody's words name in full, or by their link; none where too many are named."""
        found = [self.links[link] for link in _LINK.findall(words) if link in self.links]
        rest = _folded(_LINK.sub(" ", words))
        for name, sku in self.names:
            if name in rest:
                found.append(sku)
                rest = rest.replace(name, "\0")  # a shorter name inside a longer one is not named by it
        once = tuple(dict.fromkeys(found))
        return once if len(once) <= _NAMED else ()

    def address(self, sku: str, mark: str) -> str | None:
        """Where a product can be bought now: the link with that mark, else its first one; None where it is not on sale."""
        product = self.products.get(sku)
        if product is None or product.status != "active":
            return None
        links = {door: link for door, link in product.links.items() if isinstance(link, str) and _safe(link)}
        meant = next((link for link in links.values() if mark_of(link) == mark), None)
        return meant or next((links[door] for door in (*_DOORS, *links) if door in links), None)


def _folded(words: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", words).casefold())


def _alone(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What belongs to one sku only."""
    found: dict[str, str] = {}
    shared = set()
    for name, sku in pairs:
        if found.setdefault(name, sku) != sku:
            shared.add(name)
    return {name: sku for name, sku in found.items() if name not in shared}


def _safe(link: str) -> bool:
    """Whether a browser may be sent there."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and link.isprintable() and " " not in link


def catalogue_of(files: Mapping[str, bytes]) -> Catalogue:
    """The catalogue of a workspace's files, path → bytes; raises ContentError."""
    gathering = Gathering(files)
    products = [one for path in gathering.paths("products") for one in content.products_of(path, files[path])]
    tags = next(iter(gathering.whole("tags", TagsFile)), None)
    if gathering.problems:
        raise ContentError(gathering.problems)
    return Catalogue.of(products, tags.value.kinds() if tags else ())


class Goods:
    """The program's own catalogue, as its live release says, and those of accounts that are bound to a folder."""

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._bound = settings.workspaces
        self._folders: dict[str, Catalogue] = {}
        self._own: tuple[int | None, Catalogue] | None = None
        self._files: Mapping[str, bytes] | None = None
        """What the program's own catalogue was read from; None where it came from no release."""
        self._reading = asyncio.Lock()

    async def catalogue(self, account: str) -> Catalogue:
        """That of a platform account, or the program's own; while the database is away, or unreadable, the last good one."""
        async with self._reading:
            folder = self._bound.get(account)
            if folder is None:
                return await self._newest()
            if account not in self._folders:
                self._folders[account] = await _read(lambda: content.files_of(folder)[0])
            return self._folders[account]

    async def _newest(self) -> Catalogue:
        try:
            self._own = await self._followed()
        except (ContentError, *CONNECTION_FAULTS) as error:
            if self._own is None:
                raise
            log.warning("goods.unseen", why=type(error).__name__)
        return self._own[1]

    async def _followed(self) -> tuple[int | None, Catalogue]:
        found = await releases.live(self._engine)
        number = None if found is None else found[0]
        if self._own is not None and self._own[0] == number:
            return self._own
        if number is None:
            return None, await _read(lambda: content.files_of(content.OWN)[0])
        return await self._changed(number)

    async def _changed(self, number: int) -> tuple[int, Catalogue]:
        """The catalogue of a release; nothing is read where products and tags are as they were."""
        before = self._files
        files = await newest.fetch(self._engine, number, before or {}, _GOODS)
        same = self._own is not None and files == before
        found = self._own[1] if self._own is not None and same else await _read(partial(dict, files))
        self._files = files
        return number, found


async def _read(files: Callable[[], Mapping[str, bytes]]) -> Catalogue:
    return await asyncio.to_thread(lambda: catalogue_of(files()))
