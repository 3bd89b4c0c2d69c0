"""Nobody at the desk reads another store's customers, whatever SQL a page comes to run: the database itself keeps them back."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from facts_rig import NOON, accept, an_arrival, rows
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.embedded import Servers
from bot.db import desk
from bot.db.engine import connected
from bot.db.schema import metadata
from bot.db.scoped import ROLE, enter, leave, scoped
from bot.db.users import User
from bot.errors import BadRequestError

FOREIGN, OWN, NOBODYS = "紫藤湖的秘密", "自家的顾客", "还没有归属"
TALKS = {"s2": ("v-s2", FOREIGN), "s1": ("v-s1", OWN), None: ("v-none", NOBODYS)}
"""Store → (its talk, the word that stands in every row of it)."""


def a_guide(guide: str | None = "g1", store: str | None = "s1", role: str = "guide") -> User:
    return User(f"account-{guide}", role, guide, store, must_change=False)  # type: ignore[arg-type]


async def run(engine: AsyncEngine, *steps: str, **values: object) -> None:
    async with engine.begin() as connection:
        for step in steps:
            await connection.execute(text(step), values)


async def planted(engine: AsyncEngine) -> None:
    """One shopper for each store and one of nobody, with a word of theirs in a row of every table that may hold any."""
    for store, (talk, word) in TALKS.items():
        told = {"talk": talk, "who": f"c-{talk}", "word": word, "store": store, "now": NOON}
        async with engine.begin() as connection:
            for step in _PLANTED:
                await connection.execute(text(step), {name: one for name, one in told.items() if f":{name}" in step})


_PLANTED = (
    "insert into customers (id, channel, account, external, name, store) values (:who, 'web', '', :talk, :word, :store)",
    (
        "insert into conversations (id, channel, account, peer, external, customer_id, name, store) "
        "values (:talk, 'web', '', '', :talk, :who, :word, :store)"
    ),
    "insert into sessions (conversation_id, data) values (:talk, jsonb_build_object('matter', cast(:word as text)))",
    "insert into members (conversation_id, id, name) values (:talk, 'm', :word)",
    (
        "insert into inbox (channel, account, platform_id, conversation_id, kind, text, sent_at, outcome) "
        "values ('web', '', :talk, :talk, 'text', :word, :now, 'failed')"
    ),
    "insert into messages (conversation_id, author, text) values (:talk, 'shopper', :word)",
    (
        "insert into outbox (msgid, conversation_id, author, epoch, speech) "
        "values (:talk, :talk, 'bot', 0, jsonb_build_object('text', cast(:word as text)))"
    ),
    "insert into handovers (conversation_id, reason, store, state) values (:talk, :word, :store, 'closed')",
    "insert into notes (conversation_id, author, text) values (:talk, 'g', :word)",
    "insert into customer_tags (customer_id, tag, value, confidence, source, at) values (:who, 'concern', :word, 1, 'x', :now)",
    "insert into events (customer_id, sku, kind, at, source, key) values (:who, :word, 'buy', :now, 'api', :talk)",
    "insert into tasks (conversation_id, customer_id, store, guide, text, due_at, author) values (:talk, :who, :store, 'g', :word, :now, 'g')",
    "insert into tasks (store, text, due_at, author) values (:store, :word, :now, 'g')",
    "insert into alerts (key, kind, store, conversation_id, text) values (:talk, 'take', :store, :talk, :word)",
    "insert into alerts (key, kind, store, text) values (:who, 'take', :store, :word)",
    "insert into corrections (conversation_id, question, wrong, kind, author, store) values (:talk, :word, :word, 'reply', 'g', :store)",
    "insert into groups (conversation_id, settings) values (:talk, jsonb_build_object('rules', cast(:word as text)))",
    "insert into campaigns (conversation_id, title, menu, opens_at, author) values (:talk, :word, '[]', :now, 'g')",
    (
        "insert into order_lines (campaign_id, sender, sku, name, n, unit, granted) "
        "select id, 'm', 'p1', :word, 1, '件', 1 from campaigns where conversation_id = :talk"
    ),
    (
        "insert into order_doubts (campaign_id, sender, name, message, text, question) "
        "select id, 'm', :word, '1', :word, '?' from campaigns where conversation_id = :talk"
    ),
    (
        "insert into order_edits (campaign_id, sender, name, sku, n, author) "
        "select id, 'm', :word, 'p1', 1, 'g' from campaigns where conversation_id = :talk"
    ),
    "insert into coupons (conversation_id, customer_id, coupon, store) values (:talk, :who, :word, :store)",
    "insert into gaps_set_aside (question, author) values (:word, 'ed')",
    "insert into audit (actor, action, subject, details) values ('x', 'claim', :talk, jsonb_build_object('word', cast(:word as text)))",
)


async def readable(connection: AsyncConnection) -> Mapping[str, str]:
    """Table → everything that can be read of it, as one text; without those that may not be read."""
    found = {}
    for table in metadata.tables:
        try:
            async with connection.begin_nested():
                said = await connection.execute(text(f"select string_agg(cast(t as text), ' ') from \"{table}\" as t"))
                found[table] = said.scalar_one() or ""
        except DBAPIError as error:
            if "permission denied" not in str(error.orig):
                raise
    return found


WITH_SHOPPERS = frozenset(
    {
        "conversations", "customers", "sessions", "members", "inbox", "messages", "outbox", "handovers", "notes", "customer_tags",
        "events", "tasks", "alerts", "corrections", "groups", "campaigns", "order_lines", "order_doubts", "order_edits", "coupons",
    }
)  # fmt: skip


async def test_a_whole_look_through_every_table_shows_no_word_of_another_store(engine: AsyncEngine) -> None:
    await planted(engine)
    async with scoped(engine, a_guide()) as connection:
        seen = await readable(connection)
    assert seen.keys() == WITH_SHOPPERS | {"duty"}
    assert [table for table, said in seen.items() if FOREIGN in said or "v-s2" in said] == []
    # the same look finds what is theirs, so it would find the rest
    assert [table for table in WITH_SHOPPERS if table != "corrections" and OWN not in seen[table]] == []


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (a_guide("g1", "s1"), {OWN, NOBODYS}),
        (a_guide("g3", "s2"), {FOREIGN, NOBODYS}),
        (a_guide("g9", None), {NOBODYS}),
        (a_guide("g9", ""), {NOBODYS}),
        (a_guide("g9", "s1\ns2"), {NOBODYS}),
        (a_guide(None, "s1", "lead"), {OWN, NOBODYS}),
        (a_guide(None, None, "lead"), {OWN, NOBODYS, FOREIGN}),
        (a_guide(None, None, "admin"), {OWN, NOBODYS, FOREIGN}),
        (a_guide(None, None, "editor"), {NOBODYS}),
    ],
)
async def test_who_sees_whose_talks(engine: AsyncEngine, viewer: User, sees: set[str]) -> None:
    await planted(engine)
    async with scoped(engine, viewer) as connection:
        for table in sorted(WITH_SHOPPERS - {"tasks", "alerts", "corrections"}):
            said = (await readable(connection))[table]
            assert {word for word in (OWN, NOBODYS, FOREIGN) if word in said} == sees, table


async def test_every_table_that_hangs_on_a_shopper_is_guarded(engine: AsyncEngine) -> None:
    """A table that comes later cannot be forgotten: it is guarded, or the desk's role cannot touch it."""
    guarded = {
        row["relname"] for row in await rows(engine, "select relname from pg_class where relrowsecurity and relkind = 'r'")
    }
    granted = await rows(
        engine,
        "select distinct table_name from information_schema.role_column_grants where grantee = :role",
        role=ROLE,
    )
    assert {row["table_name"] for row in granted} - guarded == {"audit"}
    of_shoppers = {
        name
        for name, table in metadata.tables.items()
        if {"conversation_id", "customer_id"} & {one.name for one in table.columns}
    }
    assert of_shoppers - guarded == set()
    may = await rows(engine, "select privilege_type from information_schema.table_privileges where grantee = :role and table_name = 'audit'", role=ROLE)  # fmt: skip
    assert [row["privilege_type"] for row in may] == ["INSERT"]


