"""Planning inside a platform's limits: how many messages may still leave, and how to say everything in fewer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Speech


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel allows after each message of the shopper."""

    messages: int | None = None
    """How many; None: any number."""
    window: timedelta | None = None
    """For how long; None: for ever."""


UNLIMITED = Limits()
KF_LIMITS = Limits(messages=5, window=timedelta(hours=48))
"""WeChat Customer Service: 5 messages within 48 h of each message of the customer (kf/send_msg)."""
LIMITS = {"wecom_kf": KF_LIMITS}
"""What is not here counts nothing after a message: the web; DingTalk and Feishu, which limit a second or a minute and are tried
again; an aibot, whose ways back belong each to one message and not to the talk (``bot.channels.aibot.channel``)."""
RESERVE = 1
"""Places kept for a handover or a safety notice, which must always get through."""


def left(limits: Limits, sent: int, waiting: int) -> int | None:
    """Places that a new message may still take, the reserve not deducted; None: any number."""
    return None if limits.messages is None else max(0, limits.messages - sent - waiting)


def open_window(limits: Limits, last_inbound: datetime | None, now: datetime) -> bool:
    """Whether the platform still takes messages for this shopper."""
    if limits.window is None:
        return True
    return last_inbound is not None and now - last_inbound < limits.window


def plan(speeches: Sequence[Speech], places: int | None) -> tuple[Speech, ...]:
    """The same words in at most ``places`` messages, the reserve kept free unless a speech is critical.

    Speeches let out by a code of the platform take no place. Texts are joined from the end, so that the first answer
    still arrives alone where there is room; the last one keeps its options. With no place left, nothing is dropped: all
    is joined into one message, which the outbox holds until the shopper writes again.
    """
    planned = list(speeches)
    if places is None:
        return tuple(planned)
    counted = [n for n, speech in enumerate(planned) if speech.code is None]
    room = places if any(planned[n].critical for n in counted) else places - RESERVE
    while len(counted) > max(1, room):
        last = planned.pop(counted.pop())
        planned[counted[-1]] = _joined(planned[counted[-1]], last)
    return tuple(planned)


def _joined(first: Speech, second: Speech) -> Speech:
    return replace(
        second,
        text="\n\n".join(part for part in (first.text, second.text) if part),
        cards=first.cards + second.cards,
        options=second.options or first.options,
        critical=first.critical or second.critical,
        hands_over=first.hands_over or second.hands_over,
        answers=tuple(dict.fromkeys(first.answers + second.answers)),
        trace={"joined": [dict(first.trace), dict(second.trace)]},
    )
