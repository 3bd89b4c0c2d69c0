"""What a sender left unclear, and what later words of the same sender make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from intents.orders import words
from intents.orders.amounts import converted
from intents.orders.book import Book, Pending
from intents.orders.menu import Menu
from intents.orders.model import Said
from intents.orders.pairing import Act


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

    def doubt(self, message: Said, act: Act, doubt: Pending) -> Sequence[int]:
        """Keep what is unclear; what only repeats an earlier doubt replaces it."""
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
        self.book.wait(message.sender, replace(doubt, text=message.text if doubt.text == "" else doubt.text))
        return ()

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
