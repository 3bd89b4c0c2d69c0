"""Whoever asks to be forgotten leaves no word behind, in no table and in no log, and is a stranger from then on."""

import asyncio
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from bot_rooms import services
from facts_rig import NOON, accept, an_arrival, answered, conversation, done, finish, inbox, outbox, rows, take, told, waiting
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import outgoing, room_people, rooms, turns
from bot.db.erasure import ERASED
from bot.db.outgoing import Sent
from bot.db.turns import Done, Kept, Settled
from bot.ids import customer_id
from bot.model import Arrival, Card, ConversationId, Customer, Evidence, Handover, Pending, Session, Speech
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.services import FixedShelf
from bot.turn import take_turn
from bot.worker import Worker

AT_WORK = ("石榴待办", "芦苇备注", "柿子提醒", "葡萄纠错", "蜜蜡评价", "砚台缘由", "桂花专属", "丁香建议")
"""What people at work write of a shopper."""
MARKS = ("紫藤湖", "qz7731", "赭石猫", "麒麟袋", "浮桥信", "乌木笛", "白鹭签", "青盐罐", "落霞镜", "铁观鱼", *AT_WORK)
"""Words that nobody else says: one for each place where something of a shopper may lie."""
_COLUMNS = """
    select c.table_name, c.column_name from information_schema.columns c
        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2
"""


async def traces(engine: AsyncEngine, words: Sequence[str] = MARKS) -> list[tuple[str, str, str]]:
    """(table, column, word) wherever one of the words stands: every column of every table, read as text."""
    columns: dict[str, list[str]] = {}
    for row in await rows(engine, _COLUMNS):
        columns.setdefault(row["table_name"], []).append(row["column_name"])
    found = []
    for table, names in columns.items():
        seen = ", ".join(f"""string_agg(cast("{name}" as text), ' ') as "{name}\"""" for name in names)
        (said,) = await rows(engine, f'select {seen} from "{table}"')
        found += [(table, name, word) for name in names for word in words if word in (said[name] or "")]
    return found


async def planted(engine: AsyncEngine, external: str = "wm1") -> None:
    """A shopper of whom something lies wherever anything may lie."""
    await accept(
        engine,
        an_arrival("m1", "我住紫藤湖", external, payload={"text": {"content": "我住紫藤湖"}, "sign": "qz7731"}),
        an_arrival("m2", "赭石猫能吃吗", external),
    )
    evidence = (Evidence("concern", "麒麟袋", 0.9, NOON, "inbox:1"), Evidence("birth", "2026-01", 0.9, NOON, "inbox:1"))
    memory = Session(matter="浮桥信呢", wish={"slots": [{"name": "concern", "value": "浮桥信"}]}, pending=Pending("浮桥信"))
    speech = Speech("赭石猫的事我记下了", cards=(Card("乌木笛", text="给紫藤湖"),), trace={"slots": ["乌木笛"]})
    one = await waiting(engine, external)
    turn = replace(
        done(one, speech, evidence=evidence, handover=Handover("白鹭签", brief={"told": "白鹭签"})),
        session=replace(memory, version=one.session.version),
    )
    settled = tuple(replace(each, reason="青盐罐", trace={"slots": [{"value": "青盐罐"}]}) for each in turn.settled)
    assert (await turns.commit(engine, [replace(turn, settled=settled)], NOON)).kept
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "update customers set name = '落霞镜', unionid = 'u-落霞镜', level = 'gold', store = 'sh', owned = '{p1,铁观鱼}', "
                'profile = \'{"city": "落霞镜"}\' where external = :external'
            ),
            {"external": external},
        )
        await connection.execute(
            text(
                "insert into events (customer_id, sku, kind, at, source, key) select id, '铁观鱼', 'buy', :now, 'api', 'k1' "
                "from customers where external = :external"
            ),
            {"external": external, "now": NOON},
        )
        await connection.execute(text("update conversations set owner = 'bot'"))
        for step in _AT_WORK:
            await connection.execute(text(step), {"external": external} if ":external" in step else {})


