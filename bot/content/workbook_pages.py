"""What a sheet of the workbook is: its columns, what names a thing, and whether a thing has several rows."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.content import workbook_forms as forms
from bot.content.items import Kind
from bot.content.workbook_forms import Form

ABOUT: Final = "说明"
"""The first sheet, which tells how to use the others."""
REST: Final = "其他"
"""The column of what has no column of its own, as JSON."""
WHOLE_REST: Final = "整条其他"
"""The same for what holds for all rows of one thing."""
ORDER: Final = "顺序"
OPTIONAL_IDS: Final = frozenset({"只在"})
"""Heads of what names a thing only where it is written."""
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column."""

    head: str
    path: Path
    """Keys of FORMATS §1; for rows of one thing those inside the row, unless ``whole``."""
    form: Form = forms.TEXT
    width: int = 14
    about: str = ""
    """What stands in the header's remark, besides the key."""
    whole: bool = False
    """Belongs to the thing, not to the row: the same on all its rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One sheet."""

    kind: Kind
    title: str
    ids: tuple[Column, ...]
    """What names the thing; all of them are needed."""
    columns: tuple[Column, ...]
    rows: str = ""
    """Under which key the rows of one thing stand; empty where a thing is one row."""
    needed: tuple[str, ...] = ()
    """Heads without which the sheet cannot be read, besides those of ``ids``."""
    aliases: Mapping[str, str] | None = None
    """Other words for a head → the head."""

    @property
    def wholes(self) -> tuple[Column, ...]:
        """The columns of the thing, where it has several rows."""
        return tuple(one for one in self.columns if one.whole)

    @property
    def own(self) -> tuple[Column, ...]:
        """The columns of a row."""
        return tuple(one for one in self.columns if not one.whole)

    @property
    def heads(self) -> tuple[str, ...]:
        """All heads in order, those of the program's own columns included."""
        more = (ORDER, REST, WHOLE_REST) if self.rows else (() if not self.columns else (REST,))
        return (*(one.head for one in self.ids), *(one.head for one in self.columns), *more)


def evened(head: str) -> str:
    """A head or title without what people add to it: widths of letters, blanks, stars, (必填), remarks on units."""
    told = unicodedata.normalize("NFKC", head).casefold()
    return re.sub(r"[\s*:：_]|\(必填\)|\(选填\)|\(可选\)|必填$", "", told)
