"""A small shop and a way to talk in its group, for the tests of group orders."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from intents.orders import Article, Ledger, Said, read_orders

SHOP = (
    Article("apple", "红富士苹果", "斤", Decimal("8.8"), ("苹果",)),
    Article("pear", "贡梨", "斤", Decimal(5), ("梨",)),
    Article("egg", "土鸡蛋", "枚", Decimal("1.5"), ("鸡蛋",)),
    Article("milk", "鲜牛奶", "箱", Decimal(66), ("牛奶",)),
    Article("pork", "猪肉白菜水饺", "袋", Decimal(25)),
    Article("leek", "韭菜鸡蛋水饺", "袋", Decimal(22)),
    Article("paper", "卷纸", "卷", Decimal("2.5")),
    Article("shrimp", "基围虾", "斤", Decimal(58), ("虾",)),
)
KITCHEN = (
    Article("meal", "素套餐", "份", Decimal(16), ("套餐",)),
    Article("rice", "炒饭", "份", Decimal(8)),
    Article("side", "开胃小菜", "份", Decimal(1), ("小菜",)),
    Article("porridge", "白粥", "碗", Decimal(2), ("粥",)),
)


def talk(*said: str, menu: Sequence[Article] = SHOP) -> Ledger:
    """A session of messages written ``sender: text``; ids are m1, m2 …."""
    messages = []
    for number, one in enumerate(said, 1):
        sender, text = one.split(": ", 1)
        messages.append(Said(f"m{number}", sender, text))
    return read_orders(menu, messages)


def lines(ledger: Ledger) -> Mapping[tuple[str, str], Decimal]:
    """Sender and sku to quantity."""
    return {(line.sender, line.sku): line.n for line in ledger.lines}


def held(ledger: Ledger) -> str:
    """All lines as one string: ``王姐 apple 3; 李叔 egg 2``."""
    return "; ".join(f"{line.sender} {line.sku} {line.n.normalize():f}" for line in ledger.lines)


def asked(ledger: Ledger) -> Sequence[str]:
    """The messages that something is asked about."""
    return [one.message for one in ledger.unresolved]
