"""Forms of products, tags, rules and words: fields as a browser sends them become values by the keys of FORMATS §1.

What a form does not show stays as it was; what it shows and nobody changed stays as it was written.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.front.console_forms import Fields, Value, lines, several, words

LINKS: Final[Mapping[str, str]] = {"wecom_mini": "微信小程序", "tmall": "天猫", "jd": "京东"}
"""Doors that every product's form asks for; others keep their own names."""
SELECTED: Final = ("tags", "category", "brand", "sku")
"""By what a rule chooses products."""
MOST_ROWS: Final = 60
_ROW: Final = re.compile(r"([a-z])(\d{1,3})\.name")


def product(fields: Fields, was: Value) -> dict[str, object]:
    """A product out of its form."""
    told: dict[str, object] = {
        "sku": words(fields, "id").strip() or str(was.get("sku", "")),
        **{name: words(fields, name).strip() for name in ("name", "brand", "category", "price", "image", "status", "launched")},
        "tags": split(words(fields, "tags"), listed(was.get("tags"))),
        "attributes": attributes(fields, was.get("attributes")),
        "stock": stock(fields, was.get("stock")),
        "links": links(fields, was.get("links")),
    }
    if told["status"] == "active" and not was.get("status"):
        told["status"] = ""
    return kept(told, was)


def attributes(fields: Fields, was: object) -> dict[str, object]:
    """Name → value, several values as a list where they were one."""
    before = was if isinstance(was, Mapping) else {}
    found: dict[str, object] = {}
    for n in rows(fields, "a"):
        name, told = words(fields, f"a{n}.name").strip(), words(fields, f"a{n}.value").strip()
        if name:
            found[name] = _attribute(told, before.get(name))
    return {name: one for name, one in found.items() if one not in ("", [])}


def _attribute(told: str, was: object) -> object:
    if isinstance(was, list):
        return was if told == joined(was) else split(told, [str(one) for one in was])
    return was if was is not None and str(was) == told else told


def stock(fields: Fields, was: object) -> object:
    """One number for all places, or one for each."""
    if words(fields, "stock.mode") != "places":
        told = words(fields, "stock.all").strip()
        return _number(told, was if not isinstance(was, Mapping) else None) if told else None
    before = was if isinstance(was, Mapping) else {}
    found: dict[str, object] = {}
    for n in rows(fields, "s"):
        place, told = words(fields, f"s{n}.name").strip(), words(fields, f"s{n}.n").strip()
        if place and told:
            found[place] = _number(told, before.get(place))
    return ordered(found, before)


def links(fields: Fields, was: object) -> dict[str, object]:
    """Channel → address, and whether shops sell it."""
    before = was if isinstance(was, Mapping) else {}
    found: dict[str, object] = {}
    for n in rows(fields, "l"):
        channel, told = words(fields, f"l{n}.name").strip(), words(fields, f"l{n}.url").strip()
        if channel and told:
            found[channel] = told
    if words(fields, "links.store"):
        found["store"] = True
    elif before.get("store") is False:
        found["store"] = False
    return ordered(found, before)


def tag(fields: Fields, was: Value) -> dict[str, object]:
    """A kind of tags out of its form."""
    told: dict[str, object] = {
        "name": words(fields, "id").strip() or str(was.get("name", "")),
        "values": lines(words(fields, "values")),
        "exclusive": bool(words(fields, "exclusive")),
        "half_life_days": _number(words(fields, "half_life_days").strip(), was.get("half_life_days")),
        "hard": bool(words(fields, "hard")),
        "wecom": words(fields, "wecom").strip(),
    }
    return kept(told, was)


def rule(fields: Fields, was: Value) -> dict[str, object]:
    """A rule out of its form."""
    factor = words(fields, "factor").strip()
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        "when": when(fields, was.get("when")),
        "pin": _several(lines(words(fields, "pin")), was.get("pin")),
        "block": selector(fields, "block", was.get("block")),
        "boost": selector(fields, "boost", was.get("boost")),
        "factor": _number(factor, was.get("factor")) if factor else None,
        "reason": words(fields, "reason").strip(),
        "from": words(fields, "from"),
        "until": words(fields, "until"),
    }
    return kept(told, was)


