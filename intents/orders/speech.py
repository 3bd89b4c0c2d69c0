"""What free words do to the order: a person's acts laid on what they have, what stands above, and what was unclear."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from intents.orders import words
from intents.orders.acts import Manner, Message, read, refuses_politely
from intents.orders.amounts import Amount, converted
from intents.orders.book import Book, Pending
from intents.orders.lists import settled
from intents.orders.menu import Items
from intents.orders.model import Said
from intents.orders.pairing import Act
from intents.orders.references import copied_from, plus
from intents.orders.scanning import Scanner
from intents.orders.scene import Past, Scene
from intents.orders.written import written


class Speaker:
    """Takes the free messages of a session, in order."""

    def __init__(self, scanner: Scanner, book: Book, scene: Scene, names: Mapping[str, str]) -> None:
        self._scanner = scanner
        self._book = book
        self._scene = scene
        self._names = names
        self.main: int | None = None
        """The main article of the list that runs."""
        self._one_by_digit = False

    def hear(self, message: Said) -> None:
        """One message that is no list."""
        told = written(message.text)
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
        like = copied_from(text, frozenset(self._names))
        if like is not None:
            return self._copy(message, text, like)
        if words.BARE_WANT.match(text):
            return self._wants(message, quoted)
        heard = read(text, self._scanner, self._manner)
        done = self._acts(message, heard, text, quoted)
        if done:
            return "order", tuple(dict.fromkeys(done))
        if not heard.acts and self._answers(message, text):
            return "order", ()
        return ("question", heard.topics) if heard.asks else ("talk", ())

    @property
    def _manner(self) -> Manner:
        return Manner(names=frozenset(self._names))

    def _plus(self, message: Said, n: int, quoted: Items) -> tuple[str, Items]:
        """+1: one of what was just offered or ordered."""
        above = self._scene.above(message.reply_to)
        items = quoted or (above.items if above is not None else ())
        if not items:
            return "talk", ()
        if len(items) > 1:
            self._book.wait(message.sender, Pending(message.id, message.text, "choice", items, Amount(Decimal(n))))
            return "talk", ()
        self._add(message, items[0], Decimal(n))
        return "order", items

    def _wants(self, message: Said, quoted: Items) -> tuple[str, Items]:
        """我要: of what is clear, how much is not; after an own doubt or a condition it settles that."""
        if self._answers(message, message.text):
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
        rest = words.SAME.sub(" ", text).replace(like, " ") if like else words.ABOVE.sub(" ", words.SAME.sub(" ", text))
        heard = read(rest, self._scanner, self._manner)
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
        if act.doubt == "condition" and "没有" in act.text and self._lacks(message.sender):
            act = replace(act, doubt="")
        if act.kind == "put" and not act.items and "自己" in act.text and self._book.has(message.sender):
            act = replace(act, kind="add")
        if not act.items and not act.strange:
            act = replace(act, items=self._meant(message, act, text, quoted, done))
            if not act.items:
                return self._unclear(message, act)
        act = self._generic(act, text)
        place, n, doubt = settled(act, False, self._scanner, message.id)
        if doubt is not None:
            return self._doubt(message, act, doubt)
        if place is None:
            return ()
        self._change(message, act.kind, place, n, done)
        self._instead(message, text)
        return (place,)

    def _lacks(self, sender: str) -> bool:
        """Whether the sender asked for something that is not sold."""
        return any(one.why == "unknown" for one in self._book.pending.get(sender, ()))

    def _change(self, message: Said, kind: str, place: int, n: Decimal, done: Sequence[int]) -> None:
        """Lay a quantity on what the sender has."""
        sender = message.sender
        known = self._book.has(sender).get(place)
        if kind == "less":
            if known is not None:
                self._book.put(sender, place, known.n - n, message.id)
        elif kind == "add" or (place in done and kind == "put"):
            self._add(message, place, n)
        else:
            self._book.put(sender, place, n, message.id)

    def _add(self, message: Said, place: int, n: Decimal) -> None:
        known = self._book.has(message.sender).get(place)
        self._book.put(message.sender, place, n + (known.n if known else 0), message.id)

    def _generic(self, act: Act, text: str) -> Act:
        """楼上那个我也要一份: a portion of whatever it is."""
        amount = act.amount
        points = words.ABOVE.search(text) or words.ME_TOO.search(text)
        if (
            amount is None
            or amount.unit not in {"份", "个", "单"}
            or len(act.items) != 1
            or not points
            or act.text.find("楼") < 0
        ):
            return act
        return replace(act, amount=replace(amount, unit=None))

    def _meant(self, message: Said, act: Act, text: str, quoted: Items, done: Sequence[int]) -> Items:
        """The article of an amount that stands alone."""
        amount = act.amount or Amount(None)
        sender, articles = message.sender, self._scanner.menu.articles
        waiting = [one for one in self._book.pending.get(sender, ()) if one.items]
        if waiting and not (act.kind == "add" and self._book.has(sender)):
            return self._scanner.menu.picked(waiting[-1].items, text)
        held = tuple(self._book.has(sender))
        if act.kind in {"set", "less"} or (act.kind == "add" and held and not quoted):
            fitting = self._fitting(held, amount)
            own = fitting or (held if len(held) == 1 else ())
            if len(own) > 1 and self._book.touched.get(sender) in own:
                own = own if act.kind != "add" else (self._book.touched[sender],)
            if own:
                return own
            if act.kind == "less":
                return ()
        if words.ABOVE.search(text):
            above = self._scene.ordered_above(sender, message.reply_to)
            return quoted or (above.items if above else ())
        if done and words.PERSON.search(act.text):
            return (done[-1],)
        for items in (quoted, self._scene.own_topic(sender), tuple(range(len(articles))) if len(articles) == 1 else ()):
            if items:
                return self._fitting(items, amount) or items
        return self._around(message, amount)

    def _around(self, message: Said, amount: Amount) -> Items:
        """What the list sells, what was offered or ordered last, or what alone is sold by this measure."""
        articles = self._scanner.menu.articles
        offered = self._scene.offered()
        if self.main is not None and converted(amount, articles[self.main].unit) is not None and not offered:
            return (self.main,)
        above = self._scene.ordered_above(message.sender, None)
        for items in (offered, above.items if above else ()):
            fitting = self._fitting(items, amount)
            if len(fitting) == 1:
                return fitting
        if amount.unit is None:
            return offered
        return self._fitting(tuple(range(len(articles))), amount)

    def _fitting(self, items: Items, amount: Amount) -> Items:
        articles = self._scanner.menu.articles
        if amount.n is None and amount.unit is None:
            return items
        return tuple(place for place in items if converted(amount, articles[place].unit) is not None)

    def _unclear(self, message: Said, act: Act) -> Sequence[int]:
        """An amount of nobody knows what: asked, where somebody orders."""
        if act.kind in {"less", "set"} and not self._book.has(message.sender):
            return ()
        amount = act.amount
        if amount is not None and amount.unit is not None and (amount.unit != "个" or act.wanted):
            self._book.wait(message.sender, Pending(message.id, message.text, "choice", (), amount))
        return ()

    def _doubt(self, message: Said, act: Act, doubt: Pending) -> Sequence[int]:
        """Keep what is unclear; what only repeats an earlier doubt replaces it."""
        if act.kind == "less" and not any(place in self._book.has(message.sender) for place in doubt.items):
            return ()
        waiting = self._book.pending.get(message.sender, [])
        merged = next(
            (one for one in waiting if one.items and one.message != message.id and set(one.items) & set(doubt.items)), None
        )
        if merged is not None and doubt.why != "condition":
            chosen = self._completed(merged, doubt)
            if chosen is not None:
                self._book.put(message.sender, chosen[0], chosen[1], message.id)
                return (chosen[0],)
            return ()
        self._book.wait(message.sender, replace(doubt, text=message.text if doubt.text == "" else doubt.text))
        return ()

    def _completed(self, earlier: Pending, later: Pending) -> tuple[int, Decimal] | None:
        """Article and quantity of two unclear messages together."""
        both = tuple(place for place in earlier.items if place in later.items)
        amount = next((one for one in (later.amount, earlier.amount) if one is not None and one.n is not None), None)
        if len(both) != 1 or amount is None or later.why == "range":
            return None
        n = converted(amount, self._scanner.menu.articles[both[0]].unit)
        return None if n is None else (both[0], n)

    def _cancel(self, message: Said, act: Act, text: str, quoted: Items) -> Sequence[int]:
        sender = message.sender
        items = act.items or tuple(place for place in quoted if place in self._book.has(sender))
        waiting = list(self._book.pending.get(sender, ()))
        if items:
            for place in items if len(items) > 1 and not act.items else [one for one in items if one in self._book.has(sender)]:
                self._book.drop(sender, place)
            self._book.clear(sender, [one for one in waiting if set(one.items) & set(items)])
            return items
        if refuses_politely(text):
            return ()
        if waiting and words.DROP.match(text):
            self._book.clear(sender, waiting[-1:])
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
        self._add(message, place, n)
        self._instead(message, act.text)
        return (place,)

    def _instead(self, message: Said, text: str) -> None:
        """A clear order after an unclear one that named nothing on the menu settles that, where it is said so."""
        waiting = [one for one in self._book.pending.get(message.sender, ()) if one.message != message.id]
        settles = [
            one
            for one in waiting
            if one.why in {"usual", "reference"}
            or (one.why in {"unknown", "choice"} and not one.items and words.INSTEAD.search(text))
        ]
        if not settles:
            return
        place = self._book.touched.get(message.sender)
        self._book.clear(message.sender, settles)
        held = self._book.has(message.sender).get(place) if place is not None else None
        if held is not None and place is not None:
            sources = (*(one.message for one in settles), *held.sources)
            self._book.held[message.sender][place] = replace(held, sources=sources)

    def _answers(self, message: Said, text: str) -> bool:
        """A word that clears what is pending: 韭菜的, 那就要, 算了."""
        waiting = list(self._book.pending.get(message.sender, ()))
        if not waiting:
            return False
        if words.DROP.match(text):
            self._book.clear(message.sender, waiting[-1:])
            return False
        last = waiting[-1]
        choice = (
            self._scanner.menu.picked(last.items, self._scanner.menu.corrected(text))
            if len(last.items) > 1 and len(text) <= 12
            else last.items
        )
        agreed = last.why == "condition" and words.AFFIRM.match(text) is not None
        if len(choice) != 1 or (len(last.items) == 1 and not agreed) or last.amount is None or last.amount.n is None:
            return False
        n = converted(last.amount, self._scanner.menu.articles[choice[0]].unit)
        if n is None:
            return False
        self._add(message, choice[0], n)
        return True
