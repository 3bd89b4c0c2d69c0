"""What moods are learnt from: our own labelled messages, the intents' training sentences, and real reviews and complaints.

Only our own messages carry all three labels; the others teach words, each with a small weight.
"""

import csv
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents import LABELS, normalize
from intents.moods import KINDS
from intents.safety import safety
from intents.sentiment import sentiment

OWN = Path(__file__).with_name("moods.tsv")
"""Messages as shoppers type them, written for this project: text, mood, urgency, escalate."""
ESCALATIONS = ("none", *KINDS)
_PARTS = 5
_WEAK, _REVIEW, _HELPDESK, _CHAT = 0.03, 0.05, 0.05, 0.05
"""What a sentence known by its intent, a review, a complaint to a helpdesk, and small talk weigh against one message of ours."""
_EVERY, _SLIGHT = 4, 0.1
"""Of the public question bases every fourth is read; a lexicon's mood below it is none."""
_LONGEST_REVIEW = 70
"""Characters: reviews longer than this are essays, not messages."""
_THREAT = re.compile(
    r"12315|12345|(?<!\d)315(?!\d)|消[协委保]|工商|市监|市场监|投诉|举报|曝光|起诉|律师|法院|法庭|告你|黑猫|媒体|记者|维权|退一赔|赔三|报警|避雷|发抖音|发小红书"
)
_NO_ESCALATION = frozenset(
    ("praise", "thank", "chitchat", "track_order", "change_order", "exchange_goods", "out_of_scope", "ask_human", "spam")
)
"""Intents of any mood, none of which calls for a person by itself."""
_ANY_MOOD = _NO_ESCALATION | frozenset(("cancel_order", "return_goods", "opt_out", "ask_privacy"))
_SAID = {"complain", "report_reaction", "report_problem", "urge_order"}
_CALM = frozenset(LABELS) - _ANY_MOOD - _SAID
"""Intents that are asked or told without a mood."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A normalised message with what is known of it; None is not known."""

    text: str
    weight: float
    rule: str | None = None
    """What `intents.safety` finds in it."""
    mood: int | None = None
    """−1, 0, 1"""
    urgency: int | None = None
    """0 whenever, 1 soon, 2 now"""
    escalation: int | None = None
    """Place in `ESCALATIONS`."""


def labelled(path: Path) -> list[Lesson]:
    """Messages of a file with the columns text, mood, urgency, escalate; raises ValueError for a label that is none."""
    lessons = []
    for line, row in enumerate(rows(path), 2):
        try:
            mood, urgency = int(row["mood"]), int(row["urgency"])
            escalation = ESCALATIONS.index(row["escalate"].strip() or "none")
            sound = mood in {-1, 0, 1} and urgency in {0, 1, 2}
        except (ValueError, KeyError) as error:
            raise ValueError(f"{path.name}:{line}: {error}") from error
        if not sound:
            raise ValueError(f"{path.name}:{line}: mood {mood}, urgency {urgency}")
        lessons.append(_lesson(row["text"], 1.0, mood, urgency, escalation))
    return lessons


def held_out(text: str, parts: int = _PARTS) -> bool:
    """Whether a text belongs to the fifth that is kept for measuring; by its bytes, so it is the same for ever."""
    return zlib.crc32(text.encode()) % parts == 0


def of_intents(examples: Iterable[tuple[str, str]]) -> Iterator[Lesson]:
    """Training sentences of the intents, as far as an intent tells a mood."""
    for text, intent in examples:
        if intent in _CALM:
            yield _lesson(text, _WEAK, 0, None, 0)
        elif intent in _NO_ESCALATION:
            yield _lesson(text, _WEAK, 1 if intent in {"praise", "thank"} else None, None, 0)
        elif intent == "report_reaction":
            yield _lesson(text, _WEAK, -1, None, ESCALATIONS.index("reaction"))
        elif intent == "complain":
            yield _lesson(text, _WEAK, -1, None, ESCALATIONS.index("threat" if threatens(text) else "anger"))
        elif intent in {"report_problem", "urge_order"}:
            yield _lesson(text, _WEAK, -1, 1 if intent == "urge_order" else None, 0)


def threatens(text: str) -> bool:
    """Whether a complaint names an authority, a court or the public."""
    return _THREAT.search(text) is not None


def reviews(paths: Sequence[Path], limit: int) -> list[Lesson]:
    """Short reviews of the files, 0 bad and 1 good, evenly taken, at most ``limit``; those of `held_out` are left out."""
    found = [
        (row["text"], 2 * int(row["label"]) - 1)
        for path in paths
        for row in rows(path)
        if 1 < len(row["text"]) <= _LONGEST_REVIEW and not held_out(row["text"])
    ]
    step = max(1, -(-len(found) // limit))
    return [_lesson(text, _REVIEW, mood, None, None) for text, mood in found[::step]]


def complaints(path: Path, *, held: bool) -> Iterator[tuple[str, float]]:
    """(all that a customer says, mean satisfaction −2…2) of each dialogue: of the fifth kept for measuring, or of the rest."""
    for line in path.read_text("utf-8").splitlines():
        dialogue = json.loads(line)
        said = " ".join(turn["text"] for turn in dialogue["turns"] if turn["sender"] == "customer")
        if held_out(str(dialogue["id"])) == held:
            yield said, float(dialogue["S_mean"])


def of_helpdesk(path: Path) -> Iterator[Lesson]:
    """Dialogues about which the judges are clear: satisfied or not."""
    for said, satisfaction in complaints(path, held=False):
        if abs(satisfaction) >= 0.5:
            yield _lesson(said[:150], _HELPDESK, 1 if satisfaction > 0 else -1, None, None)


def harmless(folder: Path, *, held: bool) -> list[str]:
    """What people say to assistants that sell nothing: the fifth kept for measuring, or the rest."""
    said = [row["text"] for row in rows(folder / "smp2017" / "train.tsv")]
    for name in ("oppo", "lcqmc"):
        lines = (folder / "faq" / f"{name}.kb.jsonl").read_text("utf-8").splitlines()
        said += [str(json.loads(line)["question"]) for line in lines[::_EVERY]]
    return [text for text in said if held_out(text) == held]


def of_chat(folder: Path) -> Iterator[Lesson]:
    """Small talk and foreign questions in which neither lexicon nor rule finds anger: nobody has to come."""
    for text in harmless(folder, held=False):
        lesson = _lesson(text, _CHAT, 0, None, 0)
        if lesson.rule is None and abs(sentiment(lesson.text, "")) < _SLIGHT:
            yield lesson


def public(data: Path, limit: int = 12_000) -> list[Lesson]:
    """Everything that the folder of public data teaches."""
    shops = ("online_shopping_10_cats.train.tsv", "waimai_10k.tsv", "eprstmt.train_few_all.tsv")
    return [
        *reviews([data / "sentiment" / name for name in shops], limit),
        *of_helpdesk(data / "helpdesk" / "dialogues.jsonl"),
        *of_chat(data),
    ]


def _lesson(text: str, weight: float, mood: int | None, urgency: int | None, escalation: int | None) -> Lesson:
    normal = normalize(text).text
    # reviews only teach words; the rules are slow on them and mean the chat
    rule = safety(normal) if escalation is not None else None
    return Lesson(normal, weight, rule, mood, urgency, escalation)


def rows(path: Path) -> list[dict[str, str]]:
    """Lines of a tab-separated file by the names of its first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
