"""What is wrong in a workbook is told at once, each fault with sheet, row and column; then nothing of it counts."""

import io
import re
import zipfile
from datetime import date

import pytest
from content_sheets import column, faults, opened, refused, saved, small, with_part
from content_workspaces import files
from openpyxl import Workbook

from bot.content.workbook import edits_of, recognised, workbook_of
from bot.errors import ContentError


def test_all_faults_of_all_sheets_are_told_at_once_and_nothing_counts() -> None:
    def change(book: Workbook) -> None:
        scripts, goods, rules, entries = book["话术"], book["商品"], book["规则"], book["知识"]
        scripts.cell(3, column(scripts, "顺序")).value = "二"
        scripts.cell(2, column(scripts, "顾客标签")).value = "干性"
        entries.cell(2, column(entries, "只私下说")).value = "可能"
        entries.append(["", "能开发票吗", "能"])
        rules.cell(2, column(rules, "结束日期")).value = "下个月"
        goods.cell(2, column(goods, "库存")).value = "sh-xuhui 3"
        goods.append(["sku-1", "又一个"])

    found = faults(small(), change)
    assert [(sheet, row, key) for sheet, row, key, _ in found] == [
        ("话术", 2, "H 列 顾客标签"),
        ("话术", 3, "AA 列 顺序"),
        ("知识", 2, "L 列 只私下说"),
        ("知识", 3, "A 列 编号"),
        ("商品", 2, "H 列 库存"),
        ("商品", 3, "A 列 货号"),
        ("规则", 2, "I 列 结束日期"),
    ]
    reasons = " ".join(reason for *_, reason in found)
    for words in (
        "“干性”要写成“名字：值”",
        "“sh-xuhui 3”要写成一个数",
        "现在是“二”",
        "只能填“是”或“否”",
        "空着",
        "和第 2 行重复了",
        "日期要写成 2026-01-31",
    ):
        assert words in reasons


def test_faults_of_the_whole_content_stand_at_the_cell_that_makes_them() -> None:
    def change(book: Workbook) -> None:
        scripts, goods, entries, tags, talks = (book[name] for name in ("话术", "商品", "知识", "标签", "对话"))
        scripts.cell(2, column(scripts, "内容")).value = "{没有的变量}你好"
        scripts.cell(3, column(scripts, "门店")).value = "bj-nowhere"
        goods.cell(2, column(goods, "价格")).value = "很贵"
        goods.cell(2, column(goods, "名称")).value = None
        entries.cell(2, column(entries, "相关条目")).value = "没有这条"
        tags.cell(2, column(tags, "半衰期（天）")).value = -3
        talks.cell(3, column(talks, "条目")).value = "也没有"
        book["例句"].append(["没有的意图", "你好呀呀"])
        book["例句"].append(["return_goods", "在吗"])
        book["导购"].cell(2, column(book["导购"], "门店")).value = "nowhere"
        for row in book["品牌"].iter_rows(min_row=2):
            if row[0].value == "service.take_within":
                row[1].value = -1

    found = {(sheet, row, key): reason for sheet, row, key, reason in faults(small(), change)}
    expected = {
        ("话术", 2, "C 列 内容"): "没有变量 没有的变量",
        ("话术", 3, "G 列 门店"): "没有门店",
        ("商品", 2, "E 列 价格"): "要写数字",
        ("商品", 2, "B 列 名称"): "至少",
        ("知识", 2, "O 列 相关条目"): "没有这个条目",
        ("标签", 2, "D 列 半衰期（天）"): "要大于 0",
        ("对话", 3, "D 列 条目"): "知识库里没有“也没有”",
        ("例句", 5, "A 列 意图"): "没有这个意图",
        ("导购", 2, "C 列 门店"): "没有门店“nowhere”",
        ("品牌", 6, "B 列 值"): "要大于 0",
    }
    for place, words in expected.items():
        assert words in found.get(place, ""), (place, found)
    assert any(place[0] == "例句" and "已经是" in reason for place, reason in found.items()), found


def test_what_was_refused_makes_no_faults_elsewhere() -> None:
    def change(book: Workbook) -> None:
        stores, guides = book["门店"], book["导购"]
        stores.append(["bj-new", "新店", None, None, None, None, "全天"])
        guides.append(["g9", "小新", "bj-new"])

    found = faults(small(), change)
    assert [(sheet, row, key) for sheet, row, key, _ in found] == [("门店", 3, "G 列 营业时间")]


def test_a_thing_that_others_need_cannot_be_taken_away() -> None:
    more = {"recommender/products.csv": small()["recommender/products.csv"] + "sku-2,又一个,,面霜,9,,,,,,,\n".encode()}
    found = faults({**small(), **more}, lambda book: book["商品"].delete_rows(2))
    assert [(sheet, row, key) for sheet, row, key, _ in found] == [("规则", 2, "C 列 置顶")]
    assert "sku-1" in found[0][3]


