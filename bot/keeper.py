"""The keeper: everything that happens because time passes. Offers, passing on, tasks, reminders, breaches, the way back, ratings.

It runs beside the workers, which have the brand, its people and its words at hand, and in as many processes as there are: every
deed is judged again in a transaction that has its conversation locked (one that is locked by somebody else is left for the next
round), so that of two keepers one finds nothing left to do. All that it knows stands in PostgreSQL; it may stop anywhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import deadlines, ownership
from bot.db import keeping, keeping_deeds, offers
from bot.db.floors import Floors
from bot.db.keeping_rows import Alert, Ended, Held, Overdue, Talk, Waits
from bot.deadlines import Judged, Placed, Scene
from bot.groups.posts import Posts
from bot.handlers.listening import placed
from bot.handlers.rating import SCRIPT as ASK
from bot.handlers.rating import SLOT, rating_options
from bot.model import Pending, Speech
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.ordering import Ledgers
from bot.ordering.following import away
from bot.ordering.keeping import keep as keep_orders
from bot.routing import Duty, Post
from bot.services import Services, Shelf
from scripts import Listener

log = structlog.get_logger(__name__)

_START = datetime.min.replace(tzinfo=UTC)


class Keeper:
    """Goes round over what waits, a page of each kind in a step."""

    def __init__(
        self,
        engine: AsyncEngine,
        sends: DueQueue,
        live: Live,
        shelf: Shelf,
        duty: Callable[[], Awaitable[Duty]],
        ledgers: Ledgers | None = None,
    ) -> None:
        """``duty``: who is at work, looked up anew at each step; ``ledgers``: those of the worker beside it, else its own."""
        self._engine = engine
        self._sends = sends
        self._live = live
        self._shelf = shelf
        self._look = duty
        self._posts: dict[str, Post] = {}
        self._duty = Duty()
        self._scheduled = Posts(engine, shelf)
        self._waits = ""
        self._held = (_START, "")
        self._due = (_START, 0)
        self._told: set[str] = set()
        self._speaking: set[str] = set()
        self._ledgers = ledgers or Ledgers()

    async def step(self, now: datetime) -> None:
        """One round. What a person holds comes first, so that what is queued again is offered in the same round."""
        found = await self._look()
        self._posts = dict(found.posts)
        self._duty = Duty(self._posts, found.waiting)
        await self._round_held(now)
        await self._round_waits(now)
        await self._round_ended(now)
        await self._round_tasks(now)
        await self._expire(now)
        self._speaking |= await self._scheduled.step(now)
        self._speaking |= await keep_orders(self._engine, self._ledgers, self._shelf.services, now)
        await self._sends.wake(sorted(self._speaking))
        await self._live.tell(sorted(self._told | self._speaking))
        self._told.clear()
        self._speaking.clear()

    async def _try(self, conversation: str | None, deed: Awaitable[None]) -> None:
        """One that cannot be done must not keep all others from their turn; a database that is away keeps everything waiting."""
        try:
            await deed
        except Exception as error:
            if away(error):
                raise
            log.exception("keeper.stumbled", conversation=conversation)

    def _scene(self, account: str, now: datetime) -> Scene:
        services = self._shelf.services(account)
        return Scene(services, self._duty, now.astimezone(services.zone))

    async def _round_waits(self, now: datetime) -> None:
        async with self._engine.connect() as connection:
            found = await keeping.waits(connection, self._waits)
        self._waits = found[-1].talk.id if len(found) == keeping.PAGE else ""
        # the most urgent and the longest waiting first: whoever is free last goes to them
        for one in sorted(found, key=lambda one: (-one.wish.urgency, one.wish.created_at)):
            scene = self._scene(one.talk.account, now)
            if deadlines.placed(one, scene) is not None:
                await self._try(one.talk.id, self._place(one.talk.id, scene, now))

    async def _place(self, conversation: str, scene: Scene, now: datetime) -> None:
        async with self._engine.begin() as connection:
            if not await keeping.alone(connection, conversation):
                return
            one = await keeping.waiting(connection, conversation)
            next_ = None if one is None else deadlines.placed(one, scene)
            if one is None or next_ is None:
                return
            await keeping_deeds.place(connection, one.talk, one.wish.id, next_.store, _columns(next_, now))
            if next_.task is not None:
                task = {"store": next_.store, "text": next_.task, "due": next_.due_at, "key": f"handover:{one.wish.id}"}
                await keeping_deeds.task(connection, one.talk, task, now)
            await keeping_deeds.alert(connection, next_.alerts, now)
        self._told.add(conversation)
        self._count(one, next_)

    def _count(self, one: Waits, next_: Placed) -> None:
        """The next one in this round finds their hands so much fuller, or freer."""
        if one.wish.assigned != next_.assigned:
            self._carry(one.wish.assigned, -1)
            self._carry(next_.assigned, 1)
            log.info("wish.offered", conversation=one.talk.id, guide=next_.assigned, path=next_.path, tried=len(next_.tried))

    def _carry(self, guide: str | None, more: int) -> None:
        if guide is not None:
            post = self._posts.get(guide, Post())
            self._posts[guide] = replace(post, load=max(0, post.load + more))

    async def _round_held(self, now: datetime) -> None:
        async with self._engine.connect() as connection:
            found = await keeping.held(connection, self._held)
        more = len(found) == keeping.PAGE
        self._held = (found[-1].talk.floor.since or _START, found[-1].talk.id) if more else (_START, "")
        for one in found:
            scene = self._scene(one.talk.account, now)
            if deadlines.judged(one, scene) is not None:
                await self._try(one.talk.id, self._hold(one.talk.id, scene, now))

    async def _hold(self, conversation: str, scene: Scene, now: datetime) -> None:
        async with self._engine.begin() as connection:
            if not await keeping.alone(connection, conversation):
                return
            one = await keeping.holding(connection, conversation)
            if one is not None and one.wish is None:
                await keeping_deeds.begin(connection, conversation, now)
                one = await keeping.holding(connection, conversation)
            next_ = None if one is None else deadlines.judged(one, scene)
            if one is None or next_ is None:
                return
            await self._settle(connection, one, next_, now)
            if next_.ending is not None:
                await self._end(connection, one, next_, scene, now)
        self._told.add(conversation)

    async def _settle(self, connection: AsyncConnection, one: Held, next_: Judged, now: datetime) -> None:
        """What is noted about a part that goes on, or is about to end."""
        if next_.human_at != one.human_at:
            await keeping_deeds.heard(connection, one.talk.id, next_.human_at)
        if one.wish is not None and next_.replied:
            await keeping_deeds.replied(connection, one.wish.id)
        if one.wish is not None and next_.breaches != one.wish.breaches:
            await keeping_deeds.breached(connection, one.wish.id, sorted(next_.breaches))
        await keeping_deeds.alert(connection, next_.alerts, now)

    async def _end(self, connection: AsyncConnection, one: Held, next_: Judged, scene: Scene, now: datetime) -> None:
        """The floor passes on, and the shopper hears why, in one transaction."""
        wish, floors = one.wish, await Floors.locked(connection, [one.talk.id])
        assert wish is not None, "a part without a row was given one"
        back = next_.ending == "returned"
        step = ownership.handed_back if back else ownership.queued_again
        floor = floors.change(one.talk.id, lambda floor: step(floor, now))
        await floors.store(connection, now)
        if back:
            await keeping_deeds.end(connection, wish.id, "returned")
        else:
            await keeping_deeds.queued(connection, wish.id, one.talk.floor.guide or "")
        facts = {"下次营业": next_.opens} if next_.opens is not None else {}
        speech = _speech(next_.say, facts, one.talk, scene, pushed=back) if next_.say is not None else None
        if speech is not None:
            await keeping_deeds.say(connection, one.talk, floor.epoch, (f"{next_.ending}:{floor.epoch}", speech), now)
            self._speaking.add(one.talk.id)
        log.info("talk.passed_on", conversation=one.talk.id, ending=next_.ending, epoch=floor.epoch, said=speech is not None)

    async def _round_ended(self, now: datetime) -> None:
        async with self._engine.connect() as connection:
            found = await keeping.ended(connection, now)
        for one in found:
            if one.ending is None or deadlines.to_ask(one, self._scene(one.talk.account, now)):
                await self._try(one.talk.id, self._part(one.talk.id, now))

    async def _part(self, conversation: str, now: datetime) -> None:
        async with self._engine.begin() as connection:
            if not await keeping.alone(connection, conversation):
                return
            for one in await keeping.ended(connection, now, conversation):
                scene = self._scene(one.talk.account, now)
                await keeping_deeds.end(connection, one.wish.id, deadlines.ending_of(one))
                await keeping_deeds.replied(connection, one.wish.id)
                if deadlines.to_ask(one, scene):
                    await self._ask(connection, one, scene, now)
                    break

    async def _ask(self, connection: AsyncConnection, one: Ended, scene: Scene, now: datetime) -> None:
        """How was it? Once, and the answer may be a tap or a word."""
        speech = _speech(ASK, {}, one.talk, scene, pushed=True)
        if speech is None or not await keeping_deeds.asked(connection, one.wish.id, now):
            return
        options = rating_options()
        await keeping_deeds.await_answer(connection, one.talk.id, Pending(SLOT, options), now)
        said = (f"rate:{one.wish.id}", replace(speech, options=options))
        await keeping_deeds.say(connection, one.talk, one.talk.floor.epoch, said, now)
        self._speaking.add(one.talk.id)

    async def _round_tasks(self, now: datetime) -> None:
        async with self._engine.begin() as connection:
            self._told |= await keeping_deeds.settle(connection, now)
        async with self._engine.connect() as connection:
            found = await keeping.overdue(connection, now, self._due, deadlines.AGAIN)
        self._due = (found[-1].due_at, found[-1].id) if len(found) == keeping.PAGE else (_START, 0)
        for one in found:
            alert = deadlines.reminder(one, self._scene(one.account, now))
            if alert is not None:
                await self._try(one.conversation, self._remind(one, alert, now))

    async def _remind(self, one: Overdue, alert: Alert, now: datetime) -> None:
        async with self._engine.begin() as connection:
            if not await keeping_deeds.remind(connection, one.id, now, deadlines.AGAIN):
                return
            if one.reminded_at is None and one.key is not None and one.conversation is not None:
                await keeping_deeds.hurry(connection, one.key, one.conversation)
            await keeping_deeds.alert(connection, (alert,), now)
        if one.conversation is not None:
            self._told.add(one.conversation)

    async def _expire(self, now: datetime) -> None:
        async with self._engine.begin() as connection:
            self._told |= set(await offers.expire(connection, now))


def _columns(next_: Placed, now: datetime) -> Mapping[str, object]:
    return {
        "assigned": next_.assigned,
        "path": next_.path,
        "tried": sorted(next_.tried),
        "due": next_.due_at,
        "breaches": sorted(next_.breaches),
        "offered": next_.offered,
        "now": now,
    }


def _speech(script: str, facts: Mapping[str, str], talk: Talk, scene: Scene, *, pushed: bool) -> Speech | None:
    """A line in the brand's words; None where the brand's files hold none that fits."""
    services = scene.services
    listener = placed(Listener(talk.channel, talk.level, talk.home), services, scene.now)
    reply = services.book.render(
        script, {**_always(talk, services, scene.now), **facts}, listener, f"{talk.id}:{talk.floor.epoch}"
    )
    if reply is None:
        return None
    service = script != ASK
    return Speech(
        reply.text,
        pushed=pushed,
        service=service,
        at_most=services.brand.sparing,
        trace={"route": "time", "script": reply.source, "release": services.release[:12]},
    )


def _always(talk: Talk, services: Services, now: datetime) -> dict[str, str]:
    """Facts that every script may use."""
    persona, hour = services.brand.persona, now.hour
    name = talk.name if persona.greeting_by_name else None
    return {
        "称呼": name or "",
        "人设名": persona.name,
        "自称": persona.self_name,
        "品牌名": services.brand.name,
        "营业时间": services.brand.opening.words(now),
        "时段问候": "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好",
    }
