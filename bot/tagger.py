"""The exchange of tags with WeCom: reads what stands on our customers there, once a day each, and puts back what they said.

It runs beside the courier and speaks with the platform alone: no turn waits for it. What it is about to put on is written
down first, so that a crash leaves no tag there that we do not know to be ours.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import labels
from bot.channels.wecom import tags
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.codes import BACK_OFF
from bot.channels.wecom.tags import Contact
from bot.db import labels as facts
from bot.db.labels import Found, Look
from bot.errors import ContentError, TemporaryDeliveryError
from bot.labels import Change, CorpTags, Marks
from bot.ports import Clock
from bot.settings import WeComAccount
from recommender import TagKind

log = structlog.get_logger(__name__)

Kinds = Callable[[str], Awaitable[Mapping[str, TagKind]]]
"""The declared kinds of an account."""

DAY = timedelta(days=1)
AT_ONCE = 20
"""Customers of one account in one step: with a step every ten seconds that is 120 calls a minute, far below any limit."""
_LIST_LIFE = timedelta(hours=1)
"""The enterprise's list of tags is asked for anew after so long."""
_LONGEST = timedelta(hours=1)
_QUIET = timedelta(minutes=1)
"""Where nobody's turn was, the next look into the database comes so much later: it reads every customer of the account, 0.7 s of
200 000 who have been silent for long."""
_PASSING = frozenset({"retry", "back_off", "refresh"})
_OURS = _PASSING | {"config"}
"""What concerns the account and not one customer."""
_NOBODYS, _NO_SUCH_TAG = 84061, 40068


