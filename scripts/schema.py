"""What a file under ``replies/`` may hold. What files must not say against each other is in ``scripts.disagreeing``."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from scripts import scheduling
from scripts.arms import Experiment
from scripts.model import Attachment, AttachmentKind, Scope, ScopeLevel, Script, Variant
from scripts.scheduling import DAYS_FORM, Window

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)
Fault = tuple[str, tuple[str | int, ...], str]
"""A fault: file, where in it, why in Chinese."""
_Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]
_Url = Annotated[str, Field(max_length=2048, pattern=r"^https?://\S+$")]
_Weight = Annotated[float, Field(gt=0, le=1000)]
_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "image": (("url",), ("title",)),
    "link": (("title", "url"), ("text", "image")),
    "mini_program": (("title", "appid", "path"), ("text", "image", "url")),
    "product": (("sku",), ()),
    "coupon": ((), ("id", "store")),
}
"""Kind of attachment → the keys that it needs, and those that it may have besides."""
_CALLED = {"image": "图片", "link": "链接", "mini_program": "小程序卡片", "product": "商品", "coupon": "优惠券"}


class AudienceModel(BaseModel):
    """For whom a variant is."""

    model_config = _STRICT

    channels: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """Regions or cities of ``guides.yml``."""
    tags: Mapping[str, tuple[str, ...]] = {}


class AttachmentModel(BaseModel):
    """What goes with a wording."""

    model_config = _STRICT

    kind: AttachmentKind
    title: Annotated[str, Field(max_length=60)] = ""
    text: Annotated[str, Field(max_length=200)] = ""
    url: _Url | None = None
    image: _Url | None = None
    appid: Annotated[str, Field(max_length=32)] = ""
    path: Annotated[str, Field(max_length=1024)] = ""
    sku: Annotated[str, Field(max_length=128)] = ""
    id: Annotated[str, Field(max_length=64)] = ""
    store: Annotated[str, Field(max_length=64)] = ""

    @field_validator("appid")
    @classmethod
    def _appid(cls, value: str) -> str:
        if value and not (value.startswith("wx") and value.isascii() and value.isalnum()):
            raise ValueError("小程序的 appid 以 wx 开头，只有字母和数字，在小程序后台“开发设置”里能找到")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needed, allowed = _KEYS[self.kind]
        called = _CALLED[self.kind]
        if missing := [key for key in needed if not getattr(self, key)]:
            raise ValueError(f"{called}要写 {'、'.join(needed)}，现在少了 {'、'.join(missing)}")
        written = [key for key in type(self).model_fields if key != "kind" and getattr(self, key)]
        if beside := [key for key in written if key not in (*needed, *allowed)]:
            raise ValueError(f"{called}用不上 {'、'.join(beside)}，可以写的有：{'、'.join((*needed, *allowed))}")
        if self.id and self.store:
            raise ValueError("优惠券写 id 或者 store 就够了，两样只写一样；都不写就是顾客自己门店的券")
        return self

    def value(self) -> Attachment:
        """The attachment as a value."""
        told = {name: getattr(self, name) or "" for name in type(self).model_fields if name != "kind"}
        return Attachment(self.kind, **told)


class ScopeModel(BaseModel):
    """Whose words a script holds."""

    model_config = _STRICT

    level: ScopeLevel = "总部"
    of: Annotated[str, Field(max_length=64, validate_default=True)] = ""

    @field_validator("of")
    @classmethod
    def _whose(cls, value: str, info: ValidationInfo) -> str:
        level = info.data.get("level")
        if level == "总部" and value:
            raise ValueError("总部的话术大家都能用，不用写 of")
        if level in _OF and not value:
            raise ValueError(f"level 是“{level}”时要写 of：{_OF[level]}")
        return value

    def value(self) -> Scope:
        """The scope as a value."""
        return Scope(self.level, self.of)


_OF = {"区域": "guides.yml 里的大区或城市", "店": "门店编号", "个人": "导购编号"}


def _ordered(value: date | None, info: ValidationInfo) -> date | None:
    begins = info.data.get("from_")
    if value is not None and begins is not None and value < begins:
        raise ValueError(f"结束的日子不能早于开始的日子 {begins}")
    return value


class ExperimentModel(BaseModel):
    """Which wordings are compared, and on which share of shoppers each."""

    model_config = _STRICT

    id: _Name
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    """The last day."""
    arms: Mapping[Annotated[str, Field(min_length=1, max_length=20)], _Weight]
    measure: Literal["answer", "good", "click", "buy", "handover", "complaint", "optout"] = "answer"
    """What decides between the arms: whether shoppers write again, are pleased, click, buy …"""
    least: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The smallest difference worth knowing, as a share; None: the program's own."""

    _order = field_validator("until")(_ordered)

    @field_validator("arms")
    @classmethod
    def _several(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        if len(value) < 2:
            raise ValueError("至少要有两组才比得出来，例如 {A: 1, B: 1}")
        return value

    def value(self) -> Experiment:
        """The experiment as a value."""
        return Experiment(self.id, tuple(sorted(self.arms.items())), self.from_, self.until, self.measure, self.least)


class VariantModel(BaseModel):
    """One wording."""

    model_config = _STRICT

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    weight: _Weight = 1.0
    channels: tuple[str, ...] = ()
    audience: AudienceModel = AudienceModel()
    id: _Name | None = None
    first: bool | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    """The last day."""
    days: Annotated[tuple[str | date, ...] | None, BeforeValidator(scheduling.listed), Field(min_length=1)] = None
    hours: str | None = None
    attachments: Annotated[tuple[AttachmentModel, ...], Field(max_length=5)] = ()
    arm: str | None = None

    _order = field_validator("until")(_ordered)

    @field_validator("days")
    @classmethod
    def _known_days(cls, value: tuple[str | date, ...] | None) -> tuple[str | date, ...] | None:
        for one in value or ():
            if isinstance(one, str) and scheduling.span(one) is None:
                raise ValueError(f"看不懂“{one}”，{DAYS_FORM}")
        return value

    @field_validator("hours")
    @classmethod
    def _span(cls, value: str | None) -> str | None:
        if value is not None and scheduling.hours(value) is None:
            raise ValueError('几点到几点要写成 "09:00-12:00" 这样，24 小时制；跨过半夜写 "22:00-02:00"，整天就不用写')
        return value

    @model_validator(mode="after")
    def _ever(self) -> Self:
        if not self.window().ever:
            raise ValueError("从开始到结束的日子里，一天也轮不到 days 写的这几天，这种说法永远不会用上")
        return self

    def window(self) -> Window:
        """When it may be said."""
        days = self.days or ()
        spans = [scheduling.span(one) or () for one in days if isinstance(one, str)]
        return Window(
            self.from_,
            self.until,
            frozenset(day for span in spans for day in span),
            frozenset(one for one in days if isinstance(one, date)),
            scheduling.hours(self.hours) if self.hours else None,
        )

    def value(self) -> Variant:
        """The variant as a value."""
        whom = self.audience
        return Variant(
            text=self.text,
            weight=self.weight,
            channels=frozenset(self.channels) | frozenset(whom.channels),
            levels=frozenset(whom.levels),
            stores=frozenset(whom.stores),
            tags={tag: frozenset(values) for tag, values in whom.tags.items()},
            regions=frozenset(whom.regions),
            first=self.first,
            window=self.window(),
            attachments=tuple(one.value() for one in self.attachments),
            id=self.id or "",
            arm=self.arm,
        )


class ScriptFile(BaseModel):
    """One file: one script."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1, pattern=r"^[a-z0-9_\-]+$")]
    family: Literal["招呼语", "资讯分享", "日常聊天", "咨询问答"]
    variants: Annotated[tuple[VariantModel, ...], Field(min_length=1)]
    scope: ScopeModel = ScopeModel()
    extends: _Name | None = None
    experiment: ExperimentModel | None = None
    title: Annotated[str, Field(max_length=40)] = ""
    """What guides know it by."""


def script(file: ScriptFile) -> Script:
    """The script that a file describes."""
    return Script(
        id=file.id,
        family=file.family,
        variants=tuple(one.value() for one in file.variants),
        scope=file.scope.value(),
        extends=file.extends or "",
        experiment=file.experiment.value() if file.experiment else None,
        title=file.title,
    )
