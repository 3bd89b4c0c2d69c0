"""How right, and how honest about it: our classifier with each encoder, character n-grams and Rasa's DIET, on the same folds.

Macro-F1 is over the labels that occur; ECE has 15 bins over the confidence of what was said; AUROC is of the probability
that a classifier gives to the label of what is out of scope, for sentences that have that label against all others.
"""

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.bench.nlu_characters import NAME, splits, teach
from bot.bench.nlu_ground import Ground, as_read, read, to_learn
from bot.bench.nlu_plan import NONE, Pairs, heard, table
from bot.bench.peers import Bench, judged
from bot.errors import AssistantError
from bot.peers.rasa_workspace import Recipe
from intents import OUT_OF_SCOPE, Classifier, Recognition, Recognizer, normalize
from intents.evaluation import auroc, report

_CHAT = "chat"
"""Of smp2017: talk that no task is behind."""
_HEAD = ("classifier", "n", "accuracy ± 95 %", "macro-F1", "ECE", "out-of-scope AUROC", "taught in")
_AT_ONCE = 256


@dataclass(slots=True)
class Said:
    """What one classifier said of sentences that it had not seen, sentence by sentence."""

    labels: list[str] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)
    """The probability of the label of what is out of scope."""
    seconds: float = 0.0
    """Spent on teaching; 0 where a kept model answered."""

    def add(self, labels: Sequence[str], rows: NDArray[np.float64], outside: str) -> None:
        """The answers of a classifier: a row of probabilities a sentence."""
        column = labels.index(outside) if outside in labels else None
        self.labels += [labels[best] for best in rows.argmax(axis=1)]
        self.sure += rows.max(axis=1).tolist()
        self.outside += rows[:, column].tolist() if column is not None else (1 - rows.max(axis=1)).tolist()

    def row(self, who: str, truth: Sequence[str], outside: str) -> tuple[str, ...]:
        """One line of the table; the accuracy's half interval is that of a binomial."""
        figures = report(truth, self.labels, self.sure)
        half = 1.96 * math.sqrt(figures.accuracy * (1 - figures.accuracy) / max(1, figures.n))
        out = [score for score, label in zip(self.outside, truth, strict=True) if label == outside]
        rest = [score for score, label in zip(self.outside, truth, strict=True) if label != outside]
        seconds = f"{self.seconds:.0f} s" if self.seconds >= 0.5 else "–"
        return (
            who,
            str(figures.n),
            f"{figures.accuracy:.3f} ± {half:.3f}",
            f"{figures.macro_f1:.3f}",
            f"{figures.ece:.3f}",
            f"{auroc(out, rest):.3f}",
            seconds,
        )


def measure(ground: Ground) -> str:
    """Both tables; a rival that cannot be had is told below the table, and everybody else is measured."""
    return "\n\n".join((_public(ground), *_retail(ground)))


def _public(ground: Ground) -> str:
    """smp2017 by cross-validation, the same folds for everybody."""
    pairs = to_learn(read(ground.plan.data / "smp2017" / "train.tsv"), ground.plan.sample)
    labels = sorted({label for _, label in pairs})
    folds = splits(np.array([labels.index(label) for _, label in pairs], np.int64))
    order = [int(row) for _, test in folds for row in test]
    truth = [pairs[row][1] for row in order]
    rows, notes = [], []
    for who, ask in _public_rivals(ground):
        ground.say(f"smp2017: {who}")
        try:
            said = Said()
            for number, (learn, test) in enumerate(folds):
                ask(said, [pairs[row] for row in learn], [pairs[row] for row in test], number)
                ground.say(f"smp2017: {who}, fold {number + 1} of {len(folds)}")
        except AssistantError as error:
            notes.append(f"{who}: not measured ({error})")
        else:
            rows.append(said.row(who, truth, _CHAT))
    head = (f"smp2017, {len(folds)} folds", *_HEAD[1:])
    return "\n\n".join((table(head, rows), *notes))


_Ask = Callable[[Said, Pairs, Pairs, int], None]
"""Learn the first, answer the second; the number is the fold's."""


def _public_rivals(ground: Ground) -> list[tuple[str, _Ask]]:
    def ours(name: str) -> _Ask:
        return lambda said, learn, test, _: _asked(said, lambda: ground.taught(learn, name), test, _CHAT)

    def grams(said: Said, learn: Pairs, test: Pairs, _: int) -> None:
        _asked(said, lambda: teach(learn, heard(ground.say, NAME)), test, _CHAT)

    def rasa(said: Said, learn: Pairs, test: Pairs, number: int) -> None:
        _rasa(ground, said, (learn, test), (_CHAT, f"smp2017-{number}"))

    named: list[tuple[str, _Ask]] = [(_title(name), ours(name)) for name in ground.encoders]
    return [*named, (NAME, grams), *([(_rasa_title(ground), rasa)] if ground.plan.rasa == "train" else [])]


