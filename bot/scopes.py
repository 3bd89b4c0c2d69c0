"""Whose content is: headquarters', a region's, a shop's, one guide's; and who may write and publish it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.brand import Staff
from bot.db.users import User

Level = Literal["总部", "区域", "店", "个人"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose a thing is."""

    level: Level = "总部"
    of: str = ""
    """Region or city, id of the store, id of the guide."""

    @property
    def told(self) -> str:
        """As drafts keep it; headquarters' is the empty text."""
        return "" if self.level == "总部" else f"{self.level}:{self.of}"


HEADQUARTERS: Final = Scope()


def scope_of(kind: str, value: Mapping[str, object] | None) -> Scope:
    """Whose a thing is: scripts and entries say so, a shop and its guides are the shop's, everything else is headquarters'."""
    if value is None:
        return HEADQUARTERS
    if kind in {"script", "entry"}:
        told = value.get("scope")
        level = told.get("level") if isinstance(told, Mapping) else None
        of = str(told.get("of", "")) if isinstance(told, Mapping) else ""
        return Scope(level, of) if level in {"区域", "店", "个人"} else HEADQUARTERS
    if kind == "store":
        return Scope("店", str(value.get("id", "")))
    if kind in {"guide", "macro"} and value.get("store"):
        return Scope("店", str(value["store"]))
    return HEADQUARTERS


def read(told: str) -> Scope:
    """A scope as drafts keep it."""
    level, _, of = told.partition(":")
    return Scope(level, of) if level in {"区域", "店", "个人"} else HEADQUARTERS  # type: ignore[arg-type]


def may_write(who: User, scope: Scope, staff: Staff) -> bool:
    """Whether somebody may draft a thing: editors and headquarters anything, a shop's people what is theirs."""
    if who.role in {"admin", "editor"} and not who.store:
        return True
    return may_publish(who, scope, staff) or (who.role == "editor" and _inside(who, scope, staff))


def may_publish(who: User, scope: Scope, staff: Staff) -> bool:
    """Whether somebody may make a thing live.

    Admins and leads of no shop may for all, other leads for what is of their shop or region, a guide for what is only theirs.
    """
    if who.role == "admin" or (who.role == "lead" and who.store is None):
        return True
    if who.role == "lead":
        return _inside(who, scope, staff)
    return who.role == "guide" and scope == Scope("个人", who.guide or "")


def _inside(who: User, scope: Scope, staff: Staff) -> bool:
    if scope.level == "店":
        return scope.of in who.stores
    if scope.level == "区域":
        own = (staff.stores[store] for store in who.stores if store in staff.stores)
        return any(scope.of in {store.region, store.city} for store in own)
    if scope.level == "个人":
        guide = staff.guides.get(scope.of)
        return scope.of == who.guide or (guide is not None and bool(guide.store) and guide.store in who.stores)
    return False
