"""Content: reads what ops wrote, checks it whole, and builds the rooms from it."""

from bot.content.building import (
    build,
    gazetteer,
    library,
    model_words,
    recognizer,
    recommender,
    scriptbook,
    warmer,
)
from bot.content.dialogues import Dialogue, Step
from bot.content.folder import files_of, kind_of
from bot.content.workspace import OWN, Workspace, digest_of, products_of, read_files, read_folder

__all__ = [
    "OWN",
    "Dialogue",
    "Step",
    "Workspace",
    "build",
    "digest_of",
    "files_of",
    "gazetteer",
    "kind_of",
    "library",
    "model_words",
    "products_of",
    "read_files",
    "read_folder",
    "recognizer",
    "recommender",
    "scriptbook",
    "warmer",
]
