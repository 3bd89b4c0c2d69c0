"""What the model that answers now hears in sentences: for the lint, which asks whether a new example sounds like its intent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content.lessons import known_model, lesson_of
from bot.content.linting_training import Heard
from bot.content.workspace import Workspace
from intents import Classifier, LinearModel, normalize


def heard_of(classifier: Classifier) -> Heard:
    """As a classifier hears."""

    def heard(sentences: Sequence[str]) -> Sequence[Mapping[str, float]]:
        rows = classifier.classify([normalize(one).text for one in sentences])
        return [dict(zip(classifier.labels, map(float, row), strict=True)) for row in rows]

    return heard


def heard_by(workspace: Workspace, models: ModelStore, encoder: Encoder) -> Heard:
    """As the model of a workspace hears, if it was trained already; it is loaded when somebody first edits sentences."""
    kept: list[LinearModel | None] = []

    def heard(sentences: Sequence[str]) -> Sequence[Mapping[str, float]]:
        if not kept:
            kept.append(known_model(lesson_of(workspace), models, encoder))
        model = kept[0]
        return () if model is None else heard_of(replace(model, embedder=encoder))(sentences)

    return heard
