"""The invariants of DESIGN §2, checked from outside: the sandbox's notebook against the database. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.bench.notebook import Notebook
from bot.bench.truth import Heard, Spoken, Truth

KF = "wecom_kf"
_OUTCOMES = frozenset({"answered", "silent", "handed_over", "failed"})
_RECALLED = "顾客撤回了这条消息"
_SLACK = 0.002
"""Seconds by which the ledger's rounded time may seem earlier or later than ours."""


@dataclass(frozen=True, slots=True)
class Held:
    """From when to when a person held a conversation at the desk: confirmed to them, until they asked to give it back."""

    conversation: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the web chat that was answered with 202: its key and every inbox id that its repeats were told."""

    conversation: str
    key: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks found."""

    violations: Mapping[str, Sequence[str]]
    """Invariant → each breach in words; empty where all hold."""
    outcomes: Mapping[str, int]
    notes: Mapping[str, int]
    """What is no breach but worth knowing."""

    @property
    def ok(self) -> bool:
        """Whether every invariant holds."""
        return not any(self.violations.values())

    def lines(self) -> Iterator[str]:
        """For people."""
        for name, found in self.violations.items():
            yield f"{'BROKEN' if found else 'holds '}  {name}" + (f": {len(found)}" if found else "")
            yield from (f"          {one}" for one in found[:10])
        yield "outcomes  " + ", ".join(f"{name} {n}" for name, n in sorted(self.outcomes.items()))
        if self.notes:
            yield "notes     " + ", ".join(f"{name} {n}" for name, n in sorted(self.notes.items()))


@dataclass(slots=True)
class _Case:
    """Notebook and truth, indexed."""

    notebook: Notebook
    truth: Truth
    by_id: dict[int, Heard] = field(default_factory=dict)
    by_msgid: dict[str, Spoken] = field(default_factory=dict)
    sent_for: dict[int, list[Spoken]] = field(default_factory=lambda: defaultdict(list))
    """Inbox id → what the platform took in answer to it."""
    open_for: dict[int, list[Spoken]] = field(default_factory=lambda: defaultdict(list))
    """Inbox id → what waits for the shopper's next message (quota, window)."""
    delivered: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.by_id = {one.id: one for one in self.truth.heard}
        self.by_msgid = {one.msgid: one for one in self.truth.spoken}
        for one in self.truth.spoken:
            for inbox_id in one.answers:
                if one.state == "sent":
                    self.sent_for[inbox_id].append(one)
                elif one.state == "held":
                    self.open_for[inbox_id].append(one)
        self.delivered.update(one.msgid for one in self.notebook.delivered)


def judge(notebook: Notebook, truth: Truth, posted: Sequence[Posted] = (), held: Sequence[Held] = ()) -> Verdict:
    """Every invariant, each with its breaches."""
    case = _Case(notebook, truth)
    checks = {
        "0 lost: what the platform told is in the inbox, once": [*_accepted(case), *_posted(case, posted)],
        "0 lost: every accepted message ended in one outcome": list(_settled(case)),
        "0 lost: what counts as answered was delivered": list(_answered(case)),
        "0 twice: no message of ours was delivered twice": list(_once(case)),
        "0 twice: no message was answered by two turns": list(_one_turn(case)),
        "0 out of order: deliveries as they were thought of": list(_deliveries_in_order(case)),
        "0 out of order: turns as the messages came": list(_turns_in_order(case)),
        "no word of the bot after a person took over": list(_silenced(case, held)),
        "every message stands once in the transcript": list(_told(case)),
    }
    return Verdict(checks, Counter(one.outcome or one.state for one in truth.heard), _notes(case))


def _accepted(case: _Case) -> Iterator[str]:
    kept = Counter(one.platform_id for one in case.truth.heard if one.channel == KF)
    for said in case.notebook.said:
        if kept[said.msgid] != 1:
            yield f"{said.msgid} of {said.who} is in the inbox {kept[said.msgid]} times"
    kinds = Counter(one.kind for one in case.truth.heard if one.channel == KF)
    for event, n in case.notebook.events.items():
        if kinds[event] != n:
            yield f"{n} events {event} happened, {kinds[event]} are in the inbox"
    for who, msgid in case.notebook.spoken:
        if kept[msgid] != 1:
            yield f"{msgid}, which a servicer wrote to {who}, is in the inbox {kept[msgid]} times"


def _posted(case: _Case, posted: Sequence[Posted]) -> Iterator[str]:
    kept = {one.platform_id: one for one in case.truth.heard if one.channel == "web"}
    for one in posted:
        row = kept.get(f"{one.conversation}:{one.key}")
        if row is None:
            yield f"web message {one.key} was accepted with 202 and is not in the inbox"
        elif {str(row.id)} != set(one.told):
            yield f"web message {one.key} is {row.id}, its repeats were told {sorted(set(one.told))}"


def _settled(case: _Case) -> Iterator[str]:
    for one in case.truth.heard:
        if one.state != "settled" or one.outcome not in _OUTCOMES:
            yield f"inbox {one.id} ({one.kind}) is {one.state}, outcome {one.outcome}"
        elif not one.reason:
            yield f"inbox {one.id} ended as {one.outcome} without a reason"
    for spoken in case.truth.spoken:
        if spoken.state in {"pending", "sending"}:
            yield f"outbox {spoken.id} is still {spoken.state}: {spoken.reason}"


