"""Pinyin typed in Latin letters, as a whole (``duoshao qian``) or inside a Chinese word (优hui券), back to characters.

Only what divides wholly into words of everyday shop talk is touched, so that English words and brands stay what they are.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from intents.pinyin import readings, syllables
from intents.retail import FLUENT, SOUGHT

_RUN = re.compile(r"(?<![A-Za-z0-9'._@/&+-])[A-Za-z]{1,24}(?:[ '][A-Za-z]{1,24}){0,9}(?![A-Za-z0-9'._@/&+-])")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SINGLE_WORDS = """
wo我 ni你 ta他 yao要 de的 le了 ma吗 hao好 bu不 mei没 you有 shi是 zai在 qian钱 ge个 jian件 tui退 huan换 mai买 neng能 hai还 na那
zhe这 dou都 hen很 gei给 ba吧 ne呢 a啊 ya呀 jiu就 xiang想 duo多 shao少 yong用 chi吃 chuan穿 kan看 lai来 qu去 yi一 dao到 dan单
kuai块 fa发 ji几 hui会 ke可 bei被 huai坏 cuo错 ping瓶 xie些 guo过 gui贵 qing请 wen问 tai太 xian先 zhong中 da大 xiao小 lian脸
hou后 qin亲 qi起 jia家 shou收 qia恰 ci次 tian天 deng等 zen怎 me么 jiang降 quan券 bao包 ding订 dian点 he和 song送 rang让 dui对
cha查 xi洗
"""
_SINGLE: Mapping[str, str] = {one[:-1]: one[-1] for one in _SINGLE_WORDS.split()}
"""Syllables that are words of their own between others."""
_LOOSE_WORDS = "wo ni yao de le ma hao bu mei you zai neng hai xiang ba ne a gei zhe na shi hen tai dou jiu"
_LOOSE = frozenset(_LOOSE_WORDS.split())
"""Those that may be written together with their neighbours (woyaotuihuo)."""
_ENGLISH_WORDS = """
women men name same here there one to do die lie pie tie song long ban fan can pan man ran tan ten pen pin sun run fun gun bun
an in on no so go he me we she be bi hi ha ho la mi re da di du you use made gene gang bang sang hang rang sing sting tong
wing ping china chang lining anta haier huawei xiaomi meizu oppo lala mama papa baba nana bobo dodo coco lulu kiki gigi mimi
yoyo banana panda sushi tofu bento nano lego dove bilibili popo nini sansui fuse pole dama mima guide nike puma fila dior olay
aesop tang zara mango gap sale size like life time mini maxi bio pure rose lemon cafe latte tea juice cake pizza menu hen pai
bin lin wang chen liu zhang huang zhao
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
"""Tokens that are English, a brand or a surname first of all; a run that holds one of them alone is left as it is."""
_NUMERALS = frozenset("二三四五六七八九十百千万两")
_LONGEST = 16
_LEAST = 4
"""Letters that a whole run must have."""

Edit = tuple[int, int, str]


@cache
def _words() -> Mapping[str, str]:
    """Letters of a word to the word; of several the first in the list."""
    spoken, table = readings(), dict[str, str]()
    for word in SOUGHT:
        if _NUMERALS.isdisjoint(word) and all(char in spoken for char in word):
            for several in product(*(spoken[char][:2] for char in word)):
                table.setdefault("".join(several), word)
    return table


def spelled(text: str) -> Iterator[Edit]:
    """Pinyin to characters, from left to right and not overlapping."""
    for found in _RUN.finditer(text):
        run, start = found[0], found.start()
        if inside := _inside(text, start, found.end(), run):
            yield inside
        elif _plausible(run) and (said := _said(run.lower())):
            yield start, found.end(), said


def _plausible(run: str) -> bool:
    """Whether a run can be pinyin at all: long enough, not in capitals, no English word among its tokens."""
    tokens = run.replace("'", " ").split(" ")
    if len(run) < _LEAST or any(not token[1:].islower() for token in tokens if len(token) > 1):
        return False
    english = [token for token in tokens if token.lower() in _ENGLISH]
    return 2 * len(english) <= len(tokens) if len(tokens) > 2 else not english


def _said(run: str) -> str | None:
    """The words of a run of letters and spaces, if it divides wholly into them and one of them has several syllables."""
    tokens = re.split(r"[ ']", run)
    letters, borders = "".join(tokens), {0}
    at = 0
    for token in tokens:
        at += len(token)
        borders.add(at)
    best: list[tuple[int, str, bool] | None] = [(0, "", False), *([None] * len(letters))]
    for end in range(1, len(letters) + 1):
        best[end] = min(filter(None, _ending(letters, end, borders, best)), default=None)
    last = best[-1]
    return last[1] if last and last[2] else None


def _ending(
    letters: str, end: int, borders: set[int], best: list[tuple[int, str, bool] | None]
) -> Iterator[tuple[int, str, bool] | None]:
    """Ways to read the letters up to a place, each as (number of words, text, whether a word has several syllables)."""
    for start in range(max(0, end - _LONGEST), end):
        before, piece = best[start], letters[start:end]
        if before is None:
            continue
        if word := _words().get(piece):
            yield before[0] + 2, before[1] + word, True
        elif (char := _SINGLE.get(piece)) and (piece in _LOOSE or {start, end} <= borders):
            yield before[0] + 3, before[1] + char, before[2]


def _inside(text: str, start: int, end: int, run: str) -> Edit | None:
    """One or two syllables that stand for characters of a word around them, e.g. 优hui券."""
    if not 2 <= len(run) <= 10 or not run.isalpha() or not run.islower():
        return None
    for cut in range(1, len(run) + 1):
        parts = (run,) if cut == len(run) else (run[:cut], run[cut:])
        if all(part in syllables() for part in parts) and (word := _around(text, start, end, parts)):
            return start, end, word
    return None


def _around(text: str, start: int, end: int, parts: tuple[str, ...]) -> str | None:
    """Characters that read as ``parts`` and make a word of the shop with their Chinese neighbours."""
    left, right = text[max(0, start - 3) : start], text[end : end + 3]
    for before in range(len(left), -1, -1):
        for after in range(len(right), -1, -1):
            head, tail = left[len(left) - before :], right[:after]
            size = len(head) + len(parts) + len(tail)
            if head + tail and 2 <= size <= 4 and all(map(_HAN.match, head + tail)):
                for middle in _framed().get((head, len(parts), tail), ()):
                    if all(part in readings().get(char, ()) for part, char in zip(parts, middle, strict=True)):
                        return middle
    return None


@cache
def _framed() -> Mapping[tuple[str, int, str], tuple[str, ...]]:
    """(what is before, how many characters, what is after) to the characters of the shop's words that stand between."""
    table: dict[tuple[str, int, str], dict[str, None]] = {}
    for word in SOUGHT:
        if len(word) <= 4 and word in FLUENT:
            for start in range(len(word)):
                for size in (1, 2):
                    if size < len(word) and start + size <= len(word):
                        table.setdefault((word[:start], size, word[start + size :]), {})[word[start : start + size]] = None
    return {frame: tuple(found) for frame, found in table.items()}
