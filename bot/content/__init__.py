"""Content: reads what ops wrote, checks it whole, and builds the rooms from it."""

from bot.content.building import (
    build,
    furnished,
    gazetteer,
    library,
    recognizer,
    recommender,
    scriptbook,
    warmer,
    with_model,
)
from bot.content.dialogues import Dialogue, Step
from bot.content.folder import files_of, kind_of
from bot.content.lessons import Lesson, lesson_of, model_words
from bot.content.workspace import OWN, Workspace, digest_of, products_of, read_files, read_folder

__all__ = [
    "OWN",
    "Dialogue",
    "Lesson",
    "Step",
    "Workspace",
    "build",
    "digest_of",
    "files_of",
    "furnished",
    "gazetteer",
    "kind_of",
    "lesson_of",
    "library",
    "model_words",
    "products_of",
    "read_files",
    "read_folder",
    "recognizer",
    "recommender",
    "scriptbook",
    "warmer",
    "with_model",
]
