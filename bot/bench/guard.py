"""Spam, lures and impostors: how many are found, how many honest words are accused: ``python -m bot.bench guard``.

``tests/data/guard_dev.tsv`` was looked at while the guard was made, ``guard_test.tsv`` holds disguises that were not, and is only
measured. Honest sentences of the training set (everything that is not labelled spam) show what a large number of harmless words
costs. Beside it: a plain list of words, which is what group tools ship.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.keeping import CHECKOUT
from bot.content.rows import tsv_rows
from bot.content.workspace import own_training
from intents.guard import Known, guard

SETS = (CHECKOUT / "tests" / "data" / "guard_dev.tsv", CHECKOUT / "tests" / "data" / "guard_test.tsv")
KNOWN = Known(("导购小林", "小雅", "王姐"), ("小禾",), ("禾木生活",), ("hemu.example",))
"""Whom the sentences of both sets pretend to be."""
_LIST = (
    "刷单",
    "兼职",
    "贷款",
    "加微信",
    "加V",
    "代购",
    "博彩",
    "彩票",
    "裸聊",
    "砍一刀",
    "红包",
    "二维码",
    "转账",
    "返利",
    "投票",
)
"""What a list of forbidden words holds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled message."""

    kind: str
    """``none`` where nothing is wrong with it."""
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """What a judge did with a set."""

    found: int
    attacks: int
    right: int
    """Found, and as the kind that it is."""
    accused: int
    honest: int
    ms: float
    """For a message, on average."""

    @property
    def row(self) -> str:
        """As a line of a table."""
        recall = f"{self.found}/{self.attacks} ({self.found / max(self.attacks, 1):.1%})"
        return f"{recall} | {self.right} | {self.accused}/{self.honest} | {self.ms:.2f}"


def lines(path: Path) -> tuple[Line, ...]:
    """The messages of a set; raises ContentError."""
    rows = tsv_rows(path.name, path.read_bytes(), ("kind", "sender", "text"))
    return tuple(Line(str(one.value["kind"]), str(one.value["sender"]), str(one.value["text"])) for one in rows)


def measured(told: Sequence[Line], judge: Callable[[Line], str | None]) -> Score:
    """Judge every message once."""
    began = time.perf_counter()
    verdicts = [judge(one) for one in told]
    took = time.perf_counter() - began
    pairs = list(zip(told, verdicts, strict=True))
    attacks = [(one, said) for one, said in pairs if one.kind != "none"]
    return Score(
        found=sum(said is not None for _, said in attacks),
        attacks=len(attacks),
        right=sum(said == one.kind for one, said in attacks),
        accused=sum(said is not None for one, said in pairs if one.kind == "none"),
        honest=len(pairs) - len(attacks),
        ms=1000 * took / max(len(pairs), 1),
    )


def by_guard(one: Line) -> str | None:
    """What the guard says."""
    alarm = guard(one.text, one.sender, KNOWN)
    return None if alarm is None else alarm.kind


def by_list(one: Line) -> str | None:
    """What a list of words says: everything is spam to it."""
    return "spam" if any(word in one.text for word in _LIST) else None


def run(say: Callable[[str], None]) -> int:
    """Print the table; 1 where the test set misses too many attacks or accuses anybody too often."""
    by_guard(Line("none", "", "热身"))
    say("| set | judge | attacks found | of the right kind | honest accused | ms a message |\n|---|---|---|---|---|---|")
    scores = []
    for path in SETS:
        told = lines(path)
        scores.append(measured(told, by_guard))
        say(f"| {path.stem} | guard | {scores[-1].row} |")
        say(f"| {path.stem} | list of {len(_LIST)} words | {measured(told, by_list).row} |")
    training = [Line("spam" if intent == "spam" else "none", "", text) for text, intent in own_training()]
    say(f"| training sentences | guard, words alone | {measured(training, by_guard).row} |")
    say(f"| training sentences | list of {len(_LIST)} words | {measured(training, by_list).row} |")
    test = scores[-1]
    return 0 if test.found >= 0.9 * test.attacks and test.accused <= 0.01 * test.honest else 1
