"""How exactly values are found in messages that were labelled by hand: precision, recall and F1 of every slot."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.bench.nlu_ground import TESTS, Ground
from bot.bench.nlu_plan import table
from intents import Gazetteer, find_slots, normalize

_HEAD = ("n", "P", "R", "F1", "P, name + value", "R", "F1")

Mark = tuple[str, str, int, int, bool]
"""name, value as JSON, start, end, negated"""


@dataclass(slots=True)
class Tally:
    """How often values were right, found and labelled."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)

    def add(self, labelled: Counter[tuple[str, object]], found: Counter[tuple[str, object]]) -> None:
        """One message's values, each as (slot's name, everything that has to be the same)."""
        for to, values in ((self.right, labelled & found), (self.found, found), (self.labelled, labelled)):
            for (name, _), times in values.items():
                to[name] += times

    def figures(self, name: str | None = None) -> tuple[str, str, str]:
        """Precision, recall and F1 of one slot or of all together; a dash where there is nothing to divide by."""
        right, found, labelled = (one.total() if name is None else one[name] for one in (self.right, self.found, self.labelled))
        both = found + labelled
        return tuple(  # type: ignore[return-value]
            f"{top / of:.3f}" if of else "–" for top, of in ((right, found), (right, labelled), (2 * right, both))
        )


@dataclass(slots=True)
class Score:
    """Two ways to count the same messages."""

    exact: Tally = field(default_factory=Tally)
    """Name, value, place and negation have to be right."""
    values: Tally = field(default_factory=Tally)
    """Name and value have to be."""
    messages: int = 0
    whole: int = 0
    """Messages in which everything was right and nothing too much."""

    def add(self, labelled: Sequence[Mark], found: Sequence[Mark]) -> None:
        """One message."""
        self.exact.add(Counter((one[0], one) for one in labelled), Counter((one[0], one) for one in found))
        self.values.add(Counter((one[0], one[1]) for one in labelled), Counter((one[0], one[1]) for one in found))
        self.messages += 1
        self.whole += Counter(labelled) == Counter(found)

    def row(self, title: str, name: str | None = None) -> tuple[str, ...]:
        """One line of the table."""
        labelled = self.exact.labelled
        n = labelled.total() if name is None else labelled[name]
        return (title, str(n), *self.exact.figures(name), *self.values.figures(name))


def measure(ground: Ground) -> str:
    """The table of every slot over all files, and of each file."""
    whole, parts = Score(), dict[str, Score]()
    names = ground.names
    for path in sorted((*TESTS.glob("slots_test.jsonl"), *TESTS.glob("slots_heldout.jsonl")), reverse=True):
        parts[path.name] = Score()
        messages = _messages(path)[: ground.plan.sample or None]
        ground.say(f"slots: {path.name}, {len(messages)} messages")
        for message in messages:
            labelled, found = marks(message["slots"]), read(str(message["text"]), str(message["at"]), names)
            for score in (whole, parts[path.name]):
                score.add(labelled, found)
    slots = sorted(set(whole.exact.labelled) | set(whole.exact.found))
    rows = [
        *(whole.row(name, name) for name in slots),
        whole.row(f"**all, {whole.messages} messages**"),
        *(score.row(f"{name}, {score.messages} messages") for name, score in parts.items()),
    ]
    share = whole.whole / max(1, whole.messages)
    return "\n\n".join((table(("slot", *_HEAD), rows), f"Messages with every slot right and none too much: {share:.3f}."))


def read(text: str, at: str, names: Gazetteer) -> list[Mark]:
    """What is found in a message; ``at`` is when it was sent, ISO 8601."""
    found = find_slots(normalize(text, names.vocabulary), names, datetime.fromisoformat(at))
    return [(one.name, _plain(one.value), one.start, one.end, one.negated) for one in found]


def marks(slots: object) -> list[Mark]:
    """What was labelled."""
    rows: Iterable[Mapping[str, object]] = slots if isinstance(slots, list) else ()
    return [
        (str(one["name"]), _plain(one["value"]), int(str(one["start"])), int(str(one["end"])), bool(one["negated"]))
        for one in rows
    ]


def _plain(value: object) -> str:
    """1 and 1.0 are one number."""
    return json.dumps(_number(value), ensure_ascii=False, sort_keys=True)


def _number(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _number(inner) for key, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _messages(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
