"""Growing the live base: gaps against what it answers now, a draft tried before it is published, drafts published, pairs shown.

Holds the content of the newest release with its library, built when somebody first asks; everything slow runs in a thread, one
thing at a time.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.clock import SystemClock
from bot.adapters.encoder import Encoder, Shelved
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content.harvest_writing import entry_of, resembling
from bot.content.stock import Stock, stock
from bot.content.workspace import Seen, Workspace
from bot.db import gaps, newest, releases
from bot.db.drafts import Draft
from bot.db.gaps import Trouble
from bot.editing.desk import Editing
from bot.editing.lessons import Lessons
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import JsonMap
from bot.publishing import Publisher
from bot.replaying.jobs import Replays
from bot.settings import Settings
from knowledge import Answer, Asker, Entry, Library
from knowledge.gaps import Asked, Gap
from knowledge.gaps import gaps as heaps
from knowledge.pairs import Pair, pairs
from knowledge.words import Reader

DAYS = 28
"""How far back gaps are looked for unless somebody says otherwise."""
_EVERY = 10_000
_REMEMBERED = 4096
"""Texts whose vectors a process keeps (8 MB)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One release's content, ready to be asked."""

    release: int | None
    workspace: Workspace
    library: Library
    reader: Reader
    vectors: Shelved
    """Knows every phrasing of the base, so that a draft is tried within a second."""


@dataclass(frozen=True, slots=True)
class Open:
    """A gap that the live base leaves open, with what comes nearest."""

    gap: Gap
    nearest: Entry | None
    likely: float
    """Probability that the nearest entry answers it."""


