"""``daogou effect``: what followed what we said, from the terminal."""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cli import loading
from bot.cli.storing import on_database
from bot.cli.telling import document, say
from bot.content import read_files
from bot.content.workspace import Workspace
from bot.db import effects, releases
from bot.effect import MEASURES, NAMES, WHAT, By, Effect, Rate, Verdict, told, told_verdict
from bot.effect.planned import trials

_MOST = 40
"""Lines of one table; the rest is in --json and in the console."""


def run_effect(args: Namespace) -> int:
    """Figures of scripts and entries, of one script also its wordings and arms, and what can be said of experiments."""

    async def work(engine: AsyncEngine) -> tuple[Mapping[By, list[Effect]], tuple[Verdict, ...]]:
        live = await releases.live(engine)
        fallback = partial(loading.workspace, args, loading.settings())
        workspace: Workspace = fallback() if live is None or args.workspace else read_files(await releases.load(engine, live[0]))
        now = loading.now().astimezone(workspace.brand.zone)
        planned = [one for one in trials(workspace.scripts, workspace.brand.zone, now) if args.script in {None, one.script}]
        async with engine.connect() as connection:
            found = await effects.all_effects(connection, _first(now, args.days), now, now=now)
            return found, await effects.verdicts(connection, planned, now=now)

    found, verdicts = on_database(work)
    chosen = {by: [one for one in found[by] if args.script in {None, one.label.id}] for by in _shown(args.script)}
    if args.json:
        kinds: dict[str, object] = {by: [told(one) for one in several] for by, several in chosen.items()}
        document({"days": args.days, **kinds, "experiments": [told_verdict(one) for one in verdicts]})
    else:
        _say(args.days, chosen, verdicts)
    return 0


def _first(now: datetime, days: int) -> datetime:
    """The beginning of the first of so many days, today the last."""
    return datetime.combine(now.date() - timedelta(days=days - 1), time(), now.tzinfo)


def _shown(script: str | None) -> tuple[By, ...]:
    return ("script", "entry") if script is None else ("script", "wording", "arm")


def _say(days: int, found: Mapping[By, Sequence[Effect]], verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        trial = verdict.trial
        say(f"实验 {trial.id}（话术 {trial.script}，看{NAMES[trial.measure]}）：{verdict.words}")
    for by, several in found.items():
        if several:
            say(f"\n{WHAT[by]}，最近 {days} 天（按顾客人数算，括号里是 95% 的把握范围）")
        for one in several[:_MOST]:
            say("  ".join(_line(one)))
        if len(several) > _MOST:
            say(f"…还有 {len(several) - _MOST} 行，加 --json 全都能看到")
    if not any(found.values()):
        say(f"最近 {days} 天还没有发出过话术")


def _line(one: Effect) -> Iterator[str]:
    label = one.label
    yield " · ".join(filter(None, (label.id, label.wording, label.experiment, label.arm)))
    yield f"{one.people} 位顾客，{one.sent} 次" + (f"，群里 {one.in_groups} 次" if one.in_groups else "")
    for measure in MEASURES:
        if one.rate(measure).of:
            yield f"{NAMES[measure]} {_share(one.rate(measure))}"


def _share(rate: Rate) -> str:
    low, high = rate.interval or (0.0, 1.0)
    return f"{rate.did}/{rate.of} = {rate.share or 0:.0%}（{low:.0%}–{high:.0%}）"
