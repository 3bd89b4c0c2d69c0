"""A group's script (群剧本): YAML or JSON Lines, one step a line, read into events; every fault told at once with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.sandbox.groups_lines import LARGEST, Row, Sheet, sheet
from bot.sandbox.groups_model import ASSISTANT, EVERYBODY, Event, Kind

EXAMPLE: Final = """\
# 一行一步：at 什么时候（5s、1m20s、+3s 是比上一步晚 3 秒；不写就晚 3 秒），as 谁，然后是做什么。
# say 说话 · mention 点名（成员名、助手、所有人） · quote 引用第几步（或助手） · recall 撤回第几步
# join 进群（写活码，没有就写 true） · leave: true 退群 · send: 图片 或 表情。名字以「导购」开头的是店里的人。
group: 花间集周末福利群
assistant: 小花
steps:
- {at: 0s,  as: 朵朵妈,   say: 敏感肌能用积雪草那款洁面吗}
- {at: 4s,  as: 老张,     say: 今天也太热了，空调都不想关}
- {at: 7s,  as: 小雅,     say: 同问，我也是敏感皮, quote: 1}
- {at: 12s, as: 云朵,     join: sh-xuhui}
- {at: 16s, as: 云朵,     say: 大家好，朋友拉我来的}
- {at: 20s, as: 七月,     say: 满多少包邮啊, id: 包邮}
- {at: 26s, as: 七月,     recall: 包邮}
- {at: 40s, as: 半糖,     mention: 助手, say: 你们几点关门}
- {at: 52s, as: 导购小林, mention: 所有人, say: 今晚开团：补水面膜 59元/盒，要的接龙哈}
- {at: 58s, as: 朵朵妈,   say: +1}
- {at: 63s, as: 小雅,     say: 我要2盒}
- {at: 70s, as: 小雅,     say: 改成3盒吧}
- {at: 75s, as: 清欢,     say: 我那单979570620460怎么还没发货}
- {at: 84s, as: 老张,     send: 表情}
"""
"""What the page shows as help, and plays at a tap."""

_KEYS: Final = ("id", "at", "as", "say", "mention", "quote", "recall", "join", "leave", "send")
_ACTS: Final = ("say", "recall", "join", "leave", "send")
_SENT: Final[Mapping[str, Kind]] = {"图片": "image", "image": "image", "表情": "sticker", "sticker": "sticker"}
_ALL: Final = frozenset({"所有人", "全体成员", "all"})
_US: Final = frozenset({"助手", "bot"})
_TIME: Final = re.compile(r"(\+)?(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?")
_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
_MENTIONED: Final = re.compile(r"[@＠]([^\s@＠\u2005，。！？,]{1,32})")
_USUAL: Final = timedelta(seconds=3)
_RECALLABLE: Final = timedelta(minutes=2)
_LONGEST, _NAME = 2000, 32


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a script, and in which line."""

    line: int
    words: str


