"""What a guide should know before the first word: what is wanted, what was told, what hurts. Only what was really said."""

from collections.abc import Mapping, Sequence

from bot.db.turns import Waiting
from bot.model import Handover, JsonMap, Session
from bot.services import Services

_LONGEST = 40
"""Characters of a line: a guide between two customers reads three lines, not three paragraphs."""
_OPENINGS = {
    2: "您好，看到您这边的情况了，我马上跟您一起处理。",
    1: "您好，您刚才说的我看到了，我来帮您办。",
}


def brief(waiting: Waiting, matter: str, wish: Handover, tags: Mapping[str, Sequence[str]], services: Services) -> JsonMap:
    """The lines of a handover; a line with nothing behind it is left out.

    Every line comes from a message, an entry or a tag, never from a guess; ``matter`` is the shopper's last real question,
    ``messages`` are the inbox ids that led to the wish.
    """
    lines: dict[str, object] = {"messages": [message.id for message in waiting.messages]}
    if matter:
        lines["wanted"] = _short(matter)
    if told := _told(waiting.session, services):
        lines["told"] = _short(told)
    if wish.urgency >= 2:
        lines["hurt"] = wish.reason
    if tags:
        lines["tags"] = {tag: list(values) for tag, values in tags.items()}
    if wish.urgency in _OPENINGS:
        lines["openings"] = [_OPENINGS[wish.urgency]]
    return lines


def _told(session: Session, services: Services) -> str:
    entry = services.library.entry(session.entry) if session.entry else None
    parts = [f"答过“{entry.questions[0]}”"] if entry is not None else []
    names = [p.name for sku in session.shown[:2] if (p := services.recommender.product(sku)) is not None]
    if names:
        parts.append(f"看过{'、'.join(names)}")
    return "；".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
