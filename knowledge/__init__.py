"""Know (知识库): what the brand wrote, found by meaning and by words, told only to whom it concerns and only when sure."""

from knowledge.library import Library
from knowledge.model import Answer, Asker, Attachment, Audience, Entry, EntryId, Hit
from knowledge.ports import Embedder, Retriever
from knowledge.practice import Weights

__all__ = ["Answer", "Asker", "Attachment", "Audience", "Embedder", "Entry", "EntryId", "Hit", "Library", "Retriever", "Weights"]
