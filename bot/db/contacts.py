"""Whose contact a customer is: WeCom tells of guides and their contacts, our tables of own guides and their stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import wecom_groups
from bot.db.scoped import scoped
from bot.db.users import User
from bot.ids import conversation_id, customer_id

_CUSTOMER = text(
    """
    insert into customers (id, channel, account, external) values (:customer, :channel, :account, :external)
    on conflict do nothing
    """
)
_WHOSE = text(
    """
    update customers set guide = coalesce(guide, :guide), store = coalesce(store, :store) where id = :customer
    """
)
"""Also where nothing changes: whoever goes on to the conversation holds its customer, as everywhere."""
_TALK = text(
    """
    insert into conversations (id, channel, account, peer, external, customer_id, store, is_group)
    values (:id, :channel, :account, :peer, :external, :customer, :store, :group)
    on conflict (id) do update set store = coalesce(conversations.store, excluded.store), is_group = excluded.is_group
    """
)
_SESSION = text("insert into sessions (conversation_id) values (:id) on conflict do nothing")
_LAST = """
    (select i.kind from inbox i where i.conversation_id = c.id and i.kind in ('contact_added', 'contact_removed')
     order by i.id desc limit 1)
"""
_STANDS = text(f"select {_LAST} from conversations c where c.id = :id")  # noqa: S608  (a piece of our own)
_OTHERS = text(
    f"""
    select c.peer from conversations c where c.customer_id = :customer and c.channel = :channel and c.id <> :id
        and coalesce({_LAST}, 'contact_added') = 'contact_added' order by c.created_at, c.id
    """  # noqa: S608
)
_PARTED = text("update customers set guide = :heir where id = :customer and guide = :guide")
_SEEN = text(
    """
    select id from conversations where channel = :channel and account = :account and external = :external
    order by id = :id desc, updated_at desc nulls last, id limit 1
    """
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A talk in which a guide is the last step, and whose it is."""

    channel: str
    account: str
    peer: str
    external: str
    guide: str | None = None
    """The guide's id with us; None for a member of staff who is no guide of ours."""
    store: str | None = None
    group: bool = False

    @property
    def conversation(self) -> str:
        """The talk."""
        return conversation_id(self.channel, self.account, self.peer, self.external)


async def opened(engine: AsyncEngine, relation: Relation) -> str:
    """Make the talk if there is none; customer and talk belong to this guide's store unless they are somebody's already."""
    async with engine.begin() as connection:
        await _open(connection, relation)
    return relation.conversation


async def related(engine: AsyncEngine, relation: Relation, guides: Mapping[str, str], now: datetime) -> None:
    """Follow what WeCom told last of a relation, however often it is told: a customer who left is their other guide's.

    A group is asked for a moment later (``bot.rollcall``): its callbacks do not say whose it is. ``guides``: userid → guide id.
    """
    async with engine.begin() as connection:
        if relation.group:
            await _open(connection, relation)
            await wecom_groups.notice(connection, relation.account, relation.external, now)
            return
        stands = (await connection.execute(_STANDS, {"id": relation.conversation})).scalar_one_or_none()
        if stands == "contact_removed":
            await _part(connection, relation, guides)
        else:
            await _open(connection, relation)


async def seen(engine: AsyncEngine, viewer: User, relation: Relation) -> str | None:
    """The talk with this customer (or group) that the viewer may see, this relation's before any other; None: there is none."""
    async with scoped(engine, viewer) as connection:
        found: str | None = (await connection.execute(_SEEN, _values(relation))).scalar_one_or_none()
        return found


async def _open(connection: AsyncConnection, relation: Relation) -> None:
    values = _values(relation)
    await connection.execute(_CUSTOMER, values)
    await connection.execute(_WHOSE, values)
    await connection.execute(_TALK, values)
    await connection.execute(_SESSION, values)


async def _part(connection: AsyncConnection, relation: Relation, guides: Mapping[str, str]) -> None:
    peers = [row.peer for row in await connection.execute(_OTHERS, _values(relation))]
    heir = next((guides[peer] for peer in peers if peer in guides), None)
    await connection.execute(_PARTED, {**_values(relation), "heir": heir})


def _values(relation: Relation) -> dict[str, object]:
    return {
        "id": relation.conversation,
        "customer": customer_id(relation.channel, relation.account, relation.external),
        "channel": relation.channel,
        "account": relation.account,
        "peer": relation.peer,
        "external": relation.external,
        "guide": relation.guide,
        "store": relation.store,
        "group": relation.group,
    }
