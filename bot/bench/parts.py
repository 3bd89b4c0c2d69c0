"""Benches that measure in parts: which of them are asked for, and one after the other, each with the words that repeat it."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import AssistantError

Say = Callable[[str], None]
Part = tuple[str, str, Callable[[], str]]
"""Title, the command that measures it again, the measuring, which gives a table."""
FAULTS: tuple[type[Exception], ...] = (AssistantError, OSError, ValueError)
"""What breaks off one part and none of the others."""


def chosen(names: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Reads ``a,b``: those parts in the order of ``names``; a part that there is not is argparse's ArgumentTypeError."""

    def read(told: str) -> tuple[str, ...]:
        named = {one.strip() for one in told.split(",") if one.strip()}
        if strange := named - set(names):
            raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(strange))}; there are {', '.join(names)}")
        return tuple(one for one in names if one in named)

    return read


def sizes(told: str) -> tuple[int, ...]:
    """Reads ``1000,100000``; ValueError where one is no number."""
    return tuple(int(one) for one in told.split(",") if one.strip())


def measured(
    parts: Iterable[Part],
    on: str,
    says: tuple[Say, Say],
    out: Path | None,
    faults: tuple[type[Exception], ...] = FAULTS,
) -> int:
    """Measure each part; 1 where one broke off.

    ``on``: machine and commit. ``says``: who gets a table as soon as it is there, and who hears how it goes. ``out`` gets all
    tables.
    """
    show, say = says
    told, code = [], 0
    head = f"{datetime.now(UTC):%Y-%m-%d} · {on}"
    for title, command, measure in parts:
        say(f"— {title}")
        try:
            found = measure()
        except faults as error:
            found, code = f"not measured: {error}", 1
        told.append(f"### {title}\n\n{head} · `{command}`\n\n{found}\n")
        show(told[-1])
        if out is not None:
            out.write_text("\n".join(told), encoding="utf-8")
    return code
