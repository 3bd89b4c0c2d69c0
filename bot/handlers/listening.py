"""Who hears a line, as the scriptbook asks for it: the shopper, where their store lies, and what time it is there."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.brand import Brand, Staff
from bot.handlers.base import Turn
from bot.services import Services
from scripts import Listener


class Place(Protocol):
    """Whose people and whose clock count: services, or a workspace."""

    @property
    def brand(self) -> Brand:
        """The brand."""

    @property
    def staff(self) -> Staff:
        """Stores and guides."""


def placed(listener: Listener, place: Place, now: datetime | None) -> Listener:
    """The listener with the region and city of their store, and with the moment in the brand's zone where one is told."""
    store = place.staff.stores.get(listener.store or "")
    region, city = (store.area or None, store.city or None) if store is not None else (None, None)
    return replace(listener, region=region, city=city, moment=now and now.astimezone(place.brand.zone))


def listener_of(turn: Turn, services: Services, *, spoken: bool = False) -> Listener:
    """Whoever wrote the message of a turn; ``spoken``: something was said to them in this very turn already."""
    conversation = turn.conversation
    customer = conversation.customer
    listener = Listener(
        conversation.channel,
        customer.level,
        customer.store,
        {tag: frozenset(values) for tag, values in turn.tags.items()},
        person=customer.person or customer.id,
        first=None if conversation.group else not spoken and _stranger(turn),
    )
    return placed(listener, services, turn.now)


def _stranger(turn: Turn) -> bool:
    """Whether nothing of ours was ever said to them: what is stored of them tells, else the memory of the talk."""
    conversation = turn.conversation
    if conversation.pending_out or conversation.sent_since:
        return False
    if conversation.customer.met is not None:
        return not conversation.customer.met
    return turn.session.version == 0 and turn.session.episode == 0
