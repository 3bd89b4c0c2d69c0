"""A desk with content behind it: two stores, three guides, a few products, entries, scripts and macros."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from bot.brand import Brand, Staff, StaffFile
from bot.content.workspace import digest_of
from bot.db import releases
from bot.front.context import FRONT
from bot.helping import Helping
from bot.settings import Settings
from tests.front.conftest import Desk, Door

_GUIDES = {
    "stores": [
        {"id": "s1", "name": "徐汇店", "city": "上海", "hours": {"mon-sun": "00:00-24:00"}},
        {"id": "s2", "name": "静安店", "city": "上海", "hours": {"mon-sun": "00:00-24:00"}},
    ],
    "guides": [
        {"id": "g1", "name": "王姐", "store": "s1", "role": "lead", "skills": ["敏感肌"], "capacity": 3},
        {"id": "g2", "name": "小雅", "store": "s1"},
        {"id": "g3", "name": "陈曼", "store": "s2"},
    ],
    "macros": [
        {
            "id": "sample",
            "title": "送小样",
            "text": "{称呼|您}，小样已经给您备好了。",
            "tags": {"concern": "补水"},
            "task": "寄小样",
            "task_in_hours": 2,
            "close": True,
        },
        {"id": "tagonly", "title": "记干皮", "tags": {"skin_type": "干性"}},
        {"id": "broken", "title": "写错的", "tags": {"skin_type": "钢铁"}, "text": "好的"},
        {"id": "hole", "title": "有空的", "text": "您的单号是{单号}"},
        {"id": "theirs", "title": "静安店的", "text": "静安见", "store": "s2"},
    ],
}
_TAGS = """
tags:
  skin_type: {values: [干性, 油性, 敏感性], exclusive: true, half_life_days: 365}
  concern: {values: [补水, 抗老], half_life_days: 60}
  audience: {values: [孕妇, 男士], half_life_days: 300}
  brand: {half_life_days: 365}
"""
_PRODUCTS = (
    {
        "sku": "p1",
        "name": "燕麦舒缓面霜 50g",
        "category": "面霜",
        "price": 129,
        "tags": "敏感性;补水",
        "stock": {"s1": 4, "online": 90},
    },
    {"sku": "p2", "name": "玫瑰护手霜", "category": "护手霜", "price": 39.5, "tags": "补水", "stock": 7},
    {"sku": "p3", "name": "旧款精华", "category": "精华", "price": 99, "tags": "抗老", "stock": 0, "status": "ended"},
    {"sku": "p4", "name": "视黄醇夜霜", "category": "面霜", "price": 199, "tags": "抗老;敏感性", "stock": {"s2": 2}},
)
_RULES = "- id: pregnant\n  when: {audience: [孕妇]}\n  block: {sku: [p4]}\n  reason: 孕期不建议用视黄醇\n"
_ENTRIES = (
    ("return-how", ("怎么退货", "退货流程是什么"), "在小程序「我的－订单」里点「申请退货」。"),
    ("invoice", ("能开发票吗",), "可以，在订单里点「申请发票」。"),
    ("secret", ("我的隐私资料谁能看到",), "只有您的导购。"),
)
_SCRIPTS = (
    ("reply_return", "导购用：退货说明", "咨询问答", ("退货不难，我一步步带您：先点申请售后。", "退货我来教您。")),
    ("hello_birthday", "导购用：生日", "招呼语", ("{称呼|您}，生日快乐。",)),
    ("share_parcel", "导购用：发单号", "咨询问答", ("您的单号是{称呼}的包裹，已经寄出。",)),
)


def files() -> dict[str, bytes]:
    """Path → bytes of the workspace."""
    found = {
        "brand.yml": yaml.safe_dump({"name": "花间集", "persona": {"name": "小花"}}, allow_unicode=True).encode(),
        "guides.yml": yaml.safe_dump(_GUIDES, allow_unicode=True).encode(),
        "recommender/tags.yml": _TAGS.encode(),
        "recommender/rules/safety.yml": _RULES.encode(),
        "recommender/products.jsonl": "\n".join(
            json.dumps(
                {"links": {"wecom_mini": f"https://mall.invalid/{one['sku']}"}, "status": "active"} | one, ensure_ascii=False
            )
            for one in _PRODUCTS
        ).encode(),
        "knowledge/entries/all.yml": yaml.safe_dump(
            [{"id": id_, "questions": list(asked), "answer": answer, "source": "售后政策"} for id_, asked, answer in _ENTRIES],
            allow_unicode=True,
        ).encode(),
    }
    for id_, title, family, texts in _SCRIPTS:
        body = yaml.safe_dump({"id": id_, "family": family, "variants": [{"text": one} for one in texts]}, allow_unicode=True)
        found[f"scripts/replies/{id_}.yml"] = f"# {title}\n{body}".encode()
    return found


@dataclass(frozen=True)
class _Release:
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        return digest_of(self.files)


async def furnish(door: Door, home: Path) -> Door:
    """Put the content behind a front door."""
    release = files()
    await releases.import_release(door.engine, _Release(release), "test")
    staff = Staff.of(StaffFile.model_validate(_GUIDES))
    app = door.http.server.app  # type: ignore[attr-defined]
    front = replace(
        app[FRONT],
        help=Helping(door.engine, Settings(home=home)),
        staff=lambda: staff,
        brand=lambda: Brand.model_validate(yaml.safe_load(release["brand.yml"])),
    )
    for name in ("help", "staff", "brand"):
        object.__setattr__(app[FRONT], name, getattr(front, name))
    return door


async def talk(door: Door, *words: str, store: str | None = None, name: str = "李女士", urgency: int = 0) -> str:
    """A conversation that waits for a person."""
    path, headers = await door.chat(name=name)
    for said in words or ("我要找人",):
        answer = await door.http.post(f"{path}/messages", json={"text": said}, headers=headers)
        assert answer.status == 202
    conversation = path.rpartition("/")[2]
    await door.waits(conversation, store=store, urgency=urgency)
    return conversation


async def held(door: Door, desk: Desk, *words: str, store: str | None = None) -> str:
    """The same, held by whoever sits at that desk."""
    conversation = await talk(door, *words, store=store)
    assert (await desk.post(f"/api/desk/{conversation}/claim")).status == 200
    return conversation


async def got(desk: Desk, path: str, status: int = 200) -> dict[str, object]:
    """The JSON behind a path."""
    answer = await desk.get(path)
    assert answer.status == status, await answer.text()
    told: dict[str, object] = await answer.json()
    return told


async def done(desk: Desk, path: str, body: object = None, status: int = 200) -> dict[str, object]:
    """The JSON after a deed."""
    answer = await desk.post(path, body)
    assert answer.status == status, await answer.text()
    told: dict[str, object] = await answer.json()
    return told


def words_of(told: dict[str, object]) -> str:
    """The words of an error."""
    error = told["error"]
    assert isinstance(error, dict)
    return str(error["message"])
