"""Fields of a platform's JSON, read without trusting any: each may be missing, of another kind or absurd."""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

MOST_BYTES = 1 << 20
"""A callback is a few kilobytes; anything above a mebibyte is not one."""
LONGEST_ID = 128
_LONGEST_NAME = 64


def words(value: object) -> str:
    """A text; empty for anything else."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, object]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> tuple[Mapping[str, object], ...]:
    """The objects of a list."""
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def ident(value: object) -> str:
    """An id as the platform writes it; empty for what is longer than any or cannot be printed."""
    return value if isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable() else ""


def name(value: object) -> str:
    """What people are called, on one line and not longer than we keep."""
    return " ".join("".join(one if one.isprintable() else " " for one in words(value)).split())[:_LONGEST_NAME]


def moment(milliseconds: object, now: datetime) -> datetime:
    """Milliseconds since the epoch, as a number or in digits; ``now`` where they cannot be read."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if isinstance(milliseconds, str | int) else now
    except (ValueError, OverflowError, OSError):
        return now


def inner(value: object) -> Mapping[str, object]:
    """The object inside a text that is JSON itself, as Feishu writes contents; an empty one for anything else."""
    try:
        return mapping(orjson.loads(words(value)))
    except orjson.JSONDecodeError:
        return {}
