"""What free words do to the order: a person's acts laid on what they have, what stands above, and what was unclear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from intents.orders import words
from intents.orders.acts import Manner, Message, read, refuses_politely
from intents.orders.amounts import Amount, converted
from intents.orders.book import Book, Pending
from intents.orders.doubts import Doubts
from intents.orders.lists import settled
from intents.orders.meaning import Finder
from intents.orders.menu import Items
from intents.orders.model import Said
from intents.orders.pairing import Act
from intents.orders.references import copied_from, plus, without
from intents.orders.scanning import Scanner
from intents.orders.scene import Past, Scene
from intents.orders.written import written

_LONGEST = 1000
"""Characters of free words that are read."""
_BRIEF = 30
"""Characters of a message that says no more than that it wants."""


class Speaker:
    """Takes the free messages of a session, in order."""

    def __init__(self, scanner: Scanner, book: Book, scene: Scene, names: Mapping[str, str]) -> None:
        self._scanner = scanner
        self._book = book
        self._scene = scene
        self._names = names
        self._doubts = Doubts(scanner.menu, book)
        self._finder = Finder(scanner.menu, book, scene)
        self._one_by_digit = False

    def main_article(self, place: int | None) -> None:
        """The main article of the list that runs now."""
        self._finder.main = place

    def hear(self, message: Said) -> None:
        """One message that is no list."""
        told = written(message.text)
        told = replace(told, text=told.text[:_LONGEST])
        if words.GUIDE.match(message.sender):
            self._guide(message, told.text)
            return
        kind, items = self._said(message, told.text, self._quoted(message, told.quoted))
        self._scene.add(Past(message.id, message.sender, kind, items))

    def _guide(self, message: Said, text: str) -> None:
        """An offer, or talk; never an order."""
        heard = read(text, self._scanner, Manner(entry=False))
        items = heard.mentions
        self._one_by_digit = bool(words.ASKS_ONE.search(text)) or (self._one_by_digit and not items)
        confirms = words.CONFIRMS.search(text) is not None
        answers = any(past.kind == "question" for past in self._scene.recent()[:3])
        kind = "offer" if items and not confirms else "answer" if answers else "talk"
        self._scene.add(Past(message.id, message.sender, kind, items if kind == "offer" else ()))

    def _quoted(self, message: Said, quoted: str) -> Items:
        """The articles of the message that this one answers to."""
        if message.reply_to in self._scene.by_id:
            return self._scene.by_id[message.reply_to].items
        return read(quoted, self._scanner, Manner(entry=True)).mentions if quoted else ()

    def _said(self, message: Said, text: str, quoted: Items) -> tuple[str, Items]:
        """Take a message in; its kind and articles for those that follow."""
        if not text:
            return "talk", ()
        n = plus(text) or (1 if text in {"1", "11", "111"} and self._one_by_digit else None)
        if n is not None:
            return self._plus(message, n, quoted)
        like = copied_from(text, self._people(text))
        if like is not None:
            return self._copy(message, text, like)
        if len(text) <= _BRIEF and words.BARE_WANT.match(text):
            return self._wants(message, quoted)
        return self._heard(message, text, quoted)

    def _heard(self, message: Said, text: str, quoted: Items) -> tuple[str, Items]:
        """A message in plain words."""
        heard = read(text, self._scanner, Manner(names=self._people(text)))
        done = self._acts(message, heard, text, quoted)
        if done:
            return "order", tuple(dict.fromkeys(done))
        if not heard.acts and self._doubts.answers(message, text):
            return "order", ()
        return ("question", heard.topics) if heard.asks else ("talk", ())

    def _people(self, text: str) -> frozenset[str]:
        """Those whose names stand in a text."""
        return frozenset(name for name in self._names if name in text)

    def _plus(self, message: Said, n: int, quoted: Items) -> tuple[str, Items]:
        """+1: one of what was just offered or ordered."""
        above = self._scene.above(message.reply_to)
        items = quoted or (above.items if above is not None else ())
        if not items:
            return "talk", ()
        if len(items) > 1:
            self._book.wait(message.sender, Pending(message.id, message.text, "choice", items, Amount(Decimal(n))))
            return "talk", ()
        self._book.add(message.sender, items[0], Decimal(n), message.id)
        return "order", items

    def _wants(self, message: Said, quoted: Items) -> tuple[str, Items]:
        """我要: of what is clear, how much is not; after an own doubt or a condition it settles that."""
        if self._doubts.answers(message, message.text):
            return "order", ()
        above = self._scene.above(message.reply_to)
        items = quoted or (above.items if above is not None else ())
        waiting = self._book.pending.get(message.sender, ())
        if items and not any(set(one.items) & set(items) for one in waiting):
            self._book.wait(message.sender, Pending(message.id, message.text, "amount" if len(items) == 1 else "choice", items))
        return "talk", ()

    def _copy(self, message: Said, text: str, like: str) -> tuple[str, Items]:
        """同上, 和X一样: all that the person has, and what is said on top."""
        whom = self._names.get(like, like) or self._scene.orderer(message.sender, message.reply_to)
        lines = dict(self._book.has(whom)) if whom else {}
        if not lines:
            if whom is None and not like:
                return "talk", ()
            self._book.wait(message.sender, Pending(message.id, message.text, "reference"))
            return "talk", ()
        for place, one in lines.items():
            self._book.put(message.sender, place, one.n, message.id)
        rest = without(text, self._people(text))
        heard = read(rest, self._scanner, Manner(names=self._people(rest)))
        extra = [act for act in heard.acts if act.items or act.strange]
        done = self._acts(
            message,
            Message(tuple(replace(act, kind="add") if act.kind == "put" else act for act in extra), note=heard.note),
            rest,
            (),
        )
        return "order", tuple(dict.fromkeys((*lines, *done)))

    def _acts(self, message: Said, heard: Message, text: str, quoted: Items) -> Sequence[int]:
        """Do all acts; the articles that were touched."""
        done: list[int] = []
        named = any(act.items for act in heard.acts)
        for act in heard.acts:
            if named and not act.items and not act.strange and words.JOINS.search(act.text):
                continue
            about = quoted or heard.topics or (heard.mentions if len(heard.mentions) == 1 and not done else ())
            done += self._act(message, act, text, about, done)
        done = list(dict.fromkeys(done))
        held = self._book.has(message.sender)
        last = next((place for place in reversed(done) if place in held), None)
        if heard.note and last is not None:
            self._book.put(message.sender, last, held[last].n, message.id, heard.note)
        return done

    def _act(self, message: Said, act: Act, text: str, quoted: Items, done: Sequence[int]) -> Sequence[int]:
        if act.kind == "cancel":
            return self._cancel(message, act, text, quoted)
        if act.kind == "swap":
            return self._swap(message, act)
        if act.doubt == "usual":
            self._book.wait(message.sender, Pending(message.id, act.text, "usual", act.items))
            return ()
        act = self._adapted(message, act)
        if not act.items and not act.strange:
            act = replace(act, items=self._finder.meant(message, act, text, quoted, done))
        if not act.items and not act.strange:
            return self._doubts.unclear(message, act)
        if act.amount is not None and not act.wanted and self._answering(message, act):
            return ()
        return self._ordered(message, self._generic(act, text), text, done)

    def _answering(self, message: Said, act: Act) -> bool:
        """Whether an amount answers another member's question (一箱多少斤 — 十斤), in no measure of the article."""
        last = self._scene.past[-1] if self._scene.past else None
        asked = last is not None and last.kind == "question" and last.sender != message.sender and message.reply_to is None
        named = any(self._scanner.named(act.text))
        return asked and not named and act.amount is not None and not self._finder.fitting(act.items, act.amount)

    def _adapted(self, message: Said, act: Act) -> Act:
        """没有的话就香蕉 is no condition where the other thing is not sold; 我自己也要一盒 comes on top."""
        if act.doubt == "condition" and "没有" in act.text and self._doubts.lacks(message.sender):
            return replace(act, doubt="")
        if act.kind == "put" and not act.items and "自己" in act.text and self._book.has(message.sender):
            return replace(act, kind="add")
        return act

    def _ordered(self, message: Said, act: Act, text: str, done: Sequence[int]) -> Sequence[int]:
        """An act whose article was named or found."""
        place, n, doubt = settled(act, False, self._scanner, message.id)
        if doubt is not None:
            return self._doubts.doubt(message, act, doubt)
        if place is None:
            return ()
        self._change(message, act.kind, place, n, done)
        self._doubts.instead(message, text)
        return (place,)

    def _change(self, message: Said, kind: str, place: int, n: Decimal, done: Sequence[int]) -> None:
        """Lay a quantity on what the sender has."""
        sender = message.sender
        known = self._book.has(sender).get(place)
        if kind == "less":
            if known is not None:
                self._book.put(sender, place, known.n - n, message.id)
        elif kind == "add" or (place in done and kind == "put"):
            self._book.add(message.sender, place, n, message.id)
        else:
            self._book.put(sender, place, n, message.id)

    def _generic(self, act: Act, text: str) -> Act:
        """楼上那个我也要一份: a portion of whatever it is."""
        amount = act.amount
        points = words.ABOVE.search(text) or words.ME_TOO.search(text)
        loose = amount is not None and amount.unit in {"份", "个", "单"} and len(act.items) == 1
        if amount is None or not loose or not points or "楼" not in act.text:
            return act
        return replace(act, amount=replace(amount, unit=None))

    def _cancel(self, message: Said, act: Act, text: str, quoted: Items) -> Sequence[int]:
        sender = message.sender
        items = act.items or tuple(place for place in quoted if place in self._book.has(sender))
        waiting = list(self._book.pending.get(sender, ()))
        if items:
            for place in items if len(items) > 1 and not act.items else [one for one in items if one in self._book.has(sender)]:
                self._book.drop(sender, place)
            self._book.clear(sender, [one for one in waiting if set(one.items) & set(items)])
            return items
        if refuses_politely(text) or (waiting and words.DROP.match(text)):
            self._book.clear(sender, [] if refuses_politely(text) else waiting[-1:])
            return ()
        held = tuple(self._book.has(sender))
        for place in held:
            self._book.drop(sender, place)
        self._book.clear(sender, waiting)
        return held

    def _swap(self, message: Said, act: Act) -> Sequence[int]:
        """One article instead of another, as much as is told, else as much as there was."""
        sender = message.sender
        held = self._book.has(sender)
        old = next((place for place in act.items if place in held), None)
        if old is None and not act.items and len(held) == 1:
            old = next(iter(held))
        articles = self._scanner.menu.articles
        moved = converted(act.amount, articles[old].unit) if act.amount is not None and old is not None else None
        before = held[old].n if old is not None else None
        taken = moved if moved is not None else before
        amount = act.target_amount
        if amount is None and taken is not None and old is not None and act.target:
            amount = Amount(taken, articles[old].unit)
        if amount is None:
            amount = act.amount
        place, n, doubt = settled(
            Act("put", act.target, amount, text=act.text, doubt=act.doubt), False, self._scanner, message.id
        )
        if doubt is not None or place is None:
            if doubt is not None:
                self._book.wait(sender, doubt)
            return ()
        if old is not None and before is not None and taken is not None:
            self._change(message, "less", old, min(taken, before), ())
        self._book.add(message.sender, place, n, message.id)
        self._doubts.instead(message, act.text)
        return (place,)
