"""How people serve: times, breaches and ratings of a span of days, for each guide, each store and in total; the bot's time apart.

One statement over the facts, seen through ``bot.db.scoped``: a lead's figures are made of the talks of their own store alone.

* ``bot``      from the first message of the episode to the wish for a person: the shopper talked with the bot
* ``wait``     from the wish to the claim
* ``human``    from the claim to the end of the person's part
* ``first``    from the wish (out of hours: from when somebody was promised) to the person's first word
* ``answer``   within the part, from a word of the shopper to the person's next one
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.scoped import scoped
from bot.db.users import User

_REPORT = text(
    """
    with parts as (
        select h.id, h.conversation_id, coalesce(a.id, h.guide) as guide, coalesce(c.store, h.store, '') as store, h.state,
            h.kind, h.created_at, h.due_at, h.claimed_at, h.first_reply_at, h.closed_at,
            cardinality(h.breaches) as breaches, h.rating
        from handovers h join conversations c on c.id = h.conversation_id
            left join unnest(cast(:names as text[]), cast(:ids as text[])) as a(name, id) on a.name = h.guide
        where h.created_at >= :since and h.created_at < :until
    ), begun as (
        select p.id, case when p.kind <> 'taken' then (
            select max(r.at) from (
                select m.at, m.at - lag(m.at) over (order by m.id) as pause from messages m
                where m.conversation_id = p.conversation_id and m.at <= p.created_at and m.at > p.created_at - interval '1 day'
                    and m.at > coalesce((select max(q.closed_at) from handovers q
                        where q.conversation_id = p.conversation_id and q.id < p.id), '-infinity')
            ) as r where r.pause is null or r.pause > interval '30 minutes') end as at
        from parts p
    ), said as (
        select p.id, m.author, m.at, count(*) filter (where m.author = 'guide')
            over (partition by p.id order by m.id rows between unbounded preceding and 1 preceding) as turn
        from parts p join messages m on m.conversation_id = p.conversation_id and m.author in ('guide', 'shopper')
            and m.at >= p.claimed_at and m.at <= coalesce(p.closed_at, 'infinity')
        where p.claimed_at is not null
    ), answers as (
        select id, extract(epoch from max(at) filter (where author = 'guide') - min(at) filter (where author = 'shopper')) as s
        from said group by id, turn
        having bool_or(author = 'guide') and bool_or(author = 'shopper')
    ), measured as (
        select p.*, extract(epoch from p.created_at - b.at) as bot_s,
            case when p.kind <> 'taken' then extract(epoch from p.claimed_at - p.created_at) end as wait_s,
            extract(epoch from p.closed_at - p.claimed_at) as human_s,
            case when p.kind <> 'taken' then extract(epoch from p.first_reply_at - case when p.due_at is null then p.created_at
                else greatest(p.created_at, least(p.due_at, p.first_reply_at)) end) end as first_s
        from parts p join begun b on b.id = p.id
    )
    select grouping(m.guide) as any_guide, grouping(m.store) as any_store, m.guide, m.store, count(*) as wished,
        count(m.claimed_at) as taken, count(*) filter (where m.state = 'closed' and m.claimed_at is null) as missed,
        percentile_cont(0.5) within group (order by m.first_s) as first_s,
        percentile_cont(0.9) within group (order by m.first_s) as first_90_s,
        percentile_cont(0.5) within group (order by m.bot_s) as bot_s,
        percentile_cont(0.5) within group (order by m.wait_s) as wait_s,
        percentile_cont(0.5) within group (order by m.human_s) as human_s,
        coalesce(sum(m.breaches), 0) as breaches, avg(m.rating) as rating, count(m.rating) as rated,
        cast(null as float8) as answered_s, cast(null as float8) as answered_90_s
    from measured m group by grouping sets ((m.guide, m.store), (m.store), ())
    union all
    select grouping(p.guide), grouping(p.store), p.guide, p.store, 0, 0, 0, null, null, null, null, null, 0, null, 0,
        percentile_cont(0.5) within group (order by a.s), percentile_cont(0.9) within group (order by a.s)
    from parts p join answers a on a.id = p.id group by grouping sets ((p.guide, p.store), (p.store), ())
    """
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How somebody, a store or everybody served; times in seconds, None where there was nothing to measure."""

    guide: str | None
    """None: the whole store, or everybody."""
    store: str | None
    """None: every store; empty: nobody's."""
    wished: int
    """Wishes for a person, and parts that a guide began unasked."""
    taken: int
    missed: int
    """Ended without anybody having taken them."""
    first_response_s: float | None
    """Median."""
    first_response_90_s: float | None
    """Nine out of ten were faster."""
    answered_s: float | None
    answered_90_s: float | None
    bot_s: float | None
    """Median of the bot's own part before the wish."""
    wait_s: float | None
    human_s: float | None
    """Median of the person's part: how long a matter took to be settled."""
    breaches: int
    rating: float | None
    rated: int

    @property
    def resolution_s(self) -> float | None:
        """From the claim to the end."""
        return self.human_s


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of a span of days that somebody may see."""

    guides: Sequence[Figures]
    stores: Sequence[Figures]
    total: Figures


async def report(
    engine: AsyncEngine, viewer: User, since: datetime, until: datetime, names: Mapping[str, str] | None = None
) -> Report:
    """The wishes from ``since`` to before ``until``, as far as ``viewer`` may see them.

    ``names``: under what name a guide speaks in a platform's own client → guide id (``bot.brand.aliases``).
    """
    known = dict(names or {})
    values = {"since": since, "until": until, "names": list(known), "ids": list(known.values())}
    async with scoped(engine, viewer) as connection:
        rows = (await connection.execute(_REPORT, values)).all()
    answers = {_place(row): row for row in rows if row.wished == 0}
    # what nobody has taken yet is nobody's, and counts for its store alone
    found = [
        _figures(row, answers.get(_place(row))) for row in rows if row.wished > 0 and (row.any_guide or row.guide is not None)
    ]
    guides = [one for one in found if one.guide is not None]
    stores = [one for one in found if one.guide is None and one.store is not None]
    total = next((one for one in found if one.guide is None and one.store is None), _NOTHING)
    return Report(sorted(guides, key=_order), sorted(stores, key=_order), total)


def _place(row: "Row[tuple[object, ...]]") -> tuple[object, ...]:
    return (row.any_guide, row.any_store, row.guide, row.store)


def _order(one: Figures) -> tuple[str, str]:
    return (one.store or "", one.guide or "")


def _figures(row: "Row[tuple[object, ...]]", answers: "Row[tuple[object, ...]] | None") -> Figures:
    return Figures(
        guide=row.guide,
        store=None if row.any_store else row.store,
        wished=row.wished,
        taken=row.taken,
        missed=row.missed,
        first_response_s=_number(row.first_s),
        first_response_90_s=_number(row.first_90_s),
        answered_s=None if answers is None else _number(answers.answered_s),
        answered_90_s=None if answers is None else _number(answers.answered_90_s),
        bot_s=_number(row.bot_s),
        wait_s=_number(row.wait_s),
        human_s=_number(row.human_s),
        breaches=int(row.breaches),
        rating=_number(row.rating),
        rated=row.rated,
    )


def _number(value: object) -> float | None:
    return None if value is None else round(float(str(value)), 3)


_NOTHING = Figures(None, None, 0, 0, 0, None, None, None, None, None, None, None, 0, None, 0)
