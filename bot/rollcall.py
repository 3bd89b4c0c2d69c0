"""The roll call: asks WeCom who is in each customer group (客户群) after it told of a change, at the start, and once a day.

It runs beside the courier. A callback says only that somebody came; names and the code (活码) they came by are WeCom's to tell,
a moment later. So newcomers are welcomed once the group was read, or without names where that takes too long. Callbacks that
were lost are made good by the daily reading, and by whatever else is told of the group.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import metrics
from bot.attending import named_members
from bot.brand import Guide
from bot.channels.wecom import groups, newcomers, through
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.codes import BACK_OFF
from bot.channels.wecom.groups import GroupChat
from bot.channels.wecom.newcomers import Known, Told
from bot.channels.wecom.through import Place
from bot.db import wecom_groups as facts
from bot.db import wecom_groups_kept as kept
from bot.db.accept import Accepted
from bot.db.engine import CONNECTION_FAULTS
from bot.db.wecom_groups import Found, Look, Person
from bot.errors import TemporaryDeliveryError
from bot.model import Arrival
from bot.motion.connection import MOTION_FAULTS
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.ports import Clock

log = structlog.get_logger(__name__)

Staff = Callable[[], Awaitable[Sequence[Guide]]]
"""The guides of now."""

AT_ONCE = 10
"""Groups of one account in one step, asked for side by side: with a step every second 600 calls a minute, far below any limit."""
DAY = timedelta(days=1)
_RECENT = timedelta(minutes=10)
"""A process that starts does not ask for a group that was read just now, by itself or by another one."""
_BELIEVED = timedelta(minutes=5)
"""An answer that is still older than its callbacks after so long is taken as it is."""
_HOUR, _TEN_MINUTES, _SOON = timedelta(hours=1), timedelta(minutes=10), timedelta(seconds=2)
_PASSING = frozenset({"retry", "back_off", "refresh"})


class Rollcall:
    """Reads the groups of the configured accounts whose turn it is."""

    def __init__(
        self,
        engine: AsyncEngine,
        accounts: Mapping[str, WeComClient],
        staff: Staff,
        motion: tuple[DueQueue, Live],
        clock: Clock,
    ) -> None:
        """``motion``: the queue of turns, and the pages that are open."""
        self._engine = engine
        self._accounts = accounts
        self._staff = staff
        self._turns, self._live = motion
        self._clock = clock
        self._rests: dict[str, datetime] = {}
        self._faults: dict[str, int] = {}
        self._listed: dict[str, datetime] = {}

    async def step(self) -> None:
        """One round over the accounts. One that refuses us rests, but whoever came into its groups is welcomed all the same."""
        staff = {one.wecom_userid.lower(): one for one in await self._staff() if one.wecom_userid}
        for name in self._accounts:
            now = self._clock.now()
            rests = now < self._rests.get(name, now)
            if not rests and now >= self._listed.get(name, now):
                await self._list(name, staff, now)
            looks = await facts.claim(self._engine, name, now, AT_ONCE, asked=rests)
            await self._together(looks, staff)

    async def _together(self, looks: Sequence[Look], staff: Mapping[str, Guide]) -> None:
        """Read several groups; a bug that one of them brings out is not the others' fault: its lease runs out, then again."""
        outcomes = await asyncio.gather(*(self._read(look, staff) for look in looks), return_exceptions=True)
        faults = [one for one in outcomes if isinstance(one, BaseException)]
        for error in faults:
            if isinstance(error, (*CONNECTION_FAULTS, *MOTION_FAULTS)) or not isinstance(error, Exception):
                raise error
        for error in faults:
            log.error("rollcall.failed", why=type(error).__name__, exc_info=error)

    async def _list(self, name: str, staff: Mapping[str, Guide], now: datetime) -> None:
        """Find groups that no callback told of, and have all of them read that were not read just now."""
        try:
            chats = await groups.listed(self._accounts[name], sorted(one.wecom_userid for one in staff.values()))
        except (ApiError, TemporaryDeliveryError) as error:
            passing = not isinstance(error, ApiError) or error.meaning.action in _PASSING
            self._listed[name] = now + (BACK_OFF if passing else _HOUR)
            log.warning(
                "groups.not_listed", account=name, why=str(error) if isinstance(error, ApiError) else type(error).__name__
            )
            return
        await facts.enrol(self._engine, name, chats, now, _RECENT)
        self._listed[name] = now + DAY

    async def _read(self, look: Look, staff: Mapping[str, Guide]) -> None:
        """One group: over, or what the callbacks say by themselves, or asked for."""
        if any(one.kind == facts.DISMISSED for one in look.callbacks):
            await self._over(look, ())
            return
        told = _told(look)
        follows = newcomers.followed(look.version, told) if told and look.fetched else None
        if follows is not None:
            await kept.left(self._engine, look, *follows, self._clock.now())
            await self._live.tell([look.conversation])
            return
        try:
            chat = await self._asked(look)
        except ApiError as error:
            await self._refused(look, error)
        except TemporaryDeliveryError as error:
            await self._rest(look, error.delay, type(error).__name__)
        else:
            if chat is not None:
                await self._found(look, chat, staff)

    async def _asked(self, look: Look) -> GroupChat | None:
        """What WeCom says; None where that is older than what it told, and it is asked again, or where the account rests."""
        now = self._clock.now()
        if now < self._rests.get(look.account, now):
            await self._later(look, self._rests[look.account], now)
            return None
        chat = await groups.group(self._accounts[look.account], look.chat)
        self._faults.pop(look.account, None)
        told, now = _told(look), self._clock.now()
        waits = now - min((one.received_at for one in told), default=now)
        if waits < _BELIEVED and newcomers.unsettled(chat, told, now):
            late = waits >= newcomers.NAMELESS
            known = newcomers.announced(_place(look), chat, told, _known(look), now) if late else ()
            await self._later(look, now + (_SOON * 5 if late else _SOON), now, known)
            return None
        return chat

    async def _found(self, look: Look, chat: GroupChat, staff: Mapping[str, Guide]) -> None:
        now = self._clock.now()
        known = _known(look)
        guide = staff.get(chat.owner)
        shoppers = [one for one in chat.shoppers if one.id.lower() not in staff]
        found = Found(
            version=chat.version,
            name=chat.name,
            owner=chat.owner,
            guide=guide.id if guide else None,
            store=(guide.store or None) if guide else None,
            people=tuple(Person(one.id, one.name, one.unionid, one.joined, one.state) for one in shoppers),
        )
        arrivals = newcomers.announced(_place(look), chat, _told(look), known, now)
        await self._announce(look, await kept.keep(self._engine, look, found, arrivals, now))

    async def _refused(self, look: Look, error: ApiError) -> None:
        """What a refusal concerns: this group, or all of the account."""
        now = self._clock.now()
        if error.code == groups.DISMISSED:
            await self._over(look, (_dismissal(look, now),))
        elif error.code in groups.UNLICENSED or error.meaning.action == "drop":
            log.warning("group.refused", conversation=look.conversation, code=error.code, words=error.meaning.words)
            await self._later(look, now + DAY, now)
        else:
            await self._rest(look, _pause(error), str(error))

    async def _rest(self, look: Look, pause: timedelta, why: str) -> None:
        """Leave the account alone, longer each time."""
        now = self._clock.now()
        name = look.account
        if now >= self._rests.get(name, now):
            faults = self._faults[name] = self._faults.get(name, 0) + 1
            self._rests[name] = now + min(pause * 2 ** min(faults - 1, 8), max(pause, _TEN_MINUTES))
            log.warning("groups.postponed", account=name, why=why)
        await self._later(look, self._rests[name], now)

    async def _later(self, look: Look, until: datetime, now: datetime, announced: Sequence[Arrival] = ()) -> None:
        """Ask again, at the latest when somebody should be welcomed without a name; who waited so long is."""
        told, known = _told(look), _known(look)
        named = frozenset(who for one in announced for who, _ in named_members(one))
        known = replace(known, announced=known.announced | named)
        arrivals = [*announced, *newcomers.nameless(_place(look), told, known, now)]
        waits = [one.received_at + newcomers.NAMELESS for one in newcomers.fresh(told, now)]
        until = min([until, *(at for at in waits if at > now)])
        await self._announce(look, await kept.postpone(self._engine, look, arrivals, until, now))

    async def _over(self, look: Look, dismissal: Sequence[Arrival]) -> None:
        if await kept.over(self._engine, look, dismissal, self._clock.now()):
            log.info("group.dismissed", conversation=look.conversation)
            await self._live.tell([look.conversation])

    async def _announce(self, look: Look, accepted: Accepted | None) -> None:
        """Wake whoever welcomes, and the open pages; after the transaction."""
        if accepted is None:
            return
        if accepted.waiting:
            await self._turns.wake([conversation for conversation, _ in accepted.waiting])
            metrics.ACCEPTED.labels(channel=through.GROUP).inc(len(accepted.waiting))
        await self._live.tell([look.conversation])