def _asked(said: Said, learn: Callable[[], Classifier], test: Pairs, outside: str) -> None:
    begun = time.monotonic()
    classifier = learn()
    said.seconds += time.monotonic() - begun
    texts = as_read(classifier, [text for text, _ in test])
    for start in range(0, len(texts), _AT_ONCE):
        said.add(list(classifier.labels), classifier.classify(texts[start : start + _AT_ONCE]), outside)


def _rasa(ground: Ground, said: Said, sets: tuple[Pairs, Pairs], named: tuple[str, str]) -> None:
    """Rasa in a server of its own; a folder for each set of sentences, because only few models are kept in one."""
    outside, folder = named
    recipe = Recipe(ground.plan.pipeline, ground.plan.epochs)
    with tempfile.TemporaryDirectory() as forgotten:
        place = (ground.plan.rasa_folder or Path(forgotten)) / folder
        found = judged(*sets, Bench(place, recipe), ground.say).predictions
    said.seconds += found.train_seconds
    said.labels += found.labels
    said.sure += found.confidence
    said.outside += [dict(ranking).get(outside, 0.0) for ranking in found.rankings]


def _retail(ground: Ground) -> list[str]:
    """The held-back retail sentences, everybody taught the workspace's training data once."""
    tests = ground.tests()
    whole = [pair for pairs in tests.values() for pair in pairs]
    answers, notes = [], [_seen_before(ground.training, whole)]
    for who, ask in _retail_rivals(ground):
        ground.say(f"retail: {who}")
        try:
            said = Said()
            ask(said, whole)
        except AssistantError as error:
            notes.append(f"{who}: not measured ({error})")
        else:
            answers.append((who, said))
    tables, start = [], 0
    for name, pairs in tests.items():
        truth, place = [label for _, label in pairs], slice(start, start + len(pairs))
        rows = [_part(said, place).row(who, truth, OUT_OF_SCOPE) for who, said in answers]
        tables.append(table((f"{name}, {len(ground.training)} training sentences", *_HEAD[1:]), rows))
        start += len(pairs)
    return [*tables, *notes]


def _retail_rivals(ground: Ground) -> list[tuple[str, Callable[[Said, Pairs], None]]]:
    def ours(name: str) -> Callable[[Said, Pairs], None]:
        return lambda said, test: _asked(said, lambda: ground.recognizer(name).classifier, test, OUT_OF_SCOPE)

    def grams(said: Said, test: Pairs) -> None:
        _asked(said, lambda: ground.characters, test, OUT_OF_SCOPE)

    def rasa(said: Said, test: Pairs) -> None:
        _rasa(ground, said, (ground.training, test), (OUT_OF_SCOPE, "retail"))

    def whole(said: Said, test: Pairs) -> None:
        recognized(said, ground.recognizer(ground.encoders[0]), [text for text, _ in test])

    first = (f"whole recognizer (rules, clauses), {ground.encoders[0]}", whole)
    named = [(_title(name), ours(name)) for name in ground.encoders]
    return [first, *named, (NAME, grams), *([(_rasa_title(ground), rasa)] if ground.plan.rasa == "train" else [])]


def recognized(said: Said, understand: Recognizer, texts: Sequence[str]) -> None:
    """The verdicts of the whole recognizer."""
    for start in range(0, len(texts), _AT_ONCE):
        for one in understand.recognize_many(texts[start : start + _AT_ONCE]):
            said.labels.append(one.intent)
            said.sure.append(one.confidence)
            said.outside.append(_outside(one))


def _outside(one: Recognition) -> float:
    return next((guess.confidence for guess in one.candidates if guess.intent == OUT_OF_SCOPE), 0.0)


def _part(said: Said, place: slice) -> Said:
    return Said(said.labels[place], said.sure[place], said.outside[place], said.seconds)


def _seen_before(training: Pairs, test: Pairs) -> str:
    known = {normalize(text).text for text, _ in training}
    seen = sum(normalize(text).text in known for text, _ in test)
    return f"{seen} of the {len(test)} retail sentences stand in the training data as well (normalised, whole)."


def _title(name: str) -> str:
    return "built-in classifier, no encoder" if name == NONE else f"built-in classifier, {name}"


def _rasa_title(ground: Ground) -> str:
    return f"Rasa DIET, {ground.plan.pipeline}, {ground.plan.epochs} epochs"
