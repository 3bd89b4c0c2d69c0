"""``daogou check``: every fault of the content at once, and what a person should look at."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from bot.cli import loading
from bot.cli.telling import complain, document, say
from bot.content import Workspace, read_folder
from bot.errors import ContentError, Problem


def run_check(args: Namespace) -> int:
    """1 where anything is wrong; warnings alone are fine."""
    told = loading.settings()
    try:
        workspace = read_folder(loading.folder(args, told))
    except ContentError as error:
        return _refused(error.problems, json=args.json)
    if args.json:
        document({"ok": True, "problems": [], "warnings": [asdict(one) for one in workspace.warnings]})
        return 0
    for warning in workspace.warnings:
        complain(f"请看一下  {warning}")
    say(_summary(workspace))
    return 0


def _refused(problems: Sequence[Problem], *, json: bool) -> int:
    if json:
        document({"ok": False, "problems": [asdict(one) for one in problems], "warnings": []})
    complain("\n".join(map(str, problems)))
    complain(f"一共 {len(problems)} 处错误，改好之前不会生效")
    return 1


def _summary(workspace: Workspace) -> str:
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
    ]
    more = f"，另有 {len(workspace.warnings)} 处请人看一下" if workspace.warnings else ""
    return f"没有错误{more}（{'，'.join(parts)}）"
