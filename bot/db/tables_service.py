"""The tables of people at work: who is on duty, what is to be done, what was noted, what was told to whom, what was put right."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from bot.db.columns import born, key, metadata, moment, words


def of_conversation(*, nullable: bool = False) -> "Column[object]":
    """The talk that a row belongs to, and with which it goes."""
    return Column("conversation_id", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=nullable)


duty = Table(
    "duty",
    metadata,
    Column("guide", Text, primary_key=True),
    words("state", "on"),
    moment("until"),
    words("note"),
    born("updated_at"),
)

tasks = Table(
    "tasks",
    metadata,
    key(),
    of_conversation(nullable=True),
    Column("customer_id", Text, ForeignKey("customers.id", ondelete="CASCADE")),
    Column("store", Text),
    Column("guide", Text),
    words("kind", "reminder"),
    Column("text", Text, nullable=False),
    moment("due_at", nullable=False),
    words("state", "open"),
    Column("author", Text, nullable=False),
    Column("key", Text, unique=True),
    born(),
    moment("reminded_at"),
    moment("done_at"),
    Column("done_by", Text),
    Index("ix_tasks_open", "due_at", postgresql_where=text("state = 'open'")),
    Index("ix_tasks_conversation_id", "conversation_id"),
    Index("ix_tasks_customer_id", "customer_id"),
)

notes = Table(
    "notes",
    metadata,
    key(),
    of_conversation(),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    born("at"),
    Index("ix_notes_conversation_id", "conversation_id", "id"),
)

alerts = Table(
    "alerts",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("guide", Text),
    Column("store", Text),
    of_conversation(nullable=True),
    Column("text", Text, nullable=False),
    words("state", "pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("due_at"),
    Column("reason", Text),
    born(),
    moment("sent_at"),
    Index("ix_alerts_pending", "id", postgresql_where=text("state = 'pending'")),
    Index("ix_alerts_conversation_id", "conversation_id"),
)

corrections = Table(
    "corrections",
    metadata,
    key(),
    of_conversation(nullable=True),
    Column("message_id", BigInteger),
    Column("question", Text, nullable=False),
    Column("wrong", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entry", Text),
    words("reply"),
    Column("author", Text, nullable=False),
    Column("store", Text),
    words("state", "open"),
    words("note"),
    born(),
    moment("settled_at"),
    Column("private", Boolean, nullable=False, server_default="false"),
    Index("ix_corrections_state", "state", "id"),
    Index("ix_corrections_conversation_id", "conversation_id"),
)
