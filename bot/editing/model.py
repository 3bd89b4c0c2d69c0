"""Plain values between the desk of the words and the console's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.db.drafts import Draft
from bot.model import JsonMap

Value = JsonMap
Mark = Literal["same", "old", "new"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the lint or the check has to say."""

    rule: str
    severity: Literal["block", "warn"]
    kind: str
    item: str
    path: tuple[str | int, ...]
    place: str
    """Where, in words: 第 2 种说法 · 内容."""
    words: str
    start: int
    end: int
    """Where the words stand in the text at ``path``; 0, 0 where the whole is meant."""
    why: str
    way_out: str
    excepted: str | None = None
    """Why somebody approved it all the same."""

    @property
    def blocks(self) -> bool:
        """Whether nothing goes live with it."""
        return self.severity == "block" and self.excepted is None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a list: what is live, and the open draft over it."""

    kind: str
    id: str
    live: Value | None
    """None: it is not live yet."""
    draft: Draft | None
    blocks: int = 0
    warns: int = 0

    @property
    def value(self) -> Value:
        """What it says, or would say with its draft; of what a draft takes away what it says now."""
        return (self.draft.value if self.draft is not None else None) or self.live or {}

    @property
    def leaves(self) -> bool:
        """Whether its draft takes it away."""
        return self.draft is not None and self.draft.value is None


@dataclass(frozen=True, slots=True)
class Opened:
    """One thing on the desk."""

    kind: str
    id: str
    live: Value | None
    base: str
    """Fingerprint of what is live; empty where nothing is."""
    file: str
    draft: Draft | None

    @property
    def value(self) -> Value:
        """What the editor shows."""
        return (self.draft.value if self.draft is not None else None) or self.live or {}

    @property
    def overtaken(self) -> bool:
        """Whether something else went live since the draft was begun."""
        return self.draft is not None and bool(self.draft.base) and self.draft.base != self.base


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One field that differs, in words."""

    path: str
    """``variants › 1 › text``: what a choice between two sides names."""
    place: str
    """第 1 种说法 · 内容."""
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """How a thing stood at some time."""

    name: str
    """``release-12`` or ``draft-7-3``."""
    label: str
    """第 12 版, 草稿第 3 次保存."""
    author: str
    at: datetime | None
    note: str
    value: Value | None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a preview, where and when."""

    channel: str = "web"
    level: str = ""
    store: str = ""
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    first: bool | None = None
    moment: datetime | None = None
    arm: str = ""
    """The arm of the experiment to look at; empty: without."""
    known: bool = True
    """Whether the shopper's name is known."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the reader would read."""

    text: str
    number: int
    """Which wording, counted from 1; 0 where the program's own words stand in."""
    others: int
    """How many more wordings compete with it for this reader."""
    why: str
    attachments: Sequence[JsonMap] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What an editor may choose from."""

    stores: tuple[tuple[str, str], ...]
    """(id, name)."""
    regions: tuple[str, ...]
    guides: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]
    tags: tuple[tuple[str, tuple[str, ...]], ...]
    """(tag, its values)."""
    scripts: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]
    """(id, first question)."""
    families: tuple[str, ...]
    limits: tuple[tuple[str, str, int], ...]
    """(channel, its name, bytes)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one draft does, in words."""

    draft: Draft
    what: Literal["added", "removed", "changed", "same"]
    fields: tuple[Told, ...]
    findings: tuple[Finding, ...]
    moved: bool = False
    """Whether something else of it went live since it was begun."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What may stand in braces in a script."""

    name: str
    example: str
    always: bool
    """Whether it is there in every script; else this script's occasion brings it."""
