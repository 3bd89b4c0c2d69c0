"""What we know of a shopper, in words, each with where it comes from and when; nothing is said that no row stands behind."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.handlers.base import Turn
from bot.model import Customer, Evidence
from bot.services import Services
from recommender import Known, TagEvidence, known, outlived

_SAID = 0.5
"""Evidence of a message that is weaker was asked, not said."""
_PHRASES: Mapping[str, str] = {
    "skin_type": "皮肤是{}的",
    "hair_type": "头发是{}",
    "skin_tone": "肤色是{}",
    "concern": "想解决{}的问题",
    "audience": "属于{}",
    "age_stage": "宝宝在{}这个阶段",
    "texture": "喜欢{}一点的",
    "scent_preference": "喜欢{}",
    "occasion": "买来{}用",
    "price_band": "平时买{}元的",
    "channel_habit": "习惯在{}买",
    "brand": "喜欢{}",
    "brand_dislike": "不喜欢{}",
}
_STATES: Mapping[str, str] = {
    "孕妇": "怀孕了",
    "备孕": "在备孕",
    "哺乳期": "在哺乳期",
    "产后": "刚生完宝宝",
    "素食者": "吃素",
    "过敏体质": "是过敏体质",
}
_DOORS: Mapping[str, str] = {"wecom_mini": "小程序", "tmall": "天猫", "jd": "京东", "store": "门店"}
_BAND = re.compile(r"(\d+)(以[下上内])")
_SHOWN = 5
"""Products named of those bought."""


def hints(evidences: Iterable[Evidence]) -> list[TagEvidence]:
    """Evidence as the recommender reads it: taken back is below zero."""
    return [
        TagEvidence(one.tag, one.value, -one.confidence if one.retracted else one.confidence, one.at, one.source)
        for one in evidences
    ]


def lines(turn: Turn, services: Services) -> tuple[str, ...]:
    """One line for each thing that is known, the surest kinds first; empty where nothing is."""
    customer = turn.conversation.customer
    return (*_told(customer, turn.now, services), *_facts(customer, turn.now), *_card(customer, services), *_now(turn))


def _told(customer: Customer, now: datetime, services: Services) -> Iterator[str]:
    """What is believed of the shopper, from their words, their purchases or a guide."""
    told, kinds = hints(customer.evidence), services.recommender.kinds
    over = outlived(told, kinds, now)
    for one in known(told, kinds, now):
        if one.grounds:
            doubt = "（这条可能已经过去了，变了就告诉我）" if one.value in over else ""
            yield f"{_source(one, now)}{_phrase(one, now)}{doubt}"


def _phrase(one: Known, now: datetime) -> str:
    last = one.grounds[-1]
    if last.tag == "birth":
        year, month = last.value.split("-")[:2]
        return f"宝宝是{'' if int(year) == now.year else f'{year}年'}{int(month)}月出生的，现在在{one.value}这个阶段"
    if one.tag == "audience":
        return _state(one.value)
    value = _DOORS.get(one.value, one.value) if one.tag == "channel_habit" else one.value
    if one.tag == "price_band":
        band = _BAND.fullmatch(value)
        return f"平时买{band[1]}元{band[2]}的" if band else f"平时买{value}元的"
    return _PHRASES[one.tag].format(value) if one.tag in _PHRASES else f"{one.tag}是{value}"


def _state(value: str) -> str:
    if value.endswith("过敏"):
        return f"对{value.removesuffix('过敏')}过敏"
    return _STATES.get(value, value if value.endswith("不耐受") else f"属于{value}")


def _source(one: Known, now: datetime) -> str:
    """Who says so, and when: the latest word, or what was done where nobody said anything."""
    said = [ground for ground in one.grounds if ground.source.startswith("inbox:")]
    ground = max(said or one.grounds, key=lambda ground: ground.at)
    day = _day(ground.at, now)
    if said:
        return f"您{day}{'说过' if max(g.confidence for g in said) >= _SAID else '问到过，我猜您'}"
    if ground.source.startswith("event:"):
        return f"看您{day}买过或看过的东西，我猜您"
    return f"{day}导购记下：您" if ground.source.startswith(("guide:", "desk:", "wecom:")) else f"会员资料里（{day}）：您"


def _day(moment: datetime, now: datetime) -> str:
    """今天, 昨天, 11月3日, or with the year where it is another."""
    at = moment.astimezone(now.tzinfo).date()
    days = (now.date() - at).days
    if days in {0, 1}:
        return "昨天" if days else "今天"
    return f"{'' if at.year == now.year else f'{at.year}年'}{at.month}月{at.day}日"


def _facts(customer: Customer, now: datetime) -> Iterator[str]:
    """The day a child is expected, and that nothing is to be remembered."""
    last = {one.tag: one for one in customer.evidence}
    due, memory = last.get("due"), last.get("memory")
    if due is not None and not due.retracted:
        year, month, day = (int(part) for part in due.value.split("-"))
        yield f"您{_day(due.at, now)}说过预产期是{'' if year == now.year else f'{year}年'}{month}月{day}日"
    if memory is not None and not memory.retracted:
        yield f"您{_day(memory.at, now)}说过别记您的信息，之后您说的我都没有记"


def _card(customer: Customer, services: Services) -> Iterator[str]:
    """What stands in the customer's own record."""
    if customer.name:
        yield f"称呼您「{customer.name}」"
    if customer.level:
        yield f"会员资料里的等级：{customer.level}"
    store = services.staff.stores.get(customer.store or "")
    if store is not None:
        yield f"会员资料里的门店：{store.name}"
    names = [product.name for sku in customer.owned if (product := services.recommender.product(sku)) is not None]
    if names:
        more = f"等 {len(customer.owned)} 样" if len(customer.owned) > _SHOWN else ""
        yield f"从订单知道您买过：{'、'.join(names[:_SHOWN])}{more}"
    elif customer.owned:
        yield f"从订单知道您买过 {len(customer.owned)} 样东西"


def _now(turn: Turn) -> Iterator[str]:
    """What is being looked for in this talk."""
    kept = turn.session.wish.get("slots")
    said = _values(kept if isinstance(kept, list | tuple) else ())
    if said:
        yield f"这次聊天里您说到{'（帮别人看的）' if turn.session.wish.get('for') == 'other' else ''}：{'、'.join(said)}"


def _values(kept: Iterable[object]) -> Sequence[str]:
    """Values of the wish in plain words; products and numbers of months are left to the rest."""
    found = []
    for slot in kept:
        if not isinstance(slot, Mapping):
            continue
        name, value = slot.get("name"), slot.get("value")
        if isinstance(value, str) and name != "product":
            found.append(f"不要{value}" if slot.get("negated") else value)
        elif isinstance(value, Mapping) and name == "budget":
            low, high = value.get("min"), value.get("max")
            found.append(f"{low}到{high}元" if low and high else f"{high}元以内" if high else f"{low}元以上")
        elif name == "age_months" and isinstance(value, int | float):
            found.append(f"{value:g}个月大")
    return tuple(dict.fromkeys(found))
