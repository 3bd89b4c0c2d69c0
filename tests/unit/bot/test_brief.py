"""A brief tells what was said, who said it, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from bot_rooms import NOON, services
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bench.brief import measured
from bot.bench.brief_checks import unsupported
from bot.bench.brief_talks import Expected, Talk, talks
from bot.brief import Brief, Fact, Remark, Story, brief, to_json
from bot.brief.model import LONGEST
from bot.rehearsal import Rehearsal

NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)


def a_story(*said: str | Remark, **more: object) -> Story:
    """Words of the shopper, ``<`` before the bot's and ``]`` before a guide's."""
    remarks = tuple(one if isinstance(one, Remark) else _remark(n, one) for n, one in enumerate(said, 1))
    return Story(remarks, **more)  # type: ignore[arg-type]


def _remark(n: int, words: str) -> Remark:
    author = {"<": "bot", "]": "guide"}.get(words[0], "shopper")
    return Remark(n, author, words.lstrip("<]"), NOON + timedelta(minutes=n))  # type: ignore[arg-type]


def facts(made: Brief) -> dict[str, str]:
    return {one.label: one.value for one in made.known if one.what != "已说"}


def line(made: Brief, *kinds: str) -> str:
    return "；".join(one.text for one in made.lines if one.kind in kinds)


def test_three_lines_say_what_is_wanted_what_was_told_and_what_hurt() -> None:
    answered = Remark(2, "bot", "签收后七天内可以退。", NOON, {"entry": {"id": "returns"}})
    story = a_story("面霜能退吗", answered, "打开就是漏的，订单 202605180012", entries={"returns": "不喜欢能退吗"})
    made = brief(story, NOW)
    assert [one.kind for one in made.lines] == ["wants", "told", "hurt"]
    assert line(made, "told") == "答过“不喜欢能退吗”"
    assert line(made, "hurt") == "打开就是漏的"
    assert made.lines[1].messages == (2,)
    assert facts(made)["订单号"] == "202605180012"


def test_what_is_corrected_later_replaces_what_was_said_first() -> None:
    made = brief(a_story("我是油皮，预算300元", "不是油皮，是混合皮", "电话13800001111", "打错了，13800002222"), NOW)
    assert facts(made) == {"预算": "300元", "肤质": "混合皮", "电话": "138****2222"}


@pytest.mark.parametrize(
    "words", ["如果我怀孕了能用吗", "我没怀孕", "我朋友怀孕了", "要是对酒精过敏怎么办", "我对酒精不过敏", "别人说她是敏感肌"]
)
def test_what_is_only_supposed_denied_or_of_somebody_else_is_not_known(words: str) -> None:
    assert not {"孕期", "过敏", "肤质"} & set(facts(brief(a_story(words), NOW)))


def test_what_is_said_of_others_stands_under_their_name_and_only_asked_ones_with_a_question_mark() -> None:
    made = brief(a_story("给我妈买面霜，她是干皮", "敏感肌能用吗，我问我自己的"), NOW)
    assert facts(made)["给谁"] == "妈"
    assert facts(made)["给妈：肤质"] == "干皮"
    assert facts(brief(a_story("敏感肌能用吗"), NOW))["肤质"] == "敏感肌？"


def test_ruled_out_tried_and_photographed_things_are_not_asked_again() -> None:
    made = brief(a_story("不要含香精的", "之前用过珂润", "[图片]"), NOW)
    assert facts(made) == {"不要": "香精", "用过": "珂润", "照片": "发过"}


def test_a_promise_stands_with_its_time_and_with_its_day_when_that_is_over() -> None:
    promised = Remark(2, "guide", "实在抱歉，今天下午四点前给您补发。", NOON - timedelta(days=2))
    made = brief(a_story("少发了一瓶", promised), NOW)
    assert line(made, "promised") == "5月18日说今天下午四点前给您补发；少发了一瓶"
    assert "promised" not in {one.kind for one in brief(a_story("少发了一瓶", "]可能要等几天，没法今天发出"), NOW).lines}


def test_recalled_messages_and_other_members_of_a_group_do_not_count() -> None:
    recalled = Remark(1, "shopper", "我是油皮", NOON, recalled=True)
    assert brief(a_story(recalled), NOW).known == ()
    group = a_story(
        Remark(1, "shopper", "我是油皮，用了烂脸", NOON, sender="other"),
        Remark(2, "shopper", "我是干皮，有面霜吗", NOON, outcome="handed_over", sender="me"),
    )
    made = brief(group, NOW)
    assert facts(made)["肤质"] == "干皮"
    assert not line(made, "hurt")


@pytest.mark.parametrize(
    ("words", "kind", "tone"),
    [
        ("用完脸红刺痛", "reaction", "身体要紧"),
        ("我要投诉你们", "anger", "对不起"),
        ("扣了两次款", "asked", "核对"),
        ("瓶子碎了", "asked", "添麻烦"),
        ("有面霜吗", "asked", "不用再讲"),
        ("嗯", "asked", "我来了"),
    ],
)
def test_the_first_sentence_has_the_tone_of_the_matter_and_neither_asks_nor_promises(words: str, kind: str, tone: str) -> None:
    story = a_story(words, kind=kind)
    made = brief(story, NOW)
    assert tone in made.opening
    assert list(unsupported(made, story)) == []


def test_a_telephone_number_is_masked_wherever_it_stands() -> None:
    told = str(to_json(brief(a_story("电话改成13912345678，什么时候发货"), NOW)))
    assert "13912345678" not in told
    assert "139****5678" in told


def test_the_json_has_the_shape_of_the_desk() -> None:
    told = to_json(brief(a_story("面霜多少钱", reason="顾客要找人工"), NOW))
    assert told["why"] == "顾客要找人工"
    assert told["lines"] == [
        {"kind": "wants", "text": "面霜多少钱", "messages": [1], "clauses": [{"text": "面霜多少钱", "messages": [1]}]}
    ]
    assert set(told) == {"lines", "known", "opening", "why"}


def test_the_traces_of_real_turns_name_what_the_words_alone_do_not() -> None:
    talk = Rehearsal(services())
    done = talk.say("我是敏感皮，推荐面霜", NOON)
    first = Remark(1, "shopper", "我是敏感皮，推荐面霜", NOON, done.settled[0].trace)
    made = brief(Story((first,)), NOW)
    assert facts(made)["商品"] == "面霜"
    assert facts(made)["肤质"] == "敏感皮"


def test_traces_of_older_programs_without_the_words_still_serve() -> None:
    trace = {"slots": [{"name": "category", "value": "面霜", "negated": False}, {"name": "city", "value": "杭州"}, "odd"]}
    made = brief(Story((Remark(1, "shopper", "想要面霜", NOON, trace),)), NOW)
    assert facts(made) == {"商品": "面霜"}


WORDS = st.lists(
    st.sampled_from(
        ["我是油皮", "不是油皮，是干皮", "给我妈买", "她六十岁", "预算两百以内", "要两瓶", "别给我玫瑰的", "电话13812345678", "订单202601010001",
         "碎了", "我要投诉", "如果怀孕了呢", "什么时候发货", "对酒精过敏", "[图片]", "用过珂润", "周五之前要", "你好", "，。！", "  "]
    ) | st.text(max_size=30),
    min_size=1, max_size=4,
).map("，".join)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda one: st.lists(one, max_size=3), max_leaves=6
)
TRACES = st.none() | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("slots", "entry", "items", "intent", "sentiment", "escalation", "confidence"), JSON)
)
REMARKS = st.lists(
    st.tuples(st.sampled_from(["shopper", "shopper", "bot", "guide", "system"]), WORDS, TRACES, st.booleans()), max_size=8
).map(
    lambda rows: tuple(
        Remark(n, author, words, NOON, trace, recalled=recalled)  # type: ignore[arg-type]
        for n, (author, words, trace, recalled) in enumerate(rows, 1)
    )
)


@settings(max_examples=150, deadline=None)
@given(REMARKS)
def test_whatever_was_said_the_brief_is_short_and_every_word_of_it_stands_in_the_messages_it_names(
    remarks: tuple[Remark, ...],
) -> None:
    story = Story(remarks)
    made = brief(story, NOON)
    assert len(made.lines) <= 3
    assert sum(len(one.text) for one in made.lines) <= LONGEST
    assert list(unsupported(made, story)) == []


@settings(max_examples=60, deadline=None)
@given(st.permutations(["在吗", "你好", "嗯嗯", "谢谢", "哈哈"]), st.integers(0, 5))
def test_where_courtesies_stand_changes_nothing(idle: list[str], at: int) -> None:
    words = ["我是油皮，想买面霜", "预算两百以内，要两瓶"]
    alone = brief(a_story(*words), NOW)
    mixed = [*idle[:at], words[0], *idle[at:], words[1]]
    with_idle = brief(a_story(*mixed), NOW)
    assert [one.text for one in with_idle.lines] == [one.text for one in alone.lines]
    assert facts(with_idle) == facts(alone)


def test_the_measure_itself_can_fail() -> None:
    story = a_story("我是油皮")
    invented = Brief((), (Fact("肤质", "干皮", (1,)),), "您好，今天一定赔您。")
    assert len(list(unsupported(invented, story))) == 2
    foreign = Brief((), (Fact("肤质", "油皮", (7,)),), "您好")
    assert list(unsupported(foreign, story)) == ["肤质「油皮」没有出处"]
    talk = Talk("x", (), (Expected("wants", ("退货",)),), (Expected("预算", ("两百",)),), (Expected("肤质", ("油",)),))
    tally = measured([(talk, story)])
    assert (tally.gold, tally.told, tally.trapped) == (2, 0, 1)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_scripted_talks_are_whole(split: str) -> None:
    told = talks(split)
    assert len(told) == 150
    assert len({one.id for one in told}) == 150
    assert all(3 <= len(one.messages) <= 20 and one.gold for one in told)
