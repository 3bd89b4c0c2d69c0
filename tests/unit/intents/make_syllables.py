"""Makes `intents/syllables.py`: the readings of common characters, from pypinyin (MIT) weighed by jieba's word frequencies.

    python -m venv /tmp/readings && /tmp/readings/bin/pip install pypinyin==0.55.0 jieba==0.42.1 "setuptools<81"
    /tmp/readings/bin/python tests/unit/intents/make_syllables.py > intents/syllables.py

The characters are those of GB 2312 and a few of the internet's own. A reading counts if at least one in fifty of a
character's occurrences in jieba's words (of at least frequency 3) has it.
"""

import unicodedata
from collections import Counter, defaultdict

import jieba
from pypinyin import Style, lazy_pinyin, pinyin

_LATER = "囧嘚嘞嗨噻啵哒啫喱囤囡嗲怼撸槑嬷祛镭瓯嗳咩煲粿馐焖焗煸餸氨氪璐琦瑄妤晟堃颢"
_HEAD = '''"""Readings of common characters without tones: each syllable, the characters that are usually read so, after a slash those
that sometimes are; frequent ones first. ü is written v,
`|` divides syllables and lines break anywhere.

Made by ``tests/unit/intents/make_syllables.py`` (its command is there) from pypinyin 0.55.0 (MIT) and jieba 0.42.1 (MIT).
"""

SYLLABLES = """
'''
_WIDTH = 126


def characters() -> list[str]:
    """GB 2312 and later ones, each once."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return list(dict.fromkeys([*found, *_LATER]))


def readings(wanted: list[str]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """For each character how often it is read how, and how often it occurs."""
    weights: dict[str, Counter[str]] = defaultdict(Counter)
    times: Counter[str] = Counter()
    known = set(wanted)
    for word, frequency in jieba.dt.FREQ.items():
        if frequency < 3 or len(word) > 4 or known.isdisjoint(word):
            continue
        spoken = lazy_pinyin(word, errors=lambda rest: ["?"] * len(rest))
        if len(spoken) != len(word):
            continue
        for char, syllable in zip(word, spoken, strict=True):
            if char in known and syllable.isalpha():
                weights[char][syllable] += frequency
        times.update(dict.fromkeys(word, frequency))
    return weights, times


def table() -> list[str]:
    """The lines of the table: ``de的得/地``."""
    wanted = characters()
    weights, times = readings(wanted)
    usual: dict[str, list[str]] = defaultdict(list)
    rare: dict[str, list[str]] = defaultdict(list)
    for char in wanted:
        counted = weights[char] or Counter(pinyin(char, style=Style.NORMAL)[0])
        total = sum(counted.values())
        (first, _), *others = counted.most_common()
        usual[first].append(char)
        for syllable, number in others:
            if number / total >= 0.02:
                rare[syllable].append(char)
    lines = []
    for syllable in sorted({*usual, *rare}):
        common, seldom = (sorted(group[syllable], key=lambda char: -times[char]) for group in (usual, rare))
        lines.append(syllable + "".join(common) + ("/" + "".join(seldom) if seldom else ""))
    return lines


def wrapped(groups: list[str]) -> str:
    """The groups in lines of bounded width (a Chinese character is two columns wide); a long group goes on in the next line."""
    lines, line, width = [], "", 0
    for char in "|".join(groups):
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width + wide > _WIDTH:
            lines.append(line)
            line, width = "", 0
        line += char
        width += wide
    return "\n".join([*lines, line])


if __name__ == "__main__":
    jieba.setLogLevel(60)
    jieba.dt.initialize()
    print(_HEAD + wrapped(table()) + '\n"""')
