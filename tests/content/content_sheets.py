"""Workbooks as ops leave them: opened, changed and saved again by a program that knows nothing of ours."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from content_workspaces import ENTRY, GUIDES, PRODUCTS, files
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.content.items import Edit, Key
from bot.content.workbook import edits_of, workbook_of
from bot.errors import ContentError

GREET = """
id: greet
family: 招呼语
variants:
  - {text: "{称呼|亲}你好", weight: 2}
  - {text: 在的, channels: [web], audience: {levels: [gold], tags: {skin_type: [干性]}}}
"""
TRAINING = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 在吗
      - 你好呀
  - intent: return_goods
    examples: |
      - 能退吗
"""
BRAND = """
name: 花间集
persona: {name: 小花, greeting_by_name: true}
hours: {mon-fri: "10:00-22:00"}
service: {take_within: 3, high_value: [gold]}
"""


def small() -> dict[str, bytes]:
    """A brand with a little of everything."""
    return files(
        brand_yml=BRAND,
        guides_yml=GUIDES,
        knowledge__entries__a_yml=ENTRY,
        scripts__replies__greet_yml=GREET,
        intents__training__a_yml=TRAINING,
        intents__spellings__a_yml="category: {面霜: [霜, 擦脸油], 精华: [精华液]}",
        recommender__products_csv=PRODUCTS,
        recommender__tags_yml="tags: {skin_type: {values: [干性, 油性], exclusive: true}}",
        recommender__rules__a_yml="- {id: pin, when: {category: 面霜}, pin: [sku-1], from: 2026-06-01, until: 2026-06-20}",
        tests__dialogues__a_yml="- {say: 在吗, script: greet, entry: null}\n- {say: 能退吗, entry: return-window}",
    )


def opened(live: Mapping[str, bytes]) -> Workbook:
    """The exported workbook, as a program opens it."""
    return load_workbook(io.BytesIO(workbook_of(live)))


def saved(book: Workbook) -> bytes:
    """As a program saves it."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def column(page: Worksheet, head: str) -> int:
    """The number of the column with this head."""
    return next(place for place, cell in enumerate(page[1], 1) if cell.value == head)


def edits(live: Mapping[str, bytes], change: Callable[[Workbook], object]) -> dict[Key, object]:
    """What comes of a change to the exported workbook."""
    book = opened(live)
    change(book)
    return told(edits_of(saved(book), live))


def told(found: tuple[Edit, ...]) -> dict[Key, object]:
    """Key → value of edits."""
    return {edit.key: edit.value for edit in found}


def faults(live: Mapping[str, bytes], change: Callable[[Workbook], object]) -> list[tuple[str, int | None, str, str]]:
    """(sheet, row, column, reason) of what is refused."""
    book = opened(live)
    change(book)
    return refused(saved(book), live)


def refused(data: bytes, live: Mapping[str, bytes]) -> list[tuple[str, int | None, str, str]]:
    """(sheet, row, column, reason) of what is refused of a workbook."""
    try:
        edits_of(data, live, name="表.xlsx")
    except ContentError as error:
        return [(one.file.removeprefix("表.xlsx › "), one.line, one.key, one.reason) for one in error.problems]
    return []


def with_part(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The same file with one of its parts changed by hand."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            inside = old.read(part)
            new.writestr(part.filename, change(inside.decode()).encode() if re.fullmatch(name, part.filename) else inside)
    return written.getvalue()
