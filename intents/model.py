"""What understanding a message gives: candidates, slots and the verdict on a whole message."""

from collections.abc import Mapping
from dataclasses import dataclass

LABELS: tuple[str, ...] = (
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "provide_info",
    "chitchat",
    "ask_bot_identity",
    "ask_human",
    "recommend_product",
    "compare_products",
    "ask_product_info",
    "ask_usage",
    "ask_suitability",
    "ask_size",
    "ask_authenticity",
    "ask_price",
    "bargain",
    "ask_promotion",
    "get_coupon",
    "ask_membership",
    "ask_stock",
    "place_order",
    "change_order",
    "cancel_order",
    "ask_payment",
    "ask_invoice",
    "ask_shipping",
    "track_order",
    "urge_order",
    "return_goods",
    "exchange_goods",
    "report_problem",
    "report_reaction",
    "ask_warranty",
    "complain",
    "praise",
    "ask_store",
    "book_service",
    "join_activity",
    "ask_group",
    "same_question",
    "opt_out",
    "ask_privacy",
    "spam",
    "out_of_scope",
)
"""The assistant's own labels, in the order of INTENTS.md."""

OUT_OF_SCOPE = "out_of_scope"
"""The intent of a message that nothing here fits."""

Value = str | int | float | Mapping[str, float | str | None]
"""A slot's value: a standard name, a number, or a small record such as ``{"min": 100, "max": null}``."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One guess at what is wanted; ``confidence`` is a calibrated probability, 0…1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A value found in a message."""

    name: str
    value: Value
    text: str
    """The words as the shopper typed them."""
    start: int
    """First character of ``text`` in the original message."""
    end: int
    """One past the last character of ``text`` in the original message."""
    negated: bool = False
    """The shopper excludes the value: 不要含酒精的."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """The verdict on one message."""

    text: str
    normalized: str
    intent: str
    confidence: float
    intents: tuple[str, ...]
    """All errands of the message, most important first; the first is ``intent``."""
    candidates: tuple[Candidate, ...]
    """The likeliest labels, best first."""
    slots: tuple[Slot, ...]
    sentiment: float
    """−1 (angry) … 1 (delighted)."""
    urgency: float
    """0 (whenever) … 1 (now)."""
    escalation: str | None = None
    """Why a person should come: anger, reaction, threat or money; None where nobody must."""
    safety: str | None = None
    """The intent that must not be missed, found by rule whatever the classifier thinks."""
