"""What the knowledge room takes and gives: entries, who asks, and an answer with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NewType

EntryId = NewType("EntryId", str)
"""An entry's name in its workspace, as ops wrote it."""

_NO_TAGS: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that goes along with an answer: a link, a picture, a file."""

    kind: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom an entry is written; an empty condition asks for nothing, all others must fit."""

    channels: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    tags: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_TAGS)
    """Name of a tag → values, one of which the shopper must have."""
    regions: frozenset[str] = frozenset()
    """Regions or cities of the shopper's store."""
    guide: str = ""
    """Whose own entry it is: offered to that guide, never said by the assistant."""

    @property
    def specificity(self) -> int:
        """How many conditions it sets; each tag counts for one."""
        return sum(map(bool, (self.channels, self.stores, self.levels, self.regions, self.guide, *self.tags.values())))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as it is known; what is unknown fits no condition."""

    channel: str | None = None
    group: bool = False
    """Asked in a group: changes no eligibility, a private entry is found and the hall moves it to a private talk."""
    store: str | None = None
    level: str | None = None
    tags: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_TAGS)
    areas: frozenset[str] = frozenset()
    """Region and city of the store."""
    guide: str | None = None
    """The guide for whom answers are sought; None: the assistant itself answers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the brand knows, with the ways it is asked for."""

    id: EntryId
    questions: tuple[str, ...]
    answer: str
    source: str
    short: str | None = None
    """The answer for groups, where a long one is a burden."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it holds, in the brand's zone; `valid_from` is the first."""
    audience: Audience = field(default_factory=Audience)
    private: bool = False
    """Never answered in a group."""
    handover: bool = False
    """Answered, then handed to a person."""
    attachments: tuple[Attachment, ...] = ()
    related: tuple[EntryId, ...] = ()
    tags: tuple[str, ...] = ()
    version: str = ""
    """Changes with the content; empty until the hall gives one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was considered, with the probability that it answers the question."""

    entry: EntryId
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one question."""

    entry: Entry | None
    """What answers the question; None where the base does not hold it or we are not sure enough."""
    confidence: float
    """Probability that the best hit answers the question, 0…1; 0 where nothing was eligible."""
    hits: tuple[Hit, ...]
    """At most ten, best first."""
    close: tuple[Entry, ...]
    """Two or three entries to ask back between; empty where one is clear or none is near."""
    why: str
    """The reason for the verdict, for the trace that ops read."""
