"""A message's verdict: errands, their order, short answers, mood."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intents_corpus import EXAMPLES, Letters
from numpy.typing import NDArray

from intents.answers import YES_NO
from intents.gazetteer import Gazetteer
from intents.model import LABELS, OUT_OF_SCOPE
from intents.recognizer import Recognizer
from intents.sentiment import sentiment, urgency
from intents.training import train

_NAMES = Gazetteer.build({"skin_type": {"油性": ["油皮"]}, "category": {"面霜": [], "面膜": []}})
_AT = datetime(2026, 3, 11, 15, tzinfo=UTC)


class Words:
    """A classifier that looks for a label's word; what holds several is torn between them."""

    labels = LABELS
    _SAYS: ClassVar = {
        "多少钱": "ask_price",
        "包邮": "ask_shipping",
        "退": "return_goods",
        "谢谢": "thank",
        "你好": "greet",
        "碎": "report_problem",
        "推荐": "recommend_product",
    }

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """0.97 for one label found, shared by several."""
        rows = np.full((len(sentences), len(LABELS)), 0.0002)
        for row, sentence in zip(rows, sentences, strict=True):
            for word, label in self._SAYS.items():
                row[LABELS.index(label)] += 1.0 if word in sentence else 0.0
        return np.asarray(rows / rows.sum(axis=1, keepdims=True))


@pytest.fixture(scope="module")
def words() -> Recognizer:
    return Recognizer(Words(), _NAMES, 0.2)


@pytest.fixture(scope="module")
def taught() -> Recognizer:
    return Recognizer.of(train(EXAMPLES, Letters())[0], _NAMES, Letters())


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("面霜多少钱，包邮吗", ("ask_price", "ask_shipping")),
        ("包邮吗？面霜多少钱", ("ask_shipping", "ask_price")),
        ("你好，面霜多少钱", ("ask_price",)),
        ("谢谢，包邮的吧", ("ask_shipping",)),
        ("你好", ("greet",)),
        ("我要退掉，用完脸红刺痛", ("report_reaction", "return_goods")),
        ("我要退掉！不处理我找12315", ("complain", "return_goods")),
        ("我要退掉这个，转人工", ("return_goods", "ask_human")),
        ("转人工", ("ask_human",)),
        ("油皮，25岁，预算两百以内", ("provide_info",)),
        ("", (OUT_OF_SCOPE,)),
        ("qwerty", (OUT_OF_SCOPE,)),
    ],
)
def test_errands_and_their_order(words: Recognizer, text: str, intents: tuple[str, ...]) -> None:
    verdict = words.recognize(text, at=_AT)
    assert verdict.intents == intents
    assert verdict.intent == intents[0] == (verdict.candidates[0].intent if verdict.candidates else intents[0])


@pytest.mark.parametrize(
    ("text", "expecting", "intent"),
    [
        ("嗯", YES_NO, "affirm"),
        ("好的呀", YES_NO, "affirm"),
        ("可以！", YES_NO, "affirm"),
        ("不用了谢谢", YES_NO, "deny"),
        ("算了", YES_NO, "deny"),
        ("油皮", "skin_type", "provide_info"),
        ("面霜吧", "category", "provide_info"),
        ("200", "budget", "provide_info"),
        ("160 55kg", None, "provide_info"),
        ("油皮", None, "provide_info"),
    ],
)
def test_short_answers_are_read_against_the_question(words: Recognizer, text: str, expecting: str | None, intent: str) -> None:
    verdict = words.recognize(text, at=_AT, expecting=expecting)
    assert verdict.intent == intent
    assert verdict.confidence > 0.9


def test_a_question_is_no_answer(words: Recognizer) -> None:
    assert words.recognize("面霜多少钱", expecting="category").intent == "ask_price"


@pytest.mark.parametrize(
    ("text", "expecting", "value"),
    [
        ("200", "budget", {"min": None, "max": 200}),
        ("大概两百左右", "budget", {"min": 160, "max": 240}),
        ("25", "age_months", 300),
        ("165", "height_cm", 165),
        ("110", "weight_kg", 55),
    ],
)
def test_a_bare_figure_is_what_was_asked_for(words: Recognizer, text: str, expecting: str, value: object) -> None:
    (slot,) = words.recognize(text, expecting=expecting).slots
    assert (slot.name, slot.value) == (expecting, value)
    assert text[slot.start : slot.end] == slot.text


def test_what_a_rule_finds_is_said_whatever_the_classifier_thinks(taught: Recognizer) -> None:
    verdict = taught.recognize("涂了面霜脸上起疹子了")
    assert verdict.safety == "report_reaction"
    assert Recognizer(Words(), _NAMES).recognize("涂了面霜脸上起疹子了").intent == "report_reaction"


def test_many_messages_are_judged_like_one(taught: Recognizer) -> None:
    texts = ["面霜多少钱", "", "面膜收到是碎的，我要退面膜", "油皮", "你好"]
    together = taught.recognize_many(texts, _AT)
    assert [verdict.intents for verdict in together] == [taught.recognize(text, at=_AT).intents for text in texts]


def test_a_model_with_other_labels_is_left_to_itself() -> None:
    examples = [(text, f"x_{label}") for text, label in EXAMPLES]
    verdict = Recognizer.of(train(examples, None)[0], _NAMES).recognize("我要两箱面霜，多少钱，投诉")
    assert verdict.intent.startswith("x_")
    assert verdict.safety == "complain"


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_verdict(text: str) -> None:
    verdict = Recognizer(Words(), _NAMES, 0.2).recognize(text, at=_AT)
    assert verdict.text == text
    assert 0 <= verdict.confidence <= 1
    assert -1 <= verdict.sentiment <= 1
    assert 0 <= verdict.urgency <= 1
    assert verdict.intents[0] == verdict.intent
    assert len(set(verdict.intents)) == len(verdict.intents)
    assert sum(candidate.confidence for candidate in verdict.candidates) <= 1 + 1e-6
    assert all(text[slot.start : slot.end] == slot.text for slot in verdict.slots)


def test_a_huge_message_is_read_at_its_beginning(words: Recognizer) -> None:
    assert words.recognize("面霜多少钱" * 20_000).intent == "ask_price"


def test_mood_and_hurry_go_with_the_words() -> None:
    assert sentiment("超好用,回购第三次了", "praise") > 0.5
    assert sentiment("骗子!!", "complain") < -0.7
    assert sentiment("多少钱", "ask_price") == 0
    assert sentiment("好用吗", "ask_product_info") < sentiment("好用", "praise")
    assert sentiment("不好用", "report_problem") < 0
    assert urgency("赶紧发货,急用", "urge_order") > 0.6
    assert urgency("多少钱", "ask_price") == 0
    assert urgency("脸肿了", "report_reaction") >= 0.5
