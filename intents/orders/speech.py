"""What free words do to the order: a person's acts laid on what they have, what stands above, and what was unclear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from intents.orders import words
from intents.orders.act import Act
from intents.orders.acts import Manner, Message, read, refuses_politely
from intents.orders.amounts import Amount, converted
from intents.orders.book import Book, Pending
from intents.orders.doubts import Doubts
from intents.orders.lists import settled
from intents.orders.meaning import Finder
from intents.orders.menu import Items
from intents.orders.model import Said
from intents.orders.references import copied_from, joins, parts_of, plus, without
from intents.orders.scanning import Scanner
from intents.orders.scene import Past, Scene
from intents.orders.selling import Sellers
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
        self._sellers = Sellers(scanner)
        self._short: dict[str, str | None] = {}

    def main_article(self, place: int | None) -> None:
        """The main article of the list that runs now."""
        self._finder.main = place

    def hear(self, message: Said) -> None:
        """One message that is no list."""
        told = written(message.text)
        told = replace(told, text=told.text[:_LONGEST])
        if words.GUIDE.match(message.sender) or self._sellers.speaks(message.sender, told.text):
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
        people = self._people(text)
        joined = joins(text, people)
        if joined is not None:
            held = tuple(self._book.has(self._names.get(joined[0], self._short.get(joined[0]) or "")))
            return self._plus(message, joined[1], held or quoted)
        n = plus(text) or (1 if text in {"1", "11", "111"} and self._one_by_digit else None)
        if n is not None:
            return self._plus(message, n, quoted)
        like = copied_from(text, people)
        if like is not None:
            return self._copy(message, text, like)
        if len(text) <= _BRIEF and words.BARE_WANT.match(text):
            return self._wants(message, quoted)
        return self._heard(message, text, quoted)

    def _heard(self, message: Said, text: str, quoted: Items) -> tuple[str, Items]:
        """A message in plain words."""
        heard = read(text, self._scanner, Manner(names=self._people(text)))
        if done := self._acts(message, heard, text, quoted):
            return "order", tuple(dict.fromkeys(done))
        if not heard.acts and self._doubts.answers(message, text):
            return "order", ()
        if not heard.acts and not heard.asks and words.ALIKE.search(text):
            self._book.wait(message.sender, Pending(message.id, message.text, "reference"))
        return ("question", heard.topics) if heard.asks else ("talk", ())

    def _people(self, text: str) -> frozenset[str]:
        """Those whose names, or what they are called for short, stand in a text."""
        found = [name for name in self._names if name in text]
        return frozenset(found or (part for part, one in self._short.items() if one is not None and part in text))

    def calls(self, name: str, person: str) -> None:
        """A person who is known from now on; parts of names that several share name nobody."""
        for part in parts_of(name):
            self._short[part] = person if self._short.get(part, person) == person else None

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
        whom = self._names.get(like, self._short.get(like) or like) or self._scene.orderer(message.sender, message.reply_to)
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
            Message(tuple(extra), note=heard.note),
            rest,
            (),
        )
        return "order", tuple(dict.fromkeys((*lines, *done)))

    def _acts(self, message: Said, heard: Message, text: str, quoted: Items) -> Sequence[int]:
        """Do all acts; the articles that were touched."""
        done: list[int] = []
        named = any(act.items for act in heard.acts)
        for told in heard.acts:
            act = self._finder.instead(message.sender, told, heard.mentions)
            if named and not act.items and not act.strange and words.JOINS.search(act.text):
                continue
            alone = heard.mentions if len(heard.mentions) == 1 and not done else ()
            about = quoted or heard.topics or self._finder.fitting(alone, act.amount or Amount(None))
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
        if act.kind == "rest":
            return self._drop_rest(message.sender, done)
        if act.doubt == "usual":
            self._book.wait(message.sender, Pending(message.id, act.text, "usual", act.items))
            return ()
        act = self._adapted(message, act)
        if each := self._finder.each(message.sender, act):
            return [place for one in each for place in self._ordered(message, replace(act, items=(one,)), text, done)]
        return self._amount(message, act, text, quoted, done)

    def _amount(self, message: Said, act: Act, text: str, quoted: Items, done: Sequence[int]) -> Sequence[int]:
        """A quantity, of the article named or of what is meant."""
        if not act.items and not act.strange:
            act = replace(act, items=self._finder.meant(message, act, text, quoted, done))
        if not act.items and not act.strange:
            return self._doubts.unclear(message, act)
        if act.amount is not None and not act.wanted and self._finder.answers(message, act, any(self._scanner.named(act.text))):
            return ()
        return self._ordered(message, self._generic(act, text), text, done)

    def _drop_rest(self, sender: str, done: Sequence[int]) -> Sequence[int]:
        """别的不要: all goes but what the same message names."""
        for place in [one for one in self._book.has(sender) if done and one not in done]:
            self._book.drop(sender, place)
        return ()

    def _adapted(self, message: Said, act: Act) -> Act:
        """没有的话就香蕉 is no condition where the other thing is not sold; 我自己也要一盒 comes on top."""
        if act.doubt == "condition" and "没有" in act.text and self._doubts.lacks(message.sender):
            return replace(act, doubt="")
        if act.kind == "put" and not act.items and words.KIN_TOO.search(act.text) and self._book.has(message.sender):
            return replace(act, kind="add")
        return act

    def _ordered(self, message: Said, act: Act, text: str, done: Sequence[int]) -> Sequence[int]:
        """An act whose article was named or found."""
        place, n, doubt = settled(act, False, self._scanner, message.id)
        if doubt is not None:
            more = act.kind == "add" or words.MORE.search(act.text) is not None
            return self._doubts.doubt(message, act, replace(doubt, more=more))
        if place is None:
            return ()
        kind = self._doubts.kind(message, act, place, n)
        if not kind:
            return self._doubts.doubt(message, act, Pending(message.id, act.text, "amount", (place,), Amount(None)))
        self._change(message, kind, place, n, done)
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
            for place in items:
                self._change(message, "less", place, self._finder.taken(sender, place, act.text), ())
            self._book.clear(sender, [one for one in waiting if set(one.items) & set(items)])
            return items
        if refuses_politely(text) or (waiting and words.DROP.match(text)):
            self._book.clear(sender, [] if refuses_politely(text) else waiting[-1:])
            return ()
        held = self._finder.cancelled(sender, act.text)
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
        if old is None and not act.items and len(held) > 1:
            self._book.wait(sender, Pending(message.id, act.text, "choice", tuple(held), act.amount))
            return ()
        articles = self._scanner.menu.articles
        part = act.amount or (act.target_amount if words.PART.search(act.text) else None)
        moved = converted(part, articles[old].unit) if part is not None and old is not None else None
        before = held[old].n if old is not None else None
        taken = moved if moved is not None else before
        amount = act.target_amount
        if amount is None and taken is not None and old is not None and act.target:
            amount = Amount(taken, None if taken == 1 and len(act.target) == 1 else articles[old].unit)
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
