"""The tables of groups: how each is to be treated, its campaigns of group orders and their ledger, coupons given once."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Numeric, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from bot.db.columns import born, json, key, metadata, moment, number, words
from bot.db.tables_service import of_conversation

groups = Table(
    "groups",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("guide", Text),
    json("settings"),
    born("updated_at"),
)

campaigns = Table(
    "campaigns",
    metadata,
    key(),
    of_conversation(),
    Column("title", Text, nullable=False),
    Column("menu", JSONB, nullable=False),
    json("terms"),
    moment("opens_at", nullable=False),
    moment("deadline"),
    words("state", "open"),
    Column("author", Text, nullable=False),
    number("after_inbox", BigInteger),
    number("read_upto", BigInteger),
    number("version"),
    moment("confirmed_at"),
    moment("reminded_at"),
    moment("closed_at"),
    born(),
    Index("ix_campaigns_conversation_id", "conversation_id", "id"),
    Index("ix_campaigns_open", "conversation_id", unique=True, postgresql_where=text("state = 'open'")),
)


def of_campaign(*, part_of_key: bool = False) -> "Column[object]":
    """The campaign that a row belongs to, and with which it goes."""
    belongs = ForeignKey("campaigns.id", ondelete="CASCADE")
    return Column("campaign_id", BigInteger, belongs, primary_key=part_of_key, nullable=False)


order_lines = Table(
    "order_lines",
    metadata,
    of_campaign(part_of_key=True),
    Column("sender", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("n", Numeric, nullable=False),
    Column("unit", Text, nullable=False),
    words("note"),
    Column("sources", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    words("state", "taken"),
    Column("granted", Numeric, nullable=False),
    Column("confirmed", Numeric),
    Column("place", Integer, nullable=False, server_default="0"),
    born("updated_at"),
)

order_doubts = Table(
    "order_doubts",
    metadata,
    key(),
    of_campaign(),
    Column("sender", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("question", Text, nullable=False),
    moment("asked_at"),
    moment("settled_at"),
    born(),
    UniqueConstraint("campaign_id", "message", "text"),
)

order_edits = Table(
    "order_edits",
    metadata,
    key(),
    of_campaign(),
    Column("sender", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("n", Numeric, nullable=False),
    words("note"),
    Column("author", Text, nullable=False),
    number("after_inbox", BigInteger),
    born("at"),
    Index("ix_order_edits_campaign_id", "campaign_id", "id"),
)

coupons = Table(
    "coupons",
    metadata,
    key(),
    of_conversation(nullable=True),
    Column("customer_id", Text, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("coupon", Text, nullable=False),
    Column("store", Text),
    words("source"),
    born("given_at"),
    UniqueConstraint("customer_id", "coupon"),
    Index("ix_coupons_conversation_id", "conversation_id"),
)
