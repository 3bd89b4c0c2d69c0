"""Who should take a shopper: own guide, their store's team, the region, the central team, or an honest "not before …". Pure.

``outlook`` is asked twice with the same values: by the turn, for what it may truthfully promise, and by the keeper
(``bot.keeper``), for whom the waiting shopper is offered to. What is known of the guides at this moment comes in as ``Duty``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.brand import Brand, Guide, Staff
from bot.roster import Roster, roster

Path = Literal["named", "own", "store", "region", "central"]
"""How a guide was found: asked for by name, the shopper's own, of their store, of its region, of the central team."""


@dataclass(frozen=True, slots=True)
class Post:
    """One guide as things are now."""

    state: Literal["on", "break", "off", "left"] = "on"
    """What they or their lead said last: working by the plan, on a break, off today, gone for good."""
    until: datetime | None = None
    """When a break or day off ends by itself."""
    present: bool = False
    """Whether their desk is open, or they were heard of within the last minutes."""
    load: int = 0
    """Talks that they hold, and those offered to them."""
    rating: float | None = None
    """Mean of the shoppers' ratings (1 … 5) of the last 90 days; None: too few."""


@dataclass(frozen=True, slots=True)
class Duty:
    """All guides as things are now."""

    posts: Mapping[str, Post] = field(default_factory=dict)
    """Guide id → post; a guide without one works by the plan and was not heard of."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Store id ("" for none) → shoppers who wait there and are offered to nobody."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a shopper needs a person for."""

    store: str | None = None
    own: str | None = None
    """Their own guide."""
    wanted: str | None = None
    """The guide they named."""
    skill: str | None = None
    language: str | None = None
    urgency: int = 0
    tried: frozenset[str] = frozenset()
    """Guides who were offered it and did not take it."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of a need at this moment."""

    guide: str | None
    """Whom to offer it to; None: nobody is there who could."""
    path: Path | None = None
    """With nobody to offer it to, ``central`` says that everybody on duty was asked in vain."""
    store: str | None = None
    """The store whose matter it becomes."""
    present: bool = False
    """Whether that guide is at the desk now, so that "right away" is true."""
    ahead: int = 0
    """Shoppers who wait before this one, where everybody is busy."""
    opens: datetime | None = None
    """When somebody is there again, in the brand's zone; None while somebody is on duty."""
    why: Mapping[str, object] = field(default_factory=dict)
    """The decision in words and numbers, for the trace."""


_Bar = Literal["left", "break", "off", "out", "tried", "busy"]
"""Why somebody cannot be offered a shopper now; the last two are on duty."""
_BARS: Mapping[_Bar, str] = {
    "left": "已离职",
    "break": "在休息",
    "off": "今天不在",
    "out": "不在班",
    "tried": "刚才没有接",
    "busy": "手上已满",
}
_PATHS: Mapping[Path, str] = {
    "named": "顾客点名",
    "own": "顾客自己的导购",
    "store": "本店",
    "region": "同区域门店",
    "central": "总部团队",
}

_LANGUAGE, _SKILL, _PRESENT, _BUSY, _RATED = 4.0, 3.0, 2.0, 2.0, 0.5
"""What speaks for somebody of a team. Without the shopper's language all else is worth little; then knowing about the matter;
then being there. A full hand weighs as much as being away; a star of rating more or less decides between people who are
otherwise alike, so that the best rated do not get everybody."""
_USUAL = 4.0
"""The rating that speaks neither for nor against somebody."""
_HURRY = 100.0
"""With somebody hurt or furious whoever is at the desk comes first, whatever else they know."""


def on_duty(guide: str, duty: Duty, staff: Staff, brand: Brand, now: datetime) -> bool:
    """Whether somebody works at this moment; ``now`` in the brand's zone. Whoever no file names is taken to work."""
    if guide not in staff.guides:
        return duty.posts.get(guide, Post()).state == "on"
    return _Scene(Need(), duty, roster(staff, brand), now).away(guide) is None


