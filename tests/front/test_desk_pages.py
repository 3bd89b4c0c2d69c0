"""The desk's pages: who is let in, what may be loaded, what a device may keep, and that every word of the trace is Chinese."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.front import pages
from bot.handlers.table import ROUTES
from tests.front.conftest import Door

STATIC = pages.WEB / "static"
_IMPORT = re.compile(r'from "\./([a-z]+\.js)"')


def _policy(headers: object, name: str) -> str:
    told = str(headers["Content-Security-Policy"])  # type: ignore[index]
    return next((part.strip() for part in told.split(";") if part.strip().startswith(name)), "")


async def test_every_module_of_the_desk_stands_below_one_mark_and_finds_what_it_imports(door: Door) -> None:
    desk = await door.guide("wangjie", guide="g1")
    page = await (await desk.get("/desk")).text()
    found = re.search(r'src="(/desk/assets/[0-9a-f]{12}/)main\.js"', page)
    assert found is not None
    wanted, seen = ["main.js", "sidebar.js"], set[str]()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        answer = await desk.get(found[1] + name)
        assert answer.status == 200, name
        assert "immutable" in answer.headers["Cache-Control"]
        assert "javascript" in answer.headers["Content-Type"]
        wanted += [other for other in _IMPORT.findall(await answer.text()) if other not in seen]
    assert seen == {path.name for path in (STATIC / "desk").glob("*.js")}


async def test_a_module_below_an_old_mark_is_not_kept_and_nothing_else_is_served_there(door: Door) -> None:
    answer = await door.http.get("/desk/assets/000000000000/main.js")
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("000000000000/nothing.js", "000000000000/..%2Fdom.js", "000000000000/main.css", "x/main.js"):
        assert (await door.http.get(f"/desk/assets/{path}")).status == 404


async def test_the_shell_knows_nobody_and_the_worker_keeps_it_and_no_talk(door: Door) -> None:
    desk = await door.guide("wangjie", guide="g1")
    shell = await (await desk.get("/desk/shell")).text()
    assert '<meta name="csrf" content="">' in shell
    assert "王姐" not in shell
    worker = await desk.get("/desk-worker.js")
    assert worker.content_type == "text/javascript"
    kept = re.search(r"const SHELL = (\[.*\]);", await worker.text())
    assert kept is not None
    for path in re.findall(r'"([^"]+)"', kept[1].replace("\\u0026", "&")):
        assert path.startswith(("/static/", "/desk/assets/"))
        assert (await desk.get(path)).status == 200


async def test_the_manifest_makes_an_app_of_the_desk_and_of_nothing_else(door: Door) -> None:
    answer = await door.http.get("/desk.webmanifest")
    told = await answer.json(content_type="application/manifest+json")
    assert (told["start_url"], told["scope"], told["display"]) == ("/desk", "/desk", "standalone")
    for icon in told["icons"]:
        assert (await door.http.get(icon["src"])).status == 200


async def test_only_the_sidebar_may_load_wecoms_sdk_and_nothing_may_be_inline(door: Door) -> None:
    desk = await door.guide("wangjie", guide="g1")
    hosts = {"https://res.wx.qq.com", "https://open.work.weixin.qq.com"}
    beside = await desk.get("/sidebar?account=demo")
    assert set(_policy(beside.headers, "script-src").split()) == {"script-src", "'self'", *hosts}
    alone = await desk.get("/desk")
    assert _policy(alone.headers, "script-src") == "script-src 'self'"
    for answer in (beside, alone):
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=", await answer.text())


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/sidebar?account=demo", "/sidebar?account=demo"),
        ("/desk?talk=abc-1", "/desk?talk=abc-1"),
        ("//evil.cn/desk", "/desk"),
        ("https://evil.cn/", "/desk"),
        ("/desk/../console", "/desk"),
        ("/sidebar?x=//evil.cn", "/desk"),
    ],
)
async def test_after_signing_in_one_is_led_to_our_own_pages_only(door: Door, wanted: str, led: str) -> None:
    desk = await door.guide("wangjie", guide="g1")
    answer = await desk.http.get("/login", params={"next": wanted}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, led)


async def test_whoever_is_not_signed_in_comes_back_to_the_sidebar_they_wanted(door: Door) -> None:
    answer = await door.http.get("/sidebar?account=demo", allow_redirects=False)
    led = urlsplit(answer.headers["Location"])
    assert (led.path, parse_qs(led.query)) == ("/login", {"next": ["/sidebar?account=demo"]})
    editor = await door.guide("bianji", role="editor")
    assert (await editor.get("/sidebar")).status == 403


def _words(name: str) -> dict[str, str]:
    script = (STATIC / "dom.js").read_text(encoding="utf-8")
    body = re.search(rf"const {name} = \{{(.*?)\}};", script, re.DOTALL)
    assert body is not None
    return dict(re.findall(r'(\w+): "([^"]+)"', body[1]))


def test_every_intent_and_every_way_of_the_bot_has_words_for_a_guide() -> None:
    told = _words("WISHES") | _words("WAYS")
    intents = {path.stem for path in (Path(__file__).parents[2] / "intents" / "training").glob("*.yml")}
    assert intents
    assert intents | set(ROUTES) <= set(told)
    assert all(re.search(r"[一-鿿]", words) for words in told.values())
