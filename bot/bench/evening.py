"""``python -m bot.bench evening``: many groups talk at once for an hour of virtual time, in one process with all real parts.

The crowd is the sandbox's, whose every message is labelled; the servers are embedded ones. What must never happen is judged by
``evening_oracle`` and makes the run fail; what understanding got wrong is counted.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from bot import content
from bot.adapters.keeping import SeenSound
from bot.bench.arena import commit, machine
from bot.bench.evening_books import largest, orders, read
from bot.bench.evening_oracle import judge, sound
from bot.bench.evening_people import Crowd, groups
from bot.bench.evening_plan import Plan
from bot.bench.evening_slips import SLIPS
from bot.bench.evening_table import Evening, lines
from bot.bench.evening_world import world
from bot.sandbox.groups_material import material_of

Say = Callable[[str], None]


async def run(plan: Plan, say: Say) -> int:
    """0 where every rule holds."""
    evening = await measured(plan)
    say(f"{plan.words} · {machine()} · {commit()}")
    for line in lines(evening):
        say(line)
    held = sound(evening.breaches)
    say("HOLDS" if held else "BROKEN")
    return 0 if held else 1


async def measured(plan: Plan) -> Evening:
    """One evening, played and judged."""
    faults: list[str] = []
    with TemporaryDirectory(prefix="daogou-evening-") as told, _only_errors(faults):
        home = Path(told)
        workspace = content.read_folder(content.OWN, SeenSound(home, content.OWN))
        material = material_of(workspace)
        there = groups(plan.groups, Crowd(plan.seed, plan.members, plan.minutes, material, workspace.staff))
        async with world(home) as place:
            await place.people(there)
            spent = await place.play(there, plan.minutes, material)
            books = await read(place.engine, there, place.brand, faults)
            ledgers, session = await orders(place.engine, there), await largest(place.engine)
    return Evening(books, ledgers, spent, session, judge(books), judge(books, SLIPS))


@contextmanager
def _only_errors(faults: list[str]) -> Iterator[None]:
    """The program's log is silent, and what is an error in it is kept in ``faults``."""
    before = structlog.get_config()

    def keep(_: object, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        if method in {"error", "exception", "critical"}:
            cause = structlog.processors.format_exc_info(None, method, event).get("exception", "")
            faults.append(f"{event.get('event')}: {str(cause).strip().splitlines()[-1:]}")
        raise structlog.DropEvent

    structlog.configure(processors=[keep], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**before)
