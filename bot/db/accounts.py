"""Looking after accounts: all of them, what they may do, closing and opening them again, and where people are signed in.

Whatever changes what an account may do ends all of its sign-ins in the same transaction. Of the admins one always stays: those
who could take the last one away wait for each other.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.users import ROLES, Role, audit, fingerprint
from bot.errors import BadRequestError

_LIST = text(
    """
    select u.name, u.role, u.guide, u.store, u.one_time, u.disabled, u.created_at, count(l.token) as logins,
        max(l.created_at) as last_at
    from users u left join logins l on l.user_name = u.name and l.expires_at > :now
    where (cast(:name as text) is null or u.name = :name) group by u.name order by u.disabled, u.name
    """
)
_ADMINS = text("select name from users where role = 'admin' and not disabled order by name for update")
_LOCK = text("select name, role, guide, store, disabled from users where name = :name for update")
_CHANGE = text("update users set role = :role, guide = :guide, store = :store where name = :name")
_CLOSE = text("update users set disabled = :disabled where name = :name")
_END = text("delete from logins where user_name = :name and (cast(:keep as text) is null or token <> :keep) returning token")
_LOGINS = text(
    """
    select token, created_at, expires_at, place from logins where user_name = :name and expires_at > :now
    order by created_at desc, token
    """
)
_END_ONE = text("delete from logins where user_name = :name and left(token, 16) = :mark returning token")


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as whoever looks after accounts sees it."""

    name: str
    role: Role
    guide: str | None
    store: str | None
    one_time: bool
    """The one-time password was not replaced yet."""
    disabled: bool
    created_at: datetime
    logins: int
    """Sign-ins that still stand."""
    last_at: datetime | None
    """When the newest of them began."""


@dataclass(frozen=True, slots=True)
class Login:
    """One sign-in that stands."""

    mark: str
    """Names it; nobody can sign in with it."""
    at: datetime
    until: datetime
    place: str
    """Device and address; empty where it was not kept."""
    own: bool
    """Whether it is the one with which its owner looks."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What an account may do."""

    role: str
    guide: str | None
    store: str | None


async def accounts(engine: AsyncEngine, now: datetime) -> list[Account]:
    """All accounts by name, closed ones last."""
    async with engine.connect() as connection:
        return [_account(row) for row in await connection.execute(_LIST, {"now": now, "name": None})]


async def account(engine: AsyncEngine, name: str, now: datetime) -> Account:
    """One account; raises BadRequestError (404)."""
    async with engine.connect() as connection:
        row = (await connection.execute(_LIST, {"now": now, "name": name})).one_or_none()
    if row is None:
        raise _missing(name)
    return _account(row)


async def change(engine: AsyncEngine, name: str, duties: Duties, by: str, now: datetime) -> bool:
    """Give an account another role, guide or store; all its sign-ins end. False where nothing is different.

    Raises:
        BadRequestError: no such role; no such account (404); it is the last admin (409).
    """
    if duties.role not in ROLES:
        raise BadRequestError(f"没有角色 {duties.role}，可以是 {'、'.join(ROLES)}")
    async with engine.begin() as connection:
        before = await _held(connection, name, leaves_admins=duties.role != "admin")
        if (before.role, before.guide, before.store) == (duties.role, duties.guide, duties.store):
            return False
        told = {"role": duties.role, "guide": duties.guide, "store": duties.store}
        await connection.execute(_CHANGE, {"name": name, **told})
        await connection.execute(_END, {"name": name, "keep": None})
        was = {"role": before.role, "guide": before.guide, "store": before.store}
        await audit(connection, now, by, ("user.change", name), before=was, after=told)
    return True


async def set_disabled(engine: AsyncEngine, name: str, by: str, now: datetime, *, disabled: bool) -> None:
    """Close an account, all its sign-ins with it, or open it again.

    Raises:
        BadRequestError: no such account (404); it is the last admin, or one's own (409).
    """
    if disabled and name == by:
        raise BadRequestError("自己的账号不能自己停用，请另一位管理员来停", status=409, code="own_account")
    async with engine.begin() as connection:
        before = await _held(connection, name, leaves_admins=disabled)
        if bool(before.disabled) == disabled:
            return
        await connection.execute(_CLOSE, {"name": name, "disabled": disabled})
        await connection.execute(_END, {"name": name, "keep": None})
        await audit(connection, now, by, ("user.disable" if disabled else "user.enable", name))


async def end_logins(engine: AsyncEngine, name: str, by: str, now: datetime, keep: str | None = None) -> int:
    """End all sign-ins of an account, but the one whose cookie is ``keep``; how many there were. Raises BadRequestError (404)."""
    async with engine.begin() as connection:
        await _held(connection, name, leaves_admins=False)
        found = await connection.execute(_END, {"name": name, "keep": None if keep is None else fingerprint(keep)})
        ended = len(found.all())
        if ended:
            await audit(connection, now, by, ("user.end", name), ended=ended)
    return ended


async def end_login(engine: AsyncEngine, name: str, mark: str, now: datetime) -> bool:
    """End one sign-in of one's own; False where it is over already."""
    async with engine.begin() as connection:
        found = (await connection.execute(_END_ONE, {"name": name, "mark": mark})).all()
        if found:
            await audit(connection, now, name, ("user.end", name), ended=len(found))
    return bool(found)


async def logins(engine: AsyncEngine, name: str, now: datetime, own: str = "") -> list[Login]:
    """Where somebody is signed in, the newest first; ``own``: the cookie of whoever looks."""
    mine = fingerprint(own)
    async with engine.connect() as connection:
        return [
            Login(row.token[:16], row.created_at, row.expires_at, row.place, row.token == mine)
            for row in await connection.execute(_LOGINS, {"name": name, "now": now})
        ]


async def _held(connection: AsyncConnection, name: str, *, leaves_admins: bool) -> "Row[tuple[object, ...]]":
    """The account, locked; with ``leaves_admins`` it is about to be one admin less. Raises BadRequestError (404, 409)."""
    # all admins first and in one order: of two who take each other away one waits, and then sees that it would be the last
    admins = list((await connection.execute(_ADMINS)).scalars()) if leaves_admins else []
    row = (await connection.execute(_LOCK, {"name": name})).one_or_none()
    if row is None:
        raise _missing(name)
    if leaves_admins and admins == [name]:
        reason = "这是最后一个能用的管理员账号，停用或改掉以后就没有人能管账号了；先再设一位管理员"
        raise BadRequestError(reason, status=409, code="last_admin")
    return row


def _missing(name: str) -> BadRequestError:
    return BadRequestError(f"没有用户 {name}", status=404, code="not_found")


def _account(row: "Row[tuple[object, ...]]") -> Account:
    return Account(row.name, row.role, row.guide, row.store, row.one_time, row.disabled, row.created_at, row.logins, row.last_at)
