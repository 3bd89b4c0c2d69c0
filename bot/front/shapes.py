"""What callers may send below ``/api/``: checked here, and shown to them in ``/api/openapi.json``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""What somebody is called."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x20\x7f]+$")]
"""An id that the caller chose, so that a repeat is known as one."""
Words = Annotated[str, StringConstraints(max_length=4000)]


class _Shape(BaseModel):
    """Unknown keys are ignored: newer front ends may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)


class NewChat(_Shape):
    """``POST /api/chat``: the body may be empty."""

    name: Name | None = None
    group: bool = False


class NewMember(_Shape):
    """``POST /api/chat/{conversation}/members``."""

    name: Name


class Said(_Shape):
    """``POST /api/chat/{conversation}/messages``."""

    text: Words = ""
    id: Key | None = None
    speaker: Annotated[Name | None, Field(alias="as")] = None
    option: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    kind: Literal["text", "image", "voice", "video", "file", "location", "link"] = "text"
    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://\S+$")] | None = None
    reply_to: Key | None = None
    at_bot: bool | None = None

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