ATTEMPTS = {
    "by its id": "select text from messages where conversation_id = 'v-s2'",
    "through a join": "select m.text from handovers h full join messages m using (conversation_id) where m.conversation_id = 'v-s2'",
    "through a sub-select": "select (select name from customers where id = 'c-v-s2')",
    "as a count": "select count(*)::text || 'v-s2' from messages where conversation_id = 'v-s2' having count(*) > 0",
    "through a prepared piece": "with all_of_it as materialized (select * from messages) select text from all_of_it where text like '%紫藤%'",
    "by searching": "select text from messages where text ilike '%紫藤湖%'",
    "by a pattern in JSON": "select speech::text from outbox where speech ->> 'text' like '%紫藤%'",
    "as JSON": "select row_to_json(c)::text from customers c where external = 'v-s2'",
    "through a lateral": "select l.text from (values ('v-s2')) as t(id), lateral (select text from notes where conversation_id = t.id) l",
    "by its statistics": "select array_to_string(most_common_vals::text::text[], ' ') from pg_stats where tablename = 'customers'",
    "for an update": "select id from conversations where id = 'v-s2' for update",
    "of another's statement": "select query from pg_stat_activity where query like '%紫藤%' and pid <> pg_backend_pid()",
}


@pytest.mark.parametrize("how", ATTEMPTS)
async def test_no_way_of_asking_brings_it_out(engine: AsyncEngine, how: str) -> None:
    await planted(engine)
    await run_alone(engine, "analyze customers")
    async with scoped(engine, a_guide()) as connection:
        found = (await connection.execute(text(ATTEMPTS[how]))).all()
    assert not any(FOREIGN in str(row) or "v-s2" in str(row) for row in found), found