def _told(look: Look) -> tuple[Told, ...]:
    return tuple(Told(one.key, through.group_change(one.payload), one.sent_at, one.received_at) for one in look.callbacks)


def _known(look: Look) -> Known:
    """What we know of a group; who was announced stands in what was accepted."""
    people: set[str] = set()
    answered: set[str] = set()
    for payload in look.announced:
        members = payload.get("members")
        for one in members if isinstance(members, list) else ():
            people.add(str(one.get("id")) if isinstance(one, Mapping) else "")
        if not isinstance(members, list):
            answered.add(str(payload.get("event")))
    return Known(look.fetched > 0, look.present, frozenset(people), frozenset(answered))


def _place(look: Look) -> Place:
    return Place(through.GROUP, look.account, "", look.chat)


def _pause(error: ApiError) -> timedelta:
    match error.meaning.action:
        case "retry" | "refresh":
            return _SOON
        case "back_off":
            return BACK_OFF
        case _:
            return _TEN_MINUTES


def _dismissal(look: Look, now: datetime) -> Arrival:
    """The callback that never came."""
    return Arrival(
        channel=through.GROUP,
        account=look.account,
        platform_id=f"dismissed:{look.chat}",
        conversation=look.conversation,
        kind=through.DISMISSED,
        text="",
        payload={"ChatId": look.chat},
        sent_at=now,
        external=look.chat,
        role="event",
        settled=("silent", kept.GONE),
        hands_back=True,
    )
