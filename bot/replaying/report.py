"""Differences gathered: by kind and by what became what, counted whole, the worst first, with examples that can be opened."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["red", "amber", "grey"]
_RANKS: Final[Mapping[Severity, int]] = {"red": 0, "amber": 1, "grey": 2}
KINDS: Final[Mapping[str, str]] = {
    "error": "程序出错",
    "lost": "原来答得上来，现在答不上来",
    "forbidden": "说了不能说的话",
    "limit": "推荐碰了硬条件",
    "facts": "改了数字或否定",
    "hole": "话术缺了，或者空没有填上",
    "lapsed": "说了过期或还没开始的内容",
    "handed": "多转了人工",
    "entry": "换了一条来答",
    "asked": "原来直接答，现在反问",
    "silent": "多了不说话",
    "product": "推荐的商品不一样",
    "spoke": "多说了话",
    "private": "公开和私下换了",
    "options": "给的选项不一样",
    "longer": "长了一半以上",
    "words": "说法不一样",
    "trace": "听懂的意思变了",
    "gained": "原来答不上来，现在答上来",
    "handed_less": "少转了人工",
    "shorter": "短了一半以上",
}
"""Every kind of difference by name, the worst first."""
_ORDER: Final = {kind: n for n, kind in enumerate(KINDS)}
EXAMPLES: Final = 20
"""Of one group."""
PROBE: Final = "问法 "
"""What the id of a message begins with that nobody wrote (``probing``)."""
_TRACES: Final = 3_000
"""Examples of a whole report: where more groups there are, each shows fewer."""
_KEPT: Final = 64
"""Examples that are held while gathering."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a message is treated otherwise."""

    kind: str
    """One of `KINDS`."""
    severity: Severity
    before: str
    """What it was, as ops know it."""
    after: str
    weight: float = 0.0
    """How bad among its like, 0…1: how sure the live content was."""
    why: str = ""
    """What exactly changed, where that can be told."""

    @property
    def group(self) -> str:
        """The group that it belongs to: the same wherever the same becomes the same, so that a yes can be tied to it."""
        told = f"{self.kind}\0{self.severity}\0{self.before}\0{self.after}"
        return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Example:
    """One message with both traces."""

    id: str
    said: tuple[str, ...]
    live: Mapping[str, object]
    draft: Mapping[str, object]
    weight: float
    why: str

    def told(self) -> dict[str, object]:
        """For the report."""
        return {
            "id": self.id,
            "said": list(self.said),
            "live": self.live,
            "draft": self.draft,
            **({"why": self.why} if self.why else {}),
        }


@dataclass(slots=True)
class Group:
    """Messages that are treated otherwise in the same way."""

    difference: Difference
    count: int = 0
    probes: int = 0
    """Phrasings of the content itself, which nobody wrote."""
    talks: set[str] = field(default_factory=set)
    examples: list[Example] = field(default_factory=list)

    def add(self, counts: tuple[int, int], talks: Iterable[str], examples: Iterable[Example]) -> None:
        """More of the same, (messages, phrasings); of the examples the worst are kept."""
        self.count, self.probes = self.count + counts[0], self.probes + counts[1]
        self.talks.update(talks)
        self.examples.extend(examples)
        if len(self.examples) > _KEPT:
            self.examples = _worst(self.examples)[:EXAMPLES]


def _worst(examples: Sequence[Example]) -> list[Example]:
    """What was really said first."""
    return sorted(examples, key=lambda one: (one.id.startswith(PROBE), -one.weight, len(one.said), one.id))


class Gathering:
    """Differences as they are found; two can be put together."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.groups: dict[str, Group] = {}
        self.messages = 0
        self.changed = 0
        self.asked = 0
        """Messages and phrasings that were played."""

    def seen(self, messages: int, probes: int = 0) -> None:
        """So many messages were played, and so many phrasings of the content itself."""
        self.messages += messages
        self.asked += messages + probes

    def found(self, differences: Sequence[Difference], counts: tuple[int, int], talks: Iterable[str], example: Example) -> None:
        """So many (messages, phrasings) were treated otherwise, all in the same way."""
        self.changed += counts[0]
        for one in differences:
            shown = Example(example.id, example.said, example.live, example.draft, one.weight, one.why)
            self.groups.setdefault(one.group, Group(one)).add(counts, talks, [shown])

    def join(self, other: "Gathering") -> None:
        """All that another one found."""
        self.messages += other.messages
        self.changed += other.changed
        self.asked += other.asked
        for name, group in other.groups.items():
            self.groups.setdefault(name, Group(group.difference)).add((group.count, group.probes), group.talks, group.examples)

    def ordered(self) -> list[Group]:
        """The worst first."""
        return sorted(self.groups.values(), key=_badness)


def _badness(group: Group) -> tuple[int, int, int, str]:
    one = group.difference
    return _RANKS[one.severity], _ORDER[one.kind], -group.count, one.group


@dataclass(frozen=True, slots=True)
class Report:
    """What a draft changes."""

    messages: int
    changed: int
    groups: tuple[Mapping[str, object], ...]
    seconds: float
    live: str = ""
    draft: str = ""

    @classmethod
    def of(cls, found: Gathering, seconds: float, digests: tuple[str, str] = ("", "")) -> "Report":
        """Bounded: everything is counted, the worst examples are shown."""
        groups = found.ordered()
        each = max(1, min(EXAMPLES, _TRACES // max(1, len(groups))))
        told = tuple(_told(group, each) for group in groups)
        return cls(found.messages, found.changed, told, round(seconds, 2), *digests)

    @property
    def red(self) -> tuple[Mapping[str, object], ...]:
        """The groups that need an explicit yes."""
        return tuple(one for one in self.groups if one["severity"] == "red")

    def json(self) -> dict[str, object]:
        """One JSON document."""
        return {
            "messages": self.messages,
            "changed": self.changed,
            "groups": list(self.groups),
            "seconds": self.seconds,
            "live": self.live,
            "draft": self.draft,
        }


def _told(group: Group, examples: int) -> Mapping[str, object]:
    one = group.difference
    return {
        "id": one.group,
        "kind": one.kind,
        "label": KINDS[one.kind],
        "severity": one.severity,
        "count": group.count,
        "probes": group.probes,
        "talks": len(group.talks),
        "from": one.before,
        "to": one.after,
        "examples": [shown.told() for shown in _worst(group.examples)[:examples]],
    }
