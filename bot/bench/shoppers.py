"""Shoppers for the fire: on the simulated platform, in the web chat, and the people of the shop who take over."""

import asyncio
import contextlib
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import orjson
from sqlalchemy import text

from bot.bench import texts
from bot.bench.arena import Arena
from bot.bench.verdict import KF, Held, Posted
from bot.db import users
from bot.db.engine import CONNECTION_FAULTS
from bot.ids import conversation_id
from bot.sandbox import DEMO_KF
from bot.sandbox.errors import ActRefusedError

_JSON = {"Content-Type": "application/json"}
_LONG_AGO = text(
    """
    with talk as (
        update conversations set owner_since = owner_since - interval '2 hours', human_at = human_at - interval '2 hours'
        where id = :id and owner = 'human' and guide = :guide returning id
    )
    update messages set at = at - interval '2 hours' where conversation_id in (select id from talk)
    """
)
_TRIES = 60
"""Tries of one web call: the door may be away for seconds at a time."""


@dataclass(slots=True)
class Day:
    """What the people of a run did that the notebook does not see."""

    posted: list[Posted] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    """Web messages that were never answered with 202: they may be in the inbox or not."""
    held: list[Held] = field(default_factory=list)
    shoppers: list[str] = field(default_factory=list)
    passed: int = 0
    """Talks that a guide transferred to a colleague."""


def words(dice: random.Random) -> str:
    """What one message says: mostly everyday, now and then a wish for a person."""
    return dice.choice(texts.PERSON) if dice.random() < 0.04 else texts.varied(dice)


async def shopper(arena: Arena, day: Day, dice: random.Random, until: float) -> None:
    """One shopper of the platform: enters, writes in bursts, waits, until the time is over (``time.monotonic``)."""
    await asyncio.sleep(dice.uniform(0, max(0.0, min(20.0, until - time.monotonic() - 5))))
    platform = arena.sandbox.platform
    who = platform.arrive(f"顾客{dice.randrange(10_000)}").external_userid
    day.shoppers.append(who)
    if dice.random() < 0.5:
        platform.enter(who)
        await asyncio.sleep(dice.uniform(0.2, 3))
    for _ in range(dice.randint(2, 6)):
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            if time.monotonic() > until:
                return
            if dice.random() < 0.05:
                platform.send(who, dice.choice(texts.MEDIA), {})
            else:
                said = platform.say(who, words(dice))
                if dice.random() < 0.02:
                    await asyncio.sleep(dice.uniform(0, 1))
                    platform.recall(who, said)
            await asyncio.sleep(dice.uniform(0, 0.5))
        await asyncio.sleep(dice.uniform(1, 8))


async def visitor(arena: Arena, day: Day, dice: random.Random, until: float) -> None:
    """One shopper of the web chat, whose client repeats every message, at once and after faults, with the same id."""
    await asyncio.sleep(dice.uniform(0, 5))
    made = await _insist(arena, "/api/chat", {}, {})
    if made is None:
        return
    conversation, token = str(made["conversation"]), str(made["token"])
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/api/chat/{conversation}/messages"
    for n in range(dice.randint(2, 6)):
        if time.monotonic() > until:
            return
        key = f"{dice.randrange(16**8):08x}-{n}"
        body = {"id": key, "text": words(dice)}
        repeats = dice.choice((1, 2, 2, 3))
        told = await asyncio.gather(*(_insist(arena, path, body, headers) for _ in range(repeats)))
        ids = tuple(str(one["id"]) for one in told if one is not None)
        if ids:
            day.posted.append(Posted(conversation, key, ids))
        else:
            day.unsure.append(key)
        await asyncio.sleep(dice.uniform(0.5, 6))


async def _insist(arena: Arena, path: str, body: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, object] | None:
    """POST until it is taken, as a page on a bad line does; None where it never was."""
    for _ in range(_TRIES):
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with arena.http.post(arena.url + path, data=orjson.dumps(body), headers={**_JSON, **headers}) as answer:
                if answer.status < 300:
                    found: Mapping[str, object] = orjson.loads(await answer.read())
                    return found
        await asyncio.sleep(0.5)
    return None


async def servicer(arena: Arena, dice: random.Random, until: float, own: str) -> None:
    """A servicer in WeCom's own client: takes sessions from the pool, says something, passes them on, ends them, speaks again."""
    platform = arena.sandbox.platform
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(0.1, 1.5))
        pool = [who for (_, who), one in platform.world.conversations.items() if int(one.state) == 2]
        if not pool:
            continue
        who, userid = dice.choice(pool), own
        with contextlib.suppress(ActRefusedError):
            platform.take(userid, who)
            await asyncio.sleep(dice.uniform(0, 1.5))
            platform.reply(userid, who, "您好，我来帮您看看。")
            if dice.random() < 0.3:
                other = dice.choice([one for one in DEMO_KF.servicers if one != userid])
                platform.transfer(userid, who, other)
                userid = other
                platform.reply(userid, who, "我接着帮您看。")
            await asyncio.sleep(dice.uniform(0, 2))
            platform.end(userid, who)
            if dice.random() < 0.4:
                # speaking again opens an ended session, unless the shopper has begun a new one with the bot
                await asyncio.sleep(dice.uniform(0, 1))
                platform.reply(userid, who, "对了，还有一句。")
                await asyncio.sleep(dice.uniform(0, 1))
                platform.end(userid, who)


