"""The judge of the simulated evening must be able to fail; and a group's settings are never another group's."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.attending import MEMBER_JOINED
from bot.bench.evening_oracle import CHECKS, Books, Heard, Place, Said, judge, sound
from bot.bench.evening_people import Crowd, Group, arrival, founders, groups
from bot.bench.evening_slips import SLIPS
from bot.bench.evening_table import ours, slope, when_named
from bot.bench.evening_time import SetClock, VirtualQueue
from bot.brand import Brand, Groups, Guide, Staff
from bot.db import turns
from bot.groups.manners import manners, settings_of
from bot.motion.connection import Client
from bot.sandbox.groups_material import Material
from bot.sandbox.groups_model import Gold

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
HERE = Place("g1", "璟瓒翀", {"a": "朵朵妈璟瓒翀", "b": "王姐璟瓒翀", "guide": "导购小林"}, "careful", 30.0, 2)
THERE = Place("g2", "昶珏燊", {"c": "朵朵妈昶珏燊"})


def _heard(number: int, sender: str, at: float, said: str, gold: Gold, **more: object) -> Heard:
    return replace(Heard(number, "g1", sender, at, said, gold=gold), **more)  # type: ignore[arg-type]


def _evening() -> Books:
    """Two ask the same and are answered together, one goes private, one has named the assistant, one was faster: a guide."""
    asked = Gold("ask", "answer", thread="e1")
    own = Gold("private", "private", thread="e3")
    heard = [
        _heard(1, "a", 0, "婴儿车寄不寄海南", asked, action="answer", outcome="answered"),
        _heard(2, "b", 5, "同问", replace(asked, tag="same", joins="e1"), action="answer", outcome="answered"),
        _heard(3, "b", 60, "我电话13612345678，看看积分", own, action="private", outcome="answered"),
        _heard(4, "a", 90, "@小花 几点关门", Gold("ask", "answer", thread="e4"), action="answer", outcome="answered",
               spoken_to=True, named=True),
        _heard(5, "a", 500, "有小样没", Gold("ask", "silent", thread="e5")),
        _heard(6, "guide", 510, "有的", Gold("guide", "silent", thread="e5"), guide=True),
        Heard(7, "w1", "", 61, "我电话13612345678，看看积分", outcome="answered"),
    ]  # fmt: skip
    names = (("a", HERE.members["a"]), ("b", HERE.members["b"]))
    said = [
        Said(1, "g1", "@朵朵妈璟瓒翀 @王姐璟瓒翀 寄的", 30, mentions=names, answers=(1, 2)),
        Said(2, "g1", "这个私下和您说", 60, answers=(3,), script="room_private"),
        Said(3, "w1", "尾号13612345678的积分是 20", 62, member="b", answers=(7,)),
        Said(4, "g1", "@朵朵妈璟瓒翀 十点", 91, mentions=names[:1], answers=(4,)),
        Said(5, "g1", "接龙：王姐璟瓒翀 2盒", 300, order=True),
    ]
    return Books({"g1": HERE, "g2": THERE}, heard, said, {("g1", "e5"): 510.0})


def _with_heard(number: int, **more: object) -> Callable[[Books], Books]:
    return lambda books: replace(books, heard=[replace(one, **more) if one.id == number else one for one in books.heard])  # type: ignore[arg-type]


def _with_said(number: int, **more: object) -> Callable[[Books], Books]:
    return lambda books: replace(books, said=[replace(one, **more) if one.id == number else one for one in books.said])  # type: ignore[arg-type]


def _also_said(*more: Said) -> Callable[[Books], Books]:
    return lambda books: replace(books, said=[*books.said, *more])


def _thrice(books: Books) -> Books:
    """Three unasked answers where two an hour are allowed."""
    gold = Gold("ask", "answer", thread="e8")
    more = [_heard(n, "a", 300 + n, "还有吗", replace(gold, thread=f"e{n}"), action="answer") for n in (8, 9, 10)]
    said = [Said(n, "g1", "有", 400 + n, answers=(n,)) for n in (8, 9, 10)]
    return replace(books, heard=[*books.heard, *more], said=[*books.said, *said])


MUTANTS: Sequence[tuple[str, Callable[[Books], Books]]] = [
    ("every message ended exactly once", _with_heard(5, state="new", outcome=None)),
    ("every message ended exactly once", _with_heard(5, told=0)),
    ("every message ended exactly once", _with_heard(5, told=2)),
    ("every word of ours left once", _with_said(4, state="pending", told=0)),
    ("every word of ours left once", _with_said(4, told=2)),
    ("every word of ours left once", _also_said(Said(9, "g1", "十点", 150, answers=(4,)))),
    ("budget of each group", _thrice),
    ("budget of each group", lambda books: replace(books, places={**books.places, "g1": replace(HERE, level="at_only")})),
    ("unasked answers wait for a guide", _with_said(1, at=20)),
    ("unasked answers wait for a guide", lambda books: replace(books, places={**books.places, "g1": replace(HERE, hold=60.0)})),
    ("nobody is taken to have named it", _with_heard(5, named=True)),
    ("no cross-talk", _with_said(4, text="@朵朵妈昶珏燊 十点")),
    ("no cross-talk", _with_said(3, text="朵朵妈昶珏燊问过一样的")),
    ("no cross-talk", _with_said(4, mentions=(("c", "朵朵妈昶珏燊"),))),
    ("no cross-talk", _with_said(4, answers=(7,))),
    ("no cross-talk", _with_said(3, member="nobody")),
    ("only who asked is named", _with_said(4, mentions=(("guide", "导购小林"),))),
    ("only who asked is named", _with_said(5, mentions=(("b", HERE.members["b"]),), at=2)),
    ("no private number aloud", _with_said(2, text="13612345678 的积分私下说")),
    ("no private number aloud", _with_said(3, member="a")),
    ("nothing private answered aloud", lambda books: _with_said(2, script="")(_with_heard(3, action="answer")(books))),
    ("a talk alone names nobody else", _with_said(3, text="您和朵朵妈璟瓒翀一样")),
    ("no error in the program", lambda books: replace(books, faults=("turn.failed",))),
]
BLUNDERS: Sequence[tuple[str, Callable[[Books], Books]]] = [
    (
        "a question thread answered twice",
        lambda books: _also_said(Said(9, "g1", "寄的", 90, answers=(2,)))(_with_said(1, answers=(1,))(books)),
    ),
    (
        "answered after a guide had",
        lambda books: _also_said(Said(9, "g1", "有", 531, answers=(5,)))(_with_heard(5, action="answer")(books)),
    ),
    ("wrong person named", _with_said(4, mentions=(("b", HERE.members["b"]),))),
]


def test_an_evening_on_which_all_went_well_breaks_no_rule() -> None:
    books = _evening()
    assert sound(judge(books))
    assert sound(judge(books, SLIPS))


@pytest.mark.parametrize(("rule", "mutant"), MUTANTS)
def test_each_breach_is_found(rule: str, mutant: Callable[[Books], Books]) -> None:
    assert judge(mutant(_evening()))[rule]


@pytest.mark.parametrize(("slip", "blunder"), BLUNDERS)
def test_each_slip_is_counted(slip: str, blunder: Callable[[Books], Books]) -> None:
    assert judge(blunder(_evening()), SLIPS)[slip]


def test_every_rule_has_a_mutant() -> None:
    assert {rule for rule, _ in MUTANTS} == CHECKS.keys()
    assert {slip for slip, _ in BLUNDERS} == SLIPS.keys()


def test_who_answers_only_when_named_misses_the_others_and_answers_own_matters_aloud() -> None:
    books = _with_heard(3, spoken_to=True)(_evening())
    rival = when_named(books)
    assert (rival.answered, rival.questions, rival.aloud, rival.words) == (1, 2, 1, 2)


def test_a_question_that_the_groups_limit_kept_back_is_told_apart_from_one_that_was_missed() -> None:
    missed = _with_heard(4, spoken_to=False, named=False)(_evening())
    silent = replace(missed, said=[one for one in missed.said if one.id != 4])
    assert (ours(silent).answered, ours(silent).limited) == (1, 0)
    tight = replace(silent, places={**silent.places, "g1": replace(HERE, per_hour=1)})
    assert (ours(tight).answered, ours(tight).limited) == (1, 1)


def test_growth_is_told_in_ten_minutes_after_the_first_ten() -> None:
    assert slope([(0, 100), (10, 300), (20, 302), (30, 304)]) == pytest.approx(2.0)
    assert slope([(0, 100), (10, 300)]) == 0.0


# the crowd


def _groups(count: int) -> list[Group]:
    staff = Staff(guides={"g1": Guide(id="g1", name="小林", store="s1"), "g2": Guide(id="g2", name="小雅", store="s2")})
    return groups(count, Crowd(3, 30, 6, Material(), staff))


def test_names_of_a_group_stand_in_no_other() -> None:
    found = _groups(12)
    for one in found:
        members = [name for who, name in one.members.items() if not name.startswith("导购")]
        assert all(name.endswith(one.mark) for name in members)
        others = {other.mark for other in found} - {one.mark}
        assert not [event for event in one.events for mark in others if mark in event.text + event.name]
    assert len({who for one in found for who in one.members}) == sum(len(one.members) for one in found)


def test_whoever_is_written_to_by_name_is_somebody_of_the_group() -> None:
    for one in _groups(6):
        for event in one.events:
            for word in event.text.split("@")[1:]:
                assert event.at_bot or word.split()[0].endswith((one.mark, "小花")) or word.startswith("导购")


def test_events_arrive_as_a_channel_tells_them() -> None:
    for one in _groups(6):
        seen = {arrival(one, event, NOON, "ours").platform_id for event in one.events}
        assert len(seen) == len(one.events)
        for event in one.events:
            told = arrival(one, event, NOON, "ours")
            assert told.conversation == one.room
            assert told.sender == one.member(event)
            assert told.sent_at == NOON + event.at
            if event.kind == "recall":
                assert told.recalls in seen
                assert told.settled is not None
            elif event.kind == "join":
                assert told.kind == MEMBER_JOINED
                assert told.role == "event"
        assert founders(one, NOON).settled is not None


# virtual time


async def test_a_delay_passes_on_virtual_time_alone(client: Client) -> None:
    clock = SetClock(NOON)
    queue = VirtualQueue(client, "turn", clock)
    await queue.wake(["g1", "g2"], [timedelta(seconds=30), timedelta()])
    assert [one.member for one in await queue.ripe(10, timedelta(seconds=10))] == ["g2"]
    clock.moment += timedelta(seconds=30)
    taken = await queue.ripe(10, timedelta(seconds=10))
    assert [one.member for one in taken] == ["g1"]
    await queue.postpone(taken, timedelta(seconds=5))
    assert not await queue.ripe(10, timedelta(seconds=10))
    assert queue.waiting == 1
    clock.moment += timedelta(seconds=5)
    assert [one.member for one in await queue.ripe(10, timedelta(seconds=10))] == ["g1"]


# ten thousand groups (万店)

_OWN = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["at_only", "careful", "lively"]),
        "hold": st.floats(0, 600, allow_nan=False),
        "per_hour": st.integers(0, 1000),
        "guide_quiet": st.floats(0, 60, allow_nan=False),
        "names": st.lists(st.text("花果草木", min_size=1, max_size=3), max_size=2),
        "quiet_hours": st.just("21:00-09:00"),
    },
)


def _drawn(number: int) -> dict[str, object]:
    dice = random.Random(number)
    told: dict[str, object] = {"per_hour": number % 1001, "hold": float(number % 601), "names": [f"助手{number}"]}
    return {name: value for name, value in told.items() if dice.random() < 0.7}


@settings(max_examples=100)
@given(st.lists(_OWN, min_size=2, max_size=20))
def test_a_group_lives_by_its_own_settings_and_the_brands(own: list[dict[str, object]]) -> None:
    brand = Brand()
    before = brand.groups.model_dump()
    for told in own * 2:  # a second time: what came between must have left nothing behind
        expected = Groups.model_validate({**before, **told})
        assert settings_of(brand, told) == expected
        found = manners(brand, settings_of(brand, told))
        assert (found.level, found.hold, found.per_hour) == (expected.level, expected.hold, expected.per_hour)
        assert found.names == tuple(dict.fromkeys((brand.persona.name, *expected.names)))
    assert brand.groups.model_dump() == before


def test_ten_thousand_groups_share_no_setting() -> None:
    brand = Brand()
    found = {number: settings_of(brand, _drawn(number)) for number in range(10_000)}
    order = list(found)
    random.Random(7).shuffle(order)
    for number in order:
        own = _drawn(number)
        assert found[number].per_hour == own.get("per_hour", brand.groups.per_hour)
        assert found[number].hold == own.get("hold", brand.groups.hold)
        assert found[number].names == tuple(own.get("names", brand.groups.names))  # type: ignore[arg-type]


_MANY = text(
    """
    with people as (
        insert into customers (id, channel, account, external)
        select 'c' || n, 'web', '', 'g' || n from generate_series(0, :most) as n
    ), talks as (
        insert into conversations (id, channel, account, peer, external, customer_id, is_group)
        select 'g' || n, 'web', '', '', 'g' || n, 'c' || n, true from generate_series(0, :most) as n
    ), memory as (
        insert into sessions (conversation_id) select 'g' || n from generate_series(0, :most) as n
    ), there as (
        insert into members (conversation_id, id, name)
        select 'g' || n, 'm', '成员' || n from generate_series(0, :most) as n
    ), how as (
        insert into groups (conversation_id, guide, settings)
        select 'g' || n, 'guide' || n, jsonb_build_object('per_hour', n % 1001) from generate_series(0, :most) as n
        where n % 3 <> 0
    )
    insert into inbox (channel, account, platform_id, conversation_id, sender, kind, text, payload, sent_at, received_at)
    select 'web', '', 'p' || n, 'g' || n, 'm', 'text', '在吗' || n, '{}', :now, :now from generate_series(0, :most) as n
    """
)


async def test_of_ten_thousand_groups_a_turn_loads_each_with_its_own_people_and_settings(engine: AsyncEngine) -> None:
    most = 9_999
    async with engine.begin() as connection:
        await connection.execute(_MANY, {"most": most, "now": NOON})
    rooms = [f"g{number}" for number in range(most + 1)]
    random.Random(7).shuffle(rooms)
    seen = 0
    for begin in range(0, len(rooms), 500):
        for one in await turns.load(engine, rooms[begin : begin + 500], NOON):
            number, here = int(one.conversation.id[1:]), one.gathered
            assert here is not None
            assert [message.text for message in one.messages] == [f"在吗{number}"]
            assert {who: member.name for who, member in here.members.items()} == {"m": f"成员{number}"}
            own = {"per_hour": number % 1001} if number % 3 else {}
            assert (dict(here.settings), here.guide) == (own, f"guide{number}" if number % 3 else None)
            seen += 1
    assert seen == most + 1


async def test_who_spoke_a_while_ago_is_known_by_name_as_well(engine: AsyncEngine) -> None:
    """An evening named somebody by their id who had asked the same in an earlier turn."""
    memory = '{"room": {"memory": {"turns": [{"id": "1", "by": "earlier", "at": 0}, {"id": "2", "by": 3}, "?"]}}}'
    async with engine.begin() as connection:
        await connection.execute(_MANY, {"most": 1, "now": NOON})
        await connection.execute(text("insert into members (conversation_id, id, name) values ('g0', 'earlier', '王女士')"))
        await connection.execute(text("insert into members (conversation_id, id, name) values ('g1', 'earlier', '别的王女士')"))
        values = {"id": "g0", "data": memory}
        await connection.execute(text("update sessions set data = cast(:data as jsonb) where conversation_id = :id"), values)
    found = {one.conversation.id: one.gathered for one in await turns.load(engine, ["g0", "g1"], NOON)}
    names = {room: {who: one.name for who, one in here.members.items()} for room, here in found.items() if here is not None}
    assert names == {"g0": {"m": "成员0", "earlier": "王女士"}, "g1": {"m": "成员1"}}
