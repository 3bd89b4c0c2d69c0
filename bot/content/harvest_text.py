"""Questions and answers in plain text: 问：/答：, Q:/A:, numbered questions, or a question on a line above its answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.content.harvest_values import LONGEST_QUESTION, Pair, Reading
from bot.errors import Problem

_ASKS: Final = re.compile(
    r"^\s*(?:\d{1,3}\s*[.、．)）]\s*)?(?:[【\[]\s*(?:问题?|提问|[QqＱ])\s*\d{0,3}\s*[】\]]\s*[:：]?|"
    r"(?:问题?|提问|顾客|客户|[QqＱ](?:uestion)?)\s*\d{0,3}\s*[:：.、．])\s*(.*)$"
)
_ANSWERS: Final = re.compile(
    r"^\s*(?:[【\[]\s*(?:答案?|回答|回复|[AaＡ])\s*\d{0,3}\s*[】\]]\s*[:：]?|"
    r"(?:答案?|回答|回复|解答|客服|[AaＡ](?:nswer)?)\s*\d{0,3}\s*[:：.、．])\s*(.*)$"
)
_NUMBERED: Final = re.compile(
    r"^\s*(?:[（(]?\d{1,3}\s*[.、．)）]|第[一二三四五六七八九十百\d]{1,4}[条问]\s*[、:：]?|[一二三四五六七八九十]{1,3}\s*[、.．])\s*(.+)$"
)
QUESTION: Final = re.compile(
    r"[?？]\s*$|[吗么呢嘛]\s*$|(?:怎么|如何|什么|谁|哪|咋|啥|多久|多少|几天|能不能|可不可以|是否|为什么|有没有|怎样)[^。！；]{0,40}$"
)
"""What looks like a question."""


def asks(line: str) -> bool:
    """Whether a line reads like a question."""
    return len(line) <= LONGEST_QUESTION and QUESTION.search(line.strip()) is not None


@dataclass(slots=True)
class _Open:
    """A question whose answer is being read."""

    line: int
    questions: list[str]
    answer: list[str] = field(default_factory=list)
    answering: bool = False

    @property
    def pair(self) -> Pair:
        return Pair(tuple(self.questions), "\n".join(self.answer).strip(), self.line)


def text_pairs(file: str, text: str) -> Reading:
    """The pairs of a text, and questions that stand there without an answer."""
    lines = text.split("\n")
    read = _marked if any(_ASKS.match(line) for line in lines) else _bare
    pairs, problems = [], []
    for pair in read(lines):
        if pair.answer:
            pairs.append(pair)
        else:
            problems.append(Problem(file, pair.line, "", f"“{pair.questions[0][:30]}”后面没有答案，没有导入"))
    if not pairs and not problems:
        problems.append(Problem(file, None, "", "没有找到问答：请写成“问：…”“答：…”，或者一行问题、下一行答案"))
    return Reading(pairs, problems)


def _marked(lines: Sequence[str]) -> Iterator[Pair]:
    """问：… 答：…; several questions before one answer are ways to ask it."""
    now: _Open | None = None
    for number, line in enumerate(lines, 1):
        if (asked := _ASKS.match(line)) and asked[1].strip():
            if now is not None and not now.answering:
                now.questions.append(asked[1].strip())
                continue
            if now is not None:
                yield now.pair
            now = _Open(number, [asked[1].strip()])
        elif now is None:
            continue
        elif (answered := _ANSWERS.match(line)) is not None and not now.answering:
            now.answering = True
            now.answer.append(answered[1])
        elif now.answering:
            now.answer.append(line)
        elif line.strip():
            now.answering = True  # the answer follows without a mark of its own
            now.answer.append(line)
    if now is not None:
        yield now.pair


def _bare(lines: Sequence[str]) -> Iterator[Pair]:
    """A numbered question, or a line with a question mark; what follows up to the next one is its answer."""
    now: _Open | None = None
    for number, line in enumerate(lines, 1):
        numbered = _NUMBERED.match(line)
        said = (numbered[1] if numbered else line).strip()
        question, answer = _split(said)
        if asks(question) and (numbered is not None or _stands_alone(lines, number - 1)):
            if now is not None:
                yield now.pair
            now = _Open(number, [question], [answer] if answer else [])
        elif now is not None:
            now.answer.append(line)
    if now is not None:
        yield now.pair


def _split(said: str) -> tuple[str, str]:
    """能退吗？七天内可以。 on one line: the question and what follows it."""
    question, mark, answer = said.partition("？") if "？" in said else said.partition("?")
    return (question + mark, answer.strip()) if mark and answer.strip() and not asks(answer) else (said, "")


def _stands_alone(lines: Sequence[str], at: int) -> bool:
    """An unnumbered question opens a pair where a paragraph begins; inside an answer it is rhetoric."""
    return at == 0 or not lines[at - 1].strip() or len(lines[at]) <= 40
