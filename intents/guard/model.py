"""What the guard knows and what it reports."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["spam", "lure", "impostor"]


@dataclass(frozen=True, slots=True)
class Known:
    """Names that somebody may pretend to have, and addresses that are the shop's own."""

    guides: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    """The brand and its stores."""
    domains: tuple[str, ...] = ()
    """Hosts whose links are no lure, with all below them: ``mall.example``."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that the group's owner should see."""

    kind: Kind
    """``spam``: work, loans, bets, sex; ``lure``: away from the shop; ``impostor``: as if they were the shop."""
    sure: float
    """0.5 … 1; from 0.8 on hardly anything honest reads like it. Not a calibrated probability."""
    words: tuple[str, ...]
    """What spoke for it, as the words that were meant: 刷单 where 涮单 is written."""
    matter: str = ""
    """What it is about, as one says it: 兼职刷单, 贷款, 低价代购 …"""
