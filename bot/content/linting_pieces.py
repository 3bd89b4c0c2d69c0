"""The texts of an item that somebody will read, each with its place, for whom it is and until when it is said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from bot.content.items import Item, Key
from bot.content.linting_reading import words_of

KeyPath: TypeAlias = tuple[str | int, ...]
Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding inside one item."""

    rule: str
    """Stable id, such as ``link.broken``: an exception names it."""
    severity: Severity
    path: KeyPath
    """Where in the item."""
    words: str
    why: str
    way_out: str
    start: int = 0
    end: int = 0
    """Where the words stand in the text at ``path``; 0, 0 where the whole is meant."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its place in the content."""

    rule: str
    severity: Severity
    key: Key
    file: str
    line: int | None
    path: KeyPath
    words: str
    start: int
    end: int
    why: str
    way_out: str
    excepted: str | None = None
    """Why somebody approved it all the same; then it neither blocks nor warns."""


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom a text is; empty sets ask for nothing."""

    channels: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    tags: tuple[tuple[str, frozenset[str]], ...] = ()
    regions: frozenset[str] = frozenset()
    guide: str = ""
    """Whose own words they are."""

    def meets(self, other: "Whom") -> bool:
        """Whether one shopper may be meant by both."""
        mine, theirs = dict(self.tags), dict(other.tags)
        pairs = [(self.channels, other.channels), (self.levels, other.levels), (self.stores, other.stores)]
        pairs += [
            (self.regions, other.regions),
            (frozenset(filter(None, (self.guide,))), frozenset(filter(None, (other.guide,)))),
        ]
        pairs += [(values, theirs.get(name, frozenset())) for name, values in mine.items()]
        return all(not left or not right or left & right for left, right in pairs)

    @property
    def conditions(self) -> int:
        """How many things are asked."""
        return sum(map(bool, (self.channels, self.levels, self.stores, self.regions, self.guide))) + len(self.tags)


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of an item."""

    path: KeyPath
    text: str
    whom: Whom = Whom()
    begins: date | None = None
    ends: date | None = None
    """The last day on which it is said."""
    filled: bool = True
    """Whether placeholders are filled here."""
    said: bool = True
    """Whether it is said in full sentences; names and titles are not."""


def named(value: object, name: str) -> Sequence[str]:
    """A list of words inside a mapping; a single word is a list of one."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def told(value: object, name: str) -> str:
    """A text inside a mapping; empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else "" if found is None else str(found)


def below(value: object, name: str) -> Mapping[str, object]:
    """A mapping inside a mapping; empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def listed(value: object, name: str) -> Sequence[Mapping[str, object]]:
    """The mappings of a list inside a mapping, those that are none as empty ones, so that places keep their numbers."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return [one if isinstance(one, Mapping) else {} for one in found] if isinstance(found, list | tuple) else []


def day(value: object, name: str) -> date | None:
    """A day inside a mapping; None where there is none, or none that can be read."""
    text = told(value, name)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def whom(value: Mapping[str, object]) -> Whom:
    """For whom an entry or a variant is, its own channels and those of its audience together."""
    inside = below(value, "audience")
    tags = tuple((name, frozenset(named(below(inside, "tags"), name))) for name in sorted(below(inside, "tags")))
    channels = frozenset(named(value, "channels")) | frozenset(named(inside, "channels"))
    level, of = told(below(value, "scope"), "level"), told(below(value, "scope"), "of")
    stores = frozenset({of}) if level == "店" and of else frozenset(named(inside, "stores"))
    regions = frozenset(named(inside, "regions")) | (frozenset({of}) if level == "区域" and of else frozenset())
    return Whom(channels, frozenset(named(inside, "levels")), stores, tags, regions, of if level == "个人" else "")


_MADE: dict[int, tuple[Item, tuple[Piece, ...]]] = {}
"""Items whose texts were read lately: every rule asks for them. Each entry keeps its item, so that no id is used twice."""
_MOST_MADE = 2048


