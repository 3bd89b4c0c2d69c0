"""Words in the console: lists, editors, findings, previews; two people on one draft; an exception with its reason."""

import re
from typing import Any

from bot.db import drafts, releases
from bot.db.drafts import Draft
from tests.front.conftest import Desk, Door
from tests.front.console_rig import seen, sent

SAVE = "/console/edit/{}/save"
RETURNS: dict[str, Any] = {
    "item": "returns", "id": "returns", "questions": "不喜欢能退吗\n能退吗", "answer": "签收后七天内可以退。", "source": "政策",
}  # fmt: skip


def greeting(text: str = "{称呼|您}好呀，我是小花。", **more: Any) -> dict[str, Any]:
    """The form of the script greet, as the page has it; ``__`` stands for a dot."""
    base = {"item": "greet", "id": "greet", "family": "招呼语", "v0__text": text, "v0__weight": "2", "v1__text": "在的，您说。"}
    rest = {
        "v1__channels": "wecom_kf",
        "v1__days": ["mon", "tue", "wed", "thu", "fri"],
        "v1__begins": "09:00",
        "v1__ends": "18:00",
    }
    return {**base, **rest, **more}


async def saved(desk: Desk, sort: str, **fields: Any) -> tuple[int, int]:
    """Keep a form; the draft's id and version."""
    answer = await sent(desk, SAVE.format(sort), **fields)
    text = await answer.text()
    assert answer.status == 200, text
    found = re.search(r'name="draft" value="(\d+)"><input type="hidden" name="version" value="(\d+)"', text)
    assert found is not None, text
    return int(found[1]), int(found[2])


async def draft_of(office: Door, kind: str, item: str) -> Any:
    found = await drafts.open_draft(office.engine, kind, item)
    assert found is not None
    return found


