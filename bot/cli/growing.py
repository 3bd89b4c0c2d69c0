"""``daogou import FILE``, ``daogou gaps`` and ``daogou duplicates``: what lets a base grow, from the terminal."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.encoder import Shelved
from bot.cli import loading
from bot.cli.storing import on_database
from bot.cli.telling import complain, document, say
from bot.content import gazetteer, read_files
from bot.content.building import normalized
from bot.content.harvest import Harvest, harvest
from bot.content.harvest_values import Sprout
from bot.content.harvest_writing import as_yaml, resembling
from bot.content.workspace import Workspace
from bot.db import drafts, releases
from bot.db.drafts import Draft
from bot.errors import BadRequestError, ContentError, Problem
from bot.growing import Growing, Open, told, told_pair
from intents.gazetteer import spelt
from knowledge.pairs import pairs
from knowledge.words import Reader

_KINDS = {"duplicate": "重复", "contradiction": "矛盾"}
_WHY = {"unanswered": "没答上", "badly_received": "答了不满意"}


def import_files(args: Namespace) -> int:
    """Draft entries out of files; nothing goes live. 1 where a file gave nothing at all."""
    files = [(path.name, _bytes(path)) for path in args.paths]
    if args.dry_run:
        found = _harvested(files, loading.workspace(args, loading.settings()))
        _complain(found)
        if found.sprouts:
            sys.stdout.write(_shown(found.sprouts))
        return 0 if found.sprouts else 1

    async def work(engine: AsyncEngine) -> tuple[Harvest, drafts.Kept]:
        live = await releases.live(engine)
        fallback = partial(loading.workspace, args, loading.settings())
        workspace = fallback() if live is None or args.workspace else read_files(await releases.load(engine, live[0]))
        found = await asyncio.to_thread(_harvested, files, workspace)
        made = [Draft("entry", one.id, one.entry, one.origin, one.note) for one in found.sprouts]
        return found, await drafts.keep(engine, made, args.author, loading.now())

    found, kept = on_database(work)
    _complain(found)
    if not found.sprouts:
        return 1
    parts = [
        f"新草稿 {kept.fresh} 条",
        f"更新 {kept.renewed} 条" if kept.renewed else "",
        f"没有变化 {kept.same} 条" if kept.same else "",
    ]
    say(f"{'，'.join(filter(None, parts))}。都还没有生效，请到 /console/drafts 看过再发布")
    noted = [one for one in found.sprouts if one.note]
    for one in noted[:20]:
        say(f"  {one.origin}  {_first(one)}：{one.note}")
    if len(noted) > 20:
        say(f"  …还有 {len(noted) - 20} 条有说明，页面上都能看到")
    return 0


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ContentError([Problem(str(path), None, "", "文件夹要单独导入：daogou import 文件夹；文件可以一次写几个")])
    return path.read_bytes()


def _harvested(files: Sequence[tuple[str, bytes]], workspace: Workspace) -> Harvest:
    return harvest(files, resembling(workspace.entries, _reader(workspace).read))


def _reader(workspace: Workspace) -> Reader:
    keep = gazetteer(workspace).vocabulary
    return Reader(partial(normalized, keep=keep), spelt(workspace.spellings))


def _first(one: Sprout) -> str:
    questions = one.entry["questions"]
    return str(questions[0])[:30] if isinstance(questions, list) else ""


def _shown(sprouts: Sequence[Sprout]) -> str:
    """The drafts as a file of FORMATS §1, each under its origin and note."""
    blocks = (f"# {one.origin}{f'  {one.note}' if one.note else ''}\n{as_yaml([one.entry]).decode()}" for one in sprouts)
    return "".join(blocks)


def _complain(found: Harvest) -> None:
    for problem in found.problems:
        complain(str(problem))


def run_duplicates(args: Namespace) -> int:
    """Pairs of entries that ask the same or contradict each other."""
    told_ = loading.settings()
    workspace = loading.workspace(args, told_)
    encoder, _, wait = loading.ready(told_)
    wait()
    found = pairs(workspace.entries, _reader(workspace), Shelved(encoder), args.limit)
    by_id = {entry.id: entry for entry in workspace.entries}
    if args.json:
        document([told_pair(one, by_id[one.one], by_id[one.other]) for one in found])
        return 0
    for one in found:
        say(f"{_KINDS[one.kind]}  {one.one} ↔ {one.other}  （{one.score:.2f}）\n  {one.why}")
        for entry in (by_id[one.one], by_id[one.other]):
            say(f"  {entry.id}：{_short(entry.answer)}")
        say()
    say(f"共 {len(found)} 对要看一下" if found else "没有找到重复或者互相矛盾的条目")
    return 0


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 70 else f"{flat[:69]}…"


def run_gaps(args: Namespace) -> int:
    """What shoppers asked and nobody answered well, rising first; ``--draft N`` makes a draft of the N-th."""
    settings = loading.settings()
    encoder, models, wait = loading.ready(settings)
    wait()

    async def work(engine: AsyncEngine) -> tuple[Sequence[Open], Draft | None]:
        growing = Growing(engine, encoder, models, partial(loading.workspace, args, settings))
        now = loading.now()
        found = await growing.open_gaps(now, args.days, max(args.limit, args.draft or 0))
        if args.draft is None:
            return found[: args.limit], None
        if not 1 <= args.draft <= len(found):
            raise BadRequestError(f"没有第 {args.draft} 个，一共 {len(found)} 个")
        made = await growing.draft_of(found[args.draft - 1].gap)
        await drafts.keep(engine, [made], args.author, now)
        return found[args.draft - 1 : args.draft], made

    found, made = on_database(work)
    if args.json:
        document(
            [told(one) for one in found]
            if made is None
            else {**told(found[0]), "draft": made.item, "entry": dict(made.value or {})}
        )
        return 0
    if made is not None:
        say(f"写成了草稿 {made.item}，还没有生效，请到 /console/drafts 补好答案再发布\n\n{as_yaml([made.value or {}]).decode()}")
        return 0
    for number, one in enumerate(found, 1):
        say(_line(number, one))
    say(f"最近 {args.days} 天一共 {len(found)} 类" if found else f"最近 {args.days} 天没有漏掉的问题")
    return 0


def _line(number: int, one: Open) -> str:
    gap = one.gap
    why = "、".join(f"{_WHY[name]} {count}" for name, count in gap.reasons.items())
    trend = "↑ 变多" if gap.rising >= 1 else "↓ 变少" if gap.rising <= -1 else ""
    lines = [f"{number}. {gap.question}  {gap.count} 次（{why}）{trend}，最近 {gap.last:%m-%d}"]
    if others := [wording for wording in gap.examples if wording != gap.question]:
        lines.append(f"   也有人说：{'｜'.join(others)}")
    if one.nearest is not None:
        lines.append(f"   最近的条目：{one.nearest.id}（{one.nearest.questions[0]}，{one.likely:.0%}）")
    return "\n".join(lines)
