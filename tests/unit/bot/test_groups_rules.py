"""A group's rules: told to whoever asks, where the base says nothing better."""

from datetime import timedelta

from bot_rooms import NOON, services

from bot.db.gathered import Gathered, Member
from bot.db.turns import Waiting
from bot.groups import take_turn
from bot.model import Conversation, ConversationId, Customer, InboundMessage, Session

ROOM = Conversation(ConversationId("g1"), "web", "", "", "g1", Customer("room"), group=True)


def _said(words: str, settings: dict[str, object]) -> list[str]:
    at = NOON
    message = InboundMessage(1, ROOM.id, "text", words, {"at_bot": True}, at, at, "p1", "王姐")
    here = Gathered(members={"王姐": Member("王姐", "王姐")}, settings=settings)
    done = take_turn(Waiting(ROOM, Session(), (message,), None, here), services(), at + timedelta(milliseconds=5))
    return [one.text for one in done.speeches]


def test_the_groups_own_rules_are_told_to_whoever_asks() -> None:
    (told,) = _said("群规是什么呀", {"rules": "别发广告，别刷屏。"})
    assert told.startswith("@王姐 ")
    assert "别发广告，别刷屏。" in told


def test_a_group_without_rules_and_a_question_of_the_shop_are_answered_as_ever() -> None:
    assert not any("别发广告" in one for one in _said("群规是什么呀", {}))
    assert any("99" in one for one in _said("包邮吗", {"rules": "别发广告，别刷屏。"}))
