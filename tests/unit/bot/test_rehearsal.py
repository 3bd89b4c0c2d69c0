"""A talk in memory goes the way a stored one would."""

from datetime import timedelta

from bot_rooms import NOON, services

from bot.model import Customer
from bot.ownership import PATIENCE
from bot.rehearsal import Rehearsal


def test_a_talk_remembers_from_turn_to_turn() -> None:
    talk = Rehearsal(services())
    talk.say("你好", NOON)
    assert talk.session.greeted
    assert talk.session.version == 1
    talk.say("我是敏感肌", NOON + timedelta(minutes=1))
    assert [(one.tag, one.value) for one in talk.conversation.customer.evidence] == [("skin_type", "敏感性")]
    done = talk.say("你还记得我什么", NOON + timedelta(minutes=2))
    assert "敏感性" in done.speeches[0].text
    assert talk.say("把我的信息删掉", NOON + timedelta(minutes=3)).erase
    assert talk.conversation.customer.evidence == ()


def test_a_wish_for_a_person_silences_the_bot_until_the_guide_gives_back() -> None:
    talk = Rehearsal(services())
    assert talk.say("转人工", NOON).handover is not None
    assert talk.conversation.owner == "waiting"
    talk.claim("g1", NOON + timedelta(minutes=1))
    assert (talk.conversation.owner, talk.conversation.epoch) == ("human", 1)
    assert talk.say("包邮吗", NOON + timedelta(minutes=2)).speeches == ()
    talk.hand_back(NOON + timedelta(minutes=3))
    assert [speech.text for speech in talk.say("包邮吗", NOON + timedelta(minutes=4)).speeches] == ["满99元包邮。"]


def test_after_a_long_wait_the_bot_helps_again() -> None:
    talk = Rehearsal(services())
    talk.say("转人工", NOON)
    assert "同事" in talk.say("包邮吗", NOON + timedelta(minutes=1)).speeches[0].text
    late = NOON + PATIENCE + timedelta(minutes=1)
    assert [speech.text for speech in talk.say("包邮吗", late).speeches] == ["满99元包邮。"]


def test_a_group_is_quiet_until_called_and_a_tap_is_heard() -> None:
    group = Rehearsal(services(), group=True)
    assert group.say("包邮吗", NOON, sender="李女士").speeches == ()
    assert group.say("包邮吗", NOON, sender="李女士", at_bot=True).speeches != ()
    alone = Rehearsal(services(), customer=Customer("c9", "李女士"))
    assert alone.say("随便", NOON, option="human").handover is not None


def test_every_message_has_an_id_of_its_own_and_the_same_talk_says_the_same() -> None:
    first, second = (
        [talk.say(words, NOON + timedelta(minutes=n)) for n, words in enumerate(["你好", "推荐一款面霜", "油皮", "谢谢"])]
        for talk in (Rehearsal(services()), Rehearsal(services()))
    )
    assert first == second
    assert len({done.seed for done in first}) == 4
