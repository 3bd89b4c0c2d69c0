"""Ours, and the same with one thing wrong each: what must be caught, or the proof would prove nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.courier import CALL_WITHIN
from bot.db.outgoing import LEASE
from bot.model import Outgoing
from bot.ownership import Floor


def _as_it_is(message: Outgoing, floor: Floor) -> Floor:
    del message
    return floor


def _status_only(message: Outgoing, floor: Floor) -> Floor:
    """The epoch is never found to differ; who speaks is looked at."""
    return Floor(floor.owner, message.epoch, floor.guide, floor.since)


def _nothing(message: Outgoing, floor: Floor) -> Floor:
    """The step that sends does not look at the floor at all."""
    del floor
    return Floor("bot", message.epoch)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the transactions go; the defaults are the product's."""

    name: str = "ours"
    words: str = "epoch compared under the lock in the step that sends; claims wait for silence"
    seen: Callable[[Outgoing, Floor], Floor] = _as_it_is
    """The floor as the step that sends sees it."""
    versions: bool = True
    """A turn is kept only for the version that it read."""
    waits: bool = True
    """A claim is confirmed when nothing of the bot is on its way."""
    lease: timedelta = LEASE
    msgids: bool = True
    """Every try of a message carries the same id, and the platform refuses the second."""
    within: timedelta | None = CALL_WITHIN
    """A call is neither begun nor waited for later than this after the step under the fence."""
    compared: bool = True
    """What the platform says of a servicer counts only for the floor that we knew when we asked."""
    shown_late: bool = False
    """In the web chat, whose record is the delivery, that record does not ask the fence."""
    asked_again: bool = True
    """What nobody asked for asks again when it leaves whether anybody waits for a person."""
    withdrawn: bool = True
    """A message that is taken back makes the turn stale that is thinking about it."""
    locked: bool = True
    """Whether a person has been silent is read under the lock under which the floor is given back."""


OURS = Rules()
MUTANTS: tuple[Rules, ...] = (
    replace(OURS, name="a", words="status asked before the send instead of the epoch", seen=_status_only),
    replace(
        OURS, name="peers", words="status asked, then sent; a claim holds at once (as peers do)", seen=_status_only, waits=False
    ),
    replace(OURS, name="b", words="fence at the commit of the turn only", seen=_nothing),
    replace(OURS, name="c", words="turns kept without comparing the version", versions=False),
    replace(OURS, name="d", words="claim confirmed without waiting for the send under way", waits=False),
    replace(
        OURS, name="e", words="lease (2 s) shorter than the call, no msgid", lease=timedelta(seconds=2), msgids=False, within=None
    ),
    replace(OURS, name="f", words="calls not bounded by their lease", within=None),
    replace(OURS, name="g", words="a servicer's refusal counts however late it is recorded", compared=False),
    replace(OURS, name="h", words="web: shown when recorded, however late, without the fence", shown_late=True),
    replace(OURS, name="i", words="timers and mass sends ask only when they are written", asked_again=False),
    replace(OURS, name="j", words="a turn may answer what was taken back while it thought", withdrawn=False),
    replace(OURS, name="k", words="automatic return decided on what was read before the lock", locked=False),
)
"""Letters f to j are what the product itself did until this proof was made; k is how a timer is easily written."""
