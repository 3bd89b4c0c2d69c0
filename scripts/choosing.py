"""Which of a script's wordings is said: those that fit, of them the most particular, of those one by weight and message."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scripts.limits import most
from scripts.model import Listener, Script, Variant
from scripts.placeholders import fill


@dataclass(frozen=True, slots=True)
class Wording:
    """A variant that could be said, filled."""

    script: Script
    """In whose file it stands."""
    place: int
    """Which of its variants, counted from 0."""
    text: str
    arm: str | None = None
    """Its arm, where it counts for the script's experiment."""

    @property
    def variant(self) -> Variant:
        """The variant."""
        return self.script.variants[self.place]

    @property
    def conditions(self) -> int:
        """How particular it is: what it asks, and whose words it is among."""
        return self.variant.conditions + self.script.scope.conditions


def fillable(script: Script, facts: Mapping[str, str], listener: Listener) -> Iterator[Wording]:
    """The wordings for this listener's channel, level, store and tags, filled; those that have a hole are left out."""
    for place, variant in enumerate(script.variants):
        if variant.addressed(listener) and (text := fill(variant.text, facts)) is not None:
            yield Wording(script, place, text)


def of_their_arm(script: Script, ready: Sequence[Wording], listener: Listener) -> Sequence[Wording]:
    """Of one script's wordings those that the shopper's arm of its experiment leaves.

    Outside the experiment's days, and for somebody who is not known, all compete. An arm that has no words for this shopper
    leaves them to those without an arm, else to all; neither counts for the experiment.
    """
    experiment = script.experiment
    if experiment is None or listener.person is None or not experiment.running(listener.moment):
        return ready
    arm = experiment.arm_of(listener.person)
    theirs = [Wording(one.script, one.place, one.text, arm) for one in ready if one.variant.arm == arm]
    return theirs or [one for one in ready if one.variant.arm is None] or ready


def chosen(ready: Sequence[Wording], listener: Listener, seed: str) -> Wording | None:
    """The one that is said; None where there is none. ``seed`` is the only chance, so that a retry says the same."""
    short = _short_enough(ready, listener.channel) or ready
    if not short:
        return None
    particular = max(one.conditions for one in short)
    return _pick([one for one in short if one.conditions == particular], seed)


def _short_enough(ready: Iterable[Wording], channel: str) -> list[Wording]:
    limit = most(channel)
    return [one for one in ready if limit is None or len(one.text.encode("utf-8", "surrogatepass")) <= limit]


def allowed(ready: Iterable[Wording], forbidden: Callable[[str], bool]) -> list[Wording]:
    """Those that hold nothing forbidden, in their words or on what goes with them."""
    return [one for one in ready if not any(map(forbidden, _words(one)))]


def _words(one: Wording) -> Iterator[str]:
    yield one.text
    for attachment in one.variant.attachments:
        yield f"{attachment.title}\0{attachment.text}"


def _pick(ready: Sequence[Wording], seed: str) -> Wording:
    digest = hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    point = int.from_bytes(digest) / 2**64 * sum(one.variant.weight for one in ready)
    for one in ready:
        point -= one.variant.weight
        if point < 0:
            return one
    return ready[-1]
