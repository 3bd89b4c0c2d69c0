"""Understand (意图): from what a shopper typed to intents, slots, mood and urgency."""

from intents.gazetteer import Gazetteer
from intents.linear import LinearModel
from intents.model import LABELS, OUT_OF_SCOPE, Candidate, Recognition, Slot, Value
from intents.normalize import Normalized, normalize
from intents.ports import Classifier, Embedder
from intents.recognizer import Recognizer
from intents.slots import find_slots
from intents.training import train

__all__ = [
    "LABELS",
    "OUT_OF_SCOPE",
    "Candidate",
    "Classifier",
    "Embedder",
    "Gazetteer",
    "LinearModel",
    "Normalized",
    "Recognition",
    "Recognizer",
    "Slot",
    "Value",
    "find_slots",
    "normalize",
    "train",
]
