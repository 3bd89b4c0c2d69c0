"""The sandbox over real loopback connections: callbacks with retries, mishaps, control API, crowd, page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

import aiohttp
import orjson
import pytest
from aiohttp import web

from bot.sandbox import Callback, Faults, Sandbox, Setup, start
from bot.sandbox.client import SandboxClient
from bot.sandbox.clock import VirtualClock
from bot.sandbox.crowd import InProcess, Line, OverHttp, crowd, figures, spread
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.bot import CORP, Answer, Bot, Caller, serving
from tests.sandbox.rig import KF

OK = web.Response
NEWS = {
    "ToUserName": CORP.corpid,
    "CreateTime": "1767225600",
    "MsgType": "event",
    "Event": "kf_msg_or_event",
    "OpenKfId": KF,
}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    running = await start(clock="virtual")
    yield running
    await running.close()


@pytest.fixture
async def caller(sandbox: Sandbox, http: aiohttp.ClientSession) -> Caller:
    caller = Caller(sandbox, http)
    await caller.get_token()
    return caller


@pytest.fixture
def client(sandbox: Sandbox, http: aiohttp.ClientSession) -> SandboxClient:
    return SandboxClient(sandbox.url, http)


class Pair:
    """A sandbox that calls back a bot, on virtual time, with a cut-off that a test can wait for."""

    def __init__(self, answer: Answer, faults: Faults, cutoff: float) -> None:
        self.answer, self.faults, self.cutoff = answer, faults, cutoff

    async def __aenter__(self) -> Self:
        self.bot = Bot(self.answer)
        self._serving = serving(self.bot)
        await self._serving.__aenter__()
        callback = Callback(self.bot.url, cutoff=self.cutoff)
        self.sandbox = await start(clock="virtual", faults=self.faults, callback=callback)
        while not self.sandbox.pusher.verified:
            await asyncio.sleep(0)
        self.who = self.sandbox.platform.arrive("王女士").external_userid
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.sandbox.close()
        await self._serving.__aexit__(None, None, None)

    async def news(self, words: str = "在吗") -> None:
        self.sandbox.platform.say(self.who, words)
        await self.sandbox.settled()

    async def later(self, seconds: float) -> None:
        self.sandbox.platform.advance(seconds)
        await self.sandbox.settled()

    @property
    def outcomes(self) -> list[str]:
        entries = map(orjson.loads, self.sandbox.platform.world.ledger.since(0, 999, frozenset({"callback"})))
        return [entry["outcome"] for entry in entries if entry["act"] == "post"]


def pair(answer: Answer = lambda _: OK(), faults: Faults | None = None, cutoff: float = 5.0) -> Pair:
    return Pair(answer, faults or Faults(), cutoff)


# callbacks


async def test_news_arrives_sealed_with_a_token_that_pulls() -> None:
    async with pair() as p, aiohttp.ClientSession() as http:
        await p.news()
        (news,) = p.bot.news
        token = news.pop("Token")
        assert news == NEWS
        caller = Caller(p.sandbox, http)
        await caller.get_token()
        page = await caller.post("kf/sync_msg", token=token, open_kfid=KF)
        assert [x["text"]["content"] for x in page["msg_list"]] == ["在吗"]
        assert p.outcomes == ["ok"]


async def test_what_happens_in_one_go_joins_one_callback() -> None:
    async with pair() as p:
        for number in range(5):
            p.sandbox.platform.say(p.who, f"第{number}句")
        await p.sandbox.settled()
        assert len(p.bot.news) == 1
        await p.news("还有")
        assert len(p.bot.news) == 2


async def test_no_answer_is_cut_off_and_repeated_three_times_in_all() -> None:
    async with pair(lambda _: None, cutoff=0.05) as p:
        await p.news()
        assert p.outcomes == ["cut", "cut", "cut", "gave up"]
        assert p.bot.news[0] == p.bot.news[1] == p.bot.news[2]
        assert len(set(p.bot.ciphertexts)) == 3


async def test_anything_but_200_is_repeated_after_a_pause() -> None:
    async with pair(lambda n: OK(status=500 if n < 3 else 200)) as p:
        await p.news()
        assert len(p.bot.news) == 1
        await p.later(1)
        await p.later(1)
        assert p.outcomes == ["http 500", "http 500", "ok"]
        await p.later(60)
        assert len(p.bot.news) == 3


async def test_even_201_is_no_answer() -> None:
    async with pair(lambda _: OK(status=201)) as p:
        await p.news()
        await p.later(1)
        await p.later(1)
        assert p.outcomes[-1] == "gave up"


async def test_a_late_callback_comes_when_its_time_has_come() -> None:
    async with pair(faults=Faults(late=1, late_s=30)) as p:
        await p.news()
        await p.later(29)
        assert p.bot.news == []
        await p.later(1)
        assert len(p.bot.news) == 1


async def test_a_doubled_callback_comes_twice_and_a_lost_one_never() -> None:
    async with pair(faults=Faults(double=1)) as p:
        await p.news()
        assert len(p.bot.news) == 2
        assert p.bot.news[0] == p.bot.news[1]
        p.sandbox.platform.put_faults(Faults(lost=1))
        await p.news("丢了")
        await p.later(3600)
        assert len(p.bot.news) == 2


async def test_a_reordered_callback_follows_the_next_one_or_comes_late() -> None:
    async with pair(faults=Faults(reorder=1)) as p:
        await p.news("先")
        assert p.bot.news == []
        p.sandbox.platform.advance(5)
        await p.news("后")
        assert [int(news["CreateTime"]) - 1767225600 for news in p.bot.news] == [5, 0]
        await p.news("最后")
        await p.later(30)
        assert len(p.bot.news) == 3


async def test_nothing_is_sent_to_a_url_that_echoes_wrongly() -> None:
    async with pair() as p:
        p.bot.echo = False
        p.sandbox.pusher.start(p.bot.url)
        assert not await p.sandbox.pusher.verify()
        await p.news()
        assert p.bot.news == []
        p.bot.echo = True
        assert await p.sandbox.pusher.verify()
        await p.sandbox.settled()
        assert len(p.bot.news) == 1


async def test_a_bot_that_is_not_there_is_no_error(http: aiohttp.ClientSession) -> None:
    running = await start(callback="http://127.0.0.1:9/hook")
    assert not await running.pusher.verify()
    running.platform.say(running.platform.arrive().external_userid, "在吗")
    await running.settled()
    await running.close()


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
    ]


async def test_the_page_and_its_files_are_served(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(sandbox.url) as answer:
        html = await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert 'lang="zh-CN"' in html
    for name in ("sandbox.css", "sandbox.js"):
        assert f"/sandbox/static/{name}" in html
        async with http.get(f"{sandbox.url}/sandbox/static/{name}") as answer:
            assert answer.status == 200


# crowd


class Echo:
    """A bot without a network: answers every customer at once, directly on the platform."""

    def __init__(self, sandbox: Sandbox) -> None:
        corp, self.platform = Setup().corp, sandbox.platform
        raw = self.platform.gettoken({"corpid": corp.corpid, "corpsecret": corp.secret})
        self.token = str(orjson.loads(raw)["access_token"])
        self.cursor = ""
        self.platform.on_news(lambda kf: asyncio.get_running_loop().call_soon(self.pull, kf))

    def pull(self, open_kfid: str) -> None:
        token = self.platform.world.news.give(open_kfid, self.platform.world.now())
        body = {"cursor": self.cursor, "token": token, "open_kfid": open_kfid}
        page = orjson.loads(self.platform.call("kf/sync_msg", self.token, body))
        self.cursor = page["next_cursor"]
        for item in page["msg_list"]:
            answer = {"content": f"收到{item['text']['content']}"}
            body = {"touser": item["external_userid"], "open_kfid": open_kfid, "msgtype": "text", "text": answer}
            self.platform.call("kf/send_msg", self.token, body)


@pytest.mark.parametrize("outside", [False, True])
async def test_a_crowd_hears_the_answer_to_each_message(sandbox: Sandbox, client: SandboxClient, *, outside: bool) -> None:
    Echo(sandbox)
    texts = [f"第{number}句" for number in range(60)]
    stage = OverHttp(client) if outside else InProcess(sandbox.platform)
    records = await crowd(stage, spread(texts, 7, 0, seed=3))
    assert [[reply.text for reply in record.replies] for record in records] == [[f"收到{text}"] for text in texts]
    assert len({record.who for record in records}) == 7
    summed = figures(records)
    assert (summed.sent, summed.answered, summed.replies) == (60, 60, 60)
    assert summed.p50 <= summed.p99 <= summed.worst


async def test_a_crowd_that_gets_no_answer_says_so(sandbox: Sandbox) -> None:
    records = await crowd(InProcess(sandbox.platform), [Line(0, "在吗")], patience=0.01)
    assert records[0].waited is None
    assert figures(records).answered == 0


def test_a_crowd_is_spread_by_its_seed() -> None:
    texts = [str(number) for number in range(20)]
    assert spread(texts, 5, 10, seed=1) == spread(texts, 5, 10, seed=1)
    assert spread(texts, 5, 10, seed=1) != spread(texts, 5, 10, seed=2)
    assert [line.at for line in spread(texts, 5, 10, seed=1)][:3] == [0.0, 0.1, 0.2]
