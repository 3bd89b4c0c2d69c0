"""What people set for one group: its guide and its own ways, changed only by who saw what they change."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.codec import to_json
from bot.db.users import User, audit
from bot.errors import BadRequestError

_SEEN = text("select updated_at, settings, guide from groups where conversation_id = :id for no key update")
_FIRST = text(
    """
    insert into groups (conversation_id, guide, settings, updated_at) values (:id, :guide, cast(:settings as jsonb), :now)
    on conflict (conversation_id) do nothing returning conversation_id
    """
)
_CHANGE = text(
    "update groups set guide = :guide, settings = cast(:settings as jsonb), updated_at = :now where conversation_id = :id"
)


async def change(
    connection: AsyncConnection,
    viewer: User,
    group: tuple[str, str],
    guide: str | None,
    settings: Mapping[str, object],
    now: datetime,
) -> str:
    """Set them (``group``: its id, the version that the viewer saw); the new version. Inside a ``scoped`` transaction.

    Settings that the page does not know stay as they are; a value of None takes a setting away, so that the brand's holds.

    Raises:
        BadRequestError: 409 somebody else changed them meanwhile.
    """
    conversation, seen = group
    row = (await connection.execute(_SEEN, {"id": conversation})).one_or_none()
    if (row.updated_at.isoformat() if row is not None else "") != seen:
        raise BadRequestError("别人刚刚改过这个群的设置，请刷新后再改", status=409, code="changed")
    before: Mapping[str, object] = row.settings if row is not None else {}
    merged = {name: value for name, value in {**before, **settings}.items() if value is not None}
    values = {"id": conversation, "guide": guide, "settings": to_json(merged), "now": now}
    if row is not None:
        await connection.execute(_CHANGE, values)
    elif (await connection.execute(_FIRST, values)).one_or_none() is None:
        raise BadRequestError("别人刚刚改过这个群的设置，请刷新后再改", status=409, code="changed")
    changed = {name: merged.get(name) for name in {*before, *merged} if before.get(name) != merged.get(name)}
    if (row.guide if row is not None else None) != guide:
        changed["guide"] = guide
    await audit(connection, now, viewer.name, ("group.settings", conversation), **changed)
    return now.astimezone(UTC).isoformat()
