"""An evening out of a seed: the same again for the same seed, natural to read, and labelled as the policy says."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import OWN, read_folder
from bot.sandbox.groups_cast import Asked, Event, Good, Material, evening, material_of, ordered, present

MATERIAL = Material(
    assistant="小禾",
    guides=("小林", "阿May"),
    questions=tuple(Asked(f"第{n}件事怎么办理", f"entry-{n}") for n in range(300)),
    goods=(Good("a", "燕麦面霜", 99.0, "瓶"), Good("b", "保湿面膜", 59.5, "盒")),
    codes=("sh-1",),
)


def by_tag(events: list[Event], *tags: str) -> list[Event]:
    return [event for event in events if event.gold is not None and event.gold.tag in tags]


def test_the_same_seed_gives_the_same_transcript_and_another_one_another() -> None:
    first = list(evening(7, 50, 20, MATERIAL))
    assert first == list(evening(7, 50, 20, MATERIAL))
    assert first != list(evening(8, 50, 20, MATERIAL))
    assert len(first) > 30


def test_a_long_evening_has_everything_that_happens_in_a_group() -> None:
    events = [event for seed in range(3) for event in evening(seed, 200, 60, MATERIAL)]
    tags = Counter(event.gold.tag for event in events if event.gold)
    assert {"ask", "same", "chat", "peer", "to_guide", "guide", "offer", "order", "edit", "private", "angry", "hurt", "newcomer",
            "hello", "spam", "picture", "leave", "recall", "unsaid"} <= tags.keys()  # fmt: skip
    actions = Counter(event.gold.action for event in events if event.gold)
    assert actions["silent"] > len(events) / 3, "most of a group is none of our business"
    assert all(actions[one] for one in ("answer", "private", "handover", "order", "welcome"))
    entries = {event.gold.entry for event in events if event.gold and event.gold.entry}
    assert entries, "some questions are the workspace's own"
    assert any(event.gold.entry is None for event in by_tag(events, "ask") if event.gold), "and some are not"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 120), st.integers(1, 40))
def test_every_evening_can_happen(seed: int, members: int, minutes: int) -> None:
    events = list(evening(seed, members, minutes, MATERIAL))
    assert [event.id for event in events] == [f"e{n}" for n in range(1, len(events) + 1)]
    assert [event.at for event in events] == sorted(event.at for event in events)
    seen: dict[str, Event] = {}
    there = {who for who, _ in present(events)}
    gone: set[str] = set()
    names: dict[str, str] = {}
    for event in events:
        gold = event.gold
        assert gold is not None
        assert names.setdefault(event.name, event.sender) == event.sender, "no two members share a name"
        if event.kind == "join":
            assert event.sender not in there
            there.add(event.sender)
        assert event.sender in there
        assert event.sender not in gone
        if event.kind == "leave":
            gone.add(event.sender)
        for other in filter(None, (event.reply_to, gold.joins)):
            assert seen[other].at <= event.at
        if event.kind == "recall":
            said = seen[event.reply_to or ""]
            assert said.sender == event.sender
            assert event.at - said.at < timedelta(minutes=2)
            assert said.gold is not None
            assert said.gold.action == "silent"
        assert (event.text != "") is (event.kind == "text")
        seen[event.id] = event


def test_a_guide_who_is_faster_silences_the_question_and_whoever_asks_the_same() -> None:
    events = [event for seed in range(6) for event in evening(seed, 150, 60, MATERIAL)]
    held = timedelta(seconds=30)
    checked = 0
    for n, event in enumerate(events):
        if event.gold is None or event.gold.tag != "guide" or event.reply_to is None:
            continue
        asked = next(one for one in reversed(events[:n]) if one.id == event.reply_to)
        if asked.gold is not None and asked.gold.tag == "ask" and not asked.at_bot:
            checked += 1
            assert (asked.gold.action == "silent") is (event.at - asked.at <= held)
    assert checked > 5


def test_the_true_ledger_is_what_was_ordered_last() -> None:
    events = list(evening(11, 200, 60, MATERIAL))
    book = ordered(events)
    assert book
    assert all(count > 0 for count in book.values())
    orders = by_tag(events, "order", "edit", "cancel")
    for name, sku in book:
        last = [event for event in orders if event.name == name][-1]
        assert last.gold is not None
        assert book[name, sku] == last.gold.count
        if "#接龙" in last.text:
            assert f"{name} {last.gold.count}" in last.text


def test_nobodys_numbers_are_real_and_private_matters_are_private() -> None:
    events = [event for seed in range(4) for event in evening(seed, 100, 60, MATERIAL)]
    private = by_tag(events, "private")
    assert private
    assert all(event.gold and event.gold.action == "private" for event in private)


@pytest.mark.parametrize(("members", "minutes"), [(3, 10), (10, 0)])
def test_what_is_no_evening_is_refused(members: int, minutes: int) -> None:
    with pytest.raises(ValueError, match="至少"):
        next(evening(1, members, minutes))


def test_the_workspaces_own_questions_and_goods_are_talked_about() -> None:
    workspace = read_folder(OWN)
    material = material_of(workspace)
    assert material.assistant == workspace.brand.persona.name
    assert len(material.questions) > 100
    private = {entry.id for entry in workspace.entries if entry.private or entry.handover}
    assert not {asked.entry for asked in material.questions} & private
    assert all(good.name and good.price > 0 and not good.name.startswith(workspace.brand.name) for good in material.goods)
    events = list(evening(5, 200, 60, material))
    assert any(event.gold and event.gold.entry for event in events)
    assert any(good.name in event.text for event in by_tag(events, "ask") for good in material.goods)
