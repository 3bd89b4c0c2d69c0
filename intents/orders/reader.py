"""Reads a group's messages, one after the other as they were sent, into the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from intents.orders import words
from intents.orders.asking import questions
from intents.orders.book import Book
from intents.orders.lists import Copy, Listing, Series, is_sign_up, main_article, sold, told_by
from intents.orders.menu import Menu
from intents.orders.model import Article, Ledger, Said
from intents.orders.relays import Entry, Relay, as_written, relay_of
from intents.orders.scanning import Scanner
from intents.orders.scene import Past, Scene
from intents.orders.speech import Speaker
from intents.orders.written import written


def read_orders(menu: Sequence[Article], messages: Iterable[Said]) -> Ledger:
    """The ledger of a session: net lines, what is unclear, totals.

    Messages are taken in the order of their times; one without a time keeps its place behind the one before it.
    """
    told = in_order(messages)
    reader = OrderReader(menu)
    reader.knows(one.sender for one in told)
    for message in told:
        reader.read(message)
    return reader.ledger()


def in_order(messages: Iterable[Said]) -> Sequence[Said]:
    """Messages by time, stable."""
    last: datetime | None = None
    dated: list[tuple[datetime | None, Said]] = []
    for message in messages:
        last = message.at or last
        dated.append((last, message))
    first = next((at for at, _ in dated if at is not None), None)
    if first is None:
        return [message for _, message in dated]
    return [message for _, message in sorted(dated, key=lambda one: one[0] or first)]


class OrderReader:
    """A session on its way: messages and a guide's corrections one after the other, and at any moment the ledger so far."""

    def __init__(self, menu: Sequence[Article]) -> None:
        self._scanner = Scanner(Menu(tuple(menu)))
        self._places = {article.sku: place for place, article in enumerate(menu)}
        self._book = Book(self._scanner.menu)
        self._scene = Scene()
        self._series: list[Series] = []
        self._main: int | None = None
        self._names: dict[str, str] = {}
        self._known: set[str] = set()
        self._senders: set[str] = set()
        self._said: list[str] = []
        self._order: list[str] = []
        self._speaker = Speaker(self._scanner, self._book, self._scene, self._names)

    def knows(self, names: Iterable[str]) -> None:
        """These people may be named in lists and words (和王姐一样); whoever writes is known from then on by itself."""
        for name in names:
            if name not in self._known and not words.GUIDE.match(name):
                self._known.add(name)
                folded = written(name).text
                self._senders.discard(self._names.get(folded, ""))
                self._senders.add(name)
                self._names[folded] = name
                self._speaker.calls(folded, name)

    def also(self, name: str, person: str) -> None:
        """Another name by which a person is called; one that is taken already stays with whoever has it."""
        if not words.GUIDE.match(name):
            self._known.add(name)
            self._names.setdefault(written(name).text, person)

    def named(self, name: str) -> bool:
        """Whether a name that nobody told us yet was written so far: it should have been known then; read the session anew."""
        folded = written(name).text
        return bool(folded) and name not in self._known and any(folded in one for one in self._said)

    def read(self, message: Said) -> None:
        """Take the next message in."""
        self.knows((message.sender,))
        self._order.append(message.id)
        if words.NOTICE.search(message.text) or not message.text.strip():
            return
        text = written(message.text).text
        self._said.append(text)
        relay = relay_of(text, self._names, self._scanner) if text else None
        if relay is not None and relay.entries:
            self._list(message, self._spelled(relay, message.text))
            return
        if relay is not None or text.startswith("#接龙"):
            self._offer(message, text)
            return
        self._speaker.main_article(self._main)
        self._speaker.hear(message)

    def sells(self, sku: str) -> bool:
        """Whether it is on the menu."""
        return sku in self._places

    def edit(self, sender: str, sku: str, n: Decimal, note: str | None, source: str) -> None:
        """What a guide set a line to; zero takes it out, ``note`` None leaves the note. What the sender says later changes it on.

        Raises:
            KeyError: there is no such article.
        """
        place = self._places[sku]
        self.knows((sender,))
        self._order.append(source)
        waiting = [one for one in self._book.pending.get(sender, ()) if place in one.items]
        if n <= 0:
            self._book.clear(sender, waiting)
            self._book.drop(sender, place)
            return
        self._book.put(sender, place, n, source)
        if note is not None:
            self._book.annotate(sender, place, note)

    def ledger(self) -> Ledger:
        """The order as it stands now."""
        return self._book.ledger(self._order, questions(self._book.pending, self._book.menu))

    def _spelled(self, relay: Relay, raw: str) -> Relay:
        """The list with names as they were written, which are known from now on."""
        entries = []
        for entry in relay.entries:
            name = entry.name if entry.name in self._names.values() else as_written(entry.name, raw)
            entries.append(Entry(name, entry.body))
            if name:
                self._names.setdefault(entry.name, name)
        return replace(relay, entries=tuple(entries))

    def _offer(self, message: Said, text: str) -> None:
        items = sold(Relay(text, ()), self._scanner)
        self._scene.add(Past(message.id, message.sender, "offer" if items else "talk", items))
        if len(items) == 1:
            self._main = items[0]

    def _list(self, message: Said, relay: Relay) -> None:
        sells = sold(relay, self._scanner)
        if is_sign_up(relay, self._scanner):
            self._scene.add(Past(message.id, message.sender, "talk"))
            return
        main = main_article(relay, self._scanner, self._main)
        self._main = main if main is not None else self._main
        held = {name: {place: (one.n, one.note) for place, one in lines.items()} for name, lines in self._book.held.items()}
        listing = Listing("", main, frozenset(self._names), held)
        told = told_by(relay, listing, message.sender, self._scanner)
        series = self._series_of(sells)
        changed = self._merge(series, Copy(message.id, message.sender, told, relay.partial))
        items = tuple(dict.fromkeys(place for name in changed for place in told[name].stand)) if changed else sells
        self._scene.add(
            Past(message.id, changed[-1] if len(changed) == 1 else message.sender, "order" if changed else "offer", items)
        )

    def _series_of(self, sells: Sequence[int]) -> Series:
        """The list that this is a copy of; a head that sells other articles begins a new one."""
        for series in reversed(self._series):
            if not sells or not series.sells or set(sells) & set(series.sells):
                if sells and not series.sells:
                    series.sells = tuple(sells)
                return series
        series = Series(tuple(sells))
        self._series.append(series)
        return series

    def _merge(self, series: Series, copy: Copy) -> Sequence[str]:
        """Make what the paster changed; the names that changed."""
        base = series.base(copy.told)
        changed = [name for name, told in copy.told.items() if base.get(name) != told and not self._stale(series, name, copy)]
        for name in changed:
            series.gone.discard(name)
            series.brought.setdefault(name, copy.paster)
            self._set(name, copy, before=base[name].stand if name in base else {})
        if copy.partial:
            series.copies.append(replace(copy, told={**base, **copy.told}))
            return changed
        for name in base.keys() - copy.told.keys():
            if self._owns(series, name, copy.paster):
                self._remove(series, name, base[name].stand)
        series.copies.append(copy)
        return changed

    def _stale(self, series: Series, name: str, copy: Copy) -> bool:
        """Whether somebody else pastes on an entry whose owner has taken it out."""
        if name not in series.gone or self._owns(series, name, copy.paster):
            return False
        return any(one.told.get(name) == copy.told[name] for one in series.copies)

    def _owns(self, series: Series, name: str, paster: str) -> bool:
        return name == paster or (series.brought.get(name) == paster and name not in self._senders)

    def _set(self, name: str, copy: Copy, before: Iterable[int]) -> None:
        told = copy.told[name]
        self._book.clear(
            name, [one for one in self._book.pending.get(name, ()) if one.entry and not told.doubts and not told.stand]
        )
        for place, (n, note) in told.stand.items():
            self._book.put(name, place, n, copy.message, "")
            self._book.annotate(name, place, note)
        if not told.doubts:
            self._book.clear(name, [one for one in self._book.pending.get(name, ()) if one.entry])
        for place in set(before) - told.stand.keys():
            self._book.drop(name, place)
        for doubt in told.doubts:
            self._book.wait(name, replace(doubt, message=copy.message))

    def _remove(self, series: Series, name: str, stand: Iterable[int]) -> None:
        series.gone.add(name)
        for place in stand:
            self._book.drop(name, place)
        self._book.clear(name, [one for one in self._book.pending.get(name, ()) if one.entry])