def outlook(need: Need, duty: Duty, staff: Staff, brand: Brand, now: datetime) -> Outlook:
    """Whom to offer a shopper to; ``now`` in the brand's zone."""
    home = _home(need, staff)
    if not staff.guides:
        opens = None if brand.opening.open_at(now) else brand.opening.next_opening(now)
        return Outlook(None, None, home, ahead=sum(duty.waiting.values()), opens=opens, why={"words": "没有登记导购，谁都可以接"})
    scene = _Scene(need, duty, roster(staff, brand), now)
    circles = tuple(_circles(need, home, staff, brand))
    passed: dict[str, dict[_Bar, int]] = {}
    for path, team in circles:
        bars: Counter[_Bar] = Counter()
        chosen = scene.best(team, bars)
        if chosen is not None:
            why = scene.why(path, chosen, len(team), passed)
            return Outlook(chosen.id, path, chosen.store or home, scene.post(chosen.id).present, why=why)
        passed[path] = dict(bars)
    return _nobody(scene, home, circles, passed)


def _home(need: Need, staff: Staff) -> str | None:
    """The store that a shopper belongs to; whoever has none belongs where their guide is."""
    known = (one.store for who in (need.own, need.wanted) for one in _alone(staff, who))
    return need.store or next((store for store in known if store), None)


_Circle = tuple[Path, Sequence[Guide]]
"""Some guides, and how they were found."""


def _circles(need: Need, home: str | None, staff: Staff, brand: Brand) -> Iterator[_Circle]:
    """Who is asked, the nearest first."""
    laid = roster(staff, brand)
    named: _Circle = ("named", _alone(staff, need.wanted))
    own: _Circle = ("own", _alone(staff, need.own))
    team: _Circle = ("store", laid.teams.get(home or "", ()))
    store = staff.stores.get(home or "")
    around = [one for one in laid.regions.get(store.area, ()) if one.store != home] if store is not None else []
    order = (named, own, team) if brand.mode == "persona" else (named, team, own)
    wider: tuple[_Circle, _Circle] = ("region", around), ("central", laid.central)
    yield from (circle for circle in (*order, *wider) if circle[1])


def _alone(staff: Staff, guide: str | None) -> Sequence[Guide]:
    found = staff.guides.get(guide or "")
    return (found,) if found is not None else ()


def _nobody(scene: "_Scene", home: str | None, circles: Sequence[_Circle], passed: Mapping[str, Mapping[_Bar, int]]) -> Outlook:
    """Everybody is busy, was asked in vain, or is not there at all."""
    bars = {bar for counted in passed.values() for bar in counted}
    ahead = scene.duty.waiting.get(home or "", 0)
    if "busy" in bars:
        return Outlook(None, None, home, ahead=ahead, why={"words": "在班的导购手上都满了", "passed": _told(passed)})
    if "tried" in bars:
        return Outlook(None, "central", home, ahead=ahead, why={"words": "在班的导购都问过了，没有人接", "passed": _told(passed)})
    everybody = {one.id: one for _, team in circles for one in team}
    opens = scene.opens(everybody)
    words = "现在没有导购在班" if opens is not None else "导购都已离职或不再排班"
    return Outlook(
        None, None if opens else "central", home, ahead=ahead, opens=opens, why={"words": words, "passed": _told(passed)}
    )


def _told(passed: Mapping[str, Mapping[_Bar, int]]) -> dict[str, dict[str, int]]:
    return {path: {_BARS[bar]: n for bar, n in counted.items()} for path, counted in passed.items()}


