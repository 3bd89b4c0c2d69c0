"""The kinds of columns that our tables are made of, and the one set of metadata that they belong to."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Integer, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def moment(name: str, *, nullable: bool = True) -> "Column[object]":
    """A moment with zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def born(name: str = "created_at") -> "Column[object]":
    """When the row was made."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def json(name: str) -> "Column[object]":
    """A JSON object, empty by default."""
    return Column(name, JSONB, nullable=False, server_default=text("'{}'::jsonb"))


def number(name: str, kind: type[Integer] | type[BigInteger] = Integer) -> "Column[object]":
    """A count from zero."""
    return Column(name, kind, nullable=False, server_default="0")


def flag(name: str) -> "Column[object]":
    """A yes or no, no by default."""
    return Column(name, Boolean, nullable=False, server_default="false")


def words(name: str, default: str = "") -> "Column[object]":
    """Text that is never null."""
    return Column(name, Text, nullable=False, server_default=default)


def key() -> "Column[object]":
    """A number that PostgreSQL draws."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)
