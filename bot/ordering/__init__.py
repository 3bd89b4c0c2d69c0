"""Group orders that live: what a group writes becomes lines in PostgreSQL, told back at a pace that the group can bear.

``follow`` reads what was written in groups with a campaign (the worker, after a batch's commit); ``catch_up`` is the same for one
campaign (the desk, after a guide's edit); ``bot.ordering.keeping.keep`` does what time brings and says what is to be said (the
keeper), and stands apart because it needs the rooms.
"""

from bot.ordering.following import catch_up, follow
from bot.ordering.standing import Ledgers

__all__ = ["Ledgers", "catch_up", "follow"]
