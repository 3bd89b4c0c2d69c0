"""What one open page of a talk or of a room has seen, and what is new to it: the inside of the shopper's event stream."""

import contextlib
from dataclasses import dataclass

from bot.db import room_people, rooms
from bot.db.rooms import Standing
from bot.errors import BadRequestError
from bot.front import bubbles, stream
from bot.front.context import Front
from bot.motion import company, typing
from bot.motion.connection import MOTION_FAULTS

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose page it is."""

    conversation: str
    member: str | None = None
    """In a room; None: whoever holds the room's own token."""
    trace: bool = False

    @property
    def attends(self) -> str | None:
        """The member who is there as long as the page is open."""
        return self.member if rooms.is_group(self.conversation) else None


class Look:
    """What a page has seen of a conversation."""

    def __init__(self, front: Front, viewer: Viewer, after: int) -> None:
        self._front = front
        self._viewer = viewer
        self._after = after
        self._state: dict[str, object] = {}
        self._typing: dict[str, object] = {}
        self._recalled: frozenset[int] = frozenset()
        self._private = ""
        self._told = 0.0

    async def news(self) -> list[stream.Event]:
        """Whatever changed since the last look.

        Raises:
            BadRequestError: the member left the room and may look no more.
        """
        found = await self._member()
        staff = self._front.staff()
        conversation = self._viewer.conversation
        fresh = await rooms.said(self._front.engine, conversation, self._after, _PAGE)
        for one in fresh:
            self._after = one.id
            found.append(stream.Event(bubbles.bubble(one, staff, trace=self._viewer.trace), id=str(one.id)))
        standing = await rooms.standing(self._front.engine, conversation)
        if standing is None:
            return found
        found += self._back(standing)
        state = bubbles.state(standing, staff)
        if state != self._state:
            self._state = state
            found.append(stream.Event(state, name="state"))
        told = await self._writing(standing)
        # Told with every message too: a page shows by itself that it waits, and must hear when nothing comes.
        if told != self._typing or fresh:
            self._typing = told
            found.append(stream.Event(told, name="typing"))
        return found

    async def _member(self) -> list[stream.Event]:
        """In a room: that this member is there, and whether a private talk with the assistant has begun."""
        who = self._viewer.attends
        if who is None:
            return []
        member = await room_people.find(self._front.engine, self._viewer.conversation, who)
        if member is None or member.gone:
            raise BadRequestError("您已不在这个群里", status=403, code="left")
        await self._here(who)
        if member.private == self._private:
            return []
        self._private = member.private
        return [stream.Event({"conversation": member.private}, name="private")]

    async def _here(self, member: str) -> None:
        now = self._front.clock.now()
        if now.timestamp() - self._told < company.TELL:
            return
        self._told = now.timestamp()
        with contextlib.suppress(*MOTION_FAULTS):
            await company.here(self._front.client, self._viewer.conversation, member, now)

    def _back(self, standing: Standing) -> list[stream.Event]:
        """What was taken back since the last look; at the first one whatever the page may still show."""
        new = frozenset(standing.recalled) - self._recalled
        self._recalled |= new
        return [stream.Event({"ids": [str(one) for one in sorted(new)]}, name="recalled")] if new else []

    async def _writing(self, standing: Standing) -> dict[str, object]:
        """Whether an answer is under way or a person writes; in a room also who of the others writes."""
        on = (standing.busy and standing.owner in {"bot", "closed"}) or await self._guide(standing)
        if not standing.group:
            return {"on": on}
        names: list[str] = []
        with contextlib.suppress(*MOTION_FAULTS):
            told = await company.writers(self._front.client, self._viewer.conversation, self._front.clock.now())
            names = [name for member, name in told if member != self._viewer.member]
        return {"on": on, "names": names[:5]}

    async def _guide(self, standing: Standing) -> bool:
        """Whether a person who holds the talk is writing."""
        found: frozenset[str] = frozenset()
        if standing.owner == "human":
            with contextlib.suppress(*MOTION_FAULTS):
                found = await typing.typists(self._front.client, self._viewer.conversation)
        return "guide" in found
