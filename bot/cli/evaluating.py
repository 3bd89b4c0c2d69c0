"""``daogou evaluate``: figures over labelled data, through exactly what the filters and the turn use."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import loading
from bot.cli.telling import complain, document, percent, say
from bot.errors import ContentError, Problem
from bot.settings import Settings, http_base
from intents import Recognizer

if TYPE_CHECKING:
    from bot.content import Dialogue
    from bot.peers.rasa import RasaClassifier

_RASA = "http://127.0.0.1:5005"
"""Where `make rasa` serves."""


def run_evaluate(args: Namespace) -> int:
    """The figures; dialogues fail (1) where a step came out otherwise than written."""
    if args.what != "dialogues" and args.data is None:
        complain(f"evaluate {args.what} 要用 --data 给出标好答案的数据")
        return 2
    runs: Mapping[str, Callable[[Namespace], int]] = {
        "nlu": _nlu,
        "knowledge": _knowledge,
        "recommend": _recommend,
        "dialogues": _dialogues,
    }
    return runs[args.what](args)


def _nlu(args: Namespace) -> int:
    from bot.cli import parsing, training  # noqa: PLC0415  (each kind loads its own rooms)
    from bot.content import recognizer, warmer  # noqa: PLC0415
    from intents.evaluation import report  # noqa: PLC0415

    told = loading.settings(args)
    examples, workspace = training.labelled(args.data), loading.workspace(args, told)
    encoder, models, wait = loading.ready(told)
    understand = parsing.trained(args.model, workspace, encoder) if args.model else recognizer(workspace, encoder, models)
    wait()
    peer = _rasa(args, told, understand, examples) if args.classifier == "rasa" else None
    if peer is not None:
        ours = set(peer.labels) <= set(understand.classifier.labels)
        # the threshold was found for our own classifier's labels and says nothing about others
        understand = replace(understand, classifier=peer, threshold=understand.threshold if ours else 0.0)
    texts = [text for text, _ in examples]
    warm = warmer(encoder, understand.gazetteer)
    found = []
    for start in range(0, len(texts), 256):
        warm(texts[start : start + 256])
        found += understand.recognize_many(texts[start : start + 256])
    result = report([label for _, label in examples], [one.intent for one in found], [one.confidence for one in found])
    if peer is not None and not _answers(peer):
        return 1
    if args.json:
        document(training.figures(result) | ({"classifier": "rasa", "fallback": peer.left} if peer else {}))
    else:
        say(f"{result.n} 句")
        training.tell(result)
    return 0


def _rasa(args: Namespace, told: Settings, builtin: Recognizer, examples: Sequence[tuple[str, str]]) -> "RasaClassifier":
    """The classifier over a Rasa server; its columns are ours, or where it was taught other labels those of it and the data."""
    from bot.peers.rasa import PATIENT, RasaClassifier, labels_of  # noqa: PLC0415
    from bot.peers.rasa_http import RasaClient  # noqa: PLC0415

    url = http_base(args.rasa_url) if args.rasa_url else told.rasa_url or _RASA
    client = RasaClient(url, told.rasa_token, max(5.0, told.rasa_timeout))
    known = {label for _, label in examples} | set(labels_of(client, examples[0][0]) if examples else ())
    labels = () if known <= set(builtin.classifier.labels) else sorted(known)
    return RasaClassifier(client, builtin.classifier, labels, PATIENT)


def _answers(peer: "RasaClassifier") -> bool:
    """Whether there are figures of Rasa at all; what was left to our own classifier is told."""
    peer.close()
    if peer.left and not peer.answered:
        complain(f"Rasa 一句也没有答上来：{peer.why}。先在另一个终端运行 make rasa，或者用 --rasa-url 写对地址")
    elif peer.left:
        complain(f"注意：有 {peer.left} 句（含分句）Rasa 没有答上来（{peer.why}），由自带的分类器代答，成绩里算了它们")
    return bool(peer.answered or not peer.left)


def _knowledge(args: Namespace) -> int:
    from bot.cli.judging import questions  # noqa: PLC0415

    figures, wrong = questions(args)
    if args.json:
        document({**{key: _rounded(value) for key, value in asdict(figures).items()}, "wrong": wrong})
        return 0
    say(f"{figures.n} 个问题，其中 {figures.answerable} 个知识库里有答案")
    say(f"答了 {figures.answered} 个，答对的占 {percent(figures.precision)}；有答案的里面答对 {percent(figures.answered_right)}")
    say(f"不该答却答了 {figures.false_answers} 个；召回@1 {percent(figures.recall_at_1)}，@3 {percent(figures.recall_at_3)}")
    say(f"MRR {figures.mrr:.3f}   校准误差 (ECE) {figures.ece:.3f}")
    for one in wrong:
        say(f"  {one['query']}  应是 {one['right'] or '不答'}，答了 {one['said'] or '没答'}（{one['confidence']}）")
    return 0


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _recommend(args: Namespace) -> int:
    from bot.cli.judging import wishes  # noqa: PLC0415

    n, failed = wishes(args)
    if args.json:
        document({"n": n, "passed": n - len(failed), "failed": failed})
        return 0
    say(f"{n} 个例子，符合 {n - len(failed)} 个（{percent((n - len(failed)) / n) if n else '—'}）")
    for one in failed:
        say(f"  {one['id']}：{one['why']}；推荐了 {one['items']}")
    return 0


def _dialogues(args: Namespace) -> int:
    from bot.playing import play  # noqa: PLC0415

    told = loading.settings()
    workspace = loading.workspace(args, told)
    told_right = _corrections() if args.corrections else []
    if not workspace.dialogues and not told_right:
        raise ContentError([Problem(_place(loading.folder(args, told)), None, "", "没有 tests/dialogues/*.yml")])
    services = loading.services(args)
    dialogues = [*workspace.dialogues, *told_right]
    results = [result for dialogue in dialogues for result in play(dialogue, services, loading.now())]
    wrong = [result for result in results if result.differences]
    if args.json:
        document({"n": len(results), "passed": len(results) - len(wrong), "failed": [asdict(one) for one in wrong]})
    else:
        for one in wrong:
            say(f"{one.file}:{one.line} › {one.say}\n    " + "\n    ".join(one.differences))
        say(f"{len(dialogues)} 段对话 {len(results)} 句，{len(wrong)} 句和写的不一样")
    return 1 if wrong else 0


def _corrections() -> "list[Dialogue]":
    """What guides put right at the desk, out of the database."""
    from bot.cli.storing import on_database  # noqa: PLC0415
    from bot.db.corrections import corrections  # noqa: PLC0415
    from bot.guarding import as_dialogues  # noqa: PLC0415

    return as_dialogues(on_database(corrections))


def _place(path: Path) -> str:
    return str(path)