class ScriptError(ValueError):
    """A script that cannot be played; ``faults`` in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Its text has a line for each fault."""
        self.faults = tuple(sorted(set(faults), key=lambda one: (one.line, one.words)))
        super().__init__("\n".join(f"第 {one.line} 行：{one.words}" for one in self.faults))


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be played."""

    group: str
    events: tuple[Event, ...]
    assistant: str = "小花"
    """What the assistant is called in it."""


def read_script(text: str) -> Script:
    """A script out of the text of a file.

    Raises:
        ScriptError: with every fault.
    """
    if len(text) > LARGEST:
        raise ScriptError([Fault(1, "剧本太长了，最多二十万个字")])
    reading = _Reading(sheet(text))
    events = [event for number, row in enumerate(reading.sheet.rows, 1) if (event := reading.step(number, row)) is not None]
    if not reading.sheet.rows and not reading.faults:
        reading.faults.append(Fault(1, "一步也没有：steps 下面一行写一步"))
    if reading.faults:
        raise ScriptError(reading.faults)
    return Script(reading.sheet.group or "沙盘群", tuple(events), reading.sheet.assistant)


@dataclass(slots=True)
class _Reading:
    """A script while it is read."""

    sheet: Sheet
    faults: list[Fault] = field(default_factory=list)
    steps: dict[str, tuple[Event, str]] = field(default_factory=dict)
    """By number and by id: the step, and who made it."""
    there: dict[str, bool] = field(default_factory=dict)
    """Everybody who was seen: whether they are in the group."""
    now: timedelta = timedelta()
    begun: bool = False
    names: frozenset[str] = frozenset()
    taken_back: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.faults += [Fault(line, words) for line, words in self.sheet.faults]
        self.names = frozenset(row["as"][0] for row in self.sheet.rows if "as" in row)

    def step(self, number: int, row: Row) -> Event | None:
        """One step; None where it cannot be told what it is, and then its faults are noted."""
        line, before = row.line, len(self.faults)
        for key in row:
            if key not in _KEYS:
                self._fault(line, f"不认识的“{key}”，可以写 {'、'.join(_KEYS)}")
        at, who, acts = self._time(row), self._who(row), [act for act in _ACTS if act in row]
        if len(acts) != 1:
            both = f"一步只做一件事，这一步写了 {'、'.join(acts)}"
            self._fault(line, both if acts else f"没写做什么：{'、'.join(_ACTS)} 里写一样")
        if len(self.faults) > before:
            return None
        event = self._event(f"s{number}", at, who, (acts[0], row))
        if len(self.faults) > before:
            return None
        for key in (str(number), *row.get("id", ())[:1]):
            self.steps[key] = (event, who)
        return event

    def _event(self, id_: str, at: timedelta, who: str, act: tuple[str, Row]) -> Event:
        what, row = act
        line, value = row.line, row[what][0]
        self._moves(line, who, what)
        kind: Kind = "text"
        text, state, reply_to = "", "", None
        if what == "say":
            text = self._words(line, value)
            reply_to = self._quoted(line, row["quote"][0]) if "quote" in row else None
        elif what == "recall":
            kind, reply_to = "recall", self._recalled(line, (value, who), at)
        elif what == "join":
            kind, state = "join", "" if value in {"true", "是", ""} else value[:64]
        elif what == "leave":
            kind = "leave"
        else:
            kind = self._sent(line, value)
        for key in ("quote", "mention"):
            if key in row and what != "say":
                self._fault(line, f"{key} 只能跟 say 写在一起")
        text, mentions = self._mentions(row, text)
        return Event(
            id=id_, at=at, sender=who, name=who, kind=kind, text=text, at_bot=ASSISTANT in mentions,
            reply_to=reply_to, mentions=mentions, state=state,
        )  # fmt: skip

    def _time(self, row: Row) -> timedelta:
        told = row.get("at", ("",))[0].strip()
        if not told:
            at: timedelta | None = self.now + _USUAL if self.begun else timedelta()
        else:
            at = _moment(told, self.now)
        if at is None:
            self._fault(row.line, f"看不懂时间“{told}”：写 5s、1m20s、1:20，或 +3s（比上一步晚 3 秒）")
        elif at < self.now:
            self._fault(row.line, f"时间“{told}”比上一步还早")
        elif at > timedelta(hours=24):
            self._fault(row.line, f"时间“{told}”太晚了，一个剧本最多演一天")
        else:
            self.now, self.begun = at, True
        return self.now

    def _who(self, row: Row) -> str:
        who = row.get("as", ("",))[0].strip()
        if not who:
            self._fault(row.line, "没写是谁：as 写成员的名字")
        elif len(who) > _NAME or "@" in who or "\n" in who:
            self._fault(row.line, f"名字“{who[:_NAME]}”不行：最多 {_NAME} 个字，不带 @ 和换行")
        elif who in _ALL | _US | {self.sheet.assistant}:
            self._fault(row.line, f"“{who}”的话不用写，助手自己会说")
        return who

    def _moves(self, line: int, who: str, what: str) -> None:
        """Whoever acts is in the group; whoever comes is not."""
        there = self.there.get(who)
        if what == "join":
            if there:
                self._fault(line, f"{who} 已经在群里了")
            self.there[who] = True
            return
        if there is False:
            self._fault(line, f"{who} 已经退群了")
        elif there is None and self._comes_later(line, who):
            self._fault(line, f"{who} 还没进群")
        else:
            self.there[who] = what != "leave"

    def _comes_later(self, line: int, who: str) -> bool:
        """Whether the first that is told of somebody's whereabouts is that they join, further down."""
        for row in self.sheet.rows:
            if row.line > line and row.get("as", ("",))[0].strip() == who and {"join", "leave"} & row.keys():
                return "join" in row
        return False

    def _words(self, line: int, value: str) -> str:
        if not value.strip():
            self._fault(line, "say 后面没有话")
        elif len(value) > _LONGEST:
            self._fault(line, f"一句话最多 {_LONGEST} 个字")
        return value

    def _quoted(self, line: int, told: str) -> str | None:
        if told in _US or told == self.sheet.assistant:
            return ASSISTANT
        found = self.steps.get(told)
        if found is None:
            self._fault(line, f"引用的“{told}”不是前面的步骤：写第几步、那一步的 id，或者 助手")
        elif found[0].kind not in {"text", "image", "sticker"}:
            self._fault(line, f"第 {told} 步没有说话，引用不了")
        else:
            return found[0].id
        return None

    def _recalled(self, line: int, told: tuple[str, str], at: timedelta) -> str | None:
        what, who = told
        found = self.steps.get(what)
        if found is None or found[0].kind not in {"text", "image", "sticker"}:
            self._fault(line, f"要撤回的“{what}”不是前面说过的话：写第几步，或那一步的 id")
        elif found[1] != who:
            self._fault(line, f"第 {what} 步是 {found[1]} 说的，{who} 撤不了")
        elif at - found[0].at > _RECALLABLE:
            self._fault(line, f"第 {what} 步说了超过两分钟，撤不回了")
        elif found[0].id in self.taken_back:
            self._fault(line, f"第 {what} 步已经撤回了")
        else:
            self.taken_back.add(found[0].id)
            return found[0].id
        return None

    def _sent(self, line: int, value: str) -> Kind:
        if value not in _SENT:
            self._fault(line, f"send 只能写 图片 或 表情，不能写“{value}”")
        return _SENT.get(value, "image")

    def _mentions(self, row: Row, text: str) -> tuple[str, tuple[str, ...]]:
        """The words with those who are named at their head, and their ids; a name typed in the words counts as well."""
        head, found = "", []
        for told in row.get("mention", ()):
            name = self.sheet.assistant if told in _US else "所有人" if told in _ALL else told
            if name not in self.names | {"所有人", self.sheet.assistant}:
                self._fault(row.line, f"点名的“{told}”不在群里：写成员的名字、助手或所有人")
            head += f"@{name} "
        words = re.sub(r"([@＠])助手", rf"\1{self.sheet.assistant}", head + text)
        for name in _MENTIONED.findall(words):
            if name == self.sheet.assistant:
                found.append(ASSISTANT)
            elif name in _ALL:
                found.append(EVERYBODY)
            elif name in self.names:
                found.append(name)
        return words, tuple(dict.fromkeys(found))

    def _fault(self, line: int, words: str) -> None:
        self.faults.append(Fault(line, words))


def _moment(told: str, before: timedelta) -> timedelta | None:
    """A time of a script; None where it is none."""
    clock = _CLOCK.fullmatch(told)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    found = _TIME.fullmatch(told)
    if found is None or not any(found.groups()[1:]):
        return None
    later, hours_, minutes_, seconds_ = found.groups()
    span = timedelta(hours=int(hours_ or 0), minutes=int(minutes_ or 0), seconds=float(seconds_ or 0))
    return before + span if later else span
