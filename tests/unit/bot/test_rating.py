"""How a person's part was: asked once, answered by a tap or a word."""

from datetime import timedelta

import pytest
from bot_rooms import NOON, a_message, services, waiting

from bot.handlers.rating import SLOT, given, rating_options
from bot.model import Option, Pending, Session
from bot.turn import take_turn

ASKED = Session(version=4, pending=Pending(SLOT, rating_options()))
LATER = NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", 5), (" 3分", 3), ("1 星", 1), ("满意", 4), ("很满意", 5), ("不满意", 2), ("非常不满意", 1), ("一般", 3), ("还行吧", 3),
        ("太差了", 1), ("不太满意", 2), ("挺好的", 4), ("非常好", 5),
        ("服务态度很好", 5), ("五星好评", 5), ("嗯嗯挺好", 4), ("不好", 2), ("挺好的，下次还找她", 4),
        ("好的谢谢", None), ("可以", None), ("一般几天到货", None), ("不好意思打扰了", None),
        ("9", None), ("12", None), ("满意吗", None), ("包邮吗", None), ("好的我先看看别的再来跟你说满不满意", None),
    ],
)  # fmt: skip
def test_what_a_shopper_says_after_the_question(text: str, stars: int | None) -> None:
    assert given(text, None, ASKED) == stars
    assert given(text, None, Session()) is None


def test_a_tap_counts_at_any_time_and_only_from_one_to_five() -> None:
    assert given("", "rate:4", Session()) == 4
    assert given("", "rate:9", Session()) is None
    assert [option.id for option in rating_options()] == ["rate:5", "rate:4", "rate:3", "rate:2", "rate:1"]
    assert all(isinstance(option, Option) for option in rating_options())


def test_thanks_for_a_good_word_and_an_apology_with_a_way_back_for_a_bad_one() -> None:
    good = take_turn(waiting("满意", session=ASKED), services(), LATER)
    assert good.rating == (4, "满意")
    assert good.settled[0].trace["route"] == "rated"
    assert good.session.pending is None
    bad = take_turn(waiting(a_message(1, "1 很不满意", option="rate:1")), services(), LATER)
    assert bad.rating == (1, "")
    assert [option.id for option in bad.speeches[0].options] == ["human"]
    assert bad.handover is None
    assert bad.session.trail["offer"] == "plain"
    again = take_turn(waiting("好的", session=bad.session), services(), LATER)
    assert again.handover is not None


def test_a_question_instead_of_a_rating_is_answered_and_a_later_figure_is_none() -> None:
    done = take_turn(waiting("包邮吗", session=ASKED), services(), LATER)
    assert done.rating is None
    assert done.speeches[0].text == "满99元包邮。"
    assert done.session.pending is None


def test_while_a_person_speaks_a_figure_is_theirs() -> None:
    done = take_turn(waiting("5", session=ASKED, owner="human", guide="g1"), services(), LATER)
    assert (done.rating, done.speeches) == (None, ())
    assert done.session.pending is not None
