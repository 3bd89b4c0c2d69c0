"""What the sandbox saw, kept small: the shoppers' side of the truth, against which the database is judged."""

from collections import Counter
from dataclasses import dataclass, field

from bot.sandbox import Platform
from bot.sandbox.ledger import Entry


@dataclass(frozen=True, slots=True)
class Said:
    """A shopper's message as the platform took it; ``at`` in seconds since 1970."""

    who: str
    msgid: str
    at: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that a shopper received, in the order of the ledger."""

    who: str
    msgid: str
    at: float
    state: int
    """State of the platform's session at that moment."""


@dataclass(slots=True)
class Notebook:
    """Everything of a run that the verdict needs, in the order in which it happened."""

    said: list[Said] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    """How often each type of event joined the stream."""
    spoken: list[tuple[str, str]] = field(default_factory=list)
    """(who, msgid) of what servicers wrote in the platform's own client."""
    mishaps: Counter[str] = field(default_factory=Counter)
    """What went wrong by the sandbox's will or the platform's rules."""

    def attach(self, platform: Platform) -> None:
        """Listen from now on."""
        platform.world.ledger.listen(self.hear)

    def hear(self, entry: Entry) -> None:
        """One entry of the ledger."""
        match entry["kind"]:
            case "shopper":
                if entry.get("act") == "send":
                    self.said.append(Said(str(entry["who"]), str(entry["msgid"]), _seconds(entry)))
            case "delivery":
                state = entry["state"]
                whole = state if isinstance(state, int) else -1
                self.delivered.append(Delivered(str(entry["to"]), str(entry["msgid"]), _seconds(entry), whole))
            case "event":
                self.events[str(entry["event_type"])] += 1
            case "servicer":
                self.spoken.append((str(entry["to"]), str(entry["msgid"])))
            case "mishap":
                self.mishaps[str(entry["fault"])] += 1
            case "callback":
                self._callback(str(entry.get("outcome")))
            case "rejected":
                self.mishaps[f"send refused {entry['code']}"] += 1
            case _:
                return

    def _callback(self, outcome: str) -> None:
        if outcome not in {"ok", "verified"}:
            self.mishaps[f"callback {outcome.partition(':')[0]}"] += 1


def _seconds(entry: Entry) -> float:
    at = entry["at"]
    return float(at) if isinstance(at, int | float) else 0.0
