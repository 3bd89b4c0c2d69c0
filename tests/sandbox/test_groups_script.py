"""A group's script: what can be written, and every fault told at once with its line."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.groups_script import EXAMPLE, Fault, Script, ScriptError, read_script


def faults(text: str) -> dict[int, str]:
    with pytest.raises(ScriptError) as caught:
        read_script(text)
    told = [(one.line, one.words) for one in caught.value.faults]
    assert told == sorted(told)
    return {line: " ".join(words for at, words in told if at == line) for line, _ in told}


def test_the_example_that_the_page_shows_can_be_played() -> None:
    script = read_script(EXAMPLE)
    assert script.group == "花间集周末福利群"
    by_kind = {event.kind for event in script.events}
    assert by_kind == {"text", "join", "recall", "sticker"}
    same = next(event for event in script.events if event.text.startswith("同问"))
    assert same.reply_to == script.events[0].id
    named = [event for event in script.events if event.at_bot]
    assert [(event.name, event.text, event.mentions) for event in named] == [("半糖", "@小花 你们几点关门", ("bot",))]
    assert any(event.mentions == ("all",) and event.guide for event in script.events)


def test_yaml_and_json_lines_say_the_same() -> None:
    as_yaml = read_script("""
    group: 群
    steps:
    - {at: 5s, as: 甲, say: "@助手 在吗", id: 问}
    - {at: "1:20", as: 乙, quote: 问, say: 同问}
    - {at: +3s, as: 甲, recall: 问}
    """)
    as_lines = read_script(
        """{"group": "群"}
{"at": 5, "as": "甲", "say": "@助手 在吗", "id": "问"}

{"at": "1m20s", "as": "乙", "quote": 1, "say": "同问"}
{"at": "+3s", "as": "甲", "recall": 1}
"""
    )
    assert as_yaml == as_lines
    assert [event.at for event in as_yaml.events] == [timedelta(seconds=n) for n in (5, 80, 83)]
    whole = '{"group": "群",\n "steps": [{"at": "5s", "as": "甲", "say": "早"}]}'
    assert read_script(whole).events[0].text == "早"


def test_without_a_time_a_step_follows_three_seconds_later() -> None:
    events = read_script("- {as: 甲, say: 一}\n- {as: 甲, say: 二}\n- {as: 乙, at: +10s, say: 三}").events
    assert [event.at.total_seconds() for event in events] == [0, 3, 13]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("{say: 没说是谁}", "没写是谁"),
        ("{as: 甲}", "没写做什么"),
        ("{as: 甲, say: 话, leave: true}", "一步只做一件事"),
        ("{as: 甲, say: 话, shout: 1}", "不认识的“shout”"),
        ("{as: 甲, at: 明天, say: 话}", "看不懂时间“明天”"),
        ("{as: 甲, at: 5s, say: 话}", "比上一步还早"),
        ("{as: 甲, at: 25h, say: 话}", "最多演一天"),
        ("{as: 甲, say: '  '}", "没有话"),
        ("{as: 甲, say: 话, quote: 9}", "不是前面的步骤"),
        ("{as: 甲, recall: 2}", "不是前面说过的话"),
        ("{as: 乙, recall: 1}", "甲 说的"),
        ("{as: 甲, at: 200s, recall: 1}", "超过两分钟"),
        ("{as: 甲, say: 话, mention: 谁啊}", "不在群里"),
        ("{as: 甲, send: 红包}", "图片 或 表情"),
        ("{as: 小花, say: 话}", "助手自己会说"),
        ("{as: 甲, leave: true, quote: 1}", "只能跟 say"),
        ("就一句话", "{at: 5s, as: 名字, say: 话}"),
        ("{as: 甲, say: {深: 处}}", "值只能是文字"),
    ],
)
def test_a_fault_is_told_with_its_line(step: str, words: str) -> None:
    told = faults(f"steps:\n- {{at: 10s, as: 甲, say: 第一句}}\n- {step}\n")
    assert list(told) == [3]
    assert words in told[3]


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        "stage: x\nsteps:\n- {as: 甲}\n- {as: 乙, say: 好}\n- {as: 乙, say: 好, quote: 8}\n- {as: 丙, say: 早}\n- {as: 丙, join: a}"
    )
    assert list(told) == [1, 3, 5, 6]
    assert "还没进群" in told[6]


def test_whoever_joins_was_not_there_before_and_does_not_join_twice() -> None:
    told = faults("- {as: 甲, say: 早}\n- {as: 甲, join: true}\n- {as: 甲, join: true}")
    assert list(told) == [1, 3]
    assert "还没进群" in told[1]
    assert "已经在群里" in told[3]


def test_whoever_left_says_nothing_until_they_are_back() -> None:
    told = faults(
        "- {as: 甲, say: 走了}\n- {as: 甲, leave: true}\n- {as: 甲, say: 等等}\n- {as: 甲, join: true}\n- {as: 甲, say: 回来了}"
    )
    assert list(told) == [3]


@pytest.mark.parametrize(
    "text", ["", "steps:", "[", "{", "a: &a [*a]", "只有一句话", "- {as: 甲, say: '没关上", "\x00", "- - - x"]
)
def test_what_is_no_script_is_told_and_breaks_nothing(text: str) -> None:
    assert faults(text)


@given(st.text(max_size=200))
def test_any_text_is_a_script_or_has_faults(text: str) -> None:
    told: tuple[Fault, ...] = ()
    try:
        script = read_script(text)
    except ScriptError as error:
        told, script = error.faults, Script("", ())
    assert bool(told) is not bool(script.events)
    assert all(one.line >= 1 and one.words for one in told)


def test_a_script_that_is_too_long_is_refused() -> None:
    assert "太长" in faults("#" * 200_001)[1]
    many = "\n".join("- {as: 甲, say: 嗯}" for _ in range(5002))
    assert "最多 5000 步" in faults(many)[5001]
