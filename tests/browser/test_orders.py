"""A group order at the desk, on a phone and on a table: opened, corrected with a thumb, ended, taken away as Excel."""

import asyncio
import io
from urllib.request import Request, urlopen

import pytest
from openpyxl import load_workbook

from tests.browser import rig
from tests.browser.rig import Page
from tests.front.conftest import Desk, Door, door
from tests.front.test_desk_orders import Room, desk, room

__all__ = ["desk", "door", "room"]
pytestmark = pytest.mark.browser
_MENU = "红富士苹果（苹果） 8.8/斤\n鲜牛奶（牛奶） 箱 66 限6\n猪肉白菜水饺 袋 25\n韭菜鸡蛋水饺 袋 22"

_FEWER = '.steps button[aria-label^="李叔的鲜牛奶减"]'
_HOLD = """
const send = window.fetch;
window.held = [];
window.fetch = (url, told) => told?.method === "POST" ? new Promise((go) => window.held.push(go)).then(() => send(url, told)) : send(url, told);
window.release = () => { window.fetch = send; window.held.forEach((go) => go()); };
"""
"""A line so slow that what is written stays on its way until it is released."""


class _Guide:
    """A guide's browser at the open sheet of a group."""

    def __init__(self, page: Page, base: str, cookie: tuple[str, str]) -> None:
        self.page, self.base, self.cookie = page, base, cookie

    def arrives(self, talk: str) -> None:
        self.page.open(f"{self.base}/healthz")
        self.page.driver.add_cookie({"name": self.cookie[0], "value": self.cookie[1], "path": "/"})
        self.page.open(f"{self.base}/desk?talk={talk}")
        self.page.tap("#orders")

    def opens(self) -> None:
        page = self.page
        page.write("#orders-title", "周五水果团")
        page.write("#orders-menu", "红富士苹果 8.8/斤\n鲜牛奶")
        page.tap(".sheet form button", "开始接龙")
        page.sees(".faults", "第 2 行「鲜牛奶」")
        page.write("#orders-menu", _MENU)
        page.tap(".sheet .chips button", "不限时")
        page.tap(".sheet form button", "开始接龙")
        page.sees(".orders-head", "接龙中")

    def corrects(self) -> None:
        page = self.page
        page.sees(".takers", "李叔")
        page.sees(".takers", "只够 2箱")
        page.sees(".doubts", "猪肉白菜水饺还是韭菜鸡蛋水饺")
        page.driver.execute_script(_HOLD)
        page.tap(_FEWER)
        page.until(lambda: page.driver.execute_script("return window.held.length"), "the first tap on its way")
        page.tap(_FEWER)
        page.driver.execute_script("window.release()")
        page.until(lambda: "只够" not in page.text(".takers"), "the smaller quantity")
        page.tap(".doubts button", "替 TA 记上")
        assert page.driver.execute_script("return document.querySelector('#orders-who').value") == "赵敏"
        page.driver.execute_script("document.querySelector('#orders-what').value = 'm4'")
        page.write("#orders-n", "2")
        page.tap("form.adding button", "记上")
        page.until(lambda: not page.all(".doubts"), "the question to be settled")
        page.sees(".orders-head", "共 400.4 元")
        assert page.overflow() <= 0

    def ends(self) -> str:
        page = self.page
        page.tap(".orders-foot button", "截单")
        page.tap(".orders-foot button", "再点一下")
        page.sees(".orders-head", "已截单")
        assert page.errors("400 (Bad Request)") == []
        return str(page.driver.execute_script("return document.querySelector('.orders-foot a').href"))


@pytest.mark.parametrize("phone", [True, False])
async def test_an_order_evening_at_the_desk(door: Door, desk: Desk, room: Room, *, phone: bool) -> None:
    base = str(door.http.make_url("/")).rstrip("/")
    signed = next(iter(desk.http.session.cookie_jar))
    with rig.browser(phone=phone) as page:
        guide = _Guide(page, base, (signed.key, signed.value))
        await asyncio.to_thread(guide.arrives, room.talk)
        await asyncio.to_thread(guide.opens)
        await room.says("王姐", "苹果3斤，牛奶四箱")
        await room.says("李叔", "牛奶三箱")
        await room.says("赵敏", "水饺两袋")
        await asyncio.to_thread(guide.corrects)
        address = await asyncio.to_thread(guide.ends)
        told = await asyncio.to_thread(_fetched, address, f"{signed.key}={signed.value}")
    rows = [
        [cell.value for cell in row][:6] for row in load_workbook(io.BytesIO(told), data_only=True)["明细"].iter_rows(min_row=2)
    ]
    assert rows == [
        ["王姐", "红富士苹果", 3, "斤", 8.8, 26.4], ["王姐", "鲜牛奶", 4, "箱", 66, 264], ["李叔", "鲜牛奶", 1, "箱", 66, 66],
        ["赵敏", "韭菜鸡蛋水饺", 2, "袋", 22, 44], ["合计", None, None, None, None, 400.4],
    ]  # fmt: skip


def _fetched(address: str, cookie: str) -> bytes:
    with urlopen(Request(address, headers={"Cookie": cookie}), timeout=60) as answer:
        return bytes(answer.read())
