"""Figure 2: whole turns a second, from a shopper's message to the reply in the platform's hands, beside a bot that only echoes.

The load is open: a message is said when it is due, whoever has not been answered yet. The sandbox and the load generator share
this process; everything shares the machine.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.bench import texts, truth
from bot.bench.arena import Arena, Plan, arena, free_port
from bot.bench.figures_of import Waits, ms
from bot.bench.notebook import Notebook
from bot.bench.replay import settled
from bot.sandbox import Callback, Platform, Rules, Sandbox, Setup, start

GOAL = 0.250
"""p99 in seconds at which the steps end."""
_TALK = 4
"""Messages of one shopper, two seconds apart; then another one comes."""
_APART = 2.0
_TICK = 0.005
_MOST_STEPS = 12
_DOWN = (250.0, 200.0, 150.0, 100.0, 50.0)
"""Where 300/s is too much: the steps down to the rate that holds."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rate, held for a while."""

    rate: float
    done: float
    """Turns a second that really came to an end within the step."""
    inside: Waits | None
    """Accepted (committed) → the platform has the reply; None for a bot without a database."""
    whole: Waits
    """Said by the shopper → the platform has the reply: callback and pull included."""
    cost: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds of processor for one turn, by part: what a busy machine falsifies least."""

    def row(self, name: str) -> str:
        """A line of the table."""
        inside = f"{ms(self.inside.p50)} / {ms(self.inside.p99)}" if self.inside else "–"
        whole = f"{ms(self.whole.p50)} / {ms(self.whole.p99)}"
        return f"| {name} | {self.rate:.0f} | {self.done:.0f} | {inside} | {whole} | {self._spent()} |"

    def _spent(self) -> str:
        parts = " + ".join(f"{name} {cost:.2f}" for name, cost in sorted(self.cost.items(), key=lambda one: -one[1]))
        return f"{sum(self.cost.values()):.2f} = {parts}" if self.cost else "–"


HEAD = (
    "| bot | said/s | turns/s | accepted → handed over p50 / p99 ms | said → handed over p50 / p99 ms | processor ms a turn |\n"
    "|---|---:|---:|---:|---:|---|"
)


async def measure(*, quick: bool, say: Callable[[str], None]) -> str:
    """300/s for a minute, then 100 more each time until p99 is over the goal (or less, until it is under); then the echo."""
    first, later = (8.0, 5.0) if quick else (60.0, 20.0)
    rows: list[str] = []
    rates: list[float] = []
    async with arena(Plan(debounce=0.0)) as system:
        await hold(system.sandbox.platform, 50, 4)
        for n in range(_MOST_STEPS):
            rate = 300.0 + 100 * n
            step = await _ours(system, rate, first if n == 0 else later)
            rows.append(step.row("daogou"))
            rates.append(rate)
            say(rows[-1])
            if step.inside is None or step.inside.p99 > GOAL:
                break
        for rate in _DOWN if len(rates) == 1 else ():
            step = await _ours(system, rate, later)
            rows.append(step.row("daogou"))
            rates.append(rate)
            say(rows[-1])
            if step.inside is not None and step.inside.p99 <= GOAL:
                break
    async with _echoing() as sandbox:
        await hold(sandbox.platform, 50, 3)
        for rate in (rates[0], rates[-1]):
            rows.append((await _theirs(sandbox, rate, later)).row("echo (no database, no thinking)"))
            say(rows[-1])
    return "\n".join([HEAD, *rows])


async def hold(platform: Platform, rate: float, seconds: float) -> Notebook:
    """Say so many messages a second, each when it is due."""
    notebook = Notebook()
    stop = platform.world.ledger.listen(notebook.hear)
    dice = random.Random(f"{rate}:{seconds}")  # noqa: S311  (chance that must repeat itself, not a secret)
    people: list[str] = []
    begun = time.monotonic()
    lanes = max(1, round(rate * _APART))
    try:
        for n in range(round(rate * seconds)):
            ahead = begun + n / rate - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(max(ahead, _TICK))
            lane, turn = n % lanes, n // lanes
            if turn % _TALK == 0:
                people[lane : lane + 1] = [platform.arrive().external_userid]
            platform.say(people[lane], texts.varied(dice))
        await _answered(notebook)
    finally:
        stop()
    return notebook


async def _answered(notebook: Notebook) -> None:
    """Until no reply has come for a second (ten at most)."""
    for _ in range(10):
        before = len(notebook.delivered)
        await asyncio.sleep(1)
        if len(notebook.delivered) == before:
            return


async def _ours(system: Arena, rate: float, seconds: float) -> Step:
    before = await truth.accepted(system.engine, "wecom_kf")
    spent = system.cpu()
    notebook = await hold(system.sandbox.platform, rate, seconds)
    await settled(system, before + len(notebook.said), 60)
    cost = {name: (now - spent.get(name, 0.0)) * 1000 / len(notebook.said) for name, now in system.cpu().items()}
    found = await truth.read(system.engine)
    said = {one.msgid: one.at for one in notebook.said}
    heard = {one.id: one for one in found.heard if one.platform_id in said}
    at = {one.msgid: one.at for one in notebook.delivered}
    first: dict[int, float] = {}
    for spoken in found.spoken:
        for inbox_id in spoken.answers:
            if spoken.msgid in at and inbox_id in heard:
                first[inbox_id] = min(at[spoken.msgid], first.get(inbox_id, at[spoken.msgid]))
    begin = min(said.values())
    ended = sum(one.settled is not None and one.settled <= begin + seconds for one in heard.values())
    return Step(
        rate,
        ended / seconds,
        Waits.of([end - heard[inbox_id].received for inbox_id, end in first.items()]),
        Waits.of([end - said[heard[inbox_id].platform_id] for inbox_id, end in first.items()]),
        cost,
    )


async def _theirs(sandbox: Sandbox, rate: float, seconds: float) -> Step:
    """The echo answers every message once and in order, so the n-th reply of a shopper belongs to their n-th message."""
    notebook = await hold(sandbox.platform, rate, seconds)
    said: dict[str, list[float]] = {}
    for one in notebook.said:
        said.setdefault(one.who, []).append(one.at)
    waits = [reply.at - said[reply.who].pop(0) for reply in notebook.delivered if said.get(reply.who)]
    begin = notebook.said[0].at
    ended = sum(reply.at <= begin + seconds for reply in notebook.delivered)
    return Step(rate, ended / seconds, None, Waits.of(waits))


@asynccontextmanager
async def _echoing() -> AsyncIterator[Sandbox]:
    port = free_port()
    callback = Callback(f"http://127.0.0.1:{port}/hooks/wecom/demo", verify_every=0.2)
    sandbox = await start(Setup(rules=Rules(ledger_entries=2_000_000)), callback=callback)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.echo", str(port), sandbox.url, start_new_session=True
    )
    try:
        async with asyncio.timeout(30):
            while not sandbox.pusher.verified:  # noqa: ASYNC110  (another process comes up)
                await asyncio.sleep(0.1)
        yield sandbox
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await sandbox.close()