_OF = "from conversations where external = :external"
_AT_WORK = (
    "update customers set guide = '桂花专属' where external = :external",
    "update handovers set why = '{\"said\": \"砚台缘由\"}', skill = '砚台缘由', rating_words = '蜜蜡评价', kind = 'reaction'",
    f"insert into notes (conversation_id, author, text) select id, 'g1', '芦苇备注' {_OF}",
    f"insert into tasks (conversation_id, text, due_at, author) select id, '石榴待办', now(), 'g1' {_OF}",
    f"insert into tasks (customer_id, text, due_at, author) select customer_id, '石榴待办', now(), 'g1' {_OF}",
    f"insert into alerts (key, kind, conversation_id, text) select id, 'take', id, '柿子提醒' {_OF}",
    (
        f"insert into corrections (conversation_id, question, wrong, kind, reply, author) "
        f"select id, '葡萄纠错', '葡萄纠错', 'reply', '葡萄纠错', 'g1' {_OF}"
    ),
    (
        f"insert into outbox (msgid, conversation_id, author, epoch, speech, state) "
        f"select 'offered', id, 'bot', 0, '{{\"text\": \"丁香建议\"}}', 'offered' {_OF}"
    ),
)


async def forget(engine: AsyncEngine, external: str = "wm1", at: Any = NOON) -> Kept:
    """The shopper says so, and the turn that hears it is kept."""
    await accept(engine, an_arrival(f"erase-{external}", "忘了我吧 紫藤湖", external), at=at)
    return await turns.commit(engine, [take_turn(await waiting(engine, external), services(), at)], at)


async def test_after_an_erasure_no_word_of_the_shopper_stands_in_any_table(engine: AsyncEngine) -> None:
    await planted(engine)
    assert {word for _, _, word in await traces(engine)} == set(MARKS)
    await forget(engine)
    assert await traces(engine) == []
    assert await rows(engine, "select * from customer_tags") == []
    assert await rows(engine, "select * from events") == []


async def test_what_people_at_work_owe_a_shopper_stays_without_saying_what(engine: AsyncEngine) -> None:
    await planted(engine)
    await forget(engine)
    assert await rows(engine, "select text, state from tasks") == [{"text": ERASED, "state": "open"}] * 2
    assert await rows(engine, "select text, state from alerts") == [{"text": ERASED, "state": "dropped"}]
    assert await rows(engine, "select id from notes union all select id from corrections") == []
    (place,) = await rows(
        engine, "select c.store, p.store as home, p.guide from conversations c join customers p on p.id = c.customer_id"
    )
    assert place == {"store": None, "home": None, "guide": None}


async def test_whom_a_store_is_serving_stays_theirs_until_they_are_done(engine: AsyncEngine) -> None:
    await planted(engine)
    async with engine.begin() as connection:
        await connection.execute(text("update conversations set owner = 'human', guide = 'g1'"))
    await forget(engine)
    assert [row["store"] for row in await rows(engine, "select store from conversations")] == ["sh"]


async def test_order_and_idempotency_stay(engine: AsyncEngine) -> None:
    await planted(engine)
    before = [(row["id"], row["platform_id"]) for row in await inbox(engine)]
    said = len(await told(engine))
    await forget(engine)
    assert [(row["id"], row["platform_id"]) for row in await inbox(engine)][:2] == before
    assert len(await told(engine)) == said + 1
    again = await accept(engine, an_arrival("m1", "我住紫藤湖"))
    assert again.fresh == ()
    assert await traces(engine) == []


async def test_the_confirmation_is_delivered_and_nothing_that_was_waiting_before_it(engine: AsyncEngine) -> None:
    await planted(engine)
    await forget(engine)
    states = [(row["state"], row["words"] == ERASED) for row in await outbox(engine)]
    assert states == [("dropped", True), ("dropped", True), ("pending", False)]
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    assert "删掉了" in taken.outgoing.speech.text
    await finish(engine, taken.outgoing)
    assert (await told(engine))[-1] == ("bot", taken.outgoing.speech.text)
    assert await traces(engine) == []


