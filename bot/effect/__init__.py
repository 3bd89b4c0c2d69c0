"""What followed what we said: rules, credits, intervals and verdicts. Pure; the facts come from ``bot.db.effects``."""

from bot.effect.telling import HEAD, WHAT, rows, told, told_rate, told_verdict
from bot.effect.trials import Trial, Verdict
from bot.effect.values import KINDS, MEASURES, NAMES, WINDOWS, By, Effect, Label, Measure, Rate

__all__ = [
    "HEAD",
    "KINDS",
    "MEASURES",
    "NAMES",
    "WHAT",
    "WINDOWS",
    "By",
    "Effect",
    "Label",
    "Measure",
    "Rate",
    "Trial",
    "Verdict",
    "rows",
    "told",
    "told_rate",
    "told_verdict",
]
