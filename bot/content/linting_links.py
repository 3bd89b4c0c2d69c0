"""Links as they are written, without asking the network: broken shapes, inner addresses, personal data, slips of the pen."""

import ipaddress
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from rapidfuzz.distance import DamerauLevenshtein

from bot.content.items import Item, Key
from bot.content.linting_pieces import KeyPath, Mark, listed, pieces, told
from bot.content.linting_reading import words_of

_IN_TEXT: Final = re.compile(
    r"(?:https?|htps?|htttps?|hhttps?|ttps?|http：|https：)\s?[:：]?\s?/{1,3}[^\s，。；！？、）」』”\"'<>]*|https?[:：][^\s/，。]\S*"
    r"|(?<![\w/.@])www\.[^\s，。；！？、）」』”]+", re.IGNORECASE
)  # fmt: skip
_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
_PERSONAL: Final = words_of(
    "phone mobile tel openid unionid idcard id_card email userid user_id external_userid token access_token password pwd "
    "realname name customer session sessionid sid"
)
_INSIDE: Final = (".local", ".lan", ".internal", ".intranet", ".corp", ".home", ".localhost")
_UNFINISHED: Final = re.compile(r"x{3,}|todo|tbd|待补|\.{3}|…|<|>|\{|\}|example\.(?:com|cn|org)|yourdomain|占位", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[\w-]+\.)+[a-zA-Z][\w-]*|[\d.]+|[0-9a-f:]*:[0-9a-f:]*|localhost")
_IMAGE: Final = re.compile(r"\.(?:png|jpe?g|webp|gif|svg|bmp|avif)$", re.IGNORECASE)
_APPID: Final = re.compile(r"wx[0-9a-f]{16}")
_USUAL: Final = 3
"""Links of one host from which on it is one of the brand's own."""
_NEAR: Final = 3
"""Changed letters up to which another host looks like a slip."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and where it stands in its item."""

    path: KeyPath
    url: str
    image: bool = False
    start: int = 0
    end: int = 0
    """Inside a text; 0, 0 where the value itself is the link."""


def links(item: Item) -> Iterator[Link]:
    """All links of an item: those of fields, and those inside texts."""
    yield from _fields(item.value, ())
    for piece in pieces(item):
        for found in _IN_TEXT.finditer(piece.text):
            yield Link(piece.path, found[0], start=found.start(), end=found.end())


