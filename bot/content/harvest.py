"""Growing the base from what a shop already has: any files in, draft entries out, cleaned and with their origin; never live.

Pure over bytes. What cannot be read is told with its file and line; the other lines and files are read all the same.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from bot.content.harvest_cleaning import STEPS, clean, invisible, repeated_lines, width
from bot.content.harvest_html import html_pairs
from bot.content.harvest_markdown import markdown_pairs
from bot.content.harvest_table import csv_pairs, excel_pairs
from bot.content.harvest_text import asks, text_pairs
from bot.content.harvest_values import LONGEST_ANSWER, LONGEST_QUESTION, Pair, Reading, Sprout
from bot.errors import ContentError, Problem

LARGEST: Final = 20_000_000
"""Bytes of one file."""
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_LEADING: Final = re.compile(
    r"^\s*(?:[（(]?\d{1,3}\s*[.、．)）]\s*|[一二三四五六七八九十]{1,3}、\s*|第[一二三四五六七八九十百\d]{1,4}[条问]\s*[、:：]?\s*)?"
    r"(?:[【\[](?:问题?|[QqＱ])\s*\d{0,3}\s*[】\]]\s*[:：]?\s*|(?:问题?|[QqＱ])\s*\d{0,3}\s*[:：.、．]\s*)?"
)
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_ID: Final = re.compile(r"[\w.-]{1,64}")
_LINES_ONLY: Final = frozenset({"广告", "网页套话", "页码", "重复的句子"})
KINDS: Final = (".md", ".markdown", ".csv", ".tsv", ".xlsx", ".xlsm", ".html", ".htm", ".txt")


@dataclass(frozen=True, slots=True)
class Harvest:
    """What all files gave together."""

    sprouts: tuple[Sprout, ...]
    problems: tuple[Problem, ...]


def harvest(files: Sequence[tuple[str, bytes]], near: Callable[[Sequence[str]], str | None] = lambda _: None) -> Harvest:
    """Drafts out of files (name, bytes), in their order; ``near`` names the existing entry that the questions are much like."""
    readings = [(name, _read(name, data)) for name, data in files]
    common = repeated_lines([_lines_of(reading) for _, reading in readings if reading.pairs])
    sprouts: dict[str, Sprout] = {}
    problems: list[Problem] = []
    for name, reading in readings:
        problems += reading.problems
        for one in _sprouts(name, reading.pairs, common, problems):
            sprouts[one.id] = one
    marked = (_marked(one, near(_questions(one))) for one in sprouts.values())
    return Harvest(tuple(marked), tuple(dict.fromkeys(problems)))


def _read(name: str, data: bytes) -> Reading:
    """One file by its suffix; whatever is wrong with it is a problem of its own, no reason to stop."""
    kind = PurePosixPath(name.lower()).suffix
    if not data.strip():
        return Reading((), (Problem(name, None, "", "文件是空的"),))
    if len(data) > LARGEST:
        reason = f"文件太大了（{len(data) // 1_000_000} MB），最多 {LARGEST // 1_000_000} MB"
        return Reading((), (Problem(name, None, "", reason),))
    try:
        if kind in {".xlsx", ".xlsm"}:
            return excel_pairs(name, data)
        return _by_text(kind, name, _decoded(name, data, html=kind in {".html", ".htm"}))
    except ContentError as error:
        return Reading((), error.problems)


def _by_text(kind: str, name: str, text: str) -> Reading:
    if kind in {".html", ".htm"}:
        return html_pairs(name, text)
    if kind in {".csv", ".tsv"}:
        return csv_pairs(name, text, "\t" if kind == ".tsv" else None)
    plain = width(invisible(text))
    if kind in {".md", ".markdown"}:
        return markdown_pairs(name, plain)
    if kind == ".txt":
        return text_pairs(name, plain)
    words = "旧的 .xls 请另存为 .xlsx" if kind == ".xls" else f"可以导入的有：{'、'.join(KINDS)}"
    raise ContentError([Problem(name, None, "", f"不认识这种文件；{words}")])


def _decoded(name: str, data: bytes, *, html: bool) -> str:
    """UTF-8 with or without BOM, UTF-16 with one, what a page declares, else GB18030 (which holds GBK); raises ContentError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    else:
        declared = _CHARSET.search(data[:4096]) if html else None
        tried = ["utf-8-sig", *([declared[1].decode("ascii")] if declared else []), "gb18030"]
    for encoding in tried:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise ContentError([Problem(name, None, "", "认不出文字编码，请另存为 UTF-8（表格选“CSV UTF-8”）")])


def _lines_of(reading: Reading) -> str:
    return "\n".join(pair.answer for pair in reading.pairs)


