"""What a message does to the order: its segments read one after the other into acts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intents.orders import words
from intents.orders.act import Act
from intents.orders.amounts import Amount
from intents.orders.menu import Items
from intents.orders.pairing import acts_of
from intents.orders.scanning import Scanner, Token
from intents.orders.written import pictured

_POLITE_NO = re.compile(r"^(?:不用了|不需要了|不用啦|不用)")
_ENDS = re.compile(r"[。!\n]")
_DASH = re.compile(r"(?:^|(?<=[ 区]))[-—](?= ?[\d一二两三])")
_VERB = re.compile(r"[来拿要搞整弄带买加给留装称订]")
_SHORT, _NAME = 14, 8
"""Characters of a segment that says little beside an amount, and of a thing's name."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as read: its acts, and what it only talks of."""

    acts: Sequence[Act] = ()
    topics: Items = ()
    """Articles in its questions."""
    asks: bool = False
    mentions: Items = ()
    """All articles named in it, ordered or not."""
    note: str = ""


@dataclass(slots=True)
class _Reading:
    acts: list[Act] = field(default_factory=list)
    topics: list[int] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asks: bool = False
    doubtful: bool = False
    """After a condition, up to the end of the sentence."""
    carried: str = ""
    """What a segment of its own says about the next one: 打错了，4斤."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: ``entry`` for what a list says about a name, where everything is an order; people's names in free words."""

    entry: bool = False
    several: bool = False
    """The list has no main article, so that an amount needs a name."""
    names: frozenset[str] = frozenset()


def read(text: str, scanner: Scanner, manner: Manner = Manner()) -> Message:
    """The acts of a text in one spelling."""
    text = scanner.menu.corrected(pictured(text))
    if manner.entry:
        text = _DASH.sub(" ", text)
    reading = _Reading()
    for found in words.SEGMENT.finditer(_opened(text, reading, manner, scanner)):
        segment = found[0].strip()
        for piece in _pieces(segment, scanner, manner) if segment else ():
            _segment(piece, reading, scanner, manner)
        if _ENDS.match(text, found.end()) or found[0] == "\n":
            reading.doubtful = False
    note = "，".join(dict.fromkeys(reading.notes))
    return Message(
        tuple(reading.acts), tuple(dict.fromkeys(reading.topics)), reading.asks, tuple(dict.fromkeys(reading.mentions)), note
    )


def _pieces(segment: str, scanner: Scanner, manner: Manner) -> Sequence[str]:
    """Where each word between spaces tells an amount of its own, each is read alone: 榴莲2个 苹果3斤."""
    chunks = segment.split()
    if len(chunks) < 2 or (manner.entry and not manner.several):
        return (segment,)
    told = [{token.kind for token in scanner.scan(chunk)} for chunk in chunks]
    wholes = [re.search(r"[\u4e00-\u9fffA-Za-z]{2}", chunk) for chunk in chunks]
    named = (whole is not None or kinds & {"item", "want", "add"} for whole, kinds in zip(wholes, told, strict=True))
    return chunks if all("amount" in kinds for kinds in told) and all(named) else (segment,)


def _opened(text: str, reading: _Reading, manner: Manner, scanner: Scanner) -> str:
    """Brackets are remarks, unless they name articles with amounts."""

    def inside(found: re.Match[str]) -> str:
        tokens = scanner.scan(found[1])
        kinds = {token.kind for token in tokens}
        if "item" in kinds and ("amount" in kinds or (manner.entry and {"add", "want"} & kinds)):
            return f",{found[1]},"
        if words.EXAMPLE.search(found[0]) or _only_cancels(found[1], tokens):
            return f",{found[1]}"
        if words.QUESTION.search(found[1]) is None and found[1].strip():
            reading.notes.append(found[1].strip())
        return " "

    return re.sub(r"[(\[【]([^()\[\]【】]{1,60})[)\]】]", inside, text)


