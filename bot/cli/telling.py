"""Words for people on stdout and stderr, and JSON for programs."""

import sys

import orjson


def say(text: str = "") -> None:
    """A line for whoever ran the command."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """A reason, where reasons go."""
    sys.stderr.write(text + "\n")


def document(value: object) -> None:
    """One JSON document."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str).decode() + "\n")


def percent(share: float) -> str:
    """A share as one reads it."""
    return f"{share * 100:.1f}%"