def test_unknown_columns_and_sheets_are_told_with_the_nearest() -> None:
    def change(book: Workbook) -> None:
        page = book["话术"]
        page.cell(1, column(page, "内容")).value = "内荣"
        page.cell(1, 40).value = "权重"
        page.cell(3, 42).value = "没有表头"
        book["商品"].title = "商店商品大全清单"
        book.create_sheet("支识").append(["编号"])
        book["规则"].title = "加权"

    found = faults(small(), change)
    told = [(sheet, row, key) for sheet, row, key, _ in found]
    assert ("话术", 1, "C 列 内荣") in told
    assert ("话术", 1, "内容") in told
    assert ("话术", 1, "AN 列 权重") in told
    reasons = {sheet: reason for sheet, row, _, reason in found if row is None}
    assert "是不是“知识”" in reasons["支识"]
    assert "不认识这张表" in reasons["加权"]
    assert any("是不是“内容”" in reason for *_, reason in found)


def test_two_sheets_of_one_kind_are_refused() -> None:
    def change(book: Workbook) -> None:
        book.copy_worksheet(book["话术"]).title = "话术 (2)"

    assert [(sheet, reason) for sheet, _, _, reason in faults(small(), change)] == [
        ("话术 (2)", "和“话术”是同一种表，只能留一张")
    ]


def test_cells_that_excel_changed_on_its_own_are_refused() -> None:
    def change(book: Workbook) -> None:
        page = book["知识"]
        page.cell(2, column(page, "出处")).value = date(2026, 3, 12)
        page.cell(2, column(page, "出处")).number_format = 'm"月"d"日"'
        page.cell(2, column(page, "短答")).value = 6922123456789012345
        page.cell(2, column(page, "回答")).value = "=1+1"
        page.merge_cells("P2:Q2")
        page.cell(2, 16).value = "售后"

    found = {key: reason for _, _, key, reason in faults(small(), change)}
    assert "当成了日期" in found["E 列 出处"]
    assert "只留得住 15 位" in found["D 列 短答"]
    assert "还没有算出结果" in found["C 列 回答"]
    assert "横着合并" in found["P 列 分类"]


def test_a_formula_counts_with_what_it_last_came_to() -> None:
    book = opened(small())
    page = book["知识"]
    page.cell(2, column(page, "短答")).value = '="七天" & "可退"'
    formula = re.compile(r'<c r="(D2)"( s="\d+")?[^>]*><f>.*?</f><v ?/?>(?:</v>)?')
    data = with_part(
        saved(book), r"xl/worksheets/sheet3\.xml", lambda text: formula.sub(r'<c r="\1"\2 t="str"><f>A1</f><v>七天可退</v>', text)
    )
    (edit,) = edits_of(data, small())
    assert edit.value is not None
    assert edit.value["short"] == "七天可退"


def _zip(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        ("编号,内容\ngreet,你好\n".encode(), "不是 Excel（.xlsx）文件"),
        (b"<html><table></table></html>", "不是 Excel（.xlsx）文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧的 .xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (b"PK\x03\x04" + bytes(50), "已损坏"),
        (_zip(word__document_xml=b"<w/>"), "不是 Excel 工作簿"),
        (_zip(xl__worksheets__sheet1_xml=bytes(30_000_000)), "大得不正常"),
        (_zip(xl__worksheets__sheet1_xml=b"<worksheet/>"), "可能已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ContentError, match=words.replace("（", ".").replace("）", ".")):
        edits_of(data, small())
    with pytest.raises(ContentError):
        recognised(data)


def test_a_damaged_or_malicious_part_is_refused_in_words() -> None:
    data = workbook_of(small())
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def laughing(text: str) -> str:
        head, _, rest = text.partition("?>")
        return f"{head}?>{bomb}{rest}".replace("greet", "&b;") if rest else f"{bomb}{text}".replace("greet", "&b;")

    for part, change in ((r"xl/worksheets/sheet2\.xml", laughing), (r"xl/worksheets/sheet2\.xml", lambda text: text[:500])):
        found = refused(with_part(data, part, change), small())
        assert len(found) == 1
        assert "打不开，可能已损坏" in found[0][3]
    assert refused(data[: len(data) // 2], small())[0][3].startswith("Excel 文件已损坏")


def test_an_empty_workbook_has_nothing_to_import() -> None:
    book = Workbook()
    assert refused(saved(book), small())[0][3] == "没有找到可以导入的表"
    book.active.title = "话术"
    assert "整张表是空的" in refused(saved(book), small())[0][3]


def test_faults_that_the_content_had_before_are_not_the_workbooks() -> None:
    live = {**small(), **files(recommender__rules__b_yml="- {id: old, pin: [gone]}")}
    book = opened(live)
    page = book["知识"]
    page.cell(2, column(page, "短答")).value = "七天内可退"
    assert refused(saved(book), live) == []
