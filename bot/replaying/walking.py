"""Messages through both contents: what came before is said first, what both share is asked once.

Messages are ordered so that those which begin alike follow each other; a talk is continued from where the next one parts from
it. Where nothing but words differs, the draft is only played from the first script on that it says otherwise: until then both
are given the same answers by the same rooms, so that no turn can tell them apart.
"""

import copy
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.db.recorded import Profile, Recorded
from bot.db.turns import Done
from bot.handlers.mirror import hints
from bot.model import Customer, Evidence
from bot.rehearsal import Rehearsal
from bot.replaying.comparing import Ground, compare
from bot.replaying.outcome import Outcome, failed, outcome_of
from bot.replaying.pairing import Pair, ground_of
from bot.replaying.report import PROBE, Example, Gathering
from bot.replaying.rooms import Side, other_scripts, sides
from bot.services import Services
from recommender import current

_PAUSE: Final = timedelta(seconds=20)
"""Between two messages of a talk."""
_ROOM: Final = timedelta(hours=1)
_ASKER: Final = "shopper"
"""Who speaks in a group."""


@dataclass(frozen=True, slots=True)
class Path:
    """Messages that are one and the same to both contents: the words with what led to them, who says them, and when."""

    moment: datetime
    """When the first of them is said, in the brand's zone."""
    channel: str
    group: bool
    at_bot: bool
    level: str | None
    store: str | None
    owned: tuple[str, ...]
    tags: tuple[tuple[str, tuple[str, ...]], ...]
    said: tuple[str, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts equal beginnings next to each other."""
        who = (self.channel, self.group, self.at_bot, self.level or "", self.store or "", self.owned, self.tags)
        return (self.moment, *who, self.said)

    def shared(self, other: "Path") -> int:
        """How many messages both begin with; 0 where other people speak."""
        if replace(self, said=()) != replace(other, said=()):
            return 0
        n = 0
        for one, another in zip(self.said, other.said, strict=False):
            if one != another:
                break
            n += 1
        return n


@dataclass(frozen=True, slots=True)
class Work:
    """A path with the messages that it stands for."""

    path: Path
    ids: tuple[str, ...]
    talks: tuple[str, ...]


def works(recorded: Sequence[Recorded], live: Services, now: datetime, *, own_time: bool = False) -> list[Work]:
    """Messages as work: equal ones once, in an order in which beginnings are shared.

    Each is said today at the hour at which it was written (``own_time``: on its own day); where that is not known, now, or
    when the shop opens next: what is promised must not hang on the hour at which somebody looks at a draft.
    """
    present = _while_open(now, live)
    found: dict[Path, list[Recorded]] = defaultdict(list)
    for one in recorded:
        found[_path(one, live, present, own_time=own_time)].append(one)
    ordered = sorted(found.items(), key=lambda item: item[0].order)
    return [
        Work(path, tuple(one.id for one in same), tuple(dict.fromkeys(one.talk or one.id for one in same)))
        for path, same in ordered
    ]


def _while_open(now: datetime, services: Services) -> datetime:
    local, hours = now.astimezone(services.zone), services.brand.opening
    if hours.open_at(local) and hours.open_at(local + _ROOM):
        return local
    opens = hours.next_opening(local + _ROOM)
    return local if opens is None else opens + _ROOM


def _path(one: Recorded, live: Services, present: datetime, *, own_time: bool) -> Path:
    return Path(
        moment=_moment(one.at, present, own_time=own_time),
        channel=one.channel,
        group=one.group,
        at_bot=one.at_bot,
        level=one.customer.level,
        store=one.customer.store,
        owned=one.customer.owned,
        tags=_tags(one.customer, live, present),
        said=one.said,
    )


def _moment(at: datetime | None, present: datetime, *, own_time: bool) -> datetime:
    if at is None:
        return present
    local = at.astimezone(present.tzinfo)
    if own_time:
        return local
    return present.replace(hour=local.hour, minute=30, second=0, microsecond=0)


def _tags(who: Profile, live: Services, now: datetime) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is believed of somebody today."""
    told = {**current(hints(who.evidence), live.recommender.kinds, now), **who.tags}
    return tuple(sorted((tag, tuple(values)) for tag, values in told.items()))


@dataclass(frozen=True, slots=True)
class _Step:
    """How far a talk has come."""

    live: Rehearsal
    outcome: Outcome
    draft: Rehearsal | None
    """None: nothing has been said yet that the draft says otherwise."""
    other: Outcome


@dataclass(slots=True)
class Walk:
    """Both contents, and what was found so far."""

    pair: Pair
    today: date
    found: Gathering = field(default_factory=Gathering)

    def __post_init__(self) -> None:
        """Listen in on both."""
        self._live, self._draft = sides(self.pair.live, self.pair.draft)
        self._only_words = _only_words(self.pair)
        self._changed = other_scripts(self.pair.live, self.pair.draft)
        self._ground = ground_of(self.pair, self.today)
        self._known: tuple[Path | None, list[_Step]] = (None, [])

    _live: Side = field(init=False, repr=False)
    _draft: Side = field(init=False, repr=False)
    _only_words: bool = field(init=False)
    _changed: frozenset[str] = field(init=False, repr=False)
    _ground: Ground = field(init=False, repr=False)
    _known: tuple[Path | None, list[_Step]] = field(init=False, repr=False)

    def through(self, some: Sequence[Work]) -> None:
        """These and no others: what they ask is made ready together, and forgotten after them."""
        texts = list(dict.fromkeys(words for one in some for words in one.path.said))
        self.pair.live.warm(texts)
        if self.pair.draft.recognizer is not self.pair.live.recognizer:
            self.pair.draft.warm(texts)
        for one in some:
            self._one(one)
        self._live.forget()
        self._draft.forget()

    def _one(self, work: Work) -> None:
        step = self._played(work.path)[-1]
        written = [one for one in work.ids if not one.startswith(PROBE)]
        counts = (len(written), len(work.ids) - len(written))
        self.found.seen(*counts)
        if step.outcome is step.other:
            return
        differences = compare(step.outcome, step.other, self._ground)
        if differences:
            name = written[0] if written else work.ids[0]
            example = Example(name, work.path.said, step.outcome.told(), step.other.told(), 0.0, "")
            talks = [one for one in work.talks if not one.startswith(PROBE)]
            self.found.found(differences, counts, talks, example)

    def _played(self, path: Path) -> list[_Step]:
        """The steps of a talk; those that the last one began with are not taken again."""
        before, steps = self._known
        steps = steps[: path.shared(before)] if before is not None else []
        while len(steps) < len(path.said):
            steps = [*steps, self._step(path, steps)]
        self._known = (path, steps)
        return steps

    def _step(self, path: Path, steps: Sequence[_Step]) -> _Step:
        n = len(steps)
        live = copy.copy(steps[-1].live) if steps else _talk(path, self._live.services)
        outcome = self._said(live, self._live, path, n)
        draft = copy.copy(steps[-1].draft) if steps and steps[-1].draft is not None else None
        if draft is None:
            if self._only_words and not self._changed.intersection(outcome.scripts):
                return _Step(live, outcome, None, outcome)
            draft = _talk(path, self._draft.services)
            for earlier in range(n):
                self._said(draft, self._draft, path, earlier)
        return _Step(live, outcome, draft, self._said(draft, self._draft, path, n))

    @staticmethod
    def _said(talk: Rehearsal, side: Side, path: Path, n: int) -> Outcome:
        """The n-th message of a path on one side."""
        moment = path.moment + n * _PAUSE
        side.heard.begin(hashlib.blake2b("\0".join(path.said[: n + 1]).encode(), digest_size=8).hexdigest())
        try:
            dones = _heard(talk, path, n, moment)
            return outcome_of(dones, side.heard, side.services, moment.date())
        except Exception as error:  # noqa: BLE001  (a draft that breaks the program is what a replay is for)
            return failed(error)


def _heard(talk: Rehearsal, path: Path, n: int, moment: datetime) -> list[Done]:
    """What came of a message; in a group also of what is held for a guide, until nobody was faster."""
    last = n == len(path.said) - 1
    sender = _ASKER if path.group else None
    dones = [talk.say(path.said[n], moment, sender=sender, at_bot=path.group and path.at_bot and last)]
    while path.group and (later := talk.wait()) is not None:
        dones.append(later)
    return dones


def _talk(path: Path, services: Services) -> Rehearsal:
    """A talk with a stranger of whom only this is known; chance and experiments go by what they say first."""
    who = hashlib.blake2b(path.said[0].encode(), digest_size=8).hexdigest()
    evidence = tuple(Evidence(tag, value, 1.0, path.moment, "") for tag, values in path.tags for value in values)
    customer = Customer(f"replay-{who}", level=path.level, store=path.store, owned=path.owned, evidence=evidence)
    return Rehearsal(services, path.channel, customer, group=path.group)


def _only_words(pair: Pair) -> bool:
    """Whether both are the same but for the scripts."""
    live, draft = pair.live, pair.draft
    rooms = draft.recognizer is live.recognizer and draft.library is live.library and draft.recommender is live.recommender
    return rooms and draft.brand == live.brand and draft.staff == live.staff and draft.listener is live.listener