async def run_alone(engine: AsyncEngine, statement: str) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(statement))


TELL_TALES = {
    "a division": "select count(*) from messages where 1 / (case when text like '%紫藤湖%' then 0 else 1 end) = 1",
    "a cast": "select count(*) from messages where cast(case when text like '%紫藤湖%' then 'x' else '1' end as int) = 1",
    "a cheap function": "select count(*) from messages where pg_temp.tells(text)",
}


@pytest.mark.parametrize("how", TELL_TALES)
async def test_a_condition_that_fails_on_what_is_hidden_never_meets_it(engine: AsyncEngine, how: str) -> None:
    await planted(engine)
    async with engine.begin() as connection:
        await enter(connection, a_guide())
        await connection.execute(
            text(
                "create function pg_temp.tells(said text) returns bool language plpgsql cost 0.0001 as $$ begin "
                "if said like '%紫藤湖%' then raise exception 'heard'; end if; return true; end $$"
            )
        )
        assert (await connection.execute(text(TELL_TALES[how]))).scalar_one() == 2
        await connection.execute(text("drop function pg_temp.tells(text)"))


FOREIGN_WRITES = (
    "update conversations set updated_at = now() where id = 'v-s2'",
    "update handovers set reason = 'mine' where conversation_id = 'v-s2'",
    "update outbox set state = 'dropped' where conversation_id = 'v-s2'",
    "update tasks set state = 'done' where conversation_id = 'v-s2'",
    "update corrections set state = 'void' where conversation_id = 'v-s2'",
    "delete from notes where conversation_id = 'v-s2'",
)


@pytest.mark.parametrize("statement", FOREIGN_WRITES)
async def test_what_is_not_seen_is_not_changed(engine: AsyncEngine, statement: str) -> None:
    await planted(engine)
    async with scoped(engine, a_guide()) as connection:
        assert (await connection.execute(text(statement))).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update conversations set customer_id = 'c-v-s2' where id = 'v-s1'",
        "update conversations set owner = 'human', guide = 'g1'",
        "update conversations set store = 's1'",
        "update customers set store = 's1'",
        "update messages set text = ''",
        "update tasks set conversation_id = 'v-s2'",
        "update handovers set conversation_id = 'v-s2'",
        "update sessions set data = '{}'",
        "update inbox set text = ''",
        "update corrections set author = 'g1'",
        "delete from messages",
        "delete from customers",
        "truncate notes",
        "alter table messages disable row level security",
        "create policy mine on messages for select using (true)",
        "select * from users",
        "select * from logins",
        "select * from audit",
        "insert into audit (actor, action, subject) values ('x', 'y', 'z') returning id",
        "insert into users (name, role, password) values ('x', 'admin', '')",
        "insert into events (customer_id, sku, kind, at, source, key) values ('c-v-s1', 'p', 'buy', now(), 'api', 'v-s2')",
        "select 1; reset role",
    ],
)
async def test_the_role_has_no_right_to_it(engine: AsyncEngine, statement: str) -> None:
    await planted(engine)
    with pytest.raises(DBAPIError):
        async with scoped(engine, a_guide()) as connection:
            await connection.execute(text(statement))


