"""Accounts of guides, leads, editors and admins: argon2 passwords, sign-ins whose token we keep only as a hash."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Literal

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import BadRequestError

Role = Literal["guide", "lead", "editor", "admin"]
ROLES: tuple[Role, ...] = ("guide", "lead", "editor", "admin")

STAY = timedelta(days=14)
"""How long a sign-in lasts: a guide's phone should not ask every morning."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id with the parameters that OWASP's password storage sheet gives (19 MiB, 2 passes)."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when it is read aloud."""
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$cG0yzXxKnCTPDfRHtVyNYmA0bUnnZ6JHzD7hG3w1qS0"
"""Compared with where there is no such account, so that both answers take equally long; no password fits it."""

_USER = text("select name, role, guide, store, password, one_time, disabled from users where name = :name")
_ADD = text(
    """
    insert into users (name, role, guide, store, password, one_time, created_at)
    values (:name, :role, :guide, :store, :password, true, now())
    """
)
_LOGIN = text(
    """
    insert into logins (token, user_name, csrf, created_at, expires_at, place)
    values (:token, :name, :csrf, :now, :expires, :place)
    """
)
_WHO = text(
    """
    select u.name, u.role, u.guide, u.store, u.one_time, l.csrf from logins l join users u on u.name = l.user_name
    where l.token = :token and l.expires_at > :now and not u.disabled
    """
)
_AUDIT = text(
    """
    insert into audit (at, actor, action, subject, details)
    values (coalesce(cast(:now as timestamptz), now()), :actor, :action, :subject, cast(:details as jsonb))
    """
)


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in."""

    name: str
    role: Role
    guide: str | None
    store: str | None
    must_change: bool
    """The one-time password was not replaced yet: nothing else is allowed."""
    csrf: str = ""

    @property
    def actor(self) -> str:
        """Under which name conversations are held: the guide, or the account where it is nobody's."""
        return self.guide or self.name

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores whose customers they may see."""
        return (self.store,) if self.store else ()

    @property
    def sees_all(self) -> bool:
        """Admins, and leads who belong to no store."""
        return self.role == "admin" or (self.role == "lead" and self.store is None)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in; ``token`` goes into the cookie and is nowhere else."""

    user: User
    token: str


async def audit(connection: AsyncConnection, now: datetime | None, actor: str, deed: tuple[str, str], **details: object) -> None:
    """Keep who did what (``deed``: action, subject), in the transaction that does it; without ``now`` the database's time."""
    action, subject = deed
    values = {"now": now, "actor": actor, "action": action, "subject": subject, "details": orjson.dumps(details).decode()}
    await connection.execute(_AUDIT, values)


async def add_user(
    engine: AsyncEngine, name: str, role: str, guide: str | None = None, store: str | None = None, *, by: str = "daogou user add"
) -> str:
    """Make an account; its one-time password, which must be replaced at the first sign-in.

    Raises:
        BadRequestError: no such role, no name, or the name is taken (409).
    """
    if role not in ROLES:
        raise BadRequestError(f"没有角色 {role}，可以是 {'、'.join(ROLES)}")
    if not name.strip() or len(name) > 64 or not name.isprintable():
        raise BadRequestError("用户名应为 1–64 个字")
    password = _one_time()
    values = {"name": name, "role": role, "guide": guide, "store": store, "password": await _hashed(password)}
    try:
        async with engine.begin() as connection:
            await connection.execute(_ADD, values)
            await audit(connection, None, by, ("user.add", name), role=role, guide=guide, store=store)
    except IntegrityError as error:
        raise BadRequestError(f"已经有用户 {name}", status=409, code="exists") from error
    return password


async def guide_of(engine: AsyncEngine, name: str) -> str | None:
    """Which guide an account is; None where there is no such account, or it is nobody's."""
    query = text("select guide from users where name = :name")
    async with engine.connect() as connection:
        found: str | None = (await connection.execute(query, {"name": name})).scalar_one_or_none()
        return found


