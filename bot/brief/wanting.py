"""What is wanted: the shopper's own questions and errands, and the facts that belong to them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.brief.clauses import asks, clauses, cut, trimmed
from bot.brief.model import Clause, Fact, Remark

WANTED = 20
"""Characters of one clause."""
_NO_ERRAND = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "chitchat", "ask_bot_identity", "spam", "same_question", "praise"}
)
_PERSON = re.compile(
    r"人工|真人|转人|活人|(?:找|叫|来|喊|换)(?:一?个|一?下|你们)?(?:人$|店员|客服|导购|店长|顾问|懂的|专家)|^人呢|有人吗|^在[吗么]|^zgrg$|^zs$|你们有人|"
    r"转一下|要真人|来个人|叫人来|别问那么多|你叫"
)
_ERRAND = re.compile(
    r"退|换|补|赔|修|查|改|取消|发货|发[票吗]|寄|推荐|便宜|多少|几[点天款号块]|有没有|什么时候|想买|要买|想[要试退换看订约买]|买|预约|求|报价|安装|能装|"
    r"送|留到|开专票|专票|优惠|活动|能不能|怎么|哪[个家款里]|[吗么？?]|多久|说法|负责|处理|合一起|催|包装|打折|小样|医药费|准话|券|要|给我|来一?[支个瓶盒袋]|用什么|咋|想做|去掉|少点|抹个?零|收费|发我|发个|你们得?出|医药费|测试|预约"
)
_STRONG = re.compile(
    r"退|换|赔|修|补|改|取消|投诉|多少钱|能.{0,8}吗|几[点天]|便宜|小样|什么时候|多久|谁|怎么|有没有|哪|报价|发票|专票|查|派人|上门|负责|说法|券|去掉|少点|抹个?零|收费|医药费|发我|你们得?出"
)
_STATES = re.compile(
    r"^(?:我|他|她|我家|之前|以前|上次|昨天)?(?:是(?!不是|否)|有(?!没有|吗|.{1,8}[吗么])|对|用过|买过|试过|不要|别|怀孕|皮肤|订单|单号|电话|手机|地址(?!.*改)|预算)|买了|^[\d\sA-Za-z*-]+$|清了|换过|换了|试了|"
    r"退回去|不退|不换|说(?:好|过|拍照|了|换)|每次|听说|要的$|修好了"
)
_TOO_SHORT = 2
_LEAST = 4
_FACTS: Mapping[str, str] = {
    "给谁": "给{}",
    "商品": "{}",
    "数量": "要{}",
    "预算": "预算{}",
    "日期": "{}",
    "订单号": "订单{}",
    "单号": "单号{}",
}
"""What of the known belongs to a wish, in this order."""


def errands(remarks: Sequence[Remark]) -> Iterator[Clause]:
    """The errands of the talk, the one that matters most first: the last, then the first, then those between."""
    found = [(n, score, clause) for n, remark in enumerate(remarks) for score, clause in _of(remark)]
    if not found:
        yield from list(_first(remarks))[:1]
        return
    last = max(found, key=lambda one: (one[1] >= 2, one[0], one[1]))
    first = max((one for one in found if one is not last), key=lambda one: (one[1] >= 2, -one[0], one[1]), default=None)
    order = [last, *([first] if first else [])]
    order += sorted((one for one in found if one not in order), key=lambda one: (-one[1], -one[0]))
    told: list[str] = []
    for _, _, clause in order:
        if not any(clause.text in other or other in clause.text for other in told):
            told.append(clause.text)
            yield clause


def _first(remarks: Sequence[Remark]) -> Iterator[Clause]:
    """Where nothing sounds like an errand: what the shopper began with, courtesies apart."""
    for remark in remarks:
        if str((remark.trace or {}).get("intent")) in _NO_ERRAND | {"ask_human"}:
            continue
        for part in map(trimmed, clauses(remark.text)):
            if len(part) >= _LEAST and not _PERSON.search(part):
                yield Clause(cut(part, WANTED), (remark.id,))


def _of(remark: Remark) -> Iterator[tuple[int, Clause]]:
    """(how much of an errand it is, clause) of a message, at most two."""
    trace = remark.trace or {}
    silent = str(trace.get("intent")) in _NO_ERRAND and not asks(remark.text)
    rated = []
    for n, part in enumerate(clauses(remark.text)):
        words = trimmed(part)
        if len(words) < _TOO_SHORT or _PERSON.search(words) or _STATES.search(words):
            continue
        score = 2 * bool(_STRONG.search(words)) + 2 * asks(part) + bool(_ERRAND.search(words))
        if score and not (silent and score < 3):
            rated.append((score, -n, words))
    for score, _, words in sorted(rated, reverse=True)[:2]:
        yield score, Clause(cut(words, WANTED), (remark.id,))


def particulars(known: Sequence[Fact]) -> Iterator[Clause]:
    """The facts of the wish as clauses."""
    for what, form in _FACTS.items():
        for fact in known:
            if fact.what == what and fact.whom is None:
                yield Clause(form.format(fact.value), fact.messages)
