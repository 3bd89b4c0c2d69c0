"""The deeds of an interleaving through the real code and PostgreSQL: acceptor, turns, outbox; only the platform is ours.

One conversation; ``fence_people`` adds the desk and the timers, ``fence_database`` drives many, deed by deed or all actors at
once. The moments that the judge compares are taken on the safe side of each transaction, so that what really runs at the same
time is never called a breach that was none.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bench.fence_machines import MOST_SAID, Sending
from bot.bench.fence_oracle import Span
from bot.bench.fence_platform import SERVICER, Item, Platform, cut
from bot.bench.fence_turn import think
from bot.channels.wecom import inbound
from bot.courier import CALL_WITHIN
from bot.db import outgoing, turns
from bot.db.accept import Acceptor
from bot.db.outgoing import Sent
from bot.db.turns import Done, Settled, Waiting
from bot.ids import msgid
from bot.model import Arrival, Handover
from bot.ownership import Floor

_KF = "wkFence"
_FLOOR = text("select owner, epoch, guide, owner_since from conversations where id = :id")
_WITHDRAWN = text("select platform_id from inbox where conversation_id = :id and reason = '顾客撤回了这条消息'")
_STATE = text("select state from outbox where id = :id")


class Turn:
    """A turn under way."""

    def __init__(self, waiting: Waiting, seen: int) -> None:
        self.waiting = waiting
        self.seen = seen
        self.done: Done | None = None


class System:
    """One conversation as the product keeps it: shopper, platform, puller, workers, couriers."""

    def __init__(self, engine: AsyncEngine, name: str, *, web: bool) -> None:
        self.engine = engine
        self.name = name
        self.web = web
        self.platform = Platform()
        self.now = datetime.now(UTC)
        self.moment = 0
        self.spans: list[tuple[int, Span]] = []
        """(epoch under which a person holds the talk, from when to when)."""
        self.waits: list[tuple[int, Span]] = []
        self.thought: dict[str, int] = {}
        """Our message id → the moment before which its author looked at the conversation."""
        self.settled: dict[int, int] = {}
        self.withdrawn: dict[str, int] = {}
        self.pulled = 0
        self.turns: list[Turn | None] = [None, None]
        self.jobs: list[Sending | None] = [None, None]
        self.claims = [False, False]
        self._acceptors = (Acceptor(), Acceptor())
        """One for each puller: what an acceptor knows, its own transactions have committed."""
        self.id = str(self._arrival(Item("say", self.now), 0).conversation)

    def tick(self) -> int:
        """The next moment."""
        self.moment += 1
        return self.moment

    async def floor(self) -> Floor:
        """Who has it now."""
        async with self.engine.connect() as connection:
            row = (await connection.execute(_FLOOR, {"id": self.id})).one_or_none()
        return Floor() if row is None else Floor(row.owner, row.epoch, row.guide, row.owner_since)

    async def look(self, before: int) -> Floor:
        """After a deed that began at ``before``: what its floor ends, and whether the shopper waits now."""
        floor = await self.floor()
        for epoch, span in (*self.spans, *self.waits):
            if epoch < floor.epoch:
                span.until = min(span.until, before)
        if floor.owner == "waiting" and not any(epoch == floor.epoch for epoch, _ in self.waits):
            self.waits.append((floor.epoch, Span("desk", self.tick())))
        return floor

    # the shopper and the platform's client

    async def write(self, who: int, luck: float) -> None:
        """The shopper says something."""
        del who
        if self.platform.said < MOST_SAID:
            self.platform.say(self.now, wants_person=luck < 0.12)

    async def recall(self, who: int, luck: float) -> None:
        """They take their last message back."""
        del who, luck
        self.platform.recall(self.now)

    async def phone(self, deed: Callable[[Platform, datetime], None]) -> None:
        """Somebody acts in the platform's own client."""
        if not self.web:
            deed(self.platform, self.now)

    def _arrival(self, item: Item, place: int) -> Arrival:
        """An item as kf/sync_msg brings it, read as the puller reads it; the web chat's page tells the same in its own way."""
        body: dict[str, object] = {"msgid": f"{self.name}-{place}", "send_time": int(item.at.timestamp())}
        address = {"open_kfid": _KF, "external_userid": self.name}
        if item.kind in {"say", "reply"}:
            words = "要人工" if item.subject else "怎么用"
            body |= {**address, "msgtype": "text", "text": {"content": words}, "origin": 3 if item.kind == "say" else 5}
            body |= {"servicer_userid": SERVICER} if item.kind == "reply" else {}
        else:
            event: dict[str, object] = dict(address)
            event |= (
                {"event_type": "user_recall_msg", "recall_msgid": f"{self.name}-{item.subject}"}
                if item.kind == "recall"
                else {"event_type": "session_status_change", "change_type": 1 if item.kind == "take" else 3}
            )
            event |= {"new_servicer_userid": SERVICER} if item.kind == "take" else {}
            body |= {"msgtype": "event", "event": event}
        found = inbound.arrival(body, "demo", _KF)
        assert found is not None
        return replace(found, channel="web", account="") if self.web else found

    async def pull(self, who: int, luck: float) -> None:
        """The next items, all or some of them, and now and then what was there already."""
        stream, first = self.platform.stream, self.pulled
        new = len(stream) - first
        upto = first + 1 + int(luck * new) if new and not (who and luck < 0.5) else first
        await self.accept(max(0, first - 2) if who else first, upto, who)

    async def accept(self, first: int, upto: int, who: int = 0) -> None:
        """A batch of the stream, repeats included, in one transaction."""
        items = list(enumerate(self.platform.stream))[first:upto]
        if not items:
            return
        before = self.tick()
        arrivals = [self._arrival(item, place) for place, item in items]
        async with self.engine.begin() as connection:
            accepted = await self._acceptors[who].accept(connection, arrivals, self.now)
            withdrawn = set((await connection.execute(_WITHDRAWN, {"id": self.id})).scalars())
        self.pulled = max(self.pulled, upto)
        fresh = [one for _, one in accepted.fresh]
        for own in withdrawn:
            self.withdrawn.setdefault(own, self.tick())
        floor = await self.look(before)
        if any(one.takes_over for one in fresh) and floor.owner == "human":
            self.spans.append((floor.epoch, Span("phone", self.tick())))

    # the worker

    async def worker(self, who: int, luck: float) -> None:
        """Load, think, commit: the next of them."""
        turn = self.turns[who]
        if turn is None:
            seen = self.tick()
            found = await turns.load(self.engine, [self.id])
            self.turns[who] = Turn(found[0], seen) if found else None
        elif turn.done is None:
            turn.done = _thought(turn.waiting, luck)
        else:
            self.turns[who] = None
            await self._commit(turn.done, turn.seen)

    async def _commit(self, done: Done, seen: int) -> None:
        before = self.tick()
        kept = await turns.commit(self.engine, [done], self.now)
        if kept.kept:
            for n in range(len(done.speeches)):
                self.thought[msgid("turn", done.before.id, done.seed, str(n))] = seen
            self.settled.update({one.message: before for one in done.settled})
            await self.look(before)

    # the courier

    async def courier(self, who: int, luck: float) -> None:
        """Take under the fence, begin the call, let the platform have it, record the end: the next of them."""
        job = self.jobs[who]
        if job is None:
            taken_at, until = self.tick(), self.now + CALL_WITHIN
            taken = await outgoing.take(self.engine, [self.id], self.now)
            if taken and taken[0].verdict == "go" and taken[0].outgoing is not None:
                self.jobs[who] = Sending(taken[0].outgoing, taken_at, until)
        elif job.result is not None:
            self.jobs[who] = None
            await self._record(job)
        elif not job.started:
            job.started = job.until is None or self.now < job.until
            if not job.started:
                job.result = Sent(job.message, "pending", "too late", due=self.now, uncertain=job.message.uncertain)
        elif job.until is not None and self.now >= job.until:
            job.result = cut(job.message, self.now)
        elif self.web:
            job.result = Sent(job.message, "sent")
        else:
            moments = (self.tick(), job.taken)
            job.result = self.platform.send(job.message, job.message.msgid, luck, moments, self.now)

    async def _record(self, job: Sending) -> None:
        assert job.result is not None
        before = self.tick()
        await outgoing.finish(self.engine, [job.result], self.now)
        if self.web and await self._sent(job.message.id):
            self.platform.show(job.message.id, (before, job.taken))
        await self.look(before)

    async def _sent(self, message: int) -> bool:
        """Whether the record stands, and was not shown before."""
        async with self.engine.connect() as connection:
            stands = (await connection.execute(_STATE, {"id": message})).scalar_one() == "sent"
        # looked at after the last wait: two couriers may record the same message at the same time
        return stands and not any(one.id == message for one in self.platform.delivered)

    # who dies

    async def kill_worker(self, who: int, luck: float) -> None:
        """Wherever it is."""
        del luck
        self.turns[who] = None

    async def kill_courier(self, who: int, luck: float) -> None:
        """Wherever it is."""
        del luck
        self.jobs[who] = None

    async def restart(self, who: int, luck: float) -> None:
        """Everything of ours."""
        del who, luck
        self.turns, self.jobs, self.claims = [None, None], [None, None], [False, False]


def _thought(waiting: Waiting, luck: float) -> Done:
    """A turn in place of the understanding: it asks only whose turn it is, and how much the platform still takes."""
    thought = think(waiting.conversation, waiting.messages, luck, told=waiting.session.told_waiting)
    first = waiting.messages[0]
    return Done(
        before=waiting.conversation,
        seed=f"{waiting.conversation.channel}/{waiting.conversation.account}/{first.platform_id}",
        session=replace(waiting.session, told_waiting=thought.told),
        settled=tuple(Settled(number, outcome, "试验", {}) for number, outcome in thought.outcomes),
        speeches=thought.speeches,
        handover=Handover("要人工") if thought.hands_over else None,
    )
