"""What shoppers do comes in by four doors: the brand's systems, cards of the chat, links that we sent, and guides' picks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.links import Link, Tracked, mark_of, opened, token
from bot.content.workspace import digest_of
from bot.db import releases
from bot.db.engine import make_engine
from bot.errors import SettingsError
from bot.front.context import FRONT
from bot.goods import Goods, catalogue_of
from bot.model import Card, ConversationId, Outgoing, Speech
from bot.settings import Settings, WeComAccount
from tests.front.conftest import SECRET, Door

TOKEN = "a token of the order system"
TAGS = """
tags:
  concern: {values: [补水, 抗老], half_life_days: 120}
  audience: {values: [孕妇, 男士]}
  channel_habit: {values: [wecom_mini, tmall, jd, store]}
"""
_ROWS = (
    (
        "p1",
        "燕麦舒缓霜",
        "补水",
        {"wecom_mini": "https://mall.invalid/mini/p1", "tmall": "https://mall.invalid/tmall/p1?a=1&b=%E9%9C%9C"},
    ),
    ("p2", "燕麦舒缓霜加强版", "抗老", {"jd": "https://mall.invalid/jd/p2"}),
    ("p3", "面霜", "抗老", {"jd": "https://mall.invalid/shop"}),
    ("p4", "旧款精华露", "抗老", {"jd": "https://mall.invalid/jd/p4"}),
    ("p5", "玫瑰护手霜", "", {"tmall": "javascript.html", "jd": "https://mall.invalid/shop"}),
)
STATUS = {"p4": "hidden"}


def products(**changed: str) -> bytes:
    lines = [
        json.dumps(
            {
                "sku": sku,
                "name": name,
                "category": "面霜",
                "price": 99,
                "tags": tags,
                "stock": 5,
                "status": STATUS.get(sku, "active"),
            }
            | {"links": links if sku not in changed else {"jd": changed[sku]}},
            ensure_ascii=False,
        )
        for sku, name, tags, links in _ROWS
    ]
    return "\n".join(lines).encode()


@dataclass
class Content:
    """Files of a release."""

    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        return digest_of(self.files)


async def publish(door: Door, **changed: str) -> None:
    told = {"recommender/products.jsonl": products(**changed), "recommender/tags.yml": TAGS.encode()}
    await releases.import_release(door.engine, Content(told), "ops")


@pytest.fixture
async def shop(door: Door) -> Door:
    """The front door of a brand that sells five things and lets its own systems in."""
    await publish(door)
    front = door.http.server.app[FRONT]  # type: ignore[attr-defined]
    object.__setattr__(front, "goods", Goods(door.engine, Settings()))
    object.__setattr__(front, "events_token", TOKEN.encode())
    return door


async def deliver(door: Door, *told: object, key: str = TOKEN) -> ClientResponse:
    return await door.http.post("/api/events", json={"events": told}, headers={"Authorization": f"Bearer {key}"})


async def talk(door: Door, *skus: str, **wish: object) -> tuple[str, str, dict[str, str]]:
    """A conversation in which these products were shown: its path, its id, its headers."""
    path, headers = await door.chat(**wish)
    conversation = path.rpartition("/")[2]
    await door.bot_says(
        conversation, "看看这些", cards=[{"title": sku, "sku": sku, "url": f"https://x.invalid/{sku}"} for sku in skus]
    )
    return path, conversation, headers


def bought(conversation: str, id_: str = "o1", **more: object) -> dict[str, object]:
    return {"id": id_, "customer": {"channel": "web", "external": conversation}, "sku": "p1", "kind": "buy", **more}


# --- the brand's own systems ---------------------------------------------------------------------------------


async def test_a_purchase_is_owned_concluded_from_and_counted_once(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    answer = await deliver(shop, bought(conversation, channel="tmall", at="2026-05-20T12:00:00+08:00"))
    assert (answer.status, await answer.json()) == (200, {"recorded": 1, "repeated": 0, "refused": 0, "errors": []})
    again = await deliver(shop, bought(conversation, channel="tmall"))
    assert (await again.json())["repeated"] == 1
    assert await shop.rows("select owned from customers") == [(["p1"],)]
    assert await shop.rows("select sku, kind, source, key, to_char(at at time zone 'utc', 'HH24:MI') from events") == [
        ("p1", "buy", "api", "o1", "04:00")
    ]
    assert await shop.rows("select tag, value, confidence, source from customer_tags order by tag") == [
        ("channel_habit", "tmall", 0.5, "event:1"),
        ("concern", "补水", 0.5, "event:1"),
    ]


async def test_a_bad_event_stops_no_other(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    answer = await deliver(
        shop,
        bought(conversation, "good"),
        {"id": "x", "sku": "p1", "kind": "buy"},
        bought("nobody", "stranger"),
        bought(conversation, "kind", kind="pick"),
        bought(conversation, "when", at="soon"),
        bought(conversation, "stamp", at=1_700_000_000),
        bought(conversation, "digits", at="1700000000"),
        bought(conversation, "dawn", at="0001-01-01T00:00:00+14:00"),
        bought(conversation, "tomorrow", at="2026-05-21T14:00:00Z"),
        bought(conversation, "nul", sku="p\0"),
        bought(conversation, "door", channel="taobao"),
        "nothing",
        {"id": "empty", "customer": {}, "sku": "p1", "kind": "buy"},
    )
    told = await answer.json()
    assert (answer.status, told["recorded"], told["refused"]) == (200, 1, 12)
    errors = {one["index"]: (one["id"], one["error"]) for one in told["errors"]}
    assert errors[1] == ("x", "缺少 customer")
    assert errors[2] == ("stranger", "没有这位顾客")
    assert errors[8] == ("tomorrow", "at 不是一个可信的时间")
    assert sorted(errors) == list(range(1, 13))
    assert await shop.rows("select key from events") == [("good",)]


async def test_a_time_without_zone_is_the_brands_and_a_fast_clock_is_forgiven(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    now = shop.clock.now()
    await deliver(
        shop,
        bought(conversation, "local", at="2026-05-20T12:00:00"),
        bought(conversation, "fast", at=(now + timedelta(minutes=5)).isoformat()),
        bought(conversation, "now"),
    )
    assert dict(await shop.rows("select key, at from events")) == {  # type: ignore[arg-type]
        "local": now.replace(hour=4, minute=0),
        "fast": now,
        "now": now,
    }


async def test_people_may_be_named_by_unionid_or_by_our_id(shop: Door) -> None:
    await talk(shop)
    await shop.rows("update customers set unionid = 'u1'")
    ours = await shop.one("select id from customers")
    told = [
        {"id": f"o{n}", "customer": who, "sku": "p1", "kind": "cart"} for n, who in enumerate(({"unionid": "u1"}, {"id": ours}))
    ]
    assert (await (await deliver(shop, *told)).json())["recorded"] == 2


async def test_what_the_catalogue_does_not_know_is_a_fact_all_the_same(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    assert (await (await deliver(shop, bought(conversation, sku="not yet"))).json())["recorded"] == 1
    assert await shop.one("select count(*) from customer_tags") == 0


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer", "Bearer \u00e9"])
async def test_without_the_token_nobody_gets_in(shop: Door, header: str) -> None:
    answer = await shop.http.post("/api/events", json={"events": []}, headers={"Authorization": header})
    assert answer.status == 401


async def test_without_the_setting_the_door_is_closed(door: Door) -> None:
    answer = await deliver(door)
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "closed")
    assert "DAOGOU_EVENTS_TOKEN" in await answer.text()


async def test_a_thousand_at_once_and_not_one_more(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    full = [bought(conversation, f"o{n}", kind="view") for n in range(1000)]
    assert (await (await deliver(shop, *full)).json())["recorded"] == 1000
    assert (await deliver(shop, *full, bought(conversation, "one more"))).status == 413


async def test_who_delivers_too_often_waits(shop: Door) -> None:
    statuses = [(await deliver(shop)).status for _ in range(121)]
    assert statuses == [200] * 120 + [429]


_ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "customer", "unionid", "channel", "external", "sku", "kind", "at"]), inside)
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(_ANY, max_size=4) | _ANY, id_=_ANY, at=_ANY)
async def test_nothing_that_is_delivered_makes_the_door_fail(shop: Door, told: object, id_: object, at: object) -> None:
    body = json.dumps({"events": told if not isinstance(told, list) else [*told, {**bought("x"), "id": id_, "at": at}]})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    await shop.rows("select 1")
    await shop.http.server.app[FRONT].client.flushall()  # type: ignore[attr-defined]
    assert (await shop.http.post("/api/events", data=body, headers=headers)).status < 500


# --- cards of the chat ---------------------------------------------------------------------------------------


async def test_a_tap_on_a_card_is_kept_once_an_hour(shop: Door) -> None:
    path, _, headers = await talk(shop, "p1", "p2")
    taps = [await shop.http.post(f"{path}/events", json={"sku": "p1", "kind": "click"}, headers=headers) for _ in range(3)]
    assert [(tap.status, (await tap.json())["recorded"]) for tap in taps] == [(202, True), (202, False), (202, False)]
    shop.clock.advance(hours=1)
    later = await shop.http.post(f"{path}/events", json={"sku": "p1", "kind": "click"}, headers=headers)
    assert (await later.json())["recorded"]
    assert await shop.rows("select kind, source, sku from events") == [("click", "chat", "p1")] * 2
    assert await shop.rows("select value, confidence from customer_tags") == [("补水", 0.12)] * 2


async def test_only_what_was_shown_here_can_be_tapped(shop: Door) -> None:
    path, _, headers = await talk(shop, "p1")
    await talk(shop, "p2")
    for sku in ("p2", "p3", "%", "p"):
        answer = await shop.http.post(f"{path}/events", json={"sku": sku, "kind": "click"}, headers=headers)
        assert answer.status == 404
    for body in ({"sku": "p1", "kind": "buy"}, {"sku": "p1", "kind": "pick"}, {"kind": "click"}):
        assert (await shop.http.post(f"{path}/events", json=body, headers=headers)).status == 400
    assert (await shop.http.post(f"{path}/events", json={"sku": "p1", "kind": "click"})).status == 401
    assert await shop.one("select count(*) from events") == 0


async def test_in_a_group_it_is_the_members_own_tap(shop: Door) -> None:
    path, _, room = await talk(shop, "p1", group=True, name="闺蜜群")
    tap = {"sku": "p1", "kind": "collect"}
    assert (await shop.http.post(f"{path}/events", json=tap, headers=room)).status == 403
    told = await (await shop.http.post(f"{path}/members", json={"name": "李女士"}, headers=room)).json()
    member = {"Authorization": f"Bearer {told['token']}"}
    assert (await shop.http.post(f"{path}/events", json=tap, headers=member)).status == 202
    assert await shop.rows("select c.name from events e join customers c on c.id = e.customer_id") == [("李女士",)]


async def test_who_taps_like_a_machine_waits(shop: Door) -> None:
    path, _, headers = await talk(shop, "p1")
    tap = {"sku": "p1", "kind": "view"}
    statuses = [(await shop.http.post(f"{path}/events", json=tap, headers=headers)).status for _ in range(61)]
    assert statuses == [202] * 60 + [429]


# --- links that we sent --------------------------------------------------------------------------------------


def path_of(conversation: str, sku: str, address: str = "", key: bytes = SECRET) -> str:
    return f"/go/{token(key, Link(conversation, sku, mark_of(address)))}"


async def go(door: Door, path: str, **headers: str) -> ClientResponse:
    return await door.http.get(path, allow_redirects=False, headers=headers)


async def test_a_link_leads_to_the_shop_that_was_meant_and_is_learnt_from(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    for address in _ROWS[0][3].values():
        answer = await go(shop, path_of(conversation, "p1", address))
        assert (answer.status, answer.headers["Location"]) == (302, address)
    assert await shop.rows("select kind, source from events") == [("click", "go")]


async def test_the_target_comes_from_the_live_catalogue(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    link = path_of(conversation, "p2", "https://mall.invalid/jd/p2")
    await publish(shop, p2="https://mall.invalid/moved/p2")
    assert (await go(shop, link)).headers["Location"] == "https://mall.invalid/moved/p2"


@pytest.mark.parametrize("sku", ["p4", "gone"])
async def test_what_is_not_on_sale_any_more_is_said_so(shop: Door, sku: str) -> None:
    _, conversation, _ = await talk(shop)
    answer = await go(shop, path_of(conversation, sku))
    assert (answer.status, "下架" in await answer.text()) == (410, True)
    assert await shop.one("select count(*) from events") == 0


async def test_a_link_that_is_no_address_is_never_followed(shop: Door) -> None:
    assert (await go(shop, path_of("v1", "p5", "javascript.html"))).headers["Location"] == "https://mall.invalid/shop"


@pytest.mark.parametrize("told", ["x", "x.y", "aHR0cHM6Ly9ldmlsLmludmFsaWQ.AAAAAAAAAAAAAAAAAAAAAA", "%F0%9F%98%80.a", "." * 2000])
async def test_nobody_else_can_make_a_link(shop: Door, told: str) -> None:
    assert (await go(shop, f"/go/{told}")).status == 404
    assert (await go(shop, path_of("v1", "p1", key=b"another key of somebody"))).status == 404


async def test_previews_prefetching_and_groups_lead_on_and_are_no_clicks(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    _, group, _ = await talk(shop, group=True, name="群")
    assert (await go(shop, path_of(conversation, "p1"), **{"Sec-Purpose": "prefetch;prerender"})).status == 302
    assert (await shop.http.head(path_of(conversation, "p1"), allow_redirects=False)).status == 302
    assert (await go(shop, path_of(group, "p1"))).status == 302
    assert (await go(shop, path_of("nobody", "p1"))).status == 302
    assert await shop.one("select count(*) from events") == 0


async def test_a_shopper_is_led_on_even_while_nothing_can_be_kept(shop: Door) -> None:
    assert (await go(shop, path_of("v1", "p1"))).status == 302
    front = shop.http.server.app[FRONT]  # type: ignore[attr-defined]
    away = make_engine("postgresql://nobody@127.0.0.1:9/none")
    object.__setattr__(front, "engine", away)
    object.__setattr__(front.goods, "_engine", away)
    assert (await go(shop, path_of("v1", "p1"))).status == 302
    await away.dispose()


@given(
    conversation=st.text(max_size=30),
    sku=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60),
    flip=st.integers(0, 500),
)
def test_a_token_says_what_was_signed_and_nothing_else(conversation: str, sku: str, flip: int) -> None:
    link = Link(conversation.replace("\0", "").encode("utf-8", "ignore").decode(), sku, mark_of("https://x.invalid"))
    told = token(SECRET, link)
    assert opened(SECRET, told) == link
    place = flip % len(told)
    other = told[:place] + ("A" if told[place] != "A" else "B") + told[place + 1 :]
    assert opened(SECRET, other) in {None, link}
    assert opened(b"another key of somebody", told) is None


class Written:
    """A platform that writes down what it is given."""

    name = "wecom_kf"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing) -> None:
        self.sent.append(message)


async def test_cards_that_leave_for_a_platform_lead_over_our_door() -> None:
    platform = Written()
    cards = (
        Card("燕麦舒缓霜", url="https://mall.invalid/mini/p1", sku="p1"),
        Card("退货流程", url="https://mall.invalid/returns"),
        Card("小程序", url="weixin://p2", sku="p2"),
        Card("门店有售", sku="p3"),
    )
    message = Outgoing(1, "m1", ConversationId("v1"), "wecom_kf", "demo", "wk", "wm", "bot", 0, Speech("看看", cards=cards))
    channel = Tracked(platform, "https://guide.invalid", SECRET)
    await channel.send(message)
    await channel.send(message)
    (first, again) = platform.sent
    assert first == again, "a retry says the same"
    led, *others = first.speech.cards
    assert others == list(cards[1:])
    assert led == replace(cards[0], url=led.url)
    assert led.url is not None
    assert led.url.startswith("https://guide.invalid/go/")
    assert opened(SECRET, led.url.rpartition("/")[2]) == Link("v1", "p1", mark_of("https://mall.invalid/mini/p1"))
    assert len(led.url) < 150


# --- what guides pick ----------------------------------------------------------------------------------------


async def test_a_guide_who_names_a_product_has_picked_it(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    await shop.waits(conversation)
    desk = await shop.guide("wang", guide="g1")
    await desk.post(f"/api/desk/{conversation}/claim")
    said = {"id": "r1", "text": "您可以试试 燕麦舒缓霜加强版 ，或者这个 https://mall.invalid/mini/p1，很多人买面霜"}
    for _ in range(2):
        assert (await desk.post(f"/api/desk/{conversation}/reply", said)).status == 202
    assert await shop.rows("select sku, kind, source from events order by sku") == [
        ("p1", "pick", "desk"),
        ("p2", "pick", "desk"),
    ]
    assert (await desk.post(f"/api/desk/{conversation}/reply", {"id": "r2", "text": "稍等"})).status == 202
    assert await shop.one("select count(*) from events") == 2


async def test_a_guides_words_leave_even_where_nothing_can_be_learnt(shop: Door) -> None:
    _, conversation, _ = await talk(shop)
    await shop.waits(conversation)
    desk = await shop.guide("wang", guide="g1")
    await desk.post(f"/api/desk/{conversation}/claim")
    object.__setattr__(shop.http.server.app[FRONT], "goods", None)  # type: ignore[attr-defined]
    assert (await desk.post(f"/api/desk/{conversation}/reply", {"id": "r1", "text": "燕麦舒缓霜"})).status == 202


async def test_of_whoever_wants_nothing_remembered_only_purchases_are_kept_and_nothing_follows(shop: Door) -> None:
    path, conversation, headers = await talk(shop, "p1")
    customer = await shop.one("select id from customers")
    said = "insert into customer_tags (customer_id, tag, value, confidence, source, at, retracted) values (:c, 'memory', 'off', 1, 'm', :at, :r)"
    for retracted in (False, True, False):
        await shop.rows(said, c=customer, at=shop.clock.now(), r=retracted)
    tap = await shop.http.post(f"{path}/events", json={"sku": "p1", "kind": "click"}, headers=headers)
    assert (tap.status, await tap.json()) == (202, {"recorded": False})
    assert (await go(shop, path_of(conversation, "p1"))).status == 302
    told = await (await deliver(shop, bought(conversation), bought(conversation, "o2", kind="cart"))).json()
    assert (told["recorded"], told["errors"]) == (1, [{"index": 1, "id": "o2", "error": "顾客说了不要记，只留购买和退货"}])
    assert await shop.rows("select kind from events") == [("buy",)]
    assert await shop.one("select count(*) from customer_tags where tag <> 'memory'") == 0
    await shop.rows(said, c=customer, at=shop.clock.now(), r=True)
    assert (await (await deliver(shop, bought(conversation, "o2", kind="cart"))).json())["recorded"] == 1


# --- settings ------------------------------------------------------------------------------------------------


def test_both_settings_may_be_absent_and_are_checked_where_they_are_there() -> None:
    assert (Settings().public_url, Settings().events_token) == (None, None)
    told = Settings.from_environment(
        {"DAOGOU_PUBLIC_URL": "https://guide.invalid/", "DAOGOU_EVENTS_TOKEN": TOKEN.replace(" ", "-")}
    )
    assert told.public_url == "https://guide.invalid"
    assert TOKEN.replace(" ", "-") not in repr(told)
    assert Settings.from_environment({"DAOGOU_EVENTS_TOKEN": "", "DAOGOU_PUBLIC_URL": ""}).events_token is None
    for name, value in (("EVENTS_TOKEN", "short"), ("EVENTS_TOKEN", "中" * 20), ("PUBLIC_URL", "guide.invalid")):
        with pytest.raises(SettingsError, match=f"DAOGOU_{name}") as caught:
            Settings.from_environment({f"DAOGOU_{name}": value})
        assert value not in str(caught.value)


# --- the catalogue at the door -------------------------------------------------------------------------------


def test_names_are_found_whole_the_longest_first_and_never_where_they_are_ambiguous() -> None:
    found = catalogue_of({"recommender/products.jsonl": products(), "recommender/tags.yml": TAGS.encode()})
    assert found.named("燕麦舒缓霜加强版和燕麦 舒缓霜都行") == ("p2", "p1")
    assert found.named("燕麦舒缓霜加强版") == ("p2",)
    assert found.named("面霜都可以") == (), "a category is no product"
    assert found.named("https://mall.invalid/shop") == (), "two products have this link"
    assert found.named("https://mall.invalid/jd/p22") == ()


async def test_an_account_with_its_own_folder_has_its_own_catalogue(shop: Door, tmp_path: Path) -> None:
    (tmp_path / "recommender").mkdir()
    (tmp_path / "recommender" / "products.jsonl").write_bytes(products(p1="https://other.invalid/p1"))
    account = WeComAccount(corpid="c", secret="s", token="t", aes_key="A" * 43, workspace=tmp_path)  # type: ignore[arg-type]
    goods = Goods(shop.engine, Settings(wecom={"other": account}))
    assert (await goods.catalogue("other")).address("p1", "") == "https://other.invalid/p1"
    assert (await goods.catalogue("demo")).address("p1", "") == "https://mall.invalid/mini/p1"
