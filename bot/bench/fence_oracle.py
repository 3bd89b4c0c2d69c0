"""The judge of an interleaving, the same for the model and for PostgreSQL: bot after a person, lost, double, order. Pure.

Moments are numbers of one counter that rises with everything that happens. What "a person took over" means, to the letter:

* at the desk, the moment at which the claim is *confirmed* to the guide (after the wait for silence), until they give it up;
* in the platform's own client, the moment at which the person's deed has been *accepted* (committed to the inbox), until the
  platform tells that it is over. From the deed itself to the acceptance the platform refuses the bot (95018).

A word of the bot is a breach if the platform took it while a person had so taken over, or afterwards although it was thought
of before. Against a person in the platform's client the step under the fence is compared instead of the delivery: nothing can
take back a call that was on its way when a person came; the platform itself refuses it while they serve, and where they have
come and gone within one call it is counted as ``overtook``, not as a breach.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

KINDS = ("bot after a person", "lost", "double", "out of order", "stuck")
"""What can be broken; ``stuck`` is a bot that cannot come back although nobody holds the talk."""
_OUTCOMES = frozenset({"answered", "silent", "handed_over", "failed"})
_ENDS = frozenset({"sent", "dropped", "held", "failed"})
FOREVER = 1 << 60


class Heard(NamedTuple):
    """An accepted message of the shopper."""

    id: int
    outcome: str | None
    """None: still waiting for its turn."""
    settled: int
    """Moment at which a turn settled it; 0 where none did (recalled)."""
    withdrawn: int = 0
    """Moment at which its recall settled it; 0 where a turn came first, or nobody took it back."""


class Spoken(NamedTuple):
    """A message of ours."""

    id: int
    author: str
    state: str
    answers: tuple[int, ...]
    thought: int
    """Moment before which its author had looked at the conversation."""
    overtaken: bool
    """Whether the floor has changed since it was thought of, so that it may be dropped."""
    pushed: bool = False
    """Not asked for (a timer, a mass send)."""


class Delivered(NamedTuple):
    """What a shopper got."""

    id: int
    """Of the message of ours."""
    at: int
    taken: int
    """Moment of the step under the fence that let this call out."""


@dataclass(slots=True)
class Span:
    """A person had the floor, from their confirmation on."""

    by: Literal["desk", "phone"]
    since: int
    until: int = FOREVER


@dataclass(slots=True)
class Books:
    """All that is needed to judge one conversation."""

    said: int = 0
    """Messages that the shopper sent."""
    heard: Sequence[Heard] = ()
    spoken: Sequence[Spoken] = ()
    delivered: list[Delivered] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    waits: list[Span] = field(default_factory=list)
    """From when to when the shopper waited for a person, in the same moments."""
    stuck: bool = False
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Breaches that whoever acted saw at once: (kind, in words)."""


def judge(books: Books) -> list[tuple[str, str]]:
    """(kind, breach in words); empty where everything holds."""
    found: list[tuple[str, str]] = list(books.remarks)
    if books.spans or books.waits:
        found += _after_a_person(books)
    found += _lost(books)
    found += _double(books)
    found += _order(books)
    if books.stuck:
        found.append(("stuck", "nobody serves the shopper any more, and the bot still leaves the floor to them"))
    return found


def overtook(books: Books) -> int:
    """Calls that were under way when a person in the platform's client came and went."""
    thought = {one.id: one.thought for one in books.spoken if one.author == "bot"}
    spans = [span for span in books.spans if span.by == "phone"]
    return sum(
        one.id in thought and any(thought[one.id] < span.since < one.at and one.taken <= span.since for span in spans)
        for one in books.delivered
    )


def _after_a_person(books: Books) -> Iterator[tuple[str, str]]:
    ours = {one.id: one for one in books.spoken if one.author == "bot"}
    for one in books.delivered:
        spoken = ours.get(one.id)
        if spoken is None:
            continue
        for span in books.spans:
            moment = one.at if span.by == "desk" else one.taken
            if span.since < moment and (moment < span.until or spoken.thought < span.since):
                yield KINDS[0], f"message {one.id}, taken at {one.taken}, came at {one.at}; {span.by} since {span.since}"
        if spoken.pushed and any(span.since < one.taken < span.until for span in books.waits):
            yield KINDS[0], f"message {one.id}, which nobody had asked for, was let out at {one.taken} into a wait for a person"


def _lost(books: Books) -> Iterator[tuple[str, str]]:
    if len(books.heard) != books.said:
        yield KINDS[1], f"{books.said} messages were sent, {len(books.heard)} accepted"
    reached = {inbox for one in books.spoken if one.state in {"sent", "held"} for inbox in one.answers}
    for heard in books.heard:
        if heard.outcome not in _OUTCOMES:
            yield KINDS[1], f"inbox {heard.id} has no outcome"
        elif heard.outcome == "answered" and heard.id not in reached:
            yield KINDS[1], f"inbox {heard.id} counts as answered, but nothing was sent or waits"
    got = {one.id for one in books.delivered}
    for spoken in books.spoken:
        if spoken.state not in _ENDS:
            yield KINDS[1], f"message {spoken.id} is still {spoken.state}"
        elif spoken.state == "sent" and spoken.id not in got:
            yield KINDS[1], f"message {spoken.id} counts as sent and did not arrive"
        elif spoken.state == "failed" and spoken.id in got:
            yield KINDS[2], f"message {spoken.id} arrived and is recorded as failed: somebody will say it again"
        elif spoken.state == "dropped" and (spoken.author != "bot" or not spoken.overtaken):
            yield KINDS[1], f"message {spoken.id} of {spoken.author} was dropped, and no person was the reason"


def _double(books: Books) -> Iterator[tuple[str, str]]:
    ids = [one.id for one in books.delivered]
    if len(ids) != len(set(ids)):
        yield KINDS[2], f"delivered twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    turns: dict[int, int] = {}
    got = set(ids)
    for spoken in books.spoken:
        if spoken.author == "bot" and spoken.id in got:
            for inbox in spoken.answers:
                if turns.setdefault(inbox, spoken.thought) != spoken.thought:
                    yield KINDS[2], f"inbox {inbox} was answered by two turns"
    for heard in books.heard:
        if 0 < heard.withdrawn < heard.settled:
            yield KINDS[2], f"inbox {heard.id} was settled again after the shopper had taken it back"


def _order(books: Books) -> Iterator[tuple[str, str]]:
    latest = 0
    unasked = {one.id for one in books.spoken if one.pushed}
    for delivered in books.delivered:
        if delivered.id in unasked:
            continue  # what nobody asked for steps aside while a message of the shopper's is unread, and at night
        if delivered.id < latest:
            yield KINDS[3], f"message {delivered.id} came after {latest}"
        latest = max(latest, delivered.id)
    before = 0
    for heard in books.heard:
        if 0 < heard.settled < before:
            yield KINDS[3], f"inbox {heard.id} was settled before an earlier one"
        before = max(before, heard.settled)
