"""How a group does: counted by hand on small talks, and read from a real database under the eyes of who may see it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import group_settings, health
from bot.db.health import BY, Line, Room, questions
from bot.db.scoped import scoped
from bot.db.users import User
from bot.errors import BadRequestError

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 20, 12, 0, tzinfo=ZONE)
SINCE = NOON.date() - timedelta(days=6)


def said(n: int, minute: float, sender: str = "a", words: str = "能寄海南吗", **more: object) -> Line:
    fields = {"inbox": n, "thread": str(n), **more}
    return Line(n, NOON - timedelta(hours=2) + timedelta(minutes=minute), "shopper", sender, words, **fields)  # type: ignore[arg-type]


def told(n: int, minute: float, author: str = "bot", answers: tuple[int, ...] = ()) -> Line:
    return Line(n, NOON - timedelta(hours=2) + timedelta(minutes=minute), author, None, "可以的", answers=answers)


def by(*lines: Line) -> list[str | None]:
    return [one.by for one in questions(lines)]


class TestWhoAnswers:
    def test_the_assistant_answers_what_its_message_names(self) -> None:
        assert by(said(1, 0), said(2, 1, "b", thread="2"), told(3, 2, answers=(2,))) == [None, "assistant"]

    def test_a_guide_answers_the_last_open_question_within_ten_minutes_and_one_with_each_message(self) -> None:
        two = [said(1, 0), said(2, 1, "b")]
        assert by(*two, told(3, 2, "guide")) == [None, "guide"]
        assert by(*two, told(3, 2, "guide"), told(4, 3, "guide")) == ["guide", "guide"]
        assert by(said(1, 0), told(2, 11, "guide")) == [None]

    def test_a_member_answers_in_the_thread_of_the_question_and_not_by_asking(self) -> None:
        assert by(said(1, 0), said(2, 1, "b", "我上次寄过，三天到", thread="1")) == ["member"]
        assert by(said(1, 0), said(2, 1, "b", "天真热", thread="2")) == [None]
        assert by(said(1, 0), said(2, 1, "a", "急", thread="1")) == [None]

    def test_the_first_answer_counts_and_nothing_after_half_an_hour(self) -> None:
        assert by(said(1, 0), told(2, 1, "guide"), told(3, 2, answers=(1,))) == ["guide"]
        assert by(said(1, 0), told(2, 31, answers=(1,))) == [None]

    def test_who_asks_the_same_and_pieces_of_a_question_count_once(self) -> None:
        assert len(by(said(1, 0), said(2, 1, "b", "同问", joins="1", thread="1"))) == 1
        assert len(by(said(1, 0), said(2, 0.5, "a", "大概几天呀", thread="1"))) == 1
        assert len(by(said(1, 0), said(2, 0.5, "a", "奶瓶还有吗", thread="2"))) == 2

    @pytest.mark.parametrize("words", ["哈哈", "三箱", "谢谢小花", "今天真冷", "我要两箱"])
    def test_remarks_are_no_questions(self, words: str) -> None:
        assert by(said(1, 0, words=words)) == []

    @pytest.mark.parametrize("words", ["能寄海南吗", "这个怎么用", "多少钱", "还有货没", "有没有人知道几点关门", "在吗？"])
    def test_questions_are_heard_by_their_words(self, words: str) -> None:
        assert by(said(1, 0, words=words)) == [None]

    def test_what_the_assistant_took_on_is_a_question_and_what_the_guard_reported_is_none(self) -> None:
        assert by(said(1, 0, words="奶瓶的事", action="answer")) == [None]
        assert by(said(1, 0, words="刷单吗", alarm=True)) == []


class TestCounting:
    def test_a_small_day(self) -> None:
        lines = [said(1, 0), told(2, 3, answers=(1,)), said(3, 10, "b", "早"), said(4, 20, "b", "还有货吗"), told(5, 26, "guide")]
        found = health.health(lines, SINCE, NOON)
        assert (found.speakers, found.said, found.assistant, found.guides) == (2, 3, 1, 1)
        assert found.by == {"assistant": 1, "guide": 1, "member": 0, "nobody": 0}
        assert found.minutes == 4.5
        assert found.share == 0.2
        assert len(found.days) == 7
        assert (found.days[-1].speakers, found.days[-1].said, found.days[-1].by["guide"]) == (2, 3, 1)
        assert found.hours[10] == 3
        assert sum(found.hours) == 3

    def test_an_open_question_is_not_judged_and_an_old_one_was_answered_by_nobody(self) -> None:
        assert health.health([said(1, 100)], SINCE, NOON).questions == 0
        assert health.health([said(1, 80)], SINCE, NOON).by["nobody"] == 1

    def test_days_and_hours_are_the_brands(self) -> None:
        late = Line(1, datetime(2026, 5, 19, 16, 30, tzinfo=UTC), "shopper", "a", "晚")
        found = health.health([late], SINCE, NOON)
        assert found.days[-1].said == 1
        assert found.hours[0] == 1

    def test_nothing_said_is_a_row_of_zeros(self) -> None:
        found = health.health([], SINCE, NOON)
        assert (found.questions, found.minutes, found.share) == (0, None, 0.0)
        assert all(one.said == 0 and set(one.by) == set(BY) for one in found.days)

    @given(
        st.lists(
            st.tuples(st.integers(0, 600), st.sampled_from("abc"), st.sampled_from(["吗", "好", "几点"]), st.sampled_from(["shopper", "bot", "guide"])),
            max_size=40,
        )
    )  # fmt: skip
    def test_the_days_add_up_to_the_whole(self, talk: list[tuple[int, str, str, str]]) -> None:
        lines = [
            Line(n, NOON - timedelta(minutes=700 - at), author, who, words, inbox=n, answers=(n - 1,), thread="t")
            for n, (at, who, words, author) in enumerate(sorted(talk))
        ]
        found = health.health(lines, SINCE, NOON)
        assert sum(one.said for one in found.days) == found.said
        assert {one: sum(day.by[one] for day in found.days) for one in BY} == found.by
        assert found.questions <= found.said


@pytest.mark.parametrize(
    ("members", "speakers", "silent", "alarmed"),
    [(200, 5, 0, True), (200, 6, 0, False), (10, 0, 0, False), (200, 50, 4, True), (200, 50, 2, False)],
)
def test_a_group_is_pointed_out_where_few_speak_or_nobody(members: int, speakers: int, silent: int, alarmed: bool) -> None:
    room = Room("v1", "web", "bot", "群", None, None, {}, "", NOON - timedelta(days=silent, minutes=1), members)
    assert (health.alarm(room, speakers, NOON) is not None) is alarmed


ADMIN = User("boss", "admin", None, None, must_change=False)
LEAD = User("lead", "lead", "g1", "s1", must_change=False)


async def furnish(engine: AsyncEngine) -> None:
    """A group of each store, with a question that the assistant answered."""
    async with engine.begin() as connection:
        for store in ("s1", "s2"):
            for query in (
                "insert into customers (id, channel, account, external, store, name) values (:c, 'web', '', :v, :store, :v)",
                "insert into conversations (id, channel, account, peer, external, customer_id, is_group) values (:v, 'web', '', '', :v, :c, true)",
                "insert into members (conversation_id, id, name) values (:v, 'm1', '豆豆妈'), (:v, 'm2', '果妈')",
                "insert into members (conversation_id, id, name, left_at) values (:v, 'm3', '走了', now())",
                (
                    "insert into inbox (channel, account, platform_id, conversation_id, sender, kind, text, sent_at, state, outcome, trace) values "
                    "('web', '', :v, :v, 'm1', 'text', '能寄吗', :at, 'settled', 'answered', "
                    'cast(\'{"action": "answer", "thread": "1"}\' as jsonb))'
                ),
                (
                    "insert into messages (conversation_id, author, sender, text, at, inbox_id) "
                    "select :v, 'shopper', 'm1', '能寄吗', :at, id from inbox where conversation_id = :v"
                ),
                (
                    "insert into messages (conversation_id, author, text, at, msgid, body) select :v, 'bot', '能', cast(:at as timestamptz) + interval '40 seconds', :v, "
                    "jsonb_build_object('answers', jsonb_build_array(id)) from inbox where conversation_id = :v"
                ),
            ):
                values = {"c": f"c-{store}", "v": f"v-{store}", "store": store, "at": NOON - timedelta(hours=1)}
                await connection.execute(text(query), {name: one for name, one in values.items() if f":{name}" in query})


async def test_what_the_database_holds_is_counted(engine: AsyncEngine) -> None:
    await furnish(engine)
    async with scoped(engine, ADMIN) as connection:
        found = await health.rooms(connection)
        lines = await health.lines(connection, [one.id for one in found], NOON - timedelta(days=7))
    assert [(one.name, one.store, one.members) for one in found] == [("v-s1", "s1", 2), ("v-s2", "s2", 2)]
    figures = health.health(lines["v-s1"], SINCE, NOON)
    assert figures.by["assistant"] == 1
    assert figures.minutes == 0.7


async def test_a_lead_sees_the_groups_of_the_own_store_and_their_words_alone(engine: AsyncEngine) -> None:
    await furnish(engine)
    async with scoped(engine, LEAD) as connection:
        assert [one.id for one in await health.rooms(connection)] == ["v-s1"]
        assert await health.rooms(connection, one="v-s2") == []
        assert (await health.lines(connection, ["v-s2"], NOON - timedelta(days=7)))["v-s2"] == []


async def test_settings_are_changed_by_who_saw_them_and_nobody_else(engine: AsyncEngine) -> None:
    await furnish(engine)
    first: dict[str, object] = {"level": "lively", "hold": 5}
    async with scoped(engine, LEAD) as connection:
        version = await group_settings.change(connection, LEAD, ("v-s1", ""), "g1", first, NOON)
    with pytest.raises(BadRequestError) as refused:
        async with scoped(engine, ADMIN) as connection:
            await group_settings.change(connection, ADMIN, ("v-s1", ""), None, {"level": "at_only"}, NOON)
    assert refused.value.status == 409
    async with scoped(engine, ADMIN) as connection:
        (room,) = await health.rooms(connection, one="v-s1")
        assert (room.guide, room.settings) == ("g1", {"level": "lively", "hold": 5})
        assert room.version == version
        await group_settings.change(connection, ADMIN, ("v-s1", room.version), None, {"hold": None, "rules": "守规矩"}, NOON)
    async with engine.connect() as connection:
        (row,) = (await connection.execute(text("select guide, settings from groups"))).all()
        deeds = (await connection.execute(text("select actor, action, subject, details from audit order by id"))).all()
    assert (row.guide, row.settings) == (None, {"level": "lively", "rules": "守规矩"})
    assert [(one.actor, one.action, one.subject) for one in deeds] == [
        ("lead", "group.settings", "v-s1"),
        ("boss", "group.settings", "v-s1"),
    ]
    assert deeds[1].details == {"hold": None, "rules": "守规矩", "guide": None}
