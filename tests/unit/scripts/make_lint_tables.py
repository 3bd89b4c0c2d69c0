"""Makes ``scripts/lint/sounds.py`` and ``scripts/lint/fluent.py`` out of `intents.syllables` and jieba 0.42.1 (MIT).

    python tests/unit/scripts/make_lint_tables.py      (from the checkout; writes both)

A room may import no other one, so the readings stand twice, made from one source; they are cut down to syllables of guarded words.
"""

from collections import defaultdict
from pathlib import Path

import jieba

from intents.pinyin import readings
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


def main() -> None:
    """Write both."""
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


if __name__ == "__main__":
    main()