async def test_what_is_being_sent_at_that_moment_leaves_no_word_and_is_not_sent_twice(engine: AsyncEngine) -> None:
    await planted(engine)
    under_way = await take(engine)
    assert under_way is not None
    assert under_way.outgoing is not None
    await forget(engine)
    assert await traces(engine) == []
    await finish(engine, under_way.outgoing)
    assert await traces(engine) == []
    assert ("bot", ERASED) in await told(engine)

    await accept(engine, an_arrival("m9", "在吗", "wm9"))
    await answered(engine, "落霞镜", external="wm9")
    late = await take(engine, "wm9")
    assert late is not None
    assert late.outgoing is not None
    await forget(engine, "wm9")
    await outgoing.finish(engine, [Sent(late.outgoing, "pending", "网络不通", due=NOON)], NOON)
    second = await take(engine, "wm9", NOON + timedelta(minutes=1))
    assert second is not None
    assert second.verdict == "dropped"
    assert await traces(engine) == []


async def test_other_shoppers_keep_everything(engine: AsyncEngine) -> None:
    await planted(engine)
    await accept(engine, an_arrival("n1", "我喜欢青苔", "wm2"))
    await answered(engine, "青苔好", external="wm2", evidence=(Evidence("concern", "青苔", 0.9, NOON, "inbox:3"),))
    await forget(engine)
    assert {table for table, _, _ in await traces(engine, ("青苔",))} == {"customer_tags", "inbox", "messages", "outbox"}


async def test_every_talk_of_the_same_person_is_emptied_and_a_turn_thought_of_before_is_stale(engine: AsyncEngine) -> None:
    """Two of our accounts, one WeChat user: what is being thought about over there must not bring the old words back."""
    await planted(engine)
    other = ConversationId("v-other")
    arrival = replace(an_arrival("o1", "落霞镜说的"), account="second", conversation=other)
    await accept(engine, arrival)
    async with engine.begin() as connection:
        await connection.execute(text("update customers set unionid = 'u-落霞镜' where account = 'second'"))
    (thought,) = await turns.load(engine, [other])
    await forget(engine)
    assert await traces(engine) == []
    assert (await turns.commit(engine, [done(thought, "落霞镜好")], NOON)).stale == {other}
    assert await turns.load(engine, [other]) == ()
    assert await traces(engine) == []


