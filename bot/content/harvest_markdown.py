"""Questions and answers in Markdown: headings over their text, lists and paragraphs of Q and A, tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.content.harvest_table import grid_pairs
from bot.content.harvest_text import asks, text_pairs
from bot.content.harvest_values import Pair, Reading
from bot.errors import Problem

_NEST: Final = 20
"""Levels of lists and quotations; deeper ones are read as text."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the document in its order: a heading (level 1–6), a paragraph or item (0), or a table's rows (-1)."""

    level: int
    text: str
    line: int
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading (none for what stands before the first) with the blocks below it."""

    heading: _Block | None
    asks: bool
    blocks: tuple[_Block, ...] = ()
    parent: bool = False
    """Deeper headings follow at once: it is a title, no question without an answer."""

    @property
    def answer(self) -> str:
        return _answer("\n".join(block.text for block in self.blocks).strip())

    @property
    def page(self) -> str:
        """The text with each block at its line of the document."""
        lines: list[str] = []
        for block in self.blocks:
            lines += [""] * (block.line - 1 - len(lines)) + block.text.split("\n")
        return "\n".join(lines)


def markdown_pairs(file: str, text: str) -> Reading:
    """Tables, headings that ask, and 问：/答： below any other heading; what has none of these is a title over its text."""
    parser = MarkdownIt("commonmark", {"maxNesting": _NEST, "html": False}).enable("table")
    blocks = tuple(_blocks(parser.parse(text)))
    tables = [_shifted(grid_pairs(file, one.rows), one.line) for one in blocks if one.level < 0]
    pairs = [pair for reading in tables for pair in reading.pairs]
    problems = [problem for reading in tables if reading.pairs for problem in reading.problems]
    plain: list[Pair] = []
    for section in _sections(blocks):
        told = Pair((_bare(section.heading.text),), section.answer, section.heading.line) if section.heading else None
        if told is not None and section.asks and told.answer:
            pairs.append(told)
        elif inside := text_pairs(file, section.page).pairs:
            pairs += inside
        elif told is not None and told.answer:
            plain.append(told)
        elif told is not None and section.asks and not section.parent:
            problems.append(Problem(file, told.line, "", f"“{told.questions[0][:30]}”后面没有答案，没有导入"))
    if not pairs and not plain and not problems:
        return text_pairs(file, text)
    return Reading(tuple(sorted(pairs or plain, key=lambda pair: pair.line or 0)), tuple(problems))


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    rows: list[list[str]] | None = None
    heading, table, item = 0, 0, ""
    for token in tokens:
        line = (token.map[0] + 1) if token.map else 0
        if token.type in {"heading_open", "heading_close"}:
            heading = int(token.tag[1]) if token.nesting > 0 else 0
        elif token.type == "table_open":
            table, rows = line, []
        elif token.type == "table_close":
            yield _Block(-1, "", table, tuple(map(tuple, rows or ())))
            rows = None
        elif token.type == "tr_open" and rows is not None:
            rows.append([])
        elif token.type == "list_item_open":
            item = f"{token.info}. " if token.info else ""
        elif token.type == "inline" and rows is not None:
            rows[-1].append(_said(token))
        elif token.type in {"inline", "fence", "code_block"}:
            yield _Block(heading, item + (_said(token) if token.type == "inline" else token.content.strip()), line)
            item = ""


def _said(token: Token) -> str:
    """The words of a line: links by their text, pictures left out, breaks kept."""
    parts = []
    for one in token.children or ():
        if one.type in {"text", "code_inline"}:
            parts.append(one.content)
        elif one.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
    return "".join(parts).strip()


def _sections(blocks: Sequence[_Block]) -> Iterator[_Section]:
    """The document heading by heading; deeper headings that do not ask belong to the answer of one that does.

    Where at least half the headings of a level ask, all of that level do: 退货运费谁出 needs no question mark beside others.
    """
    levels = {level: [asks(one.text) for one in blocks if one.level == level] for level in range(1, 7)}
    all_ask = {level for level, told in levels.items() if len(told) > 1 and sum(told) * 2 >= len(told)}
    now = _Section(None, asks=False)
    for block in (one for one in blocks if one.level >= 0):
        level = now.heading.level if now.heading else 0
        asking = block.level in all_ask or (block.level > 0 and asks(block.text))
        if block.level == 0 or (now.asks and block.level > level and not asking):
            now = replace(now, blocks=(*now.blocks, block))
            continue
        yield replace(now, parent=not now.blocks and block.level > level)
        now = _Section(block, asking)
    yield now


def _bare(heading: str) -> str:
    """A heading without Q: or its number."""
    found = text_pairs("", f"{heading}\n答：-").pairs
    return found[0].questions[0] if found else heading


def _answer(text: str) -> str:
    first, _, rest = text.partition("\n")
    for mark in ("答：", "答:", "A：", "A:", "a:", "回答："):
        if first.startswith(mark):
            return f"{first.removeprefix(mark).strip()}\n{rest}".strip()
    return text


def _shifted(reading: Reading, line: int) -> Reading:
    """Rows of a table in the document's lines; the line of dashes counts, too."""
    pairs = tuple(replace(one, line=line + (one.line or 1) - 1 + ((one.line or 1) > 1)) for one in reading.pairs)
    return Reading(pairs, tuple(replace(one, line=line + (one.line or 1)) for one in reading.problems))
