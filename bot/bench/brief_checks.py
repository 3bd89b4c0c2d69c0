"""Whether what a brief says stands in the messages it names; written apart from the brief, by other rules.

A clause is taken apart by the few words that a brief may add of its own; whatever is left must stand, character by character,
in a message that it names (or be the question of the entry, the name of the product that the message's trace names), in a
message of the right people that was not taken back, and not behind a word that turns it round.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from bot.brief import Brief, Clause, Fact, Remark, Story

_FRAMES = re.compile(r"^(?:给|要|预算|订单|单号)")
_DAY = re.compile(r"^(\d+)月(\d+)日说")
_TURNED_ROUND = re.compile(r"(?:不是|(?<!有)没有?|不要|别要|别给我|并非)(?:要|是)?$")
_SUPPOSED = re.compile(r"如果|要是|假如|假设|万一")
_OF_A_BODY = frozenset({"肤质", "孕期", "过敏", "年龄"})
_SPLIT = re.compile(r"[，,。！!？?；;\n]")
_PICTURE = re.compile(r"图|照片|拍|截")
_FORBIDDEN = re.compile(r"今天|明天|马上|保证|一定|承诺|赔|退|补发|补差|免费|[?？]|请问|多少|提供")
"""A first sentence neither promises nor asks."""


def unsupported(brief: Brief, story: Story) -> Iterator[str]:
    """What is said without support, one line each."""
    remarks = {remark.id: remark for remark in story.remarks}
    for line in brief.lines:
        for clause in line.clauses:
            people = {"shopper"} if line.kind in {"wants", "hurt"} and not _of_ours(clause, remarks) else {"bot", "guide"}
            yield from (f"{line.kind}「{clause.text}」{why}" for why in _clause(clause, people, remarks, story))
    for fact in brief.known:
        yield from (f"{fact.label}「{fact.value}」{why}" for why in _fact(fact, remarks, story))
    yield from _opening(brief, story)


def _of_ours(clause: Clause, remarks: Mapping[int, Remark]) -> bool:
    return bool(clause.messages) and all(id_ in remarks and remarks[id_].author != "shopper" for id_ in clause.messages)


def _clause(clause: Clause, people: set[str], remarks: Mapping[int, Remark], story: Story) -> Iterator[str]:
    if (wrong := _sources(clause.messages, remarks, story)) is not None:
        yield wrong
        return
    linked = [remarks[id_] for id_ in clause.messages]
    if people == {"shopper"} and any(one.author != "shopper" for one in linked):
        yield "不是顾客说的"
    if not any(_stands(clause.text, one, story) for one in linked):
        yield "消息里没有"


def _sources(ids: tuple[int, ...], remarks: Mapping[int, Remark], story: Story) -> str | None:
    if not ids or any(id_ not in remarks for id_ in ids):
        return "没有出处"
    linked = [remarks[id_] for id_ in ids]
    if any(one.recalled for one in linked):
        return "出处已经撤回"
    foreign = [one for one in linked if one.author == "shopper" and story.asker and one.sender not in {None, story.asker}]
    return "是群里别人说的" if foreign else None


def _stands(words: str, remark: Remark, story: Story) -> bool:
    """Whether the words, less what a brief may add, stand in a message or in what its trace names."""
    if (day := _DAY.match(words)) is not None:
        if (remark.at.month, remark.at.day) != (int(day[1]), int(day[2])):
            return False
        words = words[day.end() :]
    if (quoted := re.fullmatch(r"答过“(.+)”", words)) is not None:
        return any(_begins(quoted[1], name) for name in _named(remark, story.entries))
    if words.startswith("看过"):
        return all(any(_begins(part, name) for name in _named(remark, story.names)) for part in words[2:].split("、"))
    if (quoted := re.fullmatch(r"说过“(.+)”", words)) is not None:
        words = quoted[1]
    text = _plain(remark.text)
    spoken = [_plain(part) for part in _SPLIT.split(words) if part]
    return all(part in text for part in spoken) or _plain(_FRAMES.sub("", words)) in text


def _named(remark: Remark, names: Mapping[str, str]) -> list[str]:
    told = json_ids(remark.trace or {})
    return [names[one] for one in told if one in names]


def json_ids(value: object) -> list[str]:
    """Every ``id`` and ``sku`` in a trace, however deep."""
    if isinstance(value, Mapping):
        own = [str(value[key]) for key in ("id", "sku") if key in value]
        return own + [one for part in value.values() for one in json_ids(part)]
    return [one for part in value for one in json_ids(part)] if isinstance(value, list | tuple) else []


def _begins(words: str, name: str) -> bool:
    return _plain(name).startswith(_plain(words))


def _fact(fact: Fact, remarks: Mapping[int, Remark], story: Story) -> Iterator[str]:
    if (wrong := _sources(fact.messages, remarks, story)) is not None:
        yield wrong
        return
    linked = [remarks[id_] for id_ in fact.messages]
    if fact.what == "已说":
        if not any(_stands(fact.value, one, story) and one.author != "shopper" for one in linked):
            yield "没有这样说过"
        return
    if any(one.author != "shopper" for one in linked):
        yield "不是顾客说的"
    if fact.whom is not None and not any(fact.whom in one.text for one in linked):
        yield f"没有提到{fact.whom}"
    if not any(_told(fact, one) for one in linked):
        yield "消息里没有，或者意思相反"


def _told(fact: Fact, remark: Remark) -> bool:
    if fact.what == "照片":
        return remark.kind != "text" or _PICTURE.search(remark.text) is not None
    if fact.what == "电话":
        digits = re.sub(r"\D", "", remark.text)
        return re.fullmatch(r"\d{3}\*{4}\d{4}", fact.value) is not None and (
            re.search(rf"{fact.value[:3]}\d{{4}}{fact.value[-4:]}", digits) is not None
        )
    text, value = _plain(remark.text), _plain(fact.value.removesuffix("？"))
    places = [found.start() for found in re.finditer(re.escape(value), text)]
    if fact.what in {"不要", "用过"}:
        return bool(places)
    upright = [at for at in places if not _TURNED_ROUND.search(text[max(0, at - 6) : at])]
    if fact.what in _OF_A_BODY:
        upright = [at for at in upright if not _SUPPOSED.search(_SPLIT.split(text[:at])[-1])]
    return bool(upright)


def _opening(brief: Brief, story: Story) -> Iterator[str]:
    own = re.sub(r"“.*”", "", brief.opening)
    if _FORBIDDEN.search(own):
        yield f"开场白「{brief.opening}」许诺或者发问"
    quoted = re.search(r"“(.*)”", brief.opening)
    heard = [_plain(one.text) for one in story.remarks if one.author == "shopper" and not one.recalled]
    if quoted is not None and not any(_plain(quoted[1]) in text for text in heard):
        yield f"开场白引的“{quoted[1]}”没有人说过"


def _plain(words: str) -> str:
    """Widths and spaces do not count, nor that more was said; telephone numbers are compared as they are shown."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", words.removesuffix("…")))
    return re.sub(r"(?<!\d)(1[3-9]\d)-?\d{4}-?(\d{4})(?!\d)", r"\1****\2", plain)
