"""Forms of scripts and entries: fields as a browser sends them become values by the keys of FORMATS §1, and back.

What a form does not show stays as it was; what it shows and nobody changed stays as it was written, so that a save that changes
nothing changes no letter.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from multidict import MultiMapping

from scripts import scheduling

Value = Mapping[str, object]
WEEK: Final = (
    ("mon", "周一"),
    ("tue", "周二"),
    ("wed", "周三"),
    ("thu", "周四"),
    ("fri", "周五"),
    ("sat", "周六"),
    ("sun", "周日"),
)
ATTACHED: Final[Mapping[str, tuple[str, ...]]] = {
    "image": ("url", "title"),
    "link": ("title", "url", "text", "image"),
    "mini_program": ("title", "appid", "path", "text", "image", "url"),
    "product": ("sku",),
    "coupon": ("id", "store"),
}
"""Kind of a script's attachment → the fields that it has."""
_NUMBERED: Final = re.compile(r"([va])(\d{1,3})\.(.+)")
MOST_PARTS: Final = 60


Fields: TypeAlias = MultiMapping[object]
"""What a browser sent: ``request.post()``, or a query."""


def words(fields: Fields, name: str) -> str:
    """One field as text; empty where it was not sent."""
    found = fields.getall(name, [])
    return found[-1].replace("\r\n", "\n") if found and isinstance(found[-1], str) else ""


def several(fields: Fields, name: str) -> list[str]:
    """All values of a field, each once, without empty ones."""
    found = (one.strip() for one in fields.getall(name, []) if isinstance(one, str))
    return list(dict.fromkeys(one for one in found if one))


def number(fields: Fields, name: str) -> int:
    """A whole number that the page itself put into a field; 0 where it is none."""
    told = words(fields, name)
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0


def lines(text: str) -> list[str]:
    """The lines of a text, without empty ones and without numbering that came along with a paste."""
    return list(dict.fromkeys(told for line in text.splitlines() if (told := line.strip())))


def parted(text: str) -> list[str]:
    """Words that are parted by spaces, commas or semicolons."""
    return list(dict.fromkeys(filter(None, re.split(r"[\s;；,，、]+", text))))


def parts(fields: Fields, mark: str, prefix: str = "") -> list[int]:
    """The numbers of parts that were sent, such as ``v0.text``, ``v2.text`` or below one ``v0.a1.kind``."""
    found = {
        int(match[2])
        for name in fields
        if name.startswith(prefix) and (match := _NUMBERED.fullmatch(name[len(prefix) :])) and match[1] == mark
    }
    return sorted(found)[:MOST_PARTS]


def script(fields: Fields, was: Value) -> dict[str, object]:
    """A script out of its form; ``was``: what the form was made from."""
    before = listed(was.get("variants"))
    made: list[object] = [_variant(fields, f"v{n}.", before) for n in parts(fields, "v")]
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        "family": words(fields, "family"),
        "variants": made,
        "scope": scope(fields),
        "extends": words(fields, "extends").strip(),
        "experiment": _experiment(fields),
    }
    return _kept(told, was)


def _variant(fields: Fields, at: str, before: Sequence[Value]) -> dict[str, object]:
    was = _before(words(fields, f"{at}id").strip(), words(fields, f"{at}text").strip(), before)
    attached = [_attachment(fields, f"{at}a{m}.") for m in parts(fields, "a", at)]
    first = {"yes": True, "no": False}.get(words(fields, f"{at}first"))
    told: dict[str, object] = {
        "text": words(fields, f"{at}text").strip(),
        "weight": _number(words(fields, f"{at}weight"), was.get("weight")),
        "channels": several(fields, f"{at}channels"),
        "audience": audience(fields, at, channels=False),
        "id": words(fields, f"{at}id").strip(),
        "first": first,
        "from": words(fields, f"{at}from"),
        "until": words(fields, f"{at}until"),
        "days": _days(fields, at, was.get("days")),
        "hours": hours(words(fields, f"{at}begins"), words(fields, f"{at}ends"), was.get("hours")),
        "attachments": attached,
        "arm": words(fields, f"{at}arm").strip(),
    }
    return _kept(_with_channels(told, was), was)


def _with_channels(told: dict[str, object], was: Value) -> dict[str, object]:
    """Channels may stand beside the audience or inside it: where they are the same they stay where they were written."""
    inside = was.get("audience")
    within = _texts(inside.get("channels")) if isinstance(inside, Mapping) else []
    audience_ = told["audience"]
    if (
        not within
        or not isinstance(audience_, Mapping)
        or set(_texts(told["channels"])) != {*_texts(was.get("channels")), *within}
    ):
        return told
    return {**told, "channels": was.get("channels"), "audience": {**audience_, "channels": within}}


def _before(id_: str, text: str, before: Sequence[Value]) -> Value:
    """The wording that a part of the form was made from: the one of that name, else of these words; else none."""
    named = (one for one in before if id_ and one.get("id") == id_)
    return next(named, None) or next((one for one in before if str(one.get("text", "")).strip() == text), {})


