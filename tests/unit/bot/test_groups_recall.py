"""What was taken back in a group, and what a newcomer asks before the welcome."""

from datetime import timedelta

from bot_rooms import NOON, services

from bot.db.gathered import Gathered, Member
from bot.db.turns import Waiting
from bot.groups import take_turn
from bot.model import Conversation, ConversationId, Customer, InboundMessage, Session

ROOM = Conversation(ConversationId("g1"), "web", "", "", "g1", Customer("room"), group=True)
NAMES = {name: Member(name, name) for name in ("朵朵妈", "小雅妈", "王姐")}


def _message(number: int, sender: str, words: str, seconds: float, kind: str = "text") -> InboundMessage:
    at = NOON + timedelta(seconds=seconds)
    payload = {"members": [{"id": sender, "name": sender}]} if kind == "member_joined" else {}
    return InboundMessage(number, ROOM.id, kind, words, payload, at, at, f"p{number}", sender if kind == "text" else None)


def _step(session: Session, messages: list[InboundMessage], seconds: float) -> tuple[Session, list[str], set[int]]:
    """The session after the turn, what is said, and what stays open."""
    waiting = Waiting(ROOM, session, tuple(messages), None, Gathered(members=NAMES))
    done = take_turn(waiting, services(), NOON + timedelta(seconds=seconds))
    held = {one for one, _ in done.aside.held} if done.aside else set()
    return done.session, [one.text for one in done.speeches], held


def test_a_question_that_was_taken_back_answers_for_nobody_and_the_next_one_is_answered_itself() -> None:
    first = _message(1, "朵朵妈", "包邮吗", 0)
    session, said, held = _step(Session(), [first], 0.1)
    assert (said, held) == ([], {1})
    second = _message(2, "小雅妈", "请问包邮吗", 60)
    session, said, held = _step(session, [second], 60.1)
    assert (said, held) == ([], {2})
    _, said, held = _step(session, [second], 91)
    assert len(said) == 1
    assert "@小雅妈" in said[0]
    assert "朵朵妈" not in said[0]
    assert held == set()


def test_whoever_asked_the_same_as_somebody_who_took_it_back_is_still_answered() -> None:
    first, second = _message(1, "朵朵妈", "包邮吗", 0), _message(2, "小雅妈", "同问", 5)
    session, _, held = _step(Session(), [first, second], 5.1)
    assert held == {1, 2}
    _, said, held = _step(session, [second], 36)
    assert len(said) == 1
    assert "@小雅妈" in said[0]
    assert held == set()


def test_a_newcomer_who_asks_before_the_welcome_is_welcomed_and_answered() -> None:
    came, asked = _message(1, "王姐", "", 0, "member_joined"), _message(2, "王姐", "包邮吗", 5)
    session, _, held = _step(Session(), [came], 0.1)
    assert held == {1}
    session, _, held = _step(session, [came, asked], 5.1)
    assert held == {1, 2}
    session, said, held = _step(session, [came, asked], 16)
    assert len(said) == 1
    assert held == {2}
    _, said, held = _step(session, [asked], 36)
    assert len(said) == 1
    assert "99" in said[0]
    assert held == set()
