"""The model's machines: platform, puller, workers and couriers, each by small steps; ``fence_model`` adds the people.

A step is a transaction, a read outside of one, or a call: between any two of them everybody else may go on, and whoever is in
the middle may die. What is decided is decided by the product's own pure functions (``bot.ownership``, ``bot.policy``,
``bot.quota``, ``bot.db.outgoing.verdict``).
"""

from datetime import UTC, datetime

from bot.bench.fence_facts import Facts
from bot.bench.fence_platform import Platform, cut
from bot.bench.fence_rules import Rules
from bot.bench.fence_turn import Thinking, commit, think
from bot.db.outgoing import Sent
from bot.model import Outgoing

NOON = datetime(2026, 5, 20, 14, tzinfo=UTC)
MOST_SAID = 8
"""Messages of the shopper in one interleaving at most."""


class Sending:
    """A message between the step under the fence and the record of its end."""

    __slots__ = ("message", "result", "started", "taken", "until")

    def __init__(self, message: Outgoing, moment: int, until: datetime | None) -> None:
        self.message = message
        self.taken = moment
        self.until = until
        self.started = False
        self.result: Sent | None = None


class Machines:
    """One conversation, and all of ours that works on it."""

    __slots__ = ("_tries", "claims", "facts", "jobs", "now", "platform", "pushed", "remarks", "rules", "saw", "turns", "web")

    def __init__(self, rules: Rules, *, web: bool = False) -> None:
        self.rules = rules
        self.web = web
        self.facts = Facts(rules, "web" if web else "wecom_kf")
        self.platform = Platform()
        self.now = NOON
        self.turns: list[Thinking | None] = [None, None]
        self.jobs: list[Sending | None] = [None, None]
        self.claims = [False, False]
        self.saw: tuple[datetime | None, datetime | None] = (None, None)
        self.pushed = self._tries = 0
        self.remarks: list[tuple[str, str]] = []

    # the shopper, the puller

    def write(self, who: int, luck: float) -> None:
        """The shopper says something; one in eight wants a person."""
        del who
        if self.platform.said < MOST_SAID:
            self.platform.say(self.now, wants_person=luck < 0.12)

    def recall(self, who: int, luck: float) -> None:
        """They take their last message back."""
        del who, luck
        self.platform.recall(self.now)

    def pull(self, who: int, luck: float) -> None:
        """The next items, all or some of them; the second puller often brings only what was there already."""
        new = len(self.platform.stream) - self.facts.pulled
        if new and not (who and luck < 0.5):
            self.facts.accept(self.platform.stream, self.facts.pulled + 1 + int(luck * new), self.now)

    # the worker

    def worker(self, who: int, luck: float) -> None:
        """Look, load, think, commit: the next of them."""
        turn = self.turns[who]
        if turn is None:
            if any(row.state == "new" for row in self.facts.heard.values()):
                self.turns[who] = Thinking(self.facts)
        elif not turn.messages:
            if not turn.load(self.facts):
                self.turns[who] = None
        elif turn.thought is None:
            turn.thought = think(turn.before, turn.messages, luck, told=turn.told)
        else:
            commit(turn, self.facts, self.rules)
            self.turns[who] = None

    def kill_worker(self, who: int, luck: float) -> None:
        """It dies wherever it is."""
        del luck
        self.turns[who] = None

    # the courier

    def courier(self, who: int, luck: float) -> None:
        """Take under the fence, begin the call, let the platform have it, record the end: the next of them."""
        job = self.jobs[who]
        if job is None:
            taken = self.facts.take(self.now)
            if taken is not None:
                until = None if self.rules.within is None else self.now + self.rules.within
                self.jobs[who] = Sending(taken[1], self.facts.moment, until)
        elif job.result is not None:
            self._record(job)
            self.jobs[who] = None
        elif not job.started:
            job.started = job.until is None or self.now < job.until
            if not job.started:
                job.result = Sent(job.message, "pending", "too late", due=self.now, uncertain=job.message.uncertain)
        elif job.until is not None and self.now >= job.until:
            job.result = cut(job.message, self.now)
        else:
            job.result = self._call(job, luck)

    def _call(self, job: Sending, luck: float) -> Sent:
        if self.web:
            return Sent(job.message, "sent")
        self._tries += 1
        msgid = job.message.id if self.rules.msgids else -self._tries
        return self.platform.send(job.message, msgid, luck, (self.facts.moment, job.taken), self.now)

    def _record(self, job: Sending) -> None:
        assert job.result is not None
        if self.facts.finish(job.result, self.now) and self.web:
            self.platform.show(job.message.id, (self.facts.moment, job.taken))

    def kill_courier(self, who: int, luck: float) -> None:
        """It dies wherever it is."""
        del luck
        self.jobs[who] = None

    def restart(self, who: int, luck: float) -> None:
        """Everything of ours goes down and comes up again; claims that were not confirmed never are."""
        del who, luck
        self.turns, self.jobs, self.claims = [None, None], [None, None], [False, False]
