"""Ages and the stages of childhood: which value of ``age_stage`` holds an age, and which a child born then is in now."""

import re
from collections.abc import Iterable
from datetime import datetime

_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\s*(个?月|周?岁)?\s*[-~－—–至到]\s*(\d+(?:\.\d+)?)\s*(个?月|周?岁)$")
_FROM = re.compile(r"^(\d+(?:\.\d+)?)\s*(个?月|周?岁)(?:以上|\+|＋|起|及以上)$")
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")


def age_stage(months: float, values: Iterable[str]) -> str | None:
    """The value whose numbers hold the age: ``0-6月`` up to, not including, six months; None where none does.

    The end of a span counts only where no later span begins there: with 3-12岁 as the last, a twelve-year-old is in it.
    """
    spans = [(value, span) for value in values if (span := _months(value)) is not None]
    inside = next((value for value, (low, high) in spans if low <= months < high), None)
    return inside or next((value for value, (low, high) in spans if low <= months == high), None)


def months_since(birth: str, at: datetime) -> int | None:
    """Whole months from a month of birth (``2026-05``) to ``at``; below zero before it, None for what is no month."""
    found = _MONTH.fullmatch(birth)
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return (at.year - int(found[1])) * 12 + at.month - int(found[2])


def _months(stage: str) -> tuple[float, float] | None:
    """From, and up to, in months; None for a value without numbers."""
    text = stage.strip()
    if found := _SPAN.match(text):
        unit = found[4]
        return _in_months(found[1], found[2] or unit), _in_months(found[3], unit)
    if found := _FROM.match(text):
        return _in_months(found[1], found[2]), float("inf")
    return None


def _in_months(number: str, unit: str) -> float:
    return float(number) * (12 if "岁" in unit else 1)
