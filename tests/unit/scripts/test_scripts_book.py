"""The scriptbook: the most particular wording wins, chance is the same for the same message."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import Listener, Script, Scriptbook, Variant

CHECKOUT = Path(__file__).parents[3]


def _book(*variants: Variant) -> Scriptbook:
    return Scriptbook.build([Script("greet", "招呼语", variants)])


def _said(book: Scriptbook, listener: Listener | None = None, seed: str = "m1", **facts: str) -> str | None:
    reply = book.render("greet", facts, listener or Listener(), seed)
    return reply.text if reply is not None else None


def test_a_script_that_nobody_wrote_says_nothing() -> None:
    assert _book(Variant("在")).render("goodbye", {}, Listener(), "m1") is None


def test_a_later_script_stands_before_an_earlier_one_of_the_same_name() -> None:
    built_in, written = Script("greet", "招呼语", (Variant("您好"),)), Script("greet", "招呼语", (Variant("在呢"),))
    assert _said(Scriptbook.build([built_in, written])) == "在呢"


def test_a_wording_for_the_channel_wins_over_one_for_everybody() -> None:
    book = _book(Variant("您好呀，我是小花", weight=1000), Variant("在的", channels=frozenset({"wecom_kf"})))
    assert _said(book, Listener("wecom_kf")) == "在的"
    assert _said(book, Listener("web")) == "您好呀，我是小花"


def test_the_more_a_wording_asks_of_the_listener_the_more_particular_it_is() -> None:
    book = _book(
        Variant("一"),
        Variant("二", levels=frozenset({"gold"})),
        Variant("三", levels=frozenset({"gold"}), tags={"skin_type": frozenset({"敏感性"})}),
    )
    assert _said(book, Listener(level="silver")) == "一"
    assert _said(book, Listener(level="gold")) == "二"
    assert _said(book, Listener(level="gold", tags={"skin_type": frozenset({"敏感性", "干性"})})) == "三"


def test_a_store_wording_is_only_for_that_store() -> None:
    book = _book(Variant("您好"), Variant("徐汇店的花花在", stores=frozenset({"sh-xuhui"})))
    assert _said(book, Listener(store="sh-xuhui")) == "徐汇店的花花在"
    assert _said(book, Listener(store="hz-xihu")) == "您好"


def test_a_particular_wording_that_cannot_be_filled_leaves_the_floor_to_a_general_one() -> None:
    book = _book(Variant("您好"), Variant("{称呼}好", levels=frozenset({"gold"})))
    assert _said(book, Listener(level="gold")) == "您好"
    assert _said(book, Listener(level="gold"), 称呼="林姐") == "林姐好"


def test_where_no_wording_can_be_filled_nothing_is_said() -> None:
    assert _said(_book(Variant("{称呼}好"))) is None
    assert _said(_book(Variant("在的", channels=frozenset({"wecom_kf"}))), Listener("web")) is None


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_retry_says_the_same(seed: str) -> None:
    book = _book(*(Variant(str(n), weight=n) for n in range(1, 6)))
    assert _said(book, seed=seed) == _said(book, seed=seed)


def test_over_many_messages_the_weights_are_kept() -> None:
    book = _book(Variant("常", weight=6), Variant("有时", weight=3), Variant("偶尔", weight=1))
    heard = Counter(_said(book, seed=f"message-{n}") for n in range(4000))
    assert heard["常"] / 4000 == pytest.approx(0.6, abs=0.04)
    assert heard["有时"] / 4000 == pytest.approx(0.3, abs=0.04)
    assert heard["偶尔"] / 4000 == pytest.approx(0.1, abs=0.04)


def test_a_reply_says_which_wording_of_which_version_it_is() -> None:
    first = _book(Variant("一", channels=frozenset({"web"})), Variant("二")).render("greet", {}, Listener(), "m1")
    other = _book(Variant("一", channels=frozenset({"web"})), Variant("三")).render("greet", {}, Listener(), "m1")
    assert first is not None
    assert other is not None
    assert (first.script, first.variant) == ("greet", 1)
    assert first.version != other.version


def test_the_same_script_has_the_same_version_in_another_book() -> None:
    first, second = (_book(Variant("一")).render("greet", {}, Listener(), "m1") for _ in range(2))
    assert first == second


def test_what_is_in_the_book_can_be_asked() -> None:
    book = _book(Variant("一"))
    assert "greet" in book
    assert "thank" not in book
    assert book.ids == {"greet"}
    assert book.script("greet").family == "招呼语"


def test_a_version_is_the_same_in_every_process() -> None:
    asked = (
        "from scripts import Listener, Scriptbook; from scripts.model import Script, Variant;"
        "one = Variant('好', channels=frozenset({'web', 'wecom_kf', 'wecom_contact', 'wecom_group'}));"
        "print(Scriptbook.build([Script('a', '招呼语', (one,))]).render('a', {}, Listener('web'), 's').version)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", asked], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, cwd=CHECKOUT
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(told) == 1
