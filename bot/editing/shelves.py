"""The shelves: what is live, read apart once for each release, with the open drafts over it and what is wrong with them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.content.items import Item, Key, Kind, fingerprint, items_of
from bot.content.linting import Ground, ground_of
from bot.content.workspace import Seen as Sound
from bot.content.workspace import Workspace, digest_of
from bot.db import drafts, releases
from bot.db.drafts import Draft
from bot.editing.choosing import choices
from bot.editing.finding import all_of, faults, json_of, linted
from bot.editing.model import Choices, Finding, Opened, Row, Value
from bot.errors import BadRequestError
from bot.publishing import Publisher, key_of
from bot.replaying.jobs import Replays

_NONE: Final = "这条现在还没有，可能刚被别人拿掉了"


@dataclass(slots=True)
class Live:
    """One release, read apart; what costs more is made when somebody first asks for it."""

    release: int | None
    files: Mapping[str, bytes] = field(repr=False)
    found: Mapping[Key, Item] = field(repr=False)
    digest: str = ""
    workspace: Workspace | None = field(default=None, repr=False)
    ground: tuple[date, Ground] | None = field(default=None, repr=False)
    findings: tuple[date, Mapping[Key, tuple[Finding, ...]]] | None = field(default=None, repr=False)


class Shelves:
    """The live release read apart, and the open drafts over it."""

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: Publisher,
        fallback: Callable[[], Workspace],
        replays: Replays | None = None,
        sound: Sound | None = None,
    ) -> None:
        """``fallback`` reads the content that serves as long as nothing was imported."""
        self.publisher = publisher
        self.replays = replays
        self._engine = engine
        self._fallback = fallback
        self._sound = sound
        self._live: Live | None = None
        self._whole: Workspace | None = None
        self._read: dict[str, tuple[bytes, tuple[Item, ...]]] = {}
        self._lock = asyncio.Lock()

    # --- what is live

    async def live(self) -> Live:
        """The newest release; files that are the same as in the one before are not read again.

        Raises:
            ContentError: a file cannot be read.
        """
        async with self._lock:
            found = await releases.live(self._engine)
            number = None if found is None else found[0]
            if self._live is None or self._live.release != number:
                files = None if number is None else await releases.load(self._engine, number)
                self._live = await asyncio.to_thread(self._apart, number, files)
            return self._live

    def _apart(self, number: int | None, files: Mapping[str, bytes] | None) -> Live:
        files = self._fallback().files if files is None else files
        read: dict[str, tuple[bytes, tuple[Item, ...]]] = {}
        for path, data in files.items():
            known = self._read.get(path)
            read[path] = known if known is not None and known[0] == data else (data, tuple(items_of(path, data)))
        self._read = read
        return Live(number, files, _united(one for path in sorted(read) for one in read[path][1]), digest_of(files))

    async def workspace(self) -> Workspace:
        """The live content as one value."""
        live = await self.live()
        async with self._lock:
            if live.workspace is None:
                live.workspace = await asyncio.to_thread(content.read_files, live.files, self._sound, self._whole)
                self._whole = live.workspace
            return live.workspace

    async def ground(self, today: date) -> Ground:
        """What a thing is held against while somebody types."""
        live, workspace = await self.live(), await self.workspace()
        async with self._lock:
            if live.ground is None or live.ground[0] != today:
                heard = self.publisher.heard(workspace)
                live.ground = (today, await asyncio.to_thread(ground_of, live.files, workspace, today, heard))
            return live.ground[1]

    async def findings(self, today: date) -> Mapping[Key, tuple[Finding, ...]]:
        """What is wrong with what is live, thing by thing; kept for a release and a day."""
        live, ground = await self.live(), await self.ground(today)
        async with self._lock:
            if live.findings is None or live.findings[0] != today:
                live.findings = (today, await asyncio.to_thread(all_of, live.found, ground))
            return live.findings[1]

    # --- things and drafts

    async def rows(self, kinds: Sequence[Kind], today: date | None = None) -> Sequence[Row]:
        """The things of some kinds with the open drafts over them, by id; with ``today`` their findings too."""
        live = await self.live()
        known = await self.findings(today) if today is not None else {}
        open_ = {key_of(one): one for one in await drafts.drafts(self._engine, kinds=kinds)}
        wanted = frozenset(kinds)
        keys = sorted({key for key in live.found if key.kind in wanted} | set(open_))
        found: list[Row] = []
        for key in keys:
            item, draft = live.found.get(key), open_.get(key)
            of = known.get(key, ()) if draft is None else await self._of_draft(key, draft, today)
            blocks = sum(one.blocks for one in of)
            warns = sum(one.severity == "warn" and one.excepted is None for one in of)
            found.append(Row(key.kind, key.id, None if item is None else item.value, draft, blocks, warns))
        return found

    async def _of_draft(self, key: Key, draft: Draft, today: date | None) -> tuple[Finding, ...]:
        return () if draft.value is None or today is None else await self.lint(key, draft.value, today)

    async def opened(self, kind: Kind, id_: str) -> Opened:
        """One thing on the desk; raises BadRequestError (404) where there is neither a live one nor an open draft."""
        live = await self.live()
        item = live.found.get(Key(kind, id_))
        draft = await drafts.open_draft(self._engine, kind, id_)
        if item is None and draft is None:
            raise BadRequestError(_NONE, status=404, code="not_found")
        value = None if item is None else item.value
        return Opened(kind, id_, value, fingerprint(value), "" if item is None else item.file, draft)

    async def known(self, kind: Kind, id_: str) -> bool:
        """Whether something of that id is live or drafted."""
        live = await self.live()
        return Key(kind, id_) in live.found or await drafts.open_draft(self._engine, kind, id_) is not None

    async def lint(self, key: Key, value: Value, today: date) -> tuple[Finding, ...]:
        """What is wrong with a thing as it stands in a form: faults of its shape first, then what the lint says, and what an
        edit lost of what is live.
        """
        shape = faults(key, value)
        live, ground = await self.live(), await self.ground(today)
        before = live.found.get(key)
        item = Item(key, json_of(value), "" if before is None else before.file)
        found = await asyncio.to_thread(linted, before, item, ground)
        return (*shape, *(one for one in found if not (shape and one.rule.startswith("schema"))))

    async def choices(self) -> Choices:
        """What an editor may choose from."""
        live, workspace = await self.live(), await self.workspace()
        return choices(workspace, live.found)


def _united(found: Iterable[Item]) -> dict[Key, Item]:
    """An intent whose sentences stand in several places is one thing; of anything else the later one counts."""
    united: dict[Key, Item] = {}
    for item in found:
        before = united.get(item.key)
        if before is not None and item.key.kind == "training":
            both = [*_listed(before.value.get("examples")), *_listed(item.value.get("examples"))]
            united[item.key] = Item(item.key, {**item.value, "examples": both}, item.file)
        else:
            united[item.key] = item
    return united


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else []
