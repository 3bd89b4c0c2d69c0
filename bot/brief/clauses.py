"""Sentences and clauses as they stand in a message, cut but never reworded."""

import re
from collections.abc import Mapping

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
_CLAUSE = re.compile(r"[^，,。！!？?；;~～…\s]+(?:(?<=[\dA-Za-z]) (?=[\dA-Za-z])[^，,。！!？?；;~～…\s]+)*[？?]?")
_LEAD = re.compile(
    r"^(?:亲亲?|亲爱的|您好|你好|哎呀?|唉|呃|额|嗯+|啊|哦|噢|那个?|就是|其实|然后|所以|而且|但是?|不过|可是|反正|另外|对了|请问|"
    r"麻烦|不对|等下|行吧?|好的?|可以的|能的|是的|在吗?|在么|我想问下?|问一?下)+(?=.{2})"
)
_TAIL = re.compile(r"(?:[呢啊呀哦吧啦嘛哈哟]+|谢谢|辛苦了)$")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_PHOTO = re.compile(r"\[(?:图片|照片|image|视频)\]")


def sentences(text: str) -> list[str]:
    """The sentences, each with its mark."""
    return [one.strip() for one in _SENTENCE.findall(_PHOTO.sub("", text)) if one.strip()]


def clauses(text: str) -> list[str]:
    """What stands between commas and marks, a question mark kept."""
    return [one.strip() for one in _CLAUSE.findall(_PHOTO.sub("", text)) if one.strip()]


def trimmed(clause: str) -> str:
    """The clause without the courtesies around it."""
    clause = clause.strip(' ，,。!！~～…"“”')
    return _TAIL.sub("", _LEAD.sub("", clause)) or clause


def cut(text: str, longest: int) -> str:
    """At most ``longest`` characters; an ellipsis says that more was said, a telephone number is masked."""
    text = _MOBILE.sub(r"\1****\2", text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def asks(clause: str) -> bool:
    """Whether a clause is a question."""
    return _ASKS.search(clause) is not None


_ASKS = re.compile(
    r"[?？吗嘛么]|多少|几(?=[点个天款号块桶次折码]|$)|怎么|咋|什么|啥|哪|谁|多久|多大|多高|多重|能不能|有没有|有木有|可不可以|行不行|会不会|是不是|"
    r"好不好|要不要|用不|能不|到不$|装不$|[到没]没|还是|不$|[是呢]$"
)


def mapping(value: object) -> Mapping[str, object]:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[object]:
    """The value where it is a JSON list, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []
