"""The brief of a talk: what was said since it began anew, with the names that its traces only hold as ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.brief import Remark, Story, brief, to_json
from bot.db import desk_talk
from bot.db.desk_talk import Beside, Told
from bot.db.users import User
from bot.front.context import Front
from bot.front.help_port import Aids
from bot.model import JsonMap


async def told(front: Front, who: User, conversation: str, beside: Beside, now: datetime) -> dict[str, object]:
    """The brief of a talk as JSON; its names come from the cards and, where it is at hand, from the catalogue."""
    said = await desk_talk.story(front.engine, who, conversation)
    aids = front.help.ready(beside.known.conversation.account) if front.help else None
    wish = beside.handover
    story = Story(
        remarks=tuple(_remark(one) for one in said),
        reason=wish.reason if wish else "",
        kind=wish.kind if wish else "asked",
        urgency=wish.urgency if wish else 0,
        names=_names(said, aids),
        entries=aids.questions() if aids else {},
    )
    return to_json(brief(story, now.astimezone(front.brand().zone)))


def _remark(one: Told) -> Remark:
    author = one.author if one.author in {"shopper", "bot", "guide"} else "system"
    return Remark(
        id=one.id,
        author=author,  # type: ignore[arg-type]  # one of the four
        text=one.text,
        at=one.at,
        trace=one.trace,
        outcome=one.outcome,
        recalled=one.recalled,
        kind=one.kind,
        sender=one.sender,
    )


def _names(said: Sequence[Told], aids: Aids | None) -> Mapping[str, str]:
    """Sku → name: of the cards that were shown, and of what the traces speak of where the catalogue is at hand."""
    found: dict[str, str] = {}
    for one in said:
        cards = one.body.get("cards")
        for card in cards if isinstance(cards, list) else []:
            if isinstance(card, dict) and card.get("sku") and card.get("title"):
                found[str(card["sku"])] = str(card["title"])
    wanted = {sku for one in said for sku in _skus(one.trace)} - set(found)
    if aids is not None and wanted:
        found |= {str(one["sku"]): str(one["name"]) for one in aids.named(sorted(wanted)) if one["name"] != one["sku"]}
    return found


def _skus(trace: JsonMap | None) -> list[str]:
    """The products that a trace names in its slots."""
    slots = (trace or {}).get("slots")
    return [
        str(slot.get("value"))
        for slot in (slots if isinstance(slots, list) else [])
        if isinstance(slot, dict) and slot.get("name") == "product"
    ]