def _only_cancels(remark: str, tokens: Sequence[Token]) -> bool:
    """（取消）, and not （其他都不要）."""
    gone = next((token for token in tokens if token.kind == "cancel"), None)
    return gone is not None and not words.FILLER.sub("", remark[: gone.start] + remark[gone.end :])


def _segment(segment: str, reading: _Reading, scanner: Scanner, manner: Manner) -> None:
    if words.CONDITION.search(segment) and not words.COURTESY.search(segment):
        reading.doubtful = True
    tokens = scanner.scan(segment)
    named = [place for token in tokens if token.kind == "item" for place in token.items]
    reading.mentions += named
    if not manner.entry and _talk(segment, tokens):
        if words.QUESTION.search(segment):
            reading.asks = True
        reading.topics += named
        return
    bare = _without_notes(segment, tokens, reading, manner)
    if bare != segment:
        tokens = scanner.scan(bare)
    if words.USUAL.search(segment):
        reading.acts.append(Act("put", tuple(dict.fromkeys(named)), None, doubt="usual", text=segment))
        return
    found = _found(bare, tokens, reading, manner)
    if reading.carried and found:
        found = [replace(act, kind=reading.carried) if act.kind == "put" else act for act in found]
        reading.carried = ""
    elif not found and {token.kind for token in tokens} in ({"set"}, {"add"}):
        reading.carried = tokens[0].kind
    for act in found:
        doubtful = reading.doubtful and act.kind in {"put", "add", "set", "swap"}
        reading.acts.append(replace(act, doubt="condition", text=segment) if doubtful else replace(act, text=segment))


def _found(bare: str, tokens: Sequence[Token], reading: _Reading, manner: Manner) -> Sequence[Act]:
    """The acts of a segment; what earlier segments left open may be completed instead."""
    before = list(reading.acts)
    if manner.several and not any(token.kind == "item" for token in tokens):
        strange = [act for act in _unnamed(bare, tokens, manner) if act.strange]
        if strange:
            return strange
    found = acts_of(bare, tokens, reading.acts, manner.entry)
    if found or manner.entry or before != reading.acts or _divides(tokens, reading.acts):
        return found
    return _unnamed(bare, tokens, manner)


def _talk(segment: str, tokens: Sequence[Token]) -> bool:
    """Whether a segment asks or tells instead of ordering."""
    amounts = any(token.kind == "amount" for token in tokens)
    wants = any(token.kind in {"want", "add", "set", "swap", "less", "cancel", "each"} for token in tokens)
    if words.QUESTION.search(segment):
        return not (amounts and wants and words.POLITE.search(segment) and not re.search(r"[有够]", segment))
    if words.HARD_PAST.search(segment):
        return not any(token.kind == "cancel" for token in tokens)
    wants = wants or any(_open(segment, token) for token in tokens)
    return bool(words.PAST.search(segment)) and not (amounts and wants)


def _open(segment: str, token: Token) -> bool:
    """Whether something is wanted, nobody knows how much of it: 来点."""
    loose = token.kind == "amount" and token.amount.n is None and not token.amount.rough
    return loose and words.WANTS.search(segment[token.start : token.end]) is not None


def _without_notes(segment: str, tokens: Sequence[Token], reading: _Reading, manner: Manner) -> str:
    """The segment with its remarks blanked out, which are kept aside."""
    taken = [(token.start, token.end) for token in tokens if token.kind == "item" and token.items]

    def kept(found: re.Match[str]) -> str:
        inside = [(start, end) for start, end in taken if start < found.end() and found.start() < end]
        if any(start <= found.start() and found.end() <= end + found[0].endswith("的") for start, end in inside):
            return found[0]
        if any(segment[start:end] in found[0] and start > found.start() and "换" not in found[0] for start, end in inside):
            return found[0]
        reading.notes.append(found[0].strip())
        return " "

    if "换" in segment and _only_swap(segment, tokens, manner):
        segment = words.NOTE_SWAP.sub(kept, segment)
    return words.NOTES.sub(kept, segment)


