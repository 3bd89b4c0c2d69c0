"""What a join points at: whose question it names, what nobody has offered, and the many short ways to say 同问."""

import pytest
from groups_room import heard, talk

from intents.groups.echoing import echo, echoes_only
from intents.groups.people import spoken_of

_PEOPLE = {"a": "豌豆", "b": "面镜起雾", "c": "起名困难户", "d": "楼下张姐"}


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("豌豆问的我也想问", {"a"}),
        ("面镜那位说的同问", {"b"}),
        ("张姐那个我也想知道", {"d"}),
        ("防雾剂我也想问", set()),
        ("困难户问的同问", {"c"}),
    ],
)
def test_somebody_is_spoken_of_by_the_whole_name_or_a_part_that_is_nobody_elses(text: str, whose: set[str]) -> None:
    assert spoken_of(text, _PEOPLE) == whose


def test_a_part_that_two_names_share_names_nobody() -> None:
    assert spoken_of("二班那位我也想问", {"a": "二班轩轩", "b": "二班可可"}) == frozenset()


def test_whose_question_is_named_is_the_one_that_is_joined_however_near_another_is() -> None:
    told = heard(talk((0, "豌豆", "定金包邮吗"), (9, "券券", "发货顺丰吗"), (18, "丙", "豌豆问的我也想问")))
    assert told["3"].joins == "1"
    assert told["3"].thread == "1"


def test_a_name_that_is_also_what_another_asks_about_names_nobody() -> None:
    told = heard(talk((0, "豌豆", "定金包邮吗"), (9, "券券", "豌豆罐头有货吗"), (18, "丙", "豌豆罐头那个我也想问")))
    assert told["3"].joins != "1"


def test_one_more_of_what_was_only_asked_about_asks_as_well() -> None:
    told = heard(talk((0, "导购小林", "毛肚48元/斤 虾滑26元/份"), (9, "甲", "有番茄锅底现货吗"), (18, "乙", "番茄小孩爱吃+1")))
    assert told["3"].joins == "2"
    assert told["3"].action == "answer"
    assert told["3"].to == ("甲", "乙")


@pytest.mark.parametrize("answered", ["导购小林", "丁"])
def test_one_more_of_what_is_offered_joins_no_question(answered: str) -> None:
    told = heard(
        talk(
            (0, answered, "草莓两盒 48元"), (9, "导购小林", "草莓48元/斤"), (18, "甲", "草莓现货吗"), (24, "乙", "草莓小孩爱吃+1")
        )
    )
    assert told["4"].joins is None


@pytest.mark.parametrize(
    "words", ["问得好！", "问的好", "问出了我的心声", "same q", "也是我想问的", "我也在等", "蹲个科普", "留个爪", "同好奇"]
)
def test_the_short_ways_to_say_that_one_wants_to_know_the_same(words: str) -> None:
    assert echo(words) == "asks"
    assert echoes_only(words)


@pytest.mark.parametrize("words", ["我也在等电梯", "来事能做吗 同好奇", "我也不知道"])
def test_whoever_says_more_or_knows_nothing_does_not_merely_echo(words: str) -> None:
    assert not echoes_only(words)
