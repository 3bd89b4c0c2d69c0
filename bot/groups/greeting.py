"""Newcomers of a group: whoever came in the messages that wait, welcomed in one message with what their code brings. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.attending import MEMBER_JOINED
from bot.db.gathered import Gathered, Member
from bot.db.turns import Waiting
from bot.groups.welcoming import Newcomer, Welcomed, welcome
from bot.ids import customer_id
from bot.model import InboundMessage
from bot.services import Services

NAMELESS = "group_joined"
"""Kind of an event of which nobody knows who came: payload ``{"count": how many}``, or nothing."""
JOINS = frozenset({MEMBER_JOINED, NAMELESS})
"""Kinds of messages that tell of newcomers."""


_MOST = 500
"""Members of a group."""


def greeted(waiting: Waiting, here: Gathered, services: Services, now: datetime, noticed: Sequence[str] = ()) -> Welcomed:
    """One welcome for all; whoever came without anybody saying who they are is counted, and welcomed in plain words.

    ``noticed``: who came by the words of a notice, where the platform has no event for it.
    """
    joins = [one for one in waiting.messages if one.kind in JOINS]
    people = [one for message in joins for one in _newcomers(message, waiting, here, services)]
    if not joins:
        members = [here.members.get(one) or Member(one, one) for one in noticed]
        people = [Newcomer(one.id, one.name, customer=one.customer or "", hushed=one.hushed) for one in members]
    # told twice, once with their code: that one brings the coupon
    known = {one.id: one for one in sorted(people, key=lambda one: bool(one.state))}
    several = tuple({one.id: known[one.id] for one in people}.values())
    return welcome(several, services, now, (joins or waiting.messages)[0].platform_id)


def _coupon(state: object, services: Services) -> str | None:
    """Id of the coupon that a code brings."""
    store = next((one.store for one in services.brand.groups.welcomes if one.state == state), "")
    found = services.staff.stores.get(store)
    return found.coupon.id if found is not None and found.coupon is not None else None


def _newcomers(message: InboundMessage, waiting: Waiting, here: Gathered, services: Services) -> Iterator[Newcomer]:
    told = message.payload.get("members")
    if not isinstance(told, list):
        yield from _strangers(message)
        return
    state = message.payload.get("state")
    where = waiting.conversation
    for one in told:
        if not isinstance(one, Mapping) or not isinstance(one.get("id"), str) or str(one.get("name")).startswith("导购"):
            continue
        known = here.members.get(one["id"])
        yield Newcomer(
            id=one["id"],
            name=_name(known, one.get("name")),
            state=state if isinstance(state, str) else "",
            customer=(known.customer if known else None) or customer_id(where.channel, where.account, one["id"]),
            had_coupon=known is not None and _coupon(state, services) in known.coupons,
            hushed=bool(known and known.hushed),
        )


def _strangers(message: InboundMessage) -> Iterator[Newcomer]:
    """As many as the event says, one where it does not say; nobody knows who they are."""
    told = message.payload.get("count")
    count = told if isinstance(told, int) and 0 < told <= _MOST else 1
    yield from (Newcomer(id=f"{message.platform_id}#{number}") for number in range(count))


def _name(known: Member | None, told: object) -> str:
    """What somebody is called; where nobody said it, their id stands in its place, which is no name."""
    return known.name if known is not None and known.name != known.id else str(told or "")
