"""A campaign's ledger as the desk shows it. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.db.campaigns_desk import Listed
from bot.db.campaigns_rows import Campaign, Doubt, OrderLine
from bot.db.codec import iso
from bot.ordering.menu import Good, terms_of
from bot.ordering.telling import Sheet, by_person
from intents.orders import plain


def ledger(sheet: Sheet, doubts: Iterable[Doubt], author: str) -> dict[str, object]:
    """Head, menu with what is taken, people with their lines, open questions, sums."""
    return {
        "campaign": _head(sheet, author),
        "menu": _menu(sheet),
        "people": _people(sheet),
        "doubts": [_doubt(one) for one in doubts if one.settled_at is None],
        "amount": plain(sheet.amount()),
        **_minimum(sheet),
    }


def campaign(one: Listed | Campaign) -> dict[str, object]:
    """What the list of a group's campaigns and the ledger both say of one."""
    return {
        "id": str(one.id),
        "title": one.title,
        "state": one.state,
        "opens_at": iso(one.opens_at),
        "deadline": iso(one.deadline),
        "closed_at": iso(one.closed_at),
        "version": one.version,
    }


def _head(sheet: Sheet, author: str) -> dict[str, object]:
    one = sheet.campaign
    terms = terms_of(one.terms)
    return {
        **campaign(one),
        "conversation": one.conversation,
        "author": author,
        "terms": {
            "minimum_amount": _number(terms.minimum_amount),
            "minimum_n": _number(terms.minimum_n),
            "confirm_every": terms.confirm_every,
            "note": terms.note,
        },
    }


def _menu(sheet: Sheet) -> list[dict[str, object]]:
    taken = {good.sku: n for good, n in sheet.totals()}
    wanted: dict[str, Decimal] = {}
    for line in sheet.lines:
        wanted[line.sku] = wanted.get(line.sku, Decimal(0)) + line.n
    return [_article(good, taken.get(good.sku, Decimal(0)), wanted.get(good.sku, Decimal(0))) for good in sheet.goods.values()]


def _article(good: Good, taken: Decimal, wanted: Decimal) -> dict[str, object]:
    return {
        "sku": good.sku,
        "name": good.name,
        "unit": good.unit,
        "price": plain(good.price),
        "aliases": list(good.aliases),
        "stock": _number(good.stock),
        "left": None if good.stock is None else plain(good.stock - taken),
        "n": plain(taken),
        "wanted": plain(wanted),
        "amount": plain(taken * good.price),
    }


def _people(sheet: Sheet) -> list[dict[str, object]]:
    goods = sheet.goods
    return [
        {
            "sender": sender,
            "name": some[0].name,
            "amount": plain(sum((one.granted * goods[one.sku].price for one in some), Decimal(0))),
            "lines": [_line(one, goods[one.sku]) for one in some],
        }
        for sender, some in by_person(one for one in sheet.lines if one.n > 0 and one.sku in goods).items()
    ]


def _line(one: OrderLine, good: Good) -> dict[str, object]:
    return {
        "sku": one.sku,
        "name": good.name,
        "n": plain(one.n),
        "granted": plain(one.granted),
        "unit": one.unit,
        "note": one.note,
        "state": one.state,
        "confirmed": _number(one.confirmed),
        "edited": any(source.startswith("edit:") for source in one.sources),
        "messages": _messages(one.sources),
    }


def _messages(sources: Sequence[str]) -> list[str]:
    """The messages of the talk behind a line."""
    return [source for source in sources if source.isdigit()]


def _doubt(one: Doubt) -> dict[str, object]:
    told = {"id": str(one.id), "sender": one.sender, "name": one.name, "message": one.message}
    return {**told, "text": one.text, "question": one.question, "asked_at": iso(one.asked_at)}


def _minimum(sheet: Sheet) -> dict[str, object]:
    found = sheet.standings()
    if found is None:
        return {}
    missing = {"missing_amount": plain(found.missing_amount), "missing_n": plain(found.missing_n)}
    return {"minimum": {"reached": found.reached, **missing}}


def _number(told: Decimal | None) -> int | float | None:
    return None if told is None else plain(told)
