"""What an open desk hears: the list, the open talk, who is writing, alerts; and that its guide is there."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from bot.motion import presence, typing
from tests.front.conftest import Desk, Door
from tests.front.desk_rig import done, furnish, got, held, talk


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await furnish(door, tmp_path)


@pytest.fixture
async def wang(shop: Door) -> Desk:
    return await shop.guide("wang", guide="g1", store="s1")


async def next_event(answer: ClientResponse, name: str) -> dict[str, object]:
    """The data of the next event of that name."""
    async with asyncio.timeout(15):
        heard = ""
        while True:
            line = (await answer.content.readline()).decode()
            if line.startswith("event: "):
                heard = line.removeprefix("event: ").strip()
            elif line.startswith("data: ") and heard == name:
                told: dict[str, object] = json.loads(line.removeprefix("data: "))
                return told


async def test_an_open_desk_is_a_sign_of_life(shop: Door, wang: Desk) -> None:
    answer = await wang.get("/api/desk/events")
    await next_event(answer, "queue")
    assert await presence.present(shop.queues["turn"]._client, shop.clock.now()) == {"g1"}
    answer.close()


async def test_an_alert_rings_whom_it_is_for(shop: Door, wang: Desk) -> None:
    mine, foreign = await talk(shop, store="s1"), await talk(shop, store="s2")
    answer = await wang.get("/api/desk/events")
    await next_event(answer, "queue")
    for key, conversation, guide in (("a", foreign, None), ("b", mine, "g2"), ("c", mine, "g1")):
        await shop.rows(
            "insert into alerts (key, kind, guide, store, conversation_id, text, created_at) "
            "values (:key, 'offered', :guide, 's1', :id, :key, :now)",
            key=key, guide=guide, id=conversation, now=shop.clock.now(),
        )  # fmt: skip
    told = await next_event(answer, "alert")
    assert (told["text"], told["conversation"], told["mine"]) == ("c", mine, True)
    answer.close()


async def test_the_desk_sees_the_shopper_write_and_the_shopper_the_guide(shop: Door, wang: Desk) -> None:
    path, headers = await shop.chat(name="李女士")
    conversation = path.rpartition("/")[2]
    await shop.http.post(f"{path}/messages", json={"text": "在吗"}, headers=headers)
    await shop.waits(conversation, store="s1")
    await done(wang, f"/api/desk/{conversation}/claim")
    answer = await wang.get(f"/api/desk/events?conversation={conversation}")
    await next_event(answer, "talk")
    assert (await shop.http.post(f"{path}/typing", json={}, headers=headers)).status == 202
    assert (await next_event(answer, "typing"))["shopper"] is True
    assert (await got(wang, f"/api/desk/{conversation}"))["typing"] == {"guide": False, "shopper": True}
    answer.close()
    page = await shop.http.get(f"{path}/events", headers=headers)
    await next_event(page, "typing")
    await done(wang, f"/api/desk/{conversation}/typing", {}, 202)
    while not (await next_event(page, "typing"))["on"]:
        pass
    page.close()


async def test_only_the_holder_is_seen_writing_and_sending_ends_it(shop: Door, wang: Desk) -> None:
    client = shop.queues["turn"]._client
    waiting, mine = await talk(shop, store="s1"), await held(shop, wang, store="s1")
    await done(wang, f"/api/desk/{waiting}/typing", {}, 202)
    await done(wang, f"/api/desk/{mine}/typing", {}, 202)
    assert (await typing.typists(client, waiting), await typing.typists(client, mine)) == (frozenset(), {"guide"})
    await done(wang, f"/api/desk/{mine}/reply", {"id": "a", "text": "来了"}, 202)
    assert await typing.typists(client, mine) == frozenset()


async def test_writing_is_not_told_without_end(shop: Door, wang: Desk) -> None:
    mine = await held(shop, wang, store="s1")
    statuses = [(await wang.post(f"/api/desk/{mine}/typing")).status for _ in range(7)]
    assert statuses == [202] * 5 + [429] * 2
    foreign = await talk(shop, store="s2")
    await done(wang, f"/api/desk/{foreign}/typing", {}, 404)


async def test_who_signed_out_hears_nothing_more(shop: Door, wang: Desk) -> None:
    answer = await wang.get("/api/desk/events")
    await next_event(answer, "queue")
    await shop.rows("update users set disabled = true")
    await talk(shop, store="s1")
    async with asyncio.timeout(15):
        while await answer.content.readline():
            pass
    answer.close()


async def test_a_talk_that_goes_to_another_store_is_heard_no_more(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    answer = await wang.get(f"/api/desk/events?conversation={conversation}")
    await next_event(answer, "talk")
    await shop.rows("update conversations set store = 's2'")
    await shop.rows("update customers set store = 's2'")
    async with asyncio.timeout(15):
        rest = b""
        while line := await answer.content.readline():
            rest += line
    assert b"event: talk" not in rest
    answer.close()