async def test_switching_the_guard_off_shows_nothing_but_an_error(engine: AsyncEngine) -> None:
    await planted(engine)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with scoped(engine, a_guide()) as connection:
            await connection.execute(text("set local row_security = off"))
            await connection.execute(text("select * from messages"))


HUNG_ON = {
    "notes": "insert into notes (conversation_id, author, text) values (:talk, 'g1', 'x')",
    "outbox": "insert into outbox (msgid, conversation_id, author, epoch, speech) values ('x', :talk, 'guide', 0, '{}')",
    "handovers": "insert into handovers (conversation_id, reason) values (:talk, 'x')",
    "tasks": "insert into tasks (conversation_id, store, text, due_at, author) values (:talk, 's1', 'x', now(), 'g1')",
    "tasks of a customer": "insert into tasks (conversation_id, customer_id, text, due_at, author) values ('v-s1', 'c-' || :talk, 'x', now(), 'g1')",
    "customer_tags": "insert into customer_tags (customer_id, tag, value, confidence, source, at) values ('c-' || :talk, 'a', 'b', 1, 'x', now())",
    "corrections": "insert into corrections (conversation_id, question, wrong, kind, author, store) values (:talk, '', '', 'reply', 'g1', 's1')",
}


@pytest.mark.parametrize("table", HUNG_ON)
async def test_writing_to_a_foreign_talk_answers_as_if_there_were_none(engine: AsyncEngine, table: str) -> None:
    """Neither the fault nor its words tell whether a guessed id exists: foreign keys are asked only after the policy."""
    await planted(engine)
    faults = []
    for talk in ("v-s2", "v-nowhere"):
        with pytest.raises(DBAPIError) as caught:
            async with scoped(engine, a_guide()) as connection:
                await connection.execute(text(HUNG_ON[table]), {"talk": talk})
        faults.append(str(caught.value.orig))
    assert faults[0] == faults[1]
    assert "row-level security" in faults[0]
    async with scoped(engine, a_guide()) as connection:
        await connection.execute(text(HUNG_ON[table]), {"talk": "v-s1"})


async def test_a_temporary_table_of_the_same_name_fools_no_policy(engine: AsyncEngine) -> None:
    await planted(engine)
    async with engine.connect() as connection:
        trial = await connection.begin()
        await enter(connection, a_guide())
        await connection.execute(
            text("create temp table handovers (conversation_id text, state text, assigned text) on commit drop")
        )
        await connection.execute(text("insert into pg_temp.handovers values ('v-s2', 'waiting', 'g1')"))
        found = (await connection.execute(text("select id from conversations order by id"))).scalars().all()
        await trial.rollback()
    assert found == ["v-none", "v-s1"]


async def test_who_is_offered_a_talk_of_another_store_sees_it_until_another_has_it(engine: AsyncEngine) -> None:
    await planted(engine)
    await run(engine, "insert into handovers (conversation_id, reason, state, assigned) values ('v-s2', 'x', 'waiting', 'g1')")
    place = await desk.place(engine, a_guide(), "v-s2")
    assert place.name == FOREIGN
    with pytest.raises(BadRequestError):
        await desk.place(engine, a_guide("g2"), "v-s2")
    await run(engine, "update handovers set assigned = 'g2' where state = 'waiting'")
    with pytest.raises(BadRequestError):
        await desk.place(engine, a_guide(), "v-s2")


async def test_who_holds_a_talk_sees_it_whatever_its_store(engine: AsyncEngine) -> None:
    await planted(engine)
    await run(engine, "update conversations set owner = 'human', guide = 'g1' where id = 'v-s2'")
    assert [one.id for one in await desk.queue(engine, a_guide())] == ["v-s2"]
    assert await desk.queue(engine, a_guide("g2")) == []
    await run(engine, "update conversations set owner = 'bot' where id = 'v-s2'")
    with pytest.raises(BadRequestError):
        await desk.place(engine, a_guide(), "v-s2")


async def test_everything_that_the_desk_reads_of_a_talk_is_empty_for_others(engine: AsyncEngine) -> None:
    await planted(engine)
    viewer, other = a_guide("g3", "s2"), a_guide()
    assert [one.text for one in await desk.said(engine, viewer, "v-s2", None, 10)] == [FOREIGN]
    assert await desk.said(engine, other, "v-s2", None, 10) == await desk.said(engine, other, "v-s2", 0, 10) == []
    assert await desk.leaving(engine, viewer, "v-s2", NOON) != []
    assert await desk.leaving(engine, other, "v-s2", NOON) == []
    assert await desk.mark(engine, viewer, "v-s2") != ()
    assert await desk.mark(engine, other, "v-s2") == ()
    assert {one.conversation for one in await desk.failures(engine, other)} == {"v-s1", "v-none"}
    assert {one.id for one in await desk.bot_talks(engine, other)} == {"v-s1", "v-none"}


