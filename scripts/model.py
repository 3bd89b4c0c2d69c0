"""Scripts, their variants, and the words that come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FAMILIES = ("招呼语", "资讯分享", "日常聊天", "咨询问答")
"""The four families of reply scripts that private-domain ops work with."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who will read the words."""

    channel: str = ""
    level: str | None = None
    store: str | None = None
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)


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

    def fits(self, listener: Listener) -> bool:
        """Whether this wording is meant for the listener."""
        return (
            (not self.channels or listener.channel in self.channels)
            and (not self.levels or listener.level in self.levels)
            and (not self.stores or listener.store in self.stores)
            and all(listener.tags.get(tag, frozenset()) & values for tag, values in self.tags.items())
        )

    @property
    def conditions(self) -> int:
        """How many things it asks of the listener: the more, the more particular it is."""
        return bool(self.channels) + bool(self.levels) + bool(self.stores) + len(self.tags)


@dataclass(frozen=True, slots=True)
class Script:
    """One thing to say, in one or more wordings."""

    id: str
    family: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Words ready to send, and where they come from."""

    text: str
    script: str
    variant: int
    """Which wording, counted from 0."""
    version: str
    """A fingerprint of the script as it stood."""
