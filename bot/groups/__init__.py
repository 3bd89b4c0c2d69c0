"""The turn of a group: listen, stay silent mostly, answer once, move to a private talk what is private."""

from bot.groups.turn import take_turn

__all__ = ["take_turn"]
