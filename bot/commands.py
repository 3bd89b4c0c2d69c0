"""What a guide types to be done rather than said: /交回 /结束 /转 名字 /备注 … /提醒 明天10点 …. Pure.

At the desk a command begins with a slash; in the platform's own client with ``#``, for there it is a message like any other.
Whatever begins so and is no command is refused with the list of them: it must never be read by a shopper.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.moments import when

Deed: TypeAlias = Literal["hand_back", "close", "transfer", "note", "remind"]

_DEEDS: dict[str, Deed] = {
    "交回": "hand_back",
    "还给机器人": "hand_back",
    "结束": "close",
    "转接": "transfer",
    "转给": "transfer",
    "转": "transfer",
    "备注": "note",
    "提醒": "remind",
}
_NEEDS: dict[Deed, str] = {
    "transfer": "转给谁？写成：/转 小雅",
    "note": "备注什么？写成：/备注 想要大瓶的，下周来店里",
    "remind": "什么时候提醒？写成：/提醒 明天10点 给她回电话",
}
_LIST = "可以用的指令：/交回、/结束、/转 名字、/备注 内容、/提醒 明天10点 做什么"
_SLASH = "/／"
_HASH = "#＃"
_SPACE = " \t\r\n　\u200b"
FOLLOW_UP = "跟进这位顾客"
"""What a reminder says where only the time was told."""
LONGEST = 500


class CommandError(ValueError):
    """Begins like a command and cannot be carried out; the text says what can be typed instead."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do."""

    deed: Deed
    words: str = ""
    """A guide's or store's name, the note, what is to be remembered."""
    due: datetime | None = None
    """When to remind."""


def is_command(text: str) -> bool:
    """Whether a text of the desk's box is meant for the program and not for the shopper."""
    return text.strip(_SPACE)[:1] in tuple(_SLASH)


def parse(text: str, now: datetime) -> Command | None:
    """The command in a text of the desk; None for words to the shopper. ``now`` is in the brand's zone.

    Raises:
        CommandError: it begins with a slash and is no command, or something is missing.
    """
    told = text.strip(_SPACE)
    if not is_command(told):
        return None
    deed, words = _read(told[1:])
    if deed is None:
        raise CommandError(f"没有这个指令。{_LIST}。要把这句话发给顾客，请去掉开头的斜杠。")
    return _whole(deed, words, now)


def from_platform(text: str) -> Command | None:
    """The command that is a whole message in the platform's own client (``#交回``, ``#结束``); None for anything else.

    Only what needs no more words is heard there: the shopper can read the message too, so a note has no place in it.
    """
    told = text.strip(_SPACE)
    if told[:1] not in tuple(_HASH):
        return None
    deed, words = _read(told[1:].rstrip(_HASH + "。.！!"))
    return Command(deed) if deed in {"hand_back", "close"} and not words else None


def _read(told: str) -> tuple[Deed | None, str]:
    """The deed and the rest; longer names of a command stand before shorter ones."""
    told = told.strip(_SPACE)
    for name in sorted(_DEEDS, key=len, reverse=True):
        if told.startswith(name):
            rest = told[len(name) :]
            deed = _DEEDS[name]
            if deed in {"hand_back", "close"} and rest.strip(_SPACE + "。.！!"):
                continue
            return deed, rest.strip(_SPACE + "：:")
    return None, ""


def _whole(deed: Deed, words: str, now: datetime) -> Command:
    if deed in {"hand_back", "close"}:
        return Command(deed)
    if not words:
        raise CommandError(_NEEDS[deed])
    if len(words) > LONGEST:
        raise CommandError(f"太长了，最多 {LONGEST} 个字")
    if deed != "remind":
        return Command(deed, words)
    found = when(words, now)
    if found is None:
        raise CommandError("没看出什么时候，或者时间已经过了。可以写：半小时后、明天上午10点、下周三、5月20日15:00")
    return Command(deed, found.rest or FOLLOW_UP, found.at)
