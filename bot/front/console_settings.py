"""品牌设置: what ``brand.yml`` says, key by key, as forms in words with what each setting comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from aiohttp import web

from bot.front import console_catalogue_forms as forms
from bot.front import console_desk, console_pages, console_shell, console_things
from bot.front.console_forms import Fields, Value, lines, words

if TYPE_CHECKING:
    from bot.editing.desk import Editing

How = Literal["text", "number", "flag", "words", "lines", "choice", "days", "area"]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting."""

    name: str
    """Its key; ``voice.emoji`` stands inside ``voice``."""
    label: str
    more: str = ""
    """What it comes to."""
    how: How = "text"
    usual: object = ""
    """What holds where nothing is written."""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One key of ``brand.yml``."""

    key: str
    title: str
    about: str
    fields: tuple[Field, ...] = ()
    """Empty: the key is one value by itself (``one``) or opening hours."""
    one: Field | None = None


SECTIONS: Final[Mapping[str, Section]] = {
    one.key: one
    for one in (
        Section("name", "品牌名", "顾客看到的名字。",
                one=Field("value", "品牌叫什么", "改了以后，话术里的{品牌名}跟着变", usual="我们")),
        Section(
            "persona", "助手的性格", "助手叫什么、怎么称呼自己、哪些话绝对不说。",
            (
                Field("name", "助手的名字", "顾客叫这个名字，就知道是在叫它", usual="小助手"),
                Field("self", "怎么称呼自己", usual="我"),
                Field("style", "说话的风格", "写给同事看的，例如 亲切、专业", usual="亲切"),
                Field("greeting_by_name", "打招呼时叫顾客的名字", "知道名字的时候才叫", "flag"),
                Field("voice.address", "怎么称呼顾客", "话术里写了别的叫法，检查会提醒", "choice", "",
                      (("您", "您"), ("你", "你"), ("亲", "亲"))),
                Field("voice.emoji", "用不用表情符号", "", "choice", "free",
                      (("free", "随意"), ("few", "少用"), ("none", "不用"))),
                Field("voice.ending", "不用哪些语气词结尾", "例如 哦、哈", "words"),
                Field("forbidden", "绝对不说的词", "写在这里的，话术和知识里有也不会说出口", "lines"),
            ),
        ),
        Section("hours", "客服营业时间", "什么时候有人。不在这些时间，助手会如实说现在没人。什么都不写就是全天有人。"),
        Section(
            "service", "人工怎么接", "顾客要找人时，多久没人接就换一位、多久算超时。都是分钟。",
            (
                Field("take_within", "多久没人接就换下一位", "分钟", "number", 3),
                Field("first_response", "多久没有第一句话算超时", "分钟，超了会提醒店长", "number", 5),
                Field("answer_within", "聊着的时候多久没回算超时", "分钟，两倍还没回就换人", "number", 10),
                Field("resolution", "一次接待多久算太长", "分钟", "number", 120),
                Field("return_after", "导购说完多久没事就还给助手", "分钟", "number", 30),
                Field("high_value", "重要顾客是哪些等级", "他们一有没听懂的，马上请人", "words"),
                Field("order_over", "要花多少钱以上就请人", "元；不写就不看金额", "number", ""),
                Field("rating", "人工接待完请顾客评一下", "", "flag", True),
                Field("central", "没有门店能接时由谁接", "导购编号；不写就是店长和不属于门店的导购", "words"),
                Field("holidays", "哪些天一个人也没有", "例如 2027-02-17", "days"),
            ),
        ),
        Section(
            "groups", "在群里怎么做", "助手在群里多积极、什么时候不打扰。单个群可以在「群」里另设。",
            (
                Field("level", "多积极", "", "choice", "careful",
                      (("at_only", "叫它才说"), ("careful", "确定是问它的才说"), ("lively", "可能是问它的就说"))),
                Field("names", "群里还会怎么叫它", "", "words"),
                Field("hold", "先等导购几秒再说", "秒，0 到 600；点名叫它的不等", "number", 30),
                Field("guide_quiet", "导购说过话后安静多久", "分钟，同一件事不插嘴", "number", 10),
                Field("per_hour", "一小时最多主动说几句", "再多就刷屏了", "number", 12),
                Field("gather", "攒几秒的新人一起欢迎", "秒", "number", 15),
                Field("rules", "群规", "有人问的时候说", "area"),
                Field("confirm_every", "接龙多久汇总一次", "分钟", "number", 3),
                Field("remind_before", "截团前多久提醒", "分钟", "number", 30),
                Field("quiet_hours", "几点到几点不主动发", "例如 22:00-08:00", usual="22:00-08:00"),
                Field("pushes_a_day", "一天最多主动发几条", "发给同一个人或同一个群，所有活动加起来", "number", 2),
                Field("pushes_a_week", "一周最多主动发几条", "", "number", 5),
            ),
        ),
        Section(
            "publishing", "发布要不要双人", "打开以后，写的人不能自己批准，要另一位能发布的同事看过才能上线。",
            (Field("four_eyes", "要另一位同事批准才能发布", "", "flag"),),
        ),
        Section("mode", "顾客归谁", "顾客要找人时先找谁。", one=Field("value", "先找谁", "", "choice", "persona",
                (("persona", "先找他自己的导购"), ("store", "先找门店的人，谁有空谁接")))),
        Section("timezone", "时区", "“今天”从几点算起、规则哪天到期，都按这个时区。",
                one=Field("value", "时区", "例如 Asia/Shanghai", usual="Asia/Shanghai")),
        Section("locale", "语言", "", one=Field("value", "语言", "", usual="zh-CN")),
    )
}  # fmt: skip
"""Every key of ``brand.yml`` in the order in which ops look for it."""
DAYS: Final = ("mon-fri", "sat-sun", "mon-sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORDS: Final = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}


def day_word(key: str) -> str:
    """周一到周五."""
    return "到".join(_DAY_WORDS.get(one.strip().lower(), one) for one in key.split("-"))


def read(fields: Fields, was: Value) -> dict[str, object]:
    """A setting out of its form."""
    key = words(fields, "id").strip() or str(was.get("key", ""))
    section, before = SECTIONS.get(key), was.get("value")
    if section is None:
        return dict(was)
    if key == "hours":
        return {"key": key, "value": _hours(fields, before)}
    if section.one is not None:
        return {"key": key, "value": _value(fields, section.one, before)}
    held = before if isinstance(before, Mapping) else {}
    told: dict[str, object] = dict(held)
    for one in section.fields:
        told = _with(told, one, _value(fields, one, at(held, one.name)))
    return {"key": key, "value": told}


def _hours(fields: Fields, was: object) -> dict[str, object]:
    found: dict[str, object] = {}
    for n in forms.rows(fields, "h"):
        day, begins, ends = words(fields, f"h{n}.name"), words(fields, f"h{n}.begins"), words(fields, f"h{n}.ends")
        if day and (begins or ends):
            found[day] = f"{begins or '00:00'}-{ends if ends and ends != '00:00' else '24:00'}"
    before = was if isinstance(was, Mapping) else {}
    same = {day: before[day] for day in found if day in before and _tight(before[day]) == found[day]}
    return forms.ordered({**found, **same}, before)


def _tight(span: object) -> str:
    return re.sub(r"(^|-)(\d):", r"\g<1>0\2:", re.sub(r"\s", "", str(span)))


def _value(fields: Fields, one: Field, was: object) -> object:
    told = words(fields, one.name).strip()
    match one.how:
        case "flag":
            return bool(told)
        case "number":
            return _number(told, was)
        case "words" | "lines" | "days":
            found = forms.split(told) if one.how == "words" else lines(told)
            return was if was is not None and forms.listed(was) == found else found
        case _:
            return was if was is not None and str(was) == told else told


def _number(told: str, was: object) -> object:
    if not told:
        return None
    if was is not None and str(was) == told:
        return was
    if re.fullmatch(r"\d{1,9}", told):
        return int(told)
    return float(told) if re.fullmatch(r"\d{1,9}\.\d{1,4}", told) else told


def at(value: object, name: str) -> object:
    """What stands at a key, or at a key inside another one."""
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _with(value: Mapping[str, object], one: Field, told: object) -> dict[str, object]:
    """A setting put in; what says what holds anyway is left out, unless it was written."""
    first, _, rest = one.name.partition(".")
    found = dict(value)
    if rest:
        inside = found.get(first)
        within = _with(inside if isinstance(inside, Mapping) else {}, Field(rest, "", usual=one.usual, how=one.how), told)
        found[first] = within
        if not within:
            del found[first]
        return found
    usual = one.usual if one.how != "flag" else bool(one.usual)
    if told in (None, "", []) or (first not in value and told == usual):
        found.pop(first, None)
    else:
        found[first] = told
    return found


def summary(section: Section, value: object) -> list[str]:
    """What a setting says now, in a few words."""
    if section.key == "hours":
        held = value if isinstance(value, Mapping) else {}
        return [f"{day_word(day)} {span}" for day, span in held.items()] or ["全天都有人"]
    if section.one is not None:
        return [_said(section.one, value)]
    return [
        f"{one.label}：{_said(one, found)}" for one in section.fields if (found := at(value, one.name)) not in (None, "", [], {})
    ] or ["都按一般的来"]


def _said(one: Field, value: object) -> str:
    told = one.usual if value in (None, "") else value
    if one.how == "flag":
        return "是" if told else "否"
    names = dict(one.choices)
    return names.get(str(told), "、".join(forms.listed(told)) or "没写")


async def page(request: web.Request) -> web.Response:
    """``GET /console/settings``: every key with what it says."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    rows = {one.id: one for one in await desk.rows(["brand"])}
    cards = [
        (one, summary(one, rows[one.key].value.get("value") if one.key in rows else None), rows.get(one.key))
        for one in SECTIONS.values()
    ]
    told = {"cards": cards, "writes": await desk.may_write(who, "brand", {})}
    return console_shell.page(request, "console_settings.html", who, told)


async def _told(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    del request, desk
    key = str(value.get("key", ""))
    section = SECTIONS.get(key)
    inside = value.get("value")
    shown: Sequence[tuple[Field, object]] = []
    if section is not None:
        shown = [(section.one, inside)] if section.one else [(one, at(inside, one.name)) for one in section.fields]
    return {
        "name": section.title if section else key,
        "section": section,
        "shown": shown,
        "spans": list(inside.items()) if key == "hours" and isinstance(inside, Mapping) else [],
        "days": [(one, day_word(one)) for one in DAYS],
        "day_word": day_word,
        "listed": forms.listed,
        "joined": forms.joined,
        "welcomes": len(inside.get("welcomes") or ()) if key == "groups" and isinstance(inside, Mapping) else 0,
    }


SORT: Final = console_things.Sort(
    name="settings",
    kind="brand",
    word="设置",
    read=read,
    id_of=lambda value: str(value.get("key", "")),
    told=_told,
    page="console_setting.html",
    sheet="console_setting_sheet.html",
    absent=lambda key: {"key": key, "value": None} if key in SECTIONS else None,
)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of the brand's settings."""
    return [web.get("/console/settings", page), *console_things.routes(SORT, grows=False)]
