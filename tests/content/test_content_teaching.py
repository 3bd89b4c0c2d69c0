"""Sentences that teach: whatever is wrong with them is told at once, with its place."""

import pytest
from content_workspaces import files, problems
from hypothesis import given
from hypothesis import strategies as st

from bot.content.teaching import distinct, table, united, written
from intents import LABELS


def told(text: str | bytes, **more: object) -> list[tuple[int | None, str]]:
    """(line, reason) of every fault of a table."""
    data = text.encode() if isinstance(text, str) else text
    return [(one.line, one.reason) for one in table("d.tsv", data, **more).problems]  # type: ignore[arg-type]


GOOD = "text\tlabel\n在吗\tgreet\n你好\tgreet\n能退吗\treturn_goods\n我要退货\treturn_goods\n"


def test_a_sound_table_is_read_whatever_ends_its_lines() -> None:
    expected = (("在吗", "greet"), ("你好", "greet"), ("能退吗", "return_goods"), ("我要退货", "return_goods"))
    for data in (GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\n\n")):
        assert table("d.tsv", data.encode()).examples == expected
        assert told(data) == []
    turned = "label\tnote\ttext\ngreet\tx\t在吗\ngreet\t\t你好\ndeny\t\t不要\ndeny\t\t不用\n"
    assert table("d.tsv", turned.encode()).examples[0] == ("在吗", "greet")


def test_every_fault_is_told_at_once_with_its_line() -> None:
    rows = [
        "text\tlabel",
        "在吗\tgreet",
        "在 吗\tthank",
        "\tgreet",
        "\u200b\u200b\tgreet",
        "你好\t",
        "没有标签",
        "好\t的\tgreet",
        "退\x07货\treturn_goods",
        "乱\ufffd码\treturn_goods",
        "长" * 2001 + "\treturn_goods",
        "能退吗\treturn_goods",
        "再见\tgoodbye",
        "ＯＫ\tgreet",
        "ok\tgreet",
    ]
    read = table("d.tsv", "\n".join(rows).encode())
    found = [(one.line, one.reason) for one in read.problems]
    assert [line for line, _ in found] == [3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]
    reasons = "\n".join(reason for _, reason in found)
    for words in (
        "“在 吗”在 d.tsv:2 是 greet，这里又是 thank",
        "意图 thank 只有这一条例句",
        "句子是空的",
        "没有写意图",
        "只有 1 格",
        "句子里不能有 Tab",
        "控制字符 U+0007",
        "有乱码",
        "有 2001 个字，最多 2000",
        "意图 goodbye 只有这一条例句",
    ):
        assert words in reasons
    assert [(one.line, one.reason) for one in read.notes] == [(15, "“ok”和 d.tsv:14 重复，只学一遍")]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "第一行是空的"),
        ("在吗\tgreet\n你好\tgreet\n不要\tdeny\n不用\tdeny\n", 1, "第一行要写表头 text<Tab>label，现在写的是“在吗 greet”"),
        ("text,label\n在吗,greet\n", 1, "不是逗号"),
        ("text\tlabels\n在吗\tgreet\n你好\tgreet\n不要\tdeny\n不用\tdeny\n", 1, "“labels”是不是写错了"),
        ("text\ttext\tlabel\n", 1, "写了两遍"),
        (GOOD.encode("gb18030"), 2, "像是 GBK"),
        (GOOD.encode("utf-16"), 1, "像是 UTF-16"),
        (GOOD.encode() + b"\xb2\xbb\xd2\xaa\tdeny\n", 6, "这一行有不是 UTF-8 编码的字"),
        ("text\tlabel\n", None, "一条例句也没有"),
        ("text\tlabel\n在吗\tgreet\n", 2, "意图 greet 只有这一条例句"),
        ("text\tlabel\n在吗\tgreet\n你好\tgreet\n", None, "只有一个意图（greet），至少要有两个"),
        ("text\tlabel\n在吗\tgreet\n在吗\tgreet\n不要\tdeny\n不用\tdeny\n", 2, "意图 greet 只有这一条例句"),
    ],
)
def test_broken_tables_are_told_in_words(data: str | bytes, line: int | None, words: str) -> None:
    found = told(data)
    assert any(at == line and words in reason for at, reason in found), found


def test_a_check_set_needs_few_sentences_but_known_labels() -> None:
    assert told("text\tlabel\n在吗\tgreet\n", known=LABELS, teaches=False) == []
    (fault,) = told("text\tlabel\n在吗\tgret\n", known=LABELS, teaches=False)
    assert fault == (2, "程序里没有这个意图：gret，是不是想写 greet？")
    (found,) = problems(files(tests__nlu_tsv="text\tlabel\n在吗\tgret\n"))
    assert (found.file, found.line) == ("tests/nlu.tsv", 2)


def test_faults_of_training_files_stand_on_their_lines() -> None:
    head = "version: '3.1'\nnlu:\n"
    told = files(
        intents__training__a_yml=head
        + "  - intent: greet\n    examples: |\n      - 在吗\n      - 在吗\n      忘了短横\n      # 说明\n",
        intents__training__b_yml=head
        + "  - intent: thank\n    examples: |\n      - 谢谢\n      - 在 吗\n      - "
        + "长" * 2001
        + "\n",
    )
    read = written(told)
    assert [(one.file[-5:], one.line, one.reason[:6]) for one in read.problems] == [
        ("a.yml", 5, "意图 gre"),
        ("b.yml", 6, "“在 吗”在"),
        ("b.yml", 7, "句子有 20"),
    ]
    assert "intents/training/a.yml:5 是 greet，这里又是 thank" in read.problems[1].reason
    assert [(one.line, one.reason) for one in read.notes] == [
        (7, "“忘了短横”前面没有“- ”，这一行不会被学到"),
        (6, "“在吗”和 intents/training/a.yml:5 重复，只学一遍"),
    ]
    both = united(problems(told), read.problems)
    assert [one.line for one in both if one.file.endswith("b.yml")] == [6, 7], "one fault is told once, with both its places"


def test_a_workspace_without_training_files_has_nothing_to_tell() -> None:
    assert written(files(brand_yml="name: 花")).problems == ()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    read = table("d.tsv", b"text\tlabel\n" + data)
    assert read.problems or len({label for _, label in read.examples}) > 1


@given(st.lists(st.tuples(st.text(max_size=4), st.sampled_from(LABELS[:3]))))
def test_each_sentence_stands_once_for_each_label(pairs: list[tuple[str, str]]) -> None:
    once = distinct(pairs)
    assert distinct(once) == once
    assert set(once) <= set(pairs)
    assert list(once) == [pair for n, pair in enumerate(pairs) if pair in once and pair not in pairs[:n]]