class Tagger:
    """Looks at the customers of the configured accounts whose turn it is."""

    def __init__(
        self, engine: AsyncEngine, accounts: Mapping[str, tuple[WeComAccount, WeComClient]], kinds: Kinds, clock: Clock
    ) -> None:
        self._engine = engine
        self._accounts = accounts
        self._kinds = kinds
        self._clock = clock
        self._rests: dict[str, datetime] = {}
        self._faults: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._quiet: dict[str, datetime] = {}
        self._lists: dict[str, tuple[datetime, CorpTags]] = {}

    async def step(self) -> None:
        """One round over the accounts; one that refuses us is left alone for a day, one in trouble for longer each time."""
        for name in self._accounts:
            now = self._clock.now()
            if now < self._rests.get(name, now):
                continue
            try:
                await self._round(name, now)
                self._faults.pop(name, None)
            except ApiError as error:
                if error.meaning.action in _PASSING:
                    self._back_off(name, now, str(error))
                else:
                    self._rests[name] = now + DAY
                    log.warning("tags.refused", account=name, code=error.code, words=error.meaning.words)
            except (TemporaryDeliveryError, ContentError) as error:
                self._back_off(name, now, type(error).__name__)

    def _back_off(self, name: str, now: datetime, why: str) -> None:
        faults = self._faults[name] = self._faults.get(name, 0) + 1
        self._rests[name] = now + min(BACK_OFF * 2 ** min(faults - 1, 10), _LONGEST)
        log.warning("tags.postponed", account=name, why=why)

    async def _round(self, name: str, now: datetime) -> None:
        seen = self._seen[name] if name in self._seen else await facts.newest(self._engine)
        self._seen[name] = await facts.nudge(self._engine, name, seen)
        if self._seen[name] == seen and now < self._quiet.get(name, now):
            return
        looks = await facts.claim(self._engine, name, now, AT_ONCE)
        if not looks:
            self._quiet[name] = now + _QUIET
        kinds = await self._kinds(name) if looks else {}
        for look in looks:
            if stale(look, self._clock.now()):
                return
            if look.undo is not None:
                await self._undo(name, look)
            else:
                await self._look(name, look, kinds, now)

    async def _undo(self, name: str, look: Look) -> None:
        """Take off what we put on somebody who was erased; then nothing of it is known here either."""
        for userid, marks in (look.undo or {}).items():
            for tag in sorted(tag for tag, mark in marks.items() if mark != "off"):
                # one by one: a tag that the enterprise has deleted must not keep the others there
                await self._mark(name, look, Change(userid, remove=frozenset({tag})))
        await facts.keep(self._engine, look, Found({"erased": look.erased}))

    async def _look(self, name: str, look: Look, kinds: Mapping[str, TagKind], now: datetime) -> None:
        contact = await self._contact(name, look.external)
        if contact is None:
            await facts.keep(self._engine, look, Found(_settled(look.marks or {}, now)))
            return
        marks: Marks | None = labels.confirmed(look.marks or {}, contact)
        if self._accounts[name][0].tags_out and contact.followers:
            marks, contact = await self._give(name, look, contact, kinds, now)
        if marks is None:
            return
        if labels.forgets(look.evidence):
            await facts.keep(self._engine, look, Found(_settled(marks, now), ()))
            return
        heard = labels.heard(contact, marks, kinds, now)
        await facts.keep(self._engine, look, Found(_settled(marks, now), heard, contact.name, contact.unionid))

    async def _give(
        self, name: str, look: Look, contact: Contact, kinds: Mapping[str, TagKind], now: datetime
    ) -> tuple[Marks | None, Contact]:
        """Let what we believe stand there; the marks (None where the customer is no longer ours to look at) and what is left."""
        marks = labels.confirmed(look.marks or {}, contact)
        beliefs = () if labels.forgets(look.evidence) else labels.believed(look.evidence, kinds, now)
        corp = await self._list(name, now) if beliefs or marks else {}
        marks = labels.wished(marks, beliefs, kinds, corp)
        changes = labels.changes(contact, marks, beliefs, kinds, corp)
        return await self._put(name, look, marks, changes), labels.shown(contact, changes)

    async def _contact(self, name: str, external: str) -> Contact | None:
        """What WeCom knows of them: nothing of whoever is nobody's contact; None where the answer says neither."""
        try:
            return await tags.contact(self._accounts[name][1], external)
        except ApiError as error:
            if error.meaning.action in _OURS:
                raise
            if error.code != _NOBODYS:
                log.info("tags.not_read", account=name, code=error.code)
            return Contact() if error.code == _NOBODYS else None

    async def _put(self, name: str, look: Look, marks: Marks, changes: tuple[Change, ...]) -> Marks | None:
        """Carry the changes out; the marks after them, None where the customer is not ours to look at any more."""
        intent = marks
        for change in changes:
            intent = labels.after(intent, Change(change.userid, change.add), "doing")
        if changes and not await facts.keep(self._engine, look, Found({"lease": look.lease, "marks": intent})):
            return None
        for change in changes:
            if await self._mark(name, look, change):
                marks = labels.after(marks, change, "ours")
        return marks

    async def _mark(self, name: str, look: Look, change: Change) -> bool:
        """Whether it is done; a relation or a tag that is gone is nobody's fault."""
        try:
            await tags.mark(self._accounts[name][1], (change.userid, look.external), change.add, change.remove)
        except ApiError as error:
            if error.meaning.action in _OURS:
                raise
            if error.code == _NO_SUCH_TAG:
                self._lists.pop(name, None)
            log.info("tags.not_marked", account=name, code=error.code)
            return False
        return True

    async def _list(self, name: str, now: datetime) -> CorpTags:
        at, corp = self._lists.get(name, (now - _LIST_LIFE, {}))
        if now - at >= _LIST_LIFE:
            corp = await tags.corp_tags(self._accounts[name][1])
            self._lists[name] = (now, corp)
        return corp


def _settled(marks: Marks, now: datetime) -> Mapping[str, object]:
    """The state after a look: not again before tomorrow."""
    return {"next": facts.stamp(now + DAY), **({"marks": marks} if marks else {})}


def stale(look: Look, now: datetime) -> bool:
    """Whether the lease is so near its end that somebody else may soon look."""
    return facts.stamp(now + facts.LEASE / 2) > look.lease
