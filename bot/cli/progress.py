"""A progress bar where somebody watches, nothing where nobody does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.adapters.models import Progress


@contextmanager
def bar() -> Iterator[Progress | None]:
    """A function to be told (what, done, of how many); None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  (a pipe never needs it)
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, object] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield tell
