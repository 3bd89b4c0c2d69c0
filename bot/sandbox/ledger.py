"""The ledger (账目): everything the simulated platform saw and did, in order, and the totals."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import orjson

Entry = Mapping[str, object]
Listener = Callable[[Entry], None]


class Ledger:
    """An append-only list of JSON entries with a number each; the oldest fall off, the totals stay.

    Kinds: `call` (an API call and its errcode), `delivery` (what a shopper received), `rejected`
    (a send refused), `duplicate` (a msgid refused or swallowed), `shopper` (what a shopper did),
    `servicer`, `tags` (put on or taken off by API), `event` (what joined the message stream as an
    event), `callback` (one attempt and its outcome), `staff` (what members of staff were told), `fault`.
    """

    def __init__(self, keep: int) -> None:
        """`keep`: how many entries stay readable."""
        self._entries: deque[tuple[str, bytes]] = deque(maxlen=keep)
        self._written = 0
        self._totals: Counter[str] = Counter()
        self._listeners: list[Listener] = []

    @property
    def written(self) -> int:
        """How many entries there ever were: the number of the newest."""
        return self._written

    def write(self, kind: str, at: float, detail: Mapping[str, object], count: str = "") -> None:
        """Add an entry and tell the listeners; `count` is a second total, such as an errcode."""
        self._written += 1
        entry = {"n": self._written, "kind": kind, "at": round(at, 3), **detail}
        self._entries.append((kind, orjson.dumps(entry)))
        self._totals[kind] += 1
        if count:
            self._totals[f"{kind}.{count}"] += 1
        for listen in self._listeners:
            listen(entry)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every entry from now on; the answer stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def adopt(self, before: Ledger) -> None:
        """Take over the listeners of a ledger that this one replaces."""
        self._listeners = before._listeners

    def since(self, number: int, limit: int, kinds: frozenset[str] = frozenset()) -> Sequence[bytes]:
        """Entries (JSON) with a number above `number`, oldest first, at most `limit` looked at or given."""
        first = self._written - len(self._entries)
        skip = max(number - first, 0)
        # A deque is fast at its ends only, so the tail is read from the right.
        if skip > len(self._entries) // 2:
            tail = list(islice(reversed(self._entries), len(self._entries) - skip))
            entries = iter(tail[::-1])
        else:
            entries = islice(self._entries, skip, None)
        return list(islice((raw for kind, raw in entries if not kinds or kind in kinds), limit))

    def totals(self) -> Mapping[str, int]:
        """How often each kind happened, and each kind with its outcome (`call.send_msg.95001`)."""
        return dict(sorted(self._totals.items()))
