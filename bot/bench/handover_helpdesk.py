"""Would a dissatisfied customer of a real helpdesk have reached a person in time? Customers' words only, as they came.

The fifth of the dialogues that is asked (by a hash of the id) is the one that the mood model never saw either; weights and limits
were looked for on the rest. The decision alone is asked, not the whole turn: that helpdesk sells telephones, so our base would
know nothing and "twice not known" would fetch a person for everybody.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot import policy
from bot.bench.handover_rivals import CROSS, WORDS
from bot.escalation import FURIOUS, Heard, decide
from bot.handlers.base import Turn
from bot.handlers.trail import remember
from bot.model import Conversation, ConversationId, Customer, InboundMessage, Session
from bot.services import Services
from bot.teaching.mood_data import held_out
from intents import Recognition

POOR, FINE = -1.0, 0.0
"""Mean satisfaction (−2 … 2, 19 judges) up to which a customer counts as dissatisfied, and from which on as not."""
LIMITS = (0.6, FURIOUS, 0.9, 0.95, 0.98, 1.0, 1.03, 1.06, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6)
"""Pressures among which ours is brought to the false alarms of the keywords."""
_FETCH = frozenset({"ask_human", "complain", "report_reaction"})
"""Routes whose handlers fetch a person by themselves."""
_AT = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
_MENTION = re.compile(r"[@#][^@#\s,.，。!！?？:：]+#?")
"""Names of accounts and topics are an address, not a word of the customer."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A customer's messages, and how satisfied the judges found them."""

    said: tuple[str, ...]
    heard: tuple[Recognition, ...]
    satisfaction: float

    @property
    def before(self) -> int:
        """Messages before the last."""
        return len(self.said) - 1


Reached = Callable[[Talk, int], bool]
"""Whether a person is fetched within the first messages of a talk."""


def talks(path: Path, services: Services, *, held: bool) -> Iterator[Talk]:
    """Dialogues with more than one message of the customer: of the fifth kept for measuring, or of the rest."""
    for line in path.read_text("utf-8").splitlines():
        told = json.loads(line)
        said = tuple(turn["text"] for turn in told["turns"] if turn["sender"] == "customer")
        if len(said) > 1 and held_out(str(told["id"])) == held:
            services.warm(said)
            yield Talk(said, tuple(services.recognizer.recognize_many(said)), float(told["S_mean"]))


def ours(limit: float) -> Reached:
    """The product's decision, with another limit of pressure."""
    return lambda talk, upto: _fetched(talk, upto, limit)


def _fetched(talk: Talk, upto: int, limit: float) -> bool:
    session = Session()
    for text, heard in zip(talk.said[:upto], talk.heard[:upto], strict=True):
        route = policy.decide(heard, session, None)
        if route in _FETCH or decide(Heard(heard, session, _AT, route, limit=limit)) is not None:
            return True
        # the helpdesk answered in between, as well as it could
        session = replace(remember(_turn(text, heard, session), route, session, ()), misses=1)
    return False


def _turn(text: str, heard: Recognition, session: Session) -> Turn:
    talk = ConversationId("helpdesk")
    message = InboundMessage(1, talk, "text", text, {}, _AT, _AT)
    return Turn(message, Conversation(talk, "web", "", "", "", Customer("helpdesk")), session, heard, {}, _AT)


def words(least: int) -> Reached:
    """So many words of the list so far."""
    return lambda talk, upto: sum(w in _MENTION.sub("", text) for text in talk.said[:upto] for w in WORDS) >= least


def cross(talk: Talk, upto: int) -> bool:
    """A message below the sentiment's threshold."""
    return any(heard.sentiment < CROSS for heard in talk.heard[:upto])


def shares(found: Sequence[Talk], way: Reached, *, last: bool = False) -> tuple[float, float]:
    """Of the dissatisfied and of the others: who reaches a person before their last message (``last``: by it)."""
    poor = [way(one, one.before + last) for one in found if one.satisfaction <= POOR]
    fine = [way(one, one.before + last) for one in found if one.satisfaction >= FINE]
    return sum(poor) / max(1, len(poor)), sum(fine) / max(1, len(fine))


def table(path: Path, services: Services) -> Sequence[str]:
    """Ours, keywords and sentiment on the fifth that nothing was tuned on."""
    found = list(talks(path, services, held=True))
    poor, fine = (sum(one.satisfaction <= POOR for one in found), sum(one.satisfaction >= FINE for one in found))
    alarms = shares(found, words(1))[1]
    equal = min((limit for limit in LIMITS if shares(found, ours(limit))[1] <= alarms), default=LIMITS[-1])
    ways: tuple[tuple[str, Reached], ...] = (
        ("keywords", words(1)),
        (f"ours at the keywords' false alarms (limit {equal:g})", ours(equal)),
        ("keywords, two of them", words(2)),
        (f"sentiment < {CROSS}", cross),
        (f"ours as shipped (limit {FURIOUS:g})", ours(FURIOUS)),
    )
    head = f"| helpdesk, a fifth: {poor} dissatisfied, {fine} others | before the last message | false | by the last | false |"
    lines = [head, "|---|---|---|---|---|"]
    for name, way in ways:
        told = " | ".join(f"{share:.3f}" for share in (*shares(found, way), *shares(found, way, last=True)))
        lines.append(f"| {name} | {told} |")
    return lines
