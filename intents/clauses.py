"""Where one message says several things: its clauses, in order."""

import re

_SENTENCE = re.compile(r"[。!?;\n~]+|\.{2,}|(?:,|^|\s)?(?=(?:另外|还有就是|还有(?=我|问|个)|顺便|对了|再问|以及|然后再?问))")
_PART = re.compile(r"[, ]+")
_OPENING = re.compile(
    r"^(?:(?:谢谢|感谢|多谢|你好|您好|在吗|在不在|亲|亲亲|好的?|嗯+|哈喽|老板|客服)[呀啊哦你您了呢的]?[, !。?]+)+"
)
_SHORT = 3
_MOST = 8
"""Clauses that are looked at; a longer message is told by its beginning and as a whole."""
_ALONE = 7
"""A message up to this length has one errand."""
_LATIN_SPACE = re.compile(r"(?<=[A-Za-z0-9]) (?=[A-Za-z0-9])")


def clauses(text: str) -> list[str]:
    """The clauses of a normalised message; empty where it is plainly a single one."""
    said = _OPENING.sub("", text)
    if len(said) <= _ALONE:
        return [said] if said and said != text else []
    parts: list[str] = []
    for sentence in _SENTENCE.split(said):
        parts += _joined(_PART.split(_LATIN_SPACE.sub("\u00a0", sentence)))
    found = [part.replace("\u00a0", " ") for part in parts if part]
    return found[:_MOST] if found != [text] else []


def _joined(parts: list[str]) -> list[str]:
    """Parts of a sentence, scraps joined to their neighbour (宝宝 六个月)."""
    joined: list[str] = []
    for part in filter(None, parts):
        if joined and (len(part) < _SHORT or len(joined[-1]) < _SHORT) and len(joined[-1]) < 2 * _SHORT:
            joined[-1] += "," + part
        else:
            joined.append(part)
    return joined
