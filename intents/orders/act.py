"""What a message does to the order, one thing after the other."""

from dataclasses import dataclass

from intents.orders.amounts import Amount
from intents.orders.menu import Items


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that is done to the order."""

    kind: str
    """put, add, set, less, cancel, swap, or rest: all but what the message names is taken out."""
    items: Items = ()
    """The article, several where it cannot be told which, none where it was not named."""
    amount: Amount | None = None
    """None where no amount was named at all."""
    strange: str = ""
    """Named, but not on the menu."""
    doubt: str = ""
    target: Items = ()
    """What a swap puts in the place of ``items``."""
    target_amount: Amount | None = None
    only: bool = False
    """单点: nothing but this."""
    wanted: bool = False
    text: str = ""
