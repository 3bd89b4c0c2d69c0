"""Know (知识库): what the brand wrote, found by meaning and by words, told only to whom it concerns and only when sure."""

from knowledge.calibration import THRESHOLD, Judge, Ruler
from knowledge.library import Library, Schooled
from knowledge.model import Answer, Asker, Attachment, Audience, Entry, EntryId, Hit
from knowledge.ports import Embedder, Retriever
from knowledge.senses import Senses

__all__ = [
    "THRESHOLD",
    "Answer",
    "Asker",
    "Attachment",
    "Audience",
    "Embedder",
    "Entry",
    "EntryId",
    "Hit",
    "Judge",
    "Library",
    "Retriever",
    "Ruler",
    "Schooled",
    "Senses",
]
