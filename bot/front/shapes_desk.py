"""What guides' pages may send below ``/api/desk/``: checked here, and shown in ``/api/openapi.json``."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from bot.front.shapes import Key

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
Number = Annotated[
    int, BeforeValidator(lambda told: int(told) if isinstance(told, str) and told.isascii() and told.isdigit() else told)
]
"""An id of ours: answers show them as text, so both are taken."""
RowId = Annotated[Number, Field(ge=1, lt=2**63)]


def _written(value: object) -> object:
    if not isinstance(value, str) or value.strip().isdigit():
        raise ValueError("ISO 8601")
    return value


Moment = Annotated[datetime, BeforeValidator(_written), Field(strict=False)]
"""ISO 8601; without a zone in the brand's."""


class _Shape(BaseModel):
    """Unknown keys are ignored: newer pages may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)


class Reply(_Shape):
    """``POST /api/desk/{conversation}/reply``; ``id`` makes a double tap one message, ``items`` are products as cards."""

    id: Key
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""
    items: Annotated[tuple[Id, ...], Field(max_length=5, strict=False)] = ()
    offer: RowId | None = None
    via: Literal["desk", "sidebar"] = "desk"
    """Where only a guide's own hand may send: whether this page is the one beside the platform's client."""

    @model_validator(mode="after")
    def _something(self) -> "Reply":
        if not self.text and not self.items:
            raise ValueError("empty")
        return self


class Taken(_Shape):
    """``POST /api/desk/{conversation}/offers/{offer}/taken``: ``text`` where the guide changed the words."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""


class Transfer(_Shape):
    """``POST /api/desk/{conversation}/transfer``: to a guide, or into a store's queue."""

    guide: Id | None = None
    store: Id | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    force: bool = False
    """Also to somebody who is not on duty."""

    @model_validator(mode="after")
    def _one_way(self) -> "Transfer":
        if (self.guide is None) == (self.store is None):
            raise ValueError("guide or store")
        return self


class NewNote(_Shape):
    """``POST /api/desk/{conversation}/notes``."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class NewTag(_Shape):
    """``POST /api/desk/{conversation}/tags``; ``message``: the one that says so."""

    tag: Id
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    retract: bool = False
    message: RowId | None = None


class Quiet(_Shape):
    """``POST /api/desk/{conversation}/quiet``; in a group ``message`` tells whom it is about."""

    opted_out: bool | None = None
    hushed: bool | None = None
    message: RowId | None = None

    @model_validator(mode="after")
    def _something(self) -> "Quiet":
        if self.opted_out is None and self.hushed is None:
            raise ValueError("opted_out or hushed")
        return self


class NewTask(_Shape):
    """``POST /api/desk/{conversation}/tasks``."""

    text: Line
    due_at: Moment
    kind: Literal["reminder", "callback"] = "reminder"
    id: Key | None = None


class TaskState(_Shape):
    """``POST /api/desk/tasks/{task}``."""

    state: Literal["open", "done", "cancelled"]
    due_at: Moment | None = None


class RunMacro(_Shape):
    """``POST /api/desk/{conversation}/macro``; ``id`` makes a double tap one."""

    id: Key
    macro: Id


class OwnScript(_Shape):
    """What a guide keeps to say again; without a title it is known by how it begins.

    ``conversation``: the talk in which it was written, whose shopper must not stand in it.
    """

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    family: Literal["招呼语", "资讯分享", "日常聊天", "咨询问答"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=r"^[^\x00]*$")]
    conversation: Id | None = None


class NewOwnScript(OwnScript):
    """``POST /api/desk/scripts/own``; ``id`` makes a double tap one script, ``whose``: leads may share with their store."""

    id: Key
    whose: Literal["me", "store"] = "me"


class ChangedOwnScript(OwnScript):
    """``POST /api/desk/scripts/own/{script}``; ``mark``: what was read, so that nobody's newer words are written over."""

    mark: Annotated[str, StringConstraints(max_length=40)] = ""


class Corrected(_Shape):
    """``POST /api/desk/{conversation}/correct``: what the bot should have done instead."""

    message: RowId
    kind: Literal["entry", "reply", "handover", "silent"]
    entry: Id | None = None
    reply: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    private: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "Corrected":
        if (self.kind == "entry" and not self.entry) or (self.kind == "reply" and not self.reply):
            raise ValueError("entry or reply")
        return self


class OnDuty(_Shape):
    """``POST /api/desk/duty``; ``guide`` for leads only."""

    state: Literal["on", "break", "off"]
    until: Moment | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    guide: Id | None = None


class Inherit(_Shape):
    """``POST /api/desk/inherit``: a guide's customers go to another, or to a store.

    ``left``: the guide works here no more, all of theirs goes and the account is closed; else the named customers, or all.
    """

    leaving: Annotated[Id, Field(alias="from")]
    to: Id | None = None
    store: Id | None = None
    customers: Annotated[tuple[Id, ...], Field(max_length=5000, strict=False)] | None = None
    left: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Inherit":
        if (self.to is None) == (self.store is None):
            raise ValueError("to or store")
        if self.left and self.customers is not None:
            raise ValueError("left with customers")
        return self
