"""Foreign files become draft entries: every format that shops keep, every dirt that pages carry, every broken file told in words."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest
from content_harvest_pages import HELP_PAGE, MARKDOWN
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot import content
from bot.content.editing import applied
from bot.content.harvest import Harvest, harvest
from bot.content.harvest_cleaning import STEPS, clean, repeated_lines
from bot.content.harvest_writing import as_yaml, keeping_drafts, path_of, resembling
from bot.content.items import Edit, Key, plain
from bot.errors import ContentError
from knowledge import Entry, EntryId
from knowledge.words import Reader


def with_drafts(files: Mapping[str, bytes], drafts: Sequence[Mapping[str, object]]) -> content.Workspace:
    """A release with these entries in it, as publishing makes it."""
    edits = [Edit(Key("entry", str(one["id"])), {name: plain(value) for name, value in one.items()}) for one in drafts]
    return content.read_files(applied(files, edits))


def of(name: str, data: bytes | str) -> Harvest:
    return harvest([(name, data.encode() if isinstance(data, str) else data)])


def pairs(found: Harvest) -> list[tuple[list[str], str]]:
    return [(list(one.entry["questions"]), str(one.entry["answer"])) for one in found.sprouts]  # type: ignore[call-overload]


def reasons(found: Harvest) -> list[str]:
    return [str(problem) for problem in found.problems]


def workbook(*rows: Sequence[object], title: str = "问答") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_markdown_gives_headings_lists_and_tables_with_their_lines() -> None:
    found = of("帮助.md", MARKDOWN)
    assert pairs(found) == [
        (["多久可以退货？"], "签收后 7 天内、没拆封都可以退。\n1. 打开小程序\n2. 点申请售后"),
        (["发什么快递？", "可以指定快递吗？"], "默认中通，不能指定。"),
        (["满多少包邮", "包邮吗"], "满99元包邮。"),
        (["怎么开发票"], "下单时填抬头。"),
    ]
    assert [one.origin for one in found.sprouts] == ["帮助.md:5", "帮助.md:14", "帮助.md:20", "帮助.md:21"]
    assert not found.problems


def test_a_dirty_help_page_gives_its_questions_and_says_what_was_cleaned() -> None:
    found = of("help.html", HELP_PAGE)
    assert pairs(found) == [
        (["退货要多久到账？"], "仓库收到后 48 小时内退款。"),
        (["退货运费谁出"], "质量问题我们出，其他情况自理。"),
        (["周末发货吗？"], "周末照常发。"),
    ]
    note = found.sprouts[1].note
    for dirt in ("注音", "繁体字", "广告"):
        assert dirt in note
    assert "微信" not in str([one.entry for one in found.sprouts])


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (
            "<dl><dt>包邮吗<dt>运费多少<dd>满99包邮<dt>能退么<dd>能退</dl>",
            [(["包邮吗", "运费多少"], "满99包邮"), (["能退么"], "能退")],
        ),
        ("<details><summary>Q1：几天到？</summary><p>三天<br>左右</p></details>", [(["几天到？"], "三天\n左右")]),
        ("<table><tr><th>问题<th>答案<tr><td>能退吗<td>七天内能退</table>", [(["能退吗"], "七天内能退")]),
        (
            "<div><b>怎么退款？</b></div><div>原路退回</div><p><b>要多久？</b></p><p>三天</p>",
            [(["怎么退款？"], "原路退回"), (["要多久？"], "三天")],
        ),
        (
            "<p>问：能退吗<br>答：七天内能退</p><p>问：包邮吗</p><p>答：满99</p>",
            [(["能退吗"], "七天内能退"), (["包邮吗"], "满99")],
        ),
        (
            (
                '<div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">能退吗</h3><div itemprop="acceptedAnswer">'
                '<div itemprop="text">七天内能退</div></div></div>'
            ),
            [(["能退吗"], "七天内能退")],
        ),
        (
            (
                '<script type="application/ld+json">{"@graph":[{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"能退吗",'
                '"acceptedAnswer":{"text":"<p>七天<b>内</b></p>"}}]}]}</script><h2>能退吗？</h2><p>别的</p>'
            ),
            [(["能退吗"], "七天内")],
        ),
    ],
)
def test_every_way_in_which_pages_hold_questions(page: str, wanted: list[tuple[list[str], str]]) -> None:
    assert pairs(of("a.htm", f"<html><body><nav>首页</nav>{page}<footer>版权所有</footer></body></html>")) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "问：包邮吗\n问：满多少包邮\n答：满99元包邮。\n\n2、Q：发什么快递？\nA：中通。",
            [(["包邮吗", "满多少包邮"], "满99元包邮。"), (["发什么快递？"], "中通。")],
        ),
        ("【问】能退吗\n【答】七天内可以\n【问】能换吗\n【答】可以", [(["能退吗"], "七天内可以"), (["能换吗"], "可以")]),
        (
            "1. 能开发票吗？\n可以，下单时填抬头。\n2. 发票多久到？\n三天。",
            [(["能开发票吗？"], "可以，下单时填抬头。"), (["发票多久到？"], "三天。")],
        ),
        ("能退吗？\n七天内可以。\n\n包邮吗？\n满99。", [(["能退吗？"], "七天内可以。"), (["包邮吗？"], "满99。")]),
        ("Q1: 能退吗\nA1: 能\nQ2: 能换吗\nA2: 也能", [(["能退吗"], "能"), (["能换吗"], "也能")]),
        ("1、能退吗？七天内可以。\n2、包邮吗？满99元包邮。", [(["能退吗？"], "七天内可以。"), (["包邮吗？"], "满99元包邮。")]),
    ],
)
def test_plain_text_is_read_however_it_marks_its_questions(text: str, wanted: list[tuple[list[str], str]]) -> None:
    assert pairs(of("a.txt", text)) == wanted


TABLE = '标准问题,相似问法,回答内容,分类,截止日期\n能退吗,可以退货吗|不要了能退吗,"七天内,可以",售后;退货,2026/12/31\n'


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gbk"),
        TABLE.encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
    ],
)
def test_a_table_is_read_in_every_encoding_that_excel_writes(data: bytes) -> None:
    (one,) = of("常见问题.csv", data).sprouts
    assert one.entry == {
        "id": one.id,
        "questions": ["能退吗", "可以退货吗", "不要了能退吗"],
        "answer": "七天内,可以",
        "source": "常见问题.csv",
        "valid_until": "2026-12-31",
        "tags": ["售后", "退货"],
    }
    assert one.origin == "常见问题.csv:2"


def test_a_table_without_a_header_and_one_with_semicolons_are_understood() -> None:
    assert pairs(of("a.csv", "能退吗？,七天内可以\n包邮吗？,满99\n")) == [(["能退吗？"], "七天内可以"), (["包邮吗？"], "满99")]
    assert pairs(of("a.csv", "问题;答案\n能退吗;七天内可以\n")) == [(["能退吗"], "七天内可以")]
    assert pairs(of("a.tsv", "问题\t答案\n能退吗\t七天内，可以\n")) == [(["能退吗"], "七天内，可以")]


def test_rows_with_holes_are_told_with_their_line_and_the_others_are_read() -> None:
    found = of("a.csv", '问题,答案\n能退吗,\n,七天\n包邮吗,满99\n多行,"一\n二"\n最后,有')
    assert pairs(found) == [(["包邮吗"], "满99"), (["多行"], "一\n二"), (["最后"], "有")]
    assert [one.origin for one in found.sprouts] == ["a.csv:4", "a.csv:5", "a.csv:7"]
    assert reasons(found) == ["a.csv:2：“能退吗”没有答案，没有导入", "a.csv:3：这一行没有问题，没有导入"]


def test_a_workbook_is_read_sheet_by_sheet_and_formulas_are_never_computed() -> None:
    found = of("客服.xlsx", workbook(["客服问答表"], [], ["问题", "答案"], ["几天到", 3.0], ["总数", "=1+1"], ["坏的", "#REF!"]))
    assert pairs(found) == [(["几天到"], "3")]
    assert found.sprouts[0].origin == "客服.xlsx:问答 第4行"
    assert reasons(found) == [
        "客服.xlsx:5 › 问答：“总数”没有答案，没有导入",
        "客服.xlsx:6 › 问答：答案那一格是公式的错误值 #REF!，没有导入",
    ]


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return kept.getvalue()


def truncated() -> bytes:
    return workbook(["问题", "答案"], ["能退吗", "能"])[:-400]


def laughing() -> bytes:
    """A workbook whose sheet defines entities that grow without end."""
    kept = io.BytesIO()
    laughs = '<!DOCTYPE a [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(workbook(["问题", "答案"], ["能退吗", "能"]))) as sound, zipfile.ZipFile(kept, "w") as packed:
        for part in sound.infolist():
            data = sound.read(part)
            packed.writestr(
                part, data.replace(b"<worksheet", laughs.encode() + b"<worksheet", 1) if "sheet1.xml" in part.filename else data
            )
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 nonsense", "不是 Excel"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "旧的 .xls"),
        ("a.xlsx", bomb(), "大得不正常"),
        ("a.xlsx", truncated(), "已损坏"),
        ("a.xlsx", laughing(), "已损坏"),
        ("a.xlsx", workbook(["甲", "乙"], ["丙", "丁"]), "认不出哪一列"),
        ("a.doc", b"x", "不认识这种文件"),
        ("a.txt", b"  \n", "文件是空的"),
        ("a.txt", b"\xff\xfe\x00", "认不出文字编码"),
        ("a.txt", "没有问答的一段话。".encode(), "没有找到问答"),
        ("a.csv", b"a" * 21_000_000, "文件太大了"),
        ("a.csv", ('问题,答案\n能退吗,"七天' + "长" * 50_000).encode(), "双引号没有成对"),
        ("a.csv", "甲,乙\n丙,丁\n".encode(), "认不出哪一列"),
        ("a.md", "# 只有标题\n\n一段话，没有问题。\n\n## 空的吗？\n".encode(), "后面没有答案"),
    ],
)
def test_what_cannot_be_read_is_told_in_words_and_the_next_file_is_read(name: str, data: bytes, words: str) -> None:
    found = harvest([(name, data), ("b.txt", "问：能退吗\n答：能".encode())])
    assert pairs(found)[-1] == (["能退吗"], "能")
    assert any(words in reason for reason in reasons(found)), reasons(found)
    assert all(reason.startswith(f"{name}") for reason in reasons(found))


@pytest.mark.parametrize(
    "page", ["<div>" * 5_000 + "问：能退吗<br>答：能", "<p>" + "&amp;" * 50_000, "<" * 3_000, "\x00<html>\x00", "<!--" * 999]
)
def test_hostile_markup_ends_in_words_or_pairs(page: str) -> None:
    found = of("a.html", page)
    assert found.sprouts or found.problems


def test_the_foot_of_every_page_is_no_answer() -> None:
    def page(asked: str, said: str) -> bytes:
        return f"<h2>{asked}？</h2><p>{said}</p><div>花间集客服每天九点到十八点在线恭候</div>".encode()

    files = [
        (f"{n}.html", page(asked, said))
        for n, (asked, said) in enumerate([("能退吗", "能"), ("几天到", "三天"), ("包邮吗", "满99")])
    ]
    found = harvest(files)
    assert [answer for _, answer in pairs(found)] == ["能", "三天", "满99"]
    assert all("每页都有的内容" in one.note for one in found.sprouts)
    assert repeated_lines(["a\nb", "b"]) == frozenset(), "two pages may well say the same"


DIRTY = [
    ("加微信 abc12345 领红包\n七天内可退。", "七天内可退。"),
    ("客服微信：huajian_01\n七天内可退。", "七天内可退。"),
    ("点击上方蓝字关注我们\n七天内可退。\n觉得有用就点个赞吧", "七天内可退。"),
    ("首页 > 帮助中心 > 退货\n七天内可退。\n上一篇：怎么下单\n下一篇：没有了", "七天内可退。"),
    ("七天内可退。\n版权所有 © 2020-2026 花间集 沪ICP备12345678号", "七天内可退。"),
    ("七天内可退。\n分享到：微博 微信 QQ空间", "七天内可退。"),
    ("七天内可退。\n登录 | 注册 | 购物车", "七天内可退。"),
    ("退（tuì）货（huò）要填單號", "退货要填单号"),
    ("退(tui4)货、换[huàn]货", "退货、换货"),
    ("泛酸（B5）和烟酰胺（VB3）", "泛酸（B5）和烟酰胺（VB3）"),
    ("７天內，ＳＰＦ５０＋", "7天内，SPF50+"),
    ("七\u200b天\ufeff内\u00ad可退", "七天内可退"),
    ("满&nbsp;99&amp;nbsp;元包邮&#65281;", "满 99 元包邮！"),
    ("七天内可以退货。七天内可以退货。要没拆封。", "七天内可以退货。要没拆封。"),
    ("七天内可退👉🎉！！！！", "七天内可退！"),
    ("七天内可退。\n- 3 -\n第 3 页 共 9 页\n运费自理。", "七天内可退。\n运费自理。"),
]


@pytest.mark.parametrize(("dirty", "wanted"), DIRTY)
def test_each_dirt_goes_and_the_answer_stays(dirty: str, wanted: str) -> None:
    assert clean(dirty)[0] == wanted


@pytest.mark.parametrize(
    "answer",
    [
        "下一个工作日发货。",
        "未经授权的店铺不是正品。",
        "设置→订单→退货",
        "来源：云南",
        "Vitamin C 精华早上用",
        "用微信付款可以，也可以用支付宝。",
        "关注肤质变化，别同时换两样。",
        "分类：面霜",
        "登录小程序，点「我的」。",
        "3-5天",
        "好的。好的。",
    ],
)
def test_what_only_looks_like_dirt_stays(answer: str) -> None:
    assert clean(answer) == (answer, ())


def test_an_answer_that_is_all_dirt_is_kept_for_a_person_to_judge() -> None:
    (one,) = of("a.txt", "问：怎么找你们\n答：加微信 huajian_01 咨询").sprouts
    assert one.entry["answer"] == "加微信 huajian_01 咨询"
    assert "请看一下" in one.note


_SAID = st.text(
    st.sampled_from(
        "退货可以能不七天内要没拆封运费自理包邮发票，。！？；\n （）()tuìhuò&;nbspamp#12加微信关注版权所有上一篇：>|- ＡＢ１２頁單"
    ),
    max_size=60,
)


@given(_SAID)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once, _ = clean(text)
    assert clean(once) == (once, ())


@given(st.text(max_size=80))
def test_cleaning_any_text_at_all_comes_to_rest(text: str) -> None:
    once, _ = clean(text)
    assert clean(once)[0] == once


_WORD = st.text(st.sampled_from("退货换发票到账会员积分面霜精华包邮运费门店试用敏感肌"), min_size=2, max_size=8)
_DIRT = st.sampled_from(
    [
        "加微信 abc12345 领红包",
        "点击上方蓝字关注我们",
        "上一篇：怎么下单",
        "版权所有 © 2020 花间集",
        "分享到：微博 微信",
        "第 3 页",
        "登录 | 注册",
        "",
    ]
)


@given(st.lists(st.tuples(_WORD, _WORD, _DIRT), min_size=1, max_size=6, unique_by=(lambda one: one[0], lambda one: one[1])))
def test_no_question_is_lost_with_its_answer_whatever_stands_around_them(told: list[tuple[str, str, str]]) -> None:
    wanted = [([f"{asked}怎么办？"], f"{said}就好。") for asked, said, _ in told]
    text = "\n".join(f"问：{asked}怎么办？\n答：{said}就好。\n{dirt}" for asked, said, dirt in told)
    page = "".join(f"<h3>{asked}怎么办？</h3><p>{said}就好。</p><div>{dirt}</div>" for asked, said, dirt in told)
    table = "问题,答案\n" + "".join(f'{asked}怎么办？,"{said}就好。\n{dirt}"\n' for asked, said, dirt in told)
    markdown = "".join(f"## {asked}怎么办？\n\n{said}就好。\n\n{dirt}\n\n" for asked, said, dirt in told)
    for name, data in (("a.txt", text), ("a.html", page), ("a.csv", table), ("a.md", markdown)):
        assert pairs(of(name, data)) == wanted, name


@pytest.mark.parametrize("step", [step for _, step in STEPS], ids=[name for name, _ in STEPS])
@given(text=_SAID)
def test_no_step_of_cleaning_makes_a_text_longer(step: object, text: str) -> None:
    assert len(step(text)) <= len(text)  # type: ignore[operator]


def test_the_same_import_twice_gives_the_same_ids_and_two_answers_to_one_question_are_told() -> None:
    text = "问：能退吗\n答：七天\n问：能退吗\n答：十五天"
    first, second = of("a.txt", text), of("a.txt", text)
    assert [one.id for one in first.sprouts] == [one.id for one in second.sprouts]
    assert len({one.id for one in first.sprouts}) == 2
    assert "另一个答案" in first.sprouts[1].note
    assert first.sprouts[1].entry["id"] == first.sprouts[1].id


def test_a_draft_much_like_an_entry_says_so_and_one_that_denies_it_does_not() -> None:
    base = [Entry(EntryId("return-window"), ("能不能退货", "7天内能退吗"), "能", "政策")]
    near = resembling(base, Reader(str.strip).read)
    assert near(["可以退货吗"]) == "return-window"
    assert near(["不能退货吗"]) is None
    assert near(["15天内能退吗"]) is None
    (one,) = harvest([("a.txt", "问：可以退货吗\n答：能".encode())], near).sprouts
    assert one.note == "和 return-window 很像"


def test_drafts_are_written_as_ops_write_entries_and_checked_with_everything_else() -> None:
    (one,) = of("常见问题.csv", TABLE).sprouts
    text = as_yaml([one.entry]).decode()
    assert "valid_until: 2026-12-31\n" in text
    assert "questions:\n  - 能退吗\n" in text
    workspace = with_drafts({}, [one.entry])
    assert [entry.questions[0] for entry in workspace.entries] == ["能退吗"]
    assert list(workspace.files) == [path_of(one.id)]
    with pytest.raises(ContentError, match="answer"):
        with_drafts({}, [{"id": "x", "questions": ["能退吗"], "source": "a", "answer": ""}])
    with pytest.raises(ContentError, match="已经有了"):
        with_drafts(workspace.files, [{**one.entry, "id": "other"}])


def test_a_start_from_the_folder_keeps_published_drafts_that_it_has_not_taken_over() -> None:
    folder = content.read_files({"brand.yml": "name: 花".encode()})
    draft = {"id": "d1", "questions": ["能退吗"], "answer": "能", "source": "a"}
    live = with_drafts(folder.files, [draft])
    kept = keeping_drafts(folder, live.files)
    assert [entry.id for entry in kept.entries] == ["d1"]
    taken = content.read_files({**folder.files, "knowledge/entries/returns.yml": as_yaml([draft])})
    assert keeping_drafts(taken, live.files).digest == taken.digest
    clashing = content.read_files({**folder.files, "knowledge/entries/returns.yml": as_yaml([{**draft, "id": "d2"}])})
    assert keeping_drafts(clashing, live.files).digest == clashing.digest
