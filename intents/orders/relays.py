"""Lists that people paste on (#接龙): head, numbered entries, and whose each one is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from intents.orders import words
from intents.orders.scanning import Scanner, Token
from intents.orders.written import folded

_NUMBERED = re.compile(r"^\s*(?:#?接龙\s*)?(\d{1,3})\s*[.、):,](?!\d)\s*(.*)$|^\s*#?接龙\s*(\d{1,3})\s+(\D.*)$")
_SPACED = re.compile(r"^\s*(\d{1,3}) (\D.*)$")
_INLINE = re.compile(r"(?<![\d.])(\d{1,3})[.、)](?!\d)\s?")
_START = re.compile(r"^\W*(?:群)?接龙")
_BREAK = re.compile(r"[\s,:;|/()\-—–·+=>【】\[\]、]+")
_TITLE = re.compile(r"^(?:阿姨|叔叔?|姐姐?|哥哥?|老师|妈妈?|爸爸?|奶奶|爷爷|先生|女士|太太|医生|总|家)$")
_KIN = re.compile(
    r"^(?:妈妈?|爸爸?|姐姐?|哥哥?|妹妹?|弟弟?|奶奶|爷爷|阿姨|叔叔?|宝宝|家|麻麻|粑粑"
    r"|老婆|老公|媳妇|儿子|女儿|闺女|婆婆|公公|爱人)"
)
_FIRST = re.compile(r"^\s*(?:#?接龙\s*)?[01]\s*[.、):, ]")
_PRICE = re.compile(r"\d\s?(?:元|块|¥)|[¥￥]\s?\d|\d/[\u4e00-\u9fff]")
_LINES = 2
"""Lines that make a list where neither a head nor numbers do."""
_NAME = 64
"""Characters of a person's name at most."""
_TRIM = "@ ,:;|/()-—–_·+~=>【】[]、"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list; ``name`` empty where it bears none."""

    name: str
    body: str
    example: bool = False


@dataclass(frozen=True, slots=True)
class Relay:
    """A list as pasted."""

    head: str
    entries: Sequence[Entry]
    partial: bool = False
    """Only some of the entries; nobody who is missing was taken out."""


def relay_of(text: str, names: Mapping[str, str], scanner: Scanner) -> Relay | None:
    """The list in a text in one spelling, or None; ``names``: how the senders known are spelled, to how they are written."""
    started = _START.search(text) is not None
    if not started and not re.search(r"(?:^|\n)\s*\d{1,3}\s*[.、):, ]", text):
        return _unheaded(text.split("\n"), names, scanner)
    lines = _lines(text)
    head, found = _runs(lines, started)
    if not found:
        return _unnumbered(lines, names, scanner) if started else None
    entries = [_entry(body, names, scanner) for body in found if body.strip()]
    named = [one for one in entries if one.name]
    if not started and (not named or len(named) * 2 < len(entries) or (len(found) == 1 and not _ordered(named, scanner))):
        return None
    numbered = any(_numbered(line, spaced=True)[0] is not None for line in lines)
    return Relay(head, tuple(entries), partial=numbered and not any(_FIRST.match(line) for line in lines))


def _unheaded(lines: Sequence[str], names: Mapping[str, str], scanner: Scanner) -> Relay | None:
    """Lines that were copied out of a list: each begins with another known name and tells an amount."""
    told = [line.strip() for line in lines if line.strip()]
    if len(told) < _LINES or any(_known(line, names) is None for line in told):
        return None
    entries = [_entry(line, names, scanner) for line in told]
    ordered = all(_ordered([one], scanner) for one in entries)
    return Relay("", tuple(entries), partial=True) if ordered and len({one.name for one in entries}) == len(entries) else None


def _ordered(entries: Sequence[Entry], scanner: Scanner) -> bool:
    """Whether a single numbered line is a person's entry: 3. 王姐 两份."""
    return any(token.kind in {"amount", "item"} for one in entries for token in scanner.scan(one.body))


def _lines(text: str) -> Sequence[str]:
    """Lines; a list that was pasted as one line is broken at its numbers."""
    lines = text.split("\n")
    if len(lines) > 1 or len(_INLINE.findall(text)) < 2:
        return lines
    told = [int(one) for one in _INLINE.findall(text)]
    rising = all(later == earlier + 1 for earlier, later in pairwise(told))
    return _INLINE.sub(r"\n\1. ", text).split("\n") if rising else lines


def _runs(lines: Sequence[str], started: bool) -> tuple[str, Sequence[str]]:
    """The head, and the entries: the last run of numbers that is no list of prices or swaps."""
    spaced = sum(_SPACED.match(line) is not None for line in lines) >= 2 or started
    runs: list[list[str]] = []
    heads: list[str] = []
    last, blank = 0, False
    for line in lines:
        number, body = _numbered(line, spaced)
        if number is not None:
            if not runs or (
                number <= 1 and last >= 1 and number <= last and not (number == 1 and last == 1 and not runs[-1][-1].strip())
            ):
                runs.append([])
            if number == 0 or words.EXAMPLE.search(body):
                body = ""
            runs[-1].append(body)
            last = number
        elif not line.strip():
            blank = True
            continue
        elif runs and not blank and runs[-1] and not words.CLOSING.search(line) and not words.EXAMPLE.search(line):
            runs[-1][-1] += f" {line.strip()}"
        else:
            heads.append(line)
        blank = False
    wanted = [run for run in runs if not _priced(run)]
    return "\n".join((*heads, *(body for run in runs if _priced(run) for body in run))), wanted[-1] if wanted else ()


