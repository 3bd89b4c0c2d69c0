"""Nobody is sent more than the brand allows of what nobody asked for, nothing of it at night, and nothing after 退订."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from bot_rooms import services
from facts_rig import (
    NOON,
    accept,
    an_arrival,
    an_event,
    answered,
    claim,
    conversation,
    finish,
    inbox,
    outbox,
    rows,
    take,
    waiting,
)
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import erasure, outgoing, restraint, rooms, turns
from bot.db.codec import speech_to_json
from bot.db.outgoing import Sent
from bot.db.restraint import Since, quiet_until
from bot.ids import conversation_id, customer_id
from bot.model import ConversationId, Peace, Sparing, Speech
from bot.turn import take_turn

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPARING = Sparing(2, 5, "Asia/Shanghai", "22:00-08:00")
AD = Speech("今天会员日", pushed=True, at_most=SPARING)
DAY = datetime(2026, 5, 20, 10, 0, tzinfo=SHANGHAI)
"""Ten in the morning."""


def person(external: str = "wm1") -> str:
    return customer_id("wecom_kf", "demo", external)


async def known(engine: AsyncEngine, *externals: str, unionid: str | None = None) -> None:
    """People who have written and been answered."""
    await accept(engine, *(an_arrival(f"hello-{one}", "在吗", one, sent_at=DAY) for one in externals), at=DAY)
    for one in externals:
        await answered(engine, external=one)
    async with engine.begin() as connection:
        await connection.execute(
            text("update customers set unionid = :unionid where external = any(:of)"), {"unionid": unionid, "of": list(externals)}
        )


async def push(
    engine: AsyncEngine, key: str, talk: str | None = None, speech: Speech = AD, at: datetime = DAY, **more: object
) -> None:
    """A flow puts something into the outbox."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into outbox (msgid, conversation_id, author, epoch, speech, created_at, deadline, state) "
                "select :key, id, 'bot', epoch, cast(:speech as jsonb), :at, :deadline, :state from conversations where id = :id"
            ),
            {
                "key": key,
                "id": talk or conversation(),
                "speech": speech_to_json(speech),
                "at": at,
                "deadline": more.get("deadline"),
                "state": more.get("state", "pending"),
            },
        )


async def leave(engine: AsyncEngine, external: str = "wm1", at: datetime = DAY) -> str | None:
    """What the courier does with the next message: the words that left, or None."""
    taken = await take(engine, external, at)
    if taken is None or taken.verdict != "go" or taken.outgoing is None:
        return None
    await finish(engine, taken.outgoing, at=at)
    return taken.outgoing.speech.text


async def wish(engine: AsyncEngine, told: Peace, external: str = "wm1", at: datetime = DAY) -> None:
    async with engine.begin() as connection:
        await restraint.lock(connection, [person(external)])
        await restraint.wished(connection, person(external), told, at)


async def states(engine: AsyncEngine) -> dict[str, tuple[str, str | None]]:
    return {row["msgid"]: (row["state"], row["reason"]) for row in await outbox(engine)}