def entry(fields: Fields, was: Value) -> dict[str, object]:
    """An entry out of its form."""
    attached = [{name: words(fields, f"a{m}.{name}").strip() for name in ("kind", "title", "url")} for m in parts(fields, "a")]
    told: dict[str, object] = {
        "id": words(fields, "id").strip() or str(was.get("id", "")),
        "questions": lines(words(fields, "questions")),
        "answer": words(fields, "answer").strip(),
        "source": words(fields, "source").strip(),
        "short": words(fields, "short").strip(),
        "valid_from": words(fields, "valid_from"),
        "valid_until": words(fields, "valid_until"),
        "audience": audience(fields, ""),
        "private": bool(words(fields, "private")),
        "handover": bool(words(fields, "handover")),
        "attachments": [{name: one for name, one in each.items() if one} for each in attached if any(each.values())],
        "related": parted(words(fields, "related")),
        "tags": parted(words(fields, "tags")),
        "scope": scope(fields),
    }
    return _kept(told, was)


def scope(fields: Fields) -> dict[str, object]:
    """Whose a thing is; headquarters' needs no word."""
    level = words(fields, "scope.level")
    of = words(fields, {"区域": "scope.region", "店": "scope.store", "个人": "scope.guide"}.get(level, "scope.none")).strip()
    return {"level": level, "of": of} if level in {"区域", "店", "个人"} else {}


def audience(fields: Fields, at: str, *, channels: bool = True) -> dict[str, object]:
    """For whom a part is."""
    tags: dict[str, list[str]] = {}
    for one in several(fields, f"{at}tags.of"):
        name, _, value = one.partition("=")
        tags.setdefault(name, []).append(value)
    told: dict[str, object] = {
        "channels": several(fields, f"{at}channels") if channels else [],
        "stores": several(fields, f"{at}stores"),
        "levels": list(dict.fromkeys((*several(fields, f"{at}levels"), *parted(words(fields, f"{at}levels.more"))))),
        "regions": several(fields, f"{at}regions"),
        "tags": tags,
    }
    return {name: one for name, one in told.items() if one}


def hours(begins: str, ends: str, was: object) -> str:
    """``09:00-12:00``; as it was written where it means the same."""
    if not begins and not ends:
        return ""
    told = f"{begins or '00:00'}-{ends if ends and ends != '00:00' else '24:00'}"
    same = isinstance(was, str) and scheduling.hours(was) == scheduling.hours(told)
    return str(was) if same else told


def _days(fields: Fields, at: str, was: object) -> object:
    week = [name for name, _ in WEEK if name in several(fields, f"{at}days")]
    days = parted(words(fields, f"{at}dates"))
    told: list[object] = [*week, *days]
    return was if _meant(was) == _meant(told) else told


def _meant(days: object) -> frozenset[object]:
    found = scheduling.listed(days)
    return frozenset(
        inner
        for one in (found if isinstance(found, list | tuple) else ())
        for inner in ((scheduling.span(one) or (one,)) if isinstance(one, str) else (str(one),))
    )


def _attachment(fields: Fields, at: str) -> dict[str, object]:
    kind = words(fields, f"{at}kind")
    names = ATTACHED.get(kind, ())
    told: dict[str, object] = {"kind": kind}
    return told | {name: found for name in names if (found := words(fields, f"{at}{name}").strip())}


def _experiment(fields: Fields) -> dict[str, object]:
    id_, told = words(fields, "experiment.id").strip(), words(fields, "experiment.arms")
    arms: dict[str, object] = {}
    for one in re.split(r"[\n;；,，、]+", told):
        name, _, weight = one.strip().replace("：", ":").replace(" ", ":").partition(":")
        if name:
            arms[name] = _number(weight, None) or 1
    if not id_ and not arms:
        return {}
    found: dict[str, object] = {"id": id_, "from": words(fields, "experiment.from"), "until": words(fields, "experiment.until")}
    return {name: one for name, one in found.items() if one} | {"arms": arms}


def _number(told: str, was: object) -> object:
    """A number as one writes it: 2, 0.5; what is none stays a text, so that the check names it."""
    told = told.strip()
    if not told:
        return None
    try:
        found = float(told)
    except ValueError:
        return told
    if was is None and found == 1:
        return None
    return was if was == found else int(found) if found.is_integer() else found


def listed(value: object) -> list[Value]:
    """The mappings of a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _kept(told: Mapping[str, object], was: Value) -> dict[str, object]:
    """``told`` over ``was``: in its order, without what says nothing, what means the same as it was written."""
    names = [*(name for name in was), *(name for name in told if name not in was)]
    found: dict[str, object] = {}
    for name in names:
        if name not in told:
            found[name] = was[name]
        elif (value := told[name] if name == "questions" else _same(told[name], was.get(name))) not in (
            None,
            "",
            [],
            {},
            False,
        ) or (value is False and name == "first"):
            found[name] = value
    return found


def _same(told: object, was: object) -> object:
    if isinstance(told, Mapping) and isinstance(was, Mapping):
        return _kept(told, {name: one for name, one in was.items() if name in told})
    if isinstance(told, list) and isinstance(was, list):
        plain = all(isinstance(one, str) for one in (*told, *was))
        return was if plain and len(told) == len(was) and set(told) == set(was) and len(set(told)) == len(told) else told
    if isinstance(was, str) and isinstance(told, str):
        return was if was.strip() == told.strip() else told
    if told == was:
        return was
    # a key that said nothing by itself (private: false) goes on saying it
    return was if was is False and not told else told
