"""Who of a customer group is new, from what WeCom told and what it answered: arrivals for the group's turn. Pure.

Callbacks come late, doubly, in another order or not at all, and what is asked for right after one may be older than it: the
versions of the members (§3.1) say which. Everybody is announced once a day at most, whatever told of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.attending import MEMBER_JOINED
from bot.channels.wecom.groups import GroupChat, Shopper, outside
from bot.channels.wecom.through import JOINED, Change, Place
from bot.model import Arrival

LATELY = timedelta(hours=1)
"""Whoever came longer ago is no newcomer any more: a welcome after that would only puzzle the group."""
NAMELESS = timedelta(seconds=20)
"""So long a welcome waits for names and codes; then it is said without."""
SETTLES = timedelta(seconds=6)
"""So long a member whom a callback named and the answer does not know may still be on the way."""
_APART = 60
"""Seconds by which the time of a callback and that of a member's joining may differ."""
_LONGEST = 100
"""Characters of a callback's id that are used as they are."""


@dataclass(frozen=True, slots=True)
class Told:
    """A callback that is kept, with what it says."""

    key: str
    """Its platform id."""
    change: Change
    sent_at: datetime
    """By the platform's clock."""
    received_at: datetime
    """By ours."""

    @property
    def joins(self) -> bool:
        """Whether somebody may be new by it who is not of the staff."""
        change = self.change
        return change.detail == "add_member" and (not change.people or any(map(outside, change.people)))


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a group before it is asked for."""

    fetched: bool = False
    """Whether it was asked for ever before: at the first time everybody looks new."""
    present: frozenset[str] = frozenset()
    """Members who are there, as far as we know."""
    announced: frozenset[str] = frozenset()
    """Members who were announced within the last day."""
    answered: frozenset[str] = frozenset()
    """Keys of callbacks for which newcomers were announced without being named."""


def fresh(told: Sequence[Told], now: datetime) -> tuple[Told, ...]:
    """The callbacks by which somebody may be welcomed still."""
    return tuple(one for one in told if one.joins and now - one.received_at <= LATELY)


def followed(version: str, told: Sequence[Told]) -> tuple[str, frozenset[str]] | None:
    """Where the callbacks follow from what we know and tell only of people who left: the new version, and who they are.

    None: the group must be asked for. The order in which they came does not matter, the versions tell it.
    """
    left = {one.change.last: one.change for one in told if one.change.detail == "del_member"}
    quiet = [one for one in told if one.change.detail in {"del_member", "change_notice"}]
    if len(quiet) < len(told) or not version:
        return None
    gone: set[str] = set()
    while (change := left.pop(version, None)) is not None:
        if not change.people or not change.current:
            return None
        gone |= set(change.people)
        version = change.current
    return None if left else (version, frozenset(gone))


def unsettled(chat: GroupChat, told: Sequence[Told], now: datetime) -> bool:
    """Whether an answer is older than the callbacks that led to it, so that asking again a moment later tells more."""
    before = {one.change.last for one in told} - {""}
    newest = {one.change.current for one in told} - before - {""}
    if chat.version in newest:
        return False
    if chat.version in before and newest:
        return True
    here = {one.id for one in chat.shoppers}
    late = [one for one in told if one.joins and now - one.received_at < SETTLES]
    return any(outside(who) and who not in here for one in late for who in one.change.people)


def announced(place: Place, chat: GroupChat, told: Sequence[Told], known: Known, now: datetime) -> tuple[Arrival, ...]:
    """One arrival for each callback and code by which somebody came; those who came without any callback in one of their own."""
    found: list[Arrival] = []
    done = set(known.announced)
    for one in fresh(told, now):
        people = [who for who in _came(one, chat, known) if who.id not in done]
        done |= {who.id for who in people}
        if one.key not in known.answered:
            found += _by_code(place, one.key, one.sent_at, people)
    if known.fetched:
        since = (now - LATELY).timestamp()
        lost = [who for who in chat.shoppers if who.id not in known.present | done and who.joined >= since]
        found += _by_code(place, f"lost:{_short(f'{chat.id} {sorted(who.id for who in lost)}')}", now, lost)
    return tuple(found)


def nameless(place: Place, told: Sequence[Told], known: Known, now: datetime) -> tuple[Arrival, ...]:
    """The same where WeCom did not say in time who they are: neither names nor codes."""
    found: list[Arrival] = []
    done = set(known.announced)
    for one in fresh(told, now):
        if now - one.received_at < NAMELESS or one.key in known.answered:
            continue
        came = [Shopper(who) for who in one.change.people if outside(who) and who not in done]
        done |= {who.id for who in came}
        if came:
            found += _by_code(place, f"{one.key}:nameless", one.sent_at, came)
        elif not one.change.people:
            said = {"count": max(one.change.count, 1), "event": one.key}
            found.append(_arrival(place, (one.key, "nameless"), JOINED, said, one.sent_at))
    return tuple(found)


def _came(told: Told, chat: GroupChat, known: Known) -> list[Shopper]:
    """Who is there and came by a callback; where it names nobody, whoever is new since about then, as many as it says."""
    if told.change.people:
        return [one for one in chat.shoppers if one.id in told.change.people]
    since = told.sent_at.timestamp() - _APART
    new = [one for one in chat.shoppers if one.id not in known.present and one.joined >= since]
    return sorted(new, key=lambda one: one.joined)[: told.change.count or None]


def _by_code(place: Place, key: str, at: datetime, people: Sequence[Shopper]) -> Iterator[Arrival]:
    codes: dict[str, list[Shopper]] = {}
    for one in people:
        codes.setdefault(one.state, []).append(one)
    for state, came in codes.items():
        members = [{"id": one.id, "name": one.name} for one in came]
        payload = {"members": members, "state": state, "event": key}
        yield _arrival(place, (key, f"joined:{_short(state) if state else ''}"), MEMBER_JOINED, payload, at)


def _arrival(place: Place, key: tuple[str, str], kind: str, payload: Mapping[str, object], at: datetime) -> Arrival:
    event, part = key
    return Arrival(
        channel=place.channel,
        account=place.account,
        platform_id=f"{event if len(event) <= _LONGEST else 'h' + _short(event)}:{part}",
        conversation=place.conversation,
        kind=kind,
        text="",
        payload=payload,
        sent_at=at,
        peer=place.peer,
        external=place.external,
        role="event",
    )


def _short(words: str) -> str:
    return blake2b(words.encode(errors="replace"), digest_size=6).hexdigest()
