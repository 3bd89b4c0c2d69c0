"""What a file under ``replies/`` may hold, and the faults that no single file shows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scripts.model import Script, Variant
from scripts.placeholders import broken, names

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
Fault = tuple[str, tuple[str | int, ...], str]
"""A fault: file, where in it, why in Chinese."""


class AudienceModel(BaseModel):
    """For whom a variant is."""

    model_config = _STRICT

    channels: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = {}


class VariantModel(BaseModel):
    """One wording."""

    model_config = _STRICT

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    channels: tuple[str, ...] = ()
    audience: AudienceModel = AudienceModel()


class ScriptFile(BaseModel):
    """One file: one script."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1, pattern=r"^[a-z0-9_\-]+$")]
    family: Literal["招呼语", "资讯分享", "日常聊天", "咨询问答"]
    variants: Annotated[tuple[VariantModel, ...], Field(min_length=1)]


def script(file: ScriptFile) -> Script:
    """The script that a file describes."""
    return Script(
        file.id,
        file.family,
        tuple(
            Variant(
                one.text,
                one.weight,
                frozenset(one.channels) | frozenset(one.audience.channels),
                frozenset(one.audience.levels),
                frozenset(one.audience.stores),
                {tag: frozenset(values) for tag, values in one.audience.tags.items()},
            )
            for one in file.variants
        ),
    )


def disagreements(
    files: Sequence[tuple[str, ScriptFile]], offered: Mapping[str, frozenset[str]], everywhere: frozenset[str]
) -> Iterator[Fault]:
    """Faults across files.

    ``offered`` names the facts that the program has for each script it says; ``everywhere`` those it always has. A script
    that the program never says by itself (material for guides) may use only the latter.
    """
    seen: dict[str, str] = {}
    for path, file in files:
        if file.id in seen:
            yield path, ("id",), f"话术 id “{file.id}” 和 {seen[file.id]} 重复"
        seen.setdefault(file.id, path)
        known = offered.get(file.id, frozenset()) | everywhere
        for n, variant in enumerate(file.variants):
            where = ("variants", n, "text")
            if broken(variant.text):
                yield path, where, "花括号没有配对，变量应写成 {称呼} 或 {称呼|亲}"
            if unknown := sorted(set(names(variant.text)) - known):
                offer = "、".join(sorted(known)) or "无"
                yield path, where, f"没有变量 {'、'.join(unknown)}，可用的有：{offer}"
