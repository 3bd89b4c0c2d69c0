"""Sentences as a turn hears them: the brand's own names and tags, any intent, at one fixed moment."""

from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from bot import content
from bot.handlers.base import Turn
from bot.learning import learnt
from bot.model import Conversation, ConversationId, Customer, Evidence, InboundMessage, Session
from intents import Gazetteer, Recognition, normalize
from intents.slots import find_slots
from recommender import TagKind

AT = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DATA = Path(__file__).parent / "data"


@cache
def shop() -> tuple[Gazetteer, dict[str, TagKind]]:
    """The names and the kinds of the workspace that the program ships."""
    workspace = content.read_folder(content.OWN)
    return content.gazetteer(workspace), {kind.name: kind for kind in workspace.kinds}


def heard(text: str, intent: str = "provide_info", session: Session | None = None, **more: Any) -> Turn:
    """The turn that hears a sentence; ``kinds`` and ``customer`` may be given."""
    normal = normalize(text, shop()[0].vocabulary)
    recognition = Recognition(text, normal.text, intent, 0.9, (intent,), (), find_slots(normal, shop()[0], AT), 0.0, 0.0)
    message = InboundMessage(7, ConversationId("v"), "text", text, {}, AT, AT)
    talk = Conversation(ConversationId("v"), "web", "", "", "x", more.get("customer") or Customer("c"), more.get("group", False))
    return Turn(message, talk, session or Session(), recognition, more.get("tags", {}), AT)


def learns(text: str, intent: str = "provide_info", session: Session | None = None, **more: Any) -> tuple[Evidence, ...]:
    """What is learnt of a sentence."""
    services: Any = SimpleNamespace(recommender=SimpleNamespace(kinds=more.get("kinds") or shop()[1]))
    return learnt(heard(text, intent, session, **more), services)


def said(found: tuple[Evidence, ...]) -> set[str]:
    """``kind=value``, with a minus where it is taken back."""
    return {f"{'-' if one.retracted else ''}{one.tag}={one.value}" for one in found}


def labelled(name: str) -> list[tuple[str, set[str], bool]]:
    """(sentence, what it teaches, whether others are spoken of) of a file of sentences."""
    rows = [line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [(row[0], set() if row[1] == "-" else set(row[1].split()), len(row) > 2) for row in rows]
