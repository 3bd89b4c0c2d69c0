"""The assistant's voice as settings that can be checked, and the words that it never says."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Address = Literal["亲", "您", "你"]
Emoji = Literal["none", "few", "free"]
MisfitRule = Literal["forbidden", "address", "emoji", "ending"]
FEW = 2
"""Emoji in one message that are still few."""

_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]")
_FACT = re.compile(r"\{[^{}|\s]+\}")
_NAME = re.compile(r"\{[^{}|\s]+\||\}")
"""What of a placeholder is not said: its name; the fall-back is."""
_SAID, _HIDDEN = "\ue000", "\u00ad"
"""Stand for a fact, whose words nobody knows yet, and for what is not said."""
_EMOJI = re.compile(
    r"[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|"
    r"[\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23fa\U0001f300-\U0001faff]"
    r"(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\u2600-\u27bf\U0001f300-\U0001faff])*"
)
_DEAR = re.compile(r"(?<![母父双至相表单可成])亲(?=爱的|们|亲|[，,～~！!。：:、\s\u00ad您你]|$)|宝子")
_CLOSE = re.compile(r"(?<!迷)你(?!我)")
_POLITE = re.compile(r"您")
_ENDS = r"(?=[～~…。，,！!？?；;、\s\u00ad」”]|$)"


@dataclass(frozen=True, slots=True)
class Persona:
    """How the assistant speaks."""

    address: Address | None = None
    """How shoppers are called; None: as the writer likes."""
    emoji: Emoji = "free"
    endings: tuple[str, ...] = ()
    """Particles that no sentence ends with."""
    forbidden: tuple[str, ...] = ()
    """Words that are never said."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place where a text does not sound like the assistant."""

    rule: MisfitRule
    words: str
    start: int
    end: int
    """Both in the text as it is written."""
    why: str
    way_out: str


def folded(text: str) -> str:
    """A text as forbidden words are looked for: width, capitals, spaces and unseen signs make no difference."""
    return _folded(text)[0]


def says(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds any of the words, which are folded already."""
    if not words:
        return False
    found = folded(text)
    return any(word in found for word in words)


def misfits(text: str, persona: Persona) -> tuple[Misfit, ...]:
    """Everything in a text that the persona would not say, in its order; fall-backs of placeholders count, their names do not."""
    spoken = _FACT.sub(lambda match: _SAID * len(match[0]), text)
    spoken = _NAME.sub(lambda match: _HIDDEN * len(match[0]), spoken)
    found = (*_forbidden(spoken, persona), *_address(spoken, persona), *_emoji(spoken, persona), *_endings(spoken, persona))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its signs where it stands in the text."""
    signs: list[str] = []
    places: list[int] = []
    for at, sign in enumerate(text):
        if _UNSEEN.match(sign):
            continue
        for one in unicodedata.normalize("NFKC", sign).casefold():
            if not one.isspace():
                signs.append(one)
                places.append(at)
    return "".join(signs), places


def _forbidden(text: str, persona: Persona) -> Iterator[Misfit]:
    plain, places = _folded(text)
    for word in persona.forbidden:
        sought = folded(word)
        at = plain.find(sought) if sought else -1
        while at >= 0:
            start, end = places[at], places[at + len(sought) - 1] + 1
            why = f"“{word}”是人设里写明不说的词"
            yield Misfit("forbidden", word, start, end, why, "换一个说法，或者在人设里去掉这个词")
            at = plain.find(sought, at + len(sought))


def _address(text: str, persona: Persona) -> Iterator[Misfit]:
    wrong = {"您": (_CLOSE, _DEAR), "你": (_POLITE, _DEAR), "亲": (_CLOSE,) if "您" in text else ()}
    for pattern in wrong.get(persona.address or "", ()):
        for match in pattern.finditer(text):
            why = f"人设称呼顾客用“{persona.address}”，这里是“{match[0]}”"
            if persona.address == "亲":
                why = "同一句里“您”和“你”混着用"
            way_out = f"改成“{'您' if persona.address == '亲' else persona.address}”"
            yield Misfit("address", match[0], match.start(), match.end(), why, way_out)


def _emoji(text: str, persona: Persona) -> Iterator[Misfit]:
    allowed = {"none": 0, "few": FEW, "free": None}[persona.emoji]
    if allowed is None:
        return
    for match in list(_EMOJI.finditer(text))[allowed:]:
        why = "人设不用表情" if allowed == 0 else f"人设一条话里最多 {allowed} 个表情"
        yield Misfit("emoji", match[0], match.start(), match.end(), why, "去掉这个表情")


def _endings(text: str, persona: Persona) -> Iterator[Misfit]:
    for ending in persona.endings:
        for match in re.finditer(re.escape(ending) + _ENDS, text):
            why = f"人设说话不用“{ending}”收尾"
            yield Misfit("ending", match[0], match.start(), match.end(), why, f"去掉句末的“{ending}”")
