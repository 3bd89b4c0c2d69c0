"""The model of an interleaving: the machines, and the people beside them: desk, platform's client, timers; then the books.

A step is a transaction, a read outside of one, or a call: between any two of them everybody else may go on, and whoever is in
the middle may die. What is decided is decided by the product's own pure functions (``bot.ownership``, ``bot.policy``,
``bot.quota``, ``bot.db.outgoing.verdict``).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot import ownership
from bot.bench.fence_machines import Machines
from bot.bench.fence_oracle import FOREVER, KINDS, Books, Heard, Spoken
from bot.bench.fence_plan import DEEDS, Step
from bot.bench.fence_platform import SERVICER, Platform
from bot.model import Speech

GUIDES = ("wang", "lin")
RETURN_AFTER = timedelta(minutes=15)
"""A person who says nothing for so long has left."""
_REST = timedelta(seconds=31)
"""Longer than any lease."""
_LONGEST = 60
"""Rounds after the last draw in which everything must have come to rest."""
_REPLY, _BYE, _PUSH = Speech("我来帮您。"), Speech("还有需要随时叫我。", pushed=True), Speech("今天会员日。", pushed=True)


class Model(Machines):
    """One interleaving."""

    __slots__ = ()

    def run(self, steps: Sequence[Step], told: Callable[[str], None] | None = None) -> Books:
        """Carry out a schedule, let everything come to rest, and give the books."""
        for deed, luck, pause in steps:
            self.now += pause
            self.facts.moment += 1
            name, who = DEEDS[deed]
            before = self.trace() if told is not None else ""
            ACTS[name](self, who, luck)
            if told is not None and (after := self.trace()) != before:
                told(f"{self.facts.moment:3} {self.now:%H:%M:%S} {name:>12} {who}  {after}")
        self._rest()
        if told is not None:
            told(f"{'at rest':>28}  {self.trace()}")
        return self.books()

    def trace(self) -> str:
        """Where everything stands, in one line."""
        facts = self.facts
        floor = f"{facts.floor.owner}{'·' + facts.floor.guide if facts.floor.guide else ''} e{facts.floor.epoch} v{facts.version}"
        inbox = " ".join(f"{one.id}{(one.outcome or '?')[0]}" for one in facts.heard.values())
        outbox = " ".join(f"{row.id}{row.author[0]}{row.epoch}:{row.state}" for row in facts.outbox)
        turns = "".join("-" if one is None else "t" if one.thought else "l" if one.messages else "k" for one in self.turns)
        sends = "".join("-" if one is None else "r" if one.result else "c" if one.started else "t" for one in self.jobs)
        told = " ".join(f"{one.by} {one.since}–{one.until if one.until < FOREVER else ''}" for one in facts.spans)
        arrived = " ".join(str(one.id) for one in self.platform.delivered)
        return (
            f"{floor} | in {inbox} | out {outbox} | turns {turns} sends {sends} | got {arrived} | "
            f"stream {facts.pulled}/{len(self.platform.stream)} session {self.platform.state} | {told}"
        )

    # the desk

    def claim(self, who: int, luck: float) -> None:
        """A guide takes the talk, unless a colleague has it."""
        del luck
        floor = self.facts.floor
        if floor.owner != "human" or floor.guide == GUIDES[who]:
            self.facts.store(ownership.claimed(floor, GUIDES[who], self.now))
            self.claims[who] = True
            if not self.rules.waits:
                self.confirm(who, 0.0)

    def confirm(self, who: int, luck: float) -> None:
        """They are told so, once nothing of the bot is on its way."""
        del luck
        if self.claims[who] and (not self.rules.waits or self.facts.quiet(self.now)):
            self.claims[who] = False
            if self._holds(who):
                self.facts.confirmed("desk")

    def _holds(self, who: int) -> bool:
        return self.facts.floor.owner == "human" and self.facts.floor.guide == GUIDES[who]

    def reply(self, who: int, luck: float) -> None:
        """They speak; a repeat of the same request (one in five) is said once."""
        if self._holds(who) and len(self.facts.outbox) < 40:
            key = ("desk", who, self.facts.moment if luck > 0.2 else self.facts.floor.epoch)
            self.facts.speak("guide", key, self.facts.floor.epoch, _REPLY, self.facts.moment)
            self.facts.human_upto = max(self.facts.human_upto, max(self.facts.heard, default=0))
            self.facts.spoke = self.now

    def hand_back(self, who: int, luck: float) -> None:
        """They give the talk back."""
        del luck
        if self._holds(who):
            self.facts.store(ownership.handed_back(self.facts.floor, self.now))

    def close(self, who: int, luck: float) -> None:
        """They end it."""
        del luck
        if self._holds(who):
            self.facts.store(ownership.closed(self.facts.floor, self.now))

    def transfer(self, who: int, luck: float) -> None:
        """They pass it on to the other guide, who is told as after a claim."""
        del luck
        if self._holds(who):
            self.facts.store(ownership.transferred(self.facts.floor, GUIDES[1 - who], self.now))
            self.claims = [False, False]
            self.claims[1 - who] = True

    # timers

    def requeue(self, who: int, luck: float) -> None:
        """The person does not answer: the shopper waits for another one."""
        del who, luck
        wrote, spoke = self.facts.wrote, self.facts.spoke
        if self.facts.floor.guide != SERVICER and wrote is not None and (spoke is None or wrote > spoke):
            self.facts.store(ownership.queued_again(self.facts.floor, self.now))

    def look_back(self, who: int, luck: float) -> None:
        """A timer reads when who last spoke, without a lock."""
        del who, luck
        self.saw = (self.facts.spoke, self.facts.wrote)

    def give_back(self, who: int, luck: float) -> None:
        """Automatic return: the person has been silent for long, and the bot says that it is there again."""
        del who, luck
        floor, heard = self.facts.floor, (self.facts.spoke, self.facts.wrote)
        if not ownership.fell_silent(floor, heard if self.rules.locked else self.saw, self.now, RETURN_AFTER):
            return
        if heard[0] is not None and heard[1] is not None and heard[1] > heard[0]:
            self.remarks.append(
                (KINDS[0], f"the bot closed a talk at {self.facts.moment} while the shopper waited for the person")
            )
        self.facts.store(ownership.handed_back(floor, self.now))
        self._push(_BYE)

    def push(self, who: int, luck: float) -> None:
        """A mass send or a timer's line."""
        del who, luck
        if ownership.may_push(self.facts.floor) and self.pushed < 4:
            self._push(_PUSH)

    def _push(self, speech: Speech) -> None:
        self.pushed += 1
        self.facts.speak("bot", ("push", self.pushed), self.facts.floor.epoch, speech, self.facts.moment)

    # the end

    def _rest(self) -> None:
        """Nobody dies, nobody claims any more: whatever was begun comes to its end."""
        facts = self.facts
        for n in range(_LONGEST):
            facts.moment += 1
            if facts.pulled < len(self.platform.stream):
                facts.accept(self.platform.stream, len(self.platform.stream), self.now)
            if not self._busy():
                return
            for who in (0, 1, 0, 1, 0):
                self.worker(who, 0.9)
                self.courier(who, 0.9)
                facts.moment += 1
            if n % 3 == 2:
                self.now += _REST

    def _busy(self) -> bool:
        return (
            any(self.turns)
            or any(self.jobs)
            or any(row.state == "new" for row in self.facts.heard.values())
            or any(row.state in {"pending", "sending"} for row in self.facts.outbox)
        )

    def books(self) -> Books:
        """For the judge."""
        facts, floor = self.facts, self.facts.floor
        return Books(
            said=self.platform.said,
            heard=[Heard(row.id, row.outcome, row.settled, row.withdrawn) for row in facts.heard.values()],
            spoken=[
                Spoken(
                    row.id,
                    row.author,
                    row.state,
                    row.speech.answers,
                    row.thought,
                    row.epoch != floor.epoch or floor.owner == "human" or row.speech.pushed,
                    row.speech.pushed,
                )
                for row in facts.outbox
            ],
            delivered=self.platform.delivered,
            spans=facts.spans,
            waits=facts.waits,
            stuck=floor.owner == "human" and floor.guide == SERVICER and not self.platform.served,
            remarks=self.remarks,
        )


def _phone(deed: Callable[[Platform, datetime], None]) -> Callable[[Model, int, float], None]:
    """What somebody does in the platform's own client; the web chat has none."""

    def act(model: Model, who: int, luck: float) -> None:
        del who, luck
        if not model.web:
            deed(model.platform, model.now)

    return act


ACTS: Mapping[str, Callable[[Model, int, float], None]] = {
    "write": Model.write,
    "recall": Model.recall,
    "pull": Model.pull,
    "worker": Model.worker,
    "courier": Model.courier,
    "kill_worker": Model.kill_worker,
    "kill_courier": Model.kill_courier,
    "restart": Model.restart,
    "claim": Model.claim,
    "confirm": Model.confirm,
    "reply": Model.reply,
    "hand_back": Model.hand_back,
    "close": Model.close,
    "transfer": Model.transfer,
    "phone_take": _phone(Platform.take),
    "phone_reply": _phone(Platform.reply),
    "phone_end": _phone(Platform.end),
    "requeue": Model.requeue,
    "look_back": Model.look_back,
    "return": Model.give_back,
    "push": Model.push,
}
"""What each draw does, by its name."""
