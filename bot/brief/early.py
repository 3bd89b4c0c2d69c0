"""The brief as it stands at the moment of the handover: from the messages that wait and the memory of the talk."""

from collections.abc import Mapping, Sequence

from bot.brief.clauses import cut
from bot.db.turns import Waiting
from bot.model import Handover, JsonMap, Session
from bot.services import Services

_LONGEST = 40
"""Characters of a line."""


def early(waiting: Waiting, matter: str, wish: Handover, tags: Mapping[str, Sequence[str]], services: Services) -> JsonMap:
    """What is stored with a handover; whoever opens the talk reads the whole one (`bot.brief.brief`).

    Every line comes from a message, an entry or a tag; one with nothing behind it is left out. ``matter`` is the shopper's
    last real question, ``messages`` are the inbox ids that led to the wish.
    """
    lines: dict[str, object] = {"messages": [message.id for message in waiting.messages]}
    if matter:
        lines["wanted"] = cut(matter, _LONGEST)
    if told := _told(waiting.session, services):
        lines["told"] = cut(told, _LONGEST)
    if wish.urgency >= 2:
        lines["hurt"] = wish.reason
    if tags:
        lines["tags"] = {tag: list(values) for tag, values in tags.items()}
    return lines


def _told(session: Session, services: Services) -> str:
    entry = services.library.entry(session.entry) if session.entry else None
    parts = [f"答过“{entry.questions[0]}”"] if entry is not None else []
    names = [p.name for sku in session.shown[:2] if (p := services.recommender.product(sku)) is not None]
    if names:
        parts.append(f"看过{'、'.join(names)}")
    return "；".join(parts)
