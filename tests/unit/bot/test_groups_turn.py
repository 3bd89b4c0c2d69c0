"""A group's turn as a pure function: whatever is said and remembered, each message ends once or waits, and nobody is named who minds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bot_rooms import a_conversation, services
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.brand import Brand, Groups
from bot.db.gathered import Gathered, Member, Told
from bot.db.turns import Done, Waiting
from bot.groups import take_turn
from bot.groups.manners import manners, settings_of
from bot.groups.memory import Room, room_of, stored
from bot.groups.saying import named
from bot.model import ConversationId, InboundMessage, Pending, Session, Speech

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
WORDS = (
    "满多少包邮呀", "同问", "+1", "@小花 能退吗", "小花 别@我", "我的快递到哪了", "脸上起红疹了", "哈哈哈", "退订", "@李姐 你买了吗", "我要两箱", "加微信领红包兼职日结",
    "可以@我了", "燕麦舒缓霜多少钱", "楼上那个我也想问", "转人工", "", "？？", "@所有人 开会", "早",
)  # fmt: skip
PEOPLE = ("王女士", "李姐", "赵姐", "导购小雅")


def a_message(number: int, who: str | None, words: str, at: datetime, kind: str = "text", **payload: object) -> InboundMessage:
    return InboundMessage(number, ConversationId("g"), kind, words, payload, at, at, f"m{number}", who)


def heard(messages: Sequence[InboundMessage], session: Session, now: datetime, **gathered: Any) -> Done:
    where = a_conversation(group=True, channel="web", id=ConversationId("g"))
    members = {one: Member(one, one, f"c-{one}", hushed=one == "赵姐") for one in PEOPLE}
    here = Gathered(**{"members": members, **gathered})
    return take_turn(Waiting(where, session, tuple(messages), None, here), services(), now)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.text(max_size=6) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["memory", "heard", "held", "parts", "turns", "names", "welcome", "spoken", "id", "at", "session", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(room=st.dictionaries(st.sampled_from(["memory", "heard", "held", "parts"]), JSON))
def test_any_memory_can_be_read_and_is_written_as_json_again(room: dict[str, object]) -> None:
    read = room_of(Session(room=room))
    again = room_of(Session(room=stored(read)))
    assert (again.heard, again.held, dict(again.parts)) == (read.heard, read.held, dict(read.parts))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    said=st.lists(
        st.tuples(st.sampled_from(PEOPLE[:3]), st.sampled_from(WORDS), st.integers(1, 40), st.booleans()), min_size=1, max_size=14
    )
)
def test_each_message_ends_once_or_waits_and_everything_ends_in_time(said: list[tuple[str, str, int, bool]]) -> None:
    session, now, open_, ended = Session(), NOON, [], {}
    answers: list[int] = []

    def keep(done: Done) -> None:
        nonlocal session, open_
        session = done.session
        assert done.aside is not None
        held = {one for one, _ in done.aside.held}
        for one in done.settled:
            assert one.message not in ended
            ended[one.message] = one
        assert held | {one.message for one in done.settled} == {one.id for one in open_}
        open_ = [one for one in open_ if one.id in held]
        for speech in done.speeches:
            assert "赵姐" not in {mention.name for mention in speech.mentions}
            assert set(speech.answers) <= set(range(1, len(said) + 1))
            answers.extend(speech.answers)

    for number, (who, words, later, at_bot) in enumerate(said, 1):
        now += timedelta(seconds=later)
        open_.append(a_message(number, who, words, now, **({"at_bot": True} if at_bot else {})))
        keep(heard(open_, session, now))
    while open_:
        now += timedelta(seconds=31)
        keep(heard(open_, session, now))
    assert len(ended) == len(said)
    assert len(answers) == len(set(answers)) or max(answers.count(one) for one in set(answers)) <= 3
    spoken = [one for one in ended.values() if one.outcome == "answered" and one.trace.get("scripts")]
    assert all(one.trace["why"] or one.reason for one in spoken)


def test_a_guides_word_is_heard_once() -> None:
    told = Told(9, "k1", "g1", "满99元包邮的哦", NOON + timedelta(seconds=5))
    message = a_message(1, "王女士", "满多少包邮呀", NOON)
    first = heard([message], Session(), NOON)
    second = heard([message], first.session, NOON + timedelta(seconds=6), told=(told,))
    third = heard([message], second.session, NOON + timedelta(seconds=31))
    assert [one.outcome for done in (first, second, third) for one in done.settled] == ["silent"]
    assert room_of(second.session).heard == 9
    assert third.speeches == ()


def test_a_wish_to_be_left_alone_is_no_beginning_of_the_next_question() -> None:
    first = heard([a_message(1, "李姐", "退订", NOON)], Session(), NOON)
    assert "退订" not in str(first.session.room)
    then = NOON + timedelta(seconds=5)
    asked = heard([a_message(2, "李姐", "多久内可以退货呀", then)], first.session, then)
    assert "退订" not in str(asked.session.room)


def test_newcomers_who_are_named_by_a_notice_are_welcomed_as_well() -> None:
    first = heard([a_message(1, "系统", "小李 加入了群聊", NOON)], Session(), NOON)
    done = heard([a_message(1, "系统", "小李 加入了群聊", NOON)], first.session, NOON + timedelta(seconds=16))
    assert [one.text[:5] for one in done.speeches] == ["欢迎小李！"]


def _join(number: int) -> InboundMessage:
    return a_message(number, None, "", NOON, "member_joined", members=[{"id": f"u{number}", "name": f"新{number}"}])


def test_newcomers_wait_for_the_first_of_them_and_end_with_them() -> None:
    messages = [_join(1), _join(2), a_message(3, "王女士", "早", NOON)]
    first = heard(messages, Session(), NOON)
    assert [one.message for one in first.settled] == [3]
    both = heard(messages[:2], first.session, NOON + timedelta(seconds=16))
    assert [(one.message, one.trace["action"]) for one in both.settled] == [(1, "welcome"), (2, "welcome")]
    assert len(both.speeches) == 1
    assert all(f"新{number}" in both.speeches[0].text for number in (1, 2))
    alone = heard([_join(1)], heard([_join(1)], Session(), NOON).session, NOON + timedelta(seconds=16))
    later = NOON + timedelta(seconds=20)
    late = heard([replace(_join(4), received_at=later)], alone.session, later)
    assert [(one.message, one.outcome) for one in late.settled] == [(4, "silent")]


@pytest.mark.parametrize(
    ("own", "level", "hold"),
    [
        ({}, "careful", 30),
        ({"level": "lively"}, "lively", 30),
        ({"hold": 5}, "careful", 5),
        ({"hold": "soon", "level": "lively"}, "lively", 30),
        ({"hold": -1, "nonsense": 3}, "careful", 30),
        ({"level": ["x"], "hold": 7}, "careful", 7),
    ],
)
def test_a_groups_own_ways_go_before_the_brands_as_far_as_they_can_be_used(
    own: dict[str, object], level: str, hold: float
) -> None:
    found = settings_of(Brand(name="花间集"), own)
    assert (found.level, found.hold) == (level, hold)


def test_the_listener_is_told_every_name_once_and_minutes_as_seconds() -> None:
    brand = Brand.model_validate({"name": "花间集", "persona": {"name": "小花"}, "groups": {"names": ["花花", "小花"]}})
    told = manners(brand, brand.groups, ordering=True)
    assert told.names == ("小花", "花花")
    assert (told.guide_quiet, told.ordering) == (Groups().guide_quiet * 60, True)


def test_whoever_minds_is_left_out_of_the_names_and_the_words_stand_for_themselves() -> None:
    hushed, other = Member("u1", "赵姐", hushed=True), Member("u2", "李姐")
    assert named(Speech("满99包邮。"), [hushed]).text == "满99包邮。"
    both = named(Speech("满99包邮。"), [hushed, other])
    assert (both.text, [one.id for one in both.mentions]) == ("@李姐 满99包邮。", ["u2"])


def test_the_memory_of_those_who_were_answered_is_short_and_small() -> None:
    room = Room()
    for n in range(40):
        room = room.with_part(f"u{n}", Session(misses=1), NOON + timedelta(seconds=n))
    assert len(room.parts) == 20
    assert room.part("u39", NOON + timedelta(minutes=9)).misses == 1
    assert room.part("u39", NOON + timedelta(minutes=11)) == Session()
    asked = room.with_part("u1", replace(Session(), pending=Pending("skin_type", ())), NOON)
    assert asked.asked("u1", NOON + timedelta(minutes=2))
    assert not asked.asked("u1", NOON + timedelta(minutes=4))
    assert asked.spoken_to("u1", NOON + timedelta(minutes=4))
    assert not asked.spoken_to("nobody", NOON)
