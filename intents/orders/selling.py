"""Who sells, as far as it shows in what they write: known by an offer, and ordering only where they say so."""

from intents.orders import sellers
from intents.orders.acts import read
from intents.orders.scanning import Scanner


class Sellers:
    """The people of a session that speak as sellers."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._known: set[str] = set()

    def speaks(self, sender: str, text: str) -> bool:
        """Whether a message is one of somebody who sells, and no order."""
        if sellers.announces(text) or (sellers.may_offer(text) and self._prices(text)):
            self._known.add(sender)
            return True
        return sender in self._known and not sellers.speaks_for_self(text) and not self._orders(text)

    def _prices(self, text: str) -> bool:
        named, hidden = self._scanner.veiled(text)
        return sellers.offers(hidden, named, self._scanner.menu)

    def _orders(self, text: str) -> bool:
        """Whether an article is named with a quantity, and not as what is in stock: whoever sells may order too."""
        acts = () if sellers.in_stock(text) else read(text, self._scanner).acts
        return any(act.items and act.amount is not None and act.amount.n is not None for act in acts)
