"""Pairs in a base that a person should look at: the same question kept twice, and answers that contradict each other.

Two entries are compared only where both may be told to one shopper on one day with nothing to decide between them: a gold
member's answer beside everybody's, or June's beside the usual one, is how a base should look.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from knowledge.eligibility import precedence
from knowledge.model import Audience, Entry, EntryId
from knowledge.ports import Embedder, Vectors
from knowledge.words import Reader, Reading

Kind = Literal["duplicate", "contradiction"]

ALIKE: Final = 0.6
"""Cosine from which on two phrasings bring their entries together; whether those ask the same is decided on all of theirs."""
_BLOCK: Final = 1024
"""Rows of one matrix product: 40 MB against 10 000 phrasings."""
_ROWS: Final = 8
"""Nearest foreign phrasings that are looked at for each."""
_BUCKETS: Final = 2048
"""Index terms are counted in so many buckets (CRC-32), so that two phrasings are compared by one product of rows."""
_BEST, _COVER, _ANSWERS, _MARKS, _LEVEL = 4.2, 3.6, 18.5, 2.5, -18.5
"""Weights of a logistic regression over 2 794 pairs of entries of the demo base, into which 101 twins were planted: entries cut
in two, half of them with another number, price, day or denial in the answer. ``_MARKS`` was set by hand."""
WORTH: Final = 0.5
"""Probability from which on a pair is shown."""
_SURELY: Final = 0.8
_MAJORITY: Final = 0.6

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_FACT: Final = re.compile(
    rf"{_NUMBER}\s*(个?工作日|个?小时|分钟|个?月|[天日年周岁元块折%瓶件盒片支个次倍级层公里斤]|ml|g|点)|[¥￥]\s*{_NUMBER}",
    re.IGNORECASE,
)
_UNITS: Final = {"日": "天", "个工作日": "工作日", "个小时": "小时", "个月": "月", "块": "元", "ML": "ml", "G": "g"}
_SPOKEN: Final = re.compile(r"[零一二两三四五六七八九十百]{1,5}(?=个?工作日|个?小时|分钟|个月|[天日年周元块折次瓶件盒支倍])")
_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_SAYS: Final = re.compile(
    r"(不|没有?|无需|不用|无法|别|未)?(?:会|太|能|再|另外|单独)?"
    r"(可以|支持|包邮|包退|包换|退换|退货|退款|需要|收费|免费|开票|能|有|含|收|送|补|算|限|参加|叠加|同享|适合|提供|寄|发)"
)
_STEMS: Final = {"可以": "能", "支持": "能", "能": "能"}
_NOT: Final = re.compile(r"不|没有|没|无法|未|[\s，。！？；,.!?;]")
_DIGIT: Final = re.compile(r"\d+(?:\.\d+)?")
_CLAUSE: Final = re.compile(r"[，。！？；,.!?;\n]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries to look at, the earlier one of the base first."""

    kind: Kind
    one: EntryId
    other: EntryId
    questions: tuple[str, str]
    """The phrasings that are most alike, one of each."""
    score: float
    """0…1, how sure that it is worth a look; pairs are sorted by it, contradictions first."""
    why: str
    """In the words of an editor."""


@dataclass(frozen=True, slots=True)
class _Side:
    """An entry with what is compared of it."""

    entry: Entry
    readings: tuple[Reading, ...]
    meaning: Vectors
    """One row a phrasing, as the two below."""
    words: Vectors
    answer: npt.NDArray[np.float32]
    marks: frozenset[str]
    """Words of weight in most of its phrasings."""
    all_words: frozenset[str]


def pairs(entries: Sequence[Entry], reader: Reader, embedder: Embedder, most: int = 200) -> tuple[Pair, ...]:
    """What is worth a look in a base, contradictions first, the surest first; at most ``most``. Deterministic.

    Phrasings are compared by matrix products, block by block; 10 000 of them take some seconds besides their encoding.
    """
    if len(entries) < 2:
        return ()
    owner = np.array([at for at, entry in enumerate(entries) for _ in entry.questions])
    readings = [reader.read(question) for entry in entries for question in entry.questions]
    vectors = embedder.embed([reading.text for reading in readings])
    sides = _sides(entries, readings, vectors, embedder.embed([entry.answer for entry in entries]))
    near = _candidates(vectors, owner, [reading.key for reading in readings])
    found = (_judged(sides[one], sides[other]) for one, other in sorted(near) if may_rival(entries[one], entries[other]))
    ranked = sorted(
        (pair for pair in found if pair is not None),
        key=lambda pair: (pair.kind != "contradiction", -pair.score, pair.one, pair.other),
    )
    return tuple(ranked[:most])


