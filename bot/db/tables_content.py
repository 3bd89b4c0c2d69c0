"""The tables of content and of those who look after it: releases, accounts, drafts, replays, the audit."""

from sqlalchemy import BigInteger, Column, Computed, ForeignKey, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.columns import born, flag, json, key, metadata, moment, number, words

releases = Table(
    "releases",
    metadata,
    key(),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    words("note"),
    born(),
    moment("published_at"),
    words("kind", "import"),
    Column("parent", BigInteger, ForeignKey("releases.id", ondelete="SET NULL")),
    json("changes"),
)

content_files = Table(
    "content_files",
    metadata,
    Column("release_id", BigInteger, ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("digest", Text, Computed("md5(body)", persisted=True), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("guide", Text),
    Column("store", Text),
    Column("password", Text, nullable=False),
    flag("one_time"),
    flag("disabled"),
    born(),
)

logins = Table(
    "logins",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user_name", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    born(),
    moment("expires_at", nullable=False),
    words("place"),
)

content_drafts = Table(
    "content_drafts",
    metadata,
    key(),
    Column("kind", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("value", JSONB),
    words("base"),
    number("version"),
    words("state", "draft"),
    words("scope"),
    Column("origin", Text, nullable=False),
    words("note"),
    Column("author", Text, nullable=False),
    born(),
    Column("updated_by", Text),
    moment("updated_at"),
    Column("approved_by", Text),
    moment("approved_at"),
    Column("release_id", BigInteger, ForeignKey("releases.id", ondelete="SET NULL")),
    Index(
        "ix_content_drafts_open", "kind", "item", unique=True,
        postgresql_where=text("state in ('draft', 'proposed', 'approved')"),
    ),
    Index("ix_content_drafts_item", "kind", "item", "id"),
)  # fmt: skip

content_draft_saves = Table(
    "content_draft_saves",
    metadata,
    Column("draft_id", BigInteger, ForeignKey("content_drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("value", JSONB),
    Column("author", Text, nullable=False),
    born("at"),
    words("note"),
)

replays = Table(
    "replays",
    metadata,
    key(),
    Column("live_digest", Text, nullable=False),
    Column("draft_digest", Text, nullable=False),
    json("drafts"),
    words("state", "waiting"),
    number("progress"),
    number("total"),
    Column("author", Text, nullable=False),
    born(),
    moment("started_at"),
    moment("finished_at"),
    moment("lease_until"),
    json("report"),
    words("error"),
    Index("ix_replays_digests", "live_digest", "draft_digest", "id"),
)

gaps_set_aside = Table(
    "gaps_set_aside",
    metadata,
    Column("question", Text, primary_key=True),
    Column("author", Text, nullable=False),
    words("note"),
    born("at"),
)

audit = Table(
    "audit",
    metadata,
    key(),
    born("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    json("details"),
    Index("ix_audit_actor", "actor", "id"),
    Index("ix_audit_subject", "subject", "id"),
)