async def test_what_is_said_after_it_counts_again(engine: AsyncEngine) -> None:
    await planted(engine)
    await accept(engine, an_arrival("e1", "忘了我吧"), an_arrival("e2", "我是油皮"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    assert await traces(engine) == []
    assert [(row["tag"], row["value"]) for row in await rows(engine, "select tag, value from customer_tags")] == [
        ("skin_type", "油性")
    ]
    assert (await inbox(engine))[-1]["text"] == "我是油皮"


async def test_whoever_wants_nothing_remembered_is_not_learnt_of_again(engine: AsyncEngine) -> None:
    await planted(engine)
    await accept(engine, an_arrival("e1", "别记我的信息"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    await accept(engine, an_arrival("e2", "我是油皮"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    assert await traces(engine) == []
    assert [(row["tag"], row["value"]) for row in await rows(engine, "select tag, value from customer_tags")] == [
        ("memory", "不记")
    ]
    await accept(engine, an_arrival("e3", "可以重新记住我了"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    await accept(engine, an_arrival("e4", "我是油皮"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    assert "油性" in [row["value"] for row in await rows(engine, "select value from customer_tags")]


async def test_the_next_recommendation_is_a_strangers(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("p1", "我怀孕了"))
    await turns.commit(engine, [take_turn(await waiting(engine), services(), NOON)], NOON)
    await planted(engine)
    await forget(engine)
    later = NOON + timedelta(minutes=5)
    await accept(engine, an_arrival("x1", "推荐一款面霜"), an_arrival("x2", "推荐一款面霜", "stranger"), at=later)
    known, stranger = await waiting(engine), await waiting(engine, "stranger")
    bare = replace(known.conversation.customer, id="")
    assert bare == replace(stranger.conversation.customer, id="") == Customer("", met=False)
    ours, theirs = (take_turn(one, services(), later) for one in (known, stranger))
    assert [speech.cards for speech in ours.speeches] == [speech.cards for speech in theirs.speeches]
    assert [settled.trace.get("items") for settled in ours.settled] == [settled.trace.get("items") for settled in theirs.settled]


async def in_a_group(engine: AsyncEngine, member: str, words: str) -> None:
    room = ConversationId("g-room")
    arrival = Arrival(
        "web",
        "",
        f"{room}:{member}:{len(await inbox(engine))}",
        room,
        "text",
        words,
        {"at_bot": True},
        NOON,
        external=room,
        sender=member,
    )
    await accept(engine, arrival)
    (one,) = await turns.load(engine, [room])
    await turns.commit(engine, [take_turn(one, services(), NOON)], NOON)


async def join(engine: AsyncEngine, member: str, name: str) -> None:
    async with engine.begin() as connection:
        await room_people.enter(connection, room_people.Newcomer("g-room", member, name), NOON)


async def test_of_a_group_goes_what_was_put_right_of_ones_own_and_what_wishes_held(engine: AsyncEngine) -> None:
    await rooms.make(engine, "g-room", "姐妹群", NOON, group=True)
    for member in ("m-one", "m-two"):
        await join(engine, member, member)
    await in_a_group(engine, "m-one", "包邮吗")
    await in_a_group(engine, "m-two", "包邮吗")
    async with engine.begin() as connection:
        for step in (
            (
                "insert into corrections (conversation_id, message_id, question, wrong, kind, author) "
                "select conversation_id, id, case when sender = 'm-two' then '青苔' else '葡萄纠错' end, '', 'reply', 'g1' from messages "
                "where author = 'shopper'"
            ),
            "insert into handovers (conversation_id, reason, brief) values ('g-room', '白鹭签', '{\"told\": \"白鹭签\"}')",
            "insert into alerts (key, kind, conversation_id, text) values ('k', 'take', 'g-room', '柿子提醒')",
        ):
            await connection.execute(text(step))
    await in_a_group(engine, "m-one", "忘了我吧")
    assert await traces(engine) == []
    assert [row["question"] for row in await rows(engine, "select question from corrections")] == ["青苔"]


async def test_in_a_group_only_ones_own_words_go(engine: AsyncEngine) -> None:
    await rooms.make(engine, "g-room", "姐妹群", NOON, group=True)
    for member, name in (("m-one", "落霞镜"), ("m-two", "青苔")):
        await join(engine, member, name)
    await in_a_group(engine, "m-one", "紫藤湖包邮吗")
    await in_a_group(engine, "m-two", "青苔包邮吗")
    await in_a_group(engine, "m-one", "忘了我吧")
    assert await traces(engine) == []
    assert {(table, column) for table, column, _ in await traces(engine, ("青苔",))} == {
        ("customers", "name"),
        ("inbox", "text"),
        ("members", "name"),
        ("messages", "text"),
    }
    person = await rows(engine, "select name from customers where id = :id", id=customer_id("web", "", "m-one"))
    assert person[0]["name"] is None


async def test_whoever_quoted_them_keeps_no_copy(engine: AsyncEngine) -> None:
    await rooms.make(engine, "g-room", "姐妹群", NOON, group=True)
    for member in ("m-one", "m-two"):
        await join(engine, member, member)
    await in_a_group(engine, "m-one", "紫藤湖包邮吗")
    (first,) = await rows(engine, "select id from messages where author = 'shopper'")
    await in_a_group(engine, "m-two", "同问")
    quote = "jsonb_build_object('quote', '紫藤湖包邮吗', 'quoted', cast(:quoted as text))"
    async with engine.begin() as connection:
        for table, column in (("inbox", "payload"), ("messages", "body")):
            change = f"update {table} set {column} = {column} || {quote} where sender = 'm-two'"
            await connection.execute(text(change), {"quoted": str(first["id"])})
    await in_a_group(engine, "m-one", "忘了我吧")
    assert await traces(engine) == []
    assert {row["text"] for row in await rows(engine, "select text from inbox where sender = 'm-two'")} == {"同问"}


async def test_an_open_group_order_stays_under_its_name_and_one_that_is_over_keeps_figures_only(engine: AsyncEngine) -> None:
    await rooms.make(engine, "g-room", "水果团", NOON, group=True)
    await join(engine, "m-one", "落霞镜")
    async with engine.begin() as connection:
        for state in ("closed", "open"):
            await connection.execute(
                text(
                    "insert into campaigns (conversation_id, title, menu, opens_at, state, author) "
                    "values ('g-room', '苹果', '[]', :now, :state, 'g1')"
                ),
                {"now": NOON, "state": state},
            )
        for step in (
            (
                "insert into order_lines (campaign_id, sender, sku, name, n, unit, note, granted) "
                "select id, 'm-one', 'apple', '落霞镜', 2, '箱', '放紫藤湖门口', 2 from campaigns"
            ),
            (
                "insert into order_doubts (campaign_id, sender, name, message, text, question) "
                "select id, 'm-one', '落霞镜', '1', '紫藤湖来点', '落霞镜要多少' from campaigns"
            ),
        ):
            await connection.execute(text(step))
    await in_a_group(engine, "m-one", "忘了我吧")
    lines = await rows(engine, "select o.state, l.name, l.n, l.note from order_lines l join campaigns o on o.id = l.campaign_id")
    told = {row["state"]: (row["name"], int(row["n"]), row["note"]) for row in lines}
    assert told == {"closed": (ERASED, 2, ""), "open": ("落霞镜", 2, "放紫藤湖门口")}
    assert await rows(engine, "select id from order_doubts") == []
    edits = await rows(engine, "select name, n, author from order_edits")
    assert [(row["name"], int(row["n"]), row["author"]) for row in edits] == [("落霞镜", 2, "erased")]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is logged, as it is written."""
    page = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str, ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(file=page),
    )
    yield page
    structlog.reset_defaults()


async def test_logs_never_hold_a_word(
    engine: AsyncEngine, queues: dict[str, DueQueue], live: Live, clock: Any, written: io.StringIO
) -> None:
    clock.moment = NOON + timedelta(seconds=1)
    worker = Worker(engine, queues, live, FixedShelf(services()), clock)
    talk = ("我住紫藤湖，我是油皮", "赭石猫能用吗", "推荐一款麒麟袋面霜", "你还记得我什么", "忘了我吧 落霞镜", "转人工 青盐罐")
    for n, words in enumerate(talk):
        await accept(engine, an_arrival(f"l{n}", words))
        await queues["turn"].wake([conversation()])
        await worker.step((await queues["turn"].claim(10, timedelta(seconds=10))).taken)
        await asyncio.sleep(0)
    logged = written.getvalue()
    assert '"event": "turn"' in logged
    assert [word for word in MARKS if word in logged] == []


async def test_of_a_batch_an_erasure_and_its_neighbours_are_kept_together(engine: AsyncEngine) -> None:
    await planted(engine)
    await accept(engine, an_arrival("e1", "忘了我吧"), an_arrival("n1", "包邮吗", "wm2"))
    batch = [take_turn(await waiting(engine, name), services(), NOON) for name in ("wm1", "wm2")]
    assert (await turns.commit(engine, batch, NOON)).kept == {conversation(), conversation("wm2")}
    assert await traces(engine) == []


async def test_an_erasure_is_on_record_without_a_word_of_what_was_erased(engine: AsyncEngine) -> None:
    await planted(engine)
    await forget(engine)
    (entry,) = await rows(engine, "select actor, action, subject, details from audit")
    assert (entry["actor"], entry["action"], entry["subject"]) == ("bot", "customer.erase", conversation())
    assert set(entry["details"]) == {"upto"}


async def test_a_stale_turn_erases_nothing(engine: AsyncEngine) -> None:
    await planted(engine)
    await accept(engine, an_arrival("e1", "忘了我吧"))
    one = await waiting(engine)
    stale = Done(
        one.conversation, "e1", replace(one.session, version=99), (Settled(one.messages[0].id, "answered", "", {}),), erase=True
    )
    assert (await turns.commit(engine, [stale], NOON)).stale
    assert {word for _, _, word in await traces(engine)} == set(MARKS)
