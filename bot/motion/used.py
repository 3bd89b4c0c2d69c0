"""How often a store's guides use which script: only the order of suggestions hangs on it, so it may be lost."""

from collections.abc import Mapping

from bot.motion.connection import Client

_LIFE = 120 * 24 * 3600
"""Seconds after which a store that uses none has forgotten all."""
_MOST = 500


async def used(client: Client, store: str | None, script: str) -> None:
    """A guide of that store sent it."""
    async with client.pipeline(transaction=False) as pipe:
        pipe.zincrby(_key(store), 1, script)
        pipe.expire(_key(store), _LIFE)
        await pipe.execute()


async def often(client: Client, store: str | None) -> Mapping[str, float]:
    """Script → times, the most used ones."""
    found: list[tuple[bytes, float]] = await client.zrevrange(_key(store), 0, _MOST - 1, withscores=True)  # type: ignore[assignment]
    return {name.decode(): times for name, times in found}


def _key(store: str | None) -> str:
    return f"daogou:used:{store or ''}"
