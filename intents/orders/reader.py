"""Reads a group's messages, one after the other as they were sent, into the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

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
    reader = _Reader(Scanner(Menu(tuple(menu))), told)
    for message in told:
        reader.read(message)
    book = reader.book
    return book.ledger([one.id for one in told], questions(book.pending, book.menu))


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


class _Reader:
    """One session on its way."""

    def __init__(self, scanner: Scanner, messages: Sequence[Said]) -> None:
        self._scanner = scanner
        self.book = Book(scanner.menu)
        self._scene = Scene()
        self._series: list[Series] = []
        self._main: int | None = None
        self._names = {written(one.sender).text: one.sender for one in messages if not words.GUIDE.match(one.sender)}
        self._senders = frozenset(self._names.values())
        self._speaker = Speaker(scanner, self.book, self._scene, self._names)

    def read(self, message: Said) -> None:
        """Take the next message in."""
        if words.NOTICE.search(message.text) or not message.text.strip():
            return
        text = written(message.text).text
        relay = relay_of(text, self._names, self._scanner) if text else None
        if relay is not None and relay.entries:
            self._list(message, self._spelled(relay, message.text))
            return
        if relay is not None or text.startswith("#接龙"):
            self._offer(message, text)
            return
        self._speaker.main_article(self._main)
        self._speaker.hear(message)

    def _spelled(self, relay: Relay, raw: str) -> Relay:
        """The list with names as they were written, which are known from now on."""
        entries = []
        for entry in relay.entries:
            name = entry.name if entry.name in self._names.values() else as_written(entry.name, raw)
            entries.append(Entry(name, entry.body))
            if name:
                self._names.setdefault(entry.name, name)
        return Relay(relay.head, tuple(entries))

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
        held = {name: {place: (one.n, one.note) for place, one in lines.items()} for name, lines in self.book.held.items()}
        listing = Listing("", main, frozenset(self._names), held)
        told = told_by(relay, listing, message.sender, self._scanner)
        series = self._series_of(sells)
        changed = self._merge(series, Copy(message.id, message.sender, told))
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
        self.book.clear(
            name, [one for one in self.book.pending.get(name, ()) if one.entry and not told.doubts and not told.stand]
        )
        for place, (n, note) in told.stand.items():
            self.book.put(name, place, n, copy.message, "")
            self.book.annotate(name, place, note)
        if not told.doubts:
            self.book.clear(name, [one for one in self.book.pending.get(name, ()) if one.entry])
        for place in set(before) - told.stand.keys():
            self.book.drop(name, place)
        for doubt in told.doubts:
            self.book.wait(name, replace(doubt, message=copy.message))

    def _remove(self, series: Series, name: str, stand: Iterable[int]) -> None:
        series.gone.add(name)
        for place in stand:
            self.book.drop(name, place)
        self.book.clear(name, [one for one in self.book.pending.get(name, ()) if one.entry])
