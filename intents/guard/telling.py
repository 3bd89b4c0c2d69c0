"""An alarm in the words in which a group's owner reads it, and what makes two alarms one."""

import re

from intents.guard.model import Alarm

_LONGEST = 16
_NUMBERS = re.compile(r"[A-Za-z0-9_]{5,}")


def alert_text(alarm: Alarm, group: str, sender: str) -> str:
    """What the owner reads; numbers and ids are masked, the words themselves are in the group to be seen.

    ``group``, ``sender``: their names, empty where they have none.
    """
    where = f"「{_short(group)}」群" if group else "群"
    who = f"“{_short(sender)}”" if sender else "有人"
    words = "、".join(_masked(one) for one in alarm.words[:4])
    sure = "" if alarm.sure >= 0.8 else "可能"
    if alarm.kind == "impostor":
        said = f"{where}里{who}{sure}在冒充店里的人" + (f"（{words}）" if words else "")
        return f"{said}，请马上看一下，提醒大家别转账、别加好友。助手没有回应。"
    what = "发广告" if alarm.kind == "spam" else "拉人离开群"
    heard = f"，说到{words}" if words else ""
    return f"{where}里{who}{sure}在{what}（{alarm.matter}{heard}），请看一下要不要提醒或移出。助手没有回应。"


def alert_key(alarm: Alarm, conversation: str, sender: str, day: str) -> str:
    """What makes alarms one: the same sort of thing from the same member on the same day (``2026-11-22``) is told once."""
    return f"guard:{conversation}:{sender}:{alarm.kind}:{day}"


def _short(name: str) -> str:
    plain = " ".join(_masked(name).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _masked(words: str) -> str:
    """Accounts, telephone and card numbers without their middle."""
    return _NUMBERS.sub(lambda found: found[0][:2] + "***" + found[0][-1], words)
