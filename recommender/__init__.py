"""Recommend (推荐): what to show to whom, why, and by which door."""

from recommender.disagreements import Placed, disagreements
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
from recommender.profile import TagEvidence, current
from recommender.question import default_text
from recommender.schema import EventRow, ProductRow, RuleRow, TagsFile

__all__ = [
    "Comparison",
    "Difference",
    "Event",
    "EventRow",
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
    "current",
    "default_text",
    "disagreements",
]
