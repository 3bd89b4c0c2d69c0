"""How a group does: who speaks, what is asked, by whom and how fast it is answered. Read under ``bot.db.scoped``, counted purely.

* *speaker*   a member who wrote something in the span; guides and the assistant are none
* *question*  a member's message that the assistant took for one (answered it, took it to a private talk or fetched a person), or
  that reads like one; who only asks the same (``joins``) and pieces of one question in a minute do not count again, nor does
  what the guard reported
* *answered*  by the assistant: its message names the question among what it answers; by a guide: it was the last open one
  when a guide wrote within ten minutes (one message of theirs answers one question: guides are rather counted too low);
  by a member: somebody else wrote in its thread within half an hour, and asked nothing. The first of these counts
* *nobody*    none of these within half an hour; questions younger than that are not judged yet and do not count
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

By = Literal["assistant", "guide", "member", "nobody"]
BY: tuple[By, ...] = ("assistant", "guide", "member", "nobody")
WEEK = timedelta(days=7)
_GUIDE, _WITHIN, _PIECES = timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=1)
_TAKEN = frozenset({"answer", "private", "handover"})
_FEW, _LARGE = 0.03, 20
"""Of a group of so many members, fewer than so many of a hundred spoke in a week: readers hear nobody but the shop."""
_SILENT = timedelta(days=3)
"""So long without a member's word a group has fallen silent."""
_READS = re.compile(
    r"[?？]|(?:吗|么|嘛|呢)[~～。!！ ]*$|[有行好能是到在会用要买][^，。,]{0,8}(?:没有?|不)$|怎么|咋|多少|几点|几天|"
    r"哪[里儿个款家天]|什么|啥|有没有|能不能|可不可以|是不是|多久|谁知道|求问|请问"
)

_ROOMS = text(
    """
    select c.id, c.channel, c.owner, coalesce(c.name, p.name) as name, coalesce(c.store, p.store) as store, g.guide,
        coalesce(g.settings, '{}') as settings, g.updated_at, l.at as last_at,
        (select count(*) from members m where m.conversation_id = c.id and m.left_at is null) as members
    from conversations c join customers p on p.id = c.customer_id left join groups g on g.conversation_id = c.id
        left join lateral (select m.at from messages m where m.conversation_id = c.id and m.author = 'shopper'
            order by m.id desc limit 1) as l on true
    where c.is_group and (cast(:id as text) is null or c.id = :id)
    order by l.at desc nulls last, c.id limit :limit offset :skip
    """
)
_LINES = text(
    """
    select m.id, m.conversation_id, m.at, m.author, m.sender, m.kind, m.text, m.inbox_id, m.body -> 'answers' as answers,
        i.trace ->> 'action' as action, i.trace ->> 'thread' as thread, i.trace ->> 'joins' as joins, i.trace ? 'alarm' as alarm
    from messages m left join inbox i on i.id = m.inbox_id
    where m.conversation_id = any(cast(:ids as text[])) and m.at >= :since and m.recalled_at is null
    order by m.conversation_id, m.id
    """
)


@dataclass(frozen=True, slots=True)
class Room:
    """A group, with what ops set for it."""

    id: str
    channel: str
    owner: str
    name: str | None
    store: str | None
    guide: str | None
    settings: Mapping[str, object]
    version: str
    """Of the settings: who changes them says which they saw; empty: nobody has set anything yet."""
    last_at: datetime | None
    """When a member last wrote."""
    members: int


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a group's transcript."""

    id: int
    at: datetime
    author: str
    sender: str | None = None
    text: str = ""
    kind: str = "text"
    inbox: int | None = None
    answers: tuple[int, ...] = ()
    """Inbox ids that a message of the assistant answers."""
    action: str | None = None
    thread: str | None = None
    joins: str | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the brand's calendar."""

    day: date
    speakers: int = 0
    said: int = 0
    """Messages of members."""
    assistant: int = 0
    """Messages of the assistant."""
    by: Mapping[By, int] = field(default_factory=dict)
    """Questions by who answered them."""


@dataclass(frozen=True, slots=True)
class Health:
    """A span of days."""

    days: tuple[Day, ...]
    hours: tuple[int, ...]
    """Messages of members by hour of the day."""
    speakers: int
    said: int
    assistant: int
    guides: int
    by: Mapping[By, int]
    minutes: float | None
    """Median from a question to its answer; None where nothing was answered."""

    @property
    def questions(self) -> int:
        """All that are judged."""
        return sum(self.by.values())

    @property
    def share(self) -> float:
        """Of all messages, those of the assistant: 0 … 1."""
        return self.assistant / max(1, self.said + self.assistant + self.guides)


@dataclass(frozen=True, slots=True)
class _Asked:
    line: Line
    by: By | None = None
    at: datetime | None = None


