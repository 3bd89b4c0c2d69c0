"""The words about a campaign, as facts for ops' scripts: who has what, what is left open, what it comes to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.db.campaigns_rows import Campaign, Doubt, OrderLine
from bot.ordering.menu import Good, goods_of, spoken, terms_of
from bot.ordering.timing import Standings, against

PART = 480
"""Characters of a list in one message; the shortest platform takes 2048 bytes (kf/send_msg)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A campaign with its ledger, ready to be told."""

    campaign: Campaign
    lines: Sequence[OrderLine]

    @property
    def goods(self) -> Mapping[str, Good]:
        """Its menu by sku."""
        return {one.sku: one for one in goods_of(self.campaign.menu)}

    def totals(self) -> list[tuple[Good, Decimal]]:
        """What is taken of each article, as on the menu; articles that nobody takes are left out."""
        sums = _summed((line.sku, line.granted) for line in self.lines)
        return [(good, sums[sku]) for sku, good in self.goods.items() if sums.get(sku)]

    def wanted(self) -> Mapping[str, Decimal]:
        """Sku → what was ordered of it, whether there is stock for it or not."""
        return _summed((line.sku, line.n) for line in self.lines)

    def amount(self) -> Decimal:
        """Yuan of everything that there is stock for."""
        return sum((good.price * n for good, n in self.totals()), Decimal(0))

    def standings(self) -> Standings | None:
        """Against the minimum; None where there is none."""
        terms = terms_of(self.campaign.terms)
        n = sum((n for _, n in self.totals()), Decimal(0))
        return against((terms.minimum_amount, terms.minimum_n), self.amount(), n)


def _summed(found: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for sku, n in found:
        sums[sku] = sums.get(sku, Decimal(0)) + n
    return sums


def by_person(lines: Iterable[OrderLine]) -> dict[str, list[OrderLine]]:
    """Sender → lines, both in their order."""
    found: dict[str, list[OrderLine]] = {}
    for line in sorted(lines, key=lambda one: one.place):
        found.setdefault(line.sender, []).append(line)
    return found


def fresh_lines(sheet: Sheet, told: Sequence[OrderLine]) -> list[str]:
    """One row for each person with what is new: 王姐：苹果3斤、牛奶改成1箱、梨不要了."""
    goods = sheet.goods
    return [f"{some[0].name}：{'、'.join(_news(one, goods) for one in some)}" for some in by_person(told).values()]


def _news(line: OrderLine, goods: Mapping[str, Good]) -> str:
    good = goods.get(line.sku)
    name = good.name if good else line.sku
    note = f"（{line.note}）" if line.note else ""
    if line.n <= 0:
        return f"{name}不要了"
    if line.state == "short":
        if line.granted <= 0:
            return f"{name}已经没有了，{spoken(line.n)}{line.unit}没记上"
        got = f"{spoken(line.granted)}{line.unit}"
        return f"{name}要{spoken(line.n)}{line.unit}，只剩{got}，先记{got}{note}"
    changed = "改成" if line.confirmed else ""
    return f"{name}{changed}{spoken(line.granted)}{line.unit}{note}"


def whole_list(sheet: Sheet) -> list[str]:
    """The list as the group knows it: 1. 王姐 苹果3斤、牛奶1箱."""
    goods = sheet.goods
    rows: list[str] = []
    for some in by_person(one for one in sheet.lines if one.granted > 0).values():
        told = [
            f"{goods[one.sku].name}{spoken(one.granted)}{one.unit}{f'（{one.note}）' if one.note else ''}"
            for one in some
            if one.sku in goods
        ]
        if told:
            rows.append(f"{len(rows) + 1}. {some[0].name} {'、'.join(told)}")
    return rows


def totals(sheet: Sheet) -> str:
    """苹果12斤、牛奶4箱，共256元."""
    told = "、".join(f"{good.name}{spoken(n)}{good.unit}" for good, n in sheet.totals())
    amount = sheet.amount()
    return f"{told}，共{spoken(amount)}元" if amount else told


def standing(sheet: Sheet) -> str:
    """已经成团, or how much is missing; empty where nothing must be reached."""
    found = sheet.standings()
    if found is None:
        return ""
    if found.reached:
        return "已经成团"
    missing = [
        f"{spoken(found.missing_amount)}元" if found.missing_amount else "",
        f"{spoken(found.missing_n)}份" if found.missing_n else "",
    ]
    return f"还差{'、'.join(filter(None, missing))}成团"


def questions(doubts: Iterable[Doubt]) -> list[str]:
    """One row for each person: 李叔：「牛奶两三箱」具体要多少箱."""
    by_sender: dict[str, list[Doubt]] = {}
    for one in doubts:
        by_sender.setdefault(one.sender, []).append(one)
    return [f"{some[0].name}：{' '.join(f'「{_short(one.text)}」{one.question}' for one in some)}" for some in by_sender.values()]


def menu(sheet: Sheet) -> list[str]:
    """阳光玫瑰 68元/箱（共20箱）."""
    stock = {good.sku: f"（共{spoken(good.stock)}{good.unit}）" for good in sheet.goods.values() if good.stock is not None}
    return [f"{good.name} {spoken(good.price)}元/{good.unit}{stock.get(good.sku, '')}" for good in sheet.goods.values()]


def clock(moment: datetime, now: datetime) -> str:
    """20:30, 明天 10:00, 5月21日 10:00; both in the brand's zone."""
    days = (moment.date() - now.date()).days
    day = {0: "", 1: "明天 "}.get(days, f"{moment.month}月{moment.day}日 ")
    return f"{day}{moment:%H:%M}"


def left(moment: datetime, now: datetime) -> str:
    """30 分钟, 2 小时."""
    minutes = max(1, round((moment - now).total_seconds() / 60))
    return f"{minutes} 分钟" if minutes < 120 else f"{round(minutes / 60)} 小时"


def parts(rows: Iterable[str], most: int = PART) -> list[str]:
    """Rows joined into as few messages as they fit in, none broken."""
    found: list[str] = []
    for row in rows:
        if found and len(found[-1]) + 1 + len(row) <= most:
            found[-1] += f"\n{row}"
        else:
            found.append(row)
    return found


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 24 else f"{text[:23]}…"
