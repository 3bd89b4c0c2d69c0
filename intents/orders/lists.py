"""What a pasted list says, and what its paster changed in it: each copy is compared with the copy that it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from intents.orders import words
from intents.orders.act import Act
from intents.orders.acts import Manner, read
from intents.orders.amounts import Amount, converted
from intents.orders.book import Pending
from intents.orders.menu import Items
from intents.orders.references import copied_from
from intents.orders.relays import Entry, Relay
from intents.orders.scanning import Scanner

Stand = Mapping[int, tuple[Decimal, str]]
"""Article to quantity and note."""


_PORTIONS = frozenset(("份", "套", "客", "单"))
_EXTRA = Decimal("0.6")
"""What costs less than this share of the first article of a head goes with it and is no main article of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one name has in a list."""

    stand: Stand
    doubts: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """A list as somebody pasted it."""

    message: str
    paster: str
    told: Mapping[str, Told]
    partial: bool = False


@dataclass(slots=True)
class Series:
    """All copies of one list."""

    sells: Items
    """The articles that its head names; empty where it has none."""
    copies: list[Copy] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Names whose owners took themselves out."""
    brought: dict[str, str] = field(default_factory=dict)
    """Who first wrote a name into the list."""

    def base(self, told: Mapping[str, Told]) -> Mapping[str, Told]:
        """The copy that a new one was made from: the one that differs least, the later where two do."""
        found: Mapping[str, Told] = {}
        least = len(told) + 2
        for copy in reversed(self.copies):
            if abs(len(copy.told) - len(told)) >= least:
                continue  # so many names at least stand in one of them only
            apart = distance(copy.told, told)
            if apart < least:
                found, least = copy.told, apart
        return found


def distance(one: Mapping[str, Told], other: Mapping[str, Told]) -> int:
    """Names that stand in one list only or say something else."""
    alone = len(other.keys() - one.keys())
    return alone + sum((there := other.get(name)) is not told and there != told for name, told in one.items())


def main_article(relay: Relay, scanner: Scanner, standing: int | None) -> int | None:
    """The article of entries that name none: what the head sells alone, else the menu's first where it sells portions."""
    articles = scanner.menu.articles
    sells = sold(relay, scanner)
    if len(articles) == 1:
        return 0
    if len(sells) == 1:
        return sells[0]
    if sells:
        extras = all(articles[place].price < articles[sells[0]].price * _EXTRA for place in sells[1:])
        return 0 if sells[0] == 0 and articles[0].unit in _PORTIONS and extras else None
    return standing if standing is not None else (0 if articles[0].unit in _PORTIONS else None)


def sold(relay: Relay, scanner: Scanner) -> Items:
    """The articles that a head offers: not those of its swaps, extras and examples."""
    found: list[int] = []
    for line in relay.head.split("\n"):
        if words.EXAMPLE.search(line):
            continue
        for piece in words.SEGMENT.findall(line):
            if "换" not in piece and "加" not in piece and "单点" not in piece:
                found += scanner.articles(piece)
    return tuple(dict.fromkeys(found))


def is_sign_up(relay: Relay, scanner: Scanner) -> bool:
    """Whether people write themselves down for something that is not sold."""
    if sold(relay, scanner):
        return False
    bodies = [entry.body for entry in relay.entries]
    if any(token.kind == "item" and token.items for body in bodies for token in scanner.scan(body)):
        return False
    if words.SIGN_UP.search(relay.head):
        return True
    amounts = any(
        token.kind == "amount" and token.amount.unit in scanner.menu.units for body in bodies for token in scanner.scan(body)
    )
    return not amounts and len(scanner.menu.articles) > 1 and not _meal(relay)


def _meal(relay: Relay) -> bool:
    return any(word in relay.head for word in "餐饭团购订")


@dataclass(frozen=True, slots=True)
class Listing:
    """What reading a list needs: the message, its main article, people, and what they have (for 同上)."""

    message: str
    main: int | None
    names: frozenset[str]
    held: Mapping[str, Stand]


def told_by(relay: Relay, listing: Listing, paster: str, scanner: Scanner) -> Mapping[str, Told]:
    """Each name's own line; entries of one name add up."""
    found: dict[str, Told] = {}
    above = ""
    for entry in relay.entries:
        name = entry.name or paster
        one = _entry(entry, listing, found, above, scanner)
        if one is not None:
            found[name] = _added(found[name], one) if name in found else one
            above = name
    return found


def _added(one: Told, other: Told) -> Told:
    stand = dict(one.stand)
    for place, (n, note) in other.stand.items():
        before, noted = stand.get(place, (Decimal(0), ""))
        stand[place] = (before + n, "，".join(dict.fromkeys(word for word in (noted, note) if word)))
    return Told(stand, one.doubts + other.doubts)


def _entry(entry: Entry, listing: Listing, found: Mapping[str, Told], above: str, scanner: Scanner) -> Told | None:
    """One entry; None where it orders nothing. What names nobody says the same however often the list is pasted."""
    named = frozenset(name for name in {*found, *listing.names} if name in entry.body)
    key = (entry.body, listing.main)
    if not named and key in scanner.entries:
        known: Told | None = scanner.entries[key]
        return known
    like = copied_from(entry.body, named)
    told = _told(entry, listing, (named, found, above, like), scanner)
    if not named and like is None and not words.SAME.search(entry.body):
        scanner.keep(key, told)
    return told


