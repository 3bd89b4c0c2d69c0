"""One text by itself: placeholders, what was left unfinished, length, the law's words, the voice of the brand."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, Piece, Severity, pieces, told
from scripts.limits import LIMITS, too_long
from scripts.persona import Persona, misfits
from scripts.placeholders import broken, fill, names

_PLACEHOLDER: Final = re.compile(r"\{([^{}|\s]+)(?:\|([^{}]*))?\}")
_HANGING: Final = re.compile(r"(?:[的在给和跟请叫找约从让把被由对为与及是]|亲爱|尊敬)$")
_STOP: Final = re.compile(r"^\s*(?:[，。！？、；：,.!?;:～~）」』”]|$)")
_PAUSE: Final = "，、；：,;:"
_LEFT: Final = re.compile(
    r"[xX×]{2,}(?=元|天|店|号|折|日|月|件|点|年|小时|分)|(?<![A-Za-z])[xX]{3,}(?![A-Za-z])|(?<![A-Za-z])(?:TO(?:DO)|TBD|FIX(?:ME))(?![A-Za-z])|待补充|待定稿"
    r"|此处填写|此处替换|请替换|某某|某店|【\s*】|（\s*）|\(\s*\)|「\s*」|_{3,}|\?{3,}|？{3,}|\ufffd|锟斤拷|lorem|%s|\$\{|<[a-z/][^>]*>|&nbsp;|\\n",
    re.IGNORECASE,
)  # fmt: skip
LONGEST_READ: Final = 300
"""Signs of a message that is still read on a phone; the longest of the demo brand has 140."""
_LONG_IN_GROUP: Final = 120
"""Signs of an answer that is a burden in a group where it has no short form; the longest such answer of the demo brand has 90."""
_SALE: Final = re.compile(r"券|优惠|满\d|折扣|打折|\d折|下单|抢购|促销|秒杀|特价|立减|¥|￥|\d+元|购买|爆款|清仓|囤货")
_BIRTHDAY: Final = re.compile(r"生日")


@dataclass(frozen=True, slots=True)
class Said:
    """What texts are compared with."""

    facts: Callable[[str], Collection[str]]
    """Id of a script → placeholders that it may use."""
    everywhere: Collection[str]
    persona: Persona


def marks(item: Item, said: Said) -> Iterator[Mark]:
    """What is wrong with the texts of an item, each by itself."""
    for piece in pieces(item):
        yield from _left(piece)
        if piece.said:
            yield from _placeholders(item, piece, said)
            yield from _long(item, piece)
            yield from _voice(item, piece, said)
    yield from _no_short(item)
    yield from _family(item)


def _left(piece: Piece) -> Iterator[Mark]:
    if found := _LEFT.search(piece.text):
        yield _at(
            piece, "text.unfinished", "block", found.span(), "像是模板里没填的地方，顾客会原样看到", "填上真正的内容，或者删掉"
        )


def _placeholders(item: Item, piece: Piece, said: Said) -> Iterator[Mark]:
    text = piece.text
    facts = frozenset(said.facts(item.key.id)) if item.key.kind == "script" else frozenset(said.everywhere)
    if not piece.filled:
        for found in _PLACEHOLDER.finditer(text):
            yield _at(
                piece, "placeholder.misplaced", "block", found.span(), "这里不会换成真的内容，顾客会看到花括号", "直接写出内容"
            )
        if broken(text):
            yield _whole(piece, "placeholder.misplaced", "block", text, "这里的花括号会原样发给顾客", "去掉花括号")
        return
    yield from _look_alikes(piece, facts)
    if item.key.kind in {"macro", "script", "post"}:
        if broken(text) or "{{" in text:
            yield _whole(piece, "placeholder.broken", "block", text, "花括号没有配对", "写成 {称呼} 或 {称呼|亲}")
        for name in dict.fromkeys(names(text)):
            if name not in facts:
                offered = "、".join(sorted(facts))
                yield _whole(
                    piece, "placeholder.unknown", "block", f"{{{name}}}", f"程序没有“{name}”可填", f"可用的有：{offered}"
                )
    yield from _holes(piece)


@lru_cache(maxsize=512)
def _loose(facts: frozenset[str]) -> re.Pattern[str]:
    """Placeholders in other brackets than curly ones of half width."""
    known = "|".join(sorted(map(re.escape, facts), key=len, reverse=True)) or "(?!)"
    return re.compile(
        rf"｛\s*[^｛｝{{}}]*[｝}}]|\{{\s*(?:{known})[^{{}}]*｝|[$#%@]\s*(?:{known})|\{{(?:{known})｜"
        rf"|[（(\[【<《]\s*(?:{known})\s*(?:[|｜][^）)\]】>》]*)?[）)\]】>》]"
    )


def _look_alikes(piece: Piece, facts: frozenset[str]) -> Iterator[Mark]:
    for found in _loose(facts).finditer(piece.text):
        curly = bool(re.search(r"[｛｝｜{}$%]", found[0]))
        why = "括号不是英文花括号，程序认不出来，会原样发出去"
        yield _at(
            piece, "placeholder.broken", "block" if curly else "warn", found.span(), why, "用英文花括号，写成 {称呼} 或 {称呼|亲}"
        )


def _holes(piece: Piece) -> Iterator[Mark]:
    """Placeholders with an empty fall-back that leave a sentence without its object."""
    for found in _PLACEHOLDER.finditer(piece.text):
        if found[2] is None or found[2].strip():
            continue
        before, after = piece.text[: found.start()].rstrip(), piece.text[found.end() :]
        begins = not before or before[-1] in "。！？!?\n"
        hangs = bool(_HANGING.search(before)) or (bool(before) and before[-1] in _PAUSE)
        if _STOP.match(after) and ((begins and after.strip()[:1] in {*_PAUSE} - {""}) or (hangs and not begins)):
            why = f"没有“{found[1]}”的时候，这里会空出一截：“{(fill(piece.text, {}) or before + after)[:24]}”"
            yield _at(piece, "placeholder.hole", "block", found.span(), why, f"写上没有时说什么，例如 {{{found[1]}|您}}")


def _long(item: Item, piece: Piece) -> Iterator[Mark]:
    for channel in sorted(piece.whom.channels or LIMITS):
        if too_long(piece.text, channel):
            why = f"{channel} 一条最多 {LIMITS[channel]} 字节，这段有 {len(piece.text.encode())} 字节，会被截断"
            yield _whole(piece, "text.long", "block", piece.text[:20], why, "拆成几条，或者放进链接里")
            return
    if len(piece.text) > LONGEST_READ and item.key.kind != "brand":
        why = f"有 {len(piece.text)} 个字，手机上要翻好几屏"
        yield _whole(piece, "text.long", "warn", piece.text[:20], why, f"压到 {LONGEST_READ} 字以内，细节放进链接")


def _no_short(item: Item) -> Iterator[Mark]:
    value = item.value
    if item.key.kind != "entry" or value.get("private") or value.get("short"):
        return
    answer = told(value, "answer")
    if len(answer) > _LONG_IN_GROUP:
        why = f"答案有 {len(answer)} 个字，群里会整段贴出来"
        yield Mark("text.group", "warn", ("answer",), answer[:20], why, "加一句 short，群里说短的")


def _voice(item: Item, piece: Piece, said: Said) -> Iterator[Mark]:
    if item.key.kind not in {"script", "entry", "post", "macro"}:
        return
    for one in misfits(piece.text, said.persona):
        severity: Severity = "block" if one.rule == "forbidden" else "warn"
        rule = "persona.forbidden" if one.rule == "forbidden" else "persona.voice"
        yield _at(piece, rule, severity, (one.start, one.end), one.why, one.way_out)


def _family(item: Item) -> Iterator[Mark]:
    if item.key.kind != "script" or item.value.get("family") not in {"招呼语", "日常聊天"}:
        return
    for piece in pieces(item):
        birthday = "birthday" in item.key.id or _BIRTHDAY.search(piece.text)
        sale = _SALE.search(_PLACEHOLDER.sub("", piece.text)) if not names(piece.text) or birthday else None
        if sale and birthday:
            yield _at(
                piece,
                "family.birthday",
                "warn",
                sale.span(),
                "生日问候里带了卖货的话，顾客会觉得祝福是假的",
                "只祝福；要送券另发一条",
            )
        elif sale and item.value.get("family") == "日常聊天":
            yield _at(piece, "family.sale", "warn", sale.span(), "日常聊天里带了卖货的话", "挪到资讯分享，或者去掉")


def _at(piece: Piece, rule: str, severity: Severity, span: tuple[int, int], why: str, way_out: str) -> Mark:
    return Mark(rule, severity, piece.path, piece.text[span[0] : span[1]], why, way_out, *span)


def _whole(piece: Piece, rule: str, severity: Severity, words: str, why: str, way_out: str) -> Mark:
    start = max(piece.text.find(words), 0)
    return Mark(rule, severity, piece.path, words, why, way_out, start, start + len(words))
