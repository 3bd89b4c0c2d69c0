"""What ops may write in `knowledge/entries/**/*.yml`: the shape of a file, and what files must not say against each other.

- id: return-window
  questions: [多久内可以退货, 不喜欢能退吗]
  answer: 签收后七天内、未拆封可以无理由退货。
  source: 售后政策 v3

The whole shape, with everything optional, stands in `knowledge/README.md`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, ValidationInfo, field_validator

from knowledge.model import Attachment, Audience, Entry, EntryId

_STRICT: Final = ConfigDict(extra="forbid", frozen=True)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words that are really there."""

Problem = tuple[str, str, str]
"""File, place in the file, reason in Chinese."""


class AttachmentText(BaseModel):
    """`{kind: link, title: 退货流程, url: "https://…"}`."""

    model_config = _STRICT

    kind: Text
    title: Text
    url: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://\S+$")]


class AudienceText(BaseModel):
    """`{channels: [wecom_kf], stores: [sh-xuhui], levels: [gold], tags: {skin_type: [敏感性]}}`."""

    model_config = _STRICT

    channels: tuple[Text, ...] = ()
    stores: tuple[Text, ...] = ()
    levels: tuple[Text, ...] = ()
    tags: Mapping[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = {}

    def value(self) -> Audience:
        """The audience as the room uses it."""
        tags = {name: frozenset(values) for name, values in self.tags.items()}
        return Audience(frozenset(self.channels), frozenset(self.stores), frozenset(self.levels), MappingProxyType(tags))


class ScopeText(BaseModel):
    """`{level: 店, of: sh-xuhui}`: whose an entry is, and so to whose shoppers it is told."""

    model_config = _STRICT

    level: Literal["总部", "区域", "店", "个人"] = "总部"
    of: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64), Field(validate_default=True)] = ""
    """Region or city, id of the store, id of the guide."""

    @field_validator("of")
    @classmethod
    def _whose(cls, value: str, info: ValidationInfo) -> str:
        level = info.data.get("level", "总部")
        if (level == "总部") == bool(value):
            raise ValueError("总部的条目大家都能用，不用写 of" if value else f"level 是“{level}”时要写 of")
        return value


class EntryText(BaseModel):
    """One entry as it stands in a file."""

    model_config = _STRICT

    id: Text
    questions: Annotated[tuple[Text, ...], Field(min_length=1)]
    answer: Text
    source: Text
    short: Text | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    audience: AudienceText = AudienceText()
    private: bool = False
    handover: bool = False
    attachments: tuple[AttachmentText, ...] = ()
    related: tuple[Text, ...] = ()
    tags: tuple[Text, ...] = ()
    scope: ScopeText | None = None
    """Whose it is; None: headquarters'."""

    def value(self) -> Entry:
        """The entry as the room uses it; its version is a fingerprint of all that it says."""
        return Entry(
            id=EntryId(self.id),
            questions=self.questions,
            answer=self.answer,
            source=self.source,
            short=self.short,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            audience=self._audience(),
            private=self.private,
            handover=self.handover,
            attachments=tuple(Attachment(one.kind, one.title, one.url) for one in self.attachments),
            related=tuple(map(EntryId, self.related)),
            tags=self.tags,
            version=hashlib.blake2b(self._dumped().encode(), digest_size=6).hexdigest(),
        )

    def _audience(self) -> Audience:
        """For whom it is, the shoppers of its scope alone."""
        told = self.audience.value()
        match self.scope:
            case ScopeText(level="店", of=store):
                return replace(told, stores=frozenset({store}))
            case ScopeText(level="区域", of=region):
                return replace(told, regions=frozenset({region}))
            case ScopeText(level="个人", of=guide):
                return replace(told, guide=guide)
            case _:
                return told

    def _dumped(self) -> str:
        """All that it says; an entry without a scope keeps the version that it had before there were any."""
        return self.model_dump_json(exclude={"scope"} if self.scope is None else None)


class EntryFile(RootModel[tuple[EntryText, ...]]):
    """A file: a list of entries."""

    model_config = ConfigDict(frozen=True)


def entries(files: Sequence[EntryFile]) -> tuple[Entry, ...]:
    """All entries of all files, in their order."""
    return tuple(entry.value() for file in files for entry in file.root)


def disagreements(files: Mapping[str, EntryFile], same: Callable[[str], str] = str.strip) -> Iterator[Problem]:
    """Faults that one entry alone does not show; `files` is by path.

    `same` gives one value for questions that count as the same; the brand's `normalize` is a good one.
    """
    placed = [(path, f"[{at}]", entry) for path, file in files.items() for at, entry in enumerate(file.root)]
    yield from _repeated(placed)
    known = {entry.id for _, _, entry in placed}
    for path, place, entry in placed:
        yield from ((path, f"{place}.{key}", reason) for key, reason in _alone(entry, known))
    yield from _contradicting(placed, same)


_Placed = tuple[str, str, EntryText]


def _repeated(placed: Sequence[_Placed]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, place, entry in placed:
        if entry.id in first:
            yield path, f"{place}.id", f"编号「{entry.id}」和 {first[entry.id]} 里的重复了，换一个"
        first.setdefault(entry.id, path)


def _alone(entry: EntryText, known: set[str]) -> Iterator[tuple[str, str]]:
    if entry.valid_from and entry.valid_until and entry.valid_from > entry.valid_until:
        yield "valid_until", f"「{entry.id}」还没生效就过期了：{entry.valid_from} 生效，{entry.valid_until} 截止"
    for at, other in enumerate(entry.related):
        if other not in known:
            yield f"related[{at}]", f"「{entry.id}」关联的「{other}」没有这个条目"
        elif other == entry.id:
            yield f"related[{at}]", f"「{entry.id}」关联到自己了，去掉就好"


def _contradicting(placed: Sequence[_Placed], same: Callable[[str], str]) -> Iterator[Problem]:
    """The same question for the same people at the same time, answered twice."""
    asked: dict[tuple[str, str], list[tuple[str, EntryText]]] = defaultdict(list)
    for path, place, entry in placed:
        for at, question in enumerate(entry.questions):
            key = (same(question), _audience_key(entry))
            for elsewhere, other in asked[key]:
                if other.id == entry.id and elsewhere == path:
                    yield path, f"{place}.questions[{at}]", f"「{entry.id}」里「{question}」写了两遍"
                elif _rivals(entry, other):
                    reason = f"「{question}」在 {elsewhere} 的「{other.id}」里已经有了，面向的人也一样，不知道该答哪条"
                    yield path, f"{place}.questions[{at}]", reason
            asked[key].append((path, entry))


def _audience_key(entry: EntryText) -> str:
    audience = entry.audience
    whose = (entry.scope.level, entry.scope.of) if entry.scope else ("总部", "")
    parts = [sorted(audience.channels), sorted(audience.stores), sorted(audience.levels)]
    return repr((whose, parts, sorted((name, sorted(values)) for name, values in audience.tags.items())))


def _rivals(one: EntryText, other: EntryText) -> bool:
    """Do both hold on one day, with nothing to decide between them? One limited in time goes before one that always holds."""
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_until or date.max, other.valid_until or date.max)
    return begins <= ends and _limited(one) == _limited(other)


def _limited(entry: EntryText) -> bool:
    return entry.valid_from is not None or entry.valid_until is not None
