"""A life with tags: children grow, states end by nature, allergies stay, words outweigh deeds, everything has its grounds."""

from datetime import UTC, datetime, timedelta

import pytest

from recommender import TagEvidence, TagKind, current, known, months_since, outlived

KINDS = {
    kind.name: kind
    for kind in (
        TagKind("skin_type", ("干性", "油性", "敏感性"), exclusive=True, half_life_days=365),
        TagKind("concern", ("补水",), half_life_days=120),
        TagKind("audience", ("孕妇", "哺乳期", "牛奶蛋白过敏", "男士"), half_life_days=300),
        TagKind("age_stage", ("0-6月", "6-12月", "1-3岁", "3-12岁"), exclusive=True, half_life_days=120, hard=True),
    )
}
BORN = datetime(2026, 5, 20, tzinfo=UTC)


def said(tag: str, value: str, confidence: float = 0.9, days: float = 0, source: str = "inbox:1") -> TagEvidence:
    return TagEvidence(tag, value, confidence, BORN + timedelta(days=days), source)


def tags(*evidence: TagEvidence, days: float) -> dict[str, tuple[str, ...]]:
    return dict(current(evidence, KINDS, BORN + timedelta(days=days)))


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (1, "0-6月"),
        (150, "0-6月"),
        (200, "6-12月"),
        (380, "1-3岁"),
        (900, "1-3岁"),
        (1200, "3-12岁"),
        (4300, "3-12岁"),
        (5000, None),
    ],
)
def test_a_child_grows_by_itself(days: int, stage: str | None) -> None:
    assert tags(said("birth", "2026-05"), days=days) == ({"age_stage": (stage,)} if stage else {})


def test_the_last_word_about_the_child_counts() -> None:
    older = said("birth", "2024-01", days=3)
    assert tags(said("birth", "2026-05"), older, days=5) == {"age_stage": ("1-3岁",)}
    assert tags(older, said("age_stage", "3-12岁", days=4), days=5) == {"age_stage": ("3-12岁",)}
    assert tags(older, said("birth", "2024-01", -1, days=4), days=5) == {}
    assert tags(said("birth", "2027-01"), days=5) == {}
    assert tags(said("birth", "neulich"), days=5) == {}


def test_facts_are_no_tags() -> None:
    assert tags(said("due", "2026-09-01"), said("memory", "不记"), days=1) == {}


def test_months_are_whole() -> None:
    assert months_since("2026-05", BORN + timedelta(days=11)) == 0
    assert months_since("2026-05", BORN + timedelta(days=12)) == 1
    assert months_since("2026-13", BORN) is None


def test_an_allergy_holds_until_it_is_taken_back() -> None:
    allergy = said("audience", "牛奶蛋白过敏", 0.45)
    assert tags(allergy, days=4000) == {"audience": ("牛奶蛋白过敏",)}
    assert tags(allergy, said("audience", "牛奶蛋白过敏", -0.9, days=9), days=10) == {}


def test_who_a_present_was_for_fades() -> None:
    assert tags(said("audience", "男士"), days=500) == {}


def test_expecting_is_never_forgotten_unasked_and_is_asked_again_past_its_term() -> None:
    expecting = (said("audience", "孕妇"),)
    for days, over in ((30, ()), (279, ()), (281, ("孕妇",)), (3000, ("孕妇",))):
        assert tags(*expecting, days=days) == {"audience": ("孕妇",)}
        assert outlived(expecting, KINDS, BORN + timedelta(days=days)) == over


def test_a_due_date_says_when_it_must_be_over() -> None:
    expecting = (said("audience", "孕妇"), said("due", "2026-06-20"))
    assert outlived(expecting, KINDS, BORN + timedelta(days=40)) == ()
    assert outlived(expecting, KINDS, BORN + timedelta(days=60)) == ("孕妇",)
    again = (*expecting, said("audience", "孕妇", days=500))
    assert outlived(again, KINDS, BORN + timedelta(days=510)) == ()


def test_a_child_born_since_makes_expecting_worth_asking() -> None:
    told = (said("audience", "孕妇", days=-200), said("birth", "2026-05", days=3))
    assert outlived(told, KINDS, BORN + timedelta(days=4)) == ("孕妇",)
    older = (said("birth", "2024-01", days=-300), said("audience", "孕妇", days=-200))
    assert outlived(older, KINDS, BORN) == ()


def test_whoever_nurses_is_not_expecting_any_more() -> None:
    assert tags(said("audience", "孕妇", days=-100), said("audience", "哺乳期"), days=1) == {"audience": ("哺乳期",)}


def test_what_was_only_asked_does_not_hold_for_ever() -> None:
    assert tags(said("audience", "孕妇", 0.45), days=200) == {}


def test_one_purchase_does_not_outdo_a_word() -> None:
    word, deed = said("skin_type", "油性"), said("skin_type", "干性", 0.5, days=9, source="event:4")
    assert tags(word, deed, days=10) == {"skin_type": ("油性",)}
    assert tags(word, said("skin_type", "干性", days=9), days=10) == {"skin_type": ("干性",)}


def test_grounds_are_what_was_said_since_it_was_last_denied_or_replaced() -> None:
    first, denied, second = said("skin_type", "干性"), said("skin_type", "干性", -0.9, 2), said("skin_type", "干性", days=3)
    (one,) = known((first, denied, second), KINDS, BORN + timedelta(days=4))
    assert (one.tag, one.value, one.grounds) == ("skin_type", "干性", (second,))
    replaced = known(
        (first, said("skin_type", "油性", days=2), said("skin_type", "干性", days=3)), KINDS, BORN + timedelta(days=4)
    )
    assert [ground.at for ground in replaced[0].grounds] == [second.at]
    birth = said("birth", "2026-05")
    assert known((birth,), KINDS, BORN + timedelta(days=200))[0].grounds == (birth,)
    assert known((), KINDS, BORN) == ()


def test_everything_believed_has_grounds() -> None:
    told = (
        said("skin_type", "干性", 0.3),
        said("skin_type", "干性", 0.3, 1),
        said("skin_type", "油性", 0.2, 2),
        said("concern", "补水", 0.6),
    )
    for days in range(0, 400, 20):
        assert all(one.grounds for one in known(told, KINDS, BORN + timedelta(days=days)))
