"""Groups by the sandbox's control API: begun, refused with every fault, acted in by hand, shown on a page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import Sandbox, Wish, start, wished
from bot.sandbox.client import SandboxClient
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.groups_run import perform
from bot.sandbox.groups_script import EXAMPLE
from bot.settings import Settings


class Robot:
    """A house on loopback that takes Feishu's callbacks and says nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.posted: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        self.posted.append(await request.read())
        return web.json_response({})


@pytest.fixture
async def robot() -> AsyncIterator[Robot]:
    robot = Robot()
    app = web.Application()
    app.router.add_post("/hooks/feishu/demo", robot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    robot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield robot
    await runner.cleanup()


@pytest.fixture
async def stage(robot: Robot) -> AsyncIterator[Sandbox]:
    running = await start()
    running.shows.house = robot.url
    yield running
    await running.close()


@pytest.fixture
def hand(stage: Sandbox, http: aiohttp.ClientSession) -> SandboxClient:
    return SandboxClient(stage.url, http)


async def until(hand: SandboxClient, group: str, standing: str) -> dict[str, object]:
    """The group, once it stands so."""
    async with asyncio.timeout(20):
        while True:
            shown = dict(await hand.ask("GET", f"/groups/{group}"))
            if shown["standing"] == standing:
                return shown
            await asyncio.sleep(0.01)


async def test_a_script_is_played_and_its_stream_shown(hand: SandboxClient, robot: Robot) -> None:
    made = await hand.ask("POST", "/groups", {"script": EXAMPLE, "platform": "feishu", "speed": 0})
    shown = await until(hand, str(made["id"]), "waiting")
    lines = shown["lines"]
    assert isinstance(lines, list)
    assert [line["kind"] for line in lines].count("text") == 11
    assert next(line for line in lines if line["text"].startswith("同问"))["quote"] == 1
    taken = next(line for line in lines if line["recalled"])
    assert (taken["name"], taken["text"]) == ("七月", ""), "what was taken back is shown to nobody"
    assert shown["played"] == shown["events"] == len(robot.posted)
    people = shown["people"]
    assert isinstance(people, list)
    assert "云朵" in people, "who joined is there"


async def test_every_fault_of_a_script_is_told_with_its_line(
    hand: SandboxClient, http: aiohttp.ClientSession, stage: Sandbox
) -> None:
    bad = {"script": "- {as: 甲}\n- {as: 乙, say: 早, quote: 9}"}
    async with http.post(f"{stage.url}/sandbox/api/groups", json=bad) as answer:
        assert answer.status == 400
        told = await answer.json()
    assert [one["line"] for one in told["faults"]] == [1, 2]
    assert (await hand.ask("GET", "/groups"))["groups"] == []


async def test_a_seed_gives_the_same_group_twice(hand: SandboxClient) -> None:
    wish = {"seed": 5, "members": 12, "minutes": 2, "speed": 0, "platform": "feishu"}
    first, second = [await hand.ask("POST", "/groups", wish) for _ in range(2)]
    shown = [await until(hand, str(one["id"]), "waiting") for one in (first, second)]
    said = [[(line["name"], line["kind"], line["text"], line["right"]) for line in one["lines"]] for one in shown]  # type: ignore[attr-defined]
    assert said[0] == said[1]
    assert said[0]


async def test_members_act_by_hand(hand: SandboxClient, robot: Robot) -> None:
    group = str((await hand.ask("POST", "/groups", {"name": "空群", "platform": "feishu"}))["id"])
    await until(hand, group, "over")
    with pytest.raises(ActRefusedError, match="先让他进群"):
        await hand.ask("POST", f"/groups/{group}/say", {"as": "甲", "text": "在吗"})
    await hand.ask("POST", f"/groups/{group}/join", {"as": "甲", "state": "sh-1"})
    said = await hand.ask("POST", f"/groups/{group}/say", {"as": "甲", "text": "在吗"})
    await hand.ask("POST", f"/groups/{group}/join", {"as": "乙"})
    await hand.ask("POST", f"/groups/{group}/say", {"as": "乙", "text": "同问", "line": said["n"]})
    with pytest.raises(ActRefusedError, match="自己"):
        await hand.ask("POST", f"/groups/{group}/recall", {"as": "乙", "line": said["n"]})
    await hand.ask("POST", f"/groups/{group}/recall", {"as": "甲", "line": said["n"]})
    await hand.ask("POST", f"/groups/{group}/leave", {"as": "甲"})
    shown = await hand.ask("GET", f"/groups/{group}")
    lines = shown["lines"]
    assert isinstance(lines, list)
    assert [line["kind"] for line in lines] == ["join", "text", "join", "text", "recall", "leave"]
    assert lines[3]["quote"] == said["n"]
    assert lines[1]["recalled"]
    assert shown["people"] == ["乙"]
    assert len(robot.posted) == 6


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/groups", {"platform": "qq"}),
        ("/groups", {"seed": "x"}),
        ("/groups", {"seed": 1, "members": 2}),
        ("/groups", {"seed": 1, "minutes": 9999}),
        ("/groups", {"speed": -1}),
        ("/groups/g99/say", {"as": "甲", "text": "在吗"}),
    ],
)
async def test_what_cannot_be_played_is_said(hand: SandboxClient, path: str, body: dict[str, object]) -> None:
    with pytest.raises(ActRefusedError, match=r"40[09]"):
        await hand.ask("POST", path, body)


async def test_without_a_house_the_group_says_what_is_missing(stage: Sandbox, hand: SandboxClient) -> None:
    stage.shows.house = "http://127.0.0.1:9"
    group = str((await hand.ask("POST", "/groups", {"script": EXAMPLE}))["id"])
    assert "daogou serve" in str((await until(hand, group, "failed"))["fault"])
    told: list[str] = []
    assert await perform(stage.shows, [Wish(script=EXAMPLE)], told.append) == 1
    assert "没演成" in told[-1]


async def test_the_page_and_what_serve_needs_are_given(stage: Sandbox, hand: SandboxClient, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{stage.url}/groups") as answer:
        html = await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for name in ("groups.css", "page.js", "groups.js"):
        assert f"/sandbox/static/{name}" in html
        async with http.get(f"{stage.url}/sandbox/static/{name}") as answer:
            assert answer.status == 200
    told = (await hand.ask("GET", "/groups"))["environment"]
    assert isinstance(told, dict)
    for platform in ("feishu", "dingtalk", "aibot"):
        settings = Settings.from_environment(dict(line.split("=", 1) for line in told[platform]))
        assert getattr(settings, platform)["demo"].api_base == f"{stage.url}/rooms/{platform}"


def test_scripts_and_seeds_from_the_command_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "好.yml", tmp_path / "坏.yml"
    good.write_text(EXAMPLE, encoding="utf-8")
    bad.write_text("- {as: 甲}\n", encoding="utf-8")
    wishes = wished([good], 2, 7, Wish("feishu", members=9))
    assert [(one.platform, one.seed, bool(one.script)) for one in wishes] == [
        ("feishu", None, True),
        ("feishu", 7, False),
        ("feishu", 8, False),
    ]
    with pytest.raises(ValueError, match="第 1 行"):
        wished([bad], 0, 7, Wish())
    with pytest.raises(ValueError, match="--groups"):
        wished([], 99, 7, Wish())
