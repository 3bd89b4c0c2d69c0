"""The database as the proof's model keeps it: one conversation, and each transaction as one step, as ``bot.db`` does it.

Who may speak is decided by ``bot.ownership``, what may leave by ``bot.db.outgoing.verdict``, in the same places as there. The
row lock of the conversation makes each of these transactions a single step; reads outside of them are steps of their own.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot import ownership
from bot.bench.fence_oracle import Span
from bot.bench.fence_platform import SERVICER, Item
from bot.bench.fence_rules import Rules
from bot.db.outgoing import Sent, verdict
from bot.model import Author, Conversation, ConversationId, Customer, Outgoing, Speech
from bot.ownership import Floor
from bot.quota import KF_LIMITS

_ID = ConversationId("v")
_SOMEBODY = Customer("c")
_WAITS = frozenset({"pending", "sending", "held"})


class Heard:
    """A row of the inbox that needs a turn."""

    __slots__ = ("at", "id", "outcome", "settled", "state", "wants_person", "withdrawn")

    def __init__(self, number: int, at: datetime, *, wants_person: bool) -> None:
        self.id = number
        self.at = at
        self.wants_person = wants_person
        self.state = "new"
        self.outcome: str | None = None
        self.settled = 0
        self.withdrawn = 0


class Spoken:
    """A row of the outbox."""

    __slots__ = ("attempts", "author", "due", "epoch", "id", "key", "lease", "speech", "state", "thought", "tries", "uncertain")

    def __init__(self, number: int, author: Author, epoch: int, speech: Speech, thought: int) -> None:
        self.id = number
        self.author = author
        self.epoch = epoch
        self.speech = speech
        self.thought = thought
        self.key: object = number
        self.state = "pending"
        self.attempts = 0
        self.uncertain = False
        self.due: datetime | None = None
        self.lease: datetime | None = None


class Facts:
    """What is committed."""

    __slots__ = (
        "_channel", "_keys", "_rules", "floor", "heard", "human_upto", "last_inbound", "moment", "outbox", "pulled", "sent_since",
        "spans", "spoke", "told", "upto", "version", "waits", "wrote",
    )  # fmt: skip

    def __init__(self, rules: Rules, channel: str) -> None:
        self._rules = rules
        self._channel = channel
        self._keys: set[object] = set()
        self.floor = Floor()
        self.heard: dict[int, Heard] = {}
        self.outbox: list[Spoken] = []
        self.spans: list[Span] = []
        self.waits: list[Span] = []
        self.human_upto = self.upto = self.version = self.sent_since = self.pulled = self.moment = 0
        self.last_inbound: datetime | None = None
        self.spoke: datetime | None = None
        self.wrote: datetime | None = None
        self.told = False

    def store(self, after: Floor) -> None:
        """``Floors.store``: after a person's part the memory is a fresh one; what that ends, ends now."""
        before = self.floor
        self.floor = after
        if before.owner == "human" and after.owner in {"bot", "closed"}:
            self.version += 1
            self.told = False
        if before.owner == "human" != after.owner:
            _end(self.spans, self.moment)
        if before.owner == "waiting" != after.owner:
            _end(self.waits, self.moment)
        if after.owner == "waiting" != before.owner:
            self.waits.append(Span("desk", self.moment))

    def confirmed(self, by: str) -> None:
        """A person knows from now on that the floor is theirs."""
        if not any(span.until > self.moment and span.by == by for span in self.spans):
            self.spans.append(Span("phone" if by == "phone" else "desk", self.moment))

    def accept(self, stream: Sequence[Item], upto: int, now: datetime) -> None:
        """``Acceptor.accept`` of what the stream has up to a place; what is known already changes nothing."""
        heard = False
        for place in range(self.pulled, upto):
            item = stream[place]
            number = place + 1
            if item.kind == "say":
                self.heard[number] = Heard(number, item.at, wants_person=bool(item.subject))
                self.store(ownership.written_to(self.floor, now))
                self.last_inbound, self.wrote, heard = item.at, now, True
            elif item.kind == "recall":
                self._recall(item.subject + 1)
            elif item.kind == "end":
                self.store(ownership.closed(self.floor, now))
            else:
                self.store(ownership.claimed(self.floor, SERVICER, now))
                self.human_upto = number
                self.confirmed("phone")
                self.spoke = now if item.kind == "reply" else self.spoke
        if heard:
            self.sent_since = 0
            for row in self.outbox:
                if row.state == "held":
                    row.state, row.due = "pending", None
        self.pulled = max(self.pulled, upto)

    def _recall(self, number: int) -> None:
        row = self.heard[number]
        if row.state == "new":
            row.state, row.outcome, row.withdrawn = "settled", "silent", self.moment
            self.version += self._rules.withdrawn

    def conversation(self) -> Conversation:
        """What a turn reads first."""
        floor = self.floor
        return Conversation(
            _ID, self._channel, "", "", "", _SOMEBODY, owner=floor.owner, epoch=floor.epoch, guide=floor.guide,
            owner_since=floor.since, human_upto=self.human_upto, last_inbound_at=self.last_inbound, sent_since=self.sent_since,
            pending_out=sum(row.state in _WAITS for row in self.outbox),
        )  # fmt: skip

    def speak(self, author: Author, key: object, epoch: int, speech: Speech, thought: int) -> None:
        """A row more, unless its id is there already."""
        if key in self._keys:
            return
        self._keys.add(key)
        row = Spoken(len(self.outbox) + 1, author, epoch, speech, thought)
        row.key = key
        self.outbox.append(row)

    def change(self, step: Callable[[Floor], Floor]) -> None:
        """A transaction that only moves the floor."""
        self.store(step(self.floor))

    def take(self, now: datetime) -> tuple[Spoken, Outgoing] | None:
        """``outgoing.take``: the head, judged under the lock and marked; None where nothing leaves now."""
        waiting = [row for row in self.outbox if row.state in _WAITS]
        if not waiting:
            return None
        head = next((row for row in waiting if row.state == "sending"), waiting[0])
        if (head.state == "sending" and head.lease is not None and head.lease > now) or (head.due is not None and head.due > now):
            return None
        uncertain = head.uncertain or head.state == "sending"
        message = self._outgoing(head, uncertain=uncertain)
        decided, _ = verdict(message, self._rules.seen(message, self.floor), (self.sent_since, self.last_inbound), now)
        head.uncertain, head.lease = uncertain, None
        if decided == "go":
            head.state, head.lease = "sending", now + self._rules.lease
            self.sent_since += not head.attempts
            head.attempts += 1
            return head, message
        head.state = decided
        if decided == "held":
            self._hold_rest(waiting)
        else:
            self._unanswer(head, "handed_over")
        return None

    def _outgoing(self, row: Spoken, *, uncertain: bool) -> Outgoing:
        speech = row.speech if self._rules.asked_again or not row.speech.pushed else Speech(row.speech.text)
        return Outgoing(
            row.id,
            "",
            _ID,
            self._channel,
            "",
            "",
            "",
            row.author,
            row.epoch,
            speech,
            row.attempts,
            uncertain,
        )

    def finish(self, result: Sent, now: datetime) -> bool:
        """``outgoing.finish`` of one result; whether the message counts as sent by it."""
        row = self.outbox[result.outgoing.id - 1]
        result = self._fenced(result)
        recorded = (result.state == "sent" and row.state in {"sending", "pending", "dropped"}) or (
            row.state in {"sending", "pending"} and row.attempts == result.outgoing.attempts + 1
        )
        if recorded:
            state = "pending" if result.state == "held" and self.sent_since == 0 else result.state
            row.state, row.due, row.lease, row.uncertain = state, result.due, None, result.uncertain
            row.attempts = 0 if result.state == "held" else row.attempts
            self._refused(row, result)
        if result.servicer is not None and (self.floor.epoch == result.outgoing.epoch or not self._rules.compared):
            self.store(ownership.claimed(self.floor, result.servicer, now))
        return recorded and result.state == "sent"

    def _fenced(self, result: Sent) -> Sent:
        """In the web chat the record is the delivery."""
        message = result.outgoing
        if result.state != "sent" or self._channel != "web" or self._rules.shown_late:
            return result
        may = ownership.may_leave(message.author, message.epoch, self.floor, pushed=message.speech.pushed)
        return result if may else Sent(message, "dropped")

    def _refused(self, row: Spoken, result: Sent) -> None:
        if result.state in {"failed", "held", "dropped"}:
            self.sent_since = max(0, self.sent_since - 1)
        if result.state in {"failed", "dropped"}:
            self._unanswer(row, "failed" if result.state == "failed" else "handed_over")
        if row.state == "held":
            self.sent_since = max(self.sent_since, KF_LIMITS.messages or 0)
            self._hold_rest(self.outbox)

    def _hold_rest(self, rows: Sequence[Spoken]) -> None:
        for row in rows:
            if row.state == "pending":
                row.state = "held"

    def _unanswer(self, row: Spoken, outcome: str) -> None:
        for number in row.speech.answers:
            if self.heard[number].outcome == "answered":
                self.heard[number].outcome = outcome

    def quiet(self, now: datetime) -> bool:
        """``sweeps.quiet``."""
        return not any(
            row.state == "sending" and row.author == "bot" and row.lease is not None and row.lease > now for row in self.outbox
        )


def _end(spans: list[Span], moment: int) -> None:
    for span in spans:
        span.until = min(span.until, moment)
