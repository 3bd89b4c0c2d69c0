"""What holds in every group: each remark is decided once, memory survives JSON, and steps of any size come to the same."""

from collections.abc import Sequence

import orjson
from groups_room import BEGUN, LISTENER, heard, meant, said
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.groups import Manners, Memory, Remark
from intents.groups.turns import KEPT

_TEXTS = (
    "婴儿车包邮吗", "奶粉保质期多久", "同问", "我也想问", "+1", "今天好累", "哈哈哈", "[图片]", "谢谢", "凝珠两盒", "我的快递到哪了", "用了脸上起红疹", "@小花 在吗",
    "@所有人 清仓", "全国包邮哦", "那个", "", '"小米"通过扫描二维码加入群聊', "？？", "小林 有货吗",
)  # fmt: skip
_SENDERS = ("甲", "乙", "丙", "导购小林", "系统")
_LINES = st.lists(
    st.tuples(st.sampled_from(_SENDERS), st.sampled_from(_TEXTS) | st.text(max_size=12), st.floats(0, 50), st.booleans()),
    min_size=1,
    max_size=16,
)


def _talk(lines: Sequence[tuple[str, str, float, bool]]) -> list[Remark]:
    found, at = [], 0.0
    for number, (sender, text, gap, quotes) in enumerate(lines, 1):
        at += round(gap, 1)
        found.append(said(number, sender, text, at, reply_to=str(number - 1) if quotes else None))
    return found


@settings(max_examples=30, deadline=None)
@given(_LINES)
def test_every_remark_is_decided_exactly_once(lines: list[tuple[str, str, float, bool]]) -> None:
    remarks = _talk(lines)
    told = heard(remarks)
    assert set(told) == {one.id for one in remarks}
    senders = {one.sender for one in remarks}
    for one in told.values():
        assert one.why
        assert 0 < one.confidence < 1
        assert (one.action == "silent") == (one.to == ())
        assert one.action == "welcome" or set(one.to) <= senders
        assert one.joins is None or int(one.joins) < int(one.message)


@settings(max_examples=20, deadline=None)
@given(_LINES)
def test_one_by_one_or_all_at_once_is_the_same(lines: list[tuple[str, str, float, bool]]) -> None:
    remarks = _talk(lines)
    assert heard(remarks) == heard(remarks, alone=False)


@settings(max_examples=20, deadline=None)
@given(_LINES)
def test_memory_survives_json_and_stays_small(lines: list[tuple[str, str, float, bool]]) -> None:
    remarks = _talk(lines)
    known, plain, kept = meant(remarks), Memory(), Memory()
    for one in remarks:
        first = LISTENER.listen(plain, [one], one.at, Manners(), known)
        second = LISTENER.listen(kept, [one], one.at, Manners(), known)
        assert (first.decided, first.wake) == (second.decided, second.wake)
        plain, kept = first.memory, Memory(orjson.loads(orjson.dumps(second.memory.state)))
    turns = plain.state.get("turns", [])
    assert isinstance(turns, list)
    assert len(turns) <= KEPT


@settings(max_examples=15, deadline=None)
@given(st.permutations(["甲", "乙", "丙"]), st.floats(0, 5))
def test_the_order_of_independent_senders_changes_nothing(order: list[str], gap: float) -> None:
    said_by = {"甲": "婴儿车包邮吗", "乙": "奶粉保质期多久", "丙": "我的快递到哪了"}
    remarks = [said(number, sender, said_by[sender], gap * number) for number, sender in enumerate(order, 1)]
    told = heard(remarks)
    found = {one.sender: (told[one.id].action, told[one.id].to) for one in remarks}
    assert found == {"甲": ("answer", ("甲",)), "乙": ("answer", ("乙",)), "丙": ("private", ("丙",))}


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.floats(0.5, 6))
def test_splitting_a_question_leaves_one_answer_to_one_person(cut: int, gap: float) -> None:
    whole = "婴儿车到底包邮吗"
    remarks = [said(1, "甲", whole[:cut], 0), said(2, "甲", whole[cut:], gap)]
    told = [one for one in heard(remarks).values() if one.action == "answer" and one.leads]
    assert len(told) == 1
    assert told[0].to == ("甲",)
    assert told[0].asks.replace(" ", "") == whole


def test_talk_of_days_ago_is_forgotten() -> None:
    remarks = [said(number, "甲", "今天好累", 4000.0 * number) for number in range(1, 30)]
    memory = Memory()
    for one in remarks:
        memory = LISTENER.listen(memory, [one], one.at, Manners(), meant([one])).memory
    turns = memory.state["turns"]
    assert isinstance(turns, list)
    assert len(turns) <= 3
    assert memory.state["clock"] == remarks[-1].at.timestamp() > BEGUN.timestamp()
