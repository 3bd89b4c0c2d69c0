"""Content: reads what ops wrote, checks it whole, and builds the rooms from it."""

from bot.content.building import (
    beside,
    build,
    furnished,
    gazetteer,
    library,
    recognizer,
    recommender,
    refurnished,
    scriptbook,
    settled,
    warmer,
    with_base,
    with_model,
)
from bot.content.dialogues import Dialogue, Step
from bot.content.folder import files_of, kind_of
from bot.content.lessons import Lesson, lesson_of, model_words
from bot.content.reading import products_of
from bot.content.sharing import Made, Means, Recipe, made_of
from bot.content.workspace import OWN, Workspace, digest_of, read_files, read_folder

__all__ = [
    "OWN",
    "Dialogue",
    "Lesson",
    "Made",
    "Means",
    "Recipe",
    "Step",
    "Workspace",
    "beside",
    "build",
    "digest_of",
    "files_of",
    "furnished",
    "gazetteer",
    "kind_of",
    "lesson_of",
    "library",
    "made_of",
    "model_words",
    "products_of",
    "read_files",
    "read_folder",
    "recognizer",
    "recommender",
    "refurnished",
    "scriptbook",
    "settled",
    "warmer",
    "with_base",
    "with_model",
]
