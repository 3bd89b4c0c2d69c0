"""Group orders (接龙): from what a group writes to a ledger of who takes how much of what, and what has to be asked.

The meaning is settled by the conventions of group orders: net quantities, relays counted once, nothing guessed.
"""

from intents.orders.amounts import plain
from intents.orders.model import Article, Ledger, Line, Said, Share, Total, Unresolved
from intents.orders.reader import OrderReader, read_orders

__all__ = ["Article", "Ledger", "Line", "OrderReader", "Said", "Share", "Total", "Unresolved", "plain", "read_orders"]
