"""What a handover promises is true: who comes, who was told, how many wait, or when somebody is there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bot_rooms import NOON, services

from bot.brand import Guide, Staff, StaffFile, Store
from bot.model import Customer
from bot.rehearsal import Rehearsal
from bot.routing import Duty, Post
from bot.services import Services

STAFF = Staff.of(
    StaffFile(
        stores=(Store(id="sh", name="徐汇店", city="上海", hours={"mon-sun": "10:00-22:00"}),),
        guides=(
            Guide(id="g1", name="王姐", store="sh", skills=("售后",), capacity=2),
            Guide(id="g2", name="桃子", store="sh", skills=("彩妆",), capacity=2),
        ),
    )
)
HERS = Customer("c1", store="sh", guide="g1")


def shop() -> Services:
    return replace(services(), staff=STAFF)


def said(words: str, *, customer: Customer = HERS, waiting: int = 0, hours: int = 0, **posts: Post) -> Any:
    duty = Duty({"g1": Post(state="off"), "g2": Post(state="off"), **posts}, {"sh": waiting} if waiting else {})
    return Rehearsal(shop(), customer=customer, duty=duty).say(words, NOON + timedelta(hours=hours))


def scripts(done: Any) -> list[str]:
    return [one["id"] for one in done.settled[-1].trace["scripts"]]


def test_only_who_is_at_the_desk_comes_at_once() -> None:
    here = said("转人工", g1=Post(present=True))
    assert scripts(here) == ["handover_here"]
    assert "王姐" in here.speeches[-1].text
    assert (here.handover.assigned, here.handover.path) == ("g1", "own")
    away = said("转人工", g1=Post(present=False))
    assert scripts(away) == ["handover_told"]
    assert "马上" not in away.speeches[-1].text


def test_another_guide_than_the_one_asked_for_is_named_as_another() -> None:
    done = said("叫王姐来，转人工", g2=Post(present=True))
    assert scripts(done) == ["handover_instead"]
    assert "王姐" in done.speeches[-1].text
    assert "桃子" in done.speeches[-1].text
    assert (done.handover.wanted, done.handover.assigned) == ("g1", "g2")


def test_where_all_are_busy_the_place_in_the_queue_is_told() -> None:
    done = said("转人工", waiting=3, g1=Post(present=True, load=9), g2=Post(present=True, load=9))
    assert scripts(done) == ["handover_queue"]
    assert "3" in done.speeches[-1].text
    assert done.handover.assigned is None
    assert done.handover.due is None


def test_after_hours_the_next_opening_is_told_and_the_wish_is_dated() -> None:
    done = said("转人工", hours=11, g1=Post(), g2=Post())
    assert scripts(done) == ["handover_after_hours"]
    assert done.handover.due is not None
    assert done.handover.due > NOON + timedelta(hours=11)
    assert done.handover.assigned is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("你们是骗子", ["regret", "handover_told"]),
        ("脸肿了", ["reaction_first_aid", "handover_told"]),
        ("你们扣了我两次钱", ["careful_money", "handover_told"]),
    ],
)
def test_the_reason_comes_before_the_promise(words: str, expected: list[str]) -> None:
    assert scripts(said(words, g1=Post(), g2=Post())) == expected


def test_the_skill_is_one_that_somebody_has() -> None:
    assert said("你们扣了我两次钱", g1=Post(), g2=Post()).handover.skill == "售后"
    assert said("口红的事，转人工", g1=Post(), g2=Post()).handover.skill == "彩妆"
    assert said("香水的事，转人工", g1=Post(), g2=Post()).handover.skill is None


def test_where_nothing_is_known_of_the_guides_the_hours_alone_decide() -> None:
    done = Rehearsal(shop(), customer=HERS).say("转人工", NOON)
    assert scripts(done) == ["handover"]
    assert (done.handover.assigned, done.handover.path, done.handover.due) == (None, None, None)  # type: ignore[union-attr]
