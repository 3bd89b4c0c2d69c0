"""What ``brand.yml`` may say of the assistant's voice; ``scripts.persona`` holds texts against it."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from scripts.persona import Address, Emoji, Persona, folded

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)


def _several(value: object) -> object:
    """One particle without brackets is a list of one."""
    return (value,) if isinstance(value, str) else value


class VoiceModel(BaseModel):
    """How the assistant speaks, in settings that texts are checked against."""

    model_config = _STRICT

    address: Address | None = None
    """How shoppers are called."""
    emoji: Emoji = "free"
    ending: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=4)], ...], BeforeValidator(_several)] = ()
    """Particles (哦, 呢, 哈) that no sentence ends with."""


class SpokenModel(BaseModel):
    """Whoever speaks: a voice, and words that they never say."""

    model_config = _STRICT

    voice: VoiceModel = VoiceModel()
    forbidden: Annotated[tuple[str, ...], Field(max_length=500)] = ()
    """Words that the assistant never says, whatever is written in scripts and entries."""

    @field_validator("forbidden")
    @classmethod
    def _real(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(folded, value)):
            raise ValueError("有一个词是空的，去掉它")
        return value

    @property
    def rules(self) -> Persona:
        """Voice and forbidden words as texts are held against them (``scripts.persona.misfits``)."""
        return Persona(self.voice.address, self.voice.emoji, self.voice.ending, self.forbidden)
