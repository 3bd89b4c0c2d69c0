"""Alerts on the simulated platform: to whom they are for, once, in the pace of the robot, and never with anybody's number."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import structlog
from facts_rig import rows
from pydantic import SecretStr
from shop_rig import SandboxClock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide
from bot.channels.wecom.client import WeComClient
from bot.channels.wecom.staff import Robot
from bot.crew import Crew
from bot.db import alerts as facts
from bot.db.alerts import bundles
from bot.errors import SettingsError
from bot.herald import PER_MINUTE, Herald, Ways
from bot.motion.connection import Client
from bot.motion.pace import Pace
from bot.sandbox import Faults, Sandbox, start
from bot.settings import Settings

GUIDES = (
    Guide(id="g1", name="小林", store="s1", wecom_userid="XiaoLin"),
    Guide(id="g2", name="小周", store="s1", wecom_userid="xiaozhou"),
    Guide(id="g3", name="陈曼", store="s2"),
    Guide(id="g4", name="老王", store="s2", wecom_userid="nobody-here"),
    Guide(id="g5", name="店长", store="s3", role="lead", wecom_userid="xiaozhou"),
)


class Office:
    """The staff's phones and group, and heralds who send there."""

    def __init__(self, sandbox: Sandbox, engine: AsyncEngine, client: Client, http: aiohttp.ClientSession) -> None:
        self.sandbox, self.engine, self.client, self.http = sandbox, engine, client, http
        self.platform, self.clock = sandbox.platform, SandboxClock(sandbox)
        environ = dict(line.split("=", 1) for line in sandbox.environment)
        self.settings = Settings.from_environment(environ)

    def herald(self, *, robot: bool = True, app: bool = True, key: str = "", public: str | None = None, **account: Any) -> Herald:
        demo = self.settings.wecom["demo"].model_copy(update=account)
        address = self.settings.staff_webhook
        assert address is not None
        if key:
            address = SecretStr(address.get_secret_value().partition("=")[0] + "=" + key)
        ways = Ways(
            {"demo": WeComClient(demo, self.http)} if app else {},
            Robot(address, self.http) if robot else None,
            Pace(self.client, "robot", PER_MINUTE, 60),
            public,
        )
        return Herald(self.engine, ways, self.guides, self.clock)

    async def guides(self) -> Sequence[Guide]:
        return GUIDES

    async def alert(self, words: str = "有顾客在等您，已经 3 分钟", *, n: int = 1, **more: Any) -> None:
        values = {"kind": "take", "guide": None, "store": None, "conversation": None, **more}
        async with self.engine.begin() as connection:
            for _ in range(n):
                await connection.execute(
                    text(
                        "insert into alerts (key, kind, guide, store, conversation_id, text, created_at) "
                        "values (gen_random_uuid()::text, :kind, :guide, :store, :conversation, :text, :now)"
                    ),
                    {**values, "text": words, "now": self.clock.now()},
                )

    def told(self) -> list[tuple[str, tuple[str, ...], str]]:
        return [(one.way, one.users, one.text) for one in self.platform.world.staff.told]

    async def states(self) -> list[tuple[str, str | None]]:
        found = await rows(self.engine, "select state, reason from alerts order by id")
        return [(row["state"], row["reason"]) for row in found]


@pytest.fixture
async def office(engine: AsyncEngine, client: Client) -> AsyncIterator[Office]:
    sandbox = await start(clock="virtual")
    async with aiohttp.ClientSession() as http:
        yield Office(sandbox, engine, client, http)
    await sandbox.close()


async def test_a_guide_is_told_on_their_phone_with_a_way_to_the_talk(office: Office) -> None:
    async with office.engine.begin() as connection:
        await connection.execute(text("insert into customers (id, channel, account, external) values ('c1', 'web', '', 'x')"))
        await connection.execute(
            text(
                "insert into conversations (id, channel, account, peer, external, customer_id) values ('v1', 'web', '', '', 'x', 'c1')"
            )
        )
    await office.alert(guide="g1", conversation="v1")
    assert await office.herald(public="https://guide.example.com").step() == 1
    (told,) = office.platform.world.staff.told
    assert (told.way, told.users, told.title) == ("app", ("XiaoLin",), "有顾客在等您")
    assert (told.text, told.url) == ("有顾客在等您，已经 3 分钟", "https://guide.example.com/desk?c=v1")
    assert await office.states() == [("sent", "app")]


