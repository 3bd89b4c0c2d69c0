"""Whatever stands in content comes back from a workbook as it was: odd characters, types, empty and missing."""

import json
from collections.abc import Mapping

import yaml
from content_sheets import opened, saved
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.editing import applied
from bot.content.items import Key, items
from bot.content.workbook import edits_of, workbook_of
from bot.content.workbook_cells import grids, unescaped
from bot.content.workbook_edits import outcome
from bot.content.workbook_forms import CLOCK, DAY, MOMENT, NULLABLE, NUMBER, PRICE, TEXT, TRUTH, Form, fits, labelled, same
from bot.content.workbook_lists import ANYTHING, LINES, MAPPING, RECORDS, TRUTH_OR_WORDS, WORDS, mapping, records
from bot.content.workbook_reading import sheets
from bot.content.workbook_writing import CELL, escaped, parts

FORMS = (
    TEXT, TRUTH, NUMBER, PRICE, DAY, CLOCK, MOMENT, NULLABLE, WORDS, LINES, MAPPING, RECORDS, ANYTHING, TRUTH_OR_WORDS,
    mapping("words"), mapping("count"), mapping("link", {"a": "甲"}, lines=True), records({"url": "网址"}), labelled({"bot": "助手"}),
)  # fmt: skip
SIGNS = st.one_of(
    st.sampled_from("、，,；;：:\n\r\t 　=+-@'\"_x0D是否（无）JSON[]{}#😀\u200b\u2028\x85\x7f0123456789.a"),
    st.characters(codec="utf-8", exclude_characters="\0"),
)
TEXTS = st.one_of(
    st.text(SIGNS, max_size=12),
    st.sampled_from(["是", "否", "007", "2026-01-01", "10:00", "JSON：1", "_x000D_", "甲：乙", "1e3", "79.90", "（无）", "a、b"]),
)
SCALARS = st.one_of(
    TEXTS, st.booleans(), st.integers(-(10**16), 10**16), st.floats(allow_nan=False, allow_infinity=False), st.none()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)), max_leaves=8
)


@given(st.sampled_from(FORMS), VALUES)
@settings(max_examples=300, deadline=None)
def test_every_form_reads_back_what_it_shows(form: Form, value: object) -> None:
    plain = json.loads(json.dumps(value))
    text = form.shown(plain)
    if plain in (None, "", [], {}) and not isinstance(plain, bool | int | float):
        assert text == form.nothing * (plain is None)
    else:
        assert same(form.value(text, plain), plain)


@given(st.text(SIGNS, max_size=60))
@settings(max_examples=60, deadline=None)
def test_escaped_texts_fit_and_come_back(text: str) -> None:
    assert unescaped(escaped(text)) == text
    long = text * 2000
    assert "".join(parts(long)) == long
    assert all(len(escaped(part).encode("utf-16-le")) // 2 <= CELL for part in parts(long))


@given(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2)).map(str))
def test_a_number_is_only_written_as_one_where_excel_keeps_it(text: str) -> None:
    assert not fits(text) or f"{float(text):.15g}" == f"{float(f'{float(text):.15g}'):.15g}"


ENTRY = st.fixed_dictionaries(
    {"id": st.text(SIGNS, min_size=1, max_size=6), "questions": st.lists(TEXTS, max_size=3), "answer": TEXTS},
    optional={
        "short": TEXTS,
        "valid_from": st.one_of(st.dates().map(str), TEXTS),
        "private": st.booleans(),
        "audience": st.dictionaries(st.sampled_from(["levels", "stores", "tags", "other"]), VALUES, max_size=3),
        "attachments": st.lists(st.dictionaries(st.sampled_from(["kind", "title", "url"]), TEXTS), max_size=2),
        "related": VALUES,
        "future": VALUES,
    },
)
VARIANT = st.dictionaries(
    st.sampled_from(["text", "weight", "channels", "audience", "first", "hours", "new"]), VALUES, max_size=4
)
SCRIPT = st.fixed_dictionaries(
    {"id": st.sampled_from(["greet", "a b", "=x"]), "variants": st.one_of(st.lists(VARIANT, max_size=3), VALUES)},
    optional={"family": TEXTS, "scope": VALUES, "experiment": VALUES, "more": VALUES},
)


def _content(entries: list[Mapping[str, object]], script: Mapping[str, object]) -> dict[str, bytes]:
    return {
        "knowledge/entries/a.yml": yaml.safe_dump(json.loads(json.dumps(entries)), allow_unicode=True).encode(),
        "scripts/replies/a.yml": yaml.safe_dump(json.loads(json.dumps(script)), allow_unicode=True).encode(),
    }


@given(st.lists(ENTRY, max_size=3, unique_by=lambda one: str(one["id"]).strip()), SCRIPT)
@settings(max_examples=15, deadline=None)
def test_exported_content_gives_no_edit_whatever_it_holds(
    entries: list[Mapping[str, object]], script: Mapping[str, object]
) -> None:
    live = _content(entries, script)
    data = workbook_of(live, kinds=["entry", "script"])
    assert edits_of(data, live) == ()
    assert edits_of(saved(opened(live)), live) == (), "saved by another program"


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS, st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_a_row_moved_to_another_brand_says_the_same_there(questions: list[str], answer: str, weight: int) -> None:
    """Against an empty content every filled field is new, and comes out as it was put in."""
    entry = {"id": "a", "questions": [one for one in questions if one.strip()] or ["问"], "answer": answer.strip() or "答"}
    live = _content(
        [entry], {"id": "greet", "family": "招呼语", "variants": [{"text": answer.strip() or "好", "weight": weight + 1}]}
    )
    book = grids("", workbook_of(live, kinds=["entry", "script"]))
    found = [edit for sheet in sheets(book)[0] for edit in outcome(sheet.page, sheet.told, {}).edits]
    fresh = items(applied({}, found))
    for key, item in items(live).items():
        assert _tidied(fresh[key].value) == _tidied(item.value)
    assert set(fresh) == set(items(live)) == {Key("entry", "a"), Key("script", "greet")}


def _tidied(value: object) -> object:
    """Texts as the content's own models read them: without blanks at their ends."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Mapping):
        return {name: _tidied(one) for name, one in value.items()}
    return [_tidied(one) for one in value] if isinstance(value, list) else value
