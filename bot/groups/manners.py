"""How the assistant is to behave in one group: the brand's ways, and what ops set for this group. Pure."""

from collections.abc import Mapping

from pydantic import ValidationError

from bot.brand import Brand, Groups
from intents.groups import Manners


def settings_of(brand: Brand, own: Mapping[str, object]) -> Groups:
    """The settings of a group; a setting of its own that cannot be used is left out, whatever stands in the table."""
    told = {name: value for name, value in own.items() if name in Groups.model_fields}
    while told:
        try:
            return Groups.model_validate({**brand.groups.model_dump(), **told})
        except ValidationError as error:
            wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]} & told.keys()
            if not wrong:
                break
            told = {name: value for name, value in told.items() if name not in wrong}
    return brand.groups


def manners(brand: Brand, settings: Groups, *, ordering: bool | None = None) -> Manners:
    """The same as the understanding takes them; ``ordering``: whether a group order is open."""
    persona = brand.persona
    return Manners(
        names=tuple(dict.fromkeys((persona.name, *settings.names))),
        level=settings.level,
        hold=settings.hold,
        gather=settings.gather,
        guide_quiet=settings.guide_quiet * 60,
        per_hour=settings.per_hour,
        ordering=ordering,
    )
