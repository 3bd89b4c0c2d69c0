"""``python -m bot.teaching.moods --data ../shared/data``: trains the moods that the program ships, ``intents/weights/moods.npz``.

Softmax regression (L2) for each of mood, hurry and escalation over tf-idf pieces, with one shared weight for each group of
`mood_words`, which is added to the words' own once it is learnt. Takes about a minute on one core.
"""

import argparse
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.adapters.keeping import write_whole
from bot.adapters.moods import WEIGHTS
from bot.content.workspace import own_training
from bot.teaching.mood_data import OWN, Lesson, labelled, of_intents, public
from bot.teaching.mood_words import groups
from intents.moods import COLUMNS, HEADS, Moods
from intents.moods_features import DENIED, DENIED_PIECE, form, pieces

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

THRESHOLD = 0.35
"""A chance of escalation from here on is one: to overhear costs more than to call a person once too often."""
_KEPT = 40_000
"""Pieces that the shipped model knows; the others weigh least."""
_TIED = 1.0
"""How strongly a group of words speaks before anything is learnt about its single words."""
_FORMS = 0.5
_SEEN_IN_CHAT, _SEEN_ANYWHERE = 2, 12
"""A piece is learnt from so many messages of a chat, or so many of all."""
_STRENGTH = {"mood": 20.0, "urgency": 6.0, "escalation": 10.0}
"""Inverse L2 penalty, chosen by cross-validation on our own messages."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Rows of pieces and forms, and how rare each piece is."""

    index: Mapping[str, int]
    rarity: NDArray[np.float32]
    forms: int
    """The last so many rows are forms."""


def train(lessons: Sequence[Lesson]) -> Moods:
    """A model of these lessons; they must have every class of every head."""
    taken = [(pieces(one.text), form(one.text, one.rule)) for one in lessons]
    names = _named(lessons, taken)
    seen = _matrix(names, taken)
    tied = _ties(names)
    weights, bias = np.zeros((len(names.index), COLUMNS), np.float32), np.zeros(COLUMNS, np.float32)
    for head, place in HEADS.items():
        own, start = _fitted(head, lessons, seen, tied)
        weights[:, place], bias[place] = own, start
    weights[-names.forms :] *= _FORMS
    return _lean(names, weights, bias)


def _named(lessons: Sequence[Lesson], taken: Sequence[tuple[set[str], list[str]]]) -> _Names:
    """The pieces that are seen often enough, then the forms."""
    often: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for one, (found, _) in zip(lessons, taken, strict=True):
        often.update(found)
        if one.escalation is not None:
            ours.update(found)
    listed = {word for words in groups().values() for word in words}
    kept = sorted(
        piece for piece, times in often.items() if ours[piece] >= _SEEN_IN_CHAT or times >= _SEEN_ANYWHERE or piece in listed
    )
    kept += sorted((listed | {DENIED + word for word in listed if len(word) <= DENIED_PIECE}) - set(kept))
    forms = sorted({one for _, told in taken for one in told})
    total = len(lessons)
    rarity = [math.log((1 + total) / (1 + often[piece])) + 1 for piece in kept] + [1.0] * len(forms)
    return _Names({name: row for row, name in enumerate([*kept, *forms])}, np.array(rarity, np.float32), len(forms))


def _matrix(names: _Names, taken: Sequence[tuple[set[str], list[str]]]) -> "csr_matrix":
    """Messages × rows: pieces as a unit vector, forms beside them."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  (only training needs it)

    columns, values, ends = [], [], [0]
    for found, told in taken:
        rows = np.array(sorted(names.index[one] for one in found if one in names.index), np.intp)
        rare = names.rarity[rows]
        columns += [rows, np.array([names.index[one] for one in told], np.intp)]
        values += [rare / max(float(np.linalg.norm(rare)), 1e-9), np.full(len(told), _FORMS)]
        ends.append(ends[-1] + len(rows) + len(told))
    shape = (len(taken), len(names.index))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)


def _ties(names: _Names) -> "csr_matrix":
    """Rows × groups: which piece belongs to which, denied ones to a group of their own."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    rows, columns = [], []
    for number, words in enumerate(groups().values()):
        for word in words:
            for column, piece in ((2 * number, word), (2 * number + 1, DENIED + word)):
                if piece in names.index:
                    rows.append(names.index[piece])
                    columns.append(column)
    return csr_matrix((np.full(len(rows), _TIED), (rows, columns)), shape=(len(names.index), 2 * len(groups())))


def _fitted(
    head: str, lessons: Sequence[Lesson], seen: "csr_matrix", tied: "csr_matrix"
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights and bias of one head, from the lessons that have its label; a group's weight is part of its words' by then."""
    from scipy.sparse import hstack  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    truth = [getattr(one, head) for one in lessons]
    rows = [row for row, label in enumerate(truth) if label is not None]
    of = seen[rows]
    learner: Any = LogisticRegression(C=_STRENGTH[head], max_iter=150, tol=1e-3)
    learner.fit(hstack([of, of @ tied]).tocsr(), [truth[row] for row in rows], [lessons[row].weight for row in rows])
    size = seen.shape[1]
    weights = learner.coef_[:, :size].T + tied @ learner.coef_[:, size:].T
    return weights, learner.intercept_


def _lean(names: _Names, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> Moods:
    """The model without the pieces that hardly weigh; all forms stay."""
    importance = np.abs(weights).max(axis=1) * names.rarity
    importance[-names.forms :] = np.inf
    rows = np.sort(np.argsort(-importance, kind="stable")[: _KEPT + names.forms])
    all_names = list(names.index)
    index = {all_names[row]: place for place, row in enumerate(rows.tolist())}
    return Moods.of(index, names.rarity[rows], weights[rows], bias, THRESHOLD)


def lessons(data: Path | None, ours: Sequence[Lesson]) -> list[Lesson]:
    """Our own messages, the intents' sentences, and the public data where its folder is told."""
    return [*ours, *of_intents(own_training()), *(public(data) if data else ())]


def main(words: list[str] | None = None) -> int:
    """Train on everything and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m bot.teaching.moods", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args(words)
    taught = lessons(args.data, labelled(OWN))
    model = train(taught)
    written = model.dumps()
    write_whole(args.out, written)
    sys.stdout.write(f"{len(taught)} messages, {len(model.index)} pieces, {len(written) / 1e6:.2f} MB: {args.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