def _fields(value: object, path: KeyPath) -> Iterator[Link]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            if isinstance(one, str) and one.strip() and (name in {"url", "image", "thumb"} or path[-1:] == ("links",)):
                yield Link(
                    (*path, name),
                    one.strip(),
                    image=name in {"image", "thumb"} or (name == "url" and told(value, "kind") == "image"),
                )
            elif name not in {"questions", "examples"}:
                yield from _fields(one, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for n, one in enumerate(value):
            yield from _fields(one, (*path, n))


def hosts(items: Mapping[Key, Item]) -> Mapping[str, int]:
    """How often each host is linked to in the whole content."""
    return Counter(host for item in items.values() for link in links(item) if (host := _host(link.url)))


def moved(before: Item, after: Item) -> Iterator[Mark]:
    """Links of fields that lead to another host than before."""
    old = {link.path: _host(link.url) for link in _fields(before.value, ())}
    for link in _fields(after.value, ()):
        was, host = old.get(link.path), _host(link.url)
        if was and host and was != host:
            why = f"原来指到 {was}，现在指到 {host}"
            yield Mark("change.link", "warn", link.path, link.url, why, "点开看一下是不是自家的页面")


def _host(url: str) -> str:
    """The host of a link; empty where there is none, or the port is no number."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if _SCHEME.match(url) and parts.port != 0:
            return parts.hostname or ""
    return ""


def marks(item: Item, known: Mapping[str, int], skus: Collection[str]) -> Iterator[Mark]:
    """What is wrong with the links of an item; ``known``: the hosts of the whole content, ``skus``: all of the catalogue."""
    for link in links(item):
        fault = _shape(link) or _place(link.url, known) or _other_product(link, item, skus)
        if fault:
            rule, severity, why, way_out = fault
            yield Mark(rule, "block" if severity else "warn", link.path, link.url, why, way_out, link.start, link.end)
    yield from _mini_programs(item)


_Fault = tuple[str, bool, str, str]


def _shape(link: Link) -> _Fault | None:
    local = link.image and link.url.startswith("/") and not link.url.startswith("//")
    if broken := None if local else _broken(link.url):
        return "link.broken", True, *broken
    path = link.url if local else urlsplit(link.url).path
    if link.image and path and not _IMAGE.search(path):
        return "link.image", False, "后缀不像图片，卡片上可能显示不出来", "换成 .png、.jpg、.webp 结尾的图片地址"
    return None if local else _carried(urlsplit(link.url).query)


def _broken(url: str) -> tuple[str, str] | None:
    """Why a link cannot be opened, and what to do; None where its shape is right."""
    if re.search(r"\s", url):
        return "链接中间有空格，点开会断", "把空格去掉"
    if not _SCHEME.match(url):
        why = "少了开头的 https://，微信里点不开" if url.lower().startswith("www.") else "这不是能点开的网址"
        return why, "写成 https:// 开头的完整网址"
    if re.search(r"https?:?//", url[8:], re.IGNORECASE):
        return "两个网址粘在一起了", "只留一个完整的网址"
    host = _host(url)
    if _UNFINISHED.search(url) or re.search(r"[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]", host):
        return "网址还没写完，或者混进了中文标点", "换成真正的网址"
    if not _HOST.fullmatch(host):
        return f"“{host or url}”不是完整的网址", "从浏览器里重新复制一遍"
    return None


def _carried(query: str) -> _Fault | None:
    taken = [name for name, value in parse_qsl(query, keep_blank_values=True) if name.lower() in _PERSONAL and value]
    taken += [value for _, value in parse_qsl(query) if re.fullmatch(r"1[3-9]\d{9}|\d{17}[\dXx]", value)]
    if taken:
        return "link.personal", True, f"链接里带着“{taken[0]}”，转发出去就泄露了", "去掉网址里“?”后面认人的那一段"
    return None


def _place(url: str, known: Mapping[str, int]) -> _Fault | None:
    host = _host(url)
    if _inside(host):
        return "link.internal", True, f"“{host}”是内部地址，顾客打不开", "换成对外的网址"
    if known.get(host, 0) < _USUAL:
        usual = [one for one, times in known.items() if times >= _USUAL and one != host]
        near = next((one for one in usual if DamerauLevenshtein.distance(one, host) <= min(_NEAR, len(one) // 5)), None)
        if near:
            return "link.broken", True, f"别处的链接都是“{near}”，这里是“{host}”，像是打错了", f"改成 {near}"
    if url.lower().startswith("http://"):
        return "link.plain", False, "http:// 的链接在微信里会被拦或提示不安全", "改成 https://"
    return None


def _inside(host: str) -> bool:
    if host == "localhost" or host.endswith(_INSIDE):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified


def _other_product(link: Link, item: Item, skus: Collection[str]) -> _Fault | None:
    """A product whose link leads to another product."""
    last = link.url.split("?")[0].rstrip("/").rpartition("/")[2]
    if item.key.kind == "product" and not link.image and last in skus and last != item.key.id:
        return "link.product", True, f"这是 {item.key.id}，链接却指向 {last}", f"换成 {item.key.id} 自己的链接"
    return None


def _mini_programs(item: Item) -> Iterator[Mark]:
    for n, one in enumerate(listed(item.value, "variants")):
        for m, more in enumerate(listed(one, "attachments")):
            path: KeyPath = ("variants", n, "attachments", m)
            appid, page = told(more, "appid"), told(more, "path")
            if told(more, "kind") == "mini_program" and not _APPID.fullmatch(appid):
                yield Mark(
                    "link.mini_program",
                    "block",
                    (*path, "appid"),
                    appid,
                    "appid 应该是 wx 开头、后面 16 位",
                    "到小程序后台复制 appid",
                )
            if page and re.search(r"\s|^https?:|[\u4e00-\u9fff]", page):
                yield Mark(
                    "link.mini_program",
                    "block",
                    (*path, "path"),
                    page,
                    "页面路径不能有空格、中文或网址",
                    "写成 pages/index/index 这样",
                )