class Growing:
    """The live base with the tools that let it grow."""

    def __init__(
        self,
        engine: AsyncEngine,
        encoder: Encoder,
        models: ModelStore,
        fallback: Callable[[], Workspace],
        seen: Seen | None = None,
        replays: Replays | None = None,
    ) -> None:
        """``fallback`` reads the content that serves as long as nothing was imported."""
        self._engine = engine
        self._encoder = encoder
        self._models = models
        self._fallback = fallback
        self._seen = seen
        self._ground: Ground | None = None
        self._stock: Stock | None = None
        self._lock = asyncio.Lock()
        self._under_way: dict[tuple[object, ...], asyncio.Task[Sequence[Open]]] = {}
        self._pairs: tuple[int | None, tuple[Pair, ...]] | None = None
        self.publisher = Publisher(engine, encoder, models, seen)
        self.editing = Editing(engine, self.publisher, fallback, replays, seen)
        self.lessons = Lessons(encoder, models)

    async def ground(self) -> Ground:
        """The newest release, built if it is another than last time."""
        async with self._lock:
            found = await releases.live(self._engine)
            number = None if found is None else found[0]
            if self._ground is None or self._ground.release != number:
                before = self._stock.workspace.files if self._stock is not None else {}
                files = None if number is None else await newest.fetch(self._engine, number, before)
                self._ground = await asyncio.to_thread(self._built, number, files)
            return self._ground

    @property
    def built(self) -> tuple[int | None, Library] | None:
        """The release that was laid out last, with its library; None where nobody asked yet."""
        return None if self._ground is None else (self._ground.release, self._ground.library)

    def _built(self, number: int | None, files: Mapping[str, bytes] | None) -> Ground:
        before = None if self._stock is None else self._stock.workspace
        workspace = self._fallback() if files is None else content.read_files(files, self._seen, before)
        self._stock = stock(workspace, self._encoder, self._models, self._stock)
        library = self._stock.library
        return Ground(number, workspace, library, library.reader, Shelved(self._encoder))

    async def open_gaps(self, now: datetime, days: int = DAYS, limit: int = 50) -> Sequence[Open]:
        """Heaps of questions that the live base still leaves open, rising ones first.

        Who asks while the same is being worked out, of the same release and with the same set aside, is told that: pages that
        somebody loads again and again do not queue up, and nobody sees again what they have just published or set aside.
        """
        live, aside = await releases.live(self._engine), await gaps.aside(self._engine)
        wanted = (days, limit, live, aside)
        task = self._under_way.get(wanted)
        if task is None:
            task = self._under_way[wanted] = asyncio.create_task(self._worked_out(now, days, limit, aside))
            task.add_done_callback(lambda _: self._under_way.pop(wanted))
        # one who leaves does not take it away from the others
        return await asyncio.shield(task)

    async def _worked_out(self, now: datetime, days: int, limit: int, aside: Iterable[str]) -> Sequence[Open]:
        ground = await self.ground()
        since = now - timedelta(days=days)
        found = await gaps.troubles(self._engine, since)
        async with self._lock:
            return await asyncio.to_thread(self._open, ground, found, aside, (since, now, limit))

    def _open(
        self, ground: Ground, found: Sequence[Trouble], aside: Iterable[str], bounds: tuple[datetime, datetime, int]
    ) -> Sequence[Open]:
        since, now, limit = bounds
        mended = [one for one in found if _still_wrong(one, ground.library)]
        readings = [ground.reader.read(one.text) for one in mended]
        vectors = self._encoder.embed([reading.text for reading in readings])
        asked = [Asked(one.text, one.at, one.why, one.id, one.entry) for one in mended]
        left_out = {ground.reader.read(question).key for question in aside}
        at = now.astimezone(ground.workspace.brand.zone)
        opened: list[Open] = []
        for gap in heaps(asked, readings, vectors, since, now):
            if left_out & {ground.reader.read(one).key for one in gap.wordings}:
                continue
            if (one := _opened(gap, ground.library, at)) is not None:
                opened.append(one)
            if len(opened) >= limit:
                break
        return opened

    async def gaps(self, now: datetime, days: int = DAYS, limit: int = 50) -> Sequence[JsonMap]:
        """The same as JSON."""
        return [told(one) for one in await self.open_gaps(now, days, limit)]

    async def pairs(self, limit: int = 100) -> Sequence[JsonMap]:
        """Pairs of entries worth a look, as JSON; kept for a release."""
        ground = await self.ground()
        async with self._lock:
            if self._pairs is None or self._pairs[0] != ground.release:
                found = await asyncio.to_thread(pairs, ground.workspace.entries, ground.reader, ground.vectors)
                self._pairs = (ground.release, found)
        by_id = {entry.id: entry for entry in ground.workspace.entries}
        return [told_pair(pair, by_id[pair.one], by_id[pair.other]) for pair in self._pairs[1][:limit]]

    async def trial(self, draft: JsonMap, question: str, channel: str | None, now: datetime) -> JsonMap:
        """The answers to a question as the base stands (``now``) and as it would be with a draft in it (``then``), as JSON.

        Raises:
            ContentError: the draft is not whole.
        """
        ground = await self.ground()
        entry = entry_of(draft)
        at = now.astimezone(ground.workspace.brand.zone)
        async with self._lock:
            return await asyncio.to_thread(_tried, ground, entry, question, (Asker(channel=channel), at))

    async def draft(self, question: str, now: datetime, days: int = DAYS) -> Draft:
        """A draft entry out of the gap that a question stands for; raises BadRequestError (404) where there is none any more."""
        for one in await self.open_gaps(now, days, _EVERY):
            if question in {one.gap.question, *one.gap.wordings}:
                return await self.draft_of(one.gap)
        raise BadRequestError("这个问题已经不在列表里了，请刷新", status=404, code="not_found")

    async def draft_of(self, gap: Gap) -> Draft:
        """A draft entry out of a gap: its wordings, and what a guide answered in one of those talks."""
        ground = await self.ground()
        said = await gaps.guides_said(self._engine, gap.sources)
        answer = next((said[source] for source in gap.sources if source in said), "")
        near = await asyncio.to_thread(lambda: resembling(ground.workspace.entries, ground.reader.read)(gap.wordings))
        id_ = f"gap-{msgid('gap', ground.reader.read(gap.question).key)[:10]}"
        entry: JsonMap = {
            "id": id_,
            "questions": list(dict.fromkeys((gap.question, *gap.wordings)))[:20],
            "answer": answer,
            "source": "顾客常问",
        }
        notes = (
            f"{gap.count} 位次顾客问过，没有答好",
            "答案是导购当时的回复，发布前请改成对所有顾客都适用的话" if answer else "",
            f"和 {near} 很像" if near else "",
        )
        return Draft("entry", id_, entry, f"缺口：{gap.question}", "；".join(filter(None, notes)))


