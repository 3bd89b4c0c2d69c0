"""The courier role: everything that speaks with platforms — messages out and in, tags both ways, groups, alerts to the staff."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot import courier as couriers
from bot import metrics
from bot import puller as pullers
from bot.courier import Courier
from bot.crew import Crew
from bot.db import pulls, sweeps
from bot.goods import Goods
from bot.herald import Herald
from bot.motion.due import Claims
from bot.motion.live import Bell
from bot.puller import Puller
from bot.roles.loops import FAULTS, SWEEP, beside, every, serve, until
from bot.rollcall import Rollcall
from bot.tagger import Tagger
from bot.wiring import World
from recommender import TagKind

log = structlog.get_logger(__name__)

_PACE = 0.015
"""Least seconds between two takes from the outbox: messages that wait together are marked in one transaction."""
_SENDS = 128
"""Sends of one courier under way at once."""
_ALERTS = 1.0
"""Seconds between looks for something to tell the staff."""
_TAGS = 10.0
"""Seconds between looks for customers whose tags are to be exchanged."""
_GROUPS = 1.0
"""Seconds between looks for customer groups that are to be read: newcomers wait for their welcome."""


async def carry(world: World, stop: asyncio.Event) -> None:
    """A courier until told to stop: messages out and in, tags both ways, groups, alerts; sends that were begun are finished."""
    crew = Crew(world.engine)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_send(world, crew, stop))
        tasks.create_task(_pull(world, crew, stop))
        tasks.create_task(_tag(world, stop))
        tasks.create_task(_call(world, crew, stop))
        tasks.create_task(_alert(world, crew, stop))
    log.info("role.drained")


async def _send(world: World, crew: Crew, stop: asyncio.Event) -> None:
    sends = world.queues["send"]
    courier = Courier(world.engine, sends, world.live, world.channels(), world.clock)
    courier.names = crew.names
    bell = Bell(world.client, sends.bell)

    async def claim() -> Claims:
        room = _SENDS - courier.busy
        return await sends.claim(min(room, 64), couriers.LEASE) if room > 0 else Claims((), timedelta(milliseconds=5))

    async def sweep() -> None:
        await sends.wake(await sweeps.waiting(world.engine))
        metrics.QUEUE.labels(queue="send").set(await sends.size())

    log.info("role.ready")
    async with beside(bell.run(), every(SWEEP, sweep)):
        await serve(stop, sends, claim, lambda claims: courier.step(claims.taken), bell, _PACE)
        await courier.drain()


async def _pull(world: World, crew: Crew, stop: asyncio.Event) -> None:
    queue = world.queues["pull"]
    channels = world.kf_channels()
    puller = Puller(world.engine, world.queues, world.live, channels, world.clock)
    puller.names = crew.names
    puller.debounce = world.settings.debounce
    puller.backlog = timedelta(minutes=world.settings.backlog_minutes)
    bell = Bell(world.client, queue.bell)
    own = [f"{name}|{kf}" for name, account in world.settings.wecom.items() for kf in account.kf_accounts]

    async def step(claims: Claims) -> None:
        await asyncio.gather(*(puller.step(claim) for claim in claims.taken))

    def ours(account: str, kf: str) -> bool:
        known = world.settings.wecom.get(account)
        return known is not None and (not known.kf_accounts or kf in known.kf_accounts)

    async def sweep() -> None:
        await queue.wake([f"{account}|{kf}" for account, kf in await pulls.behind(world.engine) if ours(account, kf)])

    async def poll() -> None:
        await queue.wake(own)

    with contextlib.suppress(*FAULTS):
        await poll()
    async with beside(bell.run(), every(SWEEP, sweep), every(world.settings.poll_seconds, poll)):
        await serve(stop, queue, lambda: queue.claim(4, pullers.LEASE), step, bell)


async def _tag(world: World, stop: asyncio.Event) -> None:
    """Beside everything else and one call at a time: tags are never in a hurry."""
    goods = Goods(world.engine, world.settings)
    accounts = {name: (one.account, one.client) for name, one in world.kf_channels().items()}

    async def kinds(account: str) -> Mapping[str, TagKind]:
        return (await goods.catalogue(account)).kinds

    tagger = Tagger(world.engine, accounts, kinds, world.clock)
    while accounts and not await until(stop, _TAGS):
        with contextlib.suppress(*FAULTS):
            await tagger.step()


async def _call(world: World, crew: Crew, stop: asyncio.Event) -> None:
    """Beside everything else: who is in the customer groups."""
    accounts = {name: one.client for name, one in world.kf_channels().items()}
    rollcall = Rollcall(world.engine, accounts, crew, (world.queues["turn"], world.live), world.clock)
    while accounts and not await until(stop, _GROUPS):
        try:
            await rollcall.step()
        except FAULTS as error:
            log.warning("groups.waiting", why=type(error).__name__)
        except Exception:  # a bug in one group's data must not stop the courier: its lease runs out, and it is tried again
            log.exception("groups.failed")


async def _alert(world: World, crew: Crew, stop: asyncio.Event) -> None:
    """Beside everything else: what the timers want the staff to know."""
    herald = Herald(world.engine, world.staff_ways(), crew, world.clock)
    while not await until(stop, _ALERTS):
        try:
            await herald.step()
        except FAULTS as error:
            log.warning("alerts.waiting", why=type(error).__name__)
        except Exception:  # a bug in an alert must not stop the courier: it comes again, and is given up after an hour
            log.exception("alerts.failed")
