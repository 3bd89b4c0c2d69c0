"""What was taken back (撤回) before it was answered: it leads nobody's question any more."""

from collections.abc import Collection
from dataclasses import replace

from intents.groups.model import Memory
from intents.groups.turns import GRAVE, Room, Turn, recalled, remembered


def unsaid(memory: Memory, ids: Collection[str]) -> Memory:
    """The memory without these remarks; of those who asked the same and still wait, the first asks in their place.

    Of what was somebody's own, or hurt, its kind and time stay, not its words: whoever says that he has met the same has read it.
    """
    room = recalled(memory)
    for gone in ids:
        if room.turn(gone) is not None:
            room = _without(room, gone)
    return remembered(room)


def _without(room: Room, gone: str) -> Room:
    taken = room.turn(gone)
    if taken is not None and taken.sort in GRAVE:
        kept = Turn(gone, taken.by, taken.at, "", taken.thread, taken.sort, "answered", root=taken.root, joins=taken.joins)
        return room.changed({gone: kept})
    heir = next((one.id for one in room.turns if one.id != gone and one.lead == gone and one.state == "held"), "")
    return replace(room, turns=tuple(_led(one, gone, heir) for one in room.turns if one.id != gone))


def _led(one: Turn, gone: str, heir: str) -> Turn:
    """A turn that may have hung on what is gone."""
    after = "" if one.id == heir else heir
    return replace(
        one,
        lead=after if one.lead == gone else one.lead,
        joins=after if one.joins == gone else one.joins,
        root=(after or one.id) if one.root == gone else one.root,
    )
