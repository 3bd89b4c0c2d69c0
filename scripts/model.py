"""Scripts, their variants, for whom and when each is, and the words that come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scripts.arms import Experiment
from scripts.scheduling import Window

FAMILIES = ("招呼语", "资讯分享", "日常聊天", "咨询问答")
"""The four families of reply scripts that private-domain ops work with."""
ScopeLevel = Literal["总部", "区域", "店", "个人"]
AttachmentKind = Literal["image", "link", "mini_program", "product", "coupon"]


@dataclass(frozen=True, slots=True)
class Listener:
    """Who will read the words, and when."""

    channel: str = ""
    level: str | None = None
    store: str | None = None
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    person: str | None = None
    """Who the shopper is, for experiments; None: not known, so that nothing is compared on them."""
    region: str | None = None
    """The larger area of their store."""
    city: str | None = None
    """The city of their store."""
    first: bool | None = None
    """Whether nothing of ours was ever said to them before; None: not known."""
    moment: datetime | None = None
    """When the words are said, in the brand's zone; None: not known."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose words a script holds: everybody's, those of a region or city, of a store, of one guide."""

    level: ScopeLevel = "总部"
    of: str = ""
    """Region or city, id of the store, id of the guide."""

    def covers(self, listener: Listener) -> bool:
        """Whether the assistant may say it to a listener; what one guide wrote for themselves it never says."""
        match self.level:
            case "总部":
                return True
            case "区域":
                return self.of in {listener.region, listener.city}
            case "店":
                return self.of == listener.store
            case _:
                return False

    @property
    def conditions(self) -> int:
        """How much more particular it makes a wording: a store lies in a region, so that it counts twice."""
        return {"总部": 0, "区域": 1, "店": 2, "个人": 3}[self.level]


@dataclass(frozen=True, slots=True)
class Attachment:
    """What goes with a wording; which fields count depends on the kind (``scripts.schema.AttachmentModel``)."""

    kind: AttachmentKind
    title: str = ""
    text: str = ""
    url: str = ""
    image: str = ""
    appid: str = ""
    path: str = ""
    sku: str = ""
    id: str = ""
    """Of a coupon."""
    store: str = ""
    """Whose coupon; with neither id nor store that of the shopper's own store."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of a script and for whom it is."""

    text: str
    weight: float = 1.0
    channels: frozenset[str] = frozenset()
    """Empty: every channel."""
    levels: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    regions: frozenset[str] = frozenset()
    """Regions or cities of the shopper's store."""
    first: bool | None = None
    """Only at the first contact ever, or only after it."""
    window: Window = field(default_factory=Window)
    attachments: tuple[Attachment, ...] = ()
    id: str = ""
    """What ops call it; empty: its fingerprint names it (``scripts.fingerprints``)."""
    arm: str | None = None
    """Its arm of the script's experiment; None: for whoever the arms have no words for."""

    def fits(self, listener: Listener) -> bool:
        """Whether this wording is meant for the listener now."""
        return self.addressed(listener) and self.opportune(listener)

    def addressed(self, listener: Listener) -> bool:
        """Whether channel, level, store and tags are the listener's."""
        return (
            (not self.channels or listener.channel in self.channels)
            and (not self.levels or listener.level in self.levels)
            and (not self.stores or listener.store in self.stores)
            and all(listener.tags.get(tag, frozenset()) & values for tag, values in self.tags.items())
        )

    def opportune(self, listener: Listener) -> bool:
        """Whether region, contact and moment are right."""
        return (
            (not self.regions or listener.region in self.regions or listener.city in self.regions)
            and (self.first is None or self.first == listener.first)
            and self.window.open_at(listener.moment)
        )

    @property
    def conditions(self) -> int:
        """How many things it asks of the listener and the moment: the more, the more particular it is."""
        whom = bool(self.channels) + bool(self.levels) + bool(self.stores) + bool(self.regions) + len(self.tags)
        return whom + (self.first is not None) + self.window.conditions


@dataclass(frozen=True, slots=True)
class Script:
    """One thing to say, in one or more wordings."""

    id: str
    family: str
    variants: tuple[Variant, ...]
    scope: Scope = Scope()
    extends: str = ""
    """Id of the script whose wordings these join for whoever is in the scope."""
    experiment: Experiment | None = None
    title: str = ""
    """What guides know it by."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Words ready to send, and where they come from."""

    text: str
    script: str
    """Id of the script that was asked for."""
    variant: int
    """Which wording, counted from 0."""
    version: str
    """A fingerprint of the script as it stood."""
    wording: str = ""
    """Id of the wording, or a fingerprint of its words and conditions: the same over releases as long as those stand."""
    arm: str | None = None
    """The shopper's arm, where the message counts for the experiment."""
    experiment: str | None = None
    """Id of the experiment that it counts for."""
    origin: str = ""
    """Id of the script in whose file the words stand: another one where they extend it."""
    built_in: bool = False
    """Whether the program's own words stood in, because ops' may not be said now."""
    attachments: tuple[Attachment, ...] = ()

    @property
    def source(self) -> dict[str, object]:
        """Where the words come from, as a trace keeps it; what says nothing is left out."""
        more = {"arm": self.arm, "experiment": self.experiment, "built_in": self.built_in or None}
        told: dict[str, object] = {"id": self.script, "variant": self.variant, "version": self.version, "wording": self.wording}
        if self.origin not in {"", self.script}:
            told["from"] = self.origin
        return told | {name: value for name, value in more.items() if value is not None}
