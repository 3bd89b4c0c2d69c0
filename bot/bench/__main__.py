"""``python -m bot.bench figures | soak | replay-real | nlu | answers | recommend | tags``: what BENCHMARKS.md is made of."""

import argparse
import asyncio
import sys
from pathlib import Path

import uvloop

from bot.bench import answers_plan, edits_plan, evening_plan, fence, handover_plan, nlu_plan, recommend_plan


def main(words: list[str] | None = None) -> int:
    """0, or 1 where an invariant broke or something was lost."""
    args = _arguments().parse_args(words)
    alone = {
        "nlu": _nlu, "answers": _answers, "recommend": _recommend, "tags": _tags, "routing": _routing, "handover": _handover,
        "orders": _orders, "group": _group,
        "guard": _guard, "lint": _lint, "edits": _edits,
        "replay": _drafts,
        "brief": _brief,
    }  # fmt: skip
    if args.command in alone:
        return alone[args.command](args)
    if args.command == "fence" and not (args.database or args.cost):
        return fence.run(args, _say, _mutter)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code: int = runner.run(_TOGETHER[args.command](args))
        return code


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    soak = commands.add_parser("soak", help="invariants under fire, for as long as you like")
    soak.add_argument("--minutes", type=float, default=10)
    soak.add_argument("--seed", type=int, default=7)
    replay = commands.add_parser("replay-real", help="real customer messages through the sandbox")
    replay.add_argument("--data", type=Path, required=True)
    replay.add_argument("--limit", type=int, help="so many dialogues and search lines at most")
    replay.add_argument("--rate", type=float, default=100, help="dialogues that begin in a second")
    replay.add_argument("--json", action="store_true")
    replayed = commands.add_parser("replay", help="drafts replayed over real sentences, beside the naive way")
    replayed.add_argument("--data", type=Path, required=True)
    replayed.add_argument("--n", type=int, default=10_000)
    replayed.add_argument("--only", choices=("script", "entry", "training"), action="append")
    replayed.add_argument("--json", action="store_true")
    figures = commands.add_parser("figures", help="the table of BENCHMARKS.md")
    figures.add_argument("--quick", action="store_true", help="a tenth of the time, for a look")
    figures.add_argument("--only", choices=("doors", "turns", "worker", "fire"), action="append")
    figures.add_argument("--out", type=Path)
    nlu_plan.add_arguments(commands.add_parser("nlu", help="understanding beside its alternatives"))
    answers_plan.add_arguments(commands.add_parser("answers", help="knowing beside its alternatives"))
    recommend_plan.add_arguments(commands.add_parser("recommend", help="recommending beside its alternatives"))
    tags = commands.add_parser("tags", help="what is believed of shoppers whose needs drift, through a simulated year")
    tags.add_argument("--seed", type=int, default=7)
    tags.add_argument("--people", type=int, default=2000)
    tags.add_argument("--days", type=int, default=365)
    brief = commands.add_parser("brief", help="the brief of a handover over scripted talks")
    brief.add_argument("--split", choices=("dev", "test"), default="dev")
    brief.add_argument("--faults", action="store_true", help="tell what is missing and what is wrong; only with dev")
    fence.add_arguments(commands.add_parser("fence", help="random interleavings around who speaks"))
    handover_plan.add_arguments(commands.add_parser("handover", help="when a person is fetched, beside its alternatives"))
    commands.add_parser("orders", help="group orders read into ledgers, beside a regular expression")
    commands.add_parser("guard", help="spam, lures and impostors in groups, beside a list of words")
    worded = commands.add_parser("lint", help="forbidden words in scripts and answers, beside a plain list of words")
    worded.add_argument("--split", choices=("dev", "test"), default="dev")
    edits_plan.add_arguments(commands.add_parser("edits", help="bad edits caught before they go live, harmless ones let through"))
    evening_plan.add_arguments(commands.add_parser("evening", help="many groups for an hour of virtual time, in one process"))
    alive = commands.add_parser("live", help="from a release's commit to its first turn, and what a draft weighs")
    alive.add_argument("--edits", type=int, default=20, help="of each kind")
    alive.add_argument("--seed", type=int, default=7)
    group = commands.add_parser("group", help="what is done with each message of a group, beside its alternatives")
    group.add_argument("--split", choices=("dev", "test"), default="dev")
    group.add_argument("--faults", action="store_true", help="tell what is decided wrongly; only with dev")
    group.add_argument("--blind", action="store_true", help="without sentence vectors, as with another encoder")
    routed = commands.add_parser("routing", help="who takes a shopper: 4000 guides in 800 stores, beside a scan of them all")
    routed.add_argument("--seed", type=int, default=7)
    routed.add_argument("--questions", type=int, default=2000)
    return parser


