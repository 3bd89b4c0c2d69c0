"""Invariants under fire: many shoppers talk while everything breaks; then it is quiet, and the books are compared."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.bench import hazards, shoppers, truth, verdict
from bot.bench.arena import Arena, Plan, arena
from bot.bench.notebook import Notebook
from bot.bench.shoppers import Day, Desk
from bot.bench.verdict import Verdict
from bot.db.engine import CONNECTION_FAULTS
from bot.sandbox import Faults, Rules

Say = Callable[[str], None]
QUIET = 180.0
"""Seconds that may pass after the last hazard until everything is settled: leases of 30 s, back-offs of 20 s and more."""
_LOOK = 0.5
GUIDES = ("g1", "g3", "g5", "g7")
"""Leads of the demo's ``guides.yml`` who sit at our desk."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How long and how hard."""

    seconds: float = 45.0
    seed: int = 7
    shoppers: int = 150
    visitors: int = 20
    guides: int = 2
    quiet: float = QUIET


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial came to."""

    verdict: Verdict
    hazards: Mapping[str, int]
    mishaps: Mapping[str, int]
    said: int
    posted: int
    delivered: int
    held: int
    passed: int
    quiet_after: float | None
    """Seconds from the last hazard until everything was settled; None where it never was."""

    @property
    def ok(self) -> bool:
        """Whether every invariant held and it became quiet."""
        return self.verdict.ok and self.quiet_after is not None


def plan(seed: int) -> Plan:
    """A system that hands over natively, so that servicers and guides take over by both doors, and polls often."""
    return Plan(seed=seed, debounce=0.3, poll_seconds=10.0, handover="native")


async def trial(wanted: Trial, say: Say = print) -> Outcome:
    """One system, one fire, one verdict."""
    # the sandbox's server would tell a story of every caller that is killed in the middle of a call
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    async with arena(plan(wanted.seed), Rules(tokenless_per_minute=600)) as system:
        return await burn(system, wanted, say)


async def burn(system: Arena, wanted: Trial, say: Say) -> Outcome:
    """The fire in a running system."""
    notebook, day = Notebook(), Day()
    desks = [Desk(system, guide) for guide in GUIDES[: wanted.guides]]
    for n, desk in enumerate(desks):
        await desk.sign_in(f"lead-{n}")
    notebook.attach(system.sandbox.platform)
    system.sandbox.platform.put_faults(hazards.FAULTS)
    end = time.monotonic() + wanted.seconds
    teller = asyncio.create_task(_tell(system, notebook, say))
    try:
        done, _ = await asyncio.gather(hazards.rage(system, wanted.seed, end), _people(system, day, wanted, end, desks))
        system.sandbox.platform.put_faults(Faults())
        quiet_after = await _quiet(system, notebook, wanted.quiet)
        await system.engine.dispose()  # connections of ours that the restarts cut
        found = await truth.read(system.engine)
    finally:
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)
    return Outcome(
        verdict=verdict.judge(notebook, found, day.posted, day.held),
        hazards=done,
        mishaps=notebook.mishaps,
        said=len(notebook.said),
        posted=len(day.posted),
        delivered=len(notebook.delivered),
        held=len(day.held),
        passed=day.passed,
        quiet_after=quiet_after,
    )


async def _people(system: Arena, day: Day, wanted: Trial, end: float, desks: Sequence[Desk]) -> None:
    """The staff, and wave after wave of shoppers until the time is over: a shopper's talk lasts some twenty seconds."""
    tasks = shoppers.staff(system, day, wanted.seed, end, desks)
    wave = 0
    try:
        while time.monotonic() < end - 2:
            guests = shoppers.crew(system, day, wanted.seed * 1000 + wave, end, (wanted.shoppers, wanted.visitors))
            tasks += guests
            await asyncio.gather(*guests)
            wave += 1
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _quiet(system: Arena, notebook: Notebook, patience: float) -> float | None:
    """Wait until nothing is under way, twice in a row, and everything that was said has arrived."""
    begun = time.monotonic()
    calm = 0
    while time.monotonic() - begun < patience:
        try:
            left = await truth.under_way(system.engine)
            arrived = await truth.accepted(system.engine, verdict.KF)
        except CONNECTION_FAULTS:
            left, arrived = 1, 0
        expected = len(notebook.said) + sum(notebook.events.values()) + len(notebook.spoken)
        calm = calm + 1 if left == 0 and arrived >= expected else 0
        if calm == 3:
            return time.monotonic() - begun
        await asyncio.sleep(_LOOK)
    return None


async def _tell(system: Arena, notebook: Notebook, say: Say) -> None:
    """A line a minute."""
    begun = time.monotonic()
    while True:
        await asyncio.sleep(60)
        try:
            left = str(await truth.under_way(system.engine))
        except CONNECTION_FAULTS:
            left = "?"
        minutes = (time.monotonic() - begun) / 60
        said, delivered, mishaps = len(notebook.said), len(notebook.delivered), sum(notebook.mishaps.values())
        say(f"{minutes:5.0f} min  said {said}  delivered {delivered}  under way {left}  mishaps {mishaps}")


def told(outcome: Outcome) -> str:
    """The verdict for people."""
    quiet = "never" if outcome.quiet_after is None else f"after {outcome.quiet_after:.0f} s"
    head = (
        f"{outcome.said} messages on the platform, {outcome.posted} in the web chat, "
        f"{outcome.delivered} delivered, {outcome.held} claims at the desk, {outcome.passed} passed on"
    )
    deeds = ", ".join(f"{name} ×{n}" for name, n in sorted(outcome.hazards.items()))
    mishaps = ", ".join(f"{name} ×{n}" for name, n in Counter(outcome.mishaps).most_common())
    lines = [head, f"hazards   {deeds}", f"mishaps   {mishaps}", f"quiet     {quiet}", *outcome.verdict.lines()]
    return "\n".join([*lines, "HOLDS" if outcome.ok else "BROKEN"])
