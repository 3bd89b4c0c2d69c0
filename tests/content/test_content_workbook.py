"""Content goes into a workbook and comes back without loss; what ops change there is an edit, and only that."""

from datetime import date, datetime

import pytest
from content_sheets import column, edits, opened, saved, small, told
from content_workspaces import files
from openpyxl import Workbook

from bot import content
from bot.content.editing import applied
from bot.content.items import Key, items
from bot.content.workbook import edits_of, origin_of, recognised, workbook_of
from bot.errors import ContentError

GREET = Key("script", "greet")
RETURN = Key("entry", "return-window")


def test_the_demo_brand_comes_back_without_an_edit_and_twice_the_same() -> None:
    files_, _ = content.files_of(content.OWN)
    # one file of sentences in ten: they are all alike
    training = sorted(path for path in files_ if path.startswith("intents/training/"))
    live = {path: data for path, data in files_.items() if path not in training or path in training[::10]}
    data = workbook_of(live, release=3)
    assert edits_of(data, live) == ()
    origin = origin_of(data)
    assert (origin.release, origin.digest) == (3, content.digest_of(live))


def test_a_workbook_that_another_program_saved_changes_nothing() -> None:
    live = small()
    data = saved(opened(live))
    assert edits_of(data, live) == ()
    assert recognised(data)
    assert workbook_of(live) == workbook_of(live), "the same content makes the same bytes"


def test_the_whole_content_can_be_made_of_a_workbook_alone() -> None:
    live = small()
    fresh = applied({}, edits_of(workbook_of(live), {}))
    before, after = items(live), items(fresh)
    assert {key: one.value for key, one in after.items()} == {key: one.value for key, one in before.items()}


def test_a_changed_cell_changes_that_and_nothing_else() -> None:
    def change(book: Workbook) -> None:
        page = book["话术"]
        page.cell(2, column(page, "内容")).value = "{称呼|亲}您好  "
        page.cell(3, column(page, "会员等级")).value = "gold，black"

    assert edits(small(), change) == {
        GREET: {
            "id": "greet",
            "family": "招呼语",
            "variants": [
                {"text": "{称呼|亲}您好", "weight": 2},
                {"text": "在的", "channels": ["web"], "audience": {"levels": ["gold", "black"], "tags": {"skin_type": ["干性"]}}},
            ],
        }
    }


def test_a_new_row_is_a_new_thing_and_a_row_taken_out_takes_it_away() -> None:
    def change(book: Workbook) -> None:
        page = book["知识"]
        row = {"编号": "gift-wrap", "问法": "能包装吗\n可以送礼盒吗", "回答": "可以，免费。", "出处": "手册", "只私下说": "是"}
        for head, text in row.items():
            page.cell(3, column(page, head)).value = text
        book["规则"].delete_rows(2)
        book["话术"].append(["greet", None, "来啦"])

    found = edits(small(), change)
    assert found.pop(Key("entry", "gift-wrap")) == {
        "id": "gift-wrap",
        "questions": ["能包装吗", "可以送礼盒吗"],
        "answer": "可以，免费。",
        "source": "手册",
        "private": True,
    }
    assert found.pop(Key("rule", "pin")) is None
    script = found.pop(GREET)
    assert isinstance(script, dict)
    assert [one["text"] for one in script["variants"]] == ["{称呼|亲}你好", "在的", "来啦"]
    assert found == {}


def test_sentences_settings_and_words_are_edited_one_by_one() -> None:
    def change(book: Workbook) -> None:
        page = book["例句"]
        page.append(["greet", "哈喽"])
        page.delete_rows(2)
        settings = book["品牌"]
        for row in settings.iter_rows(min_row=2):
            if row[0].value == "service.take_within":
                row[1].value = 5
            if row[0].value == "service.high_value":
                row[1].value = "gold、black"
        settings.append(["service.central", "g1"])
        settings.append(["service.rating", "否"])
        book["词表"].cell(2, 3).value = "霜、擦脸油、面爽"

    assert edits(small(), change) == {
        Key("training", "greet"): {"intent": "greet", "examples": ["你好呀", "哈喽"]},
        Key("brand", "service"): {
            "key": "service",
            "value": {"take_within": 5, "high_value": ["gold", "black"], "central": ["g1"], "rating": False},
        },
        Key("spelling", "category/面霜"): {"slot": "category", "standard": "面霜", "spellings": ["霜", "擦脸油", "面爽"]},
    }


