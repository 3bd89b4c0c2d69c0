"""The platform's API and the control API over real loopback connections, with mishaps, files and nonsense."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.sandbox import Faults, Sandbox, start
from bot.sandbox.client import SandboxClient
from bot.sandbox.clock import VirtualClock
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.bot import CORP, Caller
from tests.sandbox.rig import KF

# mishaps of the API


async def test_after_a_timeout_the_send_has_happened_and_its_retry_is_refused(sandbox: Sandbox, caller: Caller) -> None:
    who = sandbox.platform.arrive().external_userid
    sandbox.platform.say(who, "在吗")
    sandbox.platform.put_faults(Faults(timeout=1, timeout_s=0))
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.text(who, "好的", msgid="out_1")
    sandbox.platform.put_faults(Faults())
    assert (await caller.text(who, "好的", msgid="out_1"))["errcode"] == 40058
    assert sandbox.platform.conversation(who).order == 2


async def test_after_a_reset_or_a_502_nothing_has_happened(sandbox: Sandbox, caller: Caller) -> None:
    who = sandbox.platform.arrive().external_userid
    sandbox.platform.say(who, "在吗")
    sandbox.platform.put_faults(Faults(reset=1))
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.text(who, "好的", msgid="out_1")
    sandbox.platform.put_faults(Faults(http_500=1))
    with pytest.raises(aiohttp.ClientResponseError):
        await caller.text(who, "好的", msgid="out_1")
    sandbox.platform.put_faults(Faults())
    assert (await caller.text(who, "好的", msgid="out_1"))["errcode"] == 0


async def test_a_slow_answer_comes_when_time_has_passed(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.platform.put_faults(Faults(slow=1, slow_s=3))
    asked = asyncio.create_task(caller.post("kf/account/list"))
    clock = sandbox.platform.clock
    assert isinstance(clock, VirtualClock)
    while not clock.waiting:
        await asyncio.sleep(0)
    assert not asked.done()
    sandbox.platform.advance(3)
    assert (await asked)["errcode"] == 0


@pytest.mark.parametrize(
    ("faults", "code"),
    [(Faults(busy=1), -1), (Faults(freq=1), 45009), (Faults(token_expired=1), 42001)],
)
async def test_refusals_by_mishap(sandbox: Sandbox, caller: Caller, faults: Faults, code: int) -> None:
    sandbox.platform.put_faults(faults)
    assert (await caller.post("kf/account/list"))["errcode"] == code


async def test_empty_and_short_pages_lose_nothing(sandbox: Sandbox, caller: Caller) -> None:
    who = sandbox.platform.arrive().external_userid
    for number in range(30):
        sandbox.platform.say(who, str(number))
    sandbox.platform.put_faults(Faults(empty_page=1, short_page=1))
    token = sandbox.platform.world.news.give(KF, sandbox.platform.world.now())
    got: list[str] = []
    cursor, more, empty = "", 1, 0
    while more:
        page = await caller.post("kf/sync_msg", cursor=cursor, token=token, open_kfid=KF)
        cursor, more = page["next_cursor"], page["has_more"]
        empty += not page["msg_list"]
        got += [x["text"]["content"] for x in page["msg_list"]]
    assert got == [str(number) for number in range(30)]
    assert empty > 3


async def test_an_accepted_message_may_fail_afterwards(sandbox: Sandbox, caller: Caller) -> None:
    who = sandbox.platform.arrive().external_userid
    sandbox.platform.say(who, "在吗")
    sandbox.platform.put_faults(Faults(send_fail=1, send_fail_type=6))
    assert (await caller.text(who, "好的", msgid="out_1"))["errcode"] == 0
    event = (await caller.post("kf/sync_msg", open_kfid=KF))["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "out_1", 6)


@pytest.mark.parametrize("text", ["late=2", "nonsense=0.1", "late=abc", "late", "late_s=-1", "busy=nan"])
def test_wrong_fault_switches_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"故障|数字|之间"):
        Faults.parse(text)


def test_fault_switches_are_read_from_the_command_line() -> None:
    assert Faults.parse("late=0.1, double=0.2,late_s=20") == Faults(late=0.1, double=0.2, late_s=20)
    assert Faults.parse("") == Faults()


# files and odd requests


async def test_media_go_up_and_come_down(sandbox: Sandbox, caller: Caller, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("media", b"\x89PNG", filename="图.png", content_type="image/png")
    url = f"{sandbox.url}/cgi-bin/media/upload?access_token={caller.token}&type=image"
    async with http.post(url, data=form) as answer:
        made = await answer.json()
    assert (made["errcode"], made["type"]) == (0, "image")
    url = f"{sandbox.url}/cgi-bin/media/get?access_token={caller.token}&media_id="
    async with http.get(url + made["media_id"]) as answer:
        assert (await answer.read(), answer.content_type) == (b"\x89PNG", "image/png")
    async with http.get(url + "none") as answer:
        assert (await answer.json())["errcode"] == 40007


@pytest.mark.parametrize("query", ["type=image", "type=poem", ""])
async def test_an_upload_without_a_file_is_refused(
    sandbox: Sandbox, caller: Caller, http: aiohttp.ClientSession, query: str
) -> None:
    url = f"{sandbox.url}/cgi-bin/media/upload?access_token={caller.token}&{query}"
    async with http.post(url, data=b"x") as answer:
        assert (await answer.json())["errcode"] == 40058


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"touser": {}}'])
async def test_a_body_that_is_no_message_is_refused_and_breaks_nothing(
    sandbox: Sandbox, caller: Caller, http: aiohttp.ClientSession, data: bytes
) -> None:
    url = f"{sandbox.url}/cgi-bin/kf/send_msg?access_token={caller.token}"
    async with http.post(url, data=data) as answer:
        assert (await answer.json())["errcode"] == 40058


async def test_servicers_are_listed_by_get(caller: Caller, http: aiohttp.ClientSession) -> None:
    url = f"{caller.root}kf/servicer/list?access_token={caller.token}&open_kfid={KF}"
    async with http.get(url) as answer:
        assert len((await answer.json())["servicer_list"]) == 2


# control API


async def test_a_whole_talk_over_the_control_api(client: SandboxClient, caller: Caller) -> None:
    who = await client.arrive("王女士")
    assert await client.enter(who, scene="h5")
    first = await client.say(who, "在吗")
    await client.send(who, "location", {})
    item = {"type": "click", "click": {"id": "H", "content": "转人工"}}
    menu = await caller.post(
        "kf/send_msg", touser=who, open_kfid=KF, msgtype="msgmenu", msgmenu={"head_content": "请选", "list": [item]}
    )
    await client.tap(who, menu["msgid"], "H")
    await client.recall(who, first)
    await caller.post("kf/service_state/trans", open_kfid=KF, external_userid=who, service_state=2)
    await client.servicer("xiaolin", "take", who)
    said = await client.servicer("xiaolin", "reply", who, text="我是小林")
    await client.servicer("xiaolin", "recall", who, msgid=said["msgid"])
    await client.servicer("xiaolin", "reject", who, on=True)
    await client.servicer("xiaolin", "transfer", who, to="xiaozhou")
    await client.servicer("xiaozhou", "end", who)
    await client.servicer("xiaozhou", "serving", on=False, stop_type=1)
    seen = await client.messages(who)
    assert seen["state"] == 4
    messages = seen["messages"]
    assert isinstance(messages, list)
    assert [(x["by"], x["msgtype"], x["recalled"]) for x in messages] == [
        ("shopper", "text", True),
        ("shopper", "location", False),
        ("bot", "msgmenu", False),
        ("shopper", "text", False),
        ("servicer", "text", True),
    ]
    totals = await client.totals()
    assert (totals["delivery"], totals["event.session_status_change"]) == (1, 3)
    entries = await client.ledger(0, "delivery")
    assert [(x["to"], x["msgid"], x["state"], x["quota"]) for x in entries] == [(who, menu["msgid"], 0, 4)]
    assert await client.ledger(int(str(entries[0]["n"])), "delivery") == []


async def test_faults_clock_callback_and_reset_are_in_hand(client: SandboxClient, sandbox: Sandbox) -> None:
    await client.put_faults(busy=0.5, slow_s=2)
    assert sandbox.platform.world.faults == Faults(busy=0.5, slow_s=2)
    await client.advance(90)
    assert sandbox.platform.world.now() == 1767225690
    await client.set_callback("http://127.0.0.1:9/hook")
    assert sandbox.pusher.url == "http://127.0.0.1:9/hook"
    await client.arrive()
    await client.reset(seed=11)
    state = await client.state()
    assert (state["seed"], state["shopper_count"]) == (11, 0)
    assert (await client.ask("GET", "/clock"))["virtual"] is True
    assert (await client.ask("GET", "/faults"))["busy"] == 0.5


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/shoppers/wmNobody/enter", {}),
        ("POST", "/shoppers", {"nickname": 7}),
        ("POST", "/shoppers", {"gender": 9}),
        ("POST", "/shoppers/wmNobody/fly", {}),
        ("PUT", "/faults", {"late": 3}),
        ("POST", "/clock/advance", {"seconds": -1}),
        ("POST", "/clock/advance", {"seconds": "x"}),
        ("GET", "/ledger?since=x", None),
        ("GET", "/state?open_kfid=none", None),
        ("GET", "/media/none", None),
        ("POST", "/reset", {"seed": "x"}),
    ],
)
async def test_what_cannot_be_done_is_said(client: SandboxClient, method: str, path: str, body: dict[str, object] | None) -> None:
    with pytest.raises(ActRefusedError, match=r"40[049]"):
        await client.ask(method, path, body)


async def test_another_sites_page_is_kept_out(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.url}/sandbox/api/shoppers"
    async with http.post(url, data=b"{}", headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403
    async with http.post(url, data=b"{}", headers={"Origin": sandbox.url}) as answer:
        assert answer.status == 201


async def test_real_time_cannot_be_moved(http: aiohttp.ClientSession) -> None:
    running = await start()
    with pytest.raises(ActRefusedError, match="真实时间"):
        await SandboxClient(running.url, http).advance(1)
    await running.close()


async def test_the_environment_is_what_serve_needs(sandbox: Sandbox) -> None:
    assert sandbox.environment == [
        "DAOGOU_WECOM__demo__CORPID=wwdaogousandbox001",
        f"DAOGOU_WECOM__demo__SECRET={CORP.secret}",
        "DAOGOU_WECOM__demo__AGENT_ID=1000002",
        "DAOGOU_WECOM__demo__TOKEN=SandboxCallbackToken",
        f"DAOGOU_WECOM__demo__AES_KEY={CORP.aes_key}",
        f"DAOGOU_WECOM__demo__KF_ACCOUNTS={KF}",
        f"DAOGOU_WECOM__demo__API_BASE={sandbox.url}",
        f"DAOGOU_STAFF_WEBHOOK={sandbox.url}/cgi-bin/webhook/send?key=sandbox-staff-robot",
    ]


async def test_the_page_and_its_files_are_served(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(sandbox.url) as answer:
        html = await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert 'lang="zh-CN"' in html
    for name in ("sandbox.css", "page.js", "sandbox.js", "bubbles.js"):
        assert f"/sandbox/static/{name}" in html
        async with http.get(f"{sandbox.url}/sandbox/static/{name}") as answer:
            assert answer.status == 200
