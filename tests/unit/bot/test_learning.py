"""What a message teaches about the shopper: of whom, how surely, and what it takes back."""

import pytest
from learning_rig import AT, heard, labelled, learns, said

from bot.learning import for_whom
from bot.model import Customer, Evidence, Pending, Session
from recommender import TagKind


def figures(name: str) -> tuple[float, float, float]:
    """Precision and recall of (kind, value, taken back), and the share of sentences about others that taught something wrong."""
    right = told = meant = wrong = others = 0
    for text, wanted, about_others in labelled(name):
        found = said(learns(text))
        right, told, meant = right + len(found & wanted), told + len(found), meant + len(wanted)
        others += about_others
        wrong += about_others and any(not one.startswith("-") for one in found - wanted)
    return right / told, right / meant, wrong / others


@pytest.mark.parametrize(
    ("name", "precision", "recall", "strangers"), [("learning_dev.tsv", 0.99, 0.99, 0.0), ("learning_test.tsv", 0.94, 0.96, 0.03)]
)
def test_sentences_teach_what_they_say_of_the_shopper(name: str, precision: float, recall: float, strangers: float) -> None:
    found = figures(name)
    assert found[0] >= precision
    assert found[1] >= recall
    assert found[2] <= strangers


@pytest.mark.parametrize(
    ("text", "sure"),
    [("我是敏感肌", 0.9), ("推荐敏感肌用的面霜", 0.6), ("好像是敏感肌", 0.5), ("敏感肌能用吗", 0.45), ("我是敏感肌能用吗", 0.9)],
)
def test_how_it_is_said_decides_how_sure_we_are(text: str, sure: float) -> None:
    (one,) = learns(text)
    assert (one.tag, one.value, one.source, one.at) == ("skin_type", "敏感性", "inbox:7", AT)
    assert one.confidence == pytest.approx(sure, abs=0.01)


def test_a_talk_about_somebody_else_stays_about_them() -> None:
    talk = Session(wish={"for": "other"})
    assert learns("干皮", session=talk) == ()
    assert learns("三岁了", session=Session(wish={"for": "other"}, pending=Pending("age_stage"))) == ()
    assert said(learns("我自己是干皮", session=talk)) == {"skin_type=干性"}
    assert said(learns("干皮")) == {"skin_type=干性"}


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (None, "给我妈买面霜", "other"),
        ("other", "帮我推荐一下，预算两百", "other"),
        ("other", "给我自己也买一瓶", "self"),
        (None, "宝宝面霜有吗", "child"),
        ("other", "包邮吗", "other"),
        (None, "包邮吗", None),
    ],
)
def test_whom_a_talk_is_about_is_remembered(before: str | None, text: str, after: str | None) -> None:
    assert for_whom(heard(text, session=Session(wish={"for": before} if before else {}))) == after


def test_the_age_that_we_asked_for_is_the_childs() -> None:
    assert said(learns("八个月大", session=Session(pending=Pending("age_stage")))) == {"birth=2026-03"}
    assert learns("八个月大") == ()


def test_needs_brands_and_stages_are_learnt_where_a_kind_is_declared() -> None:
    kinds = {
        "need": TagKind("need", ("奶粉",)),
        "brand": TagKind("brand", ("雅诗兰黛", "兰蔻")),
        "brand_dislike": TagKind("brand_dislike", ()),
    }
    assert said(learns("我家一直喝奶粉", kinds=kinds)) == {"need=奶粉"}
    assert said(learns("现在不喝奶粉了", kinds=kinds)) == {"-need=奶粉"}
    assert learns("奶粉多少钱", kinds=kinds) == ()
    assert said(learns("我一直用雅诗兰黛", kinds=kinds)) == {"brand=雅诗兰黛"}
    assert said(learns("我不喜欢兰蔻", kinds=kinds)) == {"-brand=兰蔻", "brand_dislike=兰蔻"}
    assert learns("兰蔻有吗", kinds=kinds) == ()


def test_nothing_is_learnt_of_whoever_wants_nothing_remembered() -> None:
    silent = Customer("c", evidence=(Evidence("memory", "不记", 1.0, AT, "inbox:1"),))
    assert learns("我是干皮", customer=silent) == ()
    again = Customer("c", evidence=(*silent.evidence, Evidence("memory", "不记", 1.0, AT, "inbox:2", retracted=True)))
    assert said(learns("我是干皮", customer=again)) == {"skin_type=干性"}


def test_in_a_group_nothing_is_learnt() -> None:
    assert learns("我是干皮", group=True) == ()


@pytest.mark.parametrize(
    ("answer", "teaches"),
    [
        ("都没有", {"-audience=孕妇"}),
        ("没有了", {"-audience=孕妇"}),
        ("哺乳期", {"audience=哺乳期", "-audience=孕妇"}),
        ("备孕", {"audience=备孕", "-audience=孕妇"}),
        ("孕期", {"audience=孕妇"}),
        ("包邮吗", set()),
    ],
)
def test_the_answer_whether_she_is_still_expecting_takes_back_what_is_over(answer: str, teaches: set[str]) -> None:
    session = Session(pending=Pending("safety"))
    assert said(learns(answer, session=session, tags={"audience": ("孕妇", "酒精过敏")})) == teaches
