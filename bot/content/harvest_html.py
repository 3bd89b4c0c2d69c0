"""Questions and answers in web pages: marked-up FAQ first (JSON-LD, microdata), then folds, lists, tables, headings, text."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
from lxml import etree
from lxml import html as lxml_html

from bot.content.harvest_cleaning import clean
from bot.content.harvest_table import grid_pairs
from bot.content.harvest_text import asks, text_pairs
from bot.content.harvest_values import MOST_PAIRS, Pair, Reading
from bot.errors import Problem

_SILENT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "head", "select", "option", "input",
     "textarea", "rt", "rp", "rtc", "nav", "audio", "video", "canvas", "map"}
)  # fmt: skip
"""Elements whose text nobody reads as content; ``rt`` and ``rp`` are the readings above characters."""
_BLOCKS: Final = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "dd", "dt", "dl",
     "blockquote", "pre", "hr", "details", "summary", "header", "footer", "aside", "main", "figure", "form", "td", "th"}
)  # fmt: skip
_SIDE: Final = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|sidebar|side-bar|footer|foot|breadcrumbs?|crumbs?|share|social|copyright|advert|ads?|banner|"
    r"recommend|related|pagination|pager|toolbar|popup|modal|cookie|qrcode|comment-?form)(?:[\s_-]|$)",
    re.IGNORECASE,
)
"""Words in ``class`` and ``id`` of what stands beside the content."""
_DEEPEST: Final = 200
_TERMS: Final = frozenset({"dt", "dd"})
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")

Node = Any
"""An lxml element; its stubs are not published with it."""


def html_pairs(file: str, text: str) -> Reading:
    """The pairs of a page by the first way that finds any; broken markup is read as browsers read it."""
    root = _tree(text)
    if root is None:
        return Reading((), (Problem(file, None, "", "网页是空的，或者读不出来"),))
    pairs = list(_structured(root))
    _strip(root)
    for way in (_microdata, _details, _definitions, _tables, _headings) if not pairs else ():
        used: list[Node] = []
        for pair, node in way(root):
            if pair.answer and len(pairs) < MOST_PAIRS:
                pairs.append(pair)
                used.append(node)
        for node in used:  # so that no later way reads the same words again
            if node is not None and node.getparent() is not None:
                node.drop_tree()
    if pairs:
        return Reading(tuple(sorted(pairs, key=lambda pair: pair.line or 0)))
    return text_pairs(file, clean(_text(root))[0])


def _tree(text: str) -> Node | None:
    parser = lxml_html.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def _strip(root: Node) -> None:
    """Take out what nobody reads as content."""
    for node in list(root.iter()):
        if node.getparent() is None or not isinstance(node.tag, str):
            continue
        named = f"{node.get('class', '')} {node.get('id', '')}"
        hidden = node.get("hidden") is not None or "display:none" in (node.get("style") or "").replace(" ", "")
        beside = node.tag in {"footer", "aside", "button"} or (
            node.tag not in {"body", "main", "article"} and _SIDE.search(named)
        )
        if node.tag in _SILENT or (beside and not _asked_inside(node)) or (hidden and not _asked_inside(node)):
            node.drop_tree()


def _asked_inside(node: Node) -> bool:
    """A fold that is closed, or a sidebar that is the FAQ itself, keeps its questions."""
    return any(asks(line) for line in _text(node).split("\n"))


def _structured(root: Node) -> Iterator[Pair]:
    """schema.org FAQPage in JSON-LD."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            told = orjson.loads((script.text or "").strip())
        except orjson.JSONDecodeError:
            continue
        for question in _questions(told, 0):
            answer = question.get("acceptedAnswer") or question.get("suggestedAnswer") or {}
            answer = answer[0] if isinstance(answer, list) and answer else answer
            name, said = question.get("name"), answer.get("text") if isinstance(answer, dict) else None
            if isinstance(name, str) and isinstance(said, str) and said.strip():
                yield Pair((_fragment(name),), _fragment(said), script.sourceline)