def _sides(entries: Sequence[Entry], readings: Sequence[Reading], vectors: Vectors, answers: Vectors) -> Sequence[_Side]:
    words = _bags(readings)
    sides, start = [], 0
    for at, entry in enumerate(entries):
        end = start + len(entry.questions)
        told = tuple(readings[start:end])
        counts = Counter(word for reading in told for word in reading.content)
        marks = frozenset(word for word, n in counts.items() if n >= max(2, _MAJORITY * len(told)))
        sides.append(_Side(entry, told, vectors[start:end], words[start:end], answers[at], marks, frozenset(counts)))
        start = end
    return sides


def _bags(readings: Sequence[Reading]) -> Vectors:
    """Rows of index terms, rare ones weighing more, of length 1."""
    rows = np.zeros((len(readings), _BUCKETS), np.float32)
    for row, reading in zip(rows, readings, strict=True):
        for term in reading.terms:
            row[zlib.crc32(term.encode("utf-8", "replace")) % _BUCKETS] += 1
    common = np.count_nonzero(rows, axis=0)
    rows *= np.log((len(readings) + 1) / (common + 1)).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows


def _candidates(vectors: Vectors, owner: npt.NDArray[np.int64], keys: Sequence[str]) -> set[tuple[int, int]]:
    """Entries with phrasings that are alike, or the same but for politeness and particles; each pair once."""
    found: set[tuple[int, int]] = set()
    for start in range(0, len(owner), _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors.T
        block[owner[start : start + _BLOCK, None] == owner[None, :]] = -1.0
        keep = min(_ROWS, block.shape[1] - 1)
        best = np.argpartition(-block, keep, axis=1)[:, :keep]
        rows, places = np.nonzero(np.take_along_axis(block, best, axis=1) >= ALIKE)
        for row, place in zip(rows, places, strict=True):
            one, other = int(owner[start + row]), int(owner[best[row, place]])
            found.add((min(one, other), max(one, other)))
    same: dict[str, set[int]] = {}
    for key, at in zip(keys, owner, strict=True):
        same.setdefault(key, set()).add(int(at))
    found.update((one, other) for owners in same.values() for one in owners for other in owners if one < other)
    return found


def _judged(one: _Side, other: _Side) -> Pair | None:
    """The verdict on two entries; None where there is nothing to look at."""
    alike = 0.5 * (one.meaning @ other.meaning.T) + 0.5 * (one.words @ other.words.T)
    agree = [
        [left.negated == right.negated and left.numbers == right.numbers for right in other.readings] for left in one.readings
    ]
    alike = np.where(np.array(agree), alike, 0.0)
    best = float(alike.max())
    first, second = map(int, np.unravel_index(int(alike.argmax()), alike.shape))
    exact = one.readings[first].key == other.readings[second].key
    cover = float(alike.max(axis=0).mean() + alike.max(axis=1).mean()) / 2
    answers = float(one.answer @ other.answer)
    apart = _apart(one, other, (first, second))
    level = _LEVEL + _BEST * best + _COVER * cover + _ANSWERS * answers - (_MARKS if apart else 0.0)
    score = 1.0 / (1.0 + math.exp(-level))
    reasons = () if one.entry.answer == other.entry.answer else tuple(differences(one.entry.answer, other.entry.answer))
    # answers that differ in every word may contradict each other all the same; then the questions alone must be sure
    sure = exact or (best >= _SURELY and cover >= _MAJORITY and not apart)
    if score < WORTH and not (sure and (reasons or exact)):
        return None
    questions = (one.entry.questions[first], other.entry.questions[second])
    return _told((one.entry, other.entry), questions, reasons, round(max(score, best if sure else 0.0), 4))


def _apart(one: _Side, other: _Side, nearest: tuple[int, int]) -> bool:
    """Whether each has a word of its own that the other never uses: 金卡 and 黑金, 退货 and 发票."""
    left, right = (side.readings[at].content for side, at in zip((one, other), nearest, strict=True))
    usual = one.marks - other.all_words and other.marks - one.all_words
    here = _weighty(left) - other.all_words and _weighty(right) - one.all_words
    return bool(usual or here)


def _weighty(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) > 1)


