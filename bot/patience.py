"""How long to wait for the rest of a message that somebody types in pieces."""

import re
from datetime import timedelta

_FINISHED = re.compile(r"[?？。.!！~～…]\s*$|[吗呢吧嘛么啊呀]\s*$|\d{6,}|人工|投诉|退订|过敏|12315")
"""Ends like a sentence, holds an order or phone number, or is a matter that must not wait: nothing more is needed to answer."""


def patience(kind: str, text: str, longest: float) -> timedelta:
    """Nothing for events, media and finished sentences; the longest wait for a fragment; half of it in between."""
    if kind != "text" or _FINISHED.search(text):
        return timedelta()
    short = len(text.strip()) <= 6
    return timedelta(seconds=longest if short else longest / 2)
