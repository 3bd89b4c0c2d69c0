"""Rules and spellings as an edit leaves them: what they do to the wrong words, goods and people, or to nobody."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.content.items import Item
from bot.content.linting_catalogue import Shelf
from bot.content.linting_pieces import Mark, below, day, named, told

_EVERYDAY: Final = 8
"""Sentences of shoppers with a word in which it means something else, from which on it is a word of everybody's."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What shoppers say, and what their words are taken for."""

    plain: Callable[[], str]
    """All sentences to learn from, one a line, with what is marked in them taken out."""
    known: Mapping[str, Collection[str]]
    """A way to write something → the standards (``slot/standard``) that it is taken for."""
    audiences: Collection[str] = ()
    """Values that tags know."""
    stores: Collection[str] = ()
    today: date = date.min


def spelling(before: Item | None, after: Item, spoken: Spoken) -> Iterator[Mark]:
    """What is wrong with the ways to write something that an edit adds."""
    had = set(named(before.value, "spellings")) if before is not None else set()
    standard = told(after.value, "standard")
    for n, one in enumerate(named(after.value, "spellings")):
        word = one.strip()
        if word in had:
            continue
        at = ("spellings", n)
        others = sorted(set(spoken.known.get(word, ())) - {after.key.id})
        times = spoken.plain().count(word)
        if others:
            why = f"“{word}”已经是“{'、'.join(others)}”的叫法，两边都写，程序分不清"
            yield Mark("spelling.twin", "warn", at, word, why, "只留在一处")
        elif len(word) == 1:
            yield Mark(
                "spelling.broad", "warn", at, word, f"“{word}”只有一个字，许多句子里都有，都会被当成“{standard}”", "写完整的叫法"
            )
        elif times >= _EVERYDAY:
            why = f"顾客有 {times} 句话里说到“{word}”，说的都不是“{standard}”，加上以后都会听成它"
            yield Mark("spelling.broad", "warn", at, word, why, "去掉它，写更完整的叫法")
    if before is None and standard not in named(after.value, "spellings"):
        why = f"没有商品、标签或别的词条叫“{standard}”，听出来也用不上"
        yield Mark("spelling.idle", "warn", ("standard",), standard, why, "标准说法照商品表或标签里的写")


def rule(before: Item | None, after: Item, shelf: Shelf, spoken: Spoken) -> Iterator[Mark]:
    """What is wrong with a rule as it is now, beside what it was."""
    value, when = after.value, below(after.value, "when")
    old = before.value if before is not None else {}
    begins, ends = day(value, "from"), day(value, "until")
    if begins and ends and begins > ends:
        yield Mark(
            "rule.idle", "warn", ("until",), told(value, "until"), f"{begins} 才开始，{ends} 就结束了，一天也用不上", "核对日期"
        )
    elif ends and ends < spoken.today and told(old, "until") != told(value, "until"):
        yield Mark("rule.idle", "warn", ("until",), told(value, "until"), f"{ends} 已经过了，这条规则用不上", "核对年份和日期")
    for name, known in (("audience", spoken.audiences), ("store", spoken.stores)):
        for word in named(when, name):
            if known and word not in known:
                yield Mark(
                    "rule.idle", "warn", ("when", name), word, f"没有“{word}”，这条规则永远用不上", "照标签、门店里的写法改"
                )
    for sku in named(value, "pin"):
        yield from _pinned(sku, set(named(old, "pin")), shelf)
    yield from _barred(value, shelf)
    if before is not None:
        yield from _turned(old, value)


def _pinned(sku: str, had: Collection[str], shelf: Shelf) -> Iterator[Mark]:
    if sku not in shelf.products:
        yield Mark("rule.idle", "warn", ("pin",), sku, f"商品表里没有 {sku}", "换成商品表里的编号")
    elif sku not in had and (tags := set(named(shelf.products[sku].value, "tags")) & set(shelf.held)):
        why = f"{sku} 标着“{'、'.join(sorted(tags))}”，别的规则对谁都不推荐它"
        yield Mark("rule.idle", "warn", ("pin",), sku, why, "换一款，或者先解除那条规则")
    elif sku not in had and _sold_out(shelf.products[sku]):
        yield Mark("rule.idle", "warn", ("pin",), sku, f"{sku} 现在没有库存，排到前面顾客也买不到", "换一款有货的")


def _sold_out(item: Item) -> bool:
    stock = item.value.get("stock")
    if isinstance(stock, Mapping):
        return bool(stock) and not any(str(one).strip() not in {"", "0"} for one in stock.values())
    return stock is not None and str(stock).strip() == "0"


def _barred(value: Mapping[str, object], shelf: Shelf) -> Iterator[Mark]:
    """Goods put forward for the very people for whom another rule blocks them."""
    factor = float(str(value.get("factor") or 1))
    for who in named(below(value, "when"), "audience"):
        clash = sorted(set(named(below(value, "boost"), "tags")) & set(shelf.barred.get(who, ())))
        if clash and factor > 1:
            why = f"别的规则不给“{who}”推荐“{'、'.join(clash)}”，这里却要往前排"
            yield Mark("rule.unsafe", "block", ("boost",), "、".join(clash), why, "核对适用人群")


def _turned(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Mark]:
    try:
        was, now = (float(str(one.get("factor") or 1)) for one in (old, new))
    except ValueError:
        return
    if (was - 1) * (now - 1) < 0:
        why = f"原来是{'往前' if was > 1 else '往后'}排（{was:g}），现在成了{'往前' if now > 1 else '往后'}排（{now:g}）"
        yield Mark("change.factor", "warn", ("factor",), f"{now:g}", why, "核对倍数：大于 1 往前，小于 1 往后")
    for name in below(old, "boost"):
        had, has = set(named(below(old, "boost"), name)), set(named(below(new, "boost"), name))
        if had and has and not had & has and below(old, "when") == below(new, "when"):
            why = f"原来管的是“{'、'.join(sorted(had))}”，现在全换成了“{'、'.join(sorted(has))}”"
            yield Mark("change.rule", "warn", ("boost", name), "、".join(sorted(has)), why, "核对是不是改错了一条")
