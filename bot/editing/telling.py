"""Changes in words: which field of a thing, what stood there, what stands there now, with the characters marked."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from bot.content.items import Json, fingerprint, plain
from bot.editing.model import Piece, Told
from bot.kinds import CHANNELS

FIELDS: Final[Mapping[str, str]] = {
    "text": "内容",
    "variants": "说法",
    "family": "类别",
    "scope": "谁用",
    "level": "范围",
    "of": "是哪里",
    "channels": "渠道",
    "stores": "门店",
    "levels": "会员等级",
    "regions": "大区或城市",
    "tags": "标签",
    "audience": "给谁看",
    "first": "第一次来",
    "from": "从哪天起",
    "until": "到哪天为止",
    "days": "星期几",
    "hours": "几点到几点",
    "weight": "轮到的机会",
    "attachments": "附件",
    "arm": "对比组",
    "experiment": "对比试验",
    "arms": "各组",
    "extends": "补充哪条话术",
    "id": "编号",
    "questions": "问法",
    "answer": "答案",
    "short": "群里的短答",
    "source": "出处",
    "valid_from": "从哪天起",
    "valid_until": "到哪天为止",
    "private": "只私聊答",
    "handover": "答完转人工",
    "related": "相关的知识",
    "kind": "种类",
    "title": "标题",
    "url": "链接",
    "image": "图片",
    "appid": "小程序编号",
    "path": "页面",
    "sku": "商品",
    "store": "门店",
    "name": "名称",
    "brand": "品牌",
    "category": "品类",
    "price": "价格",
    "attributes": "参数",
    "stock": "库存",
    "links": "购买链接",
    "status": "状态",
    "launched": "上市日期",
    "values": "可选的值",
    "exclusive": "只能有一个",
    "half_life_days": "多少天后打折扣",
    "hard": "硬条件",
    "when": "什么时候",
    "pin": "置顶",
    "boost": "多推",
    "block": "不推",
    "factor": "多推几倍",
    "reason": "理由",
    "rule": "规则",
    "words": "文字",
    "where": "哪里",
    "by": "谁同意的",
    "on": "哪天",
    "examples": "例句",
    "intent": "意思",
    "slot": "词类",
    "standard": "标准说法",
    "spellings": "别的写法",
    "key": "设置",
    "value": "值",
    "steps": "对话",
    "city": "城市",
    "address": "地址",
    "phone": "电话",
    "region": "大区",
    "holidays": "闭店日",
    "coupon": "券",
    "role": "身份",
    "skills": "擅长",
    "capacity": "同时接几位",
    "wecom_userid": "企业微信账号",
    "shifts": "班次",
    "days_off": "休假",
    "languages": "会说",
    "task": "任务",
    "close": "结束会话",
}
"""Key of FORMATS §1 → what ops call it."""
_NUMBERED: Final[Mapping[str, str]] = {
    "variants": "第 {} 种说法",
    "attachments": "第 {} 个附件",
    "steps": "第 {} 句",
    "questions": "第 {} 种问法",
}
KINDS: Final[Mapping[str, str]] = {
    "image": "图片",
    "link": "链接",
    "mini_program": "小程序卡片",
    "product": "商品",
    "coupon": "优惠券",
}
_WEEK: Final = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}
_JOINED: Final = " › "


def place(path: Sequence[str | int]) -> str:
    """A path of keys in words: 第 2 种说法 · 内容 (numbers count from 0)."""
    told: list[str] = []
    for at, part in enumerate(path):
        if isinstance(part, int):
            form = _NUMBERED.get(str(path[at - 1]) if at else "", "第 {} 条")
            told[-1:] = [form.format(part + 1)]
        else:
            told.append(FIELDS.get(part, part))
    return " · ".join(told) or "整条"


def changes(before: Json, after: Json) -> tuple[Told, ...]:
    """Every field that differs; lists of parts are matched, so that one wording more is one wording more."""
    if before is None or after is None:
        return (told((), before, after),) if before != after else ()
    return tuple(_changes(plain(before), plain(after), ()))


def _changes(before: Json, after: Json, path: tuple[str | int, ...]) -> Iterator[Told]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(name), after.get(name), (*path, name))
    elif _parts(before) and _parts(after):
        for number, old, new in _matched(_list(before), _list(after)):
            yield from _changes(old, new, (*path, number))
    else:
        yield told(path, before, after)


def told(path: tuple[str | int, ...], before: Json, after: Json) -> Told:
    """One field that differs."""
    old, new = words(before), words(after)
    return Told(_JOINED.join(map(str, path)), place(path), *marked(old, new))


def _parts(value: Json) -> bool:
    found = _list(value)
    return bool(found) and all(isinstance(one, Mapping) for one in found)


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def _matched(before: list[Json], after: list[Json]) -> Iterator[tuple[int, Json, Json]]:
    """(number, old, new) of parts that changed, came (old None) or went (new None)."""
    matcher = SequenceMatcher(a=[fingerprint(one) for one in before], b=[fingerprint(one) for one in after], autojunk=False)
    for deed, i, j, m, n in matcher.get_opcodes():
        if deed == "equal":
            continue
        for at in range(max(j - i, n - m)):
            old = before[i + at] if i + at < j else None
            new = after[m + at] if m + at < n else None
            yield (m + at if new is not None else i + at), old, new


def words(value: Json) -> str:
    """A value as one reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        own = value.get("text") if isinstance(value.get("text"), str) else None
        rest = "；".join(
            f"{FIELDS.get(name, name)}：{words(one)}"
            for name, one in value.items()
            if name != "text" and one not in (None, "", [], {})
        )
        return "\n".join(filter(None, (str(own) if own else "", rest)))
    if isinstance(value, Sequence) and not isinstance(value, str):
        flat = all(not isinstance(one, Mapping) for one in value)
        return ("\n" if not flat or any(len(str(one)) > 8 for one in value) else "、").join(words(one) for one in value)
    return _day(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _day(told: str) -> str:
    """A channel or a span of days by its name; anything else as it stands."""
    days = [_WEEK.get(one) for one in told.split("-")]
    return "到".join(day for day in days if day) if all(days) else CHANNELS.get(told, told)


def marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces: what stayed, what went, what came. Texts that share little are wholly old and new."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    if not before or not after or len(before) * len(after) > 4_000_000 or matcher.ratio() < 0.3:
        return (Piece("old", before),) if before else (), (Piece("new", after),) if after else ()
    old: list[Piece] = []
    new: list[Piece] = []
    for deed, i, j, m, n in matcher.get_opcodes():
        if i < j:
            old.append(Piece("same" if deed == "equal" else "old", before[i:j]))
        if m < n:
            new.append(Piece("same" if deed == "equal" else "new", after[m:n]))
    return tuple(old), tuple(new)


def put(value: Json, path: Sequence[str], inside: Json) -> Json:
    """A value with another one at a path; of a list the place counts, one beyond its end is added, None takes it away."""
    if not path:
        return inside
    name, rest = path[0], path[1:]
    if name.isdigit() and not isinstance(value, Mapping):
        listed = _list(value)
        at = min(int(name), len(listed))
        below = put(listed[at] if at < len(listed) else None, rest, inside)
        listed[at : at + 1] = [] if below is None else [below]
        return listed
    told_ = dict(value) if isinstance(value, Mapping) else {}
    below = put(told_.get(name), rest, inside)
    if below in (None, "", [], {}):
        told_.pop(name, None)
    else:
        told_[name] = below
    return told_


def at(value: Json, path: Sequence[str]) -> Json:
    """What stands at a path; None where nothing does."""
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name)
        elif name.isdigit() and int(name) < len(_list(value)):
            value = _list(value)[int(name)]
        else:
            return None
    return value


def chosen(mine: Json, theirs: Json, taken: Sequence[str]) -> Json:
    """Mine, with the fields of the other one at the paths that were taken; parts that went are taken last to first."""
    found = mine
    for path in sorted(taken, key=lambda one: [int(part) if part.isdigit() else -1 for part in one.split(_JOINED)], reverse=True):
        parts = path.split(_JOINED)
        found = put(found, parts, at(theirs, parts))
    return found
