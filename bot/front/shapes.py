"""What callers may send below ``/api/``: checked here, and shown to them in ``/api/openapi.json``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""What somebody is called."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x20\x7f]+$")]
"""An id that the caller chose, so that a repeat is known as one."""
Words = Annotated[str, StringConstraints(max_length=4000)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""The parameter of a code (活码)."""


class _Shape(BaseModel):
    """Unknown keys are ignored: newer front ends may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)


class NewChat(_Shape):
    """``POST /api/chat``: the body may be empty."""

    name: Name | None = None
    group: bool = False


class NewMember(_Shape):
    """``POST /api/chat/{conversation}/members``: with a token of the room, or with ``join`` out of an invitation."""

    name: Name
    join: Annotated[str, StringConstraints(max_length=128)] | None = None
    state: Source = ""
    """The code (活码) by which they came."""


class Said(_Shape):
    """``POST /api/chat/{conversation}/messages``."""

    text: Words = ""
    id: Key | None = None
    speaker: Annotated[Name | None, Field(alias="as")] = None
    option: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    kind: Literal["text", "image", "voice", "video", "file", "location", "link"] = "text"
    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://\S+$")] | None = None
    reply_to: Key | None = None
    """The message that is quoted, by the id with which it is read."""
    at_bot: bool | None = None
    mentions: Annotated[tuple[Key, ...], Field(max_length=50, strict=False)] = ()
    """In a room: ids (as ``…/members`` gives them) of those who are named by @; ``bot`` is the assistant."""

    @model_validator(mode="after")
    def _something(self) -> "Said":
        if self.kind == "text" and not self.text.strip():
            raise ValueError("empty")
        return self


class Credentials(_Shape):
    """``POST /api/login``."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class NewPassword(_Shape):
    """``POST /api/password``."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    new: Annotated[str, StringConstraints(min_length=8, max_length=256)]
