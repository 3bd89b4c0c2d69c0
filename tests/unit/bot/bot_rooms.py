"""Small hand-made rooms for turns: real classes, tiny data, and words instead of a learned classifier."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bot.brand import Brand, Guide, Persona, Staff, StaffFile, Store
from bot.db.turns import Waiting
from bot.handlers.wording import BUILT_IN
from bot.model import Conversation, ConversationId, Customer, InboundMessage, Session
from bot.services import Services
from intents import LABELS, Gazetteer, Recognizer, normalize
from knowledge import Entry, EntryId, Library
from recommender import Product, Recommender, Rule, Selector, TagKind
from scripts import Scriptbook

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, a Wednesday."""


class Words:
    """A classifier that looks for a label's word."""

    labels = LABELS
    _SAYS: ClassVar = {
        "多少钱": "ask_price",
        "包邮": "ask_shipping",
        "能退": "return_goods",
        "谢谢": "thank",
        "你好": "greet",
        "推荐": "recommend_product",
        "人工": "ask_human",
        "写首诗": "out_of_scope",
        "嗯嗯": "affirm",
        "不要了": "deny",
        "机器人": "ask_bot_identity",
        "别再发": "opt_out",
        "我的信息": "ask_privacy",
        "记得我": "ask_privacy",
        "有货": "ask_stock",
        "能用": "ask_suitability",
        "成分": "ask_product_info",
        "下单": "place_order",
        "哪个好": "compare_products",
        "刷单": "spam",
        "我是": "provide_info",
        "快递到哪": "track_order",
    }

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """0.97 for one label found, shared by several; nearly nothing for anything where none is."""
        rows = np.full((len(sentences), len(LABELS)), 0.0005)
        for row, sentence in zip(rows, sentences, strict=True):
            for word, label in self._SAYS.items():
                row[LABELS.index(label)] += 1.0 if word in sentence else 0.0
        return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1.0))


class Letters:
    """Counts characters in 64 buckets."""

    dimensions = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One normalised row a text."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for sign in text:
                row[zlib.crc32(sign.encode()) % self.dimensions] += 1
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


KINDS = (
    TagKind("skin_type", ("干性", "油性", "敏感性"), exclusive=True, half_life_days=365),
    TagKind("concern", ("补水", "抗老")),
    TagKind("audience", ("孕妇", "男士", "牛奶蛋白过敏")),
    TagKind("channel_habit", ("wecom_mini", "tmall")),
)
SPELLINGS: dict[str, dict[str, list[str]]] = {
    "skin_type": {"油性": ["油皮"], "敏感性": ["敏感肌", "敏感皮"], "干性": ["干皮"]},
    "concern": {"补水": ["缺水"], "抗老": []},
    "category": {"面霜": [], "精华": []},
    "audience": {"孕妇": ["怀孕"], "男士": [], "牛奶蛋白过敏": []},
}


def a_product(sku: str, name: str, **more: Any) -> Product:
    fields: dict[str, Any] = {
        "brand": "花间集",
        "category": "面霜",
        "stock": 5,
        "links": {"wecom_mini": f"https://x.invalid/{sku}"},
    }
    return Product(sku=sku, name=name, price=Decimal(more.pop("price", "99")), **fields | more)


@cache
def services() -> Services:
    """The rooms of a small shop that is open from ten to ten."""
    products = (
        a_product("p1", "燕麦舒缓霜", tags=frozenset({"敏感性", "补水"}), attributes={"成分": ("燕麦", "甘油")}),
        a_product("p2", "维A醇晚霜", price="199.50", tags=frozenset({"抗老", "维A醇", "干性"})),
        a_product("p3", "清爽精华", category="精华", tags=frozenset({"油性"}), stock=0),
    )
    rules = (
        Rule(
            "no-retinol",
            when={"audience": ("孕妇",)},
            block=Selector(tags=frozenset({"维A醇"})),
            reason="孕期不推荐含维A醇的产品",
        ),
    )
    entries = (
        Entry(EntryId("returns"), ("不喜欢能退吗", "能退吗"), "签收后七天内可以退。", "政策"),
        Entry(EntryId("shipping"), ("包邮吗",), "满99元包邮。", "政策", short="满99包邮。"),
        Entry(EntryId("damage"), ("收到是坏的",), "拍照给我们看看。", "政策", handover=True),
    )
    staff = Staff.of(StaffFile(
        stores=(Store(id="sh", name="徐汇店", city="上海", address="某路1号"),), guides=(Guide(id="g1", name="王姐", store="sh"),)
    ))  # fmt: skip
    gazetteer = Gazetteer.build(SPELLINGS, [(product.sku, product.name) for product in products])
    return Services(
        brand=Brand(name="花间集", persona=Persona(name="小花", greeting_by_name=True), hours={"mon-sun": "10:00-22:00"}),
        staff=staff,
        recognizer=Recognizer(Words(), gazetteer, 0.2),
        library=Library.build(entries, Letters(), normalize=lambda text: normalize(text).text),
        recommender=Recommender.build(products, KINDS, rules, ()),
        book=Scriptbook.build(BUILT_IN),
        release="test",
    )


def a_conversation(**more: Any) -> Conversation:
    base = Conversation(ConversationId("v1"), "wecom_kf", "demo", "wk1", "wm1", Customer("c1"), last_inbound_at=NOON)
    return replace(base, **more)


def a_message(number: int, text: str = "", /, kind: str = "text", at: datetime = NOON, **payload: object) -> InboundMessage:
    return InboundMessage(number, ConversationId("v1"), kind, text, payload, at, at + timedelta(seconds=1), f"m{number}")


def waiting(*messages: InboundMessage | str, session: Session | None = None, **conversation: Any) -> Waiting:
    said = tuple(m if isinstance(m, InboundMessage) else a_message(n, m) for n, m in enumerate(messages, 1))
    return Waiting(a_conversation(**conversation), session or Session(version=4), said)
