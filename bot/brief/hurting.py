"""What hurt: a body, a parcel, a purse, a pride; in the shopper's own words, and only what they met themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.brief.clauses import asks, clauses, cut, trimmed
from bot.brief.model import Clause, Remark
from bot.learning.people import people

Sort = Literal["reaction", "threat", "damage", "money", "anger"]
"""The worst first; a threat is anger that names where it will go."""
HURT = 18
"""Characters of one clause."""
_WORDS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (
        "reaction",
        re.compile(
            r"红疹|起疹|疹子|刺痛|[又很好发太特]痒|痒得|[脸皮头嘴眼唇]\S{0,3}痒|还是痒|肿了|红肿|发红|又红|更红|泛红|脸红|红一片|脱皮|爆皮|晒脱|拉肚子|拉绿便|拉稀|拉了|呕?吐|恶心|头[晕疼痛]|"
            r"发烧|烂脸|毁了|灼|发烫|爆痘|闷痘|起痘|小疙瘩|起泡|流(?:黄)?水|肚子疼|腰疼|出血|睁不开|酸胀|流泪|绷得疼|皮炎|中毒|呛|哮喘|吞了|咬破|误食|窒息|流血|划破|缝了|触电|烧伤|烫伤|橡胶味"
        ),
    ),
    ("threat", re.compile(r"投诉|1231?5|曝光|起诉|法院|律师|报警|抖音|小红书|工商|监管|记者|消协|差评")),
    (
        "anger",
        re.compile(
            r"投诉|骗|什么态度|服务态度|差评|1231?5|曝光|气死|失望|无语|忽悠|垃圾|报警|起诉|法院|律师|没人[理接来]|坑人|耍猴|耍我|算不算数|放鸽子|烦死|抖音|小红书|工商|市场监管|"
            r"都等了|白跑|怎么回事|说好|明明说|凭什么|太过分|欺负|急死|吓死|累了|不办事|这么办事|没人管|受够|假货|打了\S{1,3}遍|又[三几两]天|打不通|记者|卸载|答非所问|破玩意|误我|没心情|黑店|退卡|拖了|烂公司"
        ),
    ),
    (
        "damage",
        re.compile(
            r"碎|[破坏]了|破损|漏[了水奶得的]|还漏|漏$|坏[了的]|洗坏|断了|断电|裂|脏|划痕|变质|发霉|过期|没收到|没有?收到|丢件|少[发送了拿]|少的|缺|压瘪|瘪|开胶|掉色|掉了|掉$|起球|不通电|开不了|"
            r"打不[动开]|糊味|烂|没声音|黑屏|不制冷|鼓包|化了|血水|异味|发错|发来个|晕染|卡纸|还卡|卡住|滑丝|歪了|崩|缩了|染了|撞墙|漏水|泡了|淹|粘了|喷不|按不|冒黑烟|熏黑|全黄|"
            r"色差|氧化|发黄|洒了|没送|干的|没反应|关外面|只到了|盖不上|没动|退回去|压坏|卖别人|没我名字|声音好大|十公里|涂层|太油|蔫|枯了|死了|不新鲜|臭了?|馊|生虫|长虫|烧了|着火|炸了|塌|跑偏|进水|连不上|充不|刮痕|变形|松了|生锈|短路|跳闸|死机|闪退|花屏|异响|漏电|勒|掉毛|褪色|脱线|开线|变色|结块|没到(?!账)|不发货|还没发|没发|就没了|用不了"
        ),
    ),
    ("money", re.compile(r"多扣|扣了|两次款|付了两次|没到账|乱收|多收|少退|清零|被清|贵了\d|差了|降价")),
)
_NONE = re.compile(
    r"没(?:有)?(?:过敏|碎|坏|破|漏|痒|红|肿|起|什么事)|不(?:痒|红|疼|漏)|会不会|怕|担心|容易|万一|如果|要是|假如|是不是(?!假)|有没有(?:人)?|防|怎么(?:办|处理)$|听说|不碎|不漏|不会"
)
_ERRAND = re.compile(r"转人工|人工|退|换|赔|帮|给我|要|找|订单|单号|[\dA-Za-z]+$")
_ASKS = re.compile(r"[吗么]$|[吗么][?？]|能不能|会不会")
_REPORTED = re.compile(r"说(?:会|是|这|它|很)|网上|别人说|评论|听说")
_TIRED = -0.6
"""Sentiment from which on a message hurts although none of its words is known."""
_SURE = 0.6
_SORE = frozenset({"complain", "report_problem", "report_reaction"})


@dataclass(frozen=True, slots=True)
class Hurt:
    """A clause that tells of harm."""

    clause: Clause
    sort: Sort
    sure: bool
    """By its words; False: by mood alone."""


def broken(clause: str) -> int | None:
    """Where the word for a harm to goods stands in a clause; None where nothing is broken."""
    if _NONE.search(clause) or _REPORTED.search(clause):
        return None
    found = [match.start() for sort, pattern in _WORDS if sort in {"damage", "reaction"} and (match := pattern.search(clause))]
    return min(found, default=None)


def hurts(remarks: Sequence[Remark]) -> Iterator[Hurt]:
    """Everything that hurt, in the order of the talk."""
    for remark in remarks:
        found = list(_of(remark))
        yield from found
        if not found and _sore(remark):
            parts = [
                one for one in map(trimmed, clauses(remark.text)) if len(one) >= 3 and not asks(one) and not _ERRAND.match(one)
            ]
            if parts:
                yield Hurt(Clause(cut(parts[0], HURT), (remark.id,)), "anger", sure=False)


def _of(remark: Remark) -> Iterator[Hurt]:
    told = people(remark.text)
    for part in clauses(remark.text):
        at = remark.text.find(part)
        if _NONE.search(part) or _ASKS.search(part) or _REPORTED.search(part):
            continue
        for sort, pattern in _WORDS:
            found = pattern.search(part)
            if found is None or (told.whose(at + found.start()) == "other" and _of_others(remark.text, at)):
                continue
            yield Hurt(Clause(cut(trimmed(part), HURT), (remark.id,)), sort, sure=True)
            break


def _of_others(text: str, at: int) -> bool:
    """Whether somebody is spoken of who is none of the shopper's family."""
    return re.search(r"同事|朋友|室友|闺蜜|别人|楼上|网上|邻居|评论|人家", text[: at + 12]) is not None


def _sore(remark: Remark) -> bool:
    """Whether the turn heard that something is wrong, whatever the words."""
    trace = remark.trace or {}
    mood = trace.get("sentiment")
    bad = isinstance(mood, int | float) and mood <= _TIRED
    wrong = str(trace.get("intent")) in _SORE and _number(trace.get("confidence")) >= _SURE
    return wrong and bad and not _of_others(remark.text, len(remark.text)) and not _NONE.search(remark.text)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
