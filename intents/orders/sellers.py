"""Whether somebody speaks as the one who sells: prices and closing times are told, nothing is ordered."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from intents.orders.menu import Menu

if TYPE_CHECKING:
    from intents.orders.scanning import Token

_ANNOUNCES = re.compile(
    r"截[单止团]|[\d一二三四五六七八九十][点时]截|(?:准时|今晚|明晚)截|开团|起送|起包邮|起发|[只仅还]剩|要的(?:扣|接|报|回)|有人要|谁要"
    r"|最后一批|接龙[啦了咯]|请.{0,6}接龙|活动价|满\d|统一发货|[\d一二两三四五六七八九十半] ?[\u4e00-\u9fff]起(?:$|[,。! ])"
    r"|库存|只有\d|做不过来|欢迎(?:接龙|下单)"
)
_OWN = re.compile(
    r"[我咱俺]|再[来加要]|多[加来要]|少[要来]|[给帮替]\S{1,4}[来带留订]|改|取消|退|不要|算了|\?|吗|同上|一样|\+1|已付"
)
"""Words of somebody who orders or asks."""
_STOCK = re.compile(r"还有|剩|库存|现货|够|共|合计|总计|可以|行的|没有|送")
_ASKS = re.compile(r"\?|吗")
_BESIDE = re.compile(r"[: ]?(?:只要|才)?[¥￥]?(?P<price>\d+(?:\.\d+)?)(?:元|块钱?)?(?=$|[ ,;。!、()/每一\n\ue000\ue001])")
_PER = re.compile(r"(?<![\d.])(?P<price>\d+(?:\.\d+)?)(?:元|块钱?)? ?(?P<per>[/一每]) ?(?P<unit>[\u4e00-\u9fff])")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_MARK = "\ue002"
"""What stands in the place of a price while amounts are sought."""
_DEAR = 10
"""Yuan from which a number beside an article that is its price is no quantity."""


def announces(text: str) -> bool:
    """Whether a text closes, opens or praises a sale, and nobody speaks of what is his own."""
    return _ANNOUNCES.search(text) is not None and _OWN.search(text) is None


def speaks_for_self(text: str) -> bool:
    """Whether somebody who sells orders too: 我要, 再来, 给我妈带."""
    return _OWN.search(text) is not None and _ASKS.search(text) is None


def in_stock(text: str) -> bool:
    """Whether quantities are of what there is: 牛奶还有30箱, 一共要35盒."""
    return _STOCK.search(text) is not None


def without_prices(hidden: str, named: Sequence["Token"], menu: Menu) -> str:
    """A segment whose articles are hidden already, with prices hidden too: 红虾99, 大米65/袋, 脐橙59一箱."""
    told = hidden
    for found in _PER.finditer(hidden):
        if Decimal(found["price"]) in menu.prices and (found["unit"] in menu.units or found["per"] == "/"):
            told = told[: found.start()] + _MARK * (found.end() - found.start()) + told[found.end() :]
    for found, price in _beside(hidden, named, menu):
        if price >= _DEAR:
            told = told[: found.start()] + _MARK * (found.end() - found.start()) + told[found.end() :]
    return told


def may_offer(text: str) -> bool:
    """Whether a text tells several numbers and nobody speaks of what is his own: worth looking for prices."""
    return len(_NUMBERS.findall(text)) > 1 and _OWN.search(text) is None


def offers(hidden: str, named: Sequence["Token"], menu: Menu) -> bool:
    """Whether a message tells what things cost: several articles right before their own price, not all small numbers."""
    prices = [price for _, price in _beside(hidden, named, menu)]
    dear = any(price >= _DEAR for price in prices)
    return len(prices) > (1 if dear else 2)


def _beside(hidden: str, named: Sequence["Token"], menu: Menu) -> Iterator[tuple[re.Match[str], Decimal]]:
    for token in named:
        found = _BESIDE.match(hidden, token.end)
        if found is not None and len(token.items) == 1 and Decimal(found["price"]) == menu.articles[token.items[0]].price:
            yield found, menu.articles[token.items[0]].price