def test_a_sheet_that_is_not_there_changes_nothing_nor_does_a_column() -> None:
    def only_scripts(book: Workbook) -> None:
        for name in [one for one in book.sheetnames if one != "话术"]:
            del book[name]
        page = book["话术"]
        page.delete_cols(column(page, "权重"))
        page.delete_cols(column(page, "会员等级"))
        page.cell(3, column(page, "内容")).value = "我在"

    found = edits(small(), only_scripts)
    assert list(found) == [GREET]
    script = found[GREET]
    assert isinstance(script, dict)
    assert script["variants"][0]["weight"] == 2
    assert script["variants"][1] == {
        "text": "我在",
        "channels": ["web"],
        "audience": {"levels": ["gold"], "tags": {"skin_type": ["干性"]}},
    }


def test_sorted_rows_and_columns_in_another_order_are_no_edit() -> None:
    def change(book: Workbook) -> None:
        for name in ("话术", "例句", "对话", "词表"):
            page = book[name]
            rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
            page.delete_rows(2, len(rows))
            for row in reversed(rows):
                page.append(row)
        page = book["知识"]
        page.move_range("B1:B2", cols=30)

    assert edits(small(), change) == {}


FULL = """
id: greet
family: 招呼语
scope: {level: 区域, of: 上海}
experiment: {id: hello, from: 2026-06-01, until: 2026-06-30, arms: {A: 1, B: 2}}
variants:
  - {text: 你好, id: plain, arm: A, weight: 1.5, first: true, channels: [web]}
  - text: 早呀
    arm: B
    from: 2026-06-01
    hours: "09:00-12:00"
    days: mon-fri
    audience: {regions: [上海], levels: [gold], tags: {skin_type: [干性]}}
    attachments:
      - {kind: link, title: 活动页, url: "https://a.example/x?a=1&b=2"}
      - {kind: product, sku: sku-1}
"""


def test_everything_a_script_may_hold_has_its_column() -> None:
    live = {**small(), **files(scripts__replies__greet_yml=FULL)}
    page = opened(live)["话术"]
    rest = [cell.value for head in ("其他", "整条其他") for cell in list(page.columns)[column(page, head) - 1][1:]]
    assert set(rest) == {None}
    fresh = items(applied({}, edits_of(workbook_of(live), {})))
    before = items(live)[GREET].value
    days = [*before["variants"]][1] | {"days": ["mon-fri"]}
    assert fresh[GREET].value == {**before, "variants": [before["variants"][0], days]}


FUTURE = """
id: greet
family: 招呼语
mood: {colour: 红, depth: [1, 2.5]}
variants:
  - {text: 你好, tone: {warm: true}, audience: {levels: [gold], ages: {from: 18}}}
"""


def test_keys_without_a_column_travel_as_json() -> None:
    live = files(scripts__replies__greet_yml=FUTURE)
    assert edits_of(workbook_of(live), live) == ()
    page = opened(live)["话术"]
    assert page.cell(2, column(page, "其他")).value == '{"tone": {"warm": true}, "audience": {"ages": {"from": 18}}}'
    assert page.cell(2, column(page, "整条其他")).value == '{"mood": {"colour": "红", "depth": [1, 2.5]}}'

    def change(book: Workbook) -> None:
        book["话术"].cell(2, column(page, "其他")).value = ""
        book["话术"].cell(2, column(page, "整条其他")).value = ""

    assert edits(live, change)[GREET] == {
        "id": "greet",
        "family": "招呼语",
        "variants": [{"text": "你好", "audience": {"levels": ["gold"]}}],
    }


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-50%", "@所有人", "00123", "1-2", "TRUE", "1e5", "'引号", "#N/A"])
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    entry = f"- {{id: a, questions: [问], answer: '{text.replace(chr(39), chr(39) * 2)}', source: '{'=A1'}'}}"
    live = files(knowledge__entries__a_yml=entry)
    book = opened(live)
    cell = book["知识"].cell(2, column(book["知识"], "回答"))
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    assert edits_of(saved(book), live) == ()


