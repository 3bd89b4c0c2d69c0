"""``daogou check``: every fault of the content at once, and what a person should look at."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from bot.cli import loading
from bot.cli.telling import complain, document, say
from bot.content import Workspace, read_folder
from bot.content.folder import training_files
from bot.content.teaching import united, written
from bot.errors import ContentError, Problem


def run_check(args: Namespace) -> int:
    """1 where anything is wrong; warnings alone are fine."""
    told = loading.settings()
    place = loading.folder(args, told)
    taught = written(training_files(place))
    try:
        workspace = read_folder(place)
    except ContentError as error:
        return _refused(united(error.problems, taught.problems), json=args.json)
    if taught.problems:
        return _refused(taught.problems, json=args.json)
    warnings = (*workspace.warnings, *taught.notes)
    if args.json:
        document({"ok": True, "problems": [], "warnings": [asdict(one) for one in warnings]})
        return 0
    for warning in warnings:
        complain(f"请看一下  {warning}")
    say(_summary(workspace, len(warnings)))
    return 0


def _refused(problems: Sequence[Problem], *, json: bool) -> int:
    if json:
        document({"ok": False, "problems": [asdict(one) for one in problems], "warnings": []})
    complain("\n".join(map(str, problems)))
    complain(f"一共 {len(problems)} 处错误，改好之前不会生效")
    return 1


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
