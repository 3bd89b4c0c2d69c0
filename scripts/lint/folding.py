"""How a text is written, made one, with the way back: width, case, script, invisible characters, noise between characters."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from scripts.lint.disguises import parts, pictures
from scripts.lint.sounds import SOUNDS

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd\ud800-\udfff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_VARIANTS = """
蕞最 冣最 朂最 囯国 囻国 囶国 恏好 苐第 弌一 弍二 弎三 卐万 伱你 沵你 牠它 浭更 汏大 菿到 恠怪 嘚的 啲的 咹安 佺全 網网 価价
薬药 対对 気气 効效 広广 証证 栄荣 変变 発发 髮发 廣广 絶绝 浄净 験验 医医 ⅰ1 ↓下 ↑上 ⬇下 ⬆上 ⼀一 〡一 ➊1 ❶1 ❷2 ❸3 ❹4 ❺5 ❻6
❼7 ❽8 ❾9 ❿10 ➀1 ➁2 ➂3 ➃4 ➄5 ⓵1 ⓹5 ⓿0 ⺠民 ⻢马 ⻝食 ⺼肉 ⻄西 ⻅见 髙高 莪我
"""
_PICTURES = """
⭐星 🌟星 ★星 ☆星 ✩星 ✭星 ✨星 💯百分百 🧧红包 🥇第一 💰钱 💵钱 💴钱 💸钱 🤑钱 🎁礼品 🔝顶级 💊药 💉针 🆓免费 🉐得 ㊙秘 🈚无
🉑可 👑冠军 🏆冠军 🍼奶粉 🤱母乳 🔟10 🐂牛 🐮牛 📅天 🩺医生 👶宝宝 📸晒图 🎫券 🎟券 ➕+ 💴钱
"""
_LETTERS = dict(
    zip("аеорсухіјѕԁһкмнтвƅαοινɑɡıρτκ", "aeopcyxijsdhkmhtbbaoivagiptk", strict=True),
)
_CIRCLED = {chr(0x1F170 + at): chr(97 + at) for at in range(26)} | {chr(0x1F150 + at): chr(97 + at) for at in range(26)}
_STRANGE = re.compile(r"[^\x20-\x7e\n\u4e00-\u9fff、。“”‘’《》【】「」]")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width letters and marks, one for one."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in one way of writing."""

    text: str
    starts: tuple[int, ...]
    """For each character, where its source begins in the text as written."""
    ends: tuple[int, ...]
    """For each character, where its source ends (exclusive)."""

    def replaced(self, edits: Sequence[tuple[int, int, str]]) -> "Folded":
        """With edits (start, end, what stands there instead), in order and not overlapping; each knows its whole source."""
        if not edits:
            return self
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in edits:
            parts += (self.text[done:start], new)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            same = len(new) == end - start
            starts += self.starts[start:end] if same else [self.starts[start]] * len(new)
            ends += self.ends[start:end] if same else [self.ends[end - 1]] * len(new)
            done = end
        parts.append(self.text[done:])
        return Folded("".join(parts), (*starts, *self.starts[done:]), (*ends, *self.ends[done:]))


@cache
def known() -> frozenset[str]:
    """Characters that are simplified already, as far as they sound like a guarded word."""
    return frozenset(SOUNDS) - frozenset("\n|")


@cache
def _signs() -> dict[str, str]:
    """What single characters stand for."""
    table = dict(_LETTERS) | _CIRCLED
    table |= {row[0]: row[1:] for row in _VARIANTS.split()}
    return table


@cache
def _meanings() -> dict[str, str]:
    """What single pictures stand for where they stand for words."""
    return {row[0]: row[1:] for row in _PICTURES.split()}


@cache
def _certain() -> frozenset[str]:
    """Chinese characters that are never written for their own sake."""
    return frozenset(filter(_is_han, _signs()))


@cache
def _converter() -> Callable[[str], str]:
    """OpenCC from traditional to simplified, made once (it reads its dictionaries)."""
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are read when the first text needs them

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def pictured(text: str) -> bool:
    """Whether a picture that may stand for a word is in a text."""
    return not _meanings().keys().isdisjoint(text)


def folded(text: str, *, pictures: bool = True) -> Folded:
    """A text in one way of writing; ``pictures``: those that stand for words are read so."""
    text = text.translate(_WIDTH)
    if _STRANGE.search(text) is None and _certain().isdisjoint(text):
        lower = text.lower()
        return _simplified(Folded(lower, tuple(range(len(text))), tuple(range(1, len(text) + 1))))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    signs = _signs() | _meanings() if pictures else _signs()
    for at, char in enumerate(text):
        if _INVISIBLE.match(char):
            continue
        new = signs.get(char) or char
        if new == char and not char.isascii() and not "\U0001f200" <= char <= "\U0001f2ff":
            apart = char < "\u0250"  # zuì is zui
            new = _INVISIBLE.sub("", unicodedata.normalize("NFKD" if apart else "NFKC", char))
        for part in new.lower():
            parts.append(plain if len(plain := signs.get(part, part)) == 1 else part)
            starts.append(at)
            ends.append(at + 1)
    one = Folded("".join(parts), tuple(starts), tuple(ends))
    one = one.replaced([(*found.span(), "一") for found in _DASHED.finditer(one.text)])
    return _simplified(one)


def _simplified(one: Folded) -> Folded:
    """繁体 as 简体, character by character where a phrase would change length."""
    one = Folded(_unfigured(one.text), one.starts, one.ends)
    if one.text.isascii() or known().issuperset(char for char in one.text if _is_han(char)):
        return one
    convert = _converter()
    simple = convert(one.text)
    if len(simple) != len(one.text):
        simple = "".join(new if len(new := convert(char)) == 1 else char for char in one.text)
    return Folded(simple, one.starts, one.ends)


def _unfigured(text: str) -> str:
    """A nought between letters as the letter that it was drawn for: ha0 → hao, n0.1 → no.1."""
    return _NOUGHT.sub("o", text) if "0" in text else text


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


_DASHED = re.compile(r"(?<=第)[—–ー―丨〡|-](?=[\u4e00-\u9fff])")
"""A dash that is drawn for the figure."""
_NOUGHT = re.compile(r"(?<=[a-z])0(?![\d%])")
_MARKS = ",。!?;:、\n"
_SEGMENT = re.compile(r"[\u3400-\u9fffa-z0-9%{}]+")
_ALONE = frozenset("好对嗯是行啊哦亲哎诶唉喂和或与及的了吗呢吧")
"""A character that is often said by itself."""


def closed(one: Folded) -> Folded:
    """Without noise between characters that stand alone: 最 好 的 → 最好的, 消，炎 → 消炎; 您好，评价 stays."""
    segments = [found.span() for found in _SEGMENT.finditer(one.text)]
    edits: list[tuple[int, int, str]] = []
    for (left, begin), (end, right) in pairwise(segments):
        gap = one.text[begin:end]
        lonely = [one.text[a:b] for a, b in ((left, begin), (end, right)) if b - a == 1 and _is_han(one.text[a])]
        halved = gap.isspace() and one.text[begin - 1] + one.text[end] in parts()
        if not (lonely or halved) or not pictures().isdisjoint(gap):
            continue
        marked = any(char in _MARKS for char in gap)
        if halved or not marked or (len(lonely) == 2 or lonely[0] not in _ALONE):
            edits.append((begin, end, ""))
    return one.replaced(edits)