async def test_duty_is_ones_own_to_say_or_a_leads(engine: AsyncEngine) -> None:
    put = "insert into duty (guide, state) values (:guide, 'off') on conflict (guide) do update set state = 'off'"
    for guide in ("g1", "g2"):
        await run(engine, "insert into duty (guide, state) values (:guide, 'on')", guide=guide)
    async with scoped(engine, a_guide()) as connection:
        await connection.execute(text(put), {"guide": "g1"})
        assert (await connection.execute(text("update duty set state = 'off' where guide = 'g2'"))).rowcount == 0
    with pytest.raises(DBAPIError):
        async with scoped(engine, a_guide()) as connection:
            await connection.execute(text(put), {"guide": "g2"})
    async with scoped(engine, a_guide(None, "s1", "lead")) as connection:
        await connection.execute(text(put), {"guide": "g2"})
    assert {row["state"] for row in await rows(engine, "select state from duty")} == {"off"}


def seen_by(talk: Mapping[str, Any], viewer: User) -> bool:
    """The rule in Python."""
    own = viewer.sees_all or (talk["store"] in viewer.stores) or talk["store"] is None
    held = talk["owner"] == "human" and talk["guide"] == viewer.actor
    return own or held or (talk["state"] == "waiting" and talk["assigned"] == viewer.actor)


@pytest.mark.parametrize("seed", range(4))
async def test_the_policies_are_the_rule_for_talks_of_any_kind(engine: AsyncEngine, seed: int) -> None:
    random = Random(seed)
    stores, guides = ("s1", "s2", "s3", None), ("g1", "g2", "g3", None)
    talks = [
        {
            "id": f"v{n}",
            "store": random.choice(stores),
            "owner": random.choice(("bot", "waiting", "human", "closed")),
            "guide": random.choice(guides),
            "state": random.choice(("waiting", "claimed", "closed")),
            "assigned": random.choice(guides),
        }
        for n in range(40)
    ]
    async with engine.begin() as connection:
        for step in (
            "insert into customers (id, channel, account, external, store) values (:id, 'web', '', :id, :store)",
            (
                "insert into conversations (id, channel, account, peer, external, customer_id, store, owner, guide) "
                "values (:id, 'web', '', '', :id, :id, :store, :owner, :guide)"
            ),
            "insert into messages (conversation_id, author, text) values (:id, 'shopper', 'x')",
            "insert into handovers (conversation_id, reason, state, assigned) values (:id, 'x', :state, :assigned)",
            "insert into customer_tags (customer_id, tag, value, confidence, source, at) values (:id, 'a', 'b', 1, 'x', now())",
        ):
            await connection.execute(text(step), talks)
    for viewer in (
        *(a_guide(guide, store) for guide in ("g1", "g2", "g3") for store in ("s1", "s2", None)),
        a_guide(None, "s3", "lead"),
        a_guide(None, None, "lead"),
        a_guide(None, None, "admin"),
    ):
        expected = {talk["id"] for talk in talks if seen_by(talk, viewer)}
        async with scoped(engine, viewer) as connection:
            for column, table in (
                ("id", "conversations"),
                ("id", "customers"),
                ("conversation_id", "messages"),
                ("conversation_id", "handovers"),
                ("customer_id", "customer_tags"),
            ):
                found = await connection.execute(text(f"select {column} from {table}"))
                assert set(found.scalars()) == expected, (viewer, table)


