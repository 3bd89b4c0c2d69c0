"""What is said of a campaign, and that it was said, in one transaction: the outbox row and the rows that it tells."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.campaigns_rows import Campaign, OrderLine
from bot.db.codec import speech_to_json, to_json
from bot.ids import msgid
from bot.model import Speech

WORTH = timedelta(hours=1)
"""A word about an order is worth nothing later: by then there is a newer one."""

_SAY = text(
    """
    insert into outbox (msgid, conversation_id, author, epoch, speech, deadline, created_at)
    values (:msgid, :talk, 'bot', :epoch, cast(:speech as jsonb), :deadline, :now) on conflict (msgid) do nothing
    """
)
_CONFIRM = text(
    """
    update order_lines l set confirmed = t.n
    from unnest(cast(:senders as text[]), cast(:skus as text[]), cast(:told as numeric[])) as t(sender, sku, n)
    where l.campaign_id = :id and l.sender = t.sender and l.sku = t.sku
    """
)
_TOLD_AWAY = text("delete from order_lines where campaign_id = :id and state = 'gone' and confirmed = 0")
_CONFIRMED = text("update campaigns set confirmed_at = :now where id = :id")
_ASKED = text("update order_doubts set asked_at = :now where id = any(cast(:ids as bigint[]))")
_REMINDED = text("update campaigns set reminded_at = :now where id = :id")
_CLOSE = text("update campaigns set state = 'closed', closed_at = :now, version = version + 1 where id = :id and state = 'open'")
_KEEP = text("update campaigns set terms = terms || cast(:kept as jsonb) where id = :id")


async def say(connection: AsyncConnection, campaign: Campaign, seed: str, speech: Speech, now: datetime) -> None:
    """Put a line of the bot into the outbox; a second one with the same seed is none."""
    values = {
        "msgid": msgid("orders", str(campaign.id), campaign.conversation, seed),
        "talk": campaign.conversation,
        "epoch": campaign.epoch,
        "speech": speech_to_json(speech),
        "deadline": now + WORTH,
        "now": now,
    }
    await connection.execute(_SAY, values)


async def confirmed(connection: AsyncConnection, campaign: int, lines: Sequence[OrderLine], now: datetime) -> None:
    """The group was told of these lines as they are now."""
    if lines:
        values = {"senders": [one.sender for one in lines], "skus": [one.sku for one in lines]}
        await connection.execute(_CONFIRM, {"id": campaign, **values, "told": [one.granted for one in lines]})
        await connection.execute(_TOLD_AWAY, {"id": campaign})
    await connection.execute(_CONFIRMED, {"id": campaign, "now": now})


async def asked(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """These questions were put."""
    await connection.execute(_ASKED, {"ids": list(ids), "now": now})


async def reminded(connection: AsyncConnection, campaign: int, now: datetime) -> None:
    """The group was told that it ends soon, or that moment has passed."""
    await connection.execute(_REMINDED, {"id": campaign, "now": now})


async def close(connection: AsyncConnection, campaign: int, now: datetime) -> None:
    """Its time is over."""
    await connection.execute(_CLOSE, {"id": campaign, "now": now})


async def keep(connection: AsyncConnection, campaign: int, kept: Mapping[str, object]) -> None:
    """Note something beside the terms."""
    await connection.execute(_KEEP, {"id": campaign, "kept": to_json(kept)})
