"""What sloppy typing costs: retail sentences as they are and disturbed, understood by us and by character n-grams.

Only sentences that a disturbance changes are counted, before and after, so that the untouched ones hide nothing.
"""

from collections.abc import Callable, Sequence
from random import Random

from bot.bench.nlu_accuracy import Said, recognized
from bot.bench.nlu_characters import NAME
from bot.bench.nlu_ground import Ground, as_read
from bot.bench.nlu_plan import table
from bot.errors import AssistantError
from intents import Classifier
from intents.confusion import Vocabulary
from intents.disturb import KINDS, disturb
from intents.evaluation import accuracy

Read = Callable[[Sequence[str]], Sequence[str]]
"""Texts to labels."""
_AT_ONCE = 256


def measure(ground: Ground) -> str:
    """A line for each kind of disturbance: accuracy before → after, and the points lost."""
    pairs = [pair for found in ground.tests().values() for pair in found]
    texts, truth = [text for text, _ in pairs], [label for _, label in pairs]
    readers, notes = _readers(ground)
    clean = {who: read(texts) for who, read in readers}
    rows = []
    for kind in KINDS:
        changed = disturbed(texts, kind, ground.plan.seeds)
        cells = []
        for who, read in readers:
            ground.say(f"robust: {kind}, {len(changed)} sentences, {who}")
            real = [truth[row] for row, _ in changed]
            before = accuracy(real, [clean[who][row] for row, _ in changed])
            after = accuracy(real, read([text for _, text in changed]))
            cells.append(f"{before:.3f} → {after:.3f} (−{100 * (before - after):.1f})".replace("−-", "+"))
        rows.append((kind, str(len(changed)), *cells))
    everything = [f"{accuracy(truth, clean[who]):.3f}" for who, _ in readers]
    rows.append(("as typed, all", str(len(texts)), *everything))
    return "\n\n".join((table(("disturbance", "sentences", *(who for who, _ in readers)), rows), *notes))


def disturbed(texts: Sequence[str], kind: str, seeds: int) -> list[tuple[int, str]]:
    """(number of the text, the text disturbed) wherever that made a difference, once for each seed from 0."""
    found = []
    for seed in range(seeds):
        chance = Random(f"{kind}/{seed}")  # noqa: S311  (no secret)
        for row, text in enumerate(texts):
            if (other := disturb(text, kind, chance)) != text:
                found.append((row, other))
    return found


def _readers(ground: Ground) -> tuple[list[tuple[str, Read]], list[str]]:
    """Who can be had, and a line about each that cannot."""
    first = ground.encoders[0]
    ours, notes = [], []

    def whole(texts: Sequence[str]) -> Sequence[str]:
        said = Said()
        recognized(said, ground.recognizer(first), texts)
        return said.labels

    for name in ground.encoders:
        try:
            ours.append(
                (f"classifier, {name}", _labels(ground.recognizer(name).classifier, ground.recognizer(name).gazetteer.vocabulary))
            )
        except AssistantError as error:
            notes.append(f"{name}: not measured ({error})")
    return [(f"whole recognizer, {first}", whole), *ours, (NAME, _labels(ground.characters))], notes


def _labels(classifier: Classifier, keep: Vocabulary | None = None) -> Read:
    def read(texts: Sequence[str]) -> Sequence[str]:
        found: list[str] = []
        for start in range(0, len(texts), _AT_ONCE):
            rows = classifier.classify(as_read(classifier, texts[start : start + _AT_ONCE], keep))
            found += [classifier.labels[best] for best in rows.argmax(axis=1)]
        return found

    return read
