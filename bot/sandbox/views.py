"""What the page and the control API show of the platform, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from bot.sandbox import acts
from bot.sandbox.clock import VirtualClock
from bot.sandbox.model import NEVER, WINDOW, Account, Conversation, Shopper
from bot.sandbox.platform import Platform

LISTED: Final = 100
"""Shoppers in the overview: the latest ones."""


def overview(platform: Platform, open_kfid: str) -> dict[str, object]:
    """Accounts, the latest shoppers with where they stand at one account, faults, clock, totals."""
    world = platform.world
    account = world.account(open_kfid)
    latest = islice(reversed(world.shoppers.values()), LISTED)
    return {
        "seed": platform.setup.seed,
        "clock": clock(platform),
        "accounts": [_account(one) for one in world.accounts.values()],
        "open_kfid": account.open_kfid,
        "shoppers": [
            {**shopper(one), **standing(platform.conversation(one.external_userid, account.open_kfid), world.now())}
            for one in latest
        ],
        "shopper_count": len(world.shoppers),
        "contacts": world.contacts.to_json(),
        "told": world.staff.to_json()[:LISTED],
        "faults": world.faults.to_json(),
        "totals": world.ledger.totals(),
        "last": world.ledger.written,
    }


def clock(platform: Platform) -> dict[str, object]:
    """The time and whether it can be moved."""
    return {"now": platform.world.now(), "virtual": isinstance(platform.clock, VirtualClock)}


def shopper(one: Shopper) -> dict[str, object]:
    """A shopper."""
    return {**acts.profile(one), "refuses": one.refuses}


def standing(conversation: Conversation, now: float) -> dict[str, object]:
    """State, quota and how many seconds are left of the 48 hours."""
    wrote = conversation.wrote_at
    left = max(WINDOW - (now - wrote), 0.0) if wrote != NEVER else 0.0
    return {
        "state": int(conversation.state_at(now)),
        "servicer": conversation.servicer,
        "quota": conversation.quota_at(now),
        "window_left": round(left),
        "wrote": wrote != NEVER,
        "order": conversation.order,
    }


def conversation(one: Conversation, now: float, after: int) -> Mapping[str, object]:
    """Where a conversation stands and its bubbles after a number."""
    bubbles = [bubble.to_json() for bubble in one.bubbles if bubble.order > after]
    return {**standing(one, now), "open_kfid": one.open_kfid, "messages": bubbles}


def _account(one: Account) -> dict[str, object]:
    servicers = [{"userid": each.userid, "serving": each.serving, "stop_type": each.stop_type} for each in one.servicers.values()]
    return {"open_kfid": one.open_kfid, "name": one.name, "servicers": servicers}
