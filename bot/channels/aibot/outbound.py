"""Speeches in the dialect of an aibot: Markdown within 20 480 bytes, several of them as one text."""

from collections.abc import Mapping, Sequence

from bot.channels.wecom.outbound import clipped, parts
from bot.model import Speech

_MOST = 20_480


def content(speeches: Sequence[Speech]) -> str:
    """What a stream shows, or its ``markdown``; cards and options become lines."""
    return clipped("\n\n".join(filter(None, map(_words, speeches))), _MOST)


def back(speech: Speech) -> Mapping[str, object]:
    """The body for a ``response_url``."""
    return {"msgtype": "markdown", "markdown": {"content": content([speech])}}


def _words(speech: Speech) -> str:
    return "\n\n".join(parts(speech, speech.text))
