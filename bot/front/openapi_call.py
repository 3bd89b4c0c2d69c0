"""One call of the API as ``/api/openapi.json`` describes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

SHOPPER: list[Mapping[str, list[str]]] = [{"token": []}]
BRAND: list[Mapping[str, list[str]]] = [{"events": []}]
STAFF: list[Mapping[str, list[str]]] = [{"session": []}]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what it does, what it takes, what it answers."""

    summary: str
    answers: Mapping[int, str]
    """Status → what it means; the body where it is worth saying."""
    shape: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    security: list[Mapping[str, list[str]]] | None = None
    stream: bool = False
    form: str = "application/json"
    """Content type of the answer."""