async def reset_password(engine: AsyncEngine, name: str, *, by: str = "daogou user reset") -> str:
    """A new one-time password for somebody who forgot theirs; all their sign-ins end.

    Raises:
        BadRequestError: no such account (404).
    """
    password = _one_time()
    change = text("update users set password = :password, one_time = true where name = :name returning name")
    async with engine.begin() as connection:
        found = await connection.execute(change, {"name": name, "password": await _hashed(password)})
        if found.scalar_one_or_none() is None:
            raise BadRequestError(f"没有用户 {name}", status=404, code="not_found")
        await connection.execute(text("delete from logins where user_name = :name"), {"name": name})
        await audit(connection, None, by, ("user.reset", name))
    return password


async def sign_in(engine: AsyncEngine, name: str, password: str, now: datetime, place: str = "") -> SignedIn | None:
    """Sign in; None where name or password is wrong or the account is closed, without telling which.

    ``place``: from what device and address, so that people find a sign-in that is none of theirs.
    """
    async with engine.connect() as connection:
        row = (await connection.execute(_USER, {"name": name.replace("\0", "")})).one_or_none()
    matches = await _matches(row.password if row is not None else _NOBODY, password)
    if row is None or not matches or row.disabled:
        return None
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    async with engine.begin() as connection:
        await connection.execute(
            text("delete from logins where user_name = :name and expires_at <= :now"), {"name": name, "now": now}
        )
        await connection.execute(
            _LOGIN,
            {
                "token": fingerprint(token),
                "name": row.name,
                "csrf": csrf,
                "now": now,
                "expires": now + STAY,
                "place": place[:200],
            },
        )
        await audit(connection, now, row.name, ("login", row.name), **({"place": place[:200]} if place else {}))
    return SignedIn(User(row.name, row.role, row.guide, row.store, row.one_time, csrf), token)


async def signed_in(engine: AsyncEngine, token: str, now: datetime) -> User | None:
    """Whose sign-in a cookie holds; None where it is unknown, too old, or the account is closed."""
    if not token:
        return None
    async with engine.connect() as connection:
        row = (await connection.execute(_WHO, {"token": fingerprint(token), "now": now})).one_or_none()
    return None if row is None else User(row.name, row.role, row.guide, row.store, row.one_time, row.csrf)


async def sign_out(engine: AsyncEngine, token: str) -> None:
    """End a sign-in."""
    async with engine.begin() as connection:
        await connection.execute(text("delete from logins where token = :token"), {"token": fingerprint(token)})


async def change_password(engine: AsyncEngine, name: str, passwords: tuple[str, str], keep: str, now: datetime) -> bool:
    """Replace a password (old, new); every other sign-in but the one of ``keep`` ends. False where the old one is wrong."""
    old, new = passwords
    async with engine.connect() as connection:
        row = (await connection.execute(_USER, {"name": name})).one_or_none()
    if row is None or not await _matches(row.password, old):
        return False
    hashed = await _hashed(new)
    async with engine.begin() as connection:
        await connection.execute(
            text("update users set password = :password, one_time = false where name = :name"), {"password": hashed, "name": name}
        )
        await connection.execute(
            text("delete from logins where user_name = :name and token <> :keep"), {"name": name, "keep": fingerprint(keep)}
        )
        await audit(connection, now, name, ("password", name))
    return True


def equal(told: str, wanted: str) -> bool:
    """Compare secrets without telling by the time how much of them was right."""
    return bool(wanted) and compare_digest(told.encode("utf-8", "surrogatepass"), wanted.encode())


def fingerprint(token: str) -> str:
    """What stands in tables and counters in place of a secret or a name: who reads it cannot sign in with it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _one_time() -> str:
    """Twelve letters in threes of four: 59 bits."""
    drawn = [secrets.choice(_LETTERS) for _ in range(12)]
    return "-".join("".join(drawn[at : at + 4]) for at in (0, 4, 8))


async def _hashed(password: str) -> str:
    return await asyncio.to_thread(_HASHER.hash, password)


async def _matches(hashed: str, password: str) -> bool:
    """Compare in a thread: argon2 is slow on purpose, and the event loop has others to serve."""
    return await asyncio.to_thread(_verified, hashed, password)


def _verified(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
