"""When what is to be said about a campaign: at a pace that the group can bear, and nothing twice. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.db.campaigns_rows import Campaign, Doubt, Glance, OrderLine

MANY = 10
"""So many new lines are confirmed before their time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a group hears of its orders, and how long before the end it is reminded."""

    every: timedelta
    before: timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done now; all empty: nothing."""

    announce: bool = False
    confirm: tuple[OrderLine, ...] = ()
    ask: tuple[Doubt, ...] = ()
    remind: bool = False
    close: bool = False
    """The order ends now."""
    list_all: bool = False
    """It has ended, and the group has not seen the whole list."""
    late: tuple[str, ...] = ()
    """Who ordered after the end and was not told yet."""


def due(campaign: Campaign, lines: Sequence[OrderLine], doubts: Iterable[Doubt], pace: Pace, now: datetime) -> Due:
    """What a campaign is due at a moment."""
    late = tuple(sender for sender, told in campaign.late.items() if not told)
    if campaign.state == "closed":
        fresh = campaign.closed_at is not None and (campaign.confirmed_at is None or campaign.confirmed_at < campaign.closed_at)
        return Due(list_all=fresh, late=late)
    if campaign.state != "open":
        return Due()
    if campaign.deadline is not None and campaign.deadline <= now:
        return Due(close=True, list_all=True, late=late)
    pending = tuple(one for one in lines if one.confirmed != one.granted)
    open_ = tuple(one for one in doubts if one.settled_at is None)
    unasked = tuple(one for one in open_ if one.asked_at is None)
    told = _paced(campaign, len(pending), _first(one.updated_at for one in pending), pace, now)
    ask = unasked if told or _waited(_first(one.created_at for one in unasked), pace, now) else ()
    announce = campaign.terms.get("announce") is True
    remind = _reminds(campaign, pace, now)
    return Due(announce, pending if told else (), open_ if remind else ask, remind, late=late)


def worth_a_look(glance: Glance, pace: Pace, now: datetime) -> bool:
    """Whether anything may be due: what needs no look at the ledger is not worth a transaction."""
    if glance.stirred or not glance.open:
        return glance.stirred
    ended = glance.deadline is not None and glance.deadline <= now
    told = _paced(glance, glance.pending, glance.pending_since, pace, now)
    return ended or told or _waited(glance.unasked_since, pace, now) or _reminds(glance, pace, now)


def _paced(campaign: Campaign | Glance, pending: int, since: datetime | None, pace: Pace, now: datetime) -> bool:
    """Whether the new lines have been gathered long enough, or are many."""
    if pending >= MANY:
        return True
    rested = campaign.confirmed_at is None or now - campaign.confirmed_at >= pace.every
    return rested and _waited(since, pace, now)


def _waited(since: datetime | None, pace: Pace, now: datetime) -> bool:
    return since is not None and now - since >= pace.every


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _reminds(campaign: Campaign | Glance, pace: Pace, now: datetime) -> bool:
    """Whether the end is near; of a short campaign the second half is."""
    if campaign.deadline is None or campaign.reminded_at is not None or not pace.before:
        return False
    before = min(pace.before, (campaign.deadline - campaign.opens_at) / 2)
    return campaign.deadline - before <= now < campaign.deadline


@dataclass(frozen=True, slots=True)
class Standings:
    """How a campaign stands against what it must reach."""

    missing_amount: Decimal
    missing_n: Decimal

    @property
    def reached(self) -> bool:
        """Whether it comes about (成团)."""
        return not self.missing_amount and not self.missing_n


def against(minimum: tuple[Decimal | None, Decimal | None], amount: Decimal, n: Decimal) -> Standings | None:
    """(yuan, pieces) that must be reached beside what there is; None where nothing must be."""
    least_amount, least_n = minimum
    if least_amount is None and least_n is None:
        return None
    zero = Decimal(0)
    return Standings(max(zero, (least_amount or zero) - amount), max(zero, (least_n or zero) - n))
