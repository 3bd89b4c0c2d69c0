"""What ``python -m bot.bench evening`` is told: how large the evening is."""

import argparse
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """An evening."""

    groups: int = 50
    members: int = 200
    """Of each group."""
    minutes: float = 60
    """Of virtual time."""
    seed: int = 7

    @property
    def words(self) -> str:
        """For the head of the tables."""
        return f"{self.groups} groups × {self.members} members, {self.minutes:.0f} minutes, seed {self.seed}"


_QUICK = Plan(6, 80, 12)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    usual = Plan()
    parser.add_argument("--groups", type=int, default=usual.groups)
    parser.add_argument("--members", type=int, default=usual.members)
    parser.add_argument("--minutes", type=float, default=usual.minutes)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--quick", action="store_true", help="a few groups for some minutes, for a look")


def plan_of(args: argparse.Namespace) -> Plan:
    """What the options ask for."""
    if args.quick:
        return Plan(_QUICK.groups, _QUICK.members, _QUICK.minutes, args.seed)
    return Plan(args.groups, args.members, args.minutes, args.seed)
