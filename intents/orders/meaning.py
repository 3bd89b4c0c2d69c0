"""Which article an amount is of that stands alone: 再来两斤, 3个, 楼上那个我也要一份."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from intents.orders import words
from intents.orders.act import Act
from intents.orders.amounts import Amount, converted
from intents.orders.book import Book
from intents.orders.menu import Items, Menu
from intents.orders.model import Said
from intents.orders.scene import Scene

_NOUN = 4
"""Characters of a thing's name in a word of cancelling (帽子不要了)."""


@dataclass(slots=True)
class Finder:
    """Looks at what waits, what the sender has, what stands above and what is sold by this measure."""

    menu: Menu
    book: Book
    scene: Scene
    main: int | None = None
    """The main article of the list that runs."""

    def meant(self, message: Said, act: Act, text: str, quoted: Items, done: Sequence[int]) -> Items:
        """The article of an amount that stands alone."""
        amount = act.amount or Amount(None)
        sender, articles = message.sender, self.menu.articles
        waiting = [one for one in self.book.pending.get(sender, ()) if one.items]
        if waiting and not (act.kind == "add" and self.book.has(sender)):
            return self.menu.picked(waiting[-1].items, text)
        held = tuple(self.book.has(sender))
        if act.kind in {"set", "less"} or (act.kind == "add" and held and not quoted):
            own = self._own(sender, act.kind, amount)
            if own or act.kind == "less":
                return own
        if words.ABOVE.search(text):
            above = self.scene.ordered_above(sender, message.reply_to)
            return quoted or (above.items if above else ())
        if done and words.PERSON.search(act.text):
            return (done[-1],)
        only = tuple(range(len(articles))) if len(articles) == 1 else ()
        items = next((one for one in (quoted, self.scene.own_topic(sender), only) if one), ())
        if items:
            return self.fitting(items, amount) or items
        corrects = act.kind == "put" and not words.ME_TOO.search(text) and self.scene.spoke_last_of(sender)
        return (self.fitting(held, amount) if corrects else ()) or self._around(message, amount)

    def instead(self, sender: str, act: Act, mentions: Items) -> Act:
        """A swap that does not say of what takes the place of the one article spoken of: 榴莲有点贵，换成山竹一箱."""
        old = [place for place in mentions if place in self.book.has(sender) and place not in act.target]
        return replace(act, items=(old[0],)) if act.kind == "swap" and not act.items and len(old) == 1 else act

    def answers(self, message: Said, act: Act, named: bool) -> bool:
        """Whether an amount answers another member's question (一箱多少斤 — 十斤); ``named``: an article stands beside it."""
        last = self.scene.past[-1] if self.scene.past else None
        asked = last is not None and last.kind == "question" and last.sender != message.sender and message.reply_to is None
        if not asked or named or words.WANTS.search(act.text) or act.amount is None:
            return False
        return words.ANSWERS.search(act.text) is not None or not self.fitting(act.items, act.amount)

    def each(self, sender: str, act: Act) -> Items:
        """再各加一份: all that the sender has in this measure."""
        held = self.fitting(tuple(self.book.has(sender)), act.amount or Amount(None))
        alone = not act.items and not act.strange and act.kind in {"add", "set", "less"}
        return held if alone and len(held) > 1 and re.search(r"各|每[样种个]", act.text) else ()

    def taken(self, sender: str, place: int, text: str) -> Decimal:
        """How much a cancel takes: one of several where it says which (S的那件不要了), else all."""
        unit, n = self.menu.articles[place].unit, self.book.has(sender)[place].n if place in self.book.has(sender) else Decimal(0)
        return Decimal(1) if n > 1 and unit not in {"份", "个"} and f"的那{unit}" in text else n

    def cancelled(self, sender: str, text: str) -> Items:
        """What a cancel without an article's name takes out: the articles that a word beside it hints at, else all."""
        held = tuple(self.book.has(sender))
        said = set(words.FILLER.sub("", words.PERSON.sub("", words.CANCELLED.sub("", text))))
        meant = tuple(place for place in held if said & set(self.menu.articles[place].name))
        return meant if meant and len(said) <= _NOUN else held

    def _own(self, sender: str, kind: str, amount: Amount) -> Items:
        """The article that is changed: the only one of this measure that the sender has."""
        held = tuple(self.book.has(sender))
        own = self.fitting(held, amount) or (held if len(held) == 1 else ())
        if len(own) > 1 and kind == "add" and self.book.touched.get(sender) in own:
            return (self.book.touched[sender],)
        return own

    def _around(self, message: Said, amount: Amount) -> Items:
        """What the list sells, what was offered or ordered last, or what alone is sold by this measure."""
        articles = self.menu.articles
        offered = self.scene.offered()
        if self.main is not None and converted(amount, articles[self.main].unit) is not None and not offered:
            return (self.main,)
        above = self.scene.ordered_above(message.sender, None)
        for items in (offered, above.items if above else ()):
            fitting = self.fitting(items, amount)
            if len(fitting) == 1:
                return fitting
        if amount.unit is None:
            return offered
        return tuple(place for place, article in enumerate(articles) if article.unit == amount.unit)

    def fitting(self, items: Items, amount: Amount) -> Items:
        """Those of several articles that may be measured so."""
        articles = self.menu.articles
        if amount.n is None and amount.unit is None:
            return items
        return tuple(place for place in items if converted(amount, articles[place].unit) is not None)
