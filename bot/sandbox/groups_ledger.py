"""The ledger (账目) of a played group: what was said, what the assistant answered to whom and when, and what was wrong.

Never twice, never after a recall, never a member's numbers aloud, nobody named who said nothing: those are faults whatever was
played. Where the events say what would be right (``Event.gold``), what was missed and what was needless is told besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bot.sandbox.groups_model import ASSISTANT, Event

IN_FLIGHT: Final = 1.0
"""Seconds after a recall in which an answer may still arrive that was already on its way."""
_CONTINUED: Final = 5.0
"""Seconds in which further words to the same people belong to the same answer."""
_AGAIN: Final = 120.0
"""Seconds in which the very same words to the same person are said twice."""
_NUMBER: Final = re.compile(r"\d{7,}")
_HEAD: Final = re.compile(r"^(?:[@＠][^@＠\s\u2005]+[\s\u2005]+)+")
_CALLED: Final = re.compile(r"[@＠]([^@＠\s\u2005]+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant said."""

    id: str
    text: str
    at: float
    """Seconds since 1970."""
    to: tuple[str, ...] = ()
    """Senders who are named."""
    private: bool = False
    """To a member alone."""


@dataclass(slots=True)
class Line:
    """One line of the stream."""

    n: int
    at: float
    """Seconds since 1970."""
    by: str
    """member, guide, bot or notice"""
    who: str
    name: str
    kind: str
    text: str
    event: Event | None = None
    quote: int | None = None
    to: tuple[str, ...] = ()
    """Of the assistant: names of those whom it answers."""
    answers: tuple[int, ...] = ()
    """Of the assistant: the lines that it answers."""
    private: bool = False
    recalled_at: float | None = None
    wait: float | None = None
    """Seconds until the first answer to it."""
    unheard: bool = False
    """The platform does not show it to the assistant, for it does not name it."""

    @property
    def open(self) -> bool:
        """Whether nothing was answered to it yet."""
        return self.wait is None and self.by == "member"

    def to_json(self) -> dict[str, object]:
        """For the page."""
        shown: dict[str, object] = {
            "n": self.n, "at": self.at, "by": self.by, "name": self.name, "kind": self.kind, "private": self.private,
            "text": "" if self.recalled_at is not None else self.text, "quote": self.quote, "to": list(self.to),
            "answers": list(self.answers), "recalled": self.recalled_at is not None, "wait": self.wait,
            "unheard": self.unheard, "moment": None if self.event is None else self.event.at.total_seconds(),
        }  # fmt: skip
        gold = self.event.gold if self.event is not None else None
        return shown | ({"right": gold.action, "tag": gold.tag} if gold is not None else {})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not have been."""

    kind: str
    """``again``, ``after_recall``, ``leak``, ``stranger``, ``refused`` (by the platform); or ``missed``,
    ``needless``, which are matters of judgement."""
    line: int
    words: str

    @property
    def grave(self) -> bool:
        """Whether it is wrong whatever one thinks of the group."""
        return self.kind not in {"missed", "needless"}

    def to_json(self) -> dict[str, object]:
        """For the page."""
        return {"kind": self.kind, "line": self.line, "words": self.words, "grave": self.grave}


@dataclass(slots=True)
class Book:
    """The ledger while a group is played."""

    lines: list[Line] = field(default_factory=list)
    closed: bool = False
    """Nothing more is expected: what has no answer now has none."""
    _findings: list[Finding] = field(default_factory=list)
    _by_event: dict[str, int] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    """Name → sender."""
    _seen: set[str] = field(default_factory=set)

    def there(self, people: Sequence[tuple[str, str]]) -> None:
        """(id, name) of those who are in the group from the beginning; a welcome to them is no fault."""
        for who, name in people:
            self._names.setdefault(name, who)
            self._seen.add(who)

    def did(self, event: Event, at: float) -> Line:
        """A member or a guide did something."""
        quoted = self._by_event.get(event.reply_to or "")
        if event.kind == "recall" and quoted is not None:
            self.lines[quoted - 1].recalled_at = at
        if event.reply_to == ASSISTANT:
            quoted = next((one.n for one in reversed(self.lines) if one.by == "bot" and not one.private), None)
        by = "notice" if event.kind in {"leave", "recall"} else "guide" if event.guide else "member"
        line = Line(len(self.lines) + 1, at, by, event.sender, event.name, event.kind, event.text, event, quoted)
        self.lines.append(line)
        self._by_event[event.id] = line.n
        self._names[event.name] = event.sender
        return line

    def heard(self, reply: Reply) -> Line:
        """The assistant said something."""
        line = Line(len(self.lines) + 1, reply.at, "bot", ASSISTANT, "", "text", reply.text, private=reply.private)
        whom = reply.to or self._called(reply.text)
        come = () if whom else self._newcomers(reply.text)
        if come:
            line.to, line.answers = tuple(one.name for one in come), tuple(one.n for one in come)
            for one in come:
                one.wait = max(0.0, line.at - one.at)
        else:
            self._addressed(line, whom)
        self.lines.append(line)
        if not reply.private:
            self._findings += self._leaks(line)
        return line

    def _addressed(self, line: Line, whom: tuple[str, ...]) -> None:
        """Whom it is said to: more to those of a moment ago, an answer to those who are named, or nobody in particular."""
        names = {who: name for name, who in self._names.items()}
        before = next((one for one in reversed(self.lines) if one.by == "bot" and one.private == line.private), None)
        spoken_of = whom or tuple(who for who, name in names.items() if len(name) > 1 and name in line.text)
        goes_on = before is not None and line.at - before.at <= _CONTINUED and before.text != line.text
        if before is not None and goes_on and {names.get(who, who) for who in spoken_of} <= set(before.to):
            line.to, line.answers = before.to, before.answers
            return
        line.to = tuple(names.get(who, who) for who in spoken_of)
        line.answers = tuple(sorted(n for who in whom for n in self._answered(line, who, names.get(who, who))))

    def _called(self, text: str) -> tuple[str, ...]:
        """Whom words name at their head without a real @."""
        named = [self._names[name] for name in _CALLED.findall(_head(text)) if name in self._names]
        return tuple(dict.fromkeys(named))

    def _newcomers(self, text: str) -> tuple[Line, ...]:
        """The comings of those whom a welcome names; what they asked since is not answered by it."""
        return tuple(one for one in self.lines if one.kind == "join" and one.open and one.name in text)

    def _answered(self, line: Line, who: str, name: str) -> list[int]:
        """The lines of one person that this answers; what is wrong with answering them is noted."""
        theirs = [one for one in self.lines if one.who == who and one.by in {"member", "guide"} and one.at <= line.at]
        gone = [one for one in theirs if one.recalled_at is not None and line.at - one.recalled_at > IN_FLIGHT]
        open_ = [one for one in theirs if one.open and one not in gone]
        said = (one for one in self.lines if one.by == "bot" and name in one.to and line.at - one.at <= _AGAIN)
        if any(_bare(one.text) == _bare(line.text) for one in said if one.private == line.private):
            self._finds("again", line, f"对 {name} 一字不差地又说了一遍")
        elif not open_ and any(one.wait is None for one in gone):
            self._finds("after_recall", line, f"{name} 已经撤回了，还是答了")
        elif not theirs and who not in self._seen:
            self._finds("stranger", line, f"点了 {name} 的名，可他什么也没说")
        elif not open_ and theirs and not line.private and not self._private_since(theirs[-1]):
            self._finds("again", line, f"{name} 没再说话，又答了一遍")
        elif open_ and not line.private and all(_needless(one) for one in open_):
            self._finds("needless", line, f"{name} 那句（第 {open_[-1].n} 行）不用接，接了")
        for one in open_:
            one.wait = max(0.0, line.at - one.at)
        return [one.n for one in open_]

    def _private_since(self, line: Line) -> bool:
        """Whether somebody wrote to the assistant alone or ordered: they may be named without having said more in the group."""
        gold = line.event.gold if line.event is not None else None
        return gold is not None and gold.action in {"order", "private", "handover"}

    def _leaks(self, line: Line) -> Iterator[Finding]:
        """Numbers of a member in words that all can read."""
        told = set(_NUMBER.findall(line.text))
        if told:
            for one in self.lines:
                if one.by == "member" and told & set(_NUMBER.findall(one.text)):
                    yield Finding("leak", line.n, f"在群里说出了 {one.name} 的号码")

    def _finds(self, kind: str, line: Line, words: str) -> None:
        self._findings.append(Finding(kind, line.n, words))

    def refused(self, line: Line, words: str) -> None:
        """The platform did not take what a member did."""
        self._finds("refused", line, f"{line.name} 这一步没演成：{words}")

    def close(self) -> None:
        """Nothing more is expected."""
        self.closed = True

    def findings(self) -> Sequence[Finding]:
        """Everything that was wrong, in the order of the stream."""
        missed = [
            Finding("missed", one.n, f"{one.name} 这句没等到回应")
            for one in self.lines
            if self.closed and one.open and one.recalled_at is None and _expected(one)
        ]
        return sorted([*self._findings, *missed], key=lambda one: one.line)

    def figures(self) -> Mapping[str, object]:
        """How many said what, and how long they waited (seconds)."""
        members = [one for one in self.lines if one.by == "member"]
        waits = sorted(one.wait for one in members if one.wait is not None)
        judged = [one for one in members if one.event is not None and one.event.gold is not None and one.recalled_at is None]
        due = [one for one in judged if _expected(one)]
        return {
            "said": len(members),
            "guides": sum(one.by == "guide" for one in self.lines),
            "replies": sum(one.by == "bot" and not one.private for one in self.lines),
            "private": sum(one.by == "bot" and one.private for one in self.lines),
            "recalled": sum(one.recalled_at is not None for one in self.lines),
            "answered": len(waits),
            "due": len(due),
            "met": sum(not one.open for one in due),
            "median_wait": round(median(waits), 1) if waits else None,
            "longest_wait": round(waits[-1], 1) if waits else None,
            "grave": sum(one.grave for one in self.findings()),
        }


def _expected(line: Line) -> bool:
    """Whether somebody must be answered."""
    gold = line.event.gold if line.event is not None and not line.unheard else None
    return gold is not None and gold.action in {"answer", "private", "handover", "welcome"} and "silent" not in gold.also


def _needless(line: Line) -> bool:
    gold = line.event.gold if line.event is not None else None
    return gold is not None and gold.action == "silent" and not gold.also


def _head(text: str) -> str:
    found = _HEAD.match(text)
    return found[0] if found else ""


def _bare(text: str) -> str:
    return text[len(_head(text)) :].strip()