def _only_swap(segment: str, tokens: Sequence[Token], manner: Manner) -> bool:
    """Whether 换 tells what a dish is made with, and not that one article is taken instead of another."""
    place = segment.index("换")
    items = [token for token in tokens if token.kind == "item" and token.items]
    if any(token.start <= place < token.end for token in items):
        return False
    if re.match(r"换成?\s?[\d一二两三四五六七八九十半]", segment[place:]):
        return False
    left, right = any(token.end <= place for token in items), any(token.start > place for token in items)
    dish = re.search(r"[\u4e00-\u9fff]{2}", words.FILLER.sub("", segment[:place])) is not None
    return manner.entry or not right or (dish and not left)


def _unnamed(segment: str, tokens: Sequence[Token], manner: Manner) -> Sequence[Act]:
    """Amounts without an article of the menu: of what was talked about, or of a thing that is not sold."""
    amounts = [token for token in tokens if token.kind == "amount"]
    if not amounts or any(token.kind == "mask" and segment[token.end - 1 : token.end] == "人" for token in tokens):
        return ()
    rest = segment
    for token in reversed(tokens):
        if token.kind != "want":
            rest = rest[: token.start] + " " + rest[token.end :]
    for name in sorted(manner.names, key=len, reverse=True):
        rest = rest.replace(name, " ")
    rest = words.FILLER.sub("", words.PERSON.sub("", words.IF.sub("", rest)))
    kind = _kind(tokens)
    amount = amounts[-1 if kind in {"less", "set"} else 0].amount
    wants = any(token.kind in {"want", "add", "set", "less", "swap", "cancel"} for token in tokens)
    loose = amounts[0].amount
    if loose.n is None and not loose.rough and not wants and not _VERB.search(segment[amounts[0].start : amounts[0].end]):
        return ()
    if not rest:
        return (Act(kind, (), amount, wanted=wants),) if _counts(amount, segment, wants) else ()
    return (Act("put", (), amount, strange=rest),) if _named_thing(rest, amount, segment, wants, kind != "put") else ()


def _named_thing(rest: str, amount: Amount, segment: str, wants: bool, changes: bool) -> bool:
    """Whether what is left of a segment is the name of a thing that somebody orders: 榴莲两个."""
    if amount.bare and changes and re.fullmatch(r"[\u4e00-\u9fff]{1,4}", rest):
        return len(segment) <= _SHORT
    if len(rest) > _NAME or amount.bare or not re.search(r"[\u4e00-\u9fffA-Za-z]", rest):
        return False
    if (amount.unit and amount.unit != "个") or amount.rough or wants:
        return wants or len(segment) <= _SHORT
    return len(segment) <= _NAME and amount.unit is not None


def _divides(tokens: Sequence[Token], before: Sequence[Act]) -> bool:
    """Whether amounts only say how the last one is divided: 土鸡两只，一只剁块一只整的."""
    parts = [token.amount for token in tokens if token.kind == "amount" and token.amount.n is not None]
    last = before[-1].amount if before else None
    if len(parts) < 2 or last is None or last.n is None or any(token.kind in {"item", "add"} for token in tokens):
        return False
    return sum(one.n for one in parts if one.n is not None) == last.n and {one.unit for one in parts} == {last.unit}


def _counts(amount: Amount, segment: str, wants: bool) -> bool:
    return not amount.bare or wants or len(segment.strip()) <= 2


def _kind(tokens: Sequence[Token]) -> str:
    """What is done with an amount that stands alone; taking away is said last (再减一盒)."""
    kinds = {token.kind for token in tokens}
    if kinds & {"less", "cancel"}:
        return "less"
    if kinds & {"set", "swap"}:
        return "set"
    return "add" if "add" in kinds else "put"


def refuses_politely(text: str) -> bool:
    """不用了, which declines an offer and takes nothing back."""
    return _POLITE_NO.match(text) is not None
