"""What may happen in an interleaving, how often, after which pauses: a schedule is drawn from a seed, then carried out."""

import random
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate

STEPS = 72
"""Draws of one interleaving; some two thirds of them find something to do."""

DEEDS: tuple[tuple[str, int], ...] = (
    ("write", 0),
    ("recall", 0),
    ("pull", 0),
    ("pull", 1),
    ("worker", 0),
    ("worker", 1),
    ("courier", 0),
    ("courier", 1),
    ("kill_worker", 0),
    ("kill_worker", 1),
    ("kill_courier", 0),
    ("kill_courier", 1),
    ("restart", 0),
    ("claim", 0),
    ("claim", 1),
    ("confirm", 0),
    ("confirm", 1),
    ("reply", 0),
    ("reply", 1),
    ("hand_back", 0),
    ("hand_back", 1),
    ("close", 0),
    ("close", 1),
    ("transfer", 0),
    ("transfer", 1),
    ("phone_take", 0),
    ("phone_reply", 0),
    ("phone_end", 0),
    ("requeue", 0),
    ("look_back", 0),
    ("return", 0),
    ("push", 0),
)
"""(what, who): two workers, two couriers and two guides at the desk; ``pull`` 1 brings again what was there already."""
_USUAL: Mapping[str, float] = {
    "write": 8, "recall": 0.8, "pull": 9, "worker": 13, "courier": 13, "kill_worker": 0.6, "kill_courier": 0.6, "restart": 0.4,
    "claim": 2, "confirm": 4, "reply": 2, "hand_back": 1.2, "close": 0.6, "transfer": 0.6, "phone_take": 0.8,
    "phone_reply": 1.0, "phone_end": 1.0, "requeue": 0.4, "look_back": 0.6, "return": 0.6, "push": 1.0,
}  # fmt: skip
_MOODS: tuple[Mapping[str, float], ...] = (
    {},
    {"claim": 5, "confirm": 8, "hand_back": 4, "transfer": 2},
    {"kill_worker": 3, "kill_courier": 3, "restart": 2},
    {"phone_take": 3, "phone_reply": 3, "phone_end": 3},
    {"return": 3, "look_back": 3, "push": 4, "requeue": 2},
)
"""What happens more often than usual: every fifth interleaving each is about claims, crashes, the phone or timers."""
_PAUSES = (
    timedelta(milliseconds=30),
    timedelta(seconds=1),
    timedelta(seconds=6),
    timedelta(seconds=16),
    timedelta(seconds=25),
    timedelta(minutes=20),
)
_OFTEN = (80, 12, 3.5, 2, 2, 0.5)
"""Most steps follow at once; some are slower than a call may be, than a lease, than the bot's patience with a silent person."""

Step = tuple[int, float, timedelta]
"""One draw: which of ``DEEDS``; the chance of whatever it leaves open, in [0, 1); the time that passes before it."""

_FINE = 1 << 16


def _table(weights: Sequence[float]) -> Sequence[int]:
    """What 16 random bits stand for; every weight has its share of them."""
    until = [round(one * _FINE / sum(weights)) for one in accumulate(weights)]
    return [bisect_right(until, n) for n in range(_FINE)]


def _deeds(mood: Mapping[str, float]) -> Sequence[int]:
    """A name's weight is shared by all who may do it."""
    names = [name for name, _ in DEEDS]
    given = {**_USUAL, **mood}
    return _table([given[name] / names.count(name) for name in names])


_TABLES = tuple(_deeds(mood) for mood in _MOODS)
_WAITS = tuple(_PAUSES[n] for n in _table(_OFTEN))
_LUCK = tuple(n / _FINE for n in range(_FINE))


def schedule(seed: int, n: int) -> Sequence[Step]:
    """The ``n``-th interleaving of a seed; the same draws for the model and for PostgreSQL."""
    dice = random.Random((seed << 40) + n)  # noqa: S311  (chance that must repeat itself, not a secret)
    bits = array("H", dice.randbytes(6 * STEPS))
    deeds = map(_TABLES[n % len(_TABLES)].__getitem__, bits[:STEPS])
    return list(zip(deeds, map(_LUCK.__getitem__, bits[STEPS:-STEPS]), map(_WAITS.__getitem__, bits[-STEPS:]), strict=True))
