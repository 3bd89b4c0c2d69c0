"""Who is in a group, as far as its messages and events show. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.model import Arrival

MEMBER_JOINED, MEMBER_LEFT = "member_joined", "member_left"
"""Kinds of arrivals: payload ``{"members": [{"id","name"}], "state": code}``."""
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody in a group."""

    room: str
    """Id of the conversation."""
    channel: str
    account: str
    id: str
    name: str = ""
    source: str = ""
    """The code (活码) by which they came."""


def present(arrival: Arrival) -> Iterator[Attendant]:
    """Whoever an arrival shows to be there: its sender, or those who joined. Nobody where it is no group, or a guide speaks."""
    if arrival.conversation is None or (arrival.room is None and arrival.kind != MEMBER_JOINED):
        return
    if arrival.kind == MEMBER_JOINED:
        state = arrival.payload.get("state")
        source = state[:_LONGEST] if isinstance(state, str) else ""
        for member, name in named_members(arrival):
            yield Attendant(arrival.conversation, arrival.channel, arrival.account, member, name, source)
    elif arrival.role == "shopper" and arrival.sender:
        yield Attendant(arrival.conversation, arrival.channel, arrival.account, arrival.sender, arrival.called[:_LONGEST])


def named_members(arrival: Arrival) -> Iterator[tuple[str, str]]:
    """(id, name) of the members that an event names."""
    told = arrival.payload.get("members")
    for one in told if isinstance(told, list | tuple) else ():
        if isinstance(one, Mapping) and isinstance(one.get("id"), str) and one["id"]:
            name = one.get("name")
            yield one["id"][:128], name[:_LONGEST] if isinstance(name, str) else ""
