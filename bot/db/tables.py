"""The tables, as SQLAlchemy Core sees them; the migrations under ``migrations/`` make the same (a test compares)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _moment(name: str, *, nullable: bool = True) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _born(name: str = "created_at") -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _json(name: str) -> "Column[object]":
    return Column(name, JSONB, nullable=False, server_default=text("'{}'::jsonb"))


def _number(name: str, kind: type[Integer] | type[BigInteger] = Integer) -> "Column[object]":
    return Column(name, kind, nullable=False, server_default="0")


def _flag(name: str) -> "Column[object]":
    return Column(name, Boolean, nullable=False, server_default="false")


def _words(name: str, default: str = "") -> "Column[object]":
    return Column(name, Text, nullable=False, server_default=default)


def _key() -> "Column[object]":
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


customers = Table(
    "customers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("external", Text, nullable=False),
    Column("name", Text),
    Column("level", Text),
    Column("store", Text),
    Column("unionid", Text),
    Column("owned", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    _json("profile"),
    _born(),
    UniqueConstraint("channel", "account", "external"),
)

customer_tags = Table(
    "customer_tags",
    metadata,
    _key(),
    Column("customer_id", Text, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tag", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("source", Text, nullable=False),
    _moment("at", nullable=False),
    _flag("retracted"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("peer", Text, nullable=False),
    Column("external", Text, nullable=False),
    Column("customer_id", Text, ForeignKey("customers.id"), nullable=False, index=True),
    _flag("is_group"),
    Column("name", Text),
    _words("owner", "bot"),
    _number("epoch"),
    Column("guide", Text),
    _moment("owner_since"),
    _number("human_upto", BigInteger),
    _moment("last_inbound_at"),
    _number("sent_since"),
    Column("platform_state", Integer),
    _born(),
    _moment("updated_at"),
    Index("ix_conversations_owner_since", "owner_since", postgresql_where=text("owner in ('waiting', 'human')")),
)

sessions = Table(
    "sessions",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    _number("version"),
    _json("data"),
    _born("updated_at"),
)

members = Table(
    "members",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    _born("joined_at"),
)

inbox = Table(
    "inbox",
    metadata,
    _key(),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE")),
    Column("sender", Text),
    Column("kind", Text, nullable=False),
    _words("text"),
    _json("payload"),
    _moment("sent_at", nullable=False),
    _born("received_at"),
    _words("state", "new"),
    Column("outcome", Text),
    Column("reason", Text),
    _json("trace"),
    _number("attempts"),
    _moment("settled_at"),
    UniqueConstraint("channel", "account", "platform_id"),
    Index("ix_inbox_waiting", "conversation_id", "id", postgresql_where=text("state = 'new'")),
    Index("ix_inbox_failed", "id", postgresql_where=text("outcome = 'failed'")),
    Index("ix_inbox_conversation", "conversation_id", "id"),
)

messages = Table(
    "messages",
    metadata,
    _key(),
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("author", Text, nullable=False),
    Column("sender", Text),
    _words("kind", "text"),
    _words("text"),
    _json("body"),
    _born("at"),
    Column("inbox_id", BigInteger),
    Column("msgid", Text),
    Column("trace", JSONB),
    _moment("recalled_at"),
    Column("failure", Text),
    Index("ix_messages_conversation", "conversation_id", "id"),
    Index("ix_messages_msgid", "msgid", unique=True, postgresql_where=text("msgid is not null")),
    Index("ix_messages_inbox_id", "inbox_id", unique=True, postgresql_where=text("inbox_id is not null")),
)

outbox = Table(
    "outbox",
    metadata,
    _key(),
    Column("msgid", Text, nullable=False, unique=True),
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("author", Text, nullable=False),
    Column("sender", Text),
    Column("epoch", Integer, nullable=False),
    Column("speech", JSONB, nullable=False),
    _flag("critical"),
    Column("deadline", DateTime(timezone=True)),
    _words("state", "pending"),
    _number("attempts"),
    _flag("uncertain"),
    _moment("due_at"),
    _moment("lease_until"),
    Column("code", Integer),
    Column("reason", Text),
    _born(),
    _moment("sent_at"),
    Index("ix_outbox_waiting", "conversation_id", "id", postgresql_where=text("state in ('pending', 'sending', 'held')")),
    Index("ix_outbox_sending", "lease_until", postgresql_where=text("state = 'sending'")),
)

handovers = Table(
    "handovers",
    metadata,
    _key(),
    Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("reason", Text, nullable=False),
    _number("urgency"),
    Column("store", Text),
    Column("wanted", Text),
    Column("guide", Text),
    _words("state", "waiting"),
    _json("brief"),
    _born(),
    _moment("claimed_at"),
    _moment("closed_at"),
    Index("ix_handovers_open", "conversation_id", unique=True, postgresql_where=text("state <> 'closed'")),
)

pulls = Table(
    "pulls",
    metadata,
    Column("account", Text, primary_key=True),
    Column("open_kfid", Text, primary_key=True),
    _words("cursor"),
    _flag("started"),
    _words("token"),
    _moment("token_at"),
    _number("noticed", BigInteger),
    _number("pulled", BigInteger),
    _moment("updated_at"),
)

releases = Table(
    "releases",
    metadata,
    _key(),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    _words("note"),
    _born(),
    _moment("published_at"),
)

content_files = Table(
    "content_files",
    metadata,
    Column("release_id", BigInteger, ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("guide", Text),
    Column("store", Text),
    Column("password", Text, nullable=False),
    _flag("one_time"),
    _flag("disabled"),
    _born(),
)

logins = Table(
    "logins",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    _born(),
    _moment("expires_at", nullable=False),
)

events = Table(
    "events",
    metadata,
    _key(),
    Column("customer_id", Text, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("sku", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _moment("at", nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    _born("received_at"),
    UniqueConstraint("source", "key"),
    Index("ix_events_customer_id", "customer_id", "at"),
    Index("ix_events_at", "at"),
)

entry_drafts = Table(
    "entry_drafts",
    metadata,
    Column("id", Text, primary_key=True),
    _json("entry"),
    Column("origin", Text, nullable=False),
    _words("note"),
    _words("state", "draft"),
    Column("author", Text, nullable=False),
    _born(),
    _moment("updated_at"),
    Column("release_id", BigInteger, ForeignKey("releases.id", ondelete="SET NULL")),
)

gaps_set_aside = Table(
    "gaps_set_aside",
    metadata,
    Column("question", Text, primary_key=True),
    Column("author", Text, nullable=False),
    _words("note"),
    _born("at"),
)

audit = Table(
    "audit",
    metadata,
    _key(),
    _born("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    _json("details"),
)
