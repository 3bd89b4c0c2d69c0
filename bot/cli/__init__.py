"""The program ``daogou``: commands, filters, words and exit codes."""

from bot.cli.program import main

__all__ = ["main"]
