"""When a person is fetched, and when not: the pure decision, and what the turn makes of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bot_rooms import NOON, a_message, services, waiting
from hypothesis import given
from hypothesis import strategies as st

from bot import alarms, policy
from bot.brand import Guide, Service
from bot.escalation import Heard, decide, settled
from bot.handlers.base import Draft, Line, Turn
from bot.handlers.trail import alike, heat, offered, pressure
from bot.model import Customer, Option, Session, Speech
from bot.ownership import PATIENCE
from bot.rehearsal import Rehearsal
from bot.services import Services
from bot.turn import take_turn
from intents import Candidate, Recognition, Slot

LATER = NOON + timedelta(seconds=2)


def read(text: str, intent: str = "out_of_scope", **more: Any) -> Recognition:
    verdict = Recognition(text, text, intent, 0.9, (intent,), (Candidate(intent, 0.9),), (), 0.0, 0.0)
    return replace(verdict, **more)


def heard(text: str, intent: str = "out_of_scope", session: Session | None = None, **more: Any) -> Heard:
    of_heard = {key: more.pop(key) for key in ("level", "service", "amount", "draft", "route") if key in more}
    return Heard(read(text, intent, **more), session or Session(), NOON, **{"route": intent, **of_heard})


def topic(text: str, **more: Any) -> object:
    wish = decide(heard(text, **more))
    return None if wish is None else wish.why["topic"]


ANSWERED = Session(entry="shipping", trail={"asked": ["包邮吗"]})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("我不想活了", "crisis"),
        ("再不退我就去消协", "legal"),
        ("我要起诉你们", "legal"),
        ("有人冒充你们客服让我转账", "scam"),
        ("我的卡被盗刷了", "scam"),
        ("扣了我两次钱", "money"),
        ("退款都十天了还没到账", "money"),
        ("押金一直不退", "money"),
        ("我在吃抗生素,能用这个吗", "medical"),
        ("有糖尿病能吃吗", "medical"),
        ("宝宝发烧了还能擦吗", "infant"),
        ("企业采购找谁", "bulk"),
    ],
)
def test_words_that_call_for_a_person(text: str, what: str) -> None:
    assert topic(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "想死你们了", "困得想死", "工商银行卡能付吗", "律师穿的衬衫有吗", "我没投诉过", "怎么防诈骗", "退款一般几天到账", "会不会重复扣款",
        "如果多扣了怎么办", "没有糖尿病能吃吗", "防吐奶的围兜有吗", "怕宝宝起疹子", "团购券能用吗", "这盒能送公司同事吗", "假一赔十吗",
        "含激素吗", "药妆有吗", "我老公是律师",
    ],
)  # fmt: skip
def test_words_that_only_sound_like_it(text: str) -> None:
    assert topic(text) is None


@given(st.text(max_size=60))
def test_any_words_are_read_without_harm(text: str) -> None:
    wish = decide(heard(text))
    assert wish is None or (wish.urgency in {0, 1, 2} and wish.reason and wish.why["rule"])


def test_spelling_correction_does_not_hide_a_medicine() -> None:
    assert topic("在吃异维A酸能用吗", normalized="在吃异味a酸能用吗") == "medical"


def test_a_wish_says_why() -> None:
    wish = decide(heard("扣了我两次钱", sentiment=-0.4))
    assert wish is not None
    assert (wish.kind, wish.urgency) == ("risk", 1)
    assert wish.why == {"rule": "说了“扣了我两次”", "topic": "money", "heat": 0.4}


def test_anger_needs_the_mood_as_well_as_the_escalation() -> None:
    furious = {"escalation": "anger", "sentiment": -0.95}
    assert topic("你们是死的吗", **furious) == "anger"
    assert topic("你们是死的吗", escalation="anger", sentiment=-0.2) is None
    assert topic("你们是死的吗", sentiment=-0.95) is None
    assert topic("老板又骂我", intent="chitchat", **furious) is None
    assert topic("好用到哭", intent="praise", **furious) is None
    assert topic("可爱死了这包装", **furious) is None
    assert topic("钱不见了", escalation="money", sentiment=-0.9) == "money"


def test_a_talk_that_grows_worse_boils_over() -> None:
    cross = Session(trail={"moods": [-0.7, -0.8]})
    assert topic("你们还没发货", session=cross, sentiment=-0.8) == "anger"
    assert topic("你们还没发货", session=Session(trail={"moods": [-0.7]}), sentiment=-0.8) is None
    assert topic("那好,谢谢", session=Session(trail={"moods": [-0.9, -0.9, -0.9]}), sentiment=0.6) is None


@given(st.lists(st.floats(-1, 1), max_size=6))
def test_heat_never_falls_below_nothing_and_good_moods_cool_it(moods: list[float]) -> None:
    session, sad = Session(trail={"moods": moods}), read("发货慢", sentiment=-0.5)
    assert heat(session, sad) >= 0.5
    assert heat(session, read("发货慢", sentiment=0.9)) <= heat(session, sad)
    assert 0 <= pressure(sad) <= 1.5


def test_no_help_needs_an_answer_before() -> None:
    assert topic("答非所问", session=ANSWERED) == "unhelped"
    assert topic("还是不行", session=ANSWERED) == "unhelped"
    assert topic("答非所问") is None


@pytest.mark.parametrize(
    ("asked", "text", "mood", "what"),
    [
        (["怎么退货"], "怎么退货", 0.0, None),
        (["怎么退货", "怎么退货呀"], "请问怎么退货", 0.0, "repeated"),
        (["怎么退货"], "到底怎么退货", 0.0, "repeated"),
        (["怎么退货"], "怎么退货", -0.8, "repeated"),
        (["怎么退货", "怎么换货"], "到底怎么开票", 0.0, None),
        (["徐汇店有货吗", "静安店有货吗"], "浦东店有货吗", 0.0, None),
    ],
)
def test_the_same_question_again(asked: list[str], text: str, mood: float, what: str | None) -> None:
    assert topic(text, intent="return_goods", session=Session(trail={"asked": asked}), sentiment=mood) == what


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("怎么退货", "请问怎么退货呢", True),
        ("生日礼怎么领", "生日礼物怎么领", True),
        ("退货怎么办", "换货怎么办", False),
        ("吗", "吗", True),
    ],
)
def test_the_same_in_other_words(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_what_the_brand_wishes() -> None:
    service = Service(high_value=("black",), order_over=1000)
    unsure = Draft((Line("no_answer"),))
    assert topic("有联名杯吗", service=service, level="black", draft=unsure) == "high_value"
    assert topic("有联名杯吗", service=service, level="gold", draft=unsure) is None
    assert topic("有联名杯吗", service=service, level="black", draft=Draft((Line("answer"),))) is None
    assert topic("要买", service=service, amount=Decimal("1000.01")) == "order_over"
    assert topic("要买", service=service, amount=Decimal(1000)) is None
    assert topic("要买", amount=Decimal(10**6)) is None


def test_many_pieces_are_an_order_for_more_than_a_household() -> None:
    def slots(n: int, unit: str) -> tuple[Slot, ...]:
        return (Slot("quantity", {"n": n, "unit": unit}, f"{n}{unit}", 0, 3),)

    assert topic("要50箱", slots=slots(50, "箱")) == "bulk"
    assert topic("要3箱", slots=slots(3, "箱")) is None
    assert topic("要3瓶", slots=slots(3, "瓶")) is None
    assert topic("不到200块", slots=slots(200, "块")) is None


def test_after_a_person_the_same_words_fetch_nobody_for_a_while_except_in_danger() -> None:
    told = Session(trail={"wish": {"text": "扣了我两次钱", "at": NOON.timestamp() - 60, "urgency": 1}})
    again = heard("扣了我两次钱", session=told)
    assert settled(again)
    assert decide(again) is None
    assert decide(heard("扣了我三次钱", session=told)) is not None
    assert decide(replace(again, now=NOON + timedelta(hours=1))) is not None
    danger = Session(trail={"wish": {"text": "我不想活了", "at": NOON.timestamp(), "urgency": 2}})
    assert topic("我不想活了", session=danger) == "crisis"


GUIDES = (Guide(id="g1", name="桃子"), Guide(id="g2", name="小鹿"), Guide(id="g3", name="王"))


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("叫桃子来", "g1"), ("桃子在吗", "g1"), ("桃子", "g1"), ("让小鹿跟我说", "g2"), ("小鹿今天上班吗", "g2"),
        ("桃子味的有吗", None), ("要桃子味", None), ("小鹿图案的口红", None), ("找王", None), ("你好", None),
    ],
)  # fmt: skip
def test_a_guide_is_called_by_name_and_a_flavour_is_not(text: str, guide: str | None) -> None:
    found = alarms.named(text, GUIDES)
    assert (found.id if found else None) == guide


@pytest.mark.parametrize(
    "text", ["不用转人工", "人工皮革的吗", "客服几点上班", "店长推荐款", "经理同款", "机器人真好", "先别找客服", "比真人还细心"]
)
def test_no_wish_for_a_person(text: str) -> None:
    assert alarms.wants_nobody(text)
    route = policy.decide(read(text, "ask_human", safety="ask_human"), Session(), None)
    assert route != "ask_human"


@pytest.mark.parametrize("text", ["来个人", "换个人跟我说", "我要跟你们负责人讲", "有没有会说话的活人", "安排一位导购"])
def test_the_wish_for_a_person_in_words_no_label_knows(text: str) -> None:
    assert policy.decide(read(text), Session(), None) == "ask_human"


@pytest.mark.parametrize(
    ("offer", "text", "route"),
    [
        ("plain", "好的", "ask_human"), ("plain", "行", "ask_human"), ("plain", "嗯嗯，谢谢", "ask_human"), ("plain", "要", "ask_human"),
        ("beside", "要", "ask_human"), ("beside", "帮我转吧", "ask_human"), ("beside", "好的", "affirm"), (None, "要", "affirm"),
        ("plain", "好用吗", "affirm"), ("plain", "不用了", "affirm"),
    ],
)  # fmt: skip
def test_yes_to_the_offer_of_a_person(offer: str | None, text: str, route: str) -> None:
    assert policy.decide(read(text, "affirm"), Session(trail={"offer": offer} if offer else {}), None) == route


def test_how_a_person_was_offered() -> None:
    human, other = Option("human", "转人工"), Option("entry:a", "甲")
    failed = {"script": {"id": "no_answer"}}
    assert offered([Speech("问住我了", options=(human,), trace=failed)]) == "plain"
    assert offered([Speech("哪个", options=(other, human), trace={"script": {"id": "answer_choice"}})]) == "beside"
    assert offered([Speech("要不要帮您转人工？", trace={})]) == "plain"
    assert offered([Speech("七天内可以退，想找人点「转人工」", trace={})]) == "beside"
    assert offered([Speech("满99元包邮", trace={})]) is None
    assert offered([Speech("已经转人工", hands_over=True)]) is None
    assert offered([]) is None


def talk(**more: Any) -> Rehearsal:
    return Rehearsal(with_service(), **more)


def with_service(**more: Any) -> Services:
    return replace(services(), brand=services().brand.model_copy(update={"service": Service(**more)}))


def scripts(done: Any) -> list[str]:
    return [one["id"] for one in done.settled[-1].trace.get("scripts", [])]


def test_a_refusal_has_a_way_out_that_a_plain_yes_takes() -> None:
    said = talk()
    assert scripts(said.say("成分", NOON)) == ["no_answer"]
    assert said.session.trail["offer"] == "plain"
    done = said.say("好的", NOON + timedelta(seconds=20))
    assert done.handover is not None
    assert done.handover.kind == "asked"


def test_money_first_gets_safe_words_then_a_person_with_the_evidence() -> None:
    done = talk().say("你们扣了我两次钱", NOON)
    assert scripts(done) == ["careful_money", "handover_risk"]
    assert done.handover is not None
    assert (done.handover.kind, done.handover.urgency) == ("risk", 1)
    assert done.handover.why["topic"] == "money"
    assert done.handover.why["words"] == "你们扣了我两次钱"
    assert done.settled[-1].outcome == "handed_over"
    assert done.settled[-1].trace["handover"] == done.handover.why
    assert done.speeches[-1].hands_over


def test_who_waits_is_not_put_down_a_second_time_but_told_how_long() -> None:
    said = talk()
    said.say("转人工", NOON)
    late = NOON + PATIENCE + timedelta(minutes=2)
    assert said.say("包邮吗", late).speeches[0].text == "满99元包邮。"
    again = said.say("转人工", late + timedelta(minutes=1))
    assert again.handover is None
    assert scripts(again) == ["waiting_still"]
    assert said.conversation.owner == "waiting"
    worse = said.say("再不来我就去12315", late + timedelta(minutes=2))
    assert worse.handover is not None
    assert worse.handover.urgency == 2


def test_a_shopper_who_waits_asks_how_long_at_most_once_a_minute() -> None:
    said = talk()
    said.say("转人工", NOON)
    assert scripts(said.say("在不在", NOON + timedelta(seconds=10))) == ["waiting"]
    assert said.say("人呢", NOON + timedelta(seconds=30)).speeches == ()
    assert scripts(said.say("还要等多久", NOON + timedelta(minutes=3))) == ["waiting_still"]
    assert said.say("还要等多久", NOON + timedelta(minutes=3, seconds=20)).speeches == ()


def test_at_night_nobody_who_waits_is_told_to_wait_a_moment() -> None:
    said, night = talk(), NOON + timedelta(hours=11)
    first = said.say("转人工", night)
    assert first.handover is not None
    assert first.handover.due is not None
    assert first.handover.due.isoformat() == "2026-05-21T10:00:00+08:00"
    assert "明天 10:00" in said.say("有人吗", night + timedelta(minutes=1)).speeches[0].text


@pytest.mark.parametrize(("words", "script"), [("脸肿了", "reaction_first_aid"), ("我不想活了", "careful_crisis")])
def test_danger_is_answered_even_while_a_person_is_awaited(words: str, script: str) -> None:
    said = talk()
    said.say("转人工", NOON)
    done = said.say(words, NOON + timedelta(seconds=20))
    assert scripts(done)[0] == script
    assert done.handover is not None
    assert done.handover.urgency == 2
    together = take_turn(waiting("转人工", words), services(), LATER)
    assert together.handover is not None
    assert together.handover.urgency == 2
    assert any(script == one["id"] for one in together.settled[1].trace["scripts"])  # type: ignore[attr-defined]


def test_while_a_person_speaks_nothing_is_decided() -> None:
    done = take_turn(waiting("我不想活了", owner="human", guide="g1", epoch=1), services(), LATER)
    assert (done.speeches, done.handover) == ((), None)


def test_after_the_guide_the_same_words_are_no_new_wish_but_a_tap_is() -> None:
    said = talk()
    said.say("你们扣了我两次钱", NOON)
    said.claim("g1", NOON + timedelta(minutes=1))
    said.hand_back(NOON + timedelta(minutes=5))
    assert said.session.episode == 1
    again = said.say("你们扣了我两次钱", NOON + timedelta(minutes=6))
    assert again.handover is None
    assert said.say("转人工", NOON + timedelta(minutes=7), option="human").handover is not None


def test_a_black_card_gets_a_person_as_soon_as_the_bot_is_unsure() -> None:
    rooms = with_service(high_value=("black",))
    done = Rehearsal(rooms, customer=Customer("c", level="black")).say("成分里的蓝铜是哪来的", NOON)
    assert scripts(done) == ["handover_unsure"]
    assert done.handover is not None
    assert done.handover.kind == "unsure"
    assert Rehearsal(rooms, customer=Customer("c", level="gold")).say("成分里的蓝铜是哪来的", NOON).handover is None


def test_an_order_over_the_limit_gets_a_person() -> None:
    said = Rehearsal(with_service(order_over=500))
    assert said.say("燕麦舒缓霜下单", NOON).handover is None
    done = Rehearsal(with_service(order_over=50)).say("燕麦舒缓霜下单", NOON)
    assert done.handover is not None
    assert (done.handover.kind, done.handover.why["topic"]) == ("rule", "order_over")


def test_after_a_day_of_silence_a_new_episode_begins_and_being_left_alone_stays() -> None:
    old = Session(version=4, misses=1, wish={"slots": []}, matter="面霜", opted_out=True, episode=2)
    one = waiting("包邮吗", session=old)
    done = take_turn(replace(one, touched=NOON - timedelta(hours=25)), services(), LATER)
    assert (done.session.episode, done.session.opted_out, done.session.misses) == (3, True, 0)
    assert done.session.version == 4
    assert take_turn(replace(one, touched=NOON - timedelta(hours=23)), services(), LATER).session.episode == 2
    awaits = waiting("包邮吗", session=old, owner="waiting", owner_since=NOON - timedelta(hours=30))
    assert take_turn(replace(awaits, touched=NOON - timedelta(hours=29)), services(), LATER).session.episode == 2


def test_a_turn_knows_its_guides_only_where_it_is_told() -> None:
    turn = Turn(a_message(1, "在吗"), waiting("在吗").conversation, Session(), read("在吗"), {}, NOON)
    assert (dict(turn.duty.posts), dict(turn.duty.waiting)) == ({}, {})