async def test_without_an_address_of_ours_it_is_plain_words(office: Office) -> None:
    await office.alert(guide="g1")
    await office.herald().step()
    assert office.told() == [("app", ("XiaoLin",), "有顾客在等您，已经 3 分钟")]
    assert office.platform.world.staff.told[0].url == ""


async def test_what_is_the_stores_reaches_its_people_who_are_not_away(office: Office) -> None:
    await office.alert(store="s1")
    await office.herald().step()
    async with office.engine.begin() as connection:
        await connection.execute(
            text("insert into duty (guide, state, until) values ('g1', 'off', null), ('g2', 'break', :over)"),
            {"over": office.clock.now() - timedelta(minutes=1)},
        )
    await office.alert("又有一位", store="s1")
    await office.herald().step()
    assert [users for _, users, _ in office.told()] == [("XiaoLin", "xiaozhou"), ("xiaozhou",)]


async def test_what_is_nobodys_reaches_the_leads(office: Office) -> None:
    await office.alert(kind="central")
    await office.herald().step()
    assert office.told() == [("app", ("xiaozhou",), "有顾客在等您，已经 3 分钟")]


@pytest.mark.parametrize("guide", ["g3", "g4"])
async def test_whom_the_app_cannot_reach_the_group_is_told(office: Office, guide: str) -> None:
    await office.alert(guide=guide)
    await office.herald().step()
    assert [way for way, _, _ in office.told()] == ["robot"]
    assert await office.states() == [("sent", "robot")]


@pytest.mark.parametrize("how", [{"agent_id": "1"}, {"agent_id": ""}, {"secret": SecretStr("A" * 43)}])
async def test_an_app_that_is_set_up_wrongly_leaves_it_to_the_robot(office: Office, how: dict[str, Any]) -> None:
    await office.alert(guide="g1")
    await office.herald(**how).step()
    assert office.told() == [("robot", ("XiaoLin",), "有顾客在等您，已经 3 分钟")]


async def test_with_no_way_at_all_only_the_desk_shows_it(office: Office) -> None:
    await office.alert(guide="g1")
    await office.herald(robot=False, app=False).step()
    assert office.told() == []
    assert [state for state, _ in await office.states()] == ["shown"]
    assert await office.herald().step() == 0


@pytest.mark.parametrize(("key", "works"), [("wrong-key", True), ("", False)])
async def test_a_robot_that_is_gone_is_given_up_without_its_key_in_any_log(office: Office, key: str, works: bool) -> None:
    office.platform.world.staff.robot_works = works
    await office.alert(n=2)
    with structlog.testing.capture_logs() as logged:
        await office.herald(app=False, key=key).step()
    assert {state for state, _ in await office.states()} == {"shown"}
    assert "key" not in str(logged)
    assert "wrong" not in str(await office.states())


async def test_two_heralds_tell_each_alert_once(office: Office) -> None:
    await office.alert(n=60, guide="g3")
    for number in range(60):
        await office.alert(f"第 {number} 位", guide="g1")
    heralds = [office.herald() for _ in range(3)]
    while any(await asyncio.gather(*(one.step() for one in heralds))):
        pass
    apps = [words for way, _, words in office.told() if way == "app"]
    assert len(apps) == len(set(apps))
    assert office.platform.world.ledger.totals()["staff.app"] == 60
    assert office.platform.world.ledger.totals().get("call.webhook/send.45009", 0) == 0


async def test_above_the_pace_many_go_into_one_message_and_none_is_lost(office: Office) -> None:
    for number in range(50):
        await office.alert(f"第 {number} 位顾客在等")
    while await office.herald(app=False).step():
        pass
    told = office.told()
    assert len(told) == PER_MINUTE
    assert office.platform.world.ledger.totals()["call.webhook/send.0"] == PER_MINUTE
    assert all(f"第 {number} 位" in "\n".join(words for _, _, words in told) for number in range(50))
    assert {state for state, _ in await office.states()} == {"sent"}
    await office.alert("还有一位")
    await office.herald(app=False).step()
    assert (await office.states())[-1][0] == "pending"
    office.platform.advance(61)
    await office.herald(app=False).step()
    assert (await office.states())[-1] == ("sent", "robot")


