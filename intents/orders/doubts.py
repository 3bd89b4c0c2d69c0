"""What a sender left unclear, and what later words of the same sender make of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from intents.orders import words
from intents.orders.act import Act
from intents.orders.amounts import converted
from intents.orders.book import Book, Pending
from intents.orders.menu import Menu
from intents.orders.model import Said

_MINUS = re.compile(r"[\u4e00-\u9fff] ?[-—−] ?\d+[\u4e00-\u9fff]?$")
_NAMED = 10
"""Characters of a message that names a thing and says little else."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Keeps and clears what waits in the book."""

    menu: Menu
    book: Book

    def unclear(self, message: Said, act: Act) -> Sequence[int]:
        """An amount of nobody knows what: asked, where somebody orders."""
        if act.kind in {"less", "set"} and not self.book.has(message.sender):
            return ()
        amount = act.amount
        if amount is not None and amount.unit is not None and (amount.unit != "个" or act.wanted):
            self.book.wait(message.sender, Pending(message.id, message.text, "choice", (), amount))
        return ()

    def kind(self, message: Said, act: Act, place: int, n: Decimal) -> str:
        """What a clear amount does: it ends what was to come on top (再来点苹果 … 2斤), takes away (苹果-1), or "" for either."""
        kind, known = act.kind, self.book.has(message.sender).get(place)
        if kind == "put" and known is not None and n <= known.n and _MINUS.search(act.text):
            return "less" if n < known.n else ""
        waiting = self.book.pending.get(message.sender, ())
        more = any(one.more and one.items == (place,) and one.message != message.id for one in waiting)
        return "add" if more and kind == "put" else kind

    def doubt(self, message: Said, act: Act, doubt: Pending) -> Sequence[int]:
        """Keep what is unclear; what only repeats an earlier doubt replaces it, and a remark on what one has is no doubt."""
        if act.kind == "less" and not any(place in self.book.has(message.sender) for place in doubt.items):
            return ()
        waiting = self.book.pending.get(message.sender, [])
        merged = next(
            (one for one in waiting if one.items and one.message != message.id and set(one.items) & set(doubt.items)), None
        )
        if merged is not None and doubt.why != "condition":
            chosen = self._completed(merged, doubt)
            if chosen is not None:
                self.book.put(message.sender, chosen[0], chosen[1], message.id)
                return (chosen[0],)
            return ()
        if act.amount is None and len(act.items) == 1 and self._named(message, act):
            return act.items if act.items[0] in self.book.has(message.sender) else ()
        self.book.wait(message.sender, replace(doubt, text=message.text if doubt.text == "" else doubt.text))
        return ()

    def _named(self, message: Said, act: Act) -> bool:
        """Whether a name without an amount leaves nothing to ask: 鸭货一盒 … 鸭脖, or a remark on what the sender has."""
        place = act.items[0]
        earlier = self._earlier(message, place)
        if earlier is not None and earlier.amount is not None:
            n = converted(earlier.amount, self.menu.articles[place].unit) or Decimal(0)
            self.book.put(message.sender, place, n, earlier.message)
            self.book.put(message.sender, place, n, message.id)
            self.book.clear(message.sender, [earlier])
            return True
        return act.kind == "put" and place in self.book.has(message.sender)

    def _earlier(self, message: Said, place: int) -> Pending | None:
        """The last unclear thing of a sender, where its amount may be one of this article."""
        earlier = [one for one in self.book.pending.get(message.sender, ()) if one.message != message.id]
        last = earlier[-1] if earlier and len(message.text) <= _NAMED else None
        if last is None or last.why not in {"unknown", "unit", "choice"} or last.amount is None or last.amount.unit is None:
            return None
        return None if converted(last.amount, self.menu.articles[place].unit) is None else last

    def _completed(self, earlier: Pending, later: Pending) -> tuple[int, Decimal] | None:
        """Article and quantity of two unclear messages together."""
        both = tuple(place for place in earlier.items if place in later.items)
        amount = next((one for one in (later.amount, earlier.amount) if one is not None and one.n is not None), None)
        if len(both) != 1 or amount is None or later.why == "range":
            return None
        n = converted(amount, self.menu.articles[both[0]].unit)
        return None if n is None else (both[0], n)

    def instead(self, message: Said, text: str) -> None:
        """A clear order after an unclear one that named nothing on the menu settles that, where it is said so."""
        waiting = [one for one in self.book.pending.get(message.sender, ()) if one.message != message.id]
        settles = [
            one
            for one in waiting
            if one.why in {"usual", "reference"}
            or (one.why in {"unknown", "choice"} and not one.items and words.INSTEAD.search(text))
        ]
        if not settles:
            return
        place = self.book.touched.get(message.sender)
        self.book.clear(message.sender, settles)
        held = self.book.has(message.sender).get(place) if place is not None else None
        if held is not None and place is not None:
            sources = (*(one.message for one in settles), *held.sources)
            self.book.held[message.sender][place] = replace(held, sources=sources)

    def answers(self, message: Said, text: str) -> bool:
        """A word that clears what is pending: 韭菜的, 那就要, 算了."""
        waiting = list(self.book.pending.get(message.sender, ()))
        if not waiting:
            return False
        if words.DROP.match(text):
            self.book.clear(message.sender, waiting[-1:])
            return False
        last = waiting[-1]
        choice = (
            self.menu.picked(last.items, self.menu.corrected(text)) if len(last.items) > 1 and len(text) <= 12 else last.items
        )
        agreed = last.why == "condition" and words.AFFIRM.match(text) is not None
        if len(choice) != 1 or (len(last.items) == 1 and not agreed) or last.amount is None or last.amount.n is None:
            return False
        n = converted(last.amount, self.menu.articles[choice[0]].unit)
        if n is None:
            return False
        self.book.add(message.sender, choice[0], n, message.id)
        return True

    def lacks(self, sender: str) -> bool:
        """Whether the sender asked for something that is not sold."""
        return any(one.why == "unknown" for one in self.book.pending.get(sender, ()))
