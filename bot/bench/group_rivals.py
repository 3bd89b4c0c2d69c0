"""What others do in a group: answer when called, or wait till the chat is still for three seconds and answer all of it."""

from collections.abc import Mapping

from bot.teaching.group_logs import Line, Log
from intents.groups import Action, Decision
from intents.groups.cues import asking, cues

_STILL = 3.0
"""Seconds in which further messages of the chat are merged into one."""


def when_called(log: Log) -> Mapping[str, Decision]:
    """Whoever calls the bot by @ is answered, nobody else; every chat is one thread."""
    first = log.lines[0].remark.id
    return {one.remark.id: _decision(one, first, one.remark.at_bot, (one.remark.sender,)) for one in log.lines}


def by_chat(log: Log) -> Mapping[str, Decision]:
    """Messages of the chat that come within three seconds of each other are one; it is answered if it holds a question."""
    found: dict[str, Decision] = {}
    burst: list[Line] = []
    for line in log.lines:
        if burst and (line.remark.at - burst[-1].remark.at).total_seconds() > _STILL:
            found.update(_answered(burst))
            burst = []
        burst.append(line)
    found.update(_answered(burst))
    return found


def _answered(burst: list[Line]) -> Mapping[str, Decision]:
    speaks = any(asking(cues(one.remark.text)) for one in burst)
    to = tuple(dict.fromkeys(one.remark.sender for one in burst))
    return {one.remark.id: _decision(one, burst[0].remark.id, speaks, to) for one in burst}


def _decision(line: Line, thread: str, speaks: bool, to: tuple[str, ...]) -> Decision:
    action: Action = "answer" if speaks else "silent"
    return Decision(line.remark.id, thread, action, to if speaks else (), asks=line.remark.text)