async def test_every_page_has_nothing_inline_and_stands_in_the_shell(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    await saved(lead, "scripts", **greeting("您好，我是小花。"))
    for path in (
        "gaps", "pairs", "groups", "scripts", "entries", "new/scripts", "new/entries", "scripts/greet", "entries/returns",
        "scripts/greet/history", "drafts", "drafts/1", "publish?draft=1", "published/1",
    ):  # fmt: skip
        text = await seen(lead, f"/console/{path}")
        assert 'aria-label="后台"' in text, path
        assert "<script>" not in text, path
        assert "style=" not in text, path
    assert "aria-current" in await seen(lead, "/console/scripts/greet"), "the editor stands below its list"
    assert "<html" not in await seen(lead, "/console/scripts?q=greet", part=True), "htmx is given the rows alone"


async def test_lists_search_filter_sort_and_go_out_as_tables(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    await saved(ed, "entries", **{**RETURNS, "answer": "签收后七天内可以退，运费我们出。"})
    assert "parking" in await seen(ed, "/console/entries?scope=店")
    assert "returns" not in await seen(ed, "/console/entries?scope=店")
    assert "没有找到" in await seen(ed, "/console/entries?q=没有的字", part=True)
    drafted = await seen(ed, "/console/entries?state=draft", part=True)
    assert "改过" in drafted
    assert "parking" not in drafted
    assert "greet" in await seen(ed, "/console/scripts?channel=wecom_kf&family=招呼语", part=True)
    assert "greet" not in await seen(ed, "/console/scripts?channel=feishu", part=True)
    assert "greet" in await seen(ed, "/console/scripts?state=live&order=new", part=True)
    table = await seen(ed, "/console/export/entries?q=运费")
    assert table.startswith("\ufeff编号,类别,内容")
    assert "returns" in table
    assert "parking" not in table


async def test_a_form_that_nobody_changed_changes_no_letter(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    await saved(ed, "scripts", **greeting())
    await saved(ed, "entries", **RETURNS)
    for kind, item in (("script", "greet"), ("entry", "returns")):
        draft = await draft_of(office, kind, item)
        text = await seen(ed, f"/console/drafts/{draft.id}")
        assert "和线上的一样" in text, draft.value


async def test_what_is_written_is_kept_with_its_conditions_and_the_diff_is_told_in_words(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    more = {
        "v0__stores": "s1", "v0__first": "yes", "v0__until": "2026-12-31", "v0__a0__kind": "link", "v0__a0__title": "新客礼",
        "v0__a0__url": "https://shop.invalid/new", "note": "新客多说一句", "experiment__id": "hello", "experiment__arms": "A 1、B 2",
        "v0__arm": "A", "v1__arm": "B",
    }  # fmt: skip
    id_, version = await saved(ed, "scripts", **greeting("{称呼|您}好呀，第一次来吧？", **more))
    assert version == 1
    draft = await draft_of(office, "script", "greet")
    first, second = draft.value["variants"]
    assert first == {
        "text": "{称呼|您}好呀，第一次来吧？", "weight": 2, "audience": {"stores": ["s1"]}, "first": True, "until": "2026-12-31",
        "attachments": [{"kind": "link", "title": "新客礼", "url": "https://shop.invalid/new"}], "arm": "A",
    }  # fmt: skip
    assert (second["days"], second["hours"]) == ("mon-fri", "09:00-18:00"), "as it was written, for it means the same"
    assert draft.value["experiment"] == {"id": "hello", "arms": {"A": 1, "B": 2}}
    assert (draft.note, draft.base != "") == ("新客多说一句", True)
    told = await seen(ed, f"/console/drafts/{id_}")
    for words in ("第 1 种说法 · 内容", "第一次来吧", "到哪天为止", "新客多说一句"):
        assert words in told
    assert "<ins>" in told
    assert (await releases.live(office.engine) or (0, ""))[0] == 1, "a draft is not live"


async def test_parts_of_the_form_come_and_go_and_nothing_else_is_lost(office: Door) -> None:
    ed = await office.guide("ed", "editor")

    async def after(op: str, at: str = "0", **more: Any) -> str:
        answer = await sent(ed, "/console/edit/scripts/form", **greeting("改了一半", op=op, at=at, **more))
        assert answer.status == 200
        return await answer.text()

    assert (await after("add")).count('class="sheet variant"') == 3
    assert (await after("copy")).count("改了一半</textarea>") == 2
    assert "改了一半" not in await after("drop")
    moved = await after("down")
    assert moved.index("在的，您说。</textarea>") < moved.index("改了一半</textarea>")
    attached = await after("attach", "1", v1__a0__kind="mini_program", v1__a0__title="小程序")
    assert 'name="v1.a0.appid"' in attached
    assert 'name="v1.a1.kind"' in attached
    assert 'value="小程序"' in attached
    assert await drafts.open_draft(office.engine, "script", "greet") is None, "only saving saves"


async def test_findings_come_while_typing_with_a_way_out(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    clean = await (await sent(ed, "/console/edit/scripts/findings", **greeting())).text()
    assert "没有发现问题" in clean
    bad = greeting("全网第一的面霜，{没有的空}好用")
    text = await (await sent(ed, "/console/edit/scripts/findings", **bad)).text()
    assert "没有的空" in text
    assert "要改" in text
    assert 'href="#v0"' in text
    empty = await (await sent(ed, "/console/edit/entries/findings", **{**RETURNS, "answer": ""})).text()
    assert "答案" in empty


async def test_an_exception_needs_a_reason_and_is_a_draft_of_its_own(office: Door) -> None:
    ed, shop = await office.guide("ed", "editor"), await office.guide("chief", "lead", store="s1")
    bad = greeting("全国第一的面霜")
    text = await (await sent(ed, "/console/edit/scripts/findings", **bad)).text()
    found = re.search(r'data-rule="([^"]+)" data-words="([^"]+)"', text)
    assert found is not None
    told = {"x__rule": found[1], "x__words": found[2]}
    refused = await sent(ed, "/console/edit/scripts/except", **bad, **told, x__reason="")
    assert (refused.status, "为什么" in (await refused.json())["error"]["message"]) == (400, True)
    answer = await sent(ed, "/console/edit/scripts/except", **bad, **told, x__reason="奖状上就是这么写的")
    assert answer.status == 200
    assert "已放行" in await answer.text()
    assert "toast" in answer.headers["HX-Trigger"]
    (draft,) = await drafts.drafts(office.engine, kinds=["exception"])
    assert draft.value is not None
    assert (draft.value["where"], draft.value["reason"], draft.value["by"]) == ("script/greet", "奖状上就是这么写的", "ed")
    theirs = await sent(shop, "/console/edit/scripts/except", **bad, **{**told, "x__words": "别的"}, x__reason="我们店可以")
    assert theirs.status == 403, "what holds for everybody is not one shop's to allow"


async def test_the_preview_shows_what_this_shopper_would_read(office: Door) -> None:
    ed = await office.guide("ed", "editor")

    async def preview(**more: Any) -> str:
        return await (await sent(ed, "/console/edit/scripts/preview", **greeting("{称呼|您}好，新的说法。", **more))).text()

    assert "李女士好，新的说法。" in await preview()
    assert "您好，新的说法。" in await preview(p__known="no")
    friday = await preview(p__channel="wecom_kf", p__at="2026-05-22T10:00")
    assert "在的，您说。" in friday
    assert "第 2 种说法" in friday
    assert "在的，您说。" not in await preview(p__channel="wecom_kf", p__at="2026-05-23T10:00"), "not on a Saturday"
    assert (
        "听不到"
        in await (
            await sent(
                ed,
                "/console/edit/scripts/preview",
                **greeting("{称呼}您好", v0__stores="s2", p__store="s1", v1__text="{称呼}在", p__known="no"),
            )
        ).text()
    )


async def test_a_question_is_tried_against_the_live_base_and_the_form(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    new = {"item": "", "id": "engrave", "questions": "能刻字吗\n可以刻字吗", "answer": "可以，最多六个字。", "source": "工坊"}
    text = await (await sent(ed, "/console/edit/entries/try", **new, ask="能刻字吗")).text()
    assert "用这一条回答" in text
    assert "可以，最多六个字。" in text
    unfinished = await (await sent(ed, "/console/edit/entries/try", **{**new, "answer": ""}, ask="能刻字吗")).text()
    assert "写完整了才能试" in unfinished


async def test_a_new_thing_gets_its_own_address_and_no_id_is_taken_twice(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    new = {"item": "", "questions": "能刻字吗", "answer": "可以。", "source": "工坊"}
    for id_, words in (("a/b", "不能用的符号"), ("returns", "已经有")):
        refused = await sent(ed, SAVE.format("entries"), **new, id=id_)
        assert refused.status in {400, 409}
        assert words in (await refused.json())["error"]["message"]
    for sort, told in (("scripts", "编号"), ("entries", "怎么问")):
        nothing = await sent(ed, SAVE.format(sort), item="", id="")
        assert told in (await nothing.json())["error"]["message"]
    made = await sent(ed, SAVE.format("entries"), **new, id="engrave")
    assert (made.status, made.headers["HX-Redirect"]) == (204, "/console/entries/engrave")
    assert "能刻字吗" in await seen(ed, "/console/entries/engrave")
    await seen(ed, "/console/entries/nothing", 404)
    answer = await sent(ed, "/console/edit/entries/remove", item="returns", id="returns")
    assert "/console/drafts/" in answer.headers["HX-Redirect"]
    assert (await draft_of(office, "entry", "returns")).value is None
    assert "要把它拿掉" in await seen(ed, "/console/entries/returns")


async def test_two_on_one_draft_write_nothing_over_and_can_put_both_together(office: Door) -> None:
    ed, ann = await office.guide("ed", "editor"), await office.guide("ann", "editor")
    assert (await saved(ann, "entries", **{**RETURNS, "answer": "十五天内可以退。"})) == (1, 1)
    mine = {**RETURNS, "answer": "签收后七天内，没拆封可以退。", "short": "七天内可退。"}
    late = await sent(ed, SAVE.format("entries"), **mine)
    text = await late.text()
    assert late.status == 409
    assert late.headers["HX-Retarget"] == "#clash"
    for words in ("ann 刚刚存过", "十五天内", "没拆封", "七天内可退。"):
        assert words in re.sub(r"</?mark[^>]*>", "", text)
    assert (await draft_of(office, "entry", "returns")).value["answer"] == "十五天内可以退。", "nothing was written over"
    merged = await sent(ed, "/console/edit/entries/merge", **mine, take="answer")
    sheet = await merged.text()
    assert "十五天内可以退。</textarea>" in sheet
    assert "七天内可退。</textarea>" in sheet
    assert 'name="version" value="1"' in sheet, "on the newest version"
    assert (await saved(ed, "entries", **{**mine, "answer": "十五天内可以退。"}, draft=1, version=1)) == (1, 2)
    stale = await sent(ann, SAVE.format("entries"), **RETURNS, draft=1, version=1)
    assert stale.status == 409
    assert (await draft_of(office, "entry", "returns")).value["short"] == "七天内可退。"


async def test_leads_of_a_shop_write_what_is_theirs_and_see_why_not_the_rest(office: Door) -> None:
    shop = await office.guide("chief", "lead", store="s1")
    text = await seen(shop, "/console/scripts/greet")
    assert "不能直接改" in text
    assert "extends=greet" in text
    assert "保存草稿" not in text
    looked = await (await sent(shop, "/console/edit/scripts/preview", item="greet")).text()
    assert "我是小花" in looked, "whoever only looks sends no fields, and still sees what shoppers read"
    refused = await sent(shop, SAVE.format("scripts"), **greeting("我们店说了算"))
    assert (refused.status, (await refused.json())["error"]["code"]) == (403, "scope")
    own = {"item": "parking", "id": "parking", "questions": "门口能停车吗", "answer": "楼下停，三小时免费。", "source": "店里"}
    scope = {"scope__level": "店", "scope__store": "s1"}
    await saved(shop, "entries", **own, **scope)
    for other in ({"scope__level": "店", "scope__store": "s2"}, {"scope__level": "总部"}):
        taken = await sent(shop, SAVE.format("entries"), **own, **other, draft=1, version=1)
        assert taken.status == 403, "a shop's words are not made everybody's"
    made = await seen(shop, "/console/new/scripts?extends=greet")
    assert 'value="greet-s1"' in made
    assert re.search(r"<option selected>店</option>|<option selected>店", made)


async def test_history_tells_who_and_when_and_compares_any_two(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    await saved(lead, "entries", **{**RETURNS, "answer": "十天内可以退。"}, note="改短一点")
    await sent(lead, "/console/publish?draft=1", unseen="yes", reason="小改", note="门店反馈")
    await saved(lead, "entries", **{**RETURNS, "answer": "十二天内可以退。"})
    text = await seen(lead, "/console/entries/returns/history")
    for words in ("草稿第 1 次保存", "第 2 版（线上）", "第 1 版", "门店反馈", "lee"):
        assert words in text
    compared = await seen(lead, "/console/entries/returns/history?old=release-1&new=release-2")
    assert "<ins>十</ins>" in compared or "<ins>" in compared
    await seen(lead, "/console/entries/returns/history?old=release-99", 404)


async def test_hundreds_of_things_come_page_by_page(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    made = [
        Draft("entry", f"e{n:03}", {"id": f"e{n:03}", "questions": [f"第{n}问"], "answer": "答", "source": "表"}, "表")
        for n in range(150)
    ]
    await drafts.keep(office.engine, made, "ed", office.clock.now())
    first = await seen(ed, "/console/entries?q=e0", part=True)
    assert "一共 100 条" in first
    assert first.count("<li data-row") == 60
    rest = await seen(ed, "/console/entries?q=e0&skip=60", part=True)
    assert rest.count("<li data-row") == 40
    assert "再看一些" not in rest


async def test_a_new_entry_is_not_blamed_for_what_nobody_wrote_yet_and_needs_no_id(office: Door) -> None:
    ed = await office.guide("ed", "editor")
    empty = await (await sent(ed, "/console/edit/entries/findings", item="", id="")).text()
    assert "还没写：" in empty
    assert "答案" in empty
    assert "编号" not in empty, "it gets one"
    for words in ("要改", "没有发现问题"):
        assert words not in empty
    begun = await (await sent(ed, "/console/edit/entries/findings", item="", id="", answer="我们是全国第一。")).text()
    assert "要改" in begun, "what is written is judged all the same"
    assert "还没写：" in begun
    answer = await sent(
        ed, "/console/edit/entries/save", **{**RETURNS, "item": "", "id": "", "draft": "", "version": "", "base": ""}
    )
    assert answer.status == 204
    made = answer.headers["HX-Redirect"].rsplit("/", 1)[1]
    assert (await draft_of(office, "entry", made)).value["id"] == made