def _numbered(line: str, spaced: bool) -> tuple[int | None, str]:
    found = _NUMBERED.match(line) or (_SPACED.match(line) if spaced else None)
    if found is None:
        return None, ""
    groups = [one for one in found.groups() if one is not None]
    return int(groups[0]), groups[1]


def _priced(run: Sequence[str]) -> bool:
    """Whether a run of numbered lines tells prices or what may be swapped."""
    told = [body for body in run if body.strip()]
    return bool(told) and sum(_PRICE.search(body) is not None for body in told) * 2 > len(told)


def _unnumbered(lines: Sequence[str], names: Mapping[str, str], scanner: Scanner) -> Relay | None:
    """A list without numbers: below its head, lines that begin with a name and tell an amount."""
    entries, head = [], [lines[0]]
    for line in lines[1:]:
        tokens = scanner.scan(line)
        entry = _entry(line, names, scanner)
        told = any(token.kind == "amount" for token in tokens) and not _PRICE.search(line)
        if told and entry.name and not words.CLOSING.search(line) and not words.EXAMPLE.search(line):
            entries.append(entry)
        else:
            head.append(line)
    return Relay("\n".join(head), tuple(entries)) if entries else None


def _entry(body: str, names: Mapping[str, str], scanner: Scanner) -> Entry:
    """An entry's name apart from what it orders."""
    body = body.strip().lstrip("@")
    known = _known(body, names)
    if known is not None:
        return Entry(names[known], body[len(known) :].lstrip(_TRIM))
    tokens = list(scanner.scan(body))
    start = _first(body, tokens)
    head = body[:start]
    if not head.strip(_TRIM) and tokens and tokens[0].kind == "mask":
        return _placed(body, tokens)
    chunks = [chunk for chunk in _BREAK.split(head) if chunk]
    if not chunks:
        first = tokens[0] if tokens else None
        if first is not None and first.kind == "amount" and first.amount.bare and " " in body:
            name, rest = body.split(" ", 1)
            return Entry(name, rest.lstrip(_TRIM))
        return Entry("", body)
    name = chunks[0]
    at = head.index(name)
    end = at + len(name)
    for chunk in chunks[1:]:
        if not ((name.isascii() and re.match(r"[A-Za-z]{2}", chunk)) or _TITLE.match(chunk) or not chunk[0].isalnum()):
            break
        end = head.index(chunk, end) + len(chunk)
        name = head[at:end]
    return Entry(name, body[end:].lstrip(_TRIM))


def _known(body: str, names: Mapping[str, str]) -> str | None:
    """The longest known name that a text begins with."""
    best = next((body[:end] for end in range(min(len(body), _NAME), 0, -1) if body[:end] in names), None)
    if best is None:
        return None
    rest = body[len(best) :]
    if re.match(r"[\u4e00-\u9fff]", rest) and len(best) < 2:
        return None
    return None if _KIN.match(rest) or (rest[:1].isascii() and rest[:1].isalpha() and best[-1:].isascii()) else best


def _first(body: str, tokens: Sequence[Token]) -> int:
    """Where the name ends: at the first article, amount, place or remark."""
    ends = [len(body)]
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        beside = following is not None and following.kind in {"item", "amount"} and not body[token.end : following.start].strip()
        if token.kind == "item" and _KIN.match(body[token.end :]) and token.start == 0:
            continue
        if token.kind in {"item", "amount", "cancel", "mask", "only"} or (
            token.kind in {"want", "add", "set", "swap", "less"} and (beside or body[token.start - 1 : token.start].strip() == "")
        ):
            if token.kind == "amount" and token.amount.bare and _later(tokens, index):
                continue
            if token.kind == "want" and token.start == 0:
                continue
            ends.append(token.start)
    for pattern in (words.NOTES, words.SAME, words.ABOVE, words.NOTE_SWAP):
        if (found := pattern.search(body)) and (found.start() > 0 or pattern is words.SAME):
            start = found.start()
            ends.append(
                max(start, body.rfind(" ", 0, found.end()) + 1)
                if pattern is words.NOTE_SWAP and " " in body[: found.end()]
                else start
            )
    copied = re.search(r"[和跟同与](?=[\u4e00-\u9fffA-Za-z]{1,8}一样)", body)
    if copied and copied.start() > 0:
        ends.append(copied.start())
    return min(ends)


def _later(tokens: Sequence[Token], index: int) -> bool:
    return any(token.kind == "amount" and not token.amount.bare for token in tokens[index + 1 :])


def _placed(body: str, tokens: Sequence[Token]) -> Entry:
    """An entry that begins with a room: the name behind it, or the room itself."""
    first = tokens[0]
    rest = body[first.end : tokens[1].start if len(tokens) > 1 else len(body)]
    name = next((chunk for chunk in _BREAK.split(rest) if chunk), "")
    if name and not words.NOTES.search(name) and words.FILLER.sub("", name) != "":
        at = body.index(name, first.end)
        return Entry(name, f"{body[: first.end]} {body[at + len(name) :].lstrip(_TRIM)}".strip())
    return Entry(body[first.start : first.end].strip(), body[first.end :].lstrip(_TRIM))


@lru_cache(maxsize=4096)
def as_written(name: str, raw: str) -> str:
    """A name as it stands in the raw text, whose folding it is."""
    if name in raw:
        return name
    for length in (len(name), len(name) + 1, len(name) + 2):
        for start in range(len(raw) - length + 1):
            if folded(raw[start : start + length]) == name:
                return raw[start : start + length].strip()
    return name
