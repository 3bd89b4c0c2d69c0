"""The people of a release, laid out once for routing: who is where, and who works when. Pure."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.brand import Brand, Guide, Staff
from bot.hours import Hours


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a release, laid out once: who is where, and who works when."""

    hours: tuple[Hours, ...]
    """The different working hours that there are: thousands of guides share a few."""
    shifts: Mapping[str, int]
    """Guide → place of their hours in ``hours``."""
    teams: Mapping[str, tuple[Guide, ...]]
    """Store → its guides and leads."""
    regions: Mapping[str, tuple[Guide, ...]]
    """Area → the guides and leads of all its stores."""
    central: tuple[Guide, ...]


_ROSTERS: deque[tuple[Staff, Brand, Roster]] = deque(maxlen=8)
"""The last ones laid out: a process has one brand, and one more for each account with its own content."""


def roster(staff: Staff, brand: Brand) -> Roster:
    """The people of a release as ``outlook`` wants them; laid out once for the same two values."""
    for known, of, laid in _ROSTERS:
        if known is staff and of is brand:
            return laid
    laid = _laid_out(staff, brand)
    _ROSTERS.appendleft((staff, brand, laid))
    return laid


def _laid_out(staff: Staff, brand: Brand) -> Roster:
    different: dict[_Plan, int] = {}
    shifts = {one.id: different.setdefault(_plan(one, staff, brand), len(different)) for one in staff.guides.values()}
    serving = [one for one in staff.guides.values() if one.role in {"guide", "lead"}]
    teams: dict[str, list[Guide]] = {}
    regions: dict[str, list[Guide]] = {}
    for one in serving:
        store = staff.stores.get(one.store)
        teams.setdefault(one.store, []).append(one)
        if store is not None and store.area:
            regions.setdefault(store.area, []).append(one)
    named = [staff.guides[one] for one in brand.service.central if one in staff.guides]
    central = named or [one for one in serving if one.role == "lead" or not one.store] or serving
    return Roster(
        hours=tuple(Hours.read(dict(told), closed) for told, closed in different),
        shifts=shifts,
        teams={store: tuple(team) for store, team in teams.items() if store},
        regions={area: tuple(team) for area, team in regions.items()},
        central=tuple(central),
    )


def working(guide: Guide, staff: Staff, brand: Brand) -> Hours:
    """When a guide works by the plan: by their shifts, else while their store is open, else in the brand's hours."""
    told, closed = _plan(guide, staff, brand)
    return Hours.read(dict(told), closed)


_Plan = tuple[tuple[tuple[str, str], ...], frozenset[date]]
"""Working hours as the files tell them, and the days without any."""


def _plan(guide: Guide, staff: Staff, brand: Brand) -> _Plan:
    store = staff.stores.get(guide.store)
    told = guide.shifts or (store.hours if store is not None else {}) or brand.hours
    closed = (*guide.days_off, *(store.holidays if store is not None else ()), *brand.service.holidays)
    return tuple(told.items()), frozenset(closed)
