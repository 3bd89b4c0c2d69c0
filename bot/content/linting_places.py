"""Shops in words against ``guides.yml``: hours, telephone, address, and whose shop a text is about; the brand's own hours too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, Piece, pieces, told
from bot.content.linting_reading import plain
from bot.hours import Hours

_SPAN: Final = re.compile(
    r"(?P<days>每天|周一(?:到|至|-)周[五日天]|平日|工作日|周末|周六日?|周日|周[一二三四五六日天](?:到|至|-)周[一二三四五六日天])?[^，。；\d]{0,4}?(?P<opens>(?<!\d)\d{1,2}(?::[0-5]\d|点半?))\s*(?:到|至|-|—|~|～)\s*(?P<closes>\d{1,2}(?::[0-5]\d|点半?))"
)
_PHONE: Final = re.compile(r"(?<![\d-])0\d{2,3}-?\d{4}-?\d{4}(?![\d-])")
_STREET: Final = re.compile(r"[\u4e00-\u9fff]{2,6}(?:路|街|道|大道)(\d+)号")
_ENDS: Final = re.compile(r"[。；！？\n]")
_WEEK: Final = "一二三四五六日"
_SERVED: Final = re.compile(r"人工(?:客服)?(?:在线|的时间|时间|：|:|周|每天)|客服(?:在线|时间)")


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as ``guides.yml`` has it."""

    id: str
    name: str
    hours: Hours | None
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Places:
    """All shops, and when people of the brand are there."""

    shops: Sequence[Shop]
    hours: Hours | None

    @classmethod
    def of(cls, stores: Sequence[Item], hours: object) -> "Places":
        """Those of these items; ``hours``: those of ``brand.yml``."""
        return cls(tuple(_shop(one.value) for one in stores if told(one.value, "name")), _hours(hours))

    def by_id(self, store: str) -> Shop | None:
        """The shop of an id."""
        return next((one for one in self.shops if one.id == store), None)


def _shop(value: Mapping[str, object]) -> Shop:
    phone = re.sub(r"\D", "", told(value, "phone"))
    return Shop(told(value, "id"), told(value, "name"), _hours(value.get("hours")), phone, plain(told(value, "address")))


def _hours(value: object) -> Hours | None:
    try:
        return Hours.read({str(name): str(one) for name, one in value.items()}) if isinstance(value, Mapping) and value else None
    except ValueError:
        return None


def marks(item: Item, places: Places) -> Iterator[Mark]:
    """What an item says of shops and hours that is not so."""
    if item.key.kind not in {"entry", "script", "post", "macro"}:
        return
    for piece in pieces(item):
        yield from _elsewhere(piece, places)
        for at, sentence in _sentences(plain(piece.text)):
            yield from _of_shops(piece, places, at, sentence)
            yield from _of_people(piece, places, at, sentence)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for mark in (*_ENDS.finditer(text), None):
        end = mark.start() if mark else len(text)
        if text[start:end].strip():
            yield start, text[start:end]
        start = mark.end() if mark else end


def _elsewhere(piece: Piece, places: Places) -> Iterator[Mark]:
    """A text for one shop that speaks only of others."""
    own = [shop for one in piece.whom.stores if (shop := places.by_id(one))]
    if not own or len(piece.whom.stores) != len(own):
        return
    others = [shop for shop in places.shops if shop not in own and shop.name in piece.text]
    if others and not any(shop.name in piece.text for shop in own):
        words = others[0].name
        why = f"这是给{'、'.join(one.name for one in own)}的顾客看的，说的却是{words}"
        at = piece.text.index(words)
        yield Mark("claim.store", "block", piece.path, words, why, f"改成{own[0].name}，或者改 stores", at, at + len(words))


def _of_shops(piece: Piece, places: Places, at: int, sentence: str) -> Iterator[Mark]:
    named_here = [shop for shop in places.shops if shop.name in sentence or shop.name in piece.text[: at + len(sentence)]]
    own = [shop for one in piece.whom.stores if (shop := places.by_id(one))]
    about = named_here if len(named_here) == 1 else own if len(own) == 1 and not named_here else []
    if not about:
        return
    (shop,) = about
    for found in _SPAN.finditer(sentence):
        if shop.hours and not _fits(found, shop.hours):
            yield _mark(piece, "claim.hours", at, found, f"guides.yml 里{shop.name}的时间是 {_said(shop.hours)}")
    for found in _PHONE.finditer(sentence):
        if shop.phone and re.sub(r"\D", "", found[0]) != shop.phone:
            yield _mark(piece, "claim.phone", at, found, f"guides.yml 里{shop.name}的电话是 {shop.phone}")
    for found in _STREET.finditer(sentence):
        if shop.address and re.search(r"\d+号", shop.address) and f"{found[1]}号" not in shop.address:
            yield _mark(piece, "claim.address", at, found, f"guides.yml 里{shop.name}在 {shop.address}")


def _of_people(piece: Piece, places: Places, at: int, sentence: str) -> Iterator[Mark]:
    if places.hours is None or not _SERVED.search(sentence) or any(shop.name in piece.text for shop in places.shops):
        return
    for found in _SPAN.finditer(sentence):
        if not _fits(found, places.hours):
            yield _mark(piece, "claim.hours", at, found, f"brand.yml 里人工在线的时间是 {_said(places.hours)}")


def _mark(piece: Piece, rule: str, at: int, found: re.Match[str], why: str) -> Mark:
    start, end = at + found.start(), at + found.end()
    return Mark(
        rule, "block", piece.path, piece.text[start:end], f"{why}，这里写的是“{found[0]}”", "核对哪个是对的，改成一样", start, end
    )


def _minutes(clock: str) -> int:
    hour, colon, minute = clock.partition(":")
    if colon:
        return int(hour) * 60 + int(minute)
    return int(clock.rstrip("点半")) * 60 + (30 if clock.endswith("半") else 0)


def _fits(found: re.Match[str], hours: Hours) -> bool:
    """Whether a span that a text tells is that of the days it names; of no days: that of any day."""
    span = _minutes(found["opens"]), _minutes(found["closes"])
    days = _days(found["days"] or "")
    week = [hours.week[day] for day in days] if days else list(hours.week)
    return all(one == span for one in week) if days else span in week


def _days(words: str) -> Sequence[int]:
    if words in {"平日", "工作日"}:
        return range(5)
    if words in {"周末", "周六日"}:
        return (5, 6)
    if words == "每天":
        return range(7)
    places = [_WEEK.index("日" if sign == "天" else sign) for sign in words if sign in _WEEK + "天" and sign != "周"]
    if len(places) == 2 and places[0] <= places[1]:
        return range(places[0], places[1] + 1)
    return places[:1]


def _said(hours: Hours) -> str:
    spans = dict.fromkeys(span for span in hours.week if span)
    return "、".join(f"{opens // 60}:{opens % 60:02d}-{closes // 60}:{closes % 60:02d}" for opens, closes in spans)