@pytest.fixture
async def narrow(embedded: Servers, engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The same database through one single connection, which everybody gets after one another."""
    async with connected(embedded.database_url, pool=1) as one:
        yield one


_WHO = text(
    "select session_user = current_user as owner, coalesce(current_setting('daogou.actor', true), '') || "
    "coalesce(current_setting('daogou.stores', true), '') || coalesce(current_setting('daogou.all', true), '') as left_over, "
    "(select count(*) from messages) as messages"
)


async def who(engine: AsyncEngine) -> tuple[bool, str, int]:
    """Whom a plain statement runs as, what is left of a viewer, and how many messages it sees."""
    async with engine.connect() as connection:
        row = (await connection.execute(_WHO)).one()
        return row.owner, row.left_over, row.messages


async def test_a_connection_comes_back_as_it_went(narrow: AsyncEngine) -> None:
    """After a commit, an error, a fault in SQL, a rollback to a savepoint, a cancelled call: the next user is the owner again."""
    await planted(narrow)
    assert await who(narrow) == (True, "", 3)
    async with scoped(narrow, a_guide()) as connection:
        assert (await connection.execute(text("select count(*) from messages"))).scalar_one() == 2
    assert await who(narrow) == (True, "", 3)
    with pytest.raises(ValueError, match="a bug"):
        async with scoped(narrow, a_guide(None, None, "admin")):
            raise ValueError("a bug of a page")
    assert await who(narrow) == (True, "", 3)
    with pytest.raises(DBAPIError):
        async with scoped(narrow, a_guide()) as connection:
            await connection.execute(text("select * from users"))
    assert await who(narrow) == (True, "", 3)
    async with scoped(narrow, a_guide()) as connection:
        nested = await connection.begin_nested()
        await nested.rollback()
        assert (await connection.execute(text("select count(*) from messages"))).scalar_one() == 2
    call = asyncio.ensure_future(_slow(narrow))
    while not await _sleeping(narrow, call):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait([call])
    assert await who(narrow) == (True, "", 3)


async def _slow(engine: AsyncEngine) -> None:
    async with scoped(engine, a_guide()) as connection:
        await connection.execute(text("select pg_sleep(30)"))


async def _sleeping(engine: AsyncEngine, call: "asyncio.Future[None]") -> bool:
    return call.done() or engine.pool.checkedout() == 1  # type: ignore[attr-defined]


async def test_the_same_words_mean_another_answer_for_the_next_viewer(narrow: AsyncEngine) -> None:
    """Plans are kept with a connection; what a viewer may see is not."""
    await planted(narrow)
    query = text("select string_agg(text, '/' order by text) from messages where conversation_id like 'v%'")
    for _ in range(8):
        for viewer, sees in ((a_guide(), OWN), (a_guide("g3", "s2"), FOREIGN)):
            async with scoped(narrow, viewer) as connection:
                said = (await connection.execute(query)).scalar_one()
            assert {FOREIGN, OWN} & set(said.split("/")) == {sees}
        async with narrow.connect() as connection:
            assert {FOREIGN, OWN} <= set((await connection.execute(query)).scalar_one().split("/"))


async def test_many_viewers_at_once_never_see_through_each_others_eyes(engine: AsyncEngine) -> None:
    await planted(engine)

    async def look(n: int) -> Sequence[str]:
        async with scoped(engine, a_guide(f"g{n}", "s1" if n % 2 else "s2")) as connection:
            await asyncio.sleep(0)
            found = await connection.execute(text("select text from messages"))
            return [one for one in found.scalars() if one != NOBODYS]

    seen = await asyncio.gather(*(look(n) for n in range(200)))
    assert all(one == [OWN if n % 2 else FOREIGN] for n, one in enumerate(seen))


async def test_after_leaving_the_role_the_owner_goes_on_and_nothing_of_the_viewer_is_left(engine: AsyncEngine) -> None:
    await planted(engine)
    async with scoped(engine, a_guide()) as connection:
        await leave(connection)
        row = (await connection.execute(_WHO)).one()
        assert (row.owner, row.left_over, row.messages) == (True, "off", 3)


async def test_a_new_talk_is_its_customers_stores(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("1"))
    await run(engine, "update customers set store = 's2'")
    await accept(engine, an_arrival("2", peer="second", conversation="v-second"))
    assert {row["store"] for row in await rows(engine, "select store from conversations")} == {"s2"}
    assert await desk.bot_talks(engine, a_guide()) == []


async def test_a_talk_that_begins_while_its_customer_is_given_a_store_is_that_stores(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("1"))
    async with engine.begin() as giving:
        await giving.execute(text("update customers set store = 's2'"))
        beginning = asyncio.ensure_future(accept(engine, an_arrival("2", peer="second", conversation="v-second")))
        while not await rows(engine, "select 1 from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'"):
            assert not beginning.done()
    await beginning
    assert await rows(engine, "select store from conversations where id = 'v-second'") == [{"store": "s2"}]
