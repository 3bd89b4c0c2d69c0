"""Lint of words: what advertising, consumer and data law forbid, with context and through disguises."""

from scripts.lint.finding import findings
from scripts.lint.model import Finding, Severity

__all__ = ["Finding", "Severity", "findings"]
