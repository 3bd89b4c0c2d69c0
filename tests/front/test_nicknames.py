"""What somebody may call themselves in a room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Brand, Groups, Persona
from bot.front import nicknames
from tests.front.conftest import STAFF

OURS = nicknames.protected(
    Brand(name="花间集", persona=Persona(name="小花", self_name="花花"), groups=Groups(names=("花助理",))), STAFF
)


@pytest.mark.parametrize(
    "name",
    ["小花", "花花", "小 花", "小花AI", "ＡＩ小花", "小花2号", "花间集", "花间集旗舰店", "花间集客服小李", "王姐", "导购王姐", "王姐（店长）", "徐汇店", "徐汇店王姐", "花助理",
     "官方", "智能助手", "群主", "所有人", "ALL", "系统消息", "小\u200b花", "*小花*", "\u202e小花"],
)  # fmt: skip
def test_nobody_who_was_invited_passes_for_the_shop(name: str) -> None:
    found = nicknames.fault(nicknames.tidy(name), (), OURS)
    assert found is not None
    assert found.code == "name_reserved"
    assert nicknames.fault(found.suggestion, (), OURS) is None


@pytest.mark.parametrize(
    "name",
    [
        "小花妈妈",
        "王姐夫",
        "店长家的猫",
        "爱花间集的小米",
        "小米粥",
        "👩‍👩‍👧‍👦",
        "Anna",
        "Али",
        "18号",
        "二二",
        "all in",
        "名" * 40,
    ],
)
def test_ordinary_names_are_nobodys_business(name: str) -> None:
    assert nicknames.fault(nicknames.tidy(name), (), OURS) is None


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=5))
def test_whatever_is_wished_for_the_suggestion_is_free_and_fits(name: str, taken: list[str]) -> None:
    found = nicknames.fault(nicknames.tidy(name), taken, OURS)
    if found is not None:
        assert nicknames.fault(found.suggestion, taken, OURS) is None
        assert len(found.suggestion) <= nicknames.LONGEST
