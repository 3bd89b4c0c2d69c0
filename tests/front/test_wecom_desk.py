"""The desk in WeCom's sidebar: signed pages, whose contact the open chat is, what comes in by callbacks, and taps that failed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide, Staff, StaffFile, Store
from bot.channels.wecom import jssdk, through
from bot.channels.wecom.client import WeComClient
from bot.channels.wecom_crypto import WeComCrypto
from bot.db import contacts, offers
from bot.db.contacts import Relation
from bot.front.app import make_app
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.sandbox import Faults, Sandbox, start
from bot.settings import Settings
from tests.conftest import ManualClock
from tests.front.conftest import Desk, Door, front_of

STAFF = Staff.of(
    StaffFile(
        stores=(Store(id="s1", name="徐汇店"), Store(id="s2", name="静安店")),
        guides=(
            Guide(id="g1", name="小林", store="s1", wecom_userid="XiaoLin"),
            Guide(id="g2", name="小周", store="s2", wecom_userid="xiaozhou"),
            Guide(id="g3", name="陈曼", store="s1"),
        ),
    )
)
PUBLIC = "https://guide.example.com"


@dataclass
class Bar:
    """A front door beside the simulated platform."""

    door: Door
    sandbox: Sandbox
    who: str = ""

    async def contact(self, desk: Desk, external: str = "", **query: str) -> tuple[int, Mapping[str, str]]:
        answer = await desk.http.get("/api/wecom/demo/contact", params=query or {"external_userid": external or self.who})
        return answer.status, await answer.json()

    async def signed(self, desk: Desk, url: str) -> tuple[int, dict[str, str]]:
        answer = await desk.get(f"/api/wecom/demo/signature?url={quote(url, safe='')}")
        return answer.status, await answer.json()

    def calls(self, api: str) -> int:
        return self.sandbox.platform.world.ledger.totals().get(f"call.{api}.0", 0)


@pytest.fixture
async def bar(
    engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
) -> AsyncIterator[Bar]:
    sandbox = await start(clock="virtual")
    environ = dict(line.split("=", 1) for line in sandbox.environment)
    demo = Settings.from_environment(environ).wecom["demo"]
    corp = sandbox.platform.setup.corp
    crypto = WeComCrypto(corp.token, corp.aes_key, corp.corpid)
    async with aiohttp.ClientSession() as http:
        app = WeComClient(demo, http)
        silent = WeComClient(demo.model_copy(update={"agent_id": ""}), http)
        base = front_of(engine, client, queues, live, clock)
        front = replace(
            base, apps={"demo": app, "silent": silent}, wecom={"demo": crypto}, staff=lambda: STAFF, public_url=PUBLIC
        )
        server = TestServer(make_app(front))
        await server.start_server()
        clients: list[TestClient] = []

        def opened() -> TestClient:
            clients.append(TestClient(server, cookie_jar=CookieJar(unsafe=True)))
            return clients[-1]

        made = Bar(Door(opened(), engine, queues, clock, crypto, opened), sandbox)
        made.who = sandbox.platform.arrive("王女士", 2).external_userid
        yield made
        for one in clients:
            await one.session.close()
        await server.close()
    await sandbox.close()


async def test_a_page_of_ours_is_signed_for_whoever_is_signed_in(bar: Bar) -> None:
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    url = f"{PUBLIC}/sidebar?account=demo"
    status, told = await bar.signed(desk, url + "#top")
    assert status == 200
    ticket = bar.sandbox.platform.world.staff.ticket[0]
    assert told["signature"] == jssdk.signature(ticket, told["nonceStr"], int(told["timestamp"]), url)
    assert (told["corpid"], told["agentId"]) == ("wwdaogousandbox001", "1000002")
    assert ticket not in str(told)
    for _ in range(3):
        assert (await bar.signed(desk, url))[0] == 200
    assert bar.calls("ticket/get") == 1


async def test_the_host_of_the_call_is_ours_too_and_no_other(bar: Bar) -> None:
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    own = f"http://{desk.http.host}:{desk.http.port}/sidebar"
    assert (await bar.signed(desk, own))[0] == 200
    for foreign in ("https://evil.cn/sidebar", f"{PUBLIC}.evil.cn/", "", "https://guide.example.com@evil.cn/"):
        status, told = await bar.signed(desk, foreign)
        assert (status, told["error"]["code"]) == (400, "foreign_page")


async def test_nobody_else_gets_a_signature_or_a_contact(bar: Bar) -> None:
    editor = await bar.door.guide("ed", "editor")
    for path in ("signature?url=https://guide.example.com/", "contact?external_userid=x"):
        assert (await bar.door.http.get(f"/api/wecom/demo/{path}")).status == 401
        assert (await editor.get(f"/api/wecom/demo/{path}")).status == 403
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    assert (await desk.get("/api/wecom/other/signature?url=https://guide.example.com/")).status == 404
    answer = await desk.get("/api/wecom/silent/signature?url=https://guide.example.com/")
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "no_agent")


async def test_a_platform_that_refuses_is_told_in_words_without_a_secret(bar: Bar) -> None:
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    bar.sandbox.platform.put_faults(Faults(freq=1))
    status, told = await bar.signed(desk, f"{PUBLIC}/sidebar")
    assert (status, told["error"]["code"]) == (502, "wecom_refused")
    assert "调用频率超限" in told["error"]["message"]  # type: ignore[index]
    bar.sandbox.platform.put_faults(Faults(http_500=1))
    assert (await bar.signed(desk, f"{PUBLIC}/sidebar"))[0] == 502
    bar.sandbox.platform.put_faults(Faults())
    assert (await bar.signed(desk, f"{PUBLIC}/sidebar"))[0] == 200


async def test_a_contact_of_the_guides_gets_a_talk_when_it_is_first_looked_at(bar: Bar) -> None:
    bar.sandbox.platform.grant_contacts()
    bar.sandbox.platform.befriend("xiaolin", bar.who)
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    status, told = await bar.contact(desk)
    assert (status, told["send"]) == (200, "confirm")
    assert told["conversation"] == through.contact_of("demo", "XiaoLin", bar.who).conversation
    assert await bar.contact(desk) == (status, told)
    assert await bar.door.rows("select guide, store from customers") == [("g1", "s1")]
    assert bar.calls("externalcontact/get") == 1


async def test_who_is_nobodys_contact_or_a_colleagues_is_not_found(bar: Bar) -> None:
    bar.sandbox.platform.grant_contacts()
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    assert (await bar.contact(desk))[0] == 404
    assert (await bar.contact(desk, "wmNobodyAtAll"))[0] == 404
    bar.sandbox.platform.befriend("xiaozhou", bar.who)
    assert (await bar.contact(desk))[0] == 404
    assert await bar.door.rows("select * from conversations") == []
    other = await bar.door.guide("zhou", guide="g2", store="s2")
    assert (await bar.contact(other))[0] == 200
    assert (await bar.contact(desk))[0] == 404


async def test_a_guide_of_another_store_is_not_told_that_there_is_a_talk_and_a_lead_of_all_is(bar: Bar) -> None:
    bar.sandbox.platform.grant_contacts()
    bar.sandbox.platform.befriend("xiaolin", bar.who)
    lin = await bar.door.guide("lin", guide="g1", store="s1")
    _, told = await bar.contact(lin)
    chen = await bar.door.guide("chen", guide="g3", store="s1")
    assert await bar.contact(chen) == (200, told)
    assert (await bar.contact(await bar.door.guide("zhou", guide="g2", store="s2")))[0] == 404
    assert await bar.contact(await bar.door.guide("boss", "admin")) == (200, told)


async def test_what_the_page_asks_for_is_checked(bar: Bar) -> None:
    desk = await bar.door.guide("lin", guide="g1", store="s1")
    for query in ({"external_userid": "x" * 200}, {"external_userid": "a\x00b"}, {"x": "y"}):
        assert (await bar.contact(desk, **query))[0] == 400
    assert (await bar.contact(desk, chat_id="wrNever"))[0] == 404


async def test_a_callback_of_a_new_contact_makes_the_talk_and_wakes_the_worker(bar: Bar) -> None:
    bar.sandbox.pusher.start(str(bar.door.http.make_url("/hooks/wecom/demo")))
    await bar.sandbox.pusher.verify()
    bar.sandbox.platform.befriend("xiaolin", bar.who)
    bar.sandbox.platform.join_group("wrSandbox1", bar.who)
    await bar.sandbox.settled()
    talk = through.contact_of("demo", "xiaolin", bar.who).conversation
    group = through.group_of("demo", "wrSandbox1").conversation
    kinds = await bar.door.rows("select channel, kind, state from inbox order by id")
    assert sorted(kinds) == sorted(
        [
            ("wecom_contact", "contact_added", "new"),
            ("wecom", "change_external_contact", "settled"),
            ("wecom_group", "group_changed", "settled"),
            ("wecom", "change_external_chat", "settled"),
            ("wecom_group", "group_changed", "settled"),
            ("wecom", "change_external_chat", "settled"),
        ]
    )
    assert set(await bar.door.due("turn")) == {talk}
    asked = "select profile -> 'group' ? 'asked' from customers c join conversations t on t.customer_id = c.id where t.id = :id"
    assert await bar.door.one(asked, id=group) is True
    assert await bar.door.rows("select guide, store from customers where channel = 'wecom_contact'") == [("g1", "s1")]
    assert await bar.door.rows("select channel, store, is_group from conversations order by channel") == [
        ("wecom_contact", "s1", False),
        ("wecom_group", None, True),
    ]
    bar.sandbox.platform.part("xiaolin", bar.who, by_shopper=True)
    await bar.sandbox.settled()
    assert await bar.door.one("select guide from customers where channel = 'wecom_contact'") is None
    assert await bar.door.one("select owner from conversations where id = :id", id=talk) == "closed"


async def test_a_tap_that_the_client_could_not_send_shows_as_failed_and_only_for_whoever_tapped(bar: Bar) -> None:
    relation = Relation("wecom_contact", "demo", "xiaolin", bar.who, "g1", "s1")
    talk = await contacts.opened(bar.door.engine, relation)
    lin, chen = await bar.door.guide("lin", guide="g1", store="s1"), await bar.door.guide("chen", guide="g3", store="s1")
    await bar.door.rows(
        """
        with sent as (
            insert into outbox (msgid, conversation_id, author, sender, epoch, speech, state)
            values ('m1', :id, 'guide', 'g1', 0, '{"text": "您好", "tapped": "g1"}', 'sent') returning *
        )
        insert into messages (conversation_id, author, sender, text, msgid) select conversation_id, author, sender, '您好', msgid from sent
        """,
        id=talk,
    )
    offer = await bar.door.one("select id from outbox")
    told = {"conversation": talk, "offer": offer}
    assert (await chen.post("/api/wecom/demo/unsent", told)).status == 404
    assert (await lin.post("/api/wecom/demo/unsent", {**told, "offer": 999})).status == 404
    for _ in range(2):
        assert (await lin.post("/api/wecom/demo/unsent", told)).status == 202
    assert await bar.door.rows("select failure from messages") == [("企业微信没有发出去，顾客没有收到",)]
    assert await bar.door.rows("select state from outbox") == [("failed",)]
    async with bar.door.engine.connect() as connection:
        assert await offers.offers(connection, talk) == []
