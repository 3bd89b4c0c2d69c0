"""``daogou train``: the NLU model, with figures from sentences that it had not seen."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot.adapters.keeping import write_whole
from bot.cli import loading
from bot.cli.progress import bar
from bot.cli.telling import document, percent, say
from bot.content import Workspace, model_words
from bot.content.rows import tsv_rows
from bot.settings import Settings
from intents.evaluation import Report

_WORST = 10
"""Labels and confusions that are shown; ``--json`` has all."""


def run_train(args: Namespace) -> int:
    """Train, keep or write the model, tell the figures."""
    told = loading.settings()
    examples, words = _examples(args, told)
    encoder, models, wait = loading.ready(told)
    wait()
    with bar() as progress:
        model, report = models.train(examples, words, encoder, progress)
    if args.out:
        write_whole(args.out, model.dumps())
    if args.json:
        document(figures(report) | {"labels": len(model.labels), "out": str(args.out) if args.out else None})
    else:
        say(f"例句 {len(examples)} 句，意图 {len(model.labels)} 个，以下是交叉验证（每句都由没见过它的模型来答）")
        tell(report)
        say(f"模型写在 {args.out}" if args.out else "模型已经存好，parse、chat、serve 会直接用")
    return 0


def _examples(args: Namespace, told: Settings) -> tuple[Sequence[tuple[str, str]], tuple[str, ...]]:
    """What to learn from, and the brand's words; a file of its own brings no brand."""
    if args.data:
        return labelled(args.data), ()
    workspace: Workspace = loading.workspace(args, told)
    return workspace.training, model_words(workspace)


def labelled(path: Path) -> list[tuple[str, str]]:
    """(text, label) of a TSV file; raises ContentError."""
    rows = tsv_rows(str(path), path.read_bytes(), ("text", "label"))
    return [(str(row.value["text"]), str(row.value["label"]).strip()) for row in rows]


def figures(report: Report) -> dict[str, object]:
    """The report as FORMATS.md has it."""
    return {
        "n": report.n,
        "accuracy": round(report.accuracy, 4),
        "macro_f1": round(report.macro_f1, 4),
        "weighted_f1": round(report.weighted_f1, 4),
        "ece": round(report.ece, 4),
        "per_label": {
            label: {key: round(value, 4) for key, value in asdict(row).items()} for label, row in report.per_label.items()
        },
        "confusion": [{"true": true, "said": said, "n": times} for true, said, times in report.confusion],
    }


def tell(report: Report) -> None:
    """The report for people: what is weakest first."""
    say(f"准确率 {percent(report.accuracy)}   macro-F1 {report.macro_f1:.3f}   校准误差 (ECE) {report.ece:.3f}")
    weakest = sorted((row.f1, label) for label, row in report.per_label.items() if row.support)[:_WORST]
    say("最弱的意图  " + "，".join(f"{label} {f1:.2f}" for f1, label in weakest))
    say("最常混的    " + "，".join(f"{true}→{guess} {times}" for true, guess, times in report.confusion[:_WORST]))
