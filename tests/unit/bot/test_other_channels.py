"""Other platforms are doors like ours: never talked down, and what they charge is never said, for we do not know it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.handlers.wording import BUILT_IN

ROOT = Path(__file__).parents[3]
ELSEWHERE = re.compile(
    r"天猫|京东|淘宝|拼多多|抖音|快手|小红书|别家|别的平台|其他平台|其它平台|别处|代购|tmall|jd\b", re.IGNORECASE
)
TALKED_DOWN = re.compile(
    r"假货|假的|水货|不正宗|不靠谱|坑|骗|宰|更贵|贵得|太贵|不划算|不如|比不上|质量差|服务差|售后差|没保障|没有保障|别去|别在|不要去|千万别"
)
A_PRICE = re.compile(r"[¥￥]\s*\d|\d+(?:\.\d+)?\s*(?:元|块)|\d+\s*折|便宜\d|贵\d")
PRIVATE = re.compile(r"(?:社群|私域|企微|微信群|加微信|小程序).{0,8}(?:专享|独享|更便宜|更优惠|最低价|全网最低|底价)")


def written() -> Iterator[tuple[str, str]]:
    """Every wording that a shopper may read and that the program or ops' scripts hold, with where it stands."""
    for path in sorted((ROOT / "scripts" / "replies").glob("*.yml")):
        for variant in yaml.safe_load(path.read_text(encoding="utf-8"))["variants"]:
            yield path.name, variant["text"]
    for script in BUILT_IN:
        for one in script.variants:
            yield script.id, one.text
    for path in sorted((ROOT / "bot" / "handlers").glob("*.py")):
        yield from ((path.name, text) for text in _said_in(path))


def _said_in(path: Path) -> Iterator[str]:
    """The texts of a module without its docstrings and patterns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    silent |= {id(arg) for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_pattern(node) for arg in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def _is_pattern(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "re"


TEXTS = tuple(written())


def test_there_is_something_to_look_at() -> None:
    assert len(TEXTS) > 400
    assert any(ELSEWHERE.search(text) for _, text in TEXTS)


def sentences(text: str) -> list[str]:
    return re.split(r"[。！？!?\n；]", text)


@pytest.mark.parametrize(("fault", "says"), [(TALKED_DOWN, "talked down"), (A_PRICE, "given a price")])
def test_no_other_channel_is(fault: re.Pattern[str], says: str) -> None:
    found = [(where, part) for where, text in TEXTS for part in sentences(text) if ELSEWHERE.search(part) and fault.search(part)]
    assert found == [], says


def test_what_the_private_channel_offers_is_left_to_entries() -> None:
    assert [(where, text) for where, text in TEXTS if PRIVATE.search(text) and not where.startswith(("share_", "hello_"))] == []