async def test_the_third_of_a_day_and_the_sixth_of_seven_are_left_out(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    left = []
    for day in range(8):
        for n in range(3):
            at = DAY + timedelta(days=day, hours=n)
            await accept(engine, an_arrival(f"m{day}-{n}", "在吗", sent_at=at), at=at)
            await answered(engine)
            await push(engine, f"p{day}-{n}", at=at)
            left.append((day, await leave(engine, at=at) is not None))
    told = Counter(day for day, said in left if said)
    assert told == {0: 2, 1: 2, 2: 1, 7: 2}
    reasons = {reason for state, reason in (await states(engine)).values() if state == "dropped"}
    assert reasons == {restraint.ENOUGH_TODAY, restraint.ENOUGH}


async def test_the_day_is_the_brands_and_not_the_last_24_hours(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    evening, morning = DAY.replace(hour=21), DAY.replace(hour=8, minute=30) + timedelta(days=1)
    for n, at in enumerate((DAY, evening, evening, morning)):
        await push(engine, f"p{n}", at=at)
        await leave(engine, at=at)
    assert [state for state, _ in (await states(engine)).values()] == ["sent", "sent", "dropped", "sent"]


async def test_a_person_on_two_channels_is_one_person(engine: AsyncEngine) -> None:
    await known(engine, "wm1", "wm2", unionid="u")
    await known(engine, "wm3")
    for n, external in enumerate(("wm1", "wm2", "wm1", "wm2", "wm3")):
        await push(engine, f"p{n}", conversation(external))
        await leave(engine, external)
    assert [state for state, _ in (await states(engine)).values()] == ["sent", "sent", "dropped", "dropped", "sent"]


async def test_two_couriers_and_one_batch_do_not_let_out_one_too_many(engine: AsyncEngine) -> None:
    people = [f"wm{n}" for n in range(8)]
    await known(engine, *people, unionid="u")
    for one in people:
        await push(engine, f"p-{one}", conversation(one))
    talks = [conversation(one) for one in people]
    found = await asyncio.gather(*(outgoing.take(engine, part, DAY) for part in (talks[:3], talks[3:6], talks[6:7], talks[7:])))
    assert Counter(one.verdict for part in found for one in part) == {"go": 2, "dropped": 6}


async def test_what_was_let_out_and_refused_for_a_while_is_not_counted_against_itself(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    once = replace(AD, at_most=Sparing(1, 1, "Asia/Shanghai"))
    await push(engine, "p1", speech=once)
    first = await take(engine, at=DAY)
    assert first is not None
    assert first.outgoing is not None
    await finish(engine, first.outgoing, "pending", at=DAY, due=DAY + timedelta(seconds=2))
    assert await leave(engine, at=DAY + timedelta(seconds=3)) == AD.text


async def test_at_night_it_waits_for_the_morning_and_nobodys_answer_waits_behind_it(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    night, morning = DAY.replace(hour=23, minute=30), DAY.replace(hour=8) + timedelta(days=1)
    await push(engine, "p1", at=night)
    first = await take(engine, at=night)
    assert first is not None
    assert (first.verdict, first.wait) == ("later", timedelta(hours=8, minutes=30))
    await accept(engine, an_arrival("m2", "包邮吗", sent_at=night), at=night)
    await answered(engine, "满99元包邮。")
    assert await leave(engine, at=night + timedelta(seconds=5)) == "满99元包邮。"
    assert (await outbox(engine))[0]["state"] == "pending"
    assert await leave(engine, at=morning - timedelta(seconds=1)) is None
    assert await leave(engine, at=morning) == AD.text


async def test_what_is_worth_nothing_in_the_morning_is_dropped_then(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    night = DAY.replace(hour=23, minute=30)
    await push(engine, "p1", at=night, deadline=night + timedelta(minutes=10))
    assert await leave(engine, at=night) is None
    assert await leave(engine, at=night + timedelta(hours=9)) is None
    assert (await states(engine))["p1"][0] == "dropped"


async def test_two_that_were_put_off_leave_in_their_order(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    night, morning = DAY.replace(hour=23), DAY.replace(hour=8) + timedelta(days=1)
    for n in range(2):
        await push(engine, f"p{n}", speech=replace(AD, text=f"第{n}条"), at=night)
    for _ in range(3):
        assert await leave(engine, at=night) is None
    assert [await leave(engine, at=morning), await leave(engine, at=morning)] == ["第0条", "第1条"]


@pytest.mark.parametrize("state", ["pending", "held", "offered"])
async def test_what_waits_when_a_person_unsubscribes_never_leaves(engine: AsyncEngine, state: str) -> None:
    await known(engine, "wm1", "wm2", unionid="u")
    await push(engine, "p1", state=state)
    await push(engine, "p2", conversation("wm2"), state=state)
    await wish(engine, "out", "wm2")
    assert set((await states(engine)).values()) == {("dropped", restraint.OPTED_OUT)}


async def test_after_it_nothing_unasked_leaves_and_answers_do(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await wish(engine, "out")
    await push(engine, "p1", speech=replace(AD, at_most=None))
    assert await leave(engine) is None
    await accept(engine, an_arrival("m2", "包邮吗", sent_at=DAY), at=DAY)
    await answered(engine, "满99元包邮。")
    assert await leave(engine) == "满99元包邮。"
    await wish(engine, "back")
    await push(engine, "p2")
    assert await leave(engine) == AD.text


async def test_whoever_is_found_to_be_the_same_person_later_is_spared_as_well(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await known(engine, "wm2")
    await wish(engine, "out", "wm1")
    await rows(engine, "select 1")
    async with engine.begin() as connection:
        await connection.execute(text("update customers set unionid = 'u'"))
    await push(engine, "p2", conversation("wm2"))
    assert await leave(engine, "wm2") is None


async def test_a_push_that_was_held_does_not_overtake_the_word_that_ends_it(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await push(engine, "p1", state="held")
    await accept(engine, an_arrival("m2", "退订", sent_at=DAY), at=DAY)
    found = await take(engine, at=DAY)
    assert found is not None
    assert found.verdict == "later"
    one = await waiting(engine)
    await turns.commit(engine, [take_turn(one, services(), DAY)], DAY)
    assert (await states(engine))["p1"] == ("dropped", restraint.OPTED_OUT)
    assert await leave(engine, at=DAY + timedelta(seconds=2)) == "好的，不会再主动给您发消息了，您有事随时可以来问。"


async def test_words_in_a_talk_of_two_are_kept_for_the_whole_person_and_so_is_the_way_back(engine: AsyncEngine) -> None:
    await known(engine, "wm1", "wm2", unionid="u")
    for n, (words, out, hushed) in enumerate(
        (("退订", 2, 2), ("恢复推送", 0, 0), ("别@我了", 0, 2), ("在吗", 0, 2), ("可以@我了", 0, 0), ("我没说不要发", 0, 0))
    ):
        await accept(engine, an_arrival(f"w{n}", words, sent_at=DAY), at=DAY)
        await turns.commit(engine, [take_turn(await waiting(engine), services(), DAY)], DAY)
        (count,) = await rows(engine, "select count(opted_out_at) as out, count(hushed_at) as hushed from customers")
        assert (count["out"], count["hushed"]) == (out, hushed), words


async def test_what_a_guide_changed_back_is_not_undone_by_the_next_word(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await accept(engine, an_arrival("w1", "退订", sent_at=DAY), at=DAY)
    await turns.commit(engine, [take_turn(await waiting(engine), services(), DAY)], DAY)
    await wish(engine, "back")
    await accept(engine, an_arrival("w2", "包邮吗", sent_at=DAY), at=DAY)
    await turns.commit(engine, [take_turn(await waiting(engine), services(), DAY)], DAY)
    assert (await rows(engine, "select opted_out_at from customers"))[0]["opted_out_at"] is None


async def test_whoever_comes_back_stays_unnamed_where_they_had_wanted_that_for_itself(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await wish(engine, "hush", at=DAY)
    await wish(engine, "out", at=DAY + timedelta(hours=1))
    await wish(engine, "back", at=DAY + timedelta(hours=2))
    (row,) = await rows(engine, "select opted_out_at, hushed_at from customers")
    assert (row["opted_out_at"], row["hushed_at"]) == (None, DAY)


async def test_the_platforms_word_that_somebody_takes_no_messages_is_as_good_as_theirs(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await push(engine, "p1", state="held")
    await accept(engine, an_event("e1", fails=("nothing", "平台没有送达：顾客拒收")), at=DAY)
    (row,) = await rows(engine, "select opted_out_at from customers")
    assert row["opted_out_at"] == DAY
    assert (await states(engine))["p1"][0] == "dropped"
    await accept(engine, an_event("e2", "wm2", fails=("nothing", "平台没有送达：超过5条限制")), at=DAY)
    assert len(await rows(engine, "select id from customers where opted_out_at is not null")) == 1


async def test_the_wish_outlives_being_forgotten_on_each_of_their_addresses(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await known(engine, "wm2")
    await wish(engine, "out", "wm1")
    async with engine.begin() as connection:
        await connection.execute(text("update customers set unionid = 'u'"))
    upto = (await inbox(engine))[-1]["id"]
    async with engine.begin() as connection:
        await erasure.erase(connection, await erasure.reach(connection, upto), DAY)
    found = await rows(engine, "select unionid, opted_out_at, hushed_at from customers")
    assert [(row["unionid"], row["opted_out_at"], row["hushed_at"]) for row in found] == [(None, DAY, DAY)] * 2


async def test_a_group_counts_as_itself_and_not_for_its_members(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await rooms.make(engine, "g1", "姐妹群", DAY, group=True)
    for n in range(3):
        await push(engine, f"g{n}", "g1")
        (taken,) = await outgoing.take(engine, ["g1"], DAY)
        if taken.outgoing is not None and taken.verdict == "go":
            await finish(engine, taken.outgoing, at=DAY)
    await push(engine, "p1")
    assert await leave(engine) == AD.text
    assert [state for state, _ in (await states(engine)).values()] == ["sent", "sent", "dropped", "sent"]
    async with engine.connect() as connection:
        count = await restraint.counted(connection, {"g1": Since.of(DAY), conversation(): Since.of(DAY)})
    assert {talk: (one.day, one.week) for talk, one in count.items()} == {"g1": (2, 2), conversation(): (1, 1)}


async def test_an_ordinary_answer_asks_nothing_of_it(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1", "包邮吗"))
    await answered(engine, "满99元包邮。")
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", heard)
    try:
        assert await leave(engine, at=NOON) == "满99元包邮。"
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", heard)
    assert asked
    assert not [one for one in asked if "opted_out" in one or "daogou pushed" in one]


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("22:00-08:00", time(23, 30), (1, time(8))),
        ("22:00-08:00", time(0, 1), (0, time(8))),
        ("22:00-08:00", time(8), None),
        ("22:00-08:00", time(21, 59, 59), None),
        ("12:00-14:00", time(13), (0, time(14))),
        ("", time(3), None),
    ],
)
def test_quiet_hours_end_where_the_brand_says(hours: str, now: time, until: tuple[int, time] | None) -> None:
    at = datetime.combine(DAY.date(), now, SHANGHAI)
    found = quiet_until(replace(SPARING, quiet=hours), at.astimezone(UTC))
    wanted = None if until is None else datetime.combine(DAY.date() + timedelta(days=until[0]), until[1], SHANGHAI)
    assert found == wanted


PEOPLE, PUSHES, DAYS = 50, 2000, 10


async def _ready(engine: AsyncEngine, now: datetime) -> Sequence[str]:
    found = await rows(
        engine,
        "select distinct conversation_id as id from outbox where state = 'pending' and (due_at is null or due_at <= :now)",
        now=now,
    )
    return [row["id"] for row in found]


async def _courier(engine: AsyncEngine, now: datetime) -> None:
    """Everything that may leave, leaves; two couriers share the work."""
    while ready := await _ready(engine, now):
        halves = [part for part in (ready[::2], ready[1::2]) if part]
        found = await asyncio.gather(*(outgoing.take(engine, part, now) for part in halves))
        left = [Sent(one.outgoing, "sent") for part in found for one in part if one.verdict == "go" and one.outgoing is not None]
        if left:
            await outgoing.finish(engine, left, now)


async def test_two_thousand_pushes_of_many_flows_to_fifty_people_in_ten_days(engine: AsyncEngine) -> None:
    """50 people with two talks each; posts, ratings, mass sends and lines of a service at any hour, some of whom unsubscribe."""
    chance = Random(6)
    talks = {n: [ConversationId(conversation_id("web", "demo", "", f"p{n}-{side}")) for side in range(2)] for n in range(PEOPLE)}
    arrivals = [
        an_arrival(f"hi-{n}-{side}", "在吗", f"p{n}-{side}", channel="web", peer="", conversation=talks[n][side], sent_at=DAY)
        for n in range(PEOPLE)
        for side in range(2)
    ]
    await accept(engine, *arrivals, at=DAY)
    async with engine.begin() as connection:
        await connection.execute(text("update customers set unionid = split_part(external, '-', 1)"))
        await connection.execute(text("update inbox set state = 'settled'"))
    start = DAY.replace(hour=0)
    moments = sorted(start + timedelta(seconds=chance.randrange(DAYS * 86400)) for _ in range(PUSHES))
    out = {n: start + timedelta(seconds=chance.randrange(DAYS * 86400)) for n in range(0, PEOPLE, 3)}
    flows = ("post", "rating", "mass", "reminder")
    gone: set[int] = set()
    for n, at in enumerate(moments):
        for one in [one for one, when in out.items() if when <= at and one not in gone]:
            gone.add(one)
            async with engine.begin() as connection:
                await restraint.wished(connection, customer_id("web", "demo", f"p{one}-{chance.randrange(2)}"), "out", out[one])
        flow = chance.choice(flows)
        deadline = at + timedelta(minutes=10) if flow == "rating" else None
        await push(
            engine, f"{flow}-{n}", chance.choice(talks[chance.randrange(PEOPLE)]), replace(AD, text=flow), at, deadline=deadline
        )
        if n % 7 == 0:
            await _courier(engine, at)
    await _courier(engine, start + timedelta(days=DAYS, hours=9))
    sent = await rows(
        engine,
        "select p.unionid as person, o.sent_at as at from outbox o join conversations c on c.id = o.conversation_id "
        "join customers p on p.id = c.customer_id where o.state = 'sent'",
    )
    local = [(row["person"], row["at"].astimezone(SHANGHAI)) for row in sent]
    assert len(local) > PEOPLE * 5
    assert [one for one in local if not time(8) <= one[1].time() < time(22)] == []
    assert [one for one in local if (left := out.get(int(one[0][1:]))) is not None and one[1] > left] == []
    days = Counter((person, at.date()) for person, at in local)
    assert max(days.values()) <= SPARING.a_day
    assert all(sum(days[person, day - timedelta(days=back)] for back in range(7)) <= SPARING.a_week for person, day in list(days))


async def test_said_to_a_guide_who_serves_it_is_kept_as_well(engine: AsyncEngine) -> None:
    await known(engine, "wm1")
    await claim(engine, at=DAY)
    await accept(engine, an_arrival("w1", "以后别给我发广告了", sent_at=DAY), at=DAY)
    await turns.commit(engine, [take_turn(await waiting(engine), services(), DAY)], DAY)
    assert (await rows(engine, "select opted_out_at from customers"))[0]["opted_out_at"] == DAY
    assert await outbox(engine) == []
