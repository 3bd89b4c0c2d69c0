"""What the console asks of the base that grows: a seam, so that the front door loads no rooms before somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.db.drafts import Draft
    from bot.editing.desk import Editing
    from bot.editing.lessons import Lessons
    from bot.model import JsonMap


class Grows(Protocol):
    """The live base with the tools that let it grow; ``bot.growing`` has the real one, too heavy to load before use."""

    @property
    def editing(self) -> Editing:
        """The desk of the words: what is live, drafts, findings, previews, releases."""

    @property
    def lessons(self) -> Lessons:
        """What the model learns from: figures, guesses, suggestions out of real talk."""

    async def gaps(self, now: datetime, days: int, limit: int) -> Sequence[JsonMap]:
        """What shoppers asked and the base leaves open."""

    async def draft(self, question: str, now: datetime, days: int) -> Draft:
        """A draft out of the gap that a question stands for; raises BadRequestError."""

    async def pairs(self, limit: int) -> Sequence[JsonMap]:
        """Entries that say the same or contradict each other."""

    async def trial(self, draft: JsonMap, question: str, channel: str | None, now: datetime) -> JsonMap:
        """What is answered now, and what would be with the draft; raises ContentError."""