def _routing(args: argparse.Namespace) -> int:
    from bot.bench import routing  # noqa: PLC0415

    return routing.run(_say, args.seed, args.questions)


def _orders(_: argparse.Namespace) -> int:
    from bot.bench import orders  # noqa: PLC0415

    return orders.run(_say)


def _drafts(args: argparse.Namespace) -> int:
    from bot.bench import replaying  # noqa: PLC0415

    return replaying.run(args, _say)


def _guard(_: argparse.Namespace) -> int:
    from bot.bench import guard  # noqa: PLC0415

    return guard.run(_say)


def _lint(args: argparse.Namespace) -> int:
    from bot.bench import lint  # noqa: PLC0415

    return lint.run(args, _say)


def _edits(args: argparse.Namespace) -> int:
    from bot.bench import edits  # noqa: PLC0415

    return edits.run(args, _say)


def _group(args: argparse.Namespace) -> int:
    from bot.bench import group  # noqa: PLC0415

    return group.run(args, _say)


def _handover(args: argparse.Namespace) -> int:
    from bot.bench import handover  # noqa: PLC0415

    return handover.run(args, _say, _mutter)


def _brief(args: argparse.Namespace) -> int:
    from bot.bench import brief  # noqa: PLC0415

    return brief.run(args, _say)


def _answers(args: argparse.Namespace) -> int:
    from bot.bench import answers  # noqa: PLC0415

    return answers.run(answers_plan.plan_of(args), _say, _mutter, args.out)


def _recommend(args: argparse.Namespace) -> int:
    from bot.bench import recommend  # noqa: PLC0415

    return recommend.run(recommend_plan.plan_of(args), _say, _mutter, args.out)


def _tags(args: argparse.Namespace) -> int:
    from bot.bench import tags  # noqa: PLC0415

    return tags.run(_say, args.seed, args.people, args.days)


def _nlu(args: argparse.Namespace) -> int:
    from bot.bench import nlu  # noqa: PLC0415

    return nlu.run(nlu_plan.plan_of(args), _say, _mutter, args.out)


async def _soak(args: argparse.Namespace) -> int:
    from bot.bench import fire  # noqa: PLC0415

    outcome = await fire.trial(fire.Trial(seconds=args.minutes * 60, seed=args.seed), _say)
    _say(fire.told(outcome))
    return 0 if outcome.ok else 1


async def _replay(args: argparse.Namespace) -> int:
    from bot.bench import replay  # noqa: PLC0415

    outcome = await replay.run(args.data, args.limit, args.rate, _mutter if args.json else _say)
    _say(outcome.json() if args.json else outcome.table())
    return 0 if outcome.ok else 1


async def _fence(args: argparse.Namespace) -> int:
    if args.cost:
        from bot.bench import fence_cost  # noqa: PLC0415

        _say(await fence_cost.measure(_mutter))
        return 0
    from bot.bench import fence_database  # noqa: PLC0415

    return await fence_database.run(args.database, args.seed, _say)


async def _evening(args: argparse.Namespace) -> int:
    from bot.bench import evening  # noqa: PLC0415

    return await evening.run(evening_plan.plan_of(args), _say)


async def _live(args: argparse.Namespace) -> int:
    from bot.bench import live  # noqa: PLC0415

    return await live.run(args.edits, args.seed, _say)


async def _figures(args: argparse.Namespace) -> int:
    from bot.bench import figures  # noqa: PLC0415

    table = await figures.run(quick=args.quick, only=frozenset(args.only or ()), say=_mutter)
    sys.stdout.write(table + "\n")
    if args.out is not None:
        args.out.write_text(table + "\n", encoding="utf-8")
    return 0


_TOGETHER = {"soak": _soak, "replay-real": _replay, "figures": _figures, "fence": _fence, "evening": _evening, "live": _live}
"""Those that need an event loop."""


def _mutter(line: str) -> None:
    sys.stderr.write(line + "\n")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
