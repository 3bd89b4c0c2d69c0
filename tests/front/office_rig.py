"""What the tests of the office's pages share: messages of stores, people who look."""

from datetime import datetime

from tests.front.conftest import Door


async def talk(door: Door, name: str, store: str | None, channel: str = "web") -> str:
    """A talk of two in a store."""
    await door.rows(
        "insert into customers (id, channel, account, external, store) values ('c' || :v, :ch, '', :v, :s)",
        v=name, ch=channel, s=store,
    )  # fmt: skip
    await door.rows(
        "insert into conversations (id, channel, account, peer, external, customer_id, store) "
        "values (:v, :ch, '', '', :v, 'c' || :v, :s)",
        v=name, ch=channel, s=store,
    )  # fmt: skip
    return name


async def said(
    door: Door, conversation: str, at: datetime, outcome: str | None = "answered", script: str = "greet", n: int = 1
) -> None:
    """Messages of a talk as they were settled; without an outcome they still wait."""
    await door.rows(
        "insert into inbox (channel, account, platform_id, conversation_id, kind, text, sent_at, received_at, state, outcome, trace) "
        "select c.channel, '', c.id || extract(epoch from cast(:at as timestamptz)) || coalesce(:outcome, '') || :script || k, c.id, 'text', "
        "'在吗', :at, :at, case when cast(:outcome as text) is null then 'new' else 'settled' end, :outcome, "
        "case when :script = '' then '{}' else jsonb_build_object('scripts', jsonb_build_array(jsonb_build_object('id', :script))) end "
        "from conversations c, generate_series(1, :n) k where c.id = :v",
        v=conversation, at=at, outcome=outcome, script=script, n=n,
    )  # fmt: skip
