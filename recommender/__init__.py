"""Recommend (推荐): what to show to whom, why, and by which door."""

from recommender.disagreements import Placed, disagreements
from recommender.doors import Door, door_for
from recommender.model import (
    Comparison,
    Difference,
    Event,
    Product,
    Question,
    Rule,
    Selector,
    Shopper,
    Suggestion,
    Suggestions,
    TagKind,
    Unsuitable,
    Wish,
)
from recommender.pipeline import Recommender
from recommender.profile import FACTS, Known, TagEvidence, current, known, outlived
from recommender.question import default_text
from recommender.schema import EventRow, ProductRow, RuleRow, TagsFile
from recommender.stages import age_stage, months_since

__all__ = [
    "FACTS",
    "Comparison",
    "Difference",
    "Door",
    "Event",
    "EventRow",
    "Known",
    "Placed",
    "Product",
    "ProductRow",
    "Question",
    "Recommender",
    "Rule",
    "RuleRow",
    "Selector",
    "Shopper",
    "Suggestion",
    "Suggestions",
    "TagEvidence",
    "TagKind",
    "TagsFile",
    "Unsuitable",
    "Wish",
    "age_stage",
    "current",
    "default_text",
    "disagreements",
    "door_for",
    "known",
    "months_since",
    "outlived",
]
