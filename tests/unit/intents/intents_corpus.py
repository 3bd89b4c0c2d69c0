"""A small language of a shop for tests: a few hundred sentences in six intents, made by rule, and an embedder."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

_GOODS = ("面霜", "精华", "口红", "奶粉", "连衣裙", "面膜", "洗发水", "牙膏")
_PATTERNS = {
    "ask_price": ("{}多少钱", "{}什么价", "{}怎么卖的", "这个{}要多少钱呀", "{}价格是多少"),
    "return_goods": ("{}能退吗", "{}不喜欢想退货", "我要退{}", "{}怎么申请退款", "买的{}不想要了退掉"),
    "ask_stock": ("{}还有货吗", "{}什么时候补货", "有现货的{}吗", "{}卖完了没有", "{}断货了吗"),
    "place_order": ("我要两箱{}", "给我来一份{}", "{}帮我下单", "要3盒{}", "{}我拍一件"),
    "ask_shipping": ("{}包邮吗", "{}什么时候发货", "{}发什么快递", "{}几天能到", "{}新疆发不发"),
    "provide_info": ("我平时用{}", "我用过{}", "之前买过{}", "家里有{}", "我一般用这种{}"),
    "report_problem": ("{}收到是碎的", "{}少发了一件", "{}漏了", "收到的{}是坏的", "{}发错了"),
    "greet": ("你好{}", "在吗{}", "哈喽{}", "有人吗{}", "早上好{}"),
    "out_of_scope": ("帮我写作文{}", "明天股市怎么样{}", "讲个笑话{}", "今天几号{}", "翻译一下{}"),
}
EXAMPLES: list[tuple[str, str]] = [
    (pattern.format(goods), label) for label, patterns in _PATTERNS.items() for pattern, goods in product(patterns, _GOODS)
]


class Letters:
    """Sentences as counts of their characters, hashed: what looks alike lies close."""

    dimensions = 32

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """L2-normalised rows."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for char in text or " ":
                rows[row, ord(char) % self.dimensions] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