async def guide(desks: "Sequence[Desk]", n: int, day: Day, dice: random.Random, until: float) -> None:
    """A lead at our desk: claims talks while the bot is in them, speaks, passes on, gives back, closes, or just walks away."""
    desk = desks[n]
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(0.3, 1.2))
        if not day.shoppers:
            continue
        who = dice.choice(day.shoppers[-60:])
        conversation = conversation_id(KF, "demo", DEMO_KF.open_kfid, who)
        if not await _serve(desk, conversation, day, dice):
            continue
        holder, others = desk, [one for one in desks if one is not desk]
        if others and dice.random() < 0.2:
            holder = await _pass_on(desk, dice.choice(others), (conversation, day, dice))
        if dice.random() < 0.1:
            await holder.walk_away(conversation)
            continue
        for _ in range(_TRIES):
            # a deed that nobody answered may have been done: who is asked again says 200 or 409
            if await holder.call(conversation, dice.choice(("hand_back", "close"))) in {200, 409}:
                break
            await asyncio.sleep(0.5)


async def _serve(desk: "Desk", conversation: str, day: Day, dice: random.Random) -> bool:
    """Claim and speak; whether the claim was confirmed. From the confirmation to the end of this nobody else may be heard."""
    if await desk.call(conversation, "claim") != 200:
        return False
    since = time.time()
    await asyncio.sleep(dice.uniform(0.1, 1.5))
    await desk.call(conversation, "reply", {"id": f"{dice.randrange(16**8):08x}", "text": "您好，我是店里的，我来跟您说。"})
    await asyncio.sleep(dice.uniform(0, 2))
    day.held.append(Held(conversation, since, time.time()))
    return True


async def _pass_on(desk: "Desk", to: "Desk", talk: tuple[str, Day, random.Random]) -> "Desk":
    """Transfer to a colleague, who takes it up and speaks; who has it then."""
    conversation, day, dice = talk
    if await desk.call(conversation, "transfer", {"guide": to.guide, "force": True}) != 200:
        return desk
    day.passed += 1
    await _serve(to, conversation, day, dice)
    return to


class Desk:
    """The desk's API with one sign-in, which is made before the fire begins."""

    def __init__(self, arena: Arena, guide: str) -> None:
        self._arena = arena
        self._headers: Mapping[str, str] = _JSON
        self.guide = guide
        """Id in ``guides.yml`` under which talks are held."""

    async def sign_in(self, name: str) -> None:
        """A lead's account with its password changed already, signed in without the door, which may be away."""
        engine, now = self._arena.engine, datetime.now(UTC)
        first = await users.add_user(engine, name, "lead", self.guide, by="bench")
        changed = f"bench-{first}"
        await users.change_password(engine, name, (first, changed), "", now)
        signed = await users.sign_in(engine, name, changed, now)
        assert signed is not None
        self._headers = {**_JSON, "Cookie": f"daogou_session={signed.token}", "X-CSRF-Token": signed.user.csrf}

    async def walk_away(self, conversation: str) -> None:
        """Say nothing more, and let it be hours ago: whoever looks after silent talks finds one to return."""
        with contextlib.suppress(*CONNECTION_FAULTS):
            async with self._arena.engine.begin() as connection:
                await connection.execute(_LONG_AGO, {"id": conversation, "guide": self.guide})

    async def call(self, conversation: str, deed: str, body: Mapping[str, object] | None = None) -> int:
        """The status; 0 where nobody answered, 202 where the claim could not wait for silence."""
        url = f"{self._arena.url}/api/desk/{conversation}/{deed}"
        try:
            async with self._arena.http.post(url, data=orjson.dumps(body or {}), headers=self._headers) as answer:
                told = orjson.loads(await answer.read())
                loud = deed == "claim" and answer.status == 200 and not told.get("quiet")
                return 202 if loud else answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError):
            return 0


def crew(arena: Arena, day: Day, seed: int, until: float, sizes: tuple[int, int]) -> list[asyncio.Task[None]]:
    """Shoppers on the platform and visitors of the web (``sizes``), each with their own chance, as tasks."""
    shoppers, visitors = sizes
    people = [shopper(arena, day, dice_of(seed, "shopper", n), until) for n in range(shoppers)]
    people += [visitor(arena, day, dice_of(seed, "visitor", n), until) for n in range(visitors)]
    return [asyncio.create_task(one) for one in people]


def staff(arena: Arena, day: Day, seed: int, until: float, desks: Sequence[Desk]) -> list[asyncio.Task[None]]:
    """Guides at our desk and servicers in WeCom's client, for as long as the fire lasts."""
    people = [guide(desks, n, day, dice_of(seed, "guide", n), until) for n in range(len(desks))]
    people += [servicer(arena, dice_of(seed, "servicer", n), until, own) for n, own in enumerate(DEMO_KF.servicers)]
    return [asyncio.create_task(one) for one in people]


def dice_of(seed: int, kind: str, n: int) -> random.Random:
    """One person's chance."""
    return random.Random(f"{seed}:{kind}:{n}")  # noqa: S311  (chance that must repeat itself, not a secret)
