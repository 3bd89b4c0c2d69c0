"""The herald: alerts → the staff's phones. By the app to whom they are for, else by the robot in their group, else the desk only.

It runs beside the courier. An alert says that something waits, never what a shopper said: the words are the timers' own, and
whatever looks like somebody's number or address is made unreadable once more before they leave.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide
from bot.channels.wecom import staff
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.staff import Note, Robot
from bot.db import alerts as facts
from bot.db.alerts import Alert, Told
from bot.errors import TemporaryDeliveryError
from bot.logs import masked
from bot.motion.connection import MOTION_FAULTS
from bot.motion.pace import Pace
from bot.ports import Clock

log = structlog.get_logger(__name__)

PER_MINUTE = 20
"""Messages that a group robot may send in a minute (path 91770)."""
AT_ONCE = 50
_LONGEST = 160
"""Characters of an alert."""
_WAIT = timedelta(seconds=5)
_FREQUENT = timedelta(minutes=1)
"""After 45009: the platform counts by the minute."""
_MOST = timedelta(minutes=10)
_PASSING = frozenset({"retry", "refresh", "back_off"})
_TITLES: Mapping[str, str] = {
    "take": "有顾客在等您",
    "breach": "有顾客等久了",
    "task": "有件事到时间了",
    "central": "有顾客没人接",
    "group": "群里有情况",
}

Guides = Callable[[], Awaitable[Sequence[Guide]]]
"""The guides that are live now."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to the staff."""

    apps: Mapping[str, WeComClient]
    """By account name; one without an AgentId sends nothing."""
    robot: Robot | None = None
    pace: Pace | None = None
    """The robot's, for all processes together."""
    public_url: str | None = None
    """Where the desk is; without it nothing can be tapped on."""

    def app(self, account: str | None) -> WeComClient | None:
        """The app of the talk's account, else the first that can send."""
        able = {name: client for name, client in self.apps.items() if client.account.agent_id}
        return able.get(account or "") or next(iter(able.values()), None)


class Herald:
    """Sends what waits, a step at a time; several of them share the work."""

    def __init__(self, engine: AsyncEngine, ways: Ways, guides: Guides, clock: Clock) -> None:
        self._engine = engine
        self._ways = ways
        self._guides = guides
        self._clock = clock

    async def step(self) -> int:
        """One round; how many alerts it took."""
        now = self._clock.now()
        claimed = await facts.claim(self._engine, now, AT_ONCE)
        if not claimed:
            return 0
        people, away = await self._guides(), await facts.away(self._engine, now)
        named = [(alert, addressees(alert, people, away)) for alert in claimed]
        by_app = await asyncio.gather(*(self._by_app(alert, users, now) for alert, users in named))
        told = [sent for sent in by_app if sent is not None]
        await facts.settle(self._engine, told, now)
        rest = [one for one, sent in zip(named, by_app, strict=True) if sent is None]
        told += await self._by_robot(rest, now)
        log.info("alerts", **{state: sum(one.state == state for one in told) for state in ("sent", "shown", "pending")})
        return len(claimed)

    async def _by_app(self, alert: Alert, users: Sequence[str], now: datetime) -> Told | None:
        """As a message of the app; None where that is no way to them."""
        client = self._ways.app(alert.account)
        if client is None or not users:
            return None
        note = Note(_TITLES.get(alert.kind, "有件事要您看一下"), words_of(alert), self._link(alert))
        try:
            missed = await staff.notify(client, users, note)
        except TemporaryDeliveryError as error:
            return _later(alert, str(error), error.delay, now)
        except ApiError as error:
            if error.meaning.action in _PASSING:
                return _later(alert, str(error), _FREQUENT if error.meaning.action == "back_off" else _WAIT, now)
            log.warning("alert.refused", alert=alert.id, code=error.code, words=error.meaning.words)
            return None
        if missed >= {one.lower() for one in users}:
            log.warning("alert.missed", alert=alert.id)
            return None
        return Told(alert, "sent", "app")

    async def _by_robot(self, waiting: Sequence[tuple[Alert, Sequence[str]]], now: datetime) -> list[Told]:
        """In the group: one message each while the pace allows it, else many in one; what finds no place waits."""
        robot, pace = self._ways.robot, self._ways.pace
        told: list[Told] = []
        if robot is None or pace is None:
            told = [Told(alert, "shown", "没有别的提醒方式，只在工作台上显示") for alert, _ in waiting]
            await facts.settle(self._engine, told, now)
            return told
        try:
            places = await pace.take(len(waiting), now) if waiting else 0
        except MOTION_FAULTS:
            places = 0
        lines = [self._line(alert) for alert, _ in waiting]
        at = 0
        for many, words in facts.bundles(lines, places, staff.MOST_BYTES):
            if self._clock.now() - now > facts.LEASE / 2:
                break  # a slow platform: the rest comes again, before another herald thinks that we are dead
            part = waiting[at : at + many]
            at += many
            sent = await self._say(robot, words, part, now)
            await facts.settle(self._engine, sent, now)
            told += sent
        late = [_later(alert, "群机器人发得太密，等一会儿", _WAIT, now, steady=True) for alert, _ in waiting[at:]]
        await facts.settle(self._engine, late, now)
        return [*told, *late]

    async def _say(self, robot: Robot, words: str, part: Sequence[tuple[Alert, Sequence[str]]], now: datetime) -> list[Told]:
        """One message of the robot for one or more alerts."""
        users = list(dict.fromkeys(user for _, users in part for user in users))
        try:
            await robot.say(words, users)
        except TemporaryDeliveryError as error:
            return [_later(alert, str(error), error.delay, now) for alert, _ in part]
        except ApiError as error:
            if error.meaning.action in _PASSING:
                return [_later(alert, str(error), _FREQUENT, now, steady=True) for alert, _ in part]
            log.warning("robot.refused", code=error.code, words=error.meaning.words)
            return [Told(alert, "shown", f"群机器人没有发出去：{error}") for alert, _ in part]
        return [Told(alert, "sent", "robot") for alert, _ in part]

    def _line(self, alert: Alert) -> str:
        link = self._link(alert)
        return f"{words_of(alert)} {link}" if link else words_of(alert)

    def _link(self, alert: Alert) -> str:
        if not self._ways.public_url:
            return ""
        return f"{self._ways.public_url}/desk" + (f"?c={alert.conversation}" if alert.conversation else "")


def addressees(alert: Alert, guides: Sequence[Guide], away: Collection[str]) -> tuple[str, ...]:
    """Userids of WeCom: the guide's whom it is for, else of their store's people at work, else of the leads'."""
    if alert.guide is not None:
        return tuple(one.wecom_userid for one in guides if one.id == alert.guide and one.wecom_userid)
    there = [one for one in guides if one.wecom_userid and one.id not in away and one.role in {"guide", "lead"}]
    if alert.store is not None:
        return tuple(one.wecom_userid for one in there if one.store == alert.store)
    return tuple(one.wecom_userid for one in there if one.role == "lead")


def words_of(alert: Alert) -> str:
    """The words of an alert, short and without anybody's numbers."""
    words = " ".join(masked(alert.text).split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _later(alert: Alert, why: str, delay: timedelta, now: datetime, *, steady: bool = False) -> Told:
    """Try again, later each time; a ``steady`` wait is nobody's fault and does not grow."""
    wait = delay if steady else min(delay * 2 ** min(alert.attempts - 1, 10), max(delay, _MOST))
    return Told(alert, "pending", why, now + wait)
