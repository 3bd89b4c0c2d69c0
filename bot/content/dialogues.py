"""What ops may write in ``tests/dialogues/*.yml``: a talk, step by step, and what must come of each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Step(BaseModel):
    """One message and what is expected; what is not named is not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    say: Annotated[str, Field(min_length=1)]
    sender: Annotated[str | None, Field(alias="as")] = None
    room: Annotated[str | None, Field(alias="in")] = None
    """Of which group; without it the talk is between two."""
    at_bot: bool = False
    at: datetime | None = None
    option: str | None = None
    """The id of what was tapped instead of typed."""
    intent: str | None = None
    slots: Mapping[str, object] = {}
    """Slot → value; other slots may be there as well."""
    entry: str | None = None
    """Written as ``null``: no entry may answer."""
    script: str | None = None
    reply: str | None = None
    """Words that the reply must hold."""
    suggests: bool | str | tuple[str, ...] = ()
    """Skus or categories that must be shown; true and false ask for anything and for nothing."""
    owner: Literal["bot", "human", "waiting", "closed"] | None = None
    """``human`` holds from the moment that a person was asked for."""
    silent: bool | None = None
    known_fault: str | None = None
    """The issue that says why this step fails today; the day it passes, it is told."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The skus or categories that must be shown."""
        if isinstance(self.suggests, bool):
            return ()
        return (self.suggests,) if isinstance(self.suggests, str) else self.suggests


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One file."""

    file: str
    steps: tuple[tuple[int | None, Step], ...]
    """Each with its line."""
