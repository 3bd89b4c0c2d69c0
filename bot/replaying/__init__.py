"""What a draft would change (一改看全局): real messages through the live and the draft content, and what differs.

``pairing`` builds both sides and shares what did not change, ``rooms`` listens in and remembers, ``walking`` lets the messages
through, ``outcome`` says what a side did, ``comparing`` (pure) what is different and how bad that is, ``probing`` asks what
nobody asked lately, ``report`` groups it,
``running`` uses the cores, ``child`` is the process of its own beside the console, ``jobs`` what the console calls.
"""

from bot.replaying.comparing import Ground, compare
from bot.replaying.outcome import Outcome
from bot.replaying.pairing import Pair, paired
from bot.replaying.report import KINDS, Difference, Report
from bot.replaying.running import replayed

__all__ = ["KINDS", "Difference", "Ground", "Outcome", "Pair", "Report", "compare", "paired", "replayed"]
