"""A message as the pages and the API show it."""

from collections.abc import Mapping

from bot.brand import Staff
from bot.db.codec import iso
from bot.db.rooms import Quoted, Said, Standing

_FROM = {"shopper": "shopper", "bot": "bot", "guide": "guide"}
_CARD = ("sku", "title", "text", "price", "url", "image", "reason", "kind", "appid", "page")


def bubble(said: Said, staff: Staff, *, trace: bool = False) -> dict[str, object]:
    """FORMATS §4: ``{"id","from","text","items"?,"options"?,"at","as"?,"trace"?}``; ``ref`` is the id that the 202 gave.

    In a room also ``by`` (id of the member), ``guide`` (one of the shop's people), ``quote`` and ``mentions`` (ids);
    in a private talk ``moved`` marks what was said in a group and goes on here.
    """
    shown: dict[str, object] = {
        "id": str(said.id),
        "from": _FROM.get(said.author, "system"),
        "text": "已撤回" if said.recalled else said.text,
        "at": iso(said.at),
    }
    if said.inbox_id is not None and said.author == "shopper":
        shown["ref"] = str(said.inbox_id)
    if said.kind != "text":
        shown["kind"] = said.kind
    if name := _name(said, staff):
        shown["as"] = name
    shown |= _standing(said)
    if said.recalled:
        return shown | {"recalled": True}
    if said.quoted is not None:
        shown["quote"] = _quote(said.quoted, staff)
    if mentioned := _mentioned(said.body.get("mentions")):
        shown["mentions"] = mentioned
    if said.failure:
        shown["failure"] = said.failure
    if said.author != "shopper":
        shown |= _extras(said.body)
    if trace and said.trace:
        shown["trace"] = said.trace
    return shown


def _name(said: Said, staff: Staff) -> str | None:
    return guide_name(said.sender, staff) if said.author == "guide" else said.member or said.sender


def _standing(said: Said) -> dict[str, object]:
    """Which member wrote it, whether that is one of the shop's people, and whether it was moved here out of a group."""
    shown: dict[str, object] = {"by": said.sender} if said.sender and said.author in {"shopper", "system"} else {}
    if said.author == "shopper":
        marks = {"guide": serves(said.member), "moved": bool(said.body.get("from_group"))}
        shown |= {mark: True for mark, holds in marks.items() if holds}
    return shown


def serves(member: str | None) -> bool:
    """Whether a member of a room is one of the shop's people, by the name that nobody who was invited can have."""
    return member is not None and member.startswith("导购")


def _quote(quoted: Quoted, staff: Staff) -> dict[str, object]:
    """The quoted message as it stands now."""
    name = guide_name(quoted.name, staff) if quoted.author == "guide" else quoted.name
    shown: dict[str, object] = {"id": str(quoted.id), "from": _FROM.get(quoted.author, "system"), "as": name}
    return shown | ({"text": "", "recalled": True} if quoted.recalled else {"text": quoted.text})


def _mentioned(told: object) -> list[str]:
    """Ids of those who are named by @: of a member's message as they are, of ours out of ``Speech.mentions``."""
    found = [one.get("id") if isinstance(one, dict) else one for one in told] if isinstance(told, list) else []
    return [one for one in found if isinstance(one, str)]


def guide_name(guide: str | None, staff: Staff) -> str | None:
    """What a guide is called; accounts without a guide are called by their own name."""
    if not guide:
        return None
    known = staff.guides.get(guide)
    return known.name if known else guide


def _extras(body: Mapping[str, object]) -> dict[str, object]:
    """Cards and options out of a stored speech."""
    found: dict[str, object] = {}
    cards, options = body.get("cards"), body.get("options")
    if isinstance(cards, list) and cards:
        found["items"] = [{key: card[key] for key in _CARD if card.get(key)} for card in cards if isinstance(card, dict)]
    if isinstance(options, list) and options:
        found["options"] = [{"id": one.get("id", ""), "label": one.get("label", "")} for one in options if isinstance(one, dict)]
    return found


def state(standing: Standing, staff: Staff) -> dict[str, object]:
    """Who speaks now."""
    return {"owner": standing.owner, "guide": guide_name(standing.guide, staff)}
