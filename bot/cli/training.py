"""``daogou train``: the NLU model, with figures from sentences that it had not seen; a worse one does not go live."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot import retraining
from bot.adapters.keeping import write_whole
from bot.cli import loading
from bot.cli.progress import bar
from bot.cli.telling import complain, document, percent, say
from bot.content import Lesson, lesson_of
from bot.content.folder import training_files
from bot.content.rows import tsv_rows
from bot.content.teaching import table, united, written
from bot.errors import ContentError, Problem
from bot.retraining import Bench
from bot.settings import Settings
from intents.evaluation import Report
from intents.gate import Verdict

_WORST = 10
"""Labels and confusions that are shown; ``--json`` has all."""
_NOTES = 30
"""Lines about what is put right by itself."""


def run_train(args: Namespace) -> int:
    """Train, keep or write the model, tell the figures; 1 where its evaluation keeps it from going live."""
    told = loading.settings(args)
    lesson = _lesson(args, told)
    encoder, models, wait = loading.ready(told)
    wait()
    with bar() as progress:
        bench = Bench(models, encoder, progress)
        judged = retraining.train(lesson, bench, force=args.force) if args.data is None else retraining.measured(lesson, bench)
    if args.out:
        write_whole(args.out, judged.model.dumps())
        write_whole(args.out.with_name(f"{args.out.name}.proof"), judged.proof.dumps())
    live = args.data is None and (judged.verdict.live or args.force)
    if args.json:
        verdict = {"live": live, "reasons": list(judged.verdict.reasons)}
        out = {"labels": len(judged.model.labels), "out": str(args.out) if args.out else None}
        document(figures(judged.proof.report) | out | verdict)
    else:
        say(f"例句 {len(lesson.examples)} 句，意图 {len(judged.model.labels)} 个，以下是交叉验证（每句都由没见过它的模型来答）")
        tell(judged.proof.report)
    return _told(args, judged.verdict)


def _told(args: Namespace, verdict: Verdict) -> int:
    """Whether the model is live, and where it is; the exit status."""
    if args.out and not args.json:
        say(f"模型写在 {args.out}")
    if not verdict.live:
        worse = "注意，" if args.data is not None or args.force else "这个模型没有生效，原来的照常回答："
        complain(worse + "\n    ".join(verdict.reasons))
    if args.data is not None:
        return 0
    if verdict.live or args.force:
        if not args.json:
            say("\n".join(verdict.reasons if verdict.live else ["按 --force 的要求，这个模型还是生效了"]))
            say("模型已经生效，parse、chat 会直接用，正在运行的 serve 几秒内换上，不用重启")
        return 0
    complain("改好例句再训练；确定要换，就加 --force")
    return 1


def _lesson(args: Namespace, told: Settings) -> Lesson:
    """What to learn from; every fault of it is told at once, as a ContentError. A file of its own brings no brand."""
    if args.data is not None:
        read = table(str(args.data), args.data.read_bytes())
        _refuse(read.problems, read.notes)
        return Lesson("", read.examples, ())
    place = loading.folder(args, told)
    read = written(training_files(place))
    problems: tuple[Problem, ...] = ()
    try:
        workspace = loading.workspace(args, told)
    except ContentError as error:
        problems = error.problems
    _refuse(united(problems, read.problems), read.notes)
    return lesson_of(workspace)


def _refuse(problems: Sequence[Problem], notes: Sequence[Problem]) -> None:
    """Tell what is put right by itself; raises ContentError for the rest."""
    for note in notes[:_NOTES]:
        complain(f"请看一下  {note}")
    if len(notes) > _NOTES:
        complain(f"请看一下  这样的还有 {len(notes) - _NOTES} 处")
    if problems:
        raise ContentError(problems)


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
