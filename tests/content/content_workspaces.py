"""Small workspaces with dull defaults, so that a test shows only what matters."""

from collections.abc import Mapping
from textwrap import dedent

from bot import content
from bot.errors import ContentError, Problem

ENTRY = """
- id: return-window
  questions: [多久内可以退货, 不喜欢能退吗]
  answer: 签收后七天内、未拆封可以无理由退货。
  source: 售后政策 v3
"""
GUIDES = """
stores: [{id: sh-xuhui, name: 徐汇店, city: 上海}]
guides: [{id: g1, name: 王姐, store: sh-xuhui, wecom_userid: wangjie}]
"""
PRODUCTS = "sku,name,brand,category,price,tags,attributes,stock,links,image,status,launched\nsku-1,润润霜,润润,面霜,99,干性,,5,,,active,\n"


def files(**texts: str) -> dict[str, bytes]:
    """Files by path; ``__`` stands for ``/`` and ``_yml`` for the suffix: ``brand_yml="name: 花"``."""
    return {_path(name): dedent(text).lstrip("\n").encode() for name, text in texts.items()}


def _path(name: str) -> str:
    stem, _, suffix = name.replace("__", "/").rpartition("_")
    return f"{stem}.{suffix}"


def problems(told: Mapping[str, bytes]) -> list[Problem]:
    """The faults of these files; none where they are sound."""
    try:
        content.read_files(told)
    except ContentError as error:
        return list(error.problems)
    return []


def faults(**texts: str) -> list[tuple[str, int | None, str, str]]:
    """(file, line, key, reason) of every fault."""
    return [(one.file, one.line, one.key, one.reason) for one in problems(files(**texts))]