def health(lines: Sequence[Line], first: date, now: datetime) -> Health:
    """What lines, in their order, come to, from ``first`` to today; ``now`` in the brand's zone."""
    asked = [one for one in questions(lines) if one.by is not None or now - one.line.at > _WITHIN]
    told = [one for one in lines if one.author == "shopper"]
    spoke: dict[date, set[str]] = defaultdict(set)
    counts: dict[str, Counter[date]] = defaultdict(Counter)
    for one in lines:
        day = one.at.astimezone(now.tzinfo).date()
        counts[one.author][day] += 1
        if one.author == "shopper" and one.sender:
            spoke[day].add(one.sender)
    by_day: dict[date, Counter[By]] = defaultdict(Counter)
    for question in asked:
        by_day[question.line.at.astimezone(now.tzinfo).date()][question.by or "nobody"] += 1
    days = tuple(
        Day(day, len(spoke[day]), counts["shopper"][day], counts["bot"][day], _all(by_day[day]))
        for day in (first + timedelta(days=n) for n in range((now.date() - first).days + 1))
    )
    hours = Counter(one.at.astimezone(now.tzinfo).hour for one in told)
    waits = [(one.at - one.line.at).total_seconds() / 60 for one in asked if one.at is not None]
    return Health(
        days=days,
        hours=tuple(hours[hour] for hour in range(24)),
        speakers=speakers(told),
        said=len(told),
        assistant=sum(counts["bot"].values()),
        guides=sum(counts["guide"].values()),
        by=_all(Counter(one.by or "nobody" for one in asked)),
        minutes=round(median(waits), 1) if waits else None,
    )


def speakers(lines: Iterable[Line]) -> int:
    """How many members wrote something of it."""
    return len({one.sender for one in lines if one.author == "shopper" and one.sender})


def _all(found: Mapping[By, int]) -> dict[By, int]:
    return {by: found.get(by, 0) for by in BY}


def questions(lines: Iterable[Line]) -> list[_Asked]:
    """The questions among lines, in their order, each with who answered it first."""
    found: list[_Asked] = []
    for line in lines:
        for n, by in _answered(line, found, _open(line, found)):
            found[n] = _Asked(found[n].line, by, line.at)
        if _asks(line) and not _piece(line, found):
            found.append(_Asked(line))
    return found


def _open(line: Line, found: Sequence[_Asked]) -> list[int]:
    """Places of the questions that a line may still answer, in their order."""
    places: list[int] = []
    for n in range(len(found) - 1, -1, -1):
        if line.at - found[n].line.at > _WITHIN:
            break
        if found[n].by is None:
            places.append(n)
    return places[::-1]


def _answered(line: Line, found: Sequence[_Asked], open_: Sequence[int]) -> Iterable[tuple[int, By]]:
    """Which open questions a line answers."""
    if line.author == "bot":
        return [(n, "assistant") for n in open_ if found[n].line.inbox in line.answers]
    if line.author == "guide":
        fresh = [n for n in open_ if line.at - found[n].line.at <= _GUIDE]
        return [(fresh[-1], "guide")] if fresh else []
    if line.author != "shopper" or line.thread is None or line.joins is not None or _asks(line):
        return []
    return [(n, "member") for n in open_ if found[n].line.thread == line.thread and found[n].line.sender != line.sender]


def _asks(line: Line) -> bool:
    if line.author != "shopper" or line.kind != "text" or line.joins is not None or line.alarm:
        return False
    return line.action in _TAKEN or bool(_READS.search(line.text))


def _piece(line: Line, found: Sequence[_Asked]) -> bool:
    """Whether it goes on with a question that the same member put just now."""
    return any(
        one.line.sender == line.sender and one.line.thread == line.thread and line.at - one.line.at <= _PIECES
        for one in found[-5:]
    )


def alarm(room: Room, speakers: int, now: datetime) -> str | None:
    """Why somebody should look after a group, in words; ``speakers``: of the last seven days."""
    if room.last_at is not None and now - room.last_at > _SILENT:
        return f"{(now - room.last_at).days} 天没有人说话了"
    if room.members >= _LARGE and speakers / room.members < _FEW:
        return f"{room.members} 人里这七天只有 {speakers} 人说过话"
    return None


async def rooms(connection: AsyncConnection, limit: int = 100, skip: int = 0, one: str | None = None) -> Sequence[Room]:
    """Groups, those first where somebody wrote last; ``one``: that group alone."""
    rows = await connection.execute(_ROOMS, {"limit": limit, "skip": skip, "id": one})
    return [
        Room(
            id=row.id,
            channel=row.channel,
            owner=row.owner,
            name=row.name,
            store=row.store,
            guide=row.guide,
            settings=row.settings,
            version="" if row.updated_at is None else row.updated_at.isoformat(),
            last_at=row.last_at,
            members=row.members,
        )
        for row in rows
    ]


async def lines(connection: AsyncConnection, groups: Sequence[str], since: datetime) -> Mapping[str, Sequence[Line]]:
    """What was said in each group since a moment, in its order."""
    found: dict[str, list[Line]] = {one: [] for one in groups}
    for row in await connection.execute(_LINES, {"ids": list(groups), "since": since}):
        found[row.conversation_id].append(
            Line(
                id=row.id,
                at=row.at,
                author=row.author,
                sender=row.sender,
                text=row.text,
                kind=row.kind,
                inbox=row.inbox_id,
                answers=tuple(int(one) for one in row.answers or ()),
                action=row.action,
                thread=row.thread,
                joins=row.joins,
                alarm=bool(row.alarm),
            )
        )
    return found


def start(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The beginning of the first of so many days, today the last."""
    local = now.astimezone(zone)
    first = local.date() - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone)
