"""What helps a guide to answer: found by words, pinyin and initials; suggested with a reason; safe for whom it is for."""

from pathlib import Path

import pytest

from bot.content.workspace import digest_of
from bot.db import releases
from tests.front.conftest import Desk, Door
from tests.front.desk_rig import _Release, done, files, furnish, got, held, talk, words_of


@pytest.fixture
async def shop(door: Door, tmp_path: Path) -> Door:
    return await furnish(door, tmp_path)


@pytest.fixture
async def wang(shop: Door) -> Desk:
    return await shop.guide("wang", guide="g1", store="s1")


async def ids(desk: Desk, path: str, kind: str, key: str = "id") -> list[object]:
    return [one[key] for one in (await got(desk, path))[kind]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", ["退货", "tuihuo", "th", "TuiHuo", "tui huo", "退货说明", "教您"])
async def test_scripts_are_found_by_words_pinyin_and_initials(shop: Door, wang: Desk, query: str) -> None:
    assert (await ids(wang, f"/api/desk/scripts?q={query}", "scripts"))[0] == "reply_return"


async def test_scripts_are_told_for_the_shopper_of_a_talk(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, store="s1")
    (plain,) = (await got(wang, "/api/desk/scripts?q=shengri"))["scripts"]  # type: ignore[misc]
    assert (plain["title"], plain["family"], plain["text"], plain["placeholders"]) == ("生日", "招呼语", "您，生日快乐。", [])
    (own,) = (await got(wang, f"/api/desk/scripts?q=shengri&conversation={conversation}"))["scripts"]  # type: ignore[misc]
    assert own["text"] == "李女士，生日快乐。"
    (hole,) = (await got(wang, "/api/desk/scripts?q=单号"))["scripts"]  # type: ignore[misc]
    assert (hole["text"], hole["placeholders"]) == ("您的单号是{称呼}的包裹，已经寄出。", ["称呼"])


async def test_a_family_is_one_of_four(shop: Door, wang: Desk) -> None:
    assert await ids(wang, "/api/desk/scripts?family=招呼语", "scripts") == ["hello_birthday"]
    assert "咨询问答" in words_of(await got(wang, "/api/desk/scripts?family=别的", 400))
    await got(wang, f"/api/desk/scripts?q={'长' * 61}", 400)
    assert await ids(wang, "/api/desk/scripts?q=查无此话", "scripts") == []


async def test_what_is_used_more_stands_first(shop: Door, wang: Desk) -> None:
    before = await ids(wang, "/api/desk/scripts", "scripts")
    conversation = await held(shop, wang, store="s1")
    words = "退货不难，我一步步带您：先点申请售后。"
    for token in "ab":
        await done(wang, f"/api/desk/{conversation}/reply", {"id": token, "text": words}, 202)
    after = await ids(wang, "/api/desk/scripts", "scripts")
    assert after[0] == "reply_return" != before[0]
    man = await shop.guide("man", guide="g3", store="s2")
    assert await ids(man, "/api/desk/scripts", "scripts") == before


async def test_products_come_with_stock_here_and_everywhere(shop: Door, wang: Desk) -> None:
    (found,) = (await got(wang, "/api/desk/products?q=ymshms"))["products"]  # type: ignore[misc]
    assert (found["sku"], found["price"], found["stock"], found["here"], found["status"]) == ("p1", "129", 94, 4, "active")
    assert found["url"] == "https://mall.invalid/p1"
    (spread,) = (await got(wang, "/api/desk/products?q=hushou"))["products"]  # type: ignore[misc]
    assert (spread["stock"], spread["here"]) == (7, None)
    (there,) = (await got(wang, "/api/desk/products?q=p4&store=s2"))["products"]  # type: ignore[misc]
    assert there["here"] == 2
    assert (await ids(wang, "/api/desk/products", "products", "sku"))[-1] == "p3"
    await got(wang, "/api/desk/products?store=nowhere", 404)


async def test_entries_and_tags_to_choose_from(shop: Door, wang: Desk) -> None:
    assert (await ids(wang, "/api/desk/entries?q=kaifapiao", "entries"))[0] == "invoice"
    told = (await got(wang, "/api/desk/tags"))["tags"]
    assert {"tag": "skin_type", "label": "肤质", "values": ["干性", "油性", "敏感性"], "exclusive": True} in told  # type: ignore[operator]


async def test_suggestions_fit_the_last_words_and_say_why(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, "怎么退货呀", store="s1")
    replies = (await got(wang, f"/api/desk/{conversation}/suggestions"))["replies"]
    entry, script = (next(one for one in replies if one["source"] == source) for source in ("entry", "script"))  # type: ignore[attr-defined]
    assert (entry["id"], entry["text"]) == ("entry:return-how", "在小程序「我的－订单」里点「申请退货」。")
    assert "怎么退货" in entry["why"]
    assert (script["id"], script["title"]) == ("script:reply_return", "退货说明")
    assert [one["score"] for one in replies] == sorted((one["score"] for one in replies), reverse=True)  # type: ignore[attr-defined]
    assert len(replies) <= 6  # type: ignore[arg-type]


async def test_products_are_suggested_with_stock_and_never_against_safety(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, "想要面霜", store="s1")
    path = f"/api/desk/{conversation}/suggestions"
    products = [one for one in (await got(wang, path))["replies"] if one["source"] == "product"]  # type: ignore[attr-defined]
    assert {one["card"]["sku"] for one in products} == {"p1", "p4"}
    assert "本店有 4 件" in next(one["why"] for one in products if one["card"]["sku"] == "p1")
    await done(wang, f"/api/desk/{conversation}/tags", {"tag": "audience", "value": "孕妇"})
    safe = [one["card"]["sku"] for one in (await got(wang, path))["replies"] if one["source"] == "product"]  # type: ignore[attr-defined]
    assert safe == ["p1"]


async def test_of_small_talk_nothing_is_suggested(shop: Door, wang: Desk) -> None:
    conversation = await held(shop, wang, "嗯嗯", store="s1")
    assert (await got(wang, f"/api/desk/{conversation}/suggestions"))["replies"] == []


async def test_another_stores_talk_lends_nothing(shop: Door, wang: Desk) -> None:
    foreign = await talk(shop, "怎么退货", store="s2")
    await got(wang, f"/api/desk/{foreign}/suggestions", 404)
    for kind in ("scripts", "products", "entries"):
        await got(wang, f"/api/desk/{kind}?conversation={foreign}", 404)


@pytest.mark.parametrize(
    "path", ["scripts", "products", "entries", "macros", "tags", "tasks", "colleagues", "search?q=a", "reports"]
)
async def test_only_whoever_serves_shoppers_looks(shop: Door, path: str) -> None:
    assert (await shop.http.get(f"/api/desk/{path}")).status == 401
    editor = await shop.guide("ed", "editor")
    assert (await editor.get(f"/api/desk/{path}")).status == 403


async def test_a_new_release_is_followed(shop: Door, wang: Desk) -> None:
    assert await ids(wang, "/api/desk/entries?q=xinkuan", "entries") == []
    changed = files() | {
        "knowledge/entries/new.yml": "- id: new\n  questions: [新款什么时候上]\n  answer: 下周。\n  source: 公告\n".encode()
    }
    assert digest_of(changed) != digest_of(files())
    await releases.import_release(shop.engine, _Release(changed), "test")
    assert await ids(wang, "/api/desk/entries?q=xinkuan", "entries") == ["new"]


async def test_without_content_the_desk_says_so(door: Door) -> None:
    desk = await door.guide("wang", guide="g1", store="s1")
    for path in ("scripts", "products", "entries", "tags"):
        assert "还没有准备好" in words_of(await got(desk, f"/api/desk/{path}", 503))


async def test_a_guide_puts_an_answer_of_the_bot_right(shop: Door, wang: Desk) -> None:
    conversation = await talk(shop, "怎么退货", store="s1")
    await shop.bot_says(conversation, "可以开发票")
    message = str(await shop.one("select max(id) from messages"))
    path = f"/api/desk/{conversation}/correct"
    told = await done(wang, path, {"message": message, "kind": "entry", "entry": "return-how"}, 201)
    assert told == {"id": "1", "state": "open"}
    assert await shop.rows("select question, wrong, kind, entry, author, store from corrections") == [
        ("怎么退货", "可以开发票", "entry", "return-how", "g1", "s1")
    ]
    other = await done(wang, path, {"message": message, "kind": "handover"}, 201)
    assert (other["state"], other["conflict"]) == ("conflict", ["1"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "entry", "entry": "nowhere"}, 400),
        ({"kind": "entry"}, 400),
        ({"kind": "reply", "reply": " "}, 400),
        ({"kind": "dance"}, 400),
        ({"kind": "silent", "message": 999}, 404),
        ({"kind": "silent", "message": "x"}, 400),
    ],
)
async def test_a_correction_must_say_what_was_right(shop: Door, wang: Desk, body: dict[str, object], status: int) -> None:
    conversation = await talk(shop, "怎么退货", store="s1")
    await shop.bot_says(conversation, "可以开发票")
    message = await shop.one("select max(id) from messages")
    await done(wang, f"/api/desk/{conversation}/correct", {"message": message, **body}, status)
    assert await shop.one("select count(*) from corrections") == 0


async def test_nobody_corrects_another_stores_talk(shop: Door, wang: Desk) -> None:
    foreign = await talk(shop, "怎么退货", store="s2")
    message = await shop.one("select max(id) from messages")
    await done(wang, f"/api/desk/{foreign}/correct", {"message": message, "kind": "silent"}, 404)
