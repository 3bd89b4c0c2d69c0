"""The tables of content and of those who look after it: releases, accounts, drafts, the audit."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table, Text

from bot.db.columns import born, flag, json, key, metadata, moment, words

releases = Table(
    "releases",
    metadata,
    key(),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    words("note"),
    born(),
    moment("published_at"),
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
)

entry_drafts = Table(
    "entry_drafts",
    metadata,
    Column("id", Text, primary_key=True),
    json("entry"),
    Column("origin", Text, nullable=False),
    words("note"),
    words("state", "draft"),
    Column("author", Text, nullable=False),
    born(),
    moment("updated_at"),
    Column("release_id", BigInteger, ForeignKey("releases.id", ondelete="SET NULL")),
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
)
