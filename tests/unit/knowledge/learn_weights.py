"""Learn the built-in weights of `knowledge.calibration` again; prints the two tuples to paste there.

Run from the checkout: `python tests/unit/knowledge/learn_weights.py`. The questions beside this file were written for
this alone and are never measured with.
"""

import csv
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
sys.path[:0] = [str(CHECKOUT), str(HERE)]

from knowledge_worlds import encoder as default_encoder  # noqa: E402

from intents.normalize import normalize as normalized  # noqa: E402 - the path is set first, so that it runs from anywhere
from knowledge import Library, schema  # noqa: E402
from knowledge.features import NAMES  # noqa: E402
from knowledge.practice import learn  # noqa: E402


def normalize(text: str) -> str:
    """As the hall has the rooms see a sentence."""
    return normalized(text).text


def main() -> None:
    """Learn from the demo base and the labelled questions, and print."""
    files = sorted((CHECKOUT / "knowledge" / "entries").rglob("*.yml"))
    entries = schema.entries([schema.EntryFile.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in files])
    encoder = default_encoder()
    library = Library.build(entries, encoder, normalize=normalize)
    at = {entry.id: position for position, entry in enumerate(entries)}
    with (HERE / "practice_questions.tsv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if not row["entry"] or row["entry"] in at]
    vectors = encoder.embed([normalize(row["query"]) for row in rows])
    labelled = [
        (library.reader.read(row["query"]), vector, {at[row["entry"]]} if row["entry"] else set())
        for row, vector in zip(rows, vectors, strict=True)
    ]
    assert library.base is not None
    weights = learn(library.base, labelled, seed=0)
    for name, order, sure in zip(NAMES, weights.order, weights.sure, strict=True):
        print(f"{order:8.3f} {sure:8.3f}  {name}")
    print(f"ORDER: Final = {weights.order}\nSURE: Final = {weights.sure}")


if __name__ == "__main__":
    main()
