"""The due-queue on a real Valkey: debounce, delay, lease and retry are one mechanism, and no wake is lost.

Time is the server's own; a test that needs it to pass uses delays of a millisecond and claims until something is due.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random

from bot.motion.connection import Client
from bot.motion.due import Claim, Claims, DueQueue

LEASE = timedelta(seconds=30)
AT_ONCE = timedelta()
SOON = timedelta(milliseconds=1)
LATER = timedelta(hours=1)


async def claimed(queue: DueQueue, lease: timedelta = LEASE) -> Claims:
    """Claim until something is due."""
    async with asyncio.timeout(20):
        while not (found := await queue.claim(100, lease)).taken:
            await asyncio.sleep(0)
        return found


def members(claims: Claims) -> list[str]:
    return sorted(claim.member for claim in claims.taken)


async def test_an_empty_queue_has_nothing_and_waits_for_nothing(queues: dict[str, DueQueue]) -> None:
    assert await queues["turn"].claim(10, LEASE) == Claims((), None)
    await queues["turn"].wake([])
    await queues["turn"].settle([])
    assert await queues["turn"].size() == 0


async def test_what_is_woken_is_due_and_is_claimed_once(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a", "b"])
    first = await queue.claim(10, LEASE)
    assert members(first) == ["a", "b"]
    second = await queue.claim(10, LEASE)
    assert second.taken == ()
    assert second.wait is not None
    assert timedelta(seconds=25) < second.wait <= LEASE
    await queue.settle(first.taken)
    assert await queue.size() == 0


async def test_queues_know_nothing_of_each_other(queues: dict[str, DueQueue]) -> None:
    await queues["turn"].wake(["a"])
    assert (await queues["send"].claim(10, LEASE)).taken == ()


async def test_no_more_are_claimed_than_wanted_and_the_longest_due_first(queues: dict[str, DueQueue], client: Client) -> None:
    queue = queues["turn"]
    for n in range(5):
        await queue.wake([f"m{n}"])
        before = await client.time()
        while await client.time() == before:
            pass
    assert len((await queue.claim(2, LEASE)).taken) == 2


async def test_a_wake_later_than_another_changes_nothing_and_an_earlier_one_counts(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"], LATER)
    waiting = await queue.claim(10, LEASE)
    assert waiting.taken == ()
    assert waiting.wait is not None
    assert waiting.wait > timedelta(minutes=59)
    await queue.wake(["a"], SOON)
    assert members(await claimed(queue)) == ["a"]
    await queue.wake(["b"])
    await queue.wake(["b"], LATER)
    assert members(await queue.claim(10, LEASE)) == ["b"]


async def test_members_may_have_a_delay_each(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a", "b"], [AT_ONCE, LATER])
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_of_one_member_named_twice_the_earlier_time_counts(queues: dict[str, DueQueue]) -> None:
    await queues["turn"].wake(["a", "a"], [LATER, AT_ONCE])
    assert members(await queues["turn"].claim(10, LEASE)) == ["a"]


async def test_a_lease_that_ran_out_makes_the_member_due_again_and_its_holder_powerless(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    (lost,) = (await queue.claim(10, AT_ONCE)).taken
    (held,) = (await claimed(queue)).taken
    assert lost.token != held.token
    await queue.settle([lost])
    await queue.postpone([lost], AT_ONCE)
    assert await queue.size() == 1
    assert (await queue.claim(10, LEASE)).taken == ()
    await queue.settle([held])
    assert await queue.size() == 0


async def test_a_wake_that_comes_during_the_work_is_due_after_it(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    claims = await queue.claim(10, LEASE)
    await queue.wake(["a"])
    assert (await queue.claim(10, LEASE)).taken == ()
    await queue.settle(claims.taken)
    again = await queue.claim(10, LEASE)
    assert members(again) == ["a"]
    await queue.settle(again.taken)
    assert await queue.size() == 0


async def test_of_several_wakes_during_the_work_the_earliest_counts(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    claims = await queue.claim(10, LEASE)
    await queue.wake(["a"], LATER)
    await queue.wake(["a"], AT_ONCE)
    await queue.wake(["a"], LATER)
    await queue.settle(claims.taken)
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_a_wake_during_work_that_is_never_settled_survives_the_lost_lease(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    await queue.claim(10, AT_ONCE)
    await queue.wake(["a"])
    second = await claimed(queue)
    await queue.settle(second.taken)
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_postponed_work_waits_whoever_rings(queues: dict[str, DueQueue]) -> None:
    queue = queues["send"]
    await queue.wake(["a"])
    claims = await queue.claim(10, LEASE)
    await queue.wake(["a"])
    await queue.postpone(claims.taken, LATER)
    assert (await queue.claim(10, LEASE)).taken == ()
    assert await queue.size() == 1
    await queue.wake(["a"])
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_postponed_for_no_time_it_is_due_at_once(queues: dict[str, DueQueue]) -> None:
    queue = queues["send"]
    await queue.wake(["a"])
    await queue.postpone((await queue.claim(10, LEASE)).taken, AT_ONCE)
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_after_flushall_old_claims_are_powerless_and_new_wakes_work(queues: dict[str, DueQueue], client: Client) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    old = await queue.claim(10, LEASE)
    await client.flushall()
    await queue.wake(["a"])
    new = await queue.claim(10, LEASE)
    assert members(new) == ["a"]
    assert new.taken[0].token != old.taken[0].token
    await queue.settle(old.taken)
    await queue.postpone(old.taken, AT_ONCE)
    assert (await queue.claim(10, LEASE)).taken == ()
    await queue.settle(new.taken)
    assert await queue.size() == 0


async def test_scripts_that_the_server_forgot_are_sent_again(queues: dict[str, DueQueue], client: Client) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    await client.script_flush()
    claims = await queue.claim(10, LEASE)
    await client.script_flush()
    await queue.settle(claims.taken)
    assert await queue.size() == 0


async def test_a_claim_that_was_never_given_changes_nothing(queues: dict[str, DueQueue]) -> None:
    queue = queues["turn"]
    await queue.wake(["a"])
    await queue.settle([Claim("a", "invented"), Claim("b", "1-1")])
    assert members(await queue.claim(10, LEASE)) == ["a"]


async def test_members_of_any_spelling_come_back_as_they_were(queues: dict[str, DueQueue]) -> None:
    queue = queues["pull"]
    names = ["demo|wk1", "花间集|wk 2", "{x}", "a\nb"]
    await queue.wake(names)
    assert members(await queue.claim(10, LEASE)) == sorted(names)


async def test_many_claimers_never_share_a_member_and_no_wake_is_lost(queues: dict[str, DueQueue]) -> None:
    queue, random = queues["turn"], Random(5)
    names = [f"m{n}" for n in range(20)]
    held: Counter[str] = Counter()
    wanted = dict.fromkeys(names, 0)
    seen = dict.fromkeys(names, 0)
    stop = asyncio.Event()

    async def wake() -> None:
        for _ in range(150):
            chosen = random.sample(names, 3)
            for name in chosen:
                wanted[name] += 1
            await queue.wake(chosen)

    async def work() -> None:
        while not stop.is_set():
            claims = await queue.claim(random.randint(1, 8), LEASE)
            names_now = [claim.member for claim in claims.taken]
            held.update(names_now)
            assert max(held.values(), default=0) <= 1
            for name in names_now:
                seen[name] = wanted[name]
            await asyncio.sleep(0)
            held.subtract(names_now)
            if random.random() < 0.3:
                await queue.postpone(claims.taken, AT_ONCE)
            else:
                await queue.settle(claims.taken)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        workers = [group.create_task(work()) for _ in range(8)]
        await asyncio.gather(wake(), wake())
        while await queue.size():
            await asyncio.sleep(0)
        stop.set()
        await asyncio.wait(workers)
    assert seen == wanted
