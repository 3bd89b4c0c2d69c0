"""Play many customers at once and note when each message was sent and what came back.

Used by bench, soak and replay. A line is due at its time; a customer who still waits for a reply speaks
later than due, so figures count from `due_at` (no coordinated omission) or from `sent_at`, as one likes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from bot.sandbox.body import Body, is_object
from bot.sandbox.client import SandboxClient
from bot.sandbox.ledger import Entry
from bot.sandbox.platform import Platform

Hear = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a customer will say: `at` seconds after the start."""

    customer: int
    text: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a customer received, at the crowd's time in seconds."""

    at: float
    msgid: str
    text: str


@dataclass(slots=True)
class Record:
    """One message and what came back before the customer's next one; times in the crowd's seconds."""

    who: str
    line: Line
    due_at: float
    sent_at: float = 0.0
    replies: list[Reply] = field(default_factory=list)

    @property
    def waited(self) -> float | None:
        """Seconds from sent to the first reply; None without one."""
        return self.replies[0].at - self.sent_at if self.replies else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run amounts to; waits in seconds, nearest rank, over answered messages."""

    sent: int
    answered: int
    replies: int
    seconds: float
    p50: float
    p95: float
    p99: float
    worst: float


class Stage(Protocol):
    """Where the crowd plays."""

    async def arrive(self, nickname: str) -> str:
        """A new shopper's id."""

    async def say(self, who: str, words: str) -> str:
        """Write a text; its msgid."""

    def hearing(self, hear: Hear) -> AbstractAsyncContextManager[None]:
        """Be told of every `delivery` and `servicer` entry while the context lasts."""


class InProcess:
    """The platform object itself: no HTTP on the shoppers' side."""

    def __init__(self, platform: Platform, open_kfid: str = "") -> None:
        """All customers write to one account."""
        self._platform = platform
        self._open_kfid = open_kfid

    async def arrive(self, nickname: str) -> str:
        """A new shopper's id."""
        return self._platform.arrive(nickname).external_userid

    async def say(self, who: str, words: str) -> str:
        """Write a text; its msgid."""
        return self._platform.say(who, words, self._open_kfid)

    @asynccontextmanager
    async def hearing(self, hear: Hear) -> AsyncIterator[None]:
        """Be told of every `delivery` and `servicer` entry while the context lasts."""

        def listen(entry: Entry) -> None:
            if entry["kind"] in {"delivery", "servicer"}:
                hear(entry)

        stop = self._platform.world.ledger.listen(listen)
        try:
            yield
        finally:
            stop()


class OverHttp:
    """A sandbox in another process, by its control API."""

    def __init__(self, client: SandboxClient, open_kfid: str = "") -> None:
        """All customers write to one account."""
        self._client = client
        self._open_kfid = open_kfid

    async def arrive(self, nickname: str) -> str:
        """A new shopper's id."""
        return await self._client.arrive(nickname)

    async def say(self, who: str, words: str) -> str:
        """Write a text; its msgid."""
        return await self._client.say(who, words, self._open_kfid)

    @asynccontextmanager
    async def hearing(self, hear: Hear) -> AsyncIterator[None]:
        """Be told of every `delivery` and `servicer` entry while the context lasts."""
        ready = asyncio.Event()
        entries = self._client.events("delivery", "servicer", ready=ready)
        listening = asyncio.create_task(_drain(entries, hear))
        await ready.wait()
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def spread(texts: Sequence[str], customers: int, rate: float, seed: int) -> list[Line]:
    """One line per text at `rate` per second (0: all at once), customers taking turns in seeded order."""
    # Chance that must repeat itself, not a secret.
    dice = random.Random(seed)  # noqa: S311
    order = list(range(customers))
    lines = []
    for number, text in enumerate(texts):
        if number % customers == 0:
            dice.shuffle(order)
        lines.append(Line(order[number % customers], text, number / rate if rate > 0 else 0.0))
    return lines


async def crowd(
    stage: Stage,
    lines: Sequence[Line],
    *,
    patience: float = 10.0,
    wait: bool = True,
    now: Callable[[], float] = time.monotonic,
) -> list[Record]:
    """Play the lines and give one record each, in their order.

    With `wait` a customer speaks again only after a reply or `patience` seconds; without, at the line's time.
    A reply belongs to the customer's latest message. All wait for their last reply up to `patience`.
    """
    people = {number: await stage.arrive(f"顾客{number}") for number in sorted({x.customer for x in lines})}
    start = now()
    records = [Record(people[line.customer], line, start + line.at) for line in lines]
    players = {who: _Player(stage, patience, now) for who in people.values()}
    for record in records:
        players[record.who].records.append(record)

    def hear(entry: Entry) -> None:
        player = players.get(str(entry["to"]))
        if player is not None:
            player.hear(Reply(now(), str(entry["msgid"]), words_of(entry)))

    async with stage.hearing(hear), asyncio.TaskGroup() as group:
        for player in players.values():
            group.create_task(player.play(wait=wait))
    return records


def figures(records: Sequence[Record]) -> Figures:
    """Sum up a run."""
    waits = sorted(waited for record in records if (waited := record.waited) is not None)

    def rank(share: float) -> float:
        return waits[min(int(share * len(waits)), len(waits) - 1)] if waits else float("nan")

    ends = [record.replies[-1].at for record in records if record.replies]
    begin = min((record.sent_at for record in records), default=0.0)
    replies = sum(len(record.replies) for record in records)
    seconds = max(ends, default=begin) - begin
    return Figures(len(records), len(waits), replies, seconds, rank(0.5), rank(0.95), rank(0.99), rank(1.0))


def words_of(entry: Entry) -> str:
    """A delivery's words: a text's content, a menu's head, items and tail, a card's title."""
    content = entry.get("content")
    if not is_object(content):
        return ""
    items = content.get("list")
    labels = [_label(item) for item in items] if isinstance(items, list) else []
    parts = [content.get("content"), content.get("head_content"), *labels]
    parts += [content.get("tail_content"), content.get("title"), content.get("name")]
    return "\n".join(part for part in parts if isinstance(part, str) and part)


class _Player:
    """One customer with their lines."""

    def __init__(self, stage: Stage, patience: float, now: Callable[[], float]) -> None:
        self.records: list[Record] = []
        self._stage = stage
        self._patience = patience
        self._now = now
        self._current: Record | None = None
        self._answered = asyncio.Event()

    def hear(self, reply: Reply) -> None:
        if self._current is not None:
            self._current.replies.append(reply)
            self._answered.set()

    async def play(self, *, wait: bool) -> None:
        last = len(self.records) - 1
        for number, record in enumerate(self.records):
            await asyncio.sleep(record.due_at - self._now())
            self._answered.clear()
            self._current = record
            record.sent_at = self._now()
            await self._stage.say(record.who, record.line.text)
            if wait or number == last:
                await self._reply()

    async def _reply(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._answered.wait()
        except TimeoutError:
            return


def _label(item: object) -> object:
    kind = item.get("type") if is_object(item) else None
    inner: object = item.get(kind) if is_object(item) and isinstance(kind, str) else None
    return inner.get("content") if is_object(inner) else None


async def _drain(entries: AsyncIterator[Body], hear: Hear) -> None:
    async for entry in entries:
        hear(entry)
