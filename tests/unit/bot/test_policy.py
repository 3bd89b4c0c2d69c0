"""What a turn is about, and what it says of the shopper: decided without any room."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bot_rooms import NOON, a_conversation, a_message, services

from bot import policy
from bot.handlers.base import Turn
from bot.learning import learnt
from bot.model import Option, Pending, Session
from bot.ownership import PATIENCE
from intents import OUT_OF_SCOPE, Recognition, Slot


def said(intent: str, confidence: float = 0.9, *slots: Slot, safety: str | None = None) -> Recognition:
    verdict = Recognition("", "", intent, confidence, (intent,), (), slots, 0.0, 0.0)
    return verdict if safety is None else _safe(verdict, safety)


def _safe(verdict: Recognition, safety: str) -> Recognition:
    return replace(verdict, safety=safety)


def slot(name: str, value: Any, *, negated: bool = False) -> Slot:
    return Slot(name, value, str(value), 0, 1, negated=negated)


@pytest.mark.parametrize(
    ("kind", "words", "conversation", "route"),
    [
        ("text", "在吗", {}, None),
        ("text", "在吗", {"owner": "closed"}, None),
        ("text", " ", {}, "empty"),
        ("image", "", {}, "media"),
        ("enter_session", "", {}, "welcome"),
        ("enter_session", "", {"owner": "closed"}, "welcome"),
        ("enter_session", "", {"owner": "waiting", "owner_since": NOON}, "person_speaks"),
        ("enter_session", "", {"owner": "human"}, "person_speaks"),
        ("text", "在吗", {"owner": "human"}, "person_speaks"),
        ("image", "", {"owner": "human"}, "person_speaks"),
        ("text", "在吗", {"human_upto": 1}, "person_speaks"),
        ("text", "在吗", {"human_upto": 0}, None),
        ("text", "在吗", {"owner": "waiting", "owner_since": NOON}, "waiting"),
        ("image", "", {"owner": "waiting", "owner_since": NOON}, "waiting"),
        ("text", "在吗", {"owner": "waiting", "owner_since": NOON - PATIENCE - timedelta(seconds=1)}, None),
        ("text", "在吗", {"group": True}, "not_addressed"),
        ("image", "", {"group": True}, "not_addressed"),
        ("text", "在吗", {"group": True, "owner": "human"}, "person_speaks"),
    ],
)
def test_the_situation_speaks_before_the_words(kind: str, words: str, conversation: dict[str, Any], route: str | None) -> None:
    assert policy.situation(a_message(1, words, kind=kind), a_conversation(**conversation), NOON) == route


def test_a_group_that_calls_us_is_heard() -> None:
    assert policy.situation(a_message(1, "在吗", at_bot=True), a_conversation(group=True), NOON) is None


@pytest.mark.parametrize(
    ("recognition", "option", "route"),
    [
        (said("ask_price"), None, "ask_price"),
        (said("ask_price", 0.29), None, "clarify"),
        (said("ask_price", 0.30), None, "ask_price"),
        (said(OUT_OF_SCOPE, 0.1), None, OUT_OF_SCOPE),
        (said("ask_price", safety="report_reaction"), None, "report_reaction"),
        (said("ask_price", 0.1, safety="complain"), None, "complain"),
        (said("ask_price"), "human", "ask_human"),
        (said("ask_price", safety="complain"), "human", "ask_human"),
        (said("ask_price"), "entry:returns", "chosen_entry"),
        (said("ask_price"), "slot:category:面霜", "provide_info"),
        (said("recommend_product"), "say:帮我推荐一款", "recommend_product"),
    ],
)
def test_words_become_a_route(recognition: Recognition, option: str | None, route: str) -> None:
    assert policy.decide(recognition, Session(), option) == route


@pytest.mark.parametrize(
    ("asked", "recognition", "route"),
    [
        ("skin_type", said("ask_suitability", 0.8, slot("skin_type", "油性")), "provide_info"),
        ("skin_type", said("affirm", 0.2, slot("skin_type", "油性")), "provide_info"),
        ("skin_type", said("return_goods", 0.8, slot("skin_type", "油性")), "return_goods"),
        ("skin_type", said("ask_suitability", 0.8), "ask_suitability"),
        ("budget_wider", said("provide_info", 0.8, slot("budget", {"max": 200})), "provide_info"),
        ("age_stage", said(OUT_OF_SCOPE, 0.8, slot("age_months", 8)), "provide_info"),
        ("entry", said("greet", 0.8, slot("entry", "x")), "greet"),
    ],
)
def test_a_bare_value_answers_what_we_asked(asked: str, recognition: Recognition, route: str) -> None:
    assert policy.decide(recognition, Session(pending=Pending(asked)), None) == route


def test_a_safety_matter_is_heard_even_while_we_wait_for_an_answer() -> None:
    recognition = said("provide_info", 0.9, slot("skin_type", "油性"), safety="report_reaction")
    assert policy.decide(recognition, Session(pending=Pending("skin_type")), None) == "report_reaction"


@pytest.mark.parametrize(
    ("message", "option"),
    [
        (a_message(1, "甲", option="a"), "a"),
        (a_message(1, "甲", text={"content": "甲", "menu_id": "b"}), "b"),
        (a_message(1, "甲", text={"menu_id": ""}), "typed"),
        (a_message(1, " 甲 "), "typed"),
        (a_message(1, "甲乙"), None),
        (a_message(1, "甲", option=5), "typed"),
        (a_message(1, "丙", text="甲"), None),
    ],
)
def test_what_was_tapped_or_typed_word_for_word(message: Any, option: str | None) -> None:
    session = Session(pending=Pending("entry", (Option("typed", "甲"),)))
    assert policy.tapped(message, session) == option
    assert policy.tapped(a_message(1, "甲"), Session()) is None


def lesson(words: str, *slots: Slot, intent: str = "provide_info", **conversation: Any) -> list[tuple[str, str, float, bool]]:
    turn = Turn(a_message(7, words), a_conversation(**conversation), Session(), said(intent, 0.9, *slots), {}, NOON)
    found = learnt(turn, services())
    assert all(one.source == "inbox:7" and one.at == NOON for one in found)
    return [(one.tag, one.value, one.confidence, one.retracted) for one in found]


OILY = slot("skin_type", "油性")


def test_a_plain_statement_is_learnt() -> None:
    assert lesson("我是油皮，想补水", OILY, slot("concern", "补水")) == [
        ("skin_type", "油性", 0.9, False),
        ("concern", "补水", 0.6, False),
    ]


def test_a_question_makes_us_half_as_sure() -> None:
    assert lesson("油皮能用吗", OILY, intent="ask_suitability") == [("skin_type", "油性", 0.45, False)]


def test_a_denial_takes_back() -> None:
    assert lesson("我不是油皮", slot("skin_type", "油性", negated=True)) == [("skin_type", "油性", 0.9, True)]
    assert lesson("不要补水的", slot("concern", "补水", negated=True)) == []


@pytest.mark.parametrize(
    "words",
    [
        "给我妈买，油皮",
        "我妈是油皮",
        "送女朋友的，她油皮",
        "帮朋友买，油皮",
        "给宝宝用，油皮",
        "我闺蜜油皮",
        "给他挑，油皮",
        "我老公油皮",
    ],
)
def test_what_is_about_somebody_else_says_nothing_of_the_shopper(words: str) -> None:
    assert lesson(words, OILY) == []


@pytest.mark.parametrize("words", ["给我买瓶面霜，油皮", "我油皮，给我推荐一款"])
def test_for_me_is_about_the_shopper(words: str) -> None:
    assert lesson(words, OILY) == [("skin_type", "油性", 0.9, False)]


def test_of_the_audience_only_what_bears_on_safety_is_kept() -> None:
    assert lesson("我怀孕了", slot("audience", "孕妇")) == [("audience", "孕妇", 0.9, False)]
    assert lesson("我对牛奶过敏", slot("audience", "牛奶蛋白过敏")) == [("audience", "牛奶蛋白过敏", 0.9, False)]
    assert lesson("男士的", slot("audience", "男士")) == []


def test_nothing_is_learnt_in_a_group_or_for_a_tag_that_nobody_declared() -> None:
    assert lesson("我是油皮", OILY, group=True) == []
    assert lesson("紫色", slot("color", "紫色"), slot("budget", {"max": 5})) == []
