"""A turn of the proof: look at the conversation, load its messages, think, commit; each of them a step of its own.

The thinking is small but asks what a turn asks: ``policy.situation`` whose turn it is, ``quota.plan`` into how many messages it
goes. In place of the understanding a message says itself whether a person is wanted.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bot import ownership, policy, quota
from bot.bench.fence_facts import Facts, Heard
from bot.bench.fence_rules import Rules
from bot.model import Conversation, InboundMessage, Outcome, Speech

_ANSWER, _MORE, _PROMISE, _SOON = "这样用。", "还有一点。", "这就请同事来。", "同事在路上了。"


class Thought(NamedTuple):
    """What a turn would keep."""

    outcomes: tuple[tuple[int, Outcome], ...]
    speeches: tuple[Speech, ...]
    hands_over: bool
    told: bool


class Thinking:
    """A turn under way; which step comes next is read off what it has."""

    __slots__ = ("before", "messages", "seen", "thought", "told", "version")

    def __init__(self, facts: Facts) -> None:
        self.before: Conversation = facts.conversation()
        self.version = facts.version
        self.told = facts.told
        self.seen = facts.moment
        self.messages: tuple[InboundMessage, ...] = ()
        self.thought: Thought | None = None

    def load(self, facts: Facts) -> bool:
        """The messages that wait; whether there are any."""
        self.messages = tuple(_message(row, self.before) for row in facts.heard.values() if row.state == "new")
        return bool(self.messages)


def _message(row: Heard, conversation: Conversation) -> InboundMessage:
    words = "要人工" if row.wants_person else "怎么用"
    return InboundMessage(row.id, conversation.id, "text", words, {}, row.at, row.at, str(row.id))


def think(before: Conversation, messages: Sequence[InboundMessage], luck: float, *, told: bool) -> Thought:
    """What comes of the messages: how each ends and what is said, planned into what the platform still takes. Pure."""
    outcomes: list[tuple[int, Outcome]] = []
    speeches: list[Speech] = []
    hands_over = False
    for message in messages:
        alone = policy.situation(message, before, message.received_at)
        if alone == "waiting" and not told:
            speeches.append(Speech(_SOON, answers=(message.id,)))
            told = True
        if alone is not None or hands_over:
            outcomes.append((message.id, "handed_over"))
        elif message.text == "要人工":
            outcomes.append((message.id, "handed_over"))
            speeches.append(Speech(_PROMISE, critical=True, answers=(message.id,)))
            hands_over, told = True, False
        else:
            outcomes.append((message.id, "answered"))
            speeches.append(Speech(_ANSWER, answers=(message.id,)))
            if luck < 0.4:
                speeches.append(Speech(_MORE, answers=(message.id,)))
    limits = quota.LIMITS.get(before.channel, quota.UNLIMITED)
    places = quota.left(limits, before.sent_since, before.pending_out)
    return Thought(tuple(outcomes), quota.plan(speeches, places), hands_over, told)


def commit(turn: Thinking, facts: Facts, rules: Rules) -> bool:
    """``turns.commit``: everything, or nothing where the conversation has moved on; whether it was kept."""
    thought, floor = turn.thought, facts.floor
    assert thought is not None
    if floor.epoch != turn.before.epoch or floor.owner != turn.before.owner:
        return False
    if rules.versions and facts.version != turn.version:
        return False
    for number, outcome in thought.outcomes:
        row = facts.heard[number]
        row.state, row.outcome, row.settled = "settled", outcome, facts.moment
    now = turn.messages[-1].received_at
    for n, speech in enumerate(thought.speeches):
        facts.speak("bot", (turn.messages[0].id, n), turn.before.epoch, speech, turn.seen)
    facts.version += 1
    facts.told = thought.told
    if thought.hands_over:
        facts.store(ownership.asked_for_person(floor, now))
    return True
