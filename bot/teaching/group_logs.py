"""Hand-written logs of groups with the right decision for every message, as they lie in ``tests/data/groups_*.tsv``.

A log begins with ``## id<TAB>what it is about``; each further line is a message of seven columns: seconds, sender, flags,
thread, action, joins, text. ``@`` in the flags names the assistant, ``>N`` quotes message N; ``a/b`` in the action means that
either is right; a line break in the text is written as backslash and n.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intents.groups import Remark

BEGUN = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When each log begins; only differences count."""
_QUOTE = re.compile(r">(\d+)")


@dataclass(frozen=True, slots=True)
class Line:
    """One message and what is right for it."""

    remark: Remark
    thread: str
    actions: tuple[str, ...]
    """The preferred one first."""
    joins: str | None


@dataclass(frozen=True, slots=True)
class Log:
    """One group's talk."""

    id: str
    about: str
    lines: tuple[Line, ...]


def read_logs(paths: Iterable[Path]) -> list[Log]:
    """The logs of some files; raises ValueError for a line that is not of the format."""
    found: list[Log] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("## "):
                id_, _, about = line[3:].partition("\t")
                found.append(Log(id_, about, ()))
            elif line.strip():
                try:
                    found[-1] = Log(found[-1].id, found[-1].about, (*found[-1].lines, _line(line, len(found[-1].lines) + 1)))
                except (ValueError, IndexError) as error:
                    raise ValueError(f"{path}:{number}: {error}") from error
    return found


def _line(line: str, number: int) -> Line:
    seconds, sender, flags, thread, actions, joins, text = line.split("\t")
    quoted = _QUOTE.search(flags)
    remark = Remark(
        id=str(number),
        sender=sender,
        text=text.replace("\\n", "\n"),
        at=BEGUN + timedelta(seconds=float(seconds)),
        at_bot="@" in flags,
        reply_to=quoted[1] if quoted else None,
    )
    return Line(remark, thread, tuple(actions.split("/")), None if joins == "-" else joins)


def texts(logs: Sequence[Log]) -> list[str]:
    """All texts of some logs."""
    return [line.remark.text for log in logs for line in log.lines]
