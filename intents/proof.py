"""What a model showed when it was trained: its figures, and its answer to each of its sentences unseen; kept beside it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.evaluation import LabelFigures, Report
from intents.packing import BROKEN, packed, unpacked

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """Twelve bytes a sentence, and no sentence itself."""

    report: Report
    """Cross-validated figures; its ``out_of_fold`` is empty once the proof was stored, the arrays hold it."""
    labels: tuple[str, ...]
    keys: NDArray[np.uint64]
    """`gate.sentence_key` of each sentence, ascending."""
    truth: NDArray[np.int16]
    """Row of its label."""
    said: NDArray[np.int16]
    """Row of the label that a model which had not seen it gave; −1 where it was not asked."""

    def dumps(self) -> bytes:
        """The proof as bytes."""
        head = {"format": _FORMAT, "labels": self.labels, "report": asdict(replace(self.report, out_of_fold=()))}
        return packed(head, keys=self.keys, truth=self.truth, said=self.said)

    @staticmethod
    def loads(data: bytes) -> "Proof":
        """A proof from its bytes; raises ValueError for anything that is not one."""
        try:
            head, parts = unpacked(data)
            return _sound(head, parts["keys"], parts["truth"], parts["said"])
        except (ValueError, *BROKEN) as error:
            raise ValueError("不是模型的成绩单，或者已经损坏") from error


def _sound(head: Mapping[str, Any], keys: NDArray[Any], truth: NDArray[Any], said: NDArray[Any]) -> Proof:
    """The value from its stored parts; raises ValueError where they do not fit together."""
    labels = tuple(map(str, head["labels"]))
    rows = np.concatenate([truth, said])
    if head["format"] != _FORMAT or not len(keys) == len(truth) == len(said) or (len(rows) and int(rows.max()) >= len(labels)):
        raise ValueError("parts do not fit together")
    return Proof(_report(head["report"]), labels, keys, truth, said)


def _report(found: Mapping[str, object]) -> Report:
    """A report as ``asdict`` wrote it."""
    values = dict(found)
    rows, pairs = values.pop("per_label"), values.pop("confusion")
    if not isinstance(rows, dict) or not isinstance(pairs, list):
        raise TypeError("report")
    return Report(
        **{name: value for name, value in values.items() if name != "out_of_fold"},  # type: ignore[arg-type]
        per_label={str(label): LabelFigures(**row) for label, row in rows.items()},
        confusion=tuple((str(true), str(said), int(times)) for true, said, times in pairs),
    )
