"""Makes ``scripts/lint/sounds.py`` and ``scripts/lint/fluent.py`` out of `intents.syllables` and jieba 0.42.1 (MIT).

And ``scripts/lint/leads.py``: the characters with which a match of each rule can begin, so that no place is tried in vain. And
``scripts/lint/weights.py``: what groups of characters weigh, learnt from ``lint_dev.tsv``, ``lint_fresh.tsv`` and
what the demo brands say.

    python tests/unit/scripts/make_lint_tables.py      (from the checkout; writes all four; twice where guarded words are new)

A room may import no other one, so the readings stand twice, made from one source; they are cut down to syllables of guarded words.
"""

import csv
import re
import re._parser as parser
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jieba
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from intents.pinyin import readings
from scripts.lint.finding import RULES
from scripts.lint.model import spelt
from scripts.lint.restoring import meant
from scripts.lint.words import WORDS

_ROOT = Path(__file__).parents[3]
_LINT = _ROOT / "scripts" / "lint"
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
_DATA = Path(__file__).parents[2] / "data"
_CLAIMS = {"HEALTH": {"ad.medical", "food.health", "infant.formula"}, "GUARANTEES": {"ad.guarantee"}}
_SAID = ("scripts/replies", "scripts/posts", "knowledge/entries")
_TALK = re.compile(r"[\u4e00-\u9fff]{4}")
_STOP = re.compile(r"[。!?;！？；\n]")
_GROUP = re.compile(r"[\u4e00-\u9fff0-9a-z%]{1,3}")
_SCALE = 20
"""Weights are kept as whole numbers of 1 / 20 log odds: their sum is the same in any order."""
_LEAST = 2
"""Weights below it change no verdict."""
_TIMES = 3
"""Labelled sentences in which a group of characters must stand to weigh anything."""
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


def groups(text: str) -> list[str]:
    """All groups of one to three characters of a text, each once."""
    whole = {text[at : at + size] for size in (1, 2, 3) for at in range(len(text) - size + 1)}
    return sorted(filter(_GROUP.fullmatch, whole))


def published() -> Iterator[str]:
    """Sentences that the demo brands say and what their products claim: all of it is honest, their own tests see to it."""
    with (_ROOT / "recommender" / "products.csv").open(encoding="utf-8-sig", newline="") as rows:
        yield from (cell for row in csv.reader(rows) for cell in row if _TALK.search(cell))
    for path in sorted(path for folder in _SAID for path in (_ROOT / folder).rglob("*.yml")):
        for text in _strings(yaml.safe_load(path.read_text("utf-8"))):
            yield from filter(_TALK.search, _STOP.split(text))


def _strings(node: Any) -> Iterator[str]:
    """All strings in a file but the questions: those are shoppers'."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, child in node.items():
            if key != "questions":
                yield from _strings(child)
    elif isinstance(node, list):
        for child in node:
            yield from _strings(child)


def weights(rules: set[str], told: list[tuple[str, set[str]]]) -> tuple[str, int]:
    """``12,治好,根治|-3,请``: groups by what they weigh for breaking one of the rules, against honest sentences; and the bias."""
    known = [(text, broken) for text, broken in told if broken & rules or broken == {"-"}]
    counted = CountVectorizer(analyzer=groups, binary=True, min_df=_TIMES)
    grid = counted.fit_transform([text for text, _ in known])
    model = LogisticRegression(C=1.0, max_iter=2000).fit(grid, [bool(broken & rules) for _, broken in known])
    rows: dict[int, list[str]] = defaultdict(list)
    for group, weight in sorted(zip(counted.get_feature_names_out(), model.coef_[0], strict=True)):
        if abs(whole := round(float(weight) * _SCALE)) >= _LEAST:
            rows[whole].append(group)
    return lines([f"{weight},{','.join(several)}" for weight, several in sorted(rows.items())]), round(
        float(model.intercept_[0]) * _SCALE
    )


def main() -> None:
    """Write all four."""
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
    told = [
        (meant(row.split("\t")[0]).text, set(row.split("\t")[1].split(",")))
        for name in ("lint_dev.tsv", "lint_fresh.tsv")
        for row in (_DATA / name).read_text("utf-8").split("\n")[1:]
        if row
    ]
    told += [(meant(text).text, {"-"}) for text in sorted(set(published()))]
    learnt = {name: weights(rules, told) for name, rules in _CLAIMS.items()}
    (_LINT / "weights.py").write_text(
        f'"""What groups of characters weigh for a claim; rows divided by `|`: the weight, its groups; lines break anywhere.\n\n'
        f'{made} from the labelled sentences.\n"""\n\n'
        f'SCALE = {_SCALE}\n"""What a log odd of 1 weighs."""\nBIAS = ({learnt["HEALTH"][1]}, {learnt["GUARANTEES"][1]})\n'
        '"""What an empty sentence weighs: for a claim of health, for an assurance."""\n\n'
        + "\n".join(f'{name} = """\n{text}\n"""' for name, (text, _) in learnt.items())
        + "\n",
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