def _sprouts(name: str, pairs: Sequence[Pair], common: frozenset[str], problems: list[Problem]) -> Iterator[Sprout]:
    """The drafts of one file: cleaned, the same answer's questions together."""
    whole: dict[tuple[str, object], Sprout] = {}
    asked: dict[str, str] = {}
    for pair in pairs:
        one, reason = _sprout(name, pair, common)
        if one is None:
            problems.append(Problem(name, pair.line, "", reason))
            continue
        key = (str(one.entry["answer"]), str(one.entry.get("valid_from")) + str(one.entry.get("valid_until")))
        if (same := whole.get(key)) is not None:
            questions = dict.fromkeys((*_questions(same), *_questions(one)))
            whole[key] = replace(same, entry={**same.entry, "questions": list(questions)})
            continue
        first = _questions(one)[0]
        if first in asked:
            note = f"同一个问题在 {asked[first]} 有另一个答案，只能留一个"
            one = replace(one, id=_named(name, first, str(one.entry["answer"])), note=_joined(one.note, note))
            one = replace(one, entry={**one.entry, "id": one.id})
        asked.setdefault(first, one.origin)
        whole[key] = one
    yield from whole.values()


def _sprout(name: str, pair: Pair, common: frozenset[str]) -> tuple[Sprout | None, str]:
    """A draft, or why there is none."""
    notes: dict[str, None] = {}
    questions = [found for raw in pair.questions if (found := question(raw, notes))]
    answer = _answer(pair.answer, common, notes)
    if not questions or not answer:
        return None, "清理之后没有剩下" + ("答案" if questions else "问题") + "，没有导入"
    if len(answer) > LONGEST_ANSWER:
        return None, f"“{questions[0][:30]}”的答案有 {len(answer)} 个字，最多 {LONGEST_ANSWER} 个，请拆成几条"
    more = pair.more or {}
    told = more.get("id", "")
    id_ = told if _ID.fullmatch(told) and not told.isdigit() else _named(name, questions[0])
    entry: dict[str, object] = {
        "id": id_,
        "questions": list(dict.fromkeys(questions)),
        "answer": answer,
        "source": clean(more.get("source", ""))[0] or name,
        **({"short": clean(more["short"])[0]} if more.get("short") else {}),
        **_dates(more, notes),
        **({"tags": [tag for tag in re.split(r"[;；,，、|/\s]+", more["tags"]) if tag]} if more.get("tags") else {}),
    }
    place = pair.place or (str(pair.line) if pair.line else "")
    note = (
        f"清理了：{'、'.join(one for one in notes if not one.startswith('!'))}"
        if any(not n.startswith("!") for n in notes)
        else ""
    )
    note = _joined(note, *(one.removeprefix("!") for one in notes if one.startswith("!")))
    return Sprout(id_, entry, f"{name}:{place}" if place else name, note), ""


def question(raw: str, notes: dict[str, None] | None = None) -> str:
    """A question on one line, without its number and mark; empty where it is none. ``notes`` is told what was cleaned."""
    text, cleaned = clean(raw)
    if not text.strip():
        text, cleaned = _gently(raw), ()
    text = " ".join(text.split())
    text = _LEADING.sub("", text).strip() or text
    if notes is not None:
        notes |= dict.fromkeys(cleaned)
    return text if any(map(str.isalnum, text)) and len(text) <= LONGEST_QUESTION else ""


def _answer(raw: str, common: frozenset[str], notes: dict[str, None]) -> str:
    """The answer without dirt; one that would be nothing but dirt is kept, for a person to judge."""
    lines = raw.split("\n")
    kept = [line for line in lines if line.strip() not in common]
    if len(kept) < len(lines) and any(line.strip() for line in kept):
        notes["每页都有的内容"] = None
        raw = "\n".join(kept)
    text, cleaned = clean(raw)
    if not text:
        text = _gently(raw)
        if text:
            notes["!答案整段像广告或网页套话，请看一下"] = None
        return text
    notes |= dict.fromkeys(cleaned)
    return text


def _gently(text: str) -> str:
    """Cleaned sign by sign only: no line goes."""
    for name, step in STEPS:
        if name not in _LINES_ONLY:
            text = step(text)
    return text.strip()


def _dates(more: Mapping[str, str], notes: dict[str, None]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in ("valid_from", "valid_until"):
        told = more.get(name, "")
        day = _DAY.search(told)
        try:
            if day is not None:
                found[name] = date(int(day[1]), int(day[2]), int(day[3])).isoformat()
        except ValueError:
            day = None
        if told and day is None:
            notes[f"!看不懂日期“{told[:20]}”，没有填"] = None
    return found


def _named(*parts: str) -> str:
    return "draft-" + hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=5).hexdigest()


def _questions(one: Sprout) -> Sequence[str]:
    told = one.entry["questions"]
    return [str(each) for each in told] if isinstance(told, list) else []


def _joined(*notes: str) -> str:
    return "；".join(filter(None, notes))


def _marked(one: Sprout, near: str | None) -> Sprout:
    plain = "" if any(map(asks, _questions(one))) or len(_questions(one)[0]) <= 30 else "问题很长，请改成顾客会问的话"
    return replace(one, note=_joined(one.note, f"和 {near} 很像" if near else "", plain))