def _still_wrong(one: Trouble, library: Library) -> bool:
    """An answer that was received badly counts as long as it is the answer: an entry that was changed since is another one."""
    if one.entry is None:
        return True
    entry = library.entry(one.entry)
    return entry is None or entry.version == one.version


def _opened(gap: Gap, library: Library, at: datetime) -> Open | None:
    """The gap with its nearest entry; None where the base answers every wording that nobody complained of."""
    verdicts = [library.ask(wording, Asker(), at) for wording in (gap.question, *gap.examples)]
    first = verdicts[0]
    if not gap.entries and all(verdict.entry is not None for verdict in verdicts):
        return None
    nearest = library.entry(first.hits[0].entry) if first.hits else None
    return Open(gap, nearest, first.confidence)


def _tried(ground: Ground, draft: Entry, question: str, asked: tuple[Asker, datetime]) -> JsonMap:
    """Both verdicts as JSON; with the weights of the live base, for one entry more does not change what it learnt of sureness."""
    asker, at = asked
    then = ground.library.trying(draft)
    library = ground.library
    return {
        "now": _told_answer(library.ask(question, asker, at), library),
        "then": _told_answer(then.ask(question, asker, at), then),
    }


def grown(engine: AsyncEngine, settings: Settings) -> Growing:
    """The growing base of a process that serves; takes seconds, raises SettingsError where the encoder cannot be loaded."""
    encoder = encoder_of(settings.encoder, settings.home, _REMEMBERED)
    encoder.load()
    load_segmenter(settings.home)
    seen = SeenSound(settings.home, content.OWN)
    fallback = partial(content.read_folder, settings.workspace or content.OWN, seen)
    return Growing(engine, encoder, ModelStore(settings.home), fallback, seen, Replays(engine, settings, SystemClock()))


def told(one: Open) -> dict[str, object]:
    """A gap as JSON, for the console and for ``daogou gaps --json``."""
    gap = one.gap
    return {
        "question": gap.question,
        "examples": list(gap.examples),
        "wordings": len(gap.wordings),
        "count": gap.count,
        "reasons": dict(gap.reasons),
        "first": gap.first.isoformat(timespec="seconds"),
        "last": gap.last.isoformat(timespec="seconds"),
        "rising": round(gap.rising, 2),
        "entries": list(gap.entries),
        "nearest": None if one.nearest is None else {"id": one.nearest.id, "question": one.nearest.questions[0]},
        "likely": round(one.likely, 3),
    }


def told_pair(pair: Pair, first: Entry, second: Entry) -> dict[str, object]:
    """A pair as JSON, for the console and for ``daogou duplicates --json``."""
    sides = [
        {"id": side.id, "question": question, "answer": side.answer, "source": side.source}
        for side, question in zip((first, second), pair.questions, strict=True)
    ]
    return {"kind": pair.kind, "score": pair.score, "why": pair.why, "entries": sides}


def _told_answer(answer: Answer, library: Library) -> dict[str, object]:
    hits = [(library.entry(hit.entry), hit.score) for hit in answer.hits[:3]]
    return {
        "entry": answer.entry.id if answer.entry else None,
        "answer": answer.entry.answer if answer.entry else None,
        "confidence": round(answer.confidence, 3),
        "why": answer.why,
        "close": [one.questions[0] for one in answer.close],
        "hits": [{"entry": entry.id, "question": entry.questions[0], "score": round(score, 3)} for entry, score in hits if entry],
    }
