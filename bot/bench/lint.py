"""The lint of words beside a plain list of forbidden words: ``python -m bot.bench lint [--split dev|test]``.

``tests/data/lint_dev.tsv`` was written and looked at while the lint was made; ``lint_test.tsv`` is by another hand and is only
measured. A line: the text, the rules that it breaks (``-``: none), the trade (``-``: any). A sentence counts as disguised where
its characters are not those that are meant, as the lint reads it, or where it holds what no plain sentence does (letters or
pictures inside a word); a disguise that nobody sees through may thus be counted as plain.
"""

import argparse
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.keeping import CHECKOUT
from bot.bench.lint_list import WORDS
from scripts import findings
from scripts.lint.restoring import meant

_STRANGE = re.compile(
    r"[\u4e00-\u9fff][a-z]{1,6}[\u4e00-\u9fff]|[\u200b-\u200f\u2060-\u206f\ufeff\u00ad]|(?<=[\u4e00-\u9fff])\W(?=[\u4e00-\u9fff]\W[\u4e00-\u9fff])"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b50]|[\uff10-\uff5a]"
)
_WIDTH = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})

Judge = Callable[["Line"], frozenset[str]]
"""The rules that somebody says a line breaks."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled sentence."""

    text: str
    rules: frozenset[str]
    """Empty where it is honest."""
    trade: str | None

    @property
    def disguised(self) -> bool:
        """Whether it hides what it says."""
        return bool(_STRANGE.search(self.text)) or meant(self.text).text != self.text.translate(_WIDTH).lower()


@dataclass(frozen=True, slots=True)
class Score:
    """What a judge did with a number of sentences."""

    accused: int
    right: int
    """Accused, and offending."""
    offending: int

    @property
    def row(self) -> str:
        """Precision and recall as cells of a table."""
        return f"{_share(self.right, self.accused)} | {_share(self.right, self.offending)}"


def lines(path: Path) -> tuple[Line, ...]:
    """The sentences of a set, with or without a line of headings."""
    found = []
    for row in path.read_text("utf-8").split("\n"):
        text, rules, trade, *_ = (*row.split("\t"), "-", "-")
        if text.strip() and text != "text" and not text.startswith("#"):
            broken = frozenset(one.strip() for one in rules.split(",")) - {"-", ""}
            found.append(Line(text, broken, None if trade.strip() in {"-", ""} else trade.strip()))
    return tuple(found)


def by_lint(line: Line) -> frozenset[str]:
    """What the lint says."""
    return frozenset(one.rule for one in findings(line.text, line.trade))


def by_list(line: Line) -> frozenset[str]:
    """What the list of words says."""
    return frozenset(rule for rule, words in WORDS.items() if any(word in line.text for word in words))


def sentences(told: Iterable[Line], judge: Judge) -> Score:
    """Whether anything is said against a sentence, held against whether anything is wrong with it."""
    pairs = [(bool(judge(line)), bool(line.rules)) for line in told]
    return Score(sum(said for said, _ in pairs), sum(said and wrong for said, wrong in pairs), sum(wrong for _, wrong in pairs))


def by_rule(told: Sequence[Line], judge: Judge) -> Mapping[str, Score]:
    """The same for each rule that is labelled or said."""
    pairs = [(judge(line), line.rules) for line in told]
    names = sorted({rule for said, wrong in pairs for rule in said | wrong})
    return {
        rule: Score(
            sum(rule in said for said, _ in pairs),
            sum(rule in said and rule in wrong for said, wrong in pairs),
            sum(rule in wrong for _, wrong in pairs),
        )
        for rule in names
    }


def run(args: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Print the tables; 1 where a set is missing or the lint is no better than the list."""
    path = CHECKOUT / "tests" / "data" / f"lint_{args.split}.tsv"
    if not path.is_file():
        say(f"{path.name} is not here")
        return 1
    told = lines(path)
    count = sum(map(len, WORDS.values()))
    honest = sum(not line.rules for line in told)
    say(f"{path.name}: {len(told)} sentences, {honest} of them honest; the list holds {count} words\n")
    say("| sentences | lint: precision | recall | list: precision | recall |\n|---|---|---|---|---|")
    hidden = [line for line in told if line.disguised]
    plain = [line for line in told if not line.disguised]
    for name, several in (("all", told), ("plain", plain), ("disguised", hidden)):
        say(f"| {name} ({len(several)}) | {sentences(several, by_lint).row} | {sentences(several, by_list).row} |")
    ours, theirs = by_rule(told, by_lint), by_rule(told, by_list)
    for rule in sorted({*ours, *theirs}):
        say(f"| {rule} | {ours.get(rule, _NONE).row} | {theirs.get(rule, _NONE).row} |")
    say(f"\n{_speed(told):.3f} ms a sentence")
    return 0 if sentences(told, by_lint).right > sentences(told, by_list).right else 1


_NONE = Score(0, 0, 0)


def _speed(told: Sequence[Line]) -> float:
    """Milliseconds for a sentence, on average."""
    began = time.perf_counter()
    for line in told:
        by_lint(line)
    return 1000 * (time.perf_counter() - began) / max(len(told), 1)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "–"