def _answered(case: _Case) -> Iterator[str]:
    for one in case.truth.heard:
        if one.outcome != "answered" or case.open_for[one.id]:
            continue
        sent = case.sent_for[one.id]
        if not sent:
            yield f"inbox {one.id} counts as answered, but nothing that answers it was sent"
    for spoken in case.truth.spoken:
        if spoken.state == "sent" and spoken.channel == KF and case.delivered[spoken.msgid] != 1:
            yield f"{spoken.msgid} counts as sent and was delivered {case.delivered[spoken.msgid]} times"


def _once(case: _Case) -> Iterator[str]:
    for msgid, n in case.delivered.items():
        if n > 1:
            yield f"{msgid} was delivered {n} times"
        if msgid not in case.by_msgid:
            yield f"{msgid} was delivered and is not in the outbox"


def _one_turn(case: _Case) -> Iterator[str]:
    """All speeches of one turn are written in one transaction, so they were created at the same moment."""
    for inbox_id, sent in case.sent_for.items():
        turns = {one.created for one in sent if one.author == "bot"}
        if len(turns) > 1:
            yield f"inbox {inbox_id} was answered by {len(turns)} turns: {[one.msgid for one in sent]}"


def _deliveries_in_order(case: _Case) -> Iterator[str]:
    latest: dict[str, int] = {}
    for one in case.notebook.delivered:
        spoken = case.by_msgid.get(one.msgid)
        if spoken is None:
            continue
        if spoken.id < latest.get(spoken.conversation, 0):
            yield f"outbox {spoken.id} was delivered after {latest[spoken.conversation]} in {spoken.conversation}"
        latest[spoken.conversation] = max(spoken.id, latest.get(spoken.conversation, 0))


def _turns_in_order(case: _Case) -> Iterator[str]:
    ids = {one.platform_id: one.id for one in case.truth.heard if one.channel == KF}
    yield from _rising((said.who, ids.get(said.msgid, 0)) for said in case.notebook.said)
    settled: dict[str, tuple[float, int]] = {}
    for one in case.truth.heard:
        if one.conversation is None or one.settled is None or one.settled == one.received or one.reason == _RECALLED:
            continue  # settled by the platform's own news, not by a turn
        before = settled.get(one.conversation, (0.0, 0))
        if one.settled < before[0]:
            yield f"inbox {one.id} was settled before {before[1]}, which came earlier"
        settled[one.conversation] = max(before, (one.settled, one.id))


def _rising(pairs: Iterable[tuple[str, int]]) -> Iterator[str]:
    latest: dict[str, int] = {}
    for who, number in pairs:
        if 0 < number < latest.get(who, 0):
            yield f"inbox {number} of {who} was kept before {latest[who]}, which was said earlier"
        latest[who] = max(number, latest.get(who, 0))


def _silenced(case: _Case, held: Sequence[Held]) -> Iterator[str]:
    spans: dict[str, list[Held]] = defaultdict(list)
    for span in held:
        spans[span.conversation].append(span)
    for one in case.notebook.delivered:
        spoken = case.by_msgid.get(one.msgid)
        if spoken is None or spoken.author != "bot":
            continue
        if one.state in {2, 3}:
            yield f"{one.msgid} was delivered while a servicer had the session"
        for span in spans[spoken.conversation]:
            if span.since + _SLACK < one.at < span.until - _SLACK:
                yield f"{one.msgid} was delivered {one.at - span.since:.3f} s after a guide had claimed {span.conversation}"


def _told(case: _Case) -> Iterator[str]:
    said = {one.msgid for one in case.notebook.said}
    for one in case.truth.heard:
        if one.told > 1 or (one.platform_id in said and one.told != 1):
            yield f"inbox {one.id} stands in the transcript {one.told} times"
    for spoken in case.truth.spoken:
        if spoken.told != (spoken.state == "sent"):
            yield f"outbox {spoken.id} is {spoken.state} and stands in the transcript {spoken.told} times"


def _notes(case: _Case) -> Mapping[str, int]:
    """A send whose end nobody heard may be given up although the shopper got it: rare, and never said twice."""
    given_up = [one for one in case.truth.spoken if one.state in {"dropped", "failed"} and one.channel == KF]
    unheard = sum(case.delivered[one.msgid] for one in given_up)
    waiting = sum(one.state == "held" for one in case.truth.spoken)
    dropped = Counter(f"dropped: {one.reason}" for one in case.truth.spoken if one.state == "dropped")
    failed = Counter(f"failed: {one.reason}" for one in case.truth.spoken if one.state == "failed")
    lost = Counter(f"failed message: {one.reason}" for one in case.truth.heard if one.outcome == "failed")
    again = sum(one.attempts > 1 for one in case.truth.spoken)
    some = {"delivered but given up": unheard, "waiting for the shopper": waiting, "sent in more than one try": again}
    return {name: n for name, n in {**some, **dropped, **failed, **lost}.items() if n}