async def test_a_robot_that_is_too_frequent_all_the_same_is_left_alone_for_a_minute(office: Office) -> None:
    for _ in range(PER_MINUTE):
        office.platform.robot("sandbox-staff-robot", {"msgtype": "text", "text": {"content": "别人说的"}})
    await office.alert(n=3)
    await office.herald(app=False).step()
    assert {state for state, _ in await office.states()} == {"pending"}
    office.platform.advance(59)
    assert await office.herald(app=False).step() == 0
    office.platform.advance(2)
    assert await office.herald(app=False).step() == 3
    assert {state for state, _ in await office.states()} == {"sent"}


@pytest.mark.parametrize("faults", [Faults(http_500=1), Faults(reset=1), Faults(busy=1), Faults(freq=1)])
async def test_a_passing_fault_is_tried_again_and_tells_nobody_twice(office: Office, faults: Faults) -> None:
    await office.alert(guide="g1")
    office.platform.put_faults(faults)
    for _ in range(3):
        await office.herald().step()
        assert (await office.states())[0][0] == "pending"
        office.platform.advance(70)
    office.platform.put_faults(Faults())
    await office.herald().step()
    assert len(office.told()) == 1
    assert (await office.states())[0] == ("sent", "app")


async def test_after_a_timeout_the_platform_itself_drops_the_repeat(office: Office) -> None:
    await office.alert(guide="g1")
    office.platform.put_faults(Faults(timeout=1, timeout_s=0))
    herald = office.herald()
    herald._ways.apps["demo"]._token = None
    await herald.step()
    office.platform.put_faults(Faults())
    office.platform.advance(10)
    await herald.step()
    assert (await office.states())[0] == ("sent", "app")
    assert len(office.told()) == 1


async def test_an_alert_of_an_hour_ago_is_worth_nothing(office: Office) -> None:
    await office.alert(guide="g1")
    office.platform.advance(3600)
    assert await office.herald().step() == 0
    assert await office.states() == [("expired", "一小时内没有发出去")]
    assert office.told() == []


async def test_one_that_a_herald_died_over_comes_again_after_its_lease(office: Office) -> None:
    await office.alert(guide="g1")
    (lost,) = await facts.claim(office.engine, office.clock.now(), 9)
    assert await office.herald().step() == 0
    office.platform.advance(facts.LEASE.total_seconds())
    assert await office.herald().step() == 1
    await facts.settle(office.engine, [facts.Told(lost, "shown", "来晚了")], office.clock.now())
    assert await office.states() == [("sent", "app")]


async def test_nobodys_number_or_address_leaves_with_an_alert(office: Office) -> None:
    await office.alert("王女士 13812345678 在等，她住上海市徐汇区漕溪北路18号，邮箱 a@b.cn" + "，" * 300, guide="g1")
    await office.herald().step()
    ((_, _, words),) = office.told()
    assert "13812345678" not in words
    assert "漕溪北路18号" not in words
    assert "a@b.cn" not in words
    assert len(words) <= 160


async def test_the_crew_is_that_of_the_live_release(office: Office) -> None:
    assert list(await Crew(office.engine)()) == []


@pytest.mark.parametrize("places", [0, 1, 2, 5, 9])
def test_bundles_keep_the_order_and_lose_no_word_that_fits(places: int) -> None:
    words = [f"第{n}位" for n in range(7)]
    packed = bundles(words, places, 2048)
    assert len(packed) <= places
    assert sum(many for many, _ in packed) == (7 if places else 0)
    joined = "".join(one for _, one in packed)
    assert [joined.find(word) for word in words] == sorted(joined.find(word) for word in words)


def test_a_bundle_that_grows_too_long_leaves_the_rest_for_later() -> None:
    ((many, words),) = bundles(["字" * 100] * 10, 1, 1000)
    assert many == 3
    assert len(words.encode()) <= 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAOGOU_STAFF_WEBHOOK", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        ("DAOGOU_STAFF_WEBHOOK", "geheim-key"),
        ("DAOGOU_STAFF_WEBHOK", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim-key"),
        ("DAOGOU_OFFER_MINUTES", "0"),
        ("DAOGOU_OFFER_MINUTES", "半小时"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start_without_telling_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert name in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_an_agent_id_is_digits(office: Office) -> None:
    environ = dict(line.split("=", 1) for line in office.sandbox.environment)
    with pytest.raises(SettingsError, match="AGENT_ID"):
        Settings.from_environment({**environ, "DAOGOU_WECOM__demo__AGENT_ID": "应用"})
