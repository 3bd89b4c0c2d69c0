"""A turn from waiting messages to everything that is kept, through real rooms with tiny data."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bot_rooms import NOON, a_conversation, a_message, services, waiting

from bot import errors
from bot.db.turns import Done, Waiting
from bot.errors import AssistantError
from bot.handlers.table import OFFERED, ROUTES
from bot.handlers.wording import BUILT_IN
from bot.model import Evidence, InboundMessage, Option, Pending, Session
from bot.ownership import PATIENCE
from bot.turn import apologize, take_turn
from intents import LABELS
from scripts import Listener, Scriptbook

LATER = NOON + timedelta(seconds=2)


def turn(one: Waiting) -> Done:
    return take_turn(one, services(), LATER)


def heard(*messages: InboundMessage | str, session: Session | None = None, **conversation: object) -> Done:
    return turn(waiting(*messages, session=session, **conversation))


def texts(done: Done) -> list[str]:
    return [speech.text for speech in done.speeches]


def test_one_question_gets_one_answer_with_its_reasons() -> None:
    done = heard("包邮吗")
    assert texts(done) == ["满99元包邮。"]
    (settled,) = done.settled
    assert (settled.message, settled.outcome) == (1, "answered")
    assert settled.trace["intent"] == "ask_shipping"
    assert settled.trace["route"] == "ask_shipping"
    assert settled.trace["entry"] == {"id": "shipping", "version": services().library.entry("shipping").version,  # type: ignore[union-attr]
                                      "confidence": settled.trace["confidence_answer"]}  # fmt: skip
    assert settled.trace["scripts"][0]["id"] == "answer"  # type: ignore[index]
    assert settled.trace["release"] == "test"
    (speech,) = done.speeches
    assert speech.answers == (1,)
    assert speech.trace["script"] == settled.trace["scripts"][0]  # type: ignore[index]
    assert done.session.version == 4
    assert done.session.entry == "shipping"
    assert done.seed == "wecom_kf/demo/m1"
    assert done.received == NOON + timedelta(seconds=1)


def test_two_questions_waiting_at_once_are_answered_in_order() -> None:
    done = heard("能退吗", "包邮吗")
    assert texts(done) == ["签收后七天内可以退。", "满99元包邮。"]
    assert [speech.answers for speech in done.speeches] == [(1,), (2,)]
    assert [one.outcome for one in done.settled] == ["answered", "answered"]


def test_a_greeting_and_a_question_are_one_answer() -> None:
    done = heard("你好", "包邮吗")
    assert texts(done) == ["满99元包邮。"]
    assert [(one.outcome, one.trace["route"]) for one in done.settled] == [("silent", "merged"), ("answered", "ask_shipping")]


def test_a_greeting_alone_is_answered_and_the_second_one_shorter() -> None:
    done = heard("你好")
    assert len(done.speeches) == 1
    assert done.session.greeted
    again = heard("你好", session=done.session)
    assert again.settled[0].trace["scripts"][0]["id"] == "greet_again"  # type: ignore[index]


def test_a_handover_is_one_and_what_follows_goes_with_it() -> None:
    done = heard("转人工", "包邮吗", "在不在")
    assert len(done.speeches) == 1
    assert done.speeches[0].hands_over
    assert done.speeches[0].critical
    assert [one.outcome for one in done.settled] == ["handed_over"] * 3
    assert done.handover is not None
    assert done.handover.reason == "顾客要找人工"
    assert [one.trace["route"] for one in done.settled] == ["ask_human", "after_handover", "after_handover"]


def test_what_was_asked_before_the_wish_for_a_person_is_still_answered() -> None:
    done = heard("包邮吗", "转人工")
    assert len(done.speeches) == 2
    assert [speech.hands_over for speech in done.speeches] == [False, True]


def test_outside_the_hours_nobody_is_promised_at_once() -> None:
    one = waiting("转人工")
    night = NOON + timedelta(hours=11)
    (speech,) = take_turn(one, services(), night).speeches
    assert "明天 10:00" in speech.text


def test_a_guide_asked_for_by_name_is_remembered() -> None:
    done = heard("叫王姐来，转人工")
    assert done.handover is not None
    assert done.handover.wanted == "g1"
    assert "王姐" in done.speeches[0].text


@pytest.mark.parametrize("words", ["包邮吗", "转人工", "你好"])
def test_while_a_person_is_in_charge_the_bot_is_silent(words: str) -> None:
    done = heard(words, a_message(2, kind="image"), a_message(3, kind="enter_session"), owner="human", guide="g1", epoch=1)
    assert done.speeches == ()
    assert done.handover is None
    assert {one.outcome for one in done.settled} == {"handed_over"}
    assert len(done.settled) == 3


def test_what_a_person_has_already_covered_by_speaking_is_not_answered_again() -> None:
    done = heard("能退吗", "包邮吗", human_upto=1)
    assert texts(done) == ["满99元包邮。"]
    assert [one.outcome for one in done.settled] == ["handed_over", "answered"]


def test_while_a_person_is_waited_for_the_bot_says_so_once() -> None:
    first = heard("在吗", "还在吗", owner="waiting", owner_since=NOON)
    assert len(first.speeches) == 1
    second = heard("人呢", session=first.session, owner="waiting", owner_since=NOON)
    assert second.speeches == ()
    assert second.settled[0].outcome == "handed_over"


def test_after_a_long_wait_the_bot_helps_again_with_what_it_knows() -> None:
    done = heard("包邮吗", owner="waiting", owner_since=NOON - PATIENCE)
    assert texts(done) == ["满99元包邮。"]


def test_a_welcome_goes_out_with_its_code_and_before_its_deadline() -> None:
    event = {"event_type": "enter_session", "welcome_code": "CODE"}
    done = heard(a_message(1, kind="enter_session", event=event))
    (speech,) = done.speeches
    assert speech.code == "CODE"
    assert speech.deadline == NOON + timedelta(seconds=20)
    assert [option.label for option in speech.options][-1] == "转人工"
    assert done.session.greeted
    assert services().brand.name in speech.text


def test_a_welcome_from_another_clock_is_timed_by_ours() -> None:
    long_ago = a_message(1, kind="enter_session", at=NOON, event={"welcome_code": "C"})
    done = heard(replace(long_ago, sent_at=NOON - timedelta(days=140)))
    assert done.speeches[0].deadline == long_ago.received_at + timedelta(seconds=20)


def test_a_welcome_and_a_first_question_in_one_turn_are_both_said() -> None:
    done = heard(a_message(1, kind="enter_session", event={"welcome_code": "CODE"}), "包邮吗")
    assert [speech.code for speech in done.speeches] == ["CODE", None]


@pytest.mark.parametrize(
    "kind",
    ["image", "voice", "video", "file", "link", "miniprogram", "channels", "business_card", "merged_msg", "note",
     "channels_shop_order", "channels_shop_product", "meeting", "schedule", "location", "msgmenu", "hologram"],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "上海徐汇 某商场"])
def test_every_kind_of_message_gets_an_honest_word_and_a_way_to_a_person(kind: str, text: str) -> None:
    done = heard(a_message(1, text, kind=kind))
    (speech,) = done.speeches
    assert speech.text
    assert done.settled[0].outcome == "answered"
    assert Option("human", "转人工") in speech.options


def test_a_place_brings_the_shops_of_its_city() -> None:
    assert "徐汇店" in texts(heard(a_message(1, "上海徐汇", kind="location")))[0]


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_nothing_said_is_nothing_answered(words: str) -> None:
    done = heard(words)
    assert done.speeches == ()
    assert done.settled[0].outcome == "silent"


def test_a_group_hears_us_only_when_it_calls_us() -> None:
    done = heard("包邮吗", a_message(2, "包邮吗", at_bot=True), group=True)
    assert [one.outcome for one in done.settled] == ["silent", "answered"]
    assert texts(done) == ["满99包邮。"]


def test_an_exhausted_quota_leaves_one_message_with_everything() -> None:
    done = heard("能退吗", "包邮吗", sent_since=5)
    (speech,) = done.speeches
    assert speech.text == "签收后七天内可以退。\n\n满99元包邮。"
    assert speech.answers == (1, 2)


def test_what_waits_in_the_outbox_counts_too_and_the_web_counts_nothing() -> None:
    assert len(heard("能退吗", "包邮吗", sent_since=2, pending_out=1).speeches) == 1
    assert len(heard("能退吗", "包邮吗", sent_since=9, pending_out=9, channel="web").speeches) == 2


def test_twice_not_known_brings_a_person() -> None:
    first = heard("能开发票吗")
    assert first.session.misses == 1
    assert first.handover is None
    second = heard("能开发票吗", session=first.session)
    assert second.handover is not None
    assert second.session.misses == 0


def test_nobody_is_fetched_for_what_is_surely_not_ours() -> None:
    first = heard("给我写首诗")
    second = heard("给我写首诗", session=first.session)
    assert (second.handover, second.session.misses) == (None, 0)
    assert second.settled[0].trace["route"] == "out_of_scope"


def test_a_tapped_way_to_a_person_counts_whatever_the_words_are() -> None:
    done = heard(a_message(1, "转人工", text={"content": "转人工", "menu_id": "human"}))
    assert done.handover is not None


def test_a_tapped_errand_is_understood_by_what_it_stands_for() -> None:
    done = heard(a_message(1, "退换货", text={"content": "退换货", "menu_id": "say:不喜欢能退吗"}))
    assert done.settled[0].trace["intent"] == "return_goods"


def test_an_option_that_was_typed_counts_as_tapped() -> None:
    session = Session(pending=Pending("entry", (Option("entry:shipping", "包邮吗那个"),)))
    assert texts(heard("包邮吗那个", session=session)) == ["满99元包邮。"]


def test_an_option_whose_entry_is_gone_is_asked_again_from_the_base() -> None:
    session = Session(pending=Pending("entry", (Option("entry:gone", "能退吗"),)))
    assert texts(heard("能退吗", session=session)) == ["签收后七天内可以退。"]


def test_a_recommendation_respects_what_is_known_of_the_shopper() -> None:
    customer = replace(a_conversation().customer, evidence=(Evidence("audience", "孕妇", 0.9, NOON, "inbox:0"),))
    done = heard("推荐一款抗老的面霜", customer=customer)
    shown = [card.sku for speech in done.speeches for card in speech.cards]
    assert "p2" not in shown


def test_a_price_is_the_one_of_the_catalogue() -> None:
    assert "¥199.5" in texts(heard("维A醇晚霜多少钱"))[0]


def test_what_is_learnt_is_kept_and_believed_in_the_next_turn() -> None:
    done = heard("我是敏感肌")
    assert [(one.tag, one.value) for one in done.evidence] == [("skin_type", "敏感性")]
    customer = replace(a_conversation().customer, evidence=done.evidence)
    told = heard("你还记得我什么", customer=customer)
    assert "敏感性" in texts(told)[0]


def test_to_be_forgotten_outweighs_what_was_said_in_the_same_breath() -> None:
    done = heard("我是敏感肌", "把我的信息删掉", session=Session(version=4, wish={"slots": []}, shown=("p1",)))
    assert done.erase
    assert done.evidence == ()
    assert done.session.shown == ()
    after = heard("我的信息删掉", "我是油皮")
    assert [one.value for one in after.evidence] == ["油性"]


def test_advertising_is_not_answered() -> None:
    assert heard("刷单加我").speeches == ()


def test_an_apology_says_words_brings_a_person_and_records_every_message() -> None:
    one = waiting("包邮吗", "在吗")
    done = apologize(one, services(), LATER, "程序出错")
    assert len(done.speeches) == 1
    assert done.handover is not None
    assert [(s.message, s.outcome, s.reason) for s in done.settled] == [(1, "failed", "程序出错"), (2, "failed", "程序出错")]
    assert done.seed == take_turn(one, services(), LATER).seed


def test_an_apology_is_not_said_while_a_person_is_in_charge() -> None:
    done = apologize(waiting("包邮吗", owner="human", guide="g1"), services(), LATER, "程序出错")
    assert done.speeches == ()
    assert done.handover is None
    assert done.settled[0].outcome == "failed"


def test_a_book_without_the_words_leaves_them_out_and_says_so_in_the_trace() -> None:
    book = Scriptbook.build([script for script in BUILT_IN if script.id != "reaction_first_aid"])
    one = waiting("用完脸上红肿刺痛")
    done = take_turn(one, replace(services(), book=book), LATER)
    assert done.settled[0].trace["scripts"][0] == {"id": "reaction_first_aid", "missing": True}  # type: ignore[index]
    (speech,) = done.speeches
    assert speech.hands_over
    assert speech.trace["script"]["id"] == "handover_reaction"  # type: ignore[index]


def test_a_body_that_reacts_gets_first_aid_and_a_person() -> None:
    done = heard("用完脸上红肿刺痛")
    assert len(done.speeches) == 2
    assert "停用" in done.speeches[0].text
    assert done.handover is not None
    assert done.handover.urgency == 2
    assert [speech.hands_over for speech in done.speeches] == [False, True]


def test_every_turn_of_the_same_messages_says_the_same() -> None:
    one = waiting("你好", "推荐一款面霜", "包邮吗")
    assert turn(one) == turn(one)


def test_every_script_that_a_handler_says_has_words_that_its_facts_fill() -> None:
    book = services().book
    for script, facts in OFFERED.items():
        assert script in book, script
        assert book.render(script, dict.fromkeys(facts, "某"), Listener(), "seed") is not None, script


def test_every_label_has_a_route() -> None:
    assert set(LABELS) <= set(ROUTES)


def test_our_errors_have_one_root() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, AssistantError) for kind in kinds)