def _told(both: tuple[Entry, Entry], questions: tuple[str, str], reasons: Sequence[str], score: float) -> Pair:
    """The pair in an editor's words."""
    one, other = both
    asked = f"（“{questions[0]}”和“{questions[1]}”）" if questions[0] != questions[1] else f"（“{questions[0]}”）"
    if reasons:
        return Pair("contradiction", one.id, other.id, questions, score, f"问的差不多，答案对不上：{'；'.join(reasons)}{asked}")
    same = "答案一字不差，可以并成一条" if one.answer == other.answer else "答案也很像，看看要不要并成一条"
    return Pair("duplicate", one.id, other.id, questions, score, f"问的差不多，{same}{asked}")


def may_rival(one: Entry, other: Entry) -> bool:
    """Whether one shopper could be told either on one day, with nothing to decide between them."""
    if precedence(one) != precedence(other):
        return False
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_until or date.max, other.valid_until or date.max)
    return begins <= ends and _may_meet(one.audience, other.audience)


def _may_meet(one: Audience, other: Audience) -> bool:
    conditions = (
        (one.channels, other.channels),
        (one.stores, other.stores),
        (one.levels, other.levels),
        (one.regions, other.regions),
        ({one.guide} - {""}, {other.guide} - {""}),
        *((values, other.tags.get(name, frozenset())) for name, values in one.tags.items()),
    )
    return all(not left or not right or left & right for left, right in conditions)


def differences(one: str, other: str) -> Iterator[str]:
    """Where two answers cannot both be right, in words: 七天 and 15天, 可以 and 不可以, 包邮 and 不包邮."""
    one, other = (_SPOKEN.sub(lambda found: str(_value(found[0])), answer) for answer in (one, other))
    if one != other and _NOT.sub("", one) == _NOT.sub("", other):
        yield "只差一个“不”字"
        return
    if one != other and (masked := _DIGIT.sub("#", one)) == _DIGIT.sub("#", other) and "#" in masked:
        told = [(a, b) for a, b in zip(_DIGIT.findall(one), _DIGIT.findall(other), strict=True) if a != b]
        yield "只有数字不一样：" + "、".join(f"{a} 和 {b}" for a, b in told)
        return
    left, right = _facts(one), _facts(other)
    for unit in left:
        if unit in right and not left[unit] & right[unit]:
            yield f"{_row(left[unit], unit)} 和 {_row(right[unit], unit)}"
    yes, no = _polarity(one), _polarity(other)
    for stem in yes:
        if stem in no and len(yes[stem]) == len(no[stem]) == 1 and yes[stem] != no[stem]:
            affirmed = True in yes[stem]
            said, denied = (stem, f"不{stem}") if affirmed else (f"不{stem}", stem)
            yield f"一条说“{said}”，一条说“{denied}”"


def _row(values: frozenset[str], unit: str) -> str:
    return "、".join(f"{value}{unit}" for value in sorted(values, key=float))


def _facts(answer: str) -> Mapping[str, frozenset[str]]:
    """Unit → the numbers that stand before it, spoken ones already as digits."""
    found: dict[str, set[str]] = {}
    for one in _FACT.finditer(answer):
        number, unit, price = one[1], one[2], one[3]
        unit = "元" if price else _UNITS.get(unit, unit)
        found.setdefault(unit, set()).add(f"{float(price or number):g}")
    return {unit: frozenset(values) for unit, values in found.items()}


def _value(numeral: str) -> int:
    total = digit = 0
    for sign in numeral:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def _polarity(answer: str) -> Mapping[str, frozenset[bool]]:
    """What an answer affirms (True) and denies (False), by the stem of the word; only its first clauses decide."""
    found: dict[str, set[bool]] = {}
    for clause in _CLAUSE.split(answer)[:3]:
        for one in _SAYS.finditer(clause):
            stem = _STEMS.get(one[2], one[2])
            found.setdefault(stem, set()).add(one[1] is None)
    return {stem: frozenset(values) for stem, values in found.items()}
