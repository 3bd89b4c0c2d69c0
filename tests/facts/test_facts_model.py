"""Shoppers, workers, couriers and guides at random against a plain model: nothing lost, nothing twice, no bot after a claim."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest
from facts_rig import NOON, accept, an_arrival, an_event, claim, close, conversation, done, hand_back, inbox, outbox
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import outgoing, turns
from bot.db.accept import Acceptor
from bot.db.outgoing import LEASE, Sent
from bot.db.turns import Done
from bot.model import Handover, Outgoing, Speech

_PEOPLE = ("wm1", "wm2", "wm3")
_STEPS = 400


@dataclass
class Platform:
    """What the shoppers see: each msgid once, and who had the floor when it was handed over."""

    seen: dict[str, str] = field(default_factory=dict)
    order: list[tuple[str, str]] = field(default_factory=list)

    def take(self, message: Outgoing) -> None:
        if message.msgid not in self.seen:
            self.seen[message.msgid] = message.speech.text
            self.order.append((message.external, message.speech.text))


@dataclass
class Town:
    """The model and everybody who acts in it."""

    engine: AsyncEngine
    random: Random
    now: datetime = NOON
    platform: Platform = field(default_factory=Platform)
    acceptor: Acceptor = field(default_factory=Acceptor)
    sent_ids: list[str] = field(default_factory=list)
    thinking: list[tuple[str, Done]] = field(default_factory=list)
    carrying: list[Outgoing] = field(default_factory=list)
    human: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(_PEOPLE, False))
    spoken: dict[str, list[str]] = field(default_factory=lambda: {who: [] for who in _PEOPLE})
    """What committed turns want to say, in order."""
    count: int = 0

    async def write(self) -> None:
        """A shopper writes, once or the same again, sometimes several at once."""
        batch = []
        for _ in range(self.random.randint(1, 3)):
            if self.sent_ids and self.random.random() < 0.3:
                name = self.random.choice(self.sent_ids)
            else:
                self.count += 1
                name = f"{self.random.choice(_PEOPLE)}/{self.count}"
                self.sent_ids.append(name)
            batch.append(an_arrival(name, name, name.partition("/")[0], sent_at=self.now))
        await accept(self.engine, *batch, at=self.now, acceptor=self.acceptor)

    async def think(self) -> None:
        """A worker begins a turn and keeps it in its head."""
        who = self.random.choice(_PEOPLE)
        for one in await turns.load(self.engine, [conversation(who)]):
            if one.conversation.owner == "human":
                self.thinking.append((who, done(one, outcome="handed_over")))
                continue
            wish = Handover("要人工") if self.random.random() < 0.15 else None
            words = [f"{one.messages[0].platform_id}#{one.session.version}.{n}" for n in range(self.random.randint(1, 2))]
            self.thinking.append((who, done(one, *(Speech(word) for word in words), handover=wish)))

    async def commit(self) -> None:
        """A worker ends a turn that it began some time ago."""
        if self.thinking:
            who, turn = self.thinking.pop(self.random.randrange(len(self.thinking)))
            kept = await turns.commit(self.engine, [turn], self.now)
            if kept.kept:
                self.spoken[who] += [speech.text for speech in turn.speeches]

    async def take(self) -> None:
        """A courier takes what may leave; at this very moment no person may have the floor."""
        for one in await outgoing.take(self.engine, [conversation(who) for who in _PEOPLE], self.now):
            if one.verdict == "go":
                assert one.outgoing is not None
                assert not self.human[one.outgoing.external], "the bot spoke after a claim"
                if self.random.random() < 0.85:
                    self.platform.take(one.outgoing)
                self.carrying.append(one.outgoing)

    async def finish(self) -> None:
        """A courier tells what became of it, truthfully, in doubt, or never (it was killed)."""
        if not self.carrying:
            return
        message = self.carrying.pop(self.random.randrange(len(self.carrying)))
        if self.random.random() < 0.1:
            return
        arrived = message.msgid in self.platform.seen
        doubt = self.random.random() < 0.3
        result = Sent(message, "sent") if arrived and not doubt else Sent(message, "pending", uncertain=arrived)
        await outgoing.finish(self.engine, [result], self.now)

    async def claim(self) -> None:
        who = self.random.choice(_PEOPLE)
        if self.random.random() < 0.5:
            await claim(self.engine, "wangjie", who, self.now)
        else:
            self.count += 1
            event = an_event(f"e{self.count}", who, takes_over="xiaolin")
            await accept(self.engine, event, at=self.now, acceptor=self.acceptor)
        self.human[who] = True

    async def give_back(self) -> None:
        who = self.random.choice(_PEOPLE)
        if self.human[who]:
            await (hand_back if self.random.random() < 0.7 else close)(self.engine, who, self.now)
            self.human[who] = False

    async def recall(self) -> None:
        if self.sent_ids:
            name = self.random.choice(self.sent_ids)
            self.count += 1
            await accept(
                self.engine, an_event(f"e{self.count}", name.partition("/")[0], recalls=name), at=self.now, acceptor=self.acceptor
            )

    async def wait(self) -> None:
        self.now += timedelta(seconds=self.random.choice([1, 5, LEASE.total_seconds() + 1]))

    async def step(self) -> None:
        acts: list[Callable[[], object]] = [
            self.write, self.write, self.think, self.think, self.commit, self.commit, self.take, self.take, self.finish,
            self.finish, self.claim, self.give_back, self.recall, self.wait,
        ]  # fmt: skip
        await self.random.choice(acts)()  # type: ignore[misc]

    async def settle(self) -> None:
        """Everybody goes home: all floors are the bot's, all that waits is answered and sent."""
        for who in _PEOPLE:
            if self.human[who]:
                await hand_back(self.engine, who, self.now)
                self.human[who] = False
        self.thinking.clear()
        self.carrying.clear()
        for _ in range(200):
            self.now += LEASE + timedelta(seconds=1)
            loaded = await turns.load(self.engine, [conversation(who) for who in _PEOPLE])
            for one in loaded:
                turn = done(one, f"{one.messages[0].platform_id}#{one.session.version}.0")
                if (await turns.commit(self.engine, [turn], self.now)).kept:
                    self.spoken[one.conversation.external] += [speech.text for speech in turn.speeches]
            taken = await outgoing.take(self.engine, [conversation(who) for who in _PEOPLE], self.now)
            for one in taken:
                if one.verdict == "go" and one.outgoing is not None:
                    self.platform.take(one.outgoing)
                    await outgoing.finish(self.engine, [Sent(one.outgoing, "sent")], self.now)
            if not loaded and all(one.verdict == "held" for one in taken):
                return
        raise AssertionError("it never came to rest")


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_lost_nothing_is_said_twice_and_the_bot_is_silent_after_a_claim(engine: AsyncEngine, seed: int) -> None:
    town = Town(engine, Random(seed))
    await accept(engine, *(an_event(f"e-{who}", who) for who in _PEOPLE))
    for _ in range(_STEPS):
        await town.step()
    await town.settle()

    kept = await inbox(engine)
    shoppers = [row for row in kept if not row["platform_id"].startswith("e")]
    assert sorted(row["platform_id"] for row in shoppers) == sorted(set(town.sent_ids))
    assert {row["state"] for row in kept} == {"settled"}
    assert {row["outcome"] for row in kept} <= {"answered", "silent", "handed_over", "failed"}

    out = await outbox(engine)
    assert {row["state"] for row in out} <= {"sent", "dropped", "held"}
    assert len(town.platform.order) == len(set(town.platform.order)), "said twice"
    for who in _PEOPLE:
        mine = [row["words"] for row in out if row["conversation_id"] == conversation(who)]
        assert mine == town.spoken[who], "a committed turn lost words"
        heard = [words for external, words in town.platform.order if external == who]
        assert heard == [words for words in mine if words in set(heard)], "out of order"
        sent = {row["words"] for row in out if row["conversation_id"] == conversation(who) and row["state"] == "sent"}
        assert sent <= set(heard), "recorded as sent, never seen"
