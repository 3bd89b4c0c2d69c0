"""What ops may write, and what their files must not say against each other."""

from datetime import date

import pytest
from pydantic import ValidationError

from knowledge import schema

FULL = {
    "id": "return-window",
    "questions": ["多久内可以退货", "不喜欢能退吗"],
    "answer": "签收后七天内可以退。",
    "source": "售后政策 v3",
    "short": "七天内可退。",
    "valid_from": date(2026, 1, 1),
    "valid_until": "2026-12-31",
    "audience": {"channels": ["wecom_kf"], "stores": ["sh-xuhui"], "levels": ["gold"], "tags": {"skin_type": ["敏感性"]}},
    "private": True,
    "handover": True,
    "attachments": [{"kind": "link", "title": "退货流程", "url": "https://mall.example/return"}],
    "related": ["refund-time"],
    "tags": ["售后"],
}


def plain(id: str, *questions: str, **more: object) -> dict[str, object]:  # noqa: A002
    return {"id": id, "questions": list(questions) or [f"{id}是什么"], "answer": "好", "source": "测试", **more}


def a_file(*entries: dict[str, object]) -> schema.EntryFile:
    return schema.EntryFile.model_validate(list(entries))


def faults(**files: schema.EntryFile) -> list[tuple[str, str, str]]:
    return list(schema.disagreements({f"{name}.yml": file for name, file in files.items()}))


def test_everything_that_may_be_written_arrives() -> None:
    (entry,) = schema.entries([a_file(FULL)])
    assert (entry.id, entry.questions, entry.short) == ("return-window", ("多久内可以退货", "不喜欢能退吗"), "七天内可退。")
    assert (entry.valid_from, entry.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert entry.audience.specificity == 4
    assert entry.audience.tags["skin_type"] == {"敏感性"}
    assert (entry.private, entry.handover, entry.related, entry.tags) == (True, True, ("refund-time",), ("售后",))
    assert entry.attachments[0].url == "https://mall.example/return"


def test_four_keys_are_enough() -> None:
    (entry,) = schema.entries([a_file(plain("a"))])
    assert (entry.audience.specificity, entry.private, entry.handover, entry.valid_until) == (0, False, False, None)


def test_the_version_changes_with_the_words_and_only_with_them() -> None:
    one, same, other = schema.entries([a_file(plain("a"), plain("a"), plain("a", answer="不好"))])
    assert one.version == same.version != other.version


@pytest.mark.parametrize(
    "change",
    [
        {"anwser": "错字"},
        {"questions": []},
        {"questions": ["  "]},
        {"answer": ""},
        {"source": None},
        {"valid_from": "明天"},
        {"audience": {"level": ["gold"]}},
        {"audience": {"tags": {"skin_type": []}}},
        {"attachments": [{"kind": "link", "title": "x"}]},
        {"attachments": [{"kind": "link", "title": "x", "url": "javascript:alert(1)"}]},
        {"private": "maybe"},
        {"id": ""},
    ],
)
def test_what_is_misspelt_empty_or_missing_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_file({**plain("a"), **change})


def test_sound_files_have_no_faults() -> None:
    assert faults(a=a_file(plain("a", related=["b"])), b=a_file(plain("b"))) == []


def test_an_id_used_twice_is_told_with_the_other_file() -> None:
    ((file, place, reason),) = faults(a=a_file(plain("x", "一")), b=a_file(plain("y", "二"), plain("x", "三")))
    assert (file, place) == ("b.yml", "[1].id")
    assert "a.yml" in reason


def test_a_relation_must_lead_to_another_entry() -> None:
    found = faults(a=a_file(plain("a", related=["nowhere", "a"])))
    assert [place for _, place, _ in found] == ["[0].related[0]", "[0].related[1]"]


def test_a_window_that_ends_before_it_begins_is_told() -> None:
    ((_, place, reason),) = faults(a=a_file(plain("a", valid_from="2026-06-02", valid_until="2026-06-01")))
    assert place == "[0].valid_until"
    assert "还没生效就过期" in reason


def test_a_window_of_one_day_is_fine() -> None:
    assert faults(a=a_file(plain("a", valid_from="2026-06-01", valid_until="2026-06-01"))) == []


GOLD = {"audience": {"levels": ["gold"]}}
YEAR = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}
NEXT = {"valid_from": "2027-01-01"}


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ({}, {}, True),
        (GOLD, GOLD, True),
        ({}, GOLD, False),
        (YEAR, YEAR, True),
        (YEAR, NEXT, False),
        ({}, YEAR, False),
        ({"audience": {"levels": ["gold", "black"]}}, {"audience": {"levels": ["black", "gold"]}}, True),
        ({"audience": {"tags": {"skin_type": ["油性"]}}}, {"audience": {"tags": {"skin_type": ["干性"]}}}, False),
    ],
)
def test_one_question_for_the_same_people_at_one_time_has_one_answer(
    one: dict[str, object], other: dict[str, object], contradict: bool
) -> None:
    found = faults(a=a_file(plain("a", "能退吗", **one)), b=a_file(plain("b", "多久", " 能退吗 ", **other)))
    assert [(file, place) for file, place, _ in found] == ([("b.yml", "[0].questions[1]")] if contradict else [])


def test_the_brands_spelling_decides_what_is_the_same_question() -> None:
    files = {"a.yml": a_file(plain("a", "能開發票嗎"), plain("b", "能开发票吗"))}
    same = {"能開發票嗎": "能开发票吗"}
    assert list(schema.disagreements(files)) == []
    assert len(list(schema.disagreements(files, lambda text: same.get(text, text)))) == 1


def test_a_question_written_twice_in_one_entry_is_told() -> None:
    ((_, place, reason),) = faults(a=a_file(plain("a", "能退吗", "能退吗")))
    assert place == "[0].questions[1]"
    assert "写了两遍" in reason
