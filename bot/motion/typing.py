"""Who is writing at this moment in a talk: a key of six seconds each, and a word to whoever has it open. May all be lost."""

from typing import Literal

from bot.motion.connection import Client
from bot.motion.live import Live

Typist = Literal["guide", "shopper"]
LIFE_MS = 6000
"""Milliseconds for which a keystroke counts; pages tell again every few seconds while somebody goes on."""


async def types(client: Client, live: Live, conversation: str, who: Typist) -> None:
    """Somebody writes; pages hear of it when it begins, not with every keystroke."""
    began = await client.set(_key(conversation, who), b"1", px=LIFE_MS, get=True)
    if began is None:
        await live.tell([conversation])


async def stopped(client: Client, conversation: str, who: Typist) -> None:
    """What they wrote was sent."""
    await client.delete(_key(conversation, who))


async def typists(client: Client, conversation: str) -> frozenset[Typist]:
    """Who writes now."""
    both: tuple[Typist, Typist] = ("guide", "shopper")
    found = await client.mget([_key(conversation, who) for who in both])
    return frozenset(who for who, told in zip(both, found, strict=True) if told is not None)


def _key(conversation: str, who: Typist) -> str:
    return f"daogou:typing:{conversation}:{who}"
