"""What the program's scripts are for: a no that must stay a no, a fact that must be said, a telephone that must be there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, pieces
from bot.content.linting_reading import words_of

MEANT_NO: Final = words_of(
    "contains_not contains_free contains_unknown fact_unknown no_answer not_suitable suitable_not_listed stock_none stock_ended "
    "stock_store_none stock_store_other stock_city_none suggest_none hold_off"
)
"""Scripts of the program whose whole point is a no."""
_NO: Final = re.compile(r"不|没|无|别|未|放宽|停|缺|拿不准|问住")
_MEANT_YES: Final[Mapping[str, re.Pattern[str]]] = {
    "stock": re.compile(r"没有?货|无货|缺货|售罄|断货|没有了|卖完"),
    "stock_store": re.compile(r"(?:现在|这会儿)?没有?\{商品名|没有?货|缺货|售罄"),
    "stock_city": re.compile(r"没有?\{商品名|没有?货|缺货|售罄"),
    "suitable": re.compile(r"不适(?:合|用)|没有「|不推荐|没有标|没标|不能用"),
    "contains": re.compile(r"不含|没有标|没标|不包含"),
}
_HOTLINES: Final = re.compile(r"(?<!\d)(?:12356|120|110|96110)(?!\d)")


def gone(item: Item, own: Mapping[str, Sequence[str]]) -> Iterator[Mark]:
    """A script of the program that is taken away: the brand's words for that moment go with it."""
    if item.key.kind == "script" and not item.value.get("extends") and item.key.id in own:
        why = "助手到了这个时候总要说这一句，拿掉以后说的就是自带的话，不是品牌自己的了"
        yield Mark("change.guard", "warn", (), item.key.id, why, "确认不要品牌自己的说法了")


def marks(item: Item, own: Mapping[str, Sequence[str]]) -> Iterator[Mark]:
    """Wordings that say the opposite of what their script is for; ``own``: id of a script → the program's wordings of it."""
    id_ = str(item.value.get("extends") or item.key.id)
    if item.key.kind != "script" or id_ not in own:
        return
    needed = {number for text in own[id_] for number in _HOTLINES.findall(text)} if id_.startswith("careful") else set()
    for piece in pieces(item):
        text = piece.text
        opposite = _MEANT_YES.get(id_)
        if id_ in MEANT_NO and piece.said and not _NO.search(text):
            why = f"“{id_}”是告诉顾客“没有、不行”的，这一种说法里没有“不”字，意思反了"
            yield Mark("claim.denied", "block", piece.path, text[:20], why, "把“没有”“不”补回来", 0, len(text[:20]))
        elif opposite and (found := opposite.search(text)):
            why = f"“{id_}”是告诉顾客“有、可以”的，这一种说法意思反了"
            yield Mark("claim.denied", "block", piece.path, found[0], why, "改回肯定的说法", *found.span())
        if needed and not needed & set(_HOTLINES.findall(text)) and piece.said:
            why = "这种时候要给顾客打得通的电话"
            yield Mark(
                "claim.hotline", "block", piece.path, text[:20], why, f"写上 {'、'.join(sorted(needed))}", 0, len(text[:20])
            )
        if id_ == "bot_identity" and (
            denied := re.search(r"(?<!不)(?<!非)是(?:真人|人工|活人)(?!吗)|不是(?:机器人|AI|程序|智能)", text)
        ):
            yield Mark(
                "claim.identity",
                "block",
                piece.path,
                denied[0],
                "被问是不是机器人，必须照实说是 AI",
                "写明是 AI 智能助手",
                *denied.span(),
            )