def _questions(told: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(told, list):
        for one in told:
            yield from _questions(one, depth + 1)
    elif isinstance(told, dict):
        if told.get("@type") == "Question":
            yield told
        else:
            for one in told.values():
                yield from _questions(one, depth + 1)


def _fragment(text: str) -> str:
    root = _tree(f"<body>{text}</body>") if "<" in text else None
    return text.strip() if root is None else _text(root)


_Found = Iterator[tuple[Pair, Node | None]]
"""Pairs, each with the element that is read with it."""


def _microdata(root: Node) -> _Found:
    for node in root.xpath("//*[contains(@itemtype, 'schema.org/Question')]"):
        names, texts = node.xpath(".//*[@itemprop='name']"), node.xpath(".//*[@itemprop='text']")
        if names and texts:
            yield Pair((_text(names[0]),), _text(texts[0]), node.sourceline), node


def _details(root: Node) -> _Found:
    for node in root.iter("details"):
        summary = node.find("summary")
        if summary is not None and (asked := _text(summary)):
            yield Pair((asked,), _text(node).removeprefix(asked).strip(), node.sourceline), node


def _definitions(root: Node) -> _Found:
    """dt/dd, several dt before one dd being several ways to ask."""
    for node in root.iter("dl"):
        asked: list[Node] = []
        answer: list[str] = []
        for one in node.iter("dt", "dd"):
            if one.tag == "dt" and answer:
                yield _defined(asked, answer), node
                asked, answer = [], []
            if one.tag == "dt":
                asked.append(one)
            elif asked:
                answer.append(_text(one, _TERMS))
        if asked and answer:
            yield _defined(asked, answer), node


def _defined(asked: Sequence[Node], answer: Sequence[str]) -> Pair:
    words = tuple(found for one in asked if (found := _text(one, _TERMS)))
    return Pair(words, "\n".join(answer).strip() if words else "", asked[0].sourceline)


def _tables(root: Node) -> _Found:
    for table in root.iter("table"):
        if table.find(".//table") is not None:
            continue  # a table for layout
        rows = [row for row in table.iter("tr") if row.find("td") is not None or row.find("th") is not None]
        grid = [[_text(cell) for cell in row if cell.tag in {"td", "th"}] for row in rows]
        if grid:
            yield from ((pair, table) for pair in grid_pairs("", grid, lines=[row.sourceline or 0 for row in rows]).pairs)


def _headings(root: Node) -> _Found:
    """A heading that asks (or a bold line, or a block that is only a question), and what follows up to the next."""
    blocks = list(_lines(root))
    told = {tag: [asks(words) for words, _, other in blocks if other == tag] for tag in (*_HEADINGS, "strong", "b", "dt")}
    # beside others that ask, a heading needs no question mark
    all_ask = {tag for tag in _HEADINGS if len(told[tag]) > 1 and sum(told[tag]) * 2 >= len(told[tag])}
    usual = _HEADINGS if any(any(told[tag]) for tag in _HEADINGS) else ("strong", "b", "dt")
    asking = [at for at, (words, _, tag) in enumerate(blocks) if tag in all_ask or (tag in usual and asks(words))]
    stops = sorted({*asking, *(at for at, (_, _, tag) in enumerate(blocks) if tag in _HEADINGS), len(blocks)})
    for at in asking:
        end = next(stop for stop in stops if stop > at)
        answer = "\n".join(words for words, _, _ in blocks[at + 1 : end])
        yield Pair((blocks[at][0],), answer.strip(), blocks[at][1]), None


def _lines(root: Node) -> Iterator[tuple[str, int | None, str]]:
    """(words, line, tag) of every block in order; the tag of a block that is one bold line is that of the bold."""
    for node in root.iter():
        if not isinstance(node.tag, str) or node.tag not in _BLOCKS:
            continue
        words = "".join(_own(node)).strip()
        if not words:
            continue
        bold = [one for one in node if one.tag in {"strong", "b"}]
        only = len(bold) == 1 and (bold[0].text_content() or "").strip() == words
        for n, line in enumerate(part.strip() for part in words.split("\n")):
            if line:
                yield line, node.sourceline, (bold[0].tag if only else node.tag) if n == 0 else "p"


def _own(node: Node) -> Iterator[str]:
    """The words of a block without those of blocks inside it."""
    yield _flat(node.text)
    for one in node:
        if one.tag == "br":
            yield "\n"
        elif isinstance(one.tag, str) and one.tag not in _BLOCKS and one.tag not in _SILENT:
            yield from _own(one)
        yield _flat(one.tail)


def _text(node: Node, apart: frozenset[str] = frozenset()) -> str:
    """All words of an element as lines, without those of elements ``apart`` inside it (libxml2 nests a dt in an open dt)."""
    pieces: list[str] = []
    _gather(node, pieces, apart, 0)
    lines = ("".join(part).strip() for part in _split(pieces))
    return "\n".join(line for line in lines if line)


def _gather(node: Node, pieces: list[str], apart: frozenset[str], depth: int) -> None:
    if depth > _DEEPEST or node.tag in _SILENT:
        return
    if node.tag in _BLOCKS or node.tag == "br":
        pieces.append("\n")
    pieces.append(_flat(node.text))
    for one in node:
        if isinstance(one.tag, str) and one.tag not in apart:
            _gather(one, pieces, apart, depth + 1)
        pieces.append(_flat(one.tail))
    if node.tag in _BLOCKS:
        pieces.append("\n")


def _split(pieces: Sequence[str]) -> Iterator[list[str]]:
    line: list[str] = []
    for piece in pieces:
        if piece == "\n":
            yield line
            line = []
        else:
            line.append(piece)
    yield line


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
