"""The team at the desk: colleagues and their duty, a talk passed on, customers inherited, how everybody served."""

from aiohttp import web

from bot.attendance import Attendance
from bot.brand import Guide, Staff
from bot.db import desk_profile, duty, moving
from bot.db.codec import iso
from bot.db.moving import Legacy, Receiver
from bot.db.reception import HeldError
from bot.db.scoped import scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.front import desk_shown as shown
from bot.front import reading, shapes_desk
from bot.front.chat import json
from bot.front.context import Front
from bot.routing import Duty, Post, on_duty

_MOST = 300
"""Colleagues of one answer: those of one's own store first, then of its region, then the others."""


async def attendance(front: Front) -> Duty:
    """All guides as they are at this moment."""
    return await Attendance(front.engine, front.client, lambda: [front.staff()], front.clock).look()


async def colleagues(request: web.Request) -> web.Response:
    """``GET /api/desk/colleagues?q=`` → ``{"colleagues":[{"guide","name","store","store_id","state","present","load",…}]}``."""
    front, who, _ = await shown.entered(request)
    staff, found = front.staff(), await attendance(front)
    sought = request.query.get("q", "").strip()
    area = _area(who, staff)
    team = [one for one in staff.guides.values() if not sought or sought in one.name or sought in (_shop(one, staff) or "")]
    team.sort(key=lambda one: (one.store not in who.stores, not area or _area_of(one, staff) != area, one.store, one.name))
    return json({"colleagues": [_colleague(one, front, who, found) for one in team[:_MOST]]})


def _area(who: User, staff: Staff) -> str:
    store = staff.stores.get(who.store or "")
    return store.area if store else ""


def _area_of(guide: Guide, staff: Staff) -> str:
    store = staff.stores.get(guide.store)
    return store.area if store else ""


def _shop(guide: Guide, staff: Staff) -> str | None:
    return shown.store_name(guide.store or None, staff)


def _colleague(one: Guide, front: Front, who: User, found: Duty) -> dict[str, object]:
    post = found.posts.get(one.id, Post())
    works = on_duty(one.id, found, front.staff(), front.brand(), front.clock.now().astimezone(front.brand().zone))
    near = who.sees_all or one.store in who.stores
    return {
        "guide": one.id,
        "name": one.name,
        "store": _shop(one, front.staff()),
        "store_id": one.store or None,
        "state": post.state if post.state != "on" or works else "off",
        "until": iso(post.until),
        "present": post.present,
        "load": post.load,
        "capacity": one.capacity,
        "rating": round(post.rating, 2) if near and post.rating is not None else None,
        "skills": list(one.skills),
        "languages": list(one.languages),
    }


async def set_duty(request: web.Request) -> web.Response:
    """``POST /api/desk/duty {"state","until"?,"note"?,"guide"?}``: one's own; leads those of their store."""
    front, who, _ = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.OnDuty)
    guide = _whose(front, who, wanted.guide)
    now = front.clock.now().astimezone(front.brand().zone)
    until = shown.moment(wanted.until, front) if wanted.until else None
    if until is not None and until <= now:
        raise BadRequestError("结束的时间要在现在之后")
    async with scoped(front.engine, who) as connection:
        if not await duty.set_state(connection, guide, wanted.state, now, until, wanted.note):
            raise BadRequestError("这位导购已经离职", status=409, code="left")
        await audit(connection, now, who.name, ("duty", guide), state=wanted.state, until=iso(until))
    post = (await attendance(front)).posts.get(guide, Post())
    return json({"guide": guide, "state": post.state, "until": iso(post.until)})


def _whose(front: Front, who: User, told: str | None) -> str:
    """Whose duty may be set.

    Raises:
        BadRequestError: the account is no guide's (400), no such guide (404), or another's who is none of the lead's (403).
    """
    if told is None or told == who.guide:
        if who.guide is None:
            raise BadRequestError("这个账号没有对应的导购，没有在岗状态")
        return who.guide
    guide = front.staff().guides.get(told)
    if who.role not in shown.LEADS:
        raise BadRequestError("只有店长可以改同事的状态", status=403, code="forbidden")
    if guide is None or not (who.sees_all or guide.store in who.stores):
        raise BadRequestError("没有这位导购", status=404, code="not_found")
    return guide.id


async def transfer(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/transfer {"guide"|"store","note"?,"force"?}`` → the floor; 409 ``off_duty``."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.Transfer)
    receiver = Receiver.of(front.staff(), guide=wanted.guide, store=wanted.store)
    try:
        return await passed(front, who, (conversation, receiver, wanted.note), force=wanted.force)
    except HeldError as error:
        return shown.held(error, front.staff())


async def passed(front: Front, who: User, move: tuple[str, Receiver, str], *, force: bool, **more: object) -> web.Response:
    """Pass a talk on (``move``: talk, receiver, note); ``more`` goes into the answer. Raises HeldError, BadRequestError."""
    conversation, receiver, note = move
    now = front.clock.now()
    if receiver.guide is not None and not force:
        found = await attendance(front)
        if not on_duty(receiver.guide, found, front.staff(), front.brand(), now.astimezone(front.brand().zone)):
            name = front.staff().guides[receiver.guide].name
            raise BadRequestError(f"{name}现在不在岗，转过去顾客可能要等", status=409, code="off_duty")
    floor = await moving.transfer(front.engine, who, moving.Transfer(conversation, receiver, note), now)
    await shown.stirred(front, [conversation])
    if floor.owner == "human":  # who takes over from the bot speaks after it, not across it
        await shown.silence(front, conversation)
    return json({**shown.floor(floor, front.staff()), **more})


async def inherit(request: web.Request) -> web.Response:
    """``POST /api/desk/inherit``: 在职 some or all customers of a guide; 离职 (``left``) everything. For leads."""
    front, who, _ = await shown.entered(request, *shown.LEADS)
    wanted = await reading.shaped(request, shapes_desk.Inherit)
    staff = front.staff()
    receiver = Receiver.of(staff, guide=wanted.to, store=wanted.store)
    customers = wanted.customers
    if customers is None and not wanted.left:
        customers = await desk_profile.customers_of(front.engine, who, wanted.leaving)
    legacy = Legacy.of(staff, wanted.leaving, receiver, customers)
    moved = await moving.inherit(front.engine, who, legacy, front.clock.now())
    await shown.stirred(front, moved.talks)
    return json(moved.counts)
