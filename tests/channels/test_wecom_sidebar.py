"""The sidebar's secrets: the signature by the platform's own example, and a ticket that all processes share."""

import asyncio

import pytest
from channels_rig import SECRET, account, session, tiny_platform
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom import jssdk
from bot.channels.wecom.client import ApiError, WeComClient
from bot.errors import TemporaryDeliveryError
from bot.motion import connection as motion
from bot.motion.connection import Client
from bot.motion.tickets import Tickets

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
OURS = frozenset({"guide.example.com", "127.0.0.1:8080"})


@pytest.mark.parametrize("rest", ["", "#/customer/1"])
def test_the_documents_own_example_is_signed_as_they_sign_it(rest: str) -> None:
    # developer.work.weixin.qq.com, path 96909
    signed = jssdk.signature(TICKET, "Wm3WZYTPz0wzccnW", 1414587457, f"http://mp.weixin.qq.com?params=value{rest}")
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://guide.example.com/sidebar?account=demo", True),
        ("http://127.0.0.1:8080/sidebar", True),
        ("https://GUIDE.example.com/sidebar", True),
        ("https://guide.example.com.evil.cn/sidebar", False),
        ("https://evil.cn/?guide.example.com", False),
        ("https://guide.example.com@evil.cn/", False),
        ("https://evil.cn\\@guide.example.com/", False),
        ("https://guide.example.com:8443/sidebar", False),
        ("//guide.example.com/sidebar", False),
        ("javascript://guide.example.com/%0aalert(1)", False),
        ("https://guide.example.com/ x", False),
        ("https://[guide.example.com/", False),
        ("", False),
        ("https://guide.example.com/" + "a" * 2100, False),
    ],
)
def test_only_pages_of_ours_are_signed(url: str, ours: bool) -> None:
    assert jssdk.ours(url, OURS) is ours


@given(st.text(max_size=60))
def test_no_address_is_ours_whose_host_a_browser_reads_otherwise(words: str) -> None:
    for url in (words, f"https://{words}", f"https://{words}@guide.example.com/"):
        if jssdk.ours(url, OURS):
            assert url.split("://", 1)[1].split("/")[0].split("?")[0].split("#")[0].lower() in OURS


async def test_many_processes_and_many_calls_fetch_one_ticket(client: Client, embedded: object) -> None:
    async with tiny_platform() as tiny, session() as http:
        tiny.said("ticket/get", {"errcode": 0, "ticket": TICKET, "expires_in": 7200})
        callers = [(Tickets(client, f"p{n}"), WeComClient(account(tiny.url), http)) for n in range(4)]
        calls = [tickets.get("demo", lambda one=one: jssdk.ticket(one)) for tickets, one in callers * 5]
        assert set(await asyncio.gather(*calls)) == {TICKET}
        assert [body["type"] for body in tiny.asked("ticket/get")] == ["agent_config"]
    assert 6800 < await client.ttl("daogou:{ticket:demo}") <= 6900


async def test_a_ticket_that_is_over_is_fetched_anew(client: Client) -> None:
    given = iter([("first", 0.05), ("second", 60.0)])
    tickets = Tickets(client, "p")

    async def fetch() -> tuple[str, float]:
        return next(given)

    assert await tickets.get("demo", fetch) == "first"
    await client.delete("daogou:{ticket:demo}")
    assert await tickets.get("demo", fetch) == "second"
    assert await tickets.get("demo", fetch) == "second"


async def test_a_failed_fetch_lets_the_next_one_try_at_once(client: Client) -> None:
    tickets, other = Tickets(client, "p1"), Tickets(client, "p2")

    async def fails() -> tuple[str, float]:
        raise TemporaryDeliveryError("away", jssdk._RETRY)

    async def works() -> tuple[str, float]:
        return "t", 60.0

    with pytest.raises(TemporaryDeliveryError):
        await tickets.get("demo", fails)
    assert await other.get("demo", works) == "t"


async def test_without_redis_a_process_keeps_its_own() -> None:
    fetched: list[int] = []

    async def fetch() -> tuple[str, float]:
        fetched.append(1)
        return "t", 60.0

    nowhere = motion._client("redis://127.0.0.1:1/0")
    tickets = Tickets(nowhere, "p")
    assert [await tickets.get("demo", fetch) for _ in range(3)] == ["t"] * 3
    assert len(fetched) == 1
    await nowhere.aclose()


@pytest.mark.parametrize("answer", [{"errcode": 0}, {"errcode": 0, "ticket": ""}, {"errcode": 0, "ticket": 7}])
async def test_an_answer_without_a_ticket_is_no_ticket(answer: dict[str, object]) -> None:
    async with tiny_platform() as tiny, session() as http:
        tiny.said("ticket/get", answer)
        with pytest.raises(TemporaryDeliveryError):
            await jssdk.ticket(WeComClient(account(tiny.url), http))


async def test_a_wrong_secret_is_told_by_its_code_and_never_repeated() -> None:
    async with tiny_platform() as tiny, session() as http:
        tiny.said("gettoken", {"errcode": 40001, "errmsg": f"invalid credential {SECRET}"})
        with pytest.raises(ApiError) as caught:
            await jssdk.ticket(WeComClient(account(tiny.url), http))
        assert caught.value.code == 40001
        assert SECRET not in str(caught.value)
