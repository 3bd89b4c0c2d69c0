"""The staff of the simulated enterprise: their phones (message/send), their group (webhook/send), the sidebar's ticket."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.sandbox.body import Body, inner, many, text, whole
from bot.sandbox.errors import PlatformError

if TYPE_CHECKING:
    from bot.sandbox.world import World

TICKET_LIFE: Final = 7200.0
ROBOT_KEY: Final = "sandbox-staff-robot"
"""The key of the one group robot there is."""
ROBOT_PER_MINUTE: Final = 20
_TEXT: Final = 2048
_TITLE, _DESCRIPTION = 128, 512
_MOST_USERS: Final = 1000
_SHOWN: Final = 100
_SAME: Final = 1800
"""Default of `duplicate_check_interval` in seconds."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that reached members of staff."""

    way: str
    """app or robot"""
    users: tuple[str, ...]
    """Who got it, or who was called by name in the group."""
    title: str
    text: str
    url: str
    at: float

    def to_json(self) -> dict[str, object]:
        """For the page."""
        users = list(self.users)
        return {"way": self.way, "users": users, "title": self.title, "text": self.text, "url": self.url, "at": self.at}


class StaffRoom:
    """Tickets that are out, what was told lately, and what is taken for a repeat."""

    def __init__(self) -> None:
        """Nobody was told anything."""
        self.told: deque[Told] = deque(maxlen=_SHOWN)
        self.robot_works = True
        self.ticket = ("", 0.0)
        self._same: dict[str, float] = {}

    def repeated(self, body: Body, now: float) -> bool:
        """Whether the same content was sent within the interval that the caller named; notes it if not."""
        interval = whole(body, "duplicate_check_interval", _SAME)
        mark = repr(sorted((key, repr(value)) for key, value in body.items()))
        if self._same.get(mark, 0.0) > now:
            return True
        self._same[mark] = now + interval
        return False

    def to_json(self) -> list[dict[str, object]]:
        """The latest first."""
        return [one.to_json() for one in reversed(self.told)]


def ticket(world: World, body: Body) -> Mapping[str, object]:
    """`ticket/get?type=agent_config`: the same ticket while it is valid."""
    if text(body, "type") != "agent_config":
        raise PlatformError(40058, "type")
    now, room = world.now(), world.staff
    if room.ticket[1] <= now:
        room.ticket = (world.ids.make("ticket", 43), now + TICKET_LIFE)
    return {"ticket": room.ticket[0], "expires_in": int(room.ticket[1] - now)}


def message_send(world: World, body: Body) -> Mapping[str, object]:
    """`message/send`: text or textcard to members; 81013 where none of them exists."""
    if whole(body, "agentid") != int(world.setup.corp.agent_id):
        raise PlatformError(40056)
    named = [one for one in text(body, "touser", needed=False).split("|") if one]
    if not named:
        raise PlatformError(82001)
    users, missed = [one for one in named if _known(world, one)], [one.lower() for one in named if not _known(world, one)]
    if len(named) > _MOST_USERS or not users:
        raise PlatformError(81013)
    title, words, url = _content(body)
    if whole(body, "enable_duplicate_check", 0) != 1 or not world.staff.repeated(body, world.now()):
        _tell(world, Told("app", tuple(users), title, words, url, world.now()))
    return {"invaliduser": "|".join(missed), "msgid": world.ids.make("staff_msg")}


def webhook_send(world: World, key: str, body: Body) -> Mapping[str, object]:
    """`webhook/send?key=`: a text into the staff's group, at most twenty a minute."""
    if key != ROBOT_KEY:
        raise PlatformError(93000)
    if not world.staff.robot_works:
        raise PlatformError(93004)
    if text(body, "msgtype") != "text":
        raise PlatformError(40008, "msgtype")
    content = inner(body, "text")
    words = text(content, "content", most=_TEXT)
    called = tuple(one for one in many(content, "mentioned_list") if isinstance(one, str))
    world.meter.count("webhook/send", ROBOT_PER_MINUTE, world.now())
    _tell(world, Told("robot", called, "", words, "", world.now()))
    return {}


def _content(body: Body) -> tuple[str, str, str]:
    """Title, words and link of a message of the app."""
    kind = text(body, "msgtype")
    if kind == "text":
        return "", text(inner(body, "text"), "content", most=_TEXT), ""
    if kind != "textcard":
        raise PlatformError(40008, kind)
    card = inner(body, "textcard")
    return text(card, "title", most=_TITLE), text(card, "description", most=_DESCRIPTION), text(card, "url")


def _known(world: World, userid: str) -> bool:
    """Whether a member works here: userids are the same in small and large letters."""
    return userid.lower() in {one.lower() for account in world.accounts.values() for one in account.servicers}


def _tell(world: World, told: Told) -> None:
    world.staff.told.append(told)
    world.ledger.write("staff", told.at, {**told.to_json(), "at": round(told.at, 3)}, told.way)