def when(fields: Fields, was: object) -> dict[str, object]:
    """For whom a rule holds: every named thing, one of its values is enough."""
    before = was if isinstance(was, Mapping) else {}
    found: dict[str, object] = {}
    for n in rows(fields, "w"):
        key = words(fields, f"w{n}.name").strip()
        told = [*several(fields, f"w{n}.value"), *split(words(fields, f"w{n}.more"))]
        if words(fields, f"w{n}.was") not in {"", key}:
            told = []  # the values were another condition's
        if key:
            found[key] = _several(list(dict.fromkeys([*listed(found.get(key)), *told])), before.get(key))
    return ordered(found, before)


def selector(fields: Fields, name: str, was: object) -> dict[str, object]:
    """Which products a rule keeps away or lifts."""
    before = was if isinstance(was, Mapping) else {}
    told = {part: split(words(fields, f"{name}.{part}"), listed(before.get(part))) for part in SELECTED}
    found = {part: _several(one, before.get(part)) for part, one in told.items() if one}
    return ordered(found, before)


def spelling(fields: Fields, was: Value) -> dict[str, object]:
    """One standard word with the ways people write it."""
    slot, _, standard = words(fields, "id").strip().partition("/")
    told: dict[str, object] = {
        "slot": str(was.get("slot") or words(fields, "slot").strip() or slot),
        "standard": str(was.get("standard") or words(fields, "standard").strip() or standard),
        "spellings": split(words(fields, "spellings"), listed(was.get("spellings"))),
    }
    return {**kept(told, was), "spellings": kept(told, was).get("spellings", [])}


# --- reading


def rows(fields: Fields, mark: str) -> list[int]:
    """The numbers of rows that were sent (``a0.name``, ``a2.name``), without the one that is to be taken away."""
    gone = words(fields, "drop")
    found = {int(match[2]) for name in fields if (match := _ROW.fullmatch(name)) and match[1] == mark}
    return sorted(n for n in found if f"{mark}{n}" != gone)[:MOST_ROWS]


def split(told: str, known: Sequence[str] = ()) -> list[str]:
    """Words that are parted by semicolons, lines, or such commas as none of the known words holds."""
    marks = ";；\n" + "".join(mark for mark in ",，、" if not any(mark in one for one in known))
    return list(dict.fromkeys(filter(None, (one.strip() for one in re.split(f"[{marks}]", told)))))


def joined(several_: object) -> str:
    """Words in one line, to be ``split`` again."""
    found = listed(several_)
    return ("；" if any(re.search("[,，、]", one) for one in found) else "、").join(found)


def listed(value: object) -> list[str]:
    """One word or several (``a;b`` is two) as a list."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [one.strip() for one in re.split("[;；]", value) if one.strip()]
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _several(told: list[str], was: object) -> object:
    """As it was written, where it means the same."""
    return was if was is not None and listed(was) == told else told


def _number(told: str, was: object) -> object:
    """A number; what is none stays a text, so that the check names it."""
    if not told:
        return None
    if was is not None and str(was) == told:
        return was
    if re.fullmatch(r"-?\d{1,12}", told):
        return int(told)
    try:
        return float(told)
    except ValueError:
        return told


def ordered(told: Mapping[str, object], was: Mapping[str, object]) -> dict[str, object]:
    """``told`` in the order of ``was``."""
    names = [*(name for name in was if name in told), *(name for name in told if name not in was)]
    return {name: told[name] for name in names}


def kept(told: Mapping[str, object], was: Value) -> dict[str, object]:
    """``told`` over ``was``: in its order, as it was written where it means the same, without what says nothing."""
    found: dict[str, object] = {}
    for name in (*was, *(name for name in told if name not in was)):
        if name not in told:
            found[name] = was[name]
            continue
        value, before = told[name], was.get(name)
        if before is not None and _alike(value, before):
            found[name] = before
        elif value not in (None, "", [], {}, False):
            found[name] = value
    return found


def _alike(told: object, was: object) -> bool:
    if isinstance(told, str) and isinstance(was, str | int | float) and not isinstance(was, bool):
        return told == str(was).strip()
    if told is False and was is False:
        return True
    if isinstance(told, list):
        return told == listed(was) and told != []
    return told == was