def test_what_programs_make_of_cells_is_read_as_it_was_meant() -> None:
    def change(book: Workbook) -> None:
        page = book["规则"]
        page.cell(2, column(page, "开始日期")).value = datetime(2026, 6, 3)
        page.cell(2, column(page, "结束日期")).value = date(2026, 6, 18)
        page.cell(2, column(page, "倍数")).value = 3.0
        goods = book["商品"]
        goods.cell(2, column(goods, "价格")).value = 618.0
        goods.cell(2, column(goods, "库存")).value = 12.0
        entries = book["知识"]
        entries.cell(2, column(entries, "答完转人工")).value = True
        entries.cell(2, column(entries, "出处")).value = 2026.0

    found = edits(small(), change)
    rule = found[Key("rule", "pin")]
    assert isinstance(rule, dict)
    assert (rule["from"], rule["until"], rule["factor"]) == ("2026-06-03", "2026-06-18", 3)
    product, entry = found[Key("product", "sku-1")], found[RETURN]
    assert isinstance(product, dict)
    assert isinstance(entry, dict)
    assert (product["price"], product["stock"]) == ("618", 12)
    assert (entry["handover"], entry["source"]) == (True, "2026")


def test_merged_hidden_and_empty_rows_are_read() -> None:
    def change(book: Workbook) -> None:
        page = book["话术"]
        page.insert_rows(2, amount=2)
        page.insert_rows(1)
        page.cell(1, 1).value = "花间集话术（运营部）"
        page.merge_cells("A5:A6")
        page.row_dimensions[6].hidden = True
        book["例句"].insert_rows(3, amount=4)

    book = opened(small())
    change(book)
    assert book["话术"].cell(6, 1).value is None
    assert edits(small(), change) == {}


def test_renamed_sheets_and_heads_are_recognised() -> None:
    def change(book: Workbook) -> None:
        book["话术"].title = "1.话术 (2)"
        book["知识"].title = "知识表-改"
        page = book["1.话术 (2)"]
        page.cell(1, 1).value = " 编号（必填）*"
        page.cell(1, column(page, "内容")).value = "text"
        page.insert_cols(2)
        page.cell(1, 2).value = "#备注"
        page.cell(2, 2).value = "给自己看的"
        book.create_sheet("#草稿").append(["随便写"])
        book.create_sheet("Sheet1")

    assert edits(small(), change) == {}


def test_long_texts_go_on_in_further_columns() -> None:
    long = "长" * 40_000 + "😀\r\n" + "尾" * 30_000
    live = files(knowledge__entries__a_yml=f"- {{id: a, questions: [问], answer: {long!r}, source: 手册}}".replace("'", '"'))
    page = opened(live)["知识"]
    assert "回答（续3）" in [cell.value for cell in page[1]]
    assert max(len(str(cell.value)) for cell in page[2]) <= 32_767
    assert edits_of(workbook_of(live), live) == ()


def test_what_others_changed_meanwhile_stays_and_what_both_changed_is_refused() -> None:
    base = small()
    now = {**base, "scripts/replies/greet.yml": base["scripts/replies/greet.yml"].replace("在的".encode(), "来了".encode())}
    book = opened(base)
    book["知识"].cell(2, column(book["知识"], "短答")).value = "七天内可退"
    assert list(told(edits_of(saved(book), now, base))) == [RETURN]
    page = book["话术"]
    page.cell(2, column(page, "内容")).value = "别的"
    with pytest.raises(ContentError, match=r"话术:2.*别人也改过"):
        edits_of(saved(book), now, base)
    page.cell(2, column(page, "内容")).value = "{称呼|亲}你好"
    page.cell(3, column(page, "内容")).value = "来了"
    assert list(told(edits_of(saved(book), now, base))) == [RETURN], "both wrote the same"


def test_one_kind_alone_can_be_taken_out() -> None:
    live = small()
    data = workbook_of(live, kinds=["product"])
    assert edits_of(data, live) == ()
    assert [one.title for one in opened(live)][:3] == ["说明", "话术", "知识"]


def test_foreign_tables_are_not_taken_for_ours() -> None:
    book = Workbook()
    book.active.title = "知识"
    book.active.append(["编号", "问题", "答案", "来源"])
    book.active.append(["1", "能退吗", "七天内能退", "手册"])
    assert not recognised(saved(book))
    book.active.title = "Sheet1"
    assert not recognised(saved(book))
    ours = Workbook()
    ours.active.title = "话术"
    ours.active.append(["编号", "内容"])
    assert recognised(saved(ours))
