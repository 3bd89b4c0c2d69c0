"""Makes ``scripts/lint/sounds.py`` and ``scripts/lint/fluent.py`` out of `intents.syllables` and jieba 0.42.1 (MIT).

And ``scripts/lint/leads.py``: the characters with which a match of each rule can begin, so that no place is tried in vain.

    python tests/unit/scripts/make_lint_tables.py      (from the checkout; writes all three)

A room may import no other one, so the readings stand twice, made from one source; they are cut down to syllables of guarded words.
"""

import re._parser as parser
import zlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jieba

from intents.pinyin import readings
from scripts.lint.finding import RULES
from scripts.lint.model import spelt
from scripts.lint.words import WORDS

_LINT = Path(__file__).parents[3] / "scripts" / "lint"
_OFTEN = 220
"""Occurrences from which on two characters side by side are a word of their own (jieba counted 60 million)."""
_SELDOM = 20
"""Occurrences from which on a word that sounds like a guarded one may have been meant."""
_SHOP = [
    "定级",
    "约妆",
    "极简",
    "极速",
    "极光",
    "绝了",
    "保真",
    "返场",
    "返程",
    "现货",
    "平价",
    "评级",
    "醉了",
    "嘴角",
    "罪恶",
    "公屏",
    "开屏",
    "星评",
    "礼券",
    "反光",
    "反馈",
    "反向",
    "反选",
    "反季",
    "台词",
    "台词",
]
"""Words of shop talk that jieba does not know or hardly counted."""
_WIDTH = 126
_ROW = 52
"""Characters of a lead that stand on one line."""


def lines(groups: list[str]) -> str:
    """Groups divided by `|`, broken anywhere; a Chinese character is two wide."""
    broken, width = [""], 0
    for char in "|".join(groups):
        step = 1 if char.isascii() else 2
        if width + step > _WIDTH:
            broken.append("")
            width = 0
        broken[-1] += char
        width += step
    return "\n".join(broken)


def sounds(guarded: frozenset[str]) -> str:
    """``zui最罪醉嘴``: each syllable of a guarded character and all that may be read so."""
    spoken = readings()
    wanted = {syllable for char in guarded for syllable in spoken[char]}
    alike: dict[str, list[str]] = defaultdict(list)
    for char, several in spoken.items():
        for syllable in several:
            if syllable in wanted:
                alike[syllable].append(char)
    return lines([syllable + "".join(chars) for syllable, chars in sorted(alike.items())])


def fluent(guarded: frozenset[str]) -> str:
    """``醉心意倒``: a character and all that make a usual word of two with it, where a disguise of a guarded word could stand."""
    spoken = readings()
    wanted = {syllable for char in guarded for syllable in spoken[char]}
    followers: dict[str, list[str]] = defaultdict(list)
    pairs = {(a, b) for word in WORDS if len(word) == 2 for a in spoken[word[0]] for b in spoken[word[1]]}
    for word, times in {**jieba.dt.FREQ, **dict.fromkeys(_SHOP, _OFTEN)}.items():
        if len(word) != 2 or not times or any(char not in spoken for char in word):
            continue
        heard = times >= _SELDOM and any((a, b) in pairs for a in spoken[word[0]] for b in spoken[word[1]])
        often = times >= _OFTEN and any(not wanted.isdisjoint(spoken[char]) for char in word)
        if heard or often:
            followers[word[0]].append(word[1])
    return lines([first + "".join(rest) for first, rest in sorted(followers.items())])


def lead(grammar: Iterable[tuple[object, Any]]) -> tuple[set[str] | None, bool]:
    """Characters with which a match may begin (None: any), and whether it may be empty."""
    found: set[str] = set()
    for sort, what in grammar:
        some, empty = _lead_of(str(sort), what)
        if some is None:
            return None, empty
        found |= some
        if not empty:
            return found, False
    return found, True


def _lead_of(sort: str, what: Any) -> tuple[set[str] | None, bool]:
    match sort:
        case "LITERAL":
            return {chr(what)}, False
        case "BRANCH":
            several = [lead(one) for one in what[1]]
            empty = any(one[1] for one in several)
            sets = [one[0] for one in several]
            return (None if None in sets else set().union(*(one for one in sets if one))), empty
        case "SUBPATTERN":
            return lead(what[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            some, empty = lead(what[2])
            return some, empty or what[0] == 0
        case "IN":
            return _lead_of_set(what), False
        case "ASSERT" | "ASSERT_NOT" | "AT":
            return set(), True
        case _:
            return None, False


def _lead_of_set(what: Iterable[tuple[object, Any]]) -> set[str] | None:
    found: set[str] = set()
    for sort, one in what:
        if str(sort) == "LITERAL":
            found.add(chr(one))
        elif str(sort) == "RANGE" and one[1] - one[0] < 100:
            found |= {chr(code) for code in range(one[0], one[1] + 1)}
        elif str(sort) == "CATEGORY" and str(one) == "CATEGORY_DIGIT":
            found |= set("0123456789")
        else:
            return None
    return found


def leads() -> dict[int, str]:
    """The checksum of each pattern as it is spelt out, and what its matches begin with."""
    table = {}
    for rule in RULES:
        whole = spelt(rule.pattern)
        some, empty = lead(parser.parse(whole))
        # marks that mean something inside brackets begin no pattern worth the trouble
        if some and not empty and some.isdisjoint("\\\\]^-"):
            table[zlib.crc32(whole.encode())] = "".join(sorted(some))
    return table


def main() -> None:
    """Write all three."""
    jieba.initialize()
    guarded = frozenset("".join(WORDS))
    made = "Made by ``tests/unit/scripts/make_lint_tables.py``"
    (_LINT / "sounds.py").write_text(
        f'"""Characters by how they sound: each syllable of a guarded word and all that may be read so; `|` divides, lines break anywhere.\n\n'
        f'{made} from `intents.syllables` (pypinyin and jieba, both MIT).\n"""\n\nSOUNDS = """\n{sounds(guarded)}\n"""\n',
        "utf-8",
    )
    (_LINT / "fluent.py").write_text(
        f'"""Usual words of two characters: a first one and all that follow it; `|` divides, lines break anywhere.\n\n'
        f'{made} from jieba 0.42.1 (MIT): words of at least {_OFTEN}\noccurrences, and of {_SELDOM} where they sound like a guarded word.\n"""\n\nFLUENT = """\n{fluent(guarded)}\n"""\n',
        "utf-8",
    )
    rows = "\n".join(f"    {key}: {_bracketed(chars)}," for key, chars in leads().items())
    (_LINT / "leads.py").write_text(
        '"""Characters with which a match of a pattern can begin, by the checksum of the pattern as it is spelt out.\n\n'
        f"{made}; a pattern that\nwas changed since is searched without, which is slower and finds the same.\n"
        f'"""\n\nfrom collections.abc import Mapping\nfrom typing import Final\n\nLEADS: Final[Mapping[int, str]] = {{\n{rows}\n}}\n',
        "utf-8",
    )


def _bracketed(chars: str) -> str:
    if len(chars) <= _ROW:
        return f'("{chars}")'
    rows = "\n".join(f'        "{chars[at : at + _ROW]}"' for at in range(0, len(chars), _ROW))
    return f"(\n{rows}\n    )"


if __name__ == "__main__":
    main()
