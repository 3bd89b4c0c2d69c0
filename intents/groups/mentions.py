"""Who is called by @ or by name in a group's message, and what is left of the message without that.

People type @ by hand, phones put U+2005 behind it, names hold spaces and emoji, and a quoted line holds somebody else's @.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

ALL = frozenset(("所有人", "全体成员", "全体", "all", "everyone"))
"""@ of these is put to nobody in particular."""
_AT = "@＠﹫"
_QUOTED = re.compile(
    r"「[^」]*」\s*(?:\n\s*[-—–_ ]{3,}\s*\n?)?|『[^』]*』|“[^”]*”|\"[^\"\n]*\"|《[^》]*》|^[ \t]*[>＞|][^\n]*(?:\n|$)",
    re.MULTILINE,
)
"""Other people's words: in quotation marks, quoted lines, and the frame in which WeChat shows what is answered."""
_FRAME = re.compile(r"^\s*「[^」]*」\s*\n\s*[-—–_ ]{3,}\s*\n?|^[ \t]*[>＞][^\n]*(?:\n|$)", re.MULTILINE)
"""What only shows what is answered, and is nobody's word here."""
_GAP = r"\s\u2005\u2004\u2006\u2009\u00a0\u3000\u200b\ufeff"
_STOP = re.compile(rf"[{_GAP}，。！？,!?;；:：、…~～()（）{_AT}]")
_SPACE = re.compile(rf"[{_GAP}]+")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]$")
_KIN = re.compile(
    r"^(?:他|她|它|的)?(?:妈咪|妈妈|麻麻|妈|爸爸|爸比|爸|爹|娘|姐姐|姐|哥哥|哥|妹妹|妹|弟弟|弟|奶奶|爷爷|外婆|外公|姥姥|阿姨|姨|叔叔|叔|婶|"
    r"嫂|宝贝|宝宝|宝|同学|老师|酱|儿|仔|er|家)"
)
_CALLED = re.compile(rf"^(?:[{_GAP}]|[，,、:：!！~～。.…]|你|您|在吗|在么|在不|请问|帮|问|麻烦|呀|啊|谢谢|[?？]|$)")
_HAIL = re.compile(rf"^[{_GAP}]*(?:(?:嗨|嘿|哈喽|喂|你好|您好|请问|hi|hello|谢谢|多谢|感谢|辛苦)[，,!！~～ ]*)?", re.IGNORECASE)
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Mention:
    """One @ outside of quotations."""

    name: str
    """As it was typed, without the @."""
    start: int
    """Of the @ in the text."""
    end: int
    """One past the name and the gap behind it."""

    @property
    def everybody(self) -> bool:
        """Whether it calls all members."""
        return folded(self.name) in ALL


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name as it is compared: width and case folded, without spaces and variation signs."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) not in ("Cf", "Mn"))


def unquoted(text: str) -> str:
    """The text with other people's words blanked out, positions kept."""
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)


def mentions(text: str, known: Iterable[str] = ()) -> tuple[Mention, ...]:
    """Every @ of a message; ``known`` names are recognised whole, also with spaces or emoji in them."""
    own = unquoted(text)
    names = sorted({name for name in known if name}, key=len, reverse=True)
    found: list[Mention] = []
    for place, sign in enumerate(own):
        if sign not in _AT or (found and place < found[-1].end) or _address(own, place):
            continue
        if (one := _mention(own, place, names)) is not None:
            found.append(one)
    return tuple(found)


def names_bot(text: str, names: Sequence[str], known: Iterable[str] = ()) -> bool:
    """Whether a message calls the assistant: by @, or by its name at the head or behind a comma at the end."""
    members = [name for name in known if folded(name) not in {folded(own) for own in names}]
    own = unquoted(text)
    for one in mentions(own, (*members, *names)):
        if any(_is(one.name, name) for name in names):
            return True
    said = own[_courtesy(own) :]
    if any(said.startswith(name) for name in members if len(name) > 1):
        return False
    return any(_hailed(own, said, name) for name in names if len(name) > 1)


def bare(text: str, known: Iterable[str] = (), names: Sequence[str] = ()) -> str:
    """What is said: without @ mentions of anybody, without the assistant's name at the head, spaces evened out."""
    kept, done = [], 0
    for one in mentions(text, (*known, *names)):
        kept.append(text[done : one.start])
        done = one.end
    said = "".join((*kept, text[done:]))
    said = _FRAME.sub("", said)
    said = re.sub(r"[\u2005\u2004\u2006\u00a0\u200b\ufeff]", " ", said).strip()
    head = said[_courtesy(said) :]
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1 and head.startswith(name) and _CALLED.match(head[len(name) :]):
            courtesy = said[: len(said) - len(head)].strip(" ，,!！~～")
            rest = head[len(name) :].lstrip(" ，,、:：!！~～。\t")
            return f"{courtesy} {rest}".strip()
    return said


def _courtesy(text: str) -> int:
    """Length of the courtesies at the head of a text."""
    found = _HAIL.match(text)
    return found.end() if found else 0


def _address(text: str, place: int) -> bool:
    """Whether an @ stands in a mail address."""
    return bool(_MAIL.search(text[:place])) and bool(re.match(r"[A-Za-z0-9-]+\.[A-Za-z]", text[place + 1 :]))


def _mention(text: str, place: int, names: Sequence[str]) -> Mention | None:
    rest = text[place + 1 :]
    for name in (*names, *sorted(ALL, key=len, reverse=True)):
        if (length := _spelt(rest, name)) and not _longer(rest[length:], name):
            return Mention(name, place, place + 1 + length + _gap(rest[length:]))
    stop = _STOP.search(rest)
    length = min(stop.start() if stop else len(rest), _LONGEST)
    return Mention(rest[:length], place, place + 1 + length + _gap(rest[length:])) if length else None


def _spelt(rest: str, name: str) -> int:
    """How many characters of the text spell the name, gaps and widths aside; 0 where it does not begin so."""
    wanted, taken = folded(name), ""
    if not wanted:
        return 0
    for place, sign in enumerate(rest[: 2 * len(name) + 4]):
        taken += folded(sign)
        if not wanted.startswith(taken):
            return 0
        if taken == wanted:
            return place + 1
    return 0


def _longer(rest: str, name: str) -> bool:
    """Whether the name goes on, so that it is another one: 小花 in @小花妈 ."""
    if name in ALL:
        return False
    kin = _KIN.match(rest)
    return kin is not None and (not rest[kin.end() :] or bool(_STOP.match(rest[kin.end() :])))


def _gap(rest: str) -> int:
    found = _SPACE.match(rest)
    return min(found.end(), 2) if found else 0


def _is(told: str, name: str) -> bool:
    return folded(told) == folded(name)


def _hailed(text: str, said: str, name: str) -> bool:
    if said.startswith(name) and _CALLED.match(said[len(name) :]):
        return True
    return bool(re.search(rf"[，,{_GAP}]{re.escape(name)}[呀啊]?[\s!！?？~～。.]*$", text))
