"""A retrained model takes the old one's place between two turns: trained in another process, judged there, then swapped in."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson
import structlog

from bot import content, metrics
from bot.adapters.encoder import Encoder
from bot.adapters.keeping import held
from bot.adapters.models import ModelStore
from bot.adapters.standing import Standing
from bot.content.building import StandIn
from bot.content.lessons import Lesson, instead, live
from bot.errors import ContentError, Problem
from bot.retraining import Job, Outcome
from bot.services import Services
from bot.settings import PREFIX, Settings
from intents import LinearModel
from knowledge import Library

log = structlog.get_logger(__name__)

_LONGEST = 3600.0
"""Seconds that a training may take."""
_AGAIN = 600.0
"""Seconds until a training that crashed is tried again; one whose sentences cannot teach waits for other sentences."""

_REST = 3.0
"""Seconds without another library before the newest one learns by itself: whoever publishes may publish again at once."""
_SPREAD = 4
"""Processes that share a home do so one after the other, up to so many seconds apart: the first keeps it for the others."""


@dataclass(frozen=True, slots=True)
class Named:
    """A model in memory."""

    name: str
    """Its fingerprint."""
    model: LinearModel = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taught:
    """The services of one place (the program's own, or an account's), and the model that they answer with."""

    services: Services
    lesson: Lesson
    wanted: str
    """Fingerprint of the model that the lesson makes."""
    named: Named


class Swapper:
    """Finds the model to answer with, has new ones made, and gives the services with another model in them."""

    def __init__(self, settings: Settings, models: ModelStore, encoder: Encoder, stand_in: StandIn | None = None) -> None:
        self._settings = settings
        self._models = models
        self._encoder = encoder
        self._stand_in = stand_in
        self._seen: dict[str, tuple[tuple[int, int], Standing]] = {}
        self._looked: dict[str, tuple[Standing, str, str]] = {}
        self._tasks: dict[str, asyncio.Task[Outcome]] = {}
        self._after: dict[str, float] = {}
        """By fingerprint, when a training that failed may be tried again (the loop's time)."""

    async def model(self, lesson: Lesson, now: Named | None) -> Named:
        """What to answer with at once; trained first only where there is nothing at all.

        Raises:
            ContentError: the sentences cannot teach, and no earlier model is there.
        """
        found = await asyncio.to_thread(self._at_hand, lesson, now)
        return found or await self._first(lesson)

    def _at_hand(self, lesson: Lesson, now: Named | None) -> Named | None:
        """The live model, else the one in memory, else this lesson's own that somebody trained before."""
        name = live(lesson, self._models, self._encoder)
        if now is not None and name in {"", now.name}:
            return now
        for one in filter(None, (name, lesson.fingerprint(self._encoder) if now is None else "")):
            if (model := self._models.load(one, self._encoder)) is not None:
                return Named(one, model)
        return now

    async def _first(self, lesson: Lesson) -> Named:
        found = await self._trained(lesson, "")
        if found.outcome == "failed":
            raise ContentError([Problem("intents/training", None, "", reason) for reason in found.reasons])
        self._tell(found, lesson)
        name = found.model
        if found.outcome != "live":
            name = await asyncio.to_thread(instead, lesson, self._models, self._encoder) or name
        model = await asyncio.to_thread(self._models.load, name, self._encoder)
        if model is None:
            # a home that cannot be written to: nothing is kept, and every process trains for itself
            model = await asyncio.to_thread(self._models.model, lesson.examples, lesson.words, self._encoder)
        return Named(name, model)

    async def follow(self, taught: Taught) -> Taught | None:
        """To be called every second: services with the model that went live meanwhile, or None where all stays as it is."""
        standing = self._standing(taught.lesson.line)
        self._collect(taught.lesson)
        if (found := await self._newer(taught, standing)) is not None:
            with_model = content.with_model
            services = await asyncio.to_thread(with_model, taught.services, found.model, self._encoder, self._stand_in)
            metrics.MODEL_SWAPS.labels(outcome="live").inc()
            log.info("model.live", model=found.name, before=taught.named.name, brand=taught.lesson.line)
            return replace(taught, services=services, named=found)
        if standing.asked != taught.wanted and self._may_train(taught):
            task = asyncio.create_task(self._trained(taught.lesson, taught.named.name))
            self._tasks[taught.lesson.line] = task
        return None

    async def _newer(self, taught: Taught, standing: Standing) -> Named | None:
        """The live model, where it is another one and can answer; what was looked at is not looked at again."""
        looked = (standing, taught.wanted, taught.named.name)
        if standing.live in {"", taught.named.name} or self._looked.get(taught.lesson.line) == looked:
            return None
        self._looked[taught.lesson.line] = looked
        found = await asyncio.to_thread(self._at_hand, taught.lesson, taught.named)
        return None if found is None or found.name == taught.named.name else found

    def _standing(self, line: str) -> Standing:
        stamp = self._models.standings.stamp(line)
        if line not in self._seen or self._seen[line][0] != stamp:
            self._seen[line] = (stamp, self._models.standings.of(line))
        return self._seen[line][1]

    def _may_train(self, taught: Taught) -> bool:
        """Whether nobody trains yet: not for this line, and no other process of this home."""
        if taught.lesson.line in self._tasks or asyncio.get_running_loop().time() < self._after.get(taught.wanted, 0.0):
            return False
        return not held(self._models.lock)

    def _collect(self, lesson: Lesson) -> None:
        """Tell of a training that ended."""
        task = self._tasks.get(lesson.line)
        if task is not None and task.done():
            del self._tasks[lesson.line]
            self._tell(task.result(), lesson)

    def _tell(self, found: Outcome, lesson: Lesson) -> None:
        """In the log and in the figures; what went live is counted where it is swapped in."""
        told = {"model": found.model, "brand": lesson.line, "examples": len(lesson.examples), "why": list(found.reasons)}
        figures = {name: round(value, 4) for name, value in found.figures.items()}
        if found.outcome == "refused":
            metrics.MODEL_SWAPS.labels(outcome="refused").inc()
            log.warning("model.refused", **told, **figures)
        elif found.outcome == "failed":
            metrics.MODEL_SWAPS.labels(outcome="failed").inc()
            log.error("model.failed", **told)
        elif found.outcome == "live":
            log.info("model.trained", **told, **figures)

    async def _trained(self, lesson: Lesson, against: str) -> Outcome:
        """Train and judge in another process; whatever goes wrong there is an outcome, too."""
        job = Job(lesson, str(self._settings.home.resolve()), self._settings.encoder, against)
        data, wanted = await asyncio.to_thread(lambda: (orjson.dumps(job), lesson.fingerprint(self._encoder)))
        log.info("model.training", model=wanted, brand=lesson.line, examples=len(lesson.examples))
        code, out, err = await _process(data, self._environment())
        now = asyncio.get_running_loop().time()
        if code:
            self._after[wanted] = now + _AGAIN
            return Outcome("failed", wanted, (f"训练进程没有做完（{code}）：{err.decode(errors='replace').strip()[-300:]}",))
        told = orjson.loads(out)
        found = Outcome(told["outcome"], told["model"], tuple(told["reasons"]), told["figures"])
        if found.outcome == "failed":
            self._after[wanted] = float("inf")
        elif found.model != wanted:
            # a process that reads other code or another encoder than ours cannot train for us
            self._after[wanted] = now + _AGAIN
        return found

    def _environment(self) -> Mapping[str, str]:
        told = {f"{PREFIX}HOME": str(self._settings.home.resolve()), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        return {**os.environ, **told}

    async def close(self) -> None:
        """End what is still training; it changes nothing any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()


class Settling:
    """Libraries that went live with what the one before had learnt of itself learn by themselves, in a thread, a little later."""

    def __init__(self) -> None:
        self._since: tuple[Library, float] | None = None
        self._task: asyncio.Task[Services] | None = None

    def follow(self, services: Services) -> Services | None:
        """To be called every second with what answers now: the same, its library having learnt; None where nothing changes."""
        task, loop = self._task, asyncio.get_running_loop()
        if task is not None and not task.done():
            return None
        if task is not None:
            self._task = None
            if (error := task.exception()) is not None:
                log.error("library.unsettled", exc_info=error)
                self._since = (services.library, loop.time() + _AGAIN)
            elif self._since is not None and services.library is self._since[0]:
                return content.with_base(services, task.result())
        made = content.made_of(services)
        if made is not None and made.basis.guessed:
            if self._since is None or self._since[0] is not services.library:
                self._since = (services.library, loop.time() + _REST + os.getpid() % _SPREAD)
            elif loop.time() >= self._since[1]:
                self._task = asyncio.create_task(asyncio.to_thread(content.settled, services))
        return None

    async def close(self) -> None:
        """Give up what is being learnt."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None


async def _process(job: bytes, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """(exit status, stdout, stderr) of the training process, which ends with us."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.retraining", stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    )
    try:
        async with asyncio.timeout(_LONGEST):
            out, err = await process.communicate(job)
    except TimeoutError:
        return 124, b"", f"{_LONGEST:.0f} 秒还没有训练完".encode()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, out, err