class _Scene:
    """One question: what is known, and what was found out on the way."""

    def __init__(self, need: Need, duty: Duty, laid: Roster, now: datetime) -> None:
        self.need = need
        self.duty = duty
        self._laid = laid
        self._now = now
        self._open: list[bool | None] = [None] * len(laid.hours)

    def post(self, guide: str) -> Post:
        """How somebody stands; by the plan where nothing was heard."""
        return self.duty.posts.get(guide, _PLAN)

    def away(self, guide: str) -> _Bar | None:
        """Why somebody is not on duty; None where they are."""
        post = self.post(guide)
        if post.state == "left" or (post.state != "on" and (post.until is None or post.until > self._now)):
            return post.state
        place = self._laid.shifts[guide]
        is_open = self._open[place]
        if is_open is None:
            is_open = self._open[place] = self._laid.hours[place].open_at(self._now)
        return None if is_open else "out"

    def bar(self, guide: Guide) -> _Bar | None:
        """Why somebody cannot be offered the shopper; None where they can."""
        away = self.away(guide.id)
        if away is not None:
            return away
        if guide.id in self.need.tried:
            return "tried"
        return "busy" if self.post(guide.id).load >= room(guide, self.need.urgency) else None

    def best(self, team: Sequence[Guide], bars: Counter[_Bar]) -> Guide | None:
        """Who of a team fits best; None where nobody can, and then ``bars`` counts why."""
        ready = []
        for one in team:
            bar = self.bar(one)
            if bar is None:
                ready.append(one)
            else:
                bars[bar] += 1
        return min(ready, key=self._rank) if ready else None

    def _rank(self, guide: Guide) -> tuple[float, float, float, str]:
        """The smallest is the best: fit, then the freer hand, the better rating, the id."""
        post = self.post(guide.id)
        share = post.load / max(guide.capacity, 1)
        rating = post.rating if post.rating is not None else _USUAL
        fit = _RATED * (rating - _USUAL) - _BUSY * share
        fit += _LANGUAGE * (self.need.language in guide.languages) + _SKILL * (self.need.skill in guide.skills)
        fit += post.present * (_HURRY if self.need.urgency >= 2 else _PRESENT)
        return (-round(fit, 9), share, -rating, guide.id)

    def why(self, path: Path, guide: Guide, asked: int, passed: Mapping[str, Mapping[_Bar, int]]) -> dict[str, object]:
        """The choice in words and numbers."""
        post = self.post(guide.id)
        words = [f"{_PATHS[path]}：{guide.name}", "在线" if post.present else "在班", f"手上 {post.load}/{guide.capacity}"]
        words += [f"评分 {post.rating:.1f}"] if post.rating is not None else []
        words += [f"懂{self.need.skill}"] if self.need.skill in guide.skills else []
        words += [f"会{self.need.language}"] if self.need.language in guide.languages else []
        return {
            "words": "，".join(words),
            "path": path,
            "guide": guide.id,
            "of": asked,
            "load": post.load,
            "capacity": guide.capacity,
            "rating": post.rating,
            "present": post.present,
            **({"passed": _told(passed)} if passed else {}),
        }

    def opens(self, guides: Mapping[str, Guide]) -> datetime | None:
        """When the first of them is on shift again."""
        starts = {(self._laid.shifts[one], self._free_from(one)) for one in guides if self.post(one).state != "left"}
        found = [moment for place, start in starts if (moment := self._next(place, start)) is not None]
        return min(found, default=None)

    def _free_from(self, guide: str) -> datetime | None:
        """When a break or day off is over: now where there is none, None where no end was named."""
        post = self.post(guide)
        if post.state == "on" or (post.until is not None and post.until <= self._now):
            return self._now
        return None if post.until is None else post.until.astimezone(self._now.tzinfo)

    def _next(self, place: int, start: datetime | None) -> datetime | None:
        """When somebody with these hours is there at or after ``start``; without one, when their next shift begins."""
        hours = self._laid.hours[place]
        if start is not None and start > self._now and hours.open_at(start):
            return start
        return hours.next_opening(start or self._now)


_PLAN = Post()


def room(guide: Guide, urgency: int = 0) -> int:
    """How many talks somebody takes on: their capacity, and a quarter more (rounded up) for what cannot wait."""
    return guide.capacity + (-(-guide.capacity // 4) if urgency >= 2 else 0)
