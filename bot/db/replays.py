"""Replays as rows: who asked for one, how far it is, and what it found.

A row is ``waiting`` → ``running`` → ``done`` | ``failed`` | ``cancelled``. Whoever runs one renews its lease; where that
ends, the process died, and whoever looks next says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.codec import to_json
from bot.db.users import audit
from bot.errors import BadRequestError
from bot.model import JsonMap

State = Literal["waiting", "running", "done", "failed", "cancelled"]
LEASE: Final = timedelta(seconds=30)
"""So long after its last sign of life a replay counts as dead."""
KEPT: Final = 30
"""Reports that stay: they hold words of shoppers, masked though they are."""
_DEAD = "跑重放的进程中途停了，请重新跑一次"
_COLUMNS = """
    id, live_digest, draft_digest, drafts, state, progress, total, author, created_at, started_at, finished_at, error
"""
_NEW = text(
    """
    insert into replays (live_digest, draft_digest, drafts, author, total, created_at, lease_until)
    values (:live, :draft, cast(:drafts as jsonb), :author, :total, :now, :lease) returning id
    """
)
_FAIL_DEAD = text(
    """
    update replays set state = 'failed', error = :error, finished_at = :now
    where state in ('waiting', 'running') and (lease_until is null or lease_until < :now)
    """
)
_STEP = text(
    """
    update replays set state = 'running', progress = :progress, total = :total, lease_until = :lease,
        started_at = coalesce(started_at, :now)
    where id = :id and state in ('waiting', 'running') returning id
    """
)
_RENEW = text("update replays set lease_until = :lease where id = :id and state in ('waiting', 'running') returning id")
_END = text(
    """
    update replays set state = :state, error = :error, report = cast(:report as jsonb), finished_at = :now,
        progress = case when :state = 'done' then total else progress end
    where id = :id and state in ('waiting', 'running') returning id
    """
)
_CANCEL = text(
    "update replays set state = 'cancelled', finished_at = :now where id = :id and state in ('waiting', 'running') returning id"
)
_ONE = text(f"select {_COLUMNS}, report from replays where id = :id")  # noqa: S608  (names of our own)
_LIST = text(f"select {_COLUMNS} from replays order by id desc limit :limit")  # noqa: S608  (names of our own)
_OF = text(
    f"select {_COLUMNS}, report from replays where live_digest = :live and draft_digest = :draft and state = 'done' "  # noqa: S608
    "order by id desc limit 1"
)
_PRUNE = text(
    "update replays set report = '{}' where report <> '{}' and id not in (select id from replays where report <> '{}' "
    "order by id desc limit :kept)"
)
_REPORTS = text("select id, report from replays where report <> '{}' for update")
_PUT = text("update replays set report = cast(:report as jsonb) where id = :id")


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay as it stands."""

    id: int
    live: str
    """Digest of the content that was live when it began."""
    draft: str
    """Digest of the candidate that was replayed."""
    drafts: tuple[object, ...]
    """Which drafts the candidate was made of."""
    state: State
    progress: int
    total: int
    author: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    report: JsonMap
    """Empty until it is done, in lists, and where it is too old to be kept."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.state in {"done", "failed", "cancelled"}

    @property
    def red(self) -> tuple[Mapping[str, object], ...]:
        """The groups that need an explicit yes before this very candidate may go live."""
        groups = self.report.get("groups")
        found = groups if isinstance(groups, list) else []
        return tuple(one for one in found if isinstance(one, Mapping) and one.get("severity") == "red")

    def unanswered(self, yes: Collection[str]) -> tuple[Mapping[str, object], ...]:
        """The red groups that are not among those that somebody said yes to."""
        return tuple(one for one in self.red if one.get("id") not in yes)


async def begin(
    engine: AsyncEngine, digests: tuple[str, str], drafts: Sequence[object], author: str, total: int, now: datetime
) -> int:
    """A row for a replay that is about to begin; ``digests`` of the live content and the candidate."""
    values = {"live": digests[0], "draft": digests[1], "drafts": to_json(list(drafts)), "author": author, "total": total}
    async with engine.begin() as connection:
        await _bury(connection, now)
        found = await connection.execute(_NEW, {**values, "now": now, "lease": now + LEASE})
        number = int(found.scalar_one())
        await audit(connection, now, author, ("replay.start", str(number)), live=digests[0][:12], draft=digests[1][:12])
    return number


async def renew(engine: AsyncEngine, id_: int, now: datetime) -> bool:
    """A sign of life; False where it was cancelled or is over."""
    return await _changed(engine, _RENEW, {"id": id_, "lease": now + LEASE})


async def advance(engine: AsyncEngine, id_: int, done: int, total: int, now: datetime) -> bool:
    """How far it is, which is a sign of life as well; False where it was cancelled or is over."""
    return await _changed(engine, _STEP, {"id": id_, "progress": done, "total": total, "now": now, "lease": now + LEASE})


async def finish(engine: AsyncEngine, id_: int, report: JsonMap, now: datetime) -> bool:
    """It is done; older reports than the last `KEPT` are let go."""
    values = {"id": id_, "state": "done", "error": "", "report": to_json(report), "now": now}
    done = await _changed(engine, _END, values)
    async with engine.begin() as connection:
        await connection.execute(_PRUNE, {"kept": KEPT})
    return done


async def fail(engine: AsyncEngine, id_: int, why: str, now: datetime) -> bool:
    """It could not be done; ``why`` in Chinese."""
    return await _changed(engine, _END, {"id": id_, "state": "failed", "error": why, "report": "{}", "now": now})


async def cancel(engine: AsyncEngine, id_: int, author: str, now: datetime) -> bool:
    """Somebody no longer wants it; False where it was over already. Whoever runs it sees that and stops."""
    async with engine.begin() as connection:
        if (await connection.execute(_CANCEL, {"id": id_, "now": now})).one_or_none() is None:
            return False
        await audit(connection, now, author, ("replay.cancel", str(id_)))
    return True


async def read(engine: AsyncEngine, id_: int, now: datetime) -> Replay:
    """One replay with its report; one whose process died is failed.

    Raises:
        BadRequestError: there is none of that number (404).
    """
    async with engine.begin() as connection:
        await _bury(connection, now)
        row = (await connection.execute(_ONE, {"id": id_})).one_or_none()
    if row is None:
        raise BadRequestError("没有这次重放", status=404, code="not_found")
    return _replay(row, row.report)


async def listed(engine: AsyncEngine, now: datetime, limit: int = 50) -> tuple[Replay, ...]:
    """The latest replays, without their reports."""
    async with engine.begin() as connection:
        await _bury(connection, now)
        rows = (await connection.execute(_LIST, {"limit": limit})).all()
    return tuple(_replay(row, {}) for row in rows)


async def latest(engine: AsyncEngine, live: str, draft: str) -> Replay | None:
    """The last finished replay of exactly this candidate against exactly this live content."""
    async with engine.connect() as connection:
        row = (await connection.execute(_OF, {"live": live, "draft": draft})).one_or_none()
    return None if row is None else _replay(row, row.report)


async def forget(connection: AsyncConnection, messages: Collection[str]) -> None:
    """Take examples with these ids of messages out of all reports: whoever said them wants to be forgotten. Counts stay."""
    gone = frozenset(messages)
    for row in (await connection.execute(_REPORTS)).all():
        kept, less = _without(row.report, gone)
        if less:
            await connection.execute(_PUT, {"id": row.id, "report": to_json(kept)})


def _without(report: JsonMap, gone: frozenset[str]) -> tuple[JsonMap, bool]:
    told = report.get("groups")
    groups = [dict(one) for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    less = False
    for group in groups:
        kept = [one for one in group.get("examples", ()) if one.get("id") not in gone]
        less = less or len(kept) < len(group.get("examples", ()))
        group["examples"] = kept
    return {**report, "groups": groups}, less


async def _bury(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(_FAIL_DEAD, {"now": now, "error": _DEAD})


async def _changed(engine: AsyncEngine, statement: TextClause, values: Mapping[str, object]) -> bool:
    async with engine.begin() as connection:
        return (await connection.execute(statement, values)).one_or_none() is not None


def _replay(row: "Row[tuple[object, ...]]", report: JsonMap) -> Replay:
    drafts: object = row.drafts
    return Replay(
        id=row.id,
        live=row.live_digest,
        draft=row.draft_digest,
        drafts=tuple(drafts) if isinstance(drafts, list) else (),
        state=row.state,
        progress=row.progress,
        total=row.total,
        author=row.author,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=row.error,
        report=report,
    )
