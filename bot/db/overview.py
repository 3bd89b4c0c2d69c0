"""What became of the messages of a span of days: how many were answered, left alone on purpose, handed over, not answered.

* *failed*      the program broke on it, and a person was told
* *silent*      nothing was said on purpose: in groups, and while a person talks
* *handed*      a person was fetched
* *unanswered*  an answer went out that only says that we do not know, or asks back
* *answered*    everything else that was settled
* *waiting*     not settled yet

One reading counts for every chart. Only numbers come out of it, and whoever belongs to stores gets those of their talks alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Fate = Literal["answered", "unanswered", "handed", "silent", "failed", "waiting"]
FATES: Final[tuple[Fate, ...]] = get_args(Fate)
_SHRUGS: Final = ("no_answer", "clarify", "handover_confused", "answer_choice", "out_of_scope")
"""Scripts that only say that we do not know, or ask back (``bot.db.gaps`` looks at the words that follow as well)."""

# Pages' connections avoid reading whole tables (``bot.db.engine``); most of a table is read fastest just so, by all hands.
_FREELY = text(
    """
    select set_config('enable_seqscan', 'on', true), set_config('work_mem', '64MB', true),
        set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true)
    """
)
# what is settled is read out of its index alone; what waits is little and has one of its own
_COUNTED = text(
    """
    select grouping(hour, channel, store, script) as what, hour, channel, store, script, fate, count(*) as n
    from (
        select date_trunc('hour', i.received_at) as hour, i.channel, coalesce(c.store, '') as store, i.script,
            case when i.waits then 'waiting' when i.outcome = 'failed' then 'failed' when i.outcome = 'silent' then 'silent'
                when i.outcome = 'handed_over' then 'handed' when i.script = any(cast(:shrugs as text[])) then 'unanswered'
                else 'answered' end as fate
        from (
            select false as waits, received_at, channel, conversation_id, outcome, script from inbox
            where state = 'settled' and received_at >= :since and received_at < :until
            union all
            select true, received_at, channel, conversation_id, outcome, script from inbox
            where state = 'new' and received_at >= :since and received_at < :until
        ) as i left join conversations c on c.id = i.conversation_id
        where cardinality(cast(:stores as text[])) = 0 or c.store = any(cast(:stores as text[]))
    ) as judged
    group by grouping sets ((hour, fate), (channel, fate), (store, fate), (script, fate))
    """
)
_HOUR, _CHANNEL, _STORE, _SCRIPT = 0b0111, 0b1011, 0b1101, 0b1110
"""By what a row is grouped: PostgreSQL sets a bit for each column that it is not."""
Fates = Mapping[Fate, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """The messages of a span by their fate, in several ways."""

    hours: Mapping[datetime, Fates] = field(default_factory=dict)
    """By the hour (its beginning) in which they came in."""
    channels: Mapping[str, Fates] = field(default_factory=dict)
    stores: Mapping[str, Fates] = field(default_factory=dict)
    """The empty name is nobody's."""
    scripts: Mapping[str, Fates] = field(default_factory=dict)
    """By what was said first; the empty name is nothing."""

    @property
    def total(self) -> Fates:
        """All of them."""
        return _summed(self.hours.values())


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: an hour, a day, a store, a channel, a family."""

    name: str
    by: Fates

    @property
    def total(self) -> int:
        """All messages of it."""
        return sum(self.by.values())


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of the brand's calendar, the last of them today."""

    first: date
    days: int
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        """The beginning of the first day."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=self.zone)

    @classmethod
    def last(cls, days: int, now: datetime, zone: ZoneInfo) -> "Span":
        """The last so many days, today included."""
        return cls(now.astimezone(zone).date() - timedelta(days=days - 1), days, zone)


async def counted(engine: AsyncEngine, stores: Sequence[str], since: datetime, until: datetime) -> Counted:
    """The messages that came in from ``since`` to before ``until``, of the talks of these stores; of all where none is named."""
    told = {"since": since, "until": until, "shrugs": list(_SHRUGS), "stores": list(stores)}
    hours: dict[datetime, dict[Fate, int]] = {}
    named: dict[int, dict[str, dict[Fate, int]]] = {_CHANNEL: {}, _STORE: {}, _SCRIPT: {}}
    async with engine.begin() as connection:
        await connection.execute(_FREELY)
        for row in await connection.execute(_COUNTED, told):
            if row.what == _HOUR:
                hours.setdefault(row.hour, {})[row.fate] = row.n
            else:
                name = {_CHANNEL: row.channel, _STORE: row.store, _SCRIPT: row.script}[row.what]
                named[row.what].setdefault(name, {})[row.fate] = row.n
    return Counted(hours, named[_CHANNEL], named[_STORE], named[_SCRIPT])


def by_day(found: Counted, span: Span) -> list[Bar]:
    """One bar a day, also of days on which nobody wrote; named 2026-11-22."""
    days = [(span.first + timedelta(days=n)).isoformat() for n in range(span.days)]
    return _bars(((hour.astimezone(span.zone).date().isoformat(), by) for hour, by in found.hours.items()), days)


def by_hour(found: Counted, zone: ZoneInfo) -> list[Bar]:
    """One bar for each hour of the day, all days together; named 0 … 23."""
    return _bars(((str(hour.astimezone(zone).hour), by) for hour, by in found.hours.items()), [str(hour) for hour in range(24)])


def busiest(named: Iterable[tuple[str, Fates]]) -> list[Bar]:
    """One bar for each name, the busiest first; what bears the same name is one bar."""
    return sorted(_bars(named), key=lambda one: (-one.total, one.name))


def _bars(named: Iterable[tuple[str, Fates]], names: Sequence[str] = ()) -> list[Bar]:
    heaps: dict[str, list[Fates]] = {name: [] for name in names}
    for name, by in named:
        heaps.setdefault(name, []).append(by)
    return [Bar(name, _summed(of)) for name, of in heaps.items()]


def _summed(several: Iterable[Fates]) -> Fates:
    sums: Counter[Fate] = Counter()
    for one in several:
        sums.update(one)
    return {fate: sums[fate] for fate in FATES}