def _told(
    entry: Entry, listing: Listing, around: tuple[frozenset[str], Mapping[str, Told], str, str | None], scanner: Scanner
) -> "Told | None":
    """The same, with what stands around it: people that it names, entries before it, the name above, whose order it copies."""
    named, found, above, like = around
    manner = Manner(entry=True, several=listing.main is None, names=named & listing.names)
    if words.SAME.search(entry.body) or like in {"", "楼上", "上面", "前面", "上一位"}:
        like = above
    if like is not None:
        copied = found[like].stand if like in found else listing.held.get(like, {})
        if not copied:
            return Told({}, (Pending(listing.message, entry.body, "reference", entry=True),))
        message = read(entry.body.replace(like, ""), scanner, manner)
        extra = _stand([act for act in message.acts if act.items and act.amount], listing, scanner, main=None)
        return _added(Told({place: (n, "") for place, (n, _) in copied.items()}), extra)
    message = read(entry.body, scanner, manner)
    if words.USUAL.search(entry.body) and not message.acts:
        return Told({}, (Pending(listing.message, entry.body, "usual", entry=True),))
    if not message.acts and listing.main is None:
        return None
    told = _stand(message.acts, listing, scanner, listing.main)
    return _noted(told, _remark(entry.body, message.note, scanner), listing.main)


def _stand(acts: Sequence[Act], listing: Listing, scanner: Scanner, main: int | None) -> Told:
    """What acts come to where nothing stood before."""
    if any(act.kind == "cancel" and not act.items for act in acts):
        return Told({})
    sheet = _Sheet(scanner, listing.message, main)
    for act in acts:
        sheet.take(act)
    if main is not None and not any(act.only for act in acts):
        portions = Decimal(1) if sheet.portions is None else sheet.portions
        sheet.stand = {main: portions} | sheet.stand
    return Told({place: (n, "") for place, n in sheet.stand.items() if n > 0}, tuple(sheet.doubts))


@dataclass(slots=True)
class _Sheet:
    """One entry on its way."""

    scanner: Scanner
    message: str
    main: int | None
    stand: dict[int, Decimal] = field(default_factory=dict)
    doubts: list[Pending] = field(default_factory=list)
    portions: Decimal | None = None
    """Of the main article."""

    def take(self, act: Act) -> None:
        """Lay the next act on it."""
        if act.doubt == "usual":
            self.doubts.append(Pending(self.message, act.text, "usual", act.items, entry=True))
        elif act.kind == "cancel":
            for place in act.items:
                self.stand.pop(place, None)
        elif not act.items and not act.strange:
            self._alone(act)
        else:
            self._named(act)

    def _named(self, act: Act) -> None:
        place, n, doubt = settled(act, self.main is not None, self.scanner, self.message)
        if doubt is not None:
            self.doubts.append(replace(doubt, entry=True))
        elif place is not None and place == self.main:
            self.portions = n if self.portions is None or act.kind == "set" else self.portions + n
        elif place is not None:
            self.stand[place] = self.stand.get(place, Decimal(0)) + (-n if act.kind == "less" else n)

    def _alone(self, act: Act) -> None:
        """An amount alone is of the main article; further ones only say how it is divided."""
        amount = act.amount
        if amount is None:
            return
        place = self.main if self.main is not None else _by_unit(amount, self.scanner)
        n = None if place is None else converted(amount, self.scanner.menu.articles[place].unit)
        if place is None or n is None:
            why, items = ("choice", ()) if place is None else (_why(amount), (place,))
            self.doubts.append(Pending(self.message, act.text, why, items, amount, entry=True))
        elif self.main is None:
            self.stand[place] = self.stand.get(place, Decimal(0)) + n
        elif self.portions is None or act.kind == "set":
            self.portions = n
        else:
            self.portions = {"add": self.portions + n, "less": self.portions - n}.get(act.kind, self.portions)


def _by_unit(amount: Amount, scanner: Scanner) -> int | None:
    fits = [place for place, article in enumerate(scanner.menu.articles) if amount.unit and article.unit == amount.unit]
    return fits[0] if len(fits) == 1 else None


def settled(act: Act, one_by_default: bool, scanner: Scanner, message: str) -> tuple[int | None, Decimal, Pending | None]:
    """An act's article and quantity in the menu's unit, or what is unclear about it."""
    articles = scanner.menu.articles
    amount, items = act.amount, act.items
    if len(items) > 1 and amount is not None and amount.unit:
        items = tuple(place for place in items if converted(amount, articles[place].unit) is not None) or items
    if amount is None and one_by_default and len(items) == 1 and not act.doubt:
        return items[0], Decimal(1), None
    n = converted(amount, articles[items[0]].unit) if amount is not None and len(items) == 1 else None
    if n is not None and not act.doubt:
        return items[0], n, None
    if act.strange:
        return None, Decimal(0), Pending(message, act.text, "unknown", (), amount, act.strange)
    why = act.doubt or ("choice" if len(items) > 1 else _why(amount))
    return None, Decimal(0), Pending(message, act.text, why, items, amount)


def _why(amount: Amount | None) -> str:
    if amount is None:
        return "amount"
    if amount.n is None:
        return "range" if amount.rough else "amount"
    return "unit"


def _remark(body: str, note: str, scanner: Scanner) -> str:
    """What an entry says beside articles and amounts."""
    places = [body[token.start : token.end].strip() for token in scanner.scan(body) if token.kind == "mask"]
    return "，".join(
        dict.fromkeys(word for word in (*places, note) if word and not any(word in other and word != other for other in (note,)))
    )


def _noted(told: Told, note: str, main: int | None) -> Told:
    """The note stands on the main article, else on the last one."""
    if not note or not told.stand:
        return told
    place = main if main is not None and main in told.stand else list(told.stand)[-1]
    stand = dict(told.stand)
    stand[place] = (stand[place][0], note)
    return Told(stand, told.doubts)
