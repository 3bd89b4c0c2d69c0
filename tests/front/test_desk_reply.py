"""What a guide sends reaches the shopper once and whole; what is a command is done and never said."""

import asyncio
from pathlib import Path

import pytest

from tests.front.conftest import Desk, Door
from tests.front.desk_rig import done, furnish, got, held, talk, words_of


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await furnish(door, tmp_path)


@pytest.fixture
async def wang(shop: Door) -> Desk:
    return await shop.guide("wang", guide="g1", store="s1")


async def outbox(door: Door) -> list[tuple[object, ...]]:
    return await door.rows("select author, sender, speech ->> 'text', state from outbox order by id")


async def test_products_go_out_as_cards_with_price_and_link(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": "这两款", "items": ["p1", "p2", "p1"]}, 202)
    cards = await shop.one("select speech -> 'cards' from outbox")
    assert [(card["sku"], card["title"], card["price"], card["url"]) for card in cards] == [  # type: ignore[attr-defined]
        ("p1", "燕麦舒缓面霜 50g", "¥129", "https://mall.invalid/p1"),
        ("p2", "玫瑰护手霜", "¥39.5", "https://mall.invalid/p2"),
    ]


async def test_a_card_needs_no_words_but_must_be_for_sale(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    path = f"/api/desk/{conversation}/reply"
    await done(wang, path, {"id": "a", "items": ["p2"]}, 202)
    for sku in ("p3", "nowhere"):
        assert "没有在卖" in words_of(await done(wang, path, {"id": sku, "text": "看", "items": [sku]}, 400))
    for body in ({"id": "e", "text": "  "}, {"id": "e"}, {"text": "x"}, {"id": "e", "text": "x", "items": ["p1"] * 6}):
        await done(wang, path, body, 400)
    assert len(await outbox(shop)) == 1


@pytest.mark.parametrize("text", ["您的单号是{单号}", "{称呼}您好", "好的｛名字｝"])
async def test_a_placeholder_that_nobody_filled_is_never_read_by_a_shopper(shop: Door, wang: Desk, text: str) -> None:
    conversation = await held(shop, wang, store="s1")
    told = await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": text}, 400)
    assert "还没有填" in words_of(told)
    assert await outbox(shop) == []


async def test_braces_that_are_no_placeholder_pass(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": "哈哈 :} 好"}, 202)
    assert len(await outbox(shop)) == 1


async def test_a_command_is_done_and_not_said(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    path = f"/api/desk/{conversation}/reply"
    assert (await done(wang, path, {"id": "a", "text": "/备注 要大瓶"}, 201))["did"] == "备注记下了，只有同事看得到"
    assert (await done(wang, path, {"id": "b", "text": "／提醒 明天10点 给她回电话"}, 201))[
        "did"
    ] == "5月21日 10:00 提醒：给她回电话"
    assert await shop.rows("select text, due_at = '2026-05-21T10:00:00+08' from tasks") == [("给她回电话", True)]
    assert await shop.rows("select text, author from notes") == [("要大瓶", "g1")]
    told = await done(wang, path, {"id": "c", "text": "/交回"})
    assert (told["owner"], told["did"]) == ("bot", "已经交回给机器人")
    assert await outbox(shop) == []


async def test_a_talk_is_ended_and_passed_on_by_command(shop: Door, wang: Desk) -> None:
    first, second = await held(shop, wang, store="s1"), await held(shop, wang, store="s1")
    assert (await done(wang, f"/api/desk/{first}/reply", {"id": "a", "text": "/结束"}))["owner"] == "closed"
    told = await done(wang, f"/api/desk/{second}/reply", {"id": "b", "text": "/转 小雅"})
    assert (told["guide"], told["did"]) == ("小雅", "已经转给小雅")
    assert await shop.one("select guide from conversations where id = :id", id=second) == "g2"
    assert await outbox(shop) == []


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("/交会", 400, "/交回、/结束"),
        ("/", 400, "/交回、/结束"),
        ("/转 谁也不是", 404, "没有叫“谁也不是”"),
        ("/提醒 找她", 400, "可以写：半小时后"),
        ("/备注", 400, "写成：/备注"),
    ],
)
async def test_what_only_looks_like_a_command_is_refused_and_not_said(
    shop: Door, wang: Desk, text: str, status: int, words: str
) -> None:
    conversation = await held(shop, wang, store="s1")
    assert words in words_of(await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": text}, status))
    assert await outbox(shop) == []
    assert await shop.one("select owner from conversations where id = :id", id=conversation) == "human"


async def test_a_command_on_a_colleagues_talk_is_refused(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    conversation = await held(shop, wang, store="s1")
    for text in ("/交回", "/结束", "/转 陈曼"):
        told = await done(ya, f"/api/desk/{conversation}/reply", {"id": f"t{len(text)}", "text": text}, 409)
        assert told["error"]["holder"] == "王姐"  # type: ignore[index]
    foreign = await shop.guide("man", guide="g3", store="s2")
    await done(foreign, f"/api/desk/{conversation}/reply", {"id": "x", "text": "/备注 偷看"}, 404)
    assert await shop.one("select count(*) from notes") == 0


async def test_a_macro_does_all_of_it_once(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    path, tap = f"/api/desk/{conversation}/macro", {"id": "tap", "macro": "sample"}
    told = await done(wang, path, tap)
    assert (told["said"], told["tags"], told["closed"]) == (True, [{"tag": "concern", "value": "补水"}], True)
    assert (await done(wang, path, tap))["again"] is True
    assert await outbox(shop) == [("guide", "g1", "李女士，小样已经给您备好了。", "pending")]
    assert await shop.rows("select text, guide from tasks") == [("寄小样", "g1")]
    assert await shop.rows("select tag, value from customer_tags") == [("concern", "补水")]
    assert await shop.rows("select owner, guide from conversations") == [("closed", None)]


async def test_a_double_tap_on_a_macro_is_one(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    tap = {"id": "tap", "macro": "sample"}
    answers = await asyncio.gather(*(wang.post(f"/api/desk/{conversation}/macro", tap) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert sorted([(await answer.json())["again"] for answer in answers]) == [False, True, True, True]
    assert len(await outbox(shop)) == await shop.one("select count(*) from tasks") == 1


@pytest.mark.parametrize(("macro", "status"), [("broken", 400), ("hole", 400), ("theirs", 404), ("nothing", 404)])
async def test_a_macro_that_cannot_be_done_does_nothing(shop: Door, wang: Desk, macro: str, status: int) -> None:
    conversation = await held(shop, wang, store="s1")
    await done(wang, f"/api/desk/{conversation}/macro", {"id": "a", "macro": macro}, status)
    assert await outbox(shop) == []
    assert await shop.one("select count(*) from customer_tags") == 0


async def test_a_macro_is_undone_as_a_whole(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, store="s1")
    await shop.rows(
        "insert into customer_tags (customer_id, tag, value, confidence, at, source) "
        "select customer_id, 'memory', '不记', 1, now(), 'inbox:1' from conversations"
    )
    await done(wang, f"/api/desk/{conversation}/macro", {"id": "a", "macro": "sample"}, 409)
    assert await outbox(shop) == []
    assert await shop.one("select count(*) from tasks") == 0
    assert await shop.one("select owner from conversations") == "human"


async def test_only_the_holder_runs_a_macro(shop: Door, wang: Desk) -> None:
    ya = await shop.guide("ya", guide="g2", store="s1")
    conversation = await held(shop, wang, store="s1")
    await done(ya, f"/api/desk/{conversation}/macro", {"id": "a", "macro": "tagonly"}, 409)
    waiting = await talk(shop, store="s1")
    await done(wang, f"/api/desk/{waiting}/macro", {"id": "a", "macro": "tagonly"}, 409)
    assert await shop.one("select count(*) from customer_tags") == 0


async def test_macros_are_everybodys_and_ones_own_stores(shop: Door, wang: Desk) -> None:
    man = await shop.guide("man", guide="g3", store="s2")
    assert "theirs" not in [one["id"] for one in (await got(wang, "/api/desk/macros"))["macros"]]  # type: ignore[attr-defined]
    assert "theirs" in [one["id"] for one in (await got(man, "/api/desk/macros"))["macros"]]  # type: ignore[attr-defined]


async def offered(door: Door, channel: str = "wecom_contact") -> tuple[str, str]:
    """A talk in a channel where only a guide may send, with one suggestion of the bot."""
    conversation = await talk(door, store="s1")
    await door.rows("update conversations set channel = :channel, owner = 'bot' where id = :id", channel=channel, id=conversation)
    await door.rows("delete from handovers")
    await door.rows(
        "insert into outbox (msgid, conversation_id, author, epoch, speech, state, deadline) "
        "values ('o1', :id, 'bot', 0, '{\"text\": \"欢迎您\"}', 'offered', :due)",
        id=conversation,
        due=door.clock.now().replace(year=2030),
    )
    return conversation, str(await door.one("select id from outbox"))


async def test_a_suggestion_leaves_with_the_guides_tap_and_only_once(shop: Door, wang: Desk) -> None:
    conversation, offer = await offered(shop)
    (waiting,) = (await got(wang, f"/api/desk/{conversation}"))["offered"]  # type: ignore[misc]
    assert (waiting["id"], waiting["text"]) == (offer, "欢迎您")
    path = f"/api/desk/{conversation}/offers/{offer}/taken"
    told = [(await done(wang, path))["outcome"] for _ in range(2)]
    assert told == ["sent", "again"]
    assert await outbox(shop) == [("guide", "g1", "欢迎您", "pending")]
    ya = await shop.guide("ya", guide="g2", store="s1")
    await done(ya, path, {}, 409)


async def test_words_of_ones_own_in_its_place(shop: Door, wang: Desk) -> None:
    conversation, offer = await offered(shop)
    await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": "欢迎来花间集", "offer": offer}, 202)
    assert await outbox(shop) == [("guide", "g1", "欢迎来花间集", "pending")]
    assert (await got(wang, f"/api/desk/{conversation}"))["offered"] == []


async def test_where_only_a_hand_may_send_words_are_kept_as_said_by_hand(shop: Door, wang: Desk) -> None:
    conversation, _ = await offered(shop)
    path = f"/api/desk/{conversation}/reply"
    told = await done(wang, path, {"id": "a", "text": "在的", "via": "sidebar"}, 202)
    assert (told["outcome"], told["text"]) == ("sent", "在的")
    assert await shop.rows("select speech ->> 'tapped' from outbox where author = 'guide'") == [("g1",)]
    told = await done(wang, path, {"id": "b", "text": "看这个", "items": ["p1"], "via": "sidebar"}, 400)
    assert "只能发文字" in words_of(told)


async def test_words_from_the_page_alone_wait_for_the_hand_that_sends_them(shop: Door, wang: Desk) -> None:
    conversation, _ = await offered(shop)
    await done(wang, f"/api/desk/{conversation}/claim")
    await done(wang, f"/api/desk/{conversation}/reply", {"id": "a", "text": "在的"}, 202)
    assert await shop.rows("select speech ->> 'tapped', state from outbox where author = 'guide'") == [(None, "pending")]


async def test_a_suggestion_is_put_aside(shop: Door, wang: Desk) -> None:
    conversation, offer = await offered(shop)
    man = await shop.guide("man", guide="g3", store="s2")
    path = f"/api/desk/{conversation}/offers/{offer}"
    await done(man, f"{path}/dismiss", {}, 404)
    await done(man, f"{path}/taken", {}, 404)
    await done(wang, f"{path}/dismiss")
    await done(wang, f"{path}/dismiss", {}, 404)
    await done(wang, f"{path}/taken", {}, 409)
    await done(wang, f"/api/desk/{conversation}/offers/999/taken", {}, 404)
    assert await shop.one("select state from outbox") == "dropped"
