"""What is told of an effect: how often something was said, to how many, and what followed. Values only.

**Rules, the same everywhere:**

* *Said* is what the platform took: messages of the assistant that reached a shopper, as the talk shows them. What the fence
  dropped, what was held, refused or reported as failed later is none. What was said of somebody who was erased is gone.
* Lines of one turn are said in one breath: what follows follows all of them, and a script counts once in a breath.
* *Last touch*: a deed is credited to the latest breath of ours before it, a guide's message included, and to no other, so
  that deeds are not counted twice. In a breath of several scripts each of them shows it. For what somebody does with
  products (clicks, purchases) and for 退订 all talks of the person count, for what they write only the talk they write in.
* A deed counts inside its window (``WINDOWS``). Shares are of those whose window is over already: what was said an hour ago is
  not held against anybody.
* Shares and their intervals are of **people**, not of messages: whoever heard a script ten times is one person, who did it
  after at least one of them or did not. A person is all customers of one unionid.
* In a group nobody can tell whom a message moved: what was said there is counted (``in_groups``) and takes part in no share.
* A click counts for the latest message that showed the product; where none did, for the last touch if it was on a link or
  card of ours. Goods that came back were not bought. A guide who steps in by themselves, and a fault of the program, is no
  转人工.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from bot.effect.intervals import wilson

Measure = Literal["answer", "good", "click", "buy", "handover", "complaint", "optout"]
"""What follows: wrote again; 谢谢, 好的 or praise; tapped a product; bought; wanted a person; complained; 退订."""
By = Literal["script", "wording", "arm", "entry"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
KINDS: tuple[By, ...] = get_args(By)
NAMES: Mapping[Measure, str] = {
    "answer": "回话",
    "good": "说好或道谢",
    "click": "点商品",
    "buy": "购买",
    "handover": "转人工",
    "complaint": "投诉",
    "optout": "退订",
}
_DAY = timedelta(days=1)
WINDOWS: Mapping[Measure, timedelta] = {
    "answer": _DAY, "good": _DAY, "click": 3 * _DAY, "buy": 7 * _DAY, "handover": _DAY, "complaint": _DAY, "optout": _DAY,
}  # fmt: skip
LONGEST = max(WINDOWS.values())
FEWER: frozenset[Measure] = frozenset({"handover", "complaint", "optout"})
"""Of these less is better."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """What is counted together: a script, one wording of it, one arm of its experiment, or an entry."""

    id: str
    """Of the script or entry."""
    wording: str = ""
    experiment: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many did it: people, and how often it followed."""

    did: int = 0
    """People after at least one of whose messages it followed."""
    of: int = 0
    """People whose window is over for at least one message."""
    followed: int = 0
    """Messages that it followed, of those whose window is over."""
    messages: int = 0
    """Messages whose window is over."""

    @property
    def share(self) -> float | None:
        """Of people, 0 … 1; None of nobody."""
        return self.did / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, Wilson, on people; None of nobody."""
        return wilson(self.did, self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed one script, wording, arm or entry in a span of days."""

    by: By
    label: Label
    sent: int
    """Breaths in talks of two."""
    people: int
    in_groups: int
    rates: Mapping[Measure, Rate] = field(default_factory=dict)

    def rate(self, measure: Measure) -> Rate:
        """Of a measure that nothing is known of: of nobody."""
        return self.rates.get(measure, _NONE)


_NONE = Rate()
