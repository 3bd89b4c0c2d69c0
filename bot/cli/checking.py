"""``daogou check``: every fault of the content at once, what lint found in it, and what a person should look at."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from bot.cli import loading
from bot.cli.telling import complain, document, say
from bot.content import Workspace, read_folder
from bot.content.folder import training_files
from bot.content.linting import Found, blocks, lint, problem, warns
from bot.content.teaching import united, written
from bot.errors import ContentError, Problem


def run_check(args: Namespace) -> int:
    """1 where anything is wrong or must not be said; warnings alone are fine."""
    told = loading.settings()
    place = loading.folder(args, told)
    taught = written(training_files(place))
    try:
        workspace = read_folder(place)
    except ContentError as error:
        return _refused(united(error.problems, taught.problems), json=args.json)
    found = lint(workspace.files, workspace, loading.now().astimezone(workspace.brand.zone).date())
    warnings = (*map(problem, warns(found)), *taught.notes)
    if faults := [*taught.problems, *map(problem, blocks(found))]:
        return _refused(faults, warnings, found, json=args.json)
    if args.json:
        document({"ok": True, "problems": [], "warnings": _told(warnings), "findings": _findings(found)})
        return 0
    _look(warnings, found)
    say(_summary(workspace, len(warnings)))
    return 0


def _refused(problems: Sequence[Problem], warnings: Sequence[Problem] = (), found: Sequence[Found] = (), *, json: bool) -> int:
    if json:
        document({"ok": False, "problems": _told(problems), "warnings": _told(warnings), "findings": _findings(found)})
    complain("\n".join(map(str, problems)))
    if not json:
        _look(warnings, found)
    complain(f"一共 {len(problems)} 处错误，改好之前不会生效")
    return 1


def _told(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [asdict(one) for one in problems]


def _findings(found: Sequence[Found]) -> list[dict[str, object]]:
    """All findings, the approved ones with their reason, each with what it is about as ``script/greet``."""
    return [asdict(one) | {"key": f"{one.key.kind}/{one.key.id}"} for one in found]


def _look(warnings: Sequence[Problem], found: Sequence[Found]) -> None:
    for warning in warnings:
        complain(f"请看一下  {warning}")
    for one in found:
        if one.excepted is not None:
            complain(f"已经批准  {one.file}:{one.line}：“{one.words}”（{one.rule}）{one.excepted}")


def _summary(workspace: Workspace, warnings: int) -> str:
    own = any(path.startswith("intents/training/") for path in workspace.files)
    parts = [
        f"例句 {len(workspace.training)} 句" if own else "例句用程序自带的",
        f"知识 {len(workspace.entries)} 条",
        f"话术 {len(workspace.scripts)} 份",
        f"商品 {len(workspace.products)} 件",
        f"规则 {len(workspace.rules)} 条",
        f"门店 {len(workspace.staff.stores)} 家",
        f"导购 {len(workspace.staff.guides)} 位",
        f"对话 {len(workspace.dialogues)} 段",
        *([f"考题 {len(workspace.check)} 句"] if workspace.check else []),
    ]
    more = f"，另有 {warnings} 处请人看一下" if warnings else ""
    return f"没有错误{more}（{'，'.join(parts)}）"
