"""Placeholders: ``{称呼}`` or ``{称呼|亲}``, and nothing cleverer. No logic, no attribute access, no formatting."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([^{}|\s]+)(?:\|([^{}]*))?\}")


def names(text: str) -> tuple[str, ...]:
    """The placeholders of a text, in their order."""
    return tuple(match[1] for match in _PLACEHOLDER.finditer(text))


def fill(text: str, facts: Mapping[str, str]) -> str | None:
    """The text with facts in their places; None where a placeholder has neither a value nor a fall-back.

    An empty value counts as none, so that a reply never has a hole. A fact that itself holds braces stays as it is.
    """
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        found = facts.get(match[1], "").strip()
        if found:
            return found
        if match[2] is None:
            missing = True
            return ""
        return match[2]

    filled = _PLACEHOLDER.sub(value, text)
    return None if missing else filled


def broken(text: str) -> bool:
    """Whether braces are left over that are no placeholder: a typing mistake of the editor."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))