def pieces(item: Item) -> tuple[Piece, ...]:
    """All texts of an item; an item of a kind that says nothing has none."""
    known = _MADE.get(id(item))
    if known is not None and known[0] is item:
        return known[1]
    reads = _READERS.get(item.key.kind)
    made = tuple(one for one in reads(item.value) if one.text.strip()) if reads else ()
    if len(_MADE) >= _MOST_MADE:
        _MADE.clear()
    _MADE[id(item)] = item, made
    return made


def earliest(*days: date | None) -> date | None:
    """The first of the days that there are."""
    return min((one for one in days if one), default=None)


def latest(*days: date | None) -> date | None:
    """The last of the days that there are."""
    return max((one for one in days if one), default=None)


def _script(value: Mapping[str, object]) -> Iterator[Piece]:
    for n, one in enumerate(listed(value, "variants")):
        begins = latest(day(value, "from"), day(one, "from"))
        ends = earliest(day(value, "until"), day(one, "until"))
        for_whom = whom({**one, "scope": value.get("scope")} if value.get("scope") else one)
        yield Piece(("variants", n, "text"), told(one, "text"), for_whom, begins, ends)
        for m, more in enumerate(listed(one, "attachments")):
            for name in ("title", "text"):
                yield Piece(("variants", n, "attachments", m, name), told(more, name), for_whom, begins, ends, said=False)


def _entry(value: Mapping[str, object]) -> Iterator[Piece]:
    window = day(value, "valid_from"), day(value, "valid_until")
    for name in ("answer", "short"):
        yield Piece((name,), told(value, name), whom(value), *window, filled=False)
    for n, one in enumerate(listed(value, "attachments")):
        yield Piece(("attachments", n, "title"), told(one, "title"), whom(value), *window, filled=False, said=False)


def _post(value: Mapping[str, object]) -> Iterator[Piece]:
    begins, ends = day(value, "from"), earliest(day(value, "until"), last_day(value))
    for_whom = Whom(stores=frozenset(named(below(value, "groups"), "stores")))
    yield Piece(("text",), told(value, "text"), for_whom, begins, ends)
    for name in ("cards", "links"):
        for n, one in enumerate(listed(value, name)):
            for key in ("title", "text"):
                yield Piece((name, n, key), told(one, key), for_whom, begins, ends, said=key == "text")


def last_day(value: Mapping[str, object]) -> date | None:
    """The last of a post's single days; None where it also runs on weekdays."""
    days = named(value, "days")
    single = [found for one in days if (found := day({"day": one}, "day"))]
    return max(single) if single and len(single) == len(days) else None


def _macro(value: Mapping[str, object]) -> Iterator[Piece]:
    store = told(value, "store")
    yield Piece(("text",), told(value, "text"), Whom(stores=frozenset({store} if store else ())))


_PRAISING = words_of("功效 卖点 描述 介绍 说明 特点 亮点 宣传语 适用 口感 体验")
"""Attributes of a product in which it is praised; the others are numbers, colours and contents."""


def _product(value: Mapping[str, object]) -> Iterator[Piece]:
    yield Piece(("name",), told(value, "name"), filled=False, said=False)
    for name in sorted(_PRAISING & set(below(value, "attributes"))):
        text = "、".join(named(below(value, "attributes"), name))
        yield Piece(("attributes", name), text, filled=False, said=False)


def _rule(value: Mapping[str, object]) -> Iterator[Piece]:
    yield Piece(("reason",), told(value, "reason"), begins=day(value, "from"), ends=day(value, "until"), filled=False)


def _store(value: Mapping[str, object]) -> Iterator[Piece]:
    coupon = below(value, "coupon")
    for name in ("title", "text"):
        yield Piece(("coupon", name), told(coupon, name), ends=day(coupon, "valid_until"), filled=False, said=name == "text")


def _brand(value: Mapping[str, object]) -> Iterator[Piece]:
    inside = below(value, "value")
    if value.get("key") == "groups":
        yield Piece(("value", "rules"), told(inside, "rules"), filled=False)
    elif value.get("key") == "persona":
        for name in ("name", "self", "greeting"):
            yield Piece(("value", name), told(inside, name), filled=False, said=name == "greeting")


_READERS = {
    "script": _script,
    "entry": _entry,
    "post": _post,
    "macro": _macro,
    "product": _product,
    "rule": _rule,
    "store": _store,
    "brand": _brand,
}
