"""``daogou orders``: a group's messages as a ledger. Needs no brand, no model and no server, and loads in a blink."""

from argparse import Namespace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from bot.cli.filters import Answer, Filter, Request, Words
from intents.orders import Article, Ledger, Said, plain, read_orders

Key = Annotated[str | int, Field(union_mode="left_to_right")]
_CHINA = timezone(timedelta(hours=8))
"""Of times without a zone; only their order counts."""
_CLOCK = datetime(2000, 1, 1, tzinfo=_CHINA)
"""The day of times that name none."""


def _moment(value: object) -> object:
    """An hour alone (10:05) is one of the same day as all others."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text) <= 8 and ":" in text:
        try:
            told = time.fromisoformat(text.zfill(5))
        except ValueError:
            return value
        return datetime.combine(_CLOCK.date(), told, _CHINA)
    return text or None


class MenuRow(BaseModel):
    """One article of the menu."""

    model_config = {**Request.model_config, "coerce_numbers_to_str": False}

    sku: Key
    name: Annotated[str, Field(strict=True, min_length=1)]
    unit: Annotated[str, Field(strict=True, min_length=1)]
    price: Annotated[Decimal, Field(ge=0, le=100_000_000)] | None = None
    aliases: Words = ()


class MessageRow(BaseModel):
    """One message of the group."""

    model_config = {**Request.model_config, "coerce_numbers_to_str": False}

    id: Key
    sender: Annotated[str, Field(strict=True, min_length=1)]
    text: Annotated[str, Field(strict=True)]
    at: Annotated[datetime | None, BeforeValidator(_moment)] = None
    reply_to: Key | None = None


class OrderSession(Request):
    """``{"id", "menu": [{"sku","name","unit","price","aliases"}], "messages": [{"id","sender","text","at"?,"reply_to"?}]}``."""

    menu: tuple[MenuRow, ...]
    messages: tuple[MessageRow, ...]

    @field_validator("menu")
    @classmethod
    def _skus_once(cls, rows: tuple[MenuRow, ...]) -> tuple[MenuRow, ...]:
        if not rows:
            raise ValueError("至少要有 1 项")
        twice = sorted({str(row.sku) for row in rows if [str(one.sku) for one in rows].count(str(row.sku)) > 1})
        if twice:
            raise ValueError(f"sku 重复：{'、'.join(twice)}")
        return rows

    @field_validator("messages")
    @classmethod
    def _each_once(cls, rows: tuple[MessageRow, ...]) -> tuple[MessageRow, ...]:
        """A message that was delivered twice counts once; two messages of one id are refused."""
        kept: dict[str, MessageRow] = {}
        for row in rows:
            known = kept.setdefault(str(row.id), row)
            if (known.sender, known.text) != (row.sender, row.text):
                raise ValueError(f"两条不同的消息用了同一个 id：{row.id}")
        return tuple(kept.values())


def run_orders(_: Namespace) -> int:
    """Read sessions until the input ends."""
    return Filter(OrderSession, ordered).run()


def ordered(session: OrderSession) -> Answer:
    """The output line, without its id; skus and message ids as they came."""
    skus = {str(row.sku): row.sku for row in session.menu}
    ids = {str(row.id): row.id for row in session.messages}
    return told(read_orders(_menu(session), _messages(session)), skus, ids)


def told(ledger: Ledger, skus: dict[str, str | int], ids: dict[str, str | int]) -> Answer:
    """A ledger as JSON; quantities and yuan as plain numbers."""
    return {
        "lines": [
            {
                "sender": line.sender,
                "sku": skus[line.sku],
                "n": plain(line.n),
                "unit": line.unit,
                "note": line.note,
                "from": [ids[one] for one in line.sources],
            }
            for line in ledger.lines
        ],
        "unresolved": [{"message": ids[one.message], "text": one.text, "question": one.question} for one in ledger.unresolved],
        "totals": [{"sku": skus[one.sku], "n": plain(one.n), "amount": plain(one.amount)} for one in ledger.totals],
        "by_sender": [{"sender": one.sender, "amount": plain(one.amount)} for one in ledger.by_sender],
        "amount": plain(ledger.amount),
    }


def _menu(session: OrderSession) -> list[Article]:
    return [Article(str(row.sku), row.name, row.unit, row.price or Decimal(0), row.aliases) for row in session.menu]


def _messages(session: OrderSession) -> list[Said]:
    return [
        Said(str(row.id), row.sender, row.text, _zoned(row.at), None if row.reply_to is None else str(row.reply_to))
        for row in session.messages
    ]


def _zoned(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=_CHINA) if at is not None and at.tzinfo is None else at
