"""What helps a knowledge base to understand: single words, and the matter of a sentence as a trained model sees it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.adapters.answering import Words, static
from bot.adapters.encoder import Encoder, Shelved, Vectors
from bot.adapters.models import ModelStore
from bot.content.lessons import known_model, lesson_of
from bot.content.workspace import Workspace
from intents import OUT_OF_SCOPE, Classifier, LinearModel
from knowledge import Senses
from knowledge.senses import Topics

IDLE = ("chitchat", "greet", "thank", "goodbye", "praise", "ask_bot_identity", "affirm", "deny", "provide_info")
"""Intents of messages that ask nothing of the base."""


@dataclass(frozen=True, slots=True)
class Matters:
    """A classifier as a source of rows that may be kept: square roots are taken by the room."""

    classifier: Classifier
    identity: str

    @property
    def dimensions(self) -> int:
        """How many intents there are."""
        return len(self.classifier.labels)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The probabilities of each sentence."""
        return self.classifier.classify(texts).astype(np.float32)


@dataclass(frozen=True, slots=True)
class KnownMatters:
    """`knowledge.senses.Topics` from rows that are kept, and from the classifier where there is none."""

    labels: Sequence[str]
    rows: Shelved

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """One row of probabilities for each sentence, in order."""
        return self.rows.embed(sentences).astype(np.float64)


def matters(model: LinearModel, classifier: Classifier) -> Matters:
    """What a model says, by way of a classifier that may remember it."""
    digest = hashlib.blake2b(model.bias.tobytes() + model.embedding_weights.tobytes(), digest_size=8)
    return Matters(classifier, f"matters/{digest.hexdigest()}")


def senses_of(workspace: Workspace, encoder: Encoder, models: ModelStore) -> Senses | None:
    """With the model that answers for a workspace, if it was trained already; None where there is none yet."""
    model = known_model(lesson_of(workspace), models, encoder)
    return None if model is None else with_topics(model)


def with_topics(topics: Topics) -> Senses:
    """With a classifier of intents."""
    return Senses(Words(static()), topics, OUT_OF_SCOPE, IDLE)
