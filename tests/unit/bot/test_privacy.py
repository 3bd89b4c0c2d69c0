"""What do you remember of me, and forget it: said in plain words with its source, never before others, at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bot_rooms import NOON, a_conversation, a_message, services, waiting

from bot.db.turns import Done
from bot.handlers.privacy import ERASE, MIRROR, wish
from bot.model import Customer, Evidence, Pending, Session
from bot.turn import take_turn

SAID = NOON - timedelta(days=17)


def told(words: str, customer: Customer, session: Session | None = None, **conversation: object) -> Done:
    one = waiting(a_message(9, words, at_bot=True), session=session or Session(version=4), customer=customer, **conversation)
    return take_turn(one, services(), NOON + timedelta(seconds=2))


def evidence(tag: str, value: str, source: str = "inbox:3", confidence: float = 0.9, *, retracted: bool = False) -> Evidence:
    return Evidence(tag, value, confidence, SAID, source, retracted)


def test_each_thing_is_told_with_where_it_comes_from_and_when() -> None:
    customer = Customer(
        "c1",
        name="小李",
        store="sh",
        owned=("p1", "gone"),
        evidence=(
            evidence("skin_type", "敏感性"),
            evidence("concern", "补水", "event:12", 0.5),
            evidence("audience", "牛奶蛋白过敏", "inbox:4", 0.45),
            evidence("channel_habit", "tmall", "guide:g1"),
            evidence("audience", "孕妇"),
            evidence("audience", "孕妇", "inbox:5", 1.0, retracted=True),
        ),
    )
    done = told("你还记得我什么", customer)
    text = done.speeches[0].text
    assert "· 您5月3日说过皮肤是敏感性的" in text
    assert "· 看您5月3日买过或看过的东西，我猜您想解决补水的问题" in text
    assert "· 您5月3日问到过，我猜您对牛奶蛋白过敏" in text
    assert "· 5月3日导购记下：您习惯在天猫买" in text
    assert "· 称呼您「小李」" in text
    assert "· 会员资料里的门店：徐汇店" in text
    assert "· 从订单知道您买过：燕麦舒缓霜" in text
    assert "孕" not in text
    assert [option.label for option in done.speeches[0].options] == ["都删掉"]


def test_nothing_is_invented_where_nothing_is_known() -> None:
    done = told("你还记得我什么", Customer("c1"))
    assert done.settled[0].trace["scripts"][0]["id"] == "what_i_know_nothing"  # type: ignore[index]


def test_before_a_group_nothing_of_a_person_is_told() -> None:
    done = told("你还记得我什么", Customer("c1", name="小李", evidence=(evidence("skin_type", "敏感性"),)), group=True)
    assert done.settled[0].trace["scripts"][0]["id"] == "what_i_know_private"  # type: ignore[index]
    assert "敏感" not in done.speeches[0].text


def test_after_the_mirror_delete_it_all_is_plain() -> None:
    shown = told("你还记得我什么", Customer("c1", evidence=(evidence("skin_type", "敏感性"),)))
    assert told("都删掉吧", Customer("c1"), shown.session).erase
    assert not told("都删掉吧", Customer("c1")).erase


@pytest.mark.parametrize(
    "words", ["忘了我", "忘掉我吧", "把我的信息都删了", "清空我的资料", "你把记的关于我的都删掉", "刪掉我的資料"]
)
def test_to_be_forgotten_is_understood_at_once(words: str) -> None:
    assert wish(words) == "erase"
    assert told(words, Customer("c1")).erase


@pytest.mark.parametrize("words", ["别记我的信息", "不要记住我", "我不想让你记住这些"])
def test_whoever_wants_nothing_remembered_is_forgotten_and_not_learnt_of_again(words: str) -> None:
    done = told(words, Customer("c1"))
    assert done.erase
    assert [(one.tag, one.value) for one in done.evidence] == [("memory", "不记")]


@pytest.mark.parametrize(
    "words",
    [
        "删掉这个订单记录",
        "把购物车清空",
        "删掉我的评价",
        "地址删了",
        "忘了我的密码",
        "忘了我买的是哪个",
        "帮我忘了烦恼",
        "记得给我发货",
    ],
)
def test_other_things_may_be_deleted_without_forgetting_anybody(words: str) -> None:
    assert wish(words) is None
    assert not told(words, Customer("c1")).erase


def test_where_it_is_unclear_we_ask_once() -> None:
    asked = told("我的信息里，聊天记录删掉", Customer("c1"))
    assert not asked.erase
    assert asked.session.pending is not None
    assert asked.session.pending.slot == ERASE
    assert wish("聊天记录删掉", ERASE) == "erase"
    assert wish("都删掉吧", MIRROR) == "erase"
    assert wish("删掉这个订单记录", ERASE) is None
    session = Session(version=4, pending=Pending(ERASE))
    assert told("是的", Customer("c1"), session).erase
    kept = told("先不删", Customer("c1"), session)
    assert not kept.erase
    assert kept.settled[0].trace["scripts"][0]["id"] == "erase_not"  # type: ignore[index]


def test_the_confirmation_names_nobody_and_notes_nothing_down() -> None:
    customer = Customer("c1", name="小李", evidence=(evidence("skin_type", "敏感性"),))
    done = told("我是油皮，把我的信息删了", customer)
    assert done.erase
    assert done.evidence == ()
    assert "小李" not in done.speeches[0].text
    assert set(done.speeches[0].trace) == {"route", "intent", "why", "release", "script"}
    assert done.session == Session(version=4, episode=1)


def test_what_was_asked_in_the_same_breath_is_not_answered_any_more() -> None:
    done = take_turn(waiting("包邮吗", "忘了我"), services(), NOON + timedelta(seconds=2))
    assert len(done.speeches) == 1
    assert [one.outcome for one in done.settled] == ["silent", "answered"]
    assert done.erase_upto == 2


def test_a_person_is_not_told_what_was_to_be_forgotten() -> None:
    customer = Customer("c1", evidence=(evidence("skin_type", "敏感性"),))
    done = take_turn(waiting("忘了我", "转人工", session=Session(version=4, shown=("p1",)), customer=customer), services(), NOON)
    assert done.handover is not None
    assert "敏感性" not in str(done.handover.brief)
    assert "told" not in done.handover.brief


def test_what_must_be_over_is_asked_again_before_anything_is_recommended() -> None:
    long_ago = replace(evidence("audience", "孕妇"), at=NOON - timedelta(days=400))
    customer = Customer("c1", evidence=(long_ago,))
    asked = told("推荐一款抗老的面霜", customer)
    assert asked.settled[0].trace["scripts"][0]["id"] == "ask_safety"  # type: ignore[index]
    answer = told("都没有", customer, asked.session)
    assert [(one.value, one.retracted) for one in answer.evidence] == [("孕妇", True)]
    assert answer.settled[0].trace["route"] == "provide_info"
    fresh = replace(a_conversation().customer, evidence=(replace(long_ago, at=SAID),))
    assert told("推荐一款抗老的面霜", fresh).settled[0].trace["scripts"][0]["id"] != "ask_safety"  # type: ignore[index]
