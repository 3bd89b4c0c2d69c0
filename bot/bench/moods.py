"""How well moods are read, beside the lexicon alone: shop reviews, a helpdesk's satisfaction, and messages labelled by hand.

``python -m bot.bench.moods --data ../shared/data``. The shipped model never saw the reviews and dialogues that are asked here;
on our own messages a model is measured that was taught without the fifth it is asked.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.adapters.keeping import CHECKOUT
from bot.adapters.moods import shipped
from bot.teaching.mood_data import ESCALATIONS, OWN, Lesson, complaints, harmless, held_out, labelled, rows, threatens
from bot.teaching.moods import lessons, train
from intents import normalize
from intents.moods import Mood, Moods
from intents.safety import safety
from intents.sentiment import sentiment, urgency

TEST = CHECKOUT / "tests" / "data" / "moods_test.tsv"
"""Messages on which nothing was tuned."""
_EDGE = 0.25
"""Moods beyond it are good or bad."""
_SOON, _NOW = 0.25, 0.75

Read = Callable[[str], Mood]
"""A reader of normalised messages."""


def tables(data: Path, test: Path = TEST) -> str:
    """Every table, as Markdown."""
    ours = labelled(OWN)
    kept = [one for one in ours if not held_out(one.text)]
    asked = [one for one in ours if held_out(one.text)]
    readers = (("moods", reader(shipped())), ("lexicon", by_lexicon))
    parts = [
        _table("| reviews | reader | n | accuracy | AUROC |", review_lines(data / "sentiment", readers)),
        _table("| helpdesk | reader | n | Spearman |", helpdesk_lines(data / "helpdesk" / "dialogues.jsonl", readers)),
        _table("| harmless talk | reader | n | escalated | in a bad mood |", harmless_lines(data, readers)),
        message_table("own fifth", asked, (("moods", reader(train(lessons(data, kept)))), readers[1])),
    ]
    if test.exists():
        parts.append(message_table(test.name, labelled(test), readers))
    return "\n\n".join(parts)


def reader(moods: Moods) -> Read:
    """The model as the recognizer asks it."""
    return lambda text: moods.read(text, safety(text))


def by_lexicon(text: str) -> Mood:
    """The alternative: words of the lexicon, the rule's intent, and a person for whatever a rule found."""
    rule = safety(text)
    kind = {"report_reaction": "reaction", "complain": "threat" if threatens(text) else "anger"}.get(rule or "")
    found = next((one for one in ("anger", "reaction", "threat") if one == kind), None)
    return Mood(sentiment(text, rule or ""), urgency(text, rule or ""), found, float(kind is not None))


def review_lines(folder: Path, readers: Sequence[tuple[str, Read]]) -> Iterator[str]:
    """Reviews that were kept from training: good or bad."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  (only measuring needs it)

    kept = (
        ("waimai_10k, a fifth", [row for row in rows(folder / "waimai_10k.tsv") if held_out(row["text"])]),
        ("online_shopping_10_cats test", rows(folder / "online_shopping_10_cats.test.tsv")),
        ("eprstmt dev", rows(folder / "eprstmt.dev_few_all.tsv")),
    )
    for name, found in kept:
        good = np.array([row["label"] == "1" for row in found])
        for title, read in readers:
            moods = np.array([read(normalize(row["text"]).text).mood for row in found])
            accuracy = np.mean((moods >= 0) == good)
            yield f"| {name} | {title} | {len(found)} | {accuracy:.3f} | {roc_auc_score(good, moods):.3f} |"


def helpdesk_lines(path: Path, readers: Sequence[tuple[str, Read]]) -> Iterator[str]:
    """Mood of all that a customer said against 19 judges' mean satisfaction with the dialogue."""
    from scipy.stats import spearmanr  # noqa: PLC0415

    found = list(complaints(path, held=True))
    for title, read in readers:
        moods = [read(normalize(said).text).mood for said, _ in found]
        correlation = spearmanr(moods, [satisfaction for _, satisfaction in found])[0]
        yield f"| a fifth | {title} | {len(found)} | {correlation:.3f} |"


def harmless_lines(data: Path, readers: Sequence[tuple[str, Read]]) -> Iterator[str]:
    """False alarms: questions and small talk of people who have nothing to do with a shop (a few of them do scold)."""
    found = [normalize(text).text for text in harmless(data, held=True)]
    for title, read in readers:
        moods = [read(text) for text in found]
        alarms = np.mean([one.escalation is not None for one in moods])
        yield f"| a fifth | {title} | {len(found)} | {alarms:.3f} | {np.mean([one.mood < -_EDGE for one in moods]):.3f} |"


def message_table(name: str, asked: Sequence[Lesson], readers: Sequence[tuple[str, Read]]) -> str:
    """Mood, hurry and each escalation on labelled messages."""
    kinds = " | ".join(f"{kind} P / R" for kind in (*ESCALATIONS[1:], "any"))
    head = f"| {name} | n | mood macro-F1 | urgency Spearman | urgency accuracy | {kinds} |"
    return _table(head, (f"| {title} | {len(asked)} | {_figures(asked, read)} |" for title, read in readers))


def _figures(asked: Sequence[Lesson], read: Read) -> str:
    from scipy.stats import spearmanr  # noqa: PLC0415
    from sklearn.metrics import f1_score  # noqa: PLC0415

    read_so = [read(one.text) for one in asked]
    moods = f1_score([one.mood for one in asked], [mood_class(one.mood) for one in read_so], average="macro", zero_division=0.0)
    hurry = [one.urgency for one in asked]
    correlation = spearmanr(hurry, [one.urgency for one in read_so])[0]
    right = np.mean([urgency_class(said.urgency) == true for said, true in zip(read_so, hurry, strict=True)])
    true = np.array([one.escalation for one in asked])
    said = np.array([ESCALATIONS.index(one.escalation or "none") for one in read_so])
    kinds = [_precision_recall(true == kind, said == kind) for kind in range(1, len(ESCALATIONS))]
    return " | ".join([f"{moods:.3f}", f"{correlation:.3f}", f"{right:.3f}", *kinds, _precision_recall(true > 0, said > 0)])


def mood_class(mood: float) -> int:
    """−1, 0 or 1."""
    return int(mood > _EDGE) - int(mood < -_EDGE)


def urgency_class(hurry: float) -> int:
    """0 whenever, 1 soon, 2 now."""
    return int(hurry >= _SOON) + int(hurry >= _NOW)


def _precision_recall(
    true: "np.ndarray[tuple[int], np.dtype[np.bool_]]", said: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> str:
    """Both; a dash where there is nothing to divide by."""
    both = int((true & said).sum())
    return " / ".join(f"{both / int(of.sum()):.2f}" if of.any() else "–" for of in (said, true))


def _table(head: str, lines: Iterator[str]) -> str:
    rule = "|" + "---|" * (head.count("|") - 1)
    return "\n".join((head, rule, *lines))


def main(words: list[str] | None = None) -> int:
    """Write the tables."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.moods", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--test", type=Path, default=TEST)
    args = parser.parse_args(words)
    sys.stdout.write(tables(args.data, args.test) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
