"""The law's words in texts: what ``scripts.lint`` finds, told which facts stand behind a text and what the brand sells."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from bot.content.items import Item, Key
from bot.content.linting_pieces import Piece, Severity, told
from scripts import lint

_TRADES: Final[Mapping[str, re.Pattern[str]]] = {
    "cosmetics": re.compile(r"面霜|精华|面膜|洁面|口红|护肤|彩妆|防晒|卸妆|香水|粉底|眼霜|乳液|化妆|洗发|沐浴|身体乳"),
    "infant": re.compile(r"奶粉|辅食|纸尿裤|拉拉裤|尿不湿|奶瓶|奶嘴|米粉|婴儿|宝宝|母婴|吸奶器|溶豆|磨牙|婴幼儿|童车|安全座椅"),
    "food": re.compile(r"零食|茶叶|坚果|糕点|饼干|饮料|生鲜|水果|粮油|保健食品|咖啡|牛奶|酒|肉|蜂蜜|燕窝|蛋白粉|益生菌"),
}
_SHARE: Final = 0.3
"""Share of the products that name a trade's goods from which on the brand is in it."""


def trade_of(items: Mapping[Key, Item]) -> str | None:
    """What the brand sells: ``trade`` of ``brand.yml``, else what most of its products are; None where neither tells."""
    if named := items.get(Key("brand", "trade")):
        return told(named.value, "value") or None
    goods = [f"{told(one.value, 'category')} {told(one.value, 'name')}" for key, one in items.items() if key.kind == "product"]
    shares = {trade: sum(bool(words.search(good)) for good in goods) / max(1, len(goods)) for trade, words in _TRADES.items()}
    best = max(shares, key=lambda trade: shares[trade])
    return best if shares[best] >= _SHARE else None


@lru_cache(maxsize=8192)
def _findings(text: str, trade: str | None, backed: frozenset[str]) -> tuple[lint.Finding, ...]:
    """The findings of a text: most texts are the same in a draft and in what is live."""
    return lint.findings(text, trade, backed)


def offences(piece: Piece, trade: str | None, facts: Iterable[str]) -> Iterator[tuple[str, Severity, str, int, int, str, str]]:
    """Rule, severity, words, start, end, why, way out of what the law forbids in a text.

    ``facts``: which promises have something behind them; a window stands behind a price and a date.
    """
    backed = {*facts, *(("price", "date") if piece.ends else ())}
    for one in _findings(piece.text, trade, frozenset(backed)):
        yield one.rule, one.severity, one.words, one.start, one.end, one.why, one.way_out
