"""A message as the pages and the API show it."""

from collections.abc import Mapping

from bot.brand import Staff
from bot.db.codec import iso
from bot.db.rooms import Said, Standing

_FROM = {"shopper": "shopper", "bot": "bot", "guide": "guide"}
_CARD = ("sku", "title", "text", "price", "url", "image", "reason")


def bubble(said: Said, staff: Staff, *, trace: bool = False) -> dict[str, object]:
    """FORMATS §4: ``{"id","from","text","items"?,"options"?,"at","as"?,"trace"?}``; ``ref`` is the id that the 202 gave."""
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
    if said.recalled:
        return shown | {"recalled": True}
    if said.failure:
        shown["failure"] = said.failure
    if said.author != "shopper":
        shown |= _extras(said.body)
    if trace and said.trace:
        shown["trace"] = said.trace
    return shown


def _name(said: Said, staff: Staff) -> str | None:
    return guide_name(said.sender, staff) if said.author == "guide" else said.member or said.sender


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
