"""Which article an amount is of that stands alone: 再来两斤, 3个, 楼上那个我也要一份."""

from collections.abc import Sequence
from dataclasses import dataclass

from intents.orders import words
from intents.orders.amounts import Amount, converted
from intents.orders.book import Book
from intents.orders.menu import Items, Menu
from intents.orders.model import Said
from intents.orders.pairing import Act
from intents.orders.scene import Scene


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
        for items in (quoted, self.scene.own_topic(sender), tuple(range(len(articles))) if len(articles) == 1 else ()):
            if items:
                return self.fitting(items, amount) or items
        return self._around(message, amount)

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
        return self.fitting(tuple(range(len(articles))), amount)

    def fitting(self, items: Items, amount: Amount) -> Items:
        """Those of several articles that may be measured so."""
        articles = self.menu.articles
        if amount.n is None and amount.unit is None:
            return items
        return tuple(place for place in items if converted(amount, articles[place].unit) is not None)
