"""The two lessons: first to see sentences as the teachers see them, then which pairs of sentences mean the same.

A model of sentence-transformers and the library's losses in a loop of our own: its trainer would need two packages more, cut
every text anew in every epoch (which costs as much as the step), and knows no batch that two teachers see at once.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import CoSENTLoss, MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import Normalize
from torch.nn import functional

from bot.adapters.encoder import Vectors
from bot.teaching.encoder.corpus import Corpus
from bot.teaching.encoder.ngram_bag import NgramBag, laid
from bot.teaching.encoder.teachers import Say

_BATCH, _PAIRS = 1024, 512
_SHAPE = 10.0
"""What the likenesses within a batch weigh against each vector's own direction."""
_SECOND = 0.4
"""What the second teacher weighs."""
_LOOSE = 0.3
"""What its likenesses weigh beside its directions: they are not ours, only turned into ours."""
_ORDER = 0.1
"""What the order of labelled pairs weighs against finding each other."""
_FEW = 8
"""Of fewer texts in a batch nothing is learnt from the second teacher."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast."""

    epochs: int = 3
    pair_epochs: int = 4
    rate: float = 0.004
    pair_rate: float = 0.001
    memory: float = 5.0
    """What the first lesson weighs in the second, so that it is not forgotten."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Targets:
    """What the teachers see in the corpus' texts, in our dimensions."""

    first: Vectors
    """One row a text."""
    second: Vectors
    """One row for each of ``seen``."""
    seen: NDArray[np.intp]
    """Places of the texts that the second teacher was shown."""


class Lessons:
    """A model that is being taught; all chance comes from the plan's seed."""

    def __init__(self, vocabulary: list[str], corpus: Corpus, targets: Targets, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self._chance = np.random.default_rng(plan.seed)
        self._plan = plan
        self._corpus = corpus
        self._bag = NgramBag(vocabulary, targets.first.shape[1])
        self.model = SentenceTransformer(modules=[self._bag, Normalize()], device="cpu")
        self._first, self._second = torch.from_numpy(targets.first), torch.from_numpy(targets.second)
        self._place = np.full(len(corpus.texts), -1)
        self._place[targets.seen] = np.arange(len(targets.seen))
        self._turned = torch.nn.Linear(targets.second.shape[1], targets.first.shape[1], bias=False)
        torch.nn.init.eye_(self._turned.weight)
        self._bags = [self._bag.ids(text) for text in corpus.texts]

    def distil(self, say: Say) -> None:
        """Every text towards what the teachers see in it, and batches towards the likenesses that they see."""
        size = len(self._bags)
        parameters = [*self.model.parameters(), *self._turned.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=self._plan.rate, fused=True)
        steps = self._plan.epochs * (size // _BATCH)
        begun, step = time.monotonic(), 0
        for epoch in range(self._plan.epochs):
            total = 0.0
            for rows in _batches(self._chance.permutation(size), _BATCH):
                total += _step(optimizer, self._seen(rows), self._plan.rate * (1 - step / steps))
                step += 1
            say(f"distilling {epoch + 1}/{self._plan.epochs}: {total / (size // _BATCH):.4f}, {time.monotonic() - begun:.0f} s")

    def compare(self, say: Say) -> None:
        """Sentences that mean the same towards each other and away from all others; pairs that do not, behind those that do."""
        same = [(self._bag.ids(one), self._bag.ids(other)) for one, other, alike in self._corpus.pairs if alike and one != other]
        pairs = [(self._bag.ids(one), self._bag.ids(other)) for one, other, _ in self._corpus.pairs]
        alike = torch.tensor([float(same) for _, _, same in self._corpus.pairs])
        finding = MultipleNegativesRankingLoss(
            self.model, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
        )
        order = CoSENTLoss(self.model)
        optimizer = torch.optim.Adam(self.model.parameters(), lr=self._plan.pair_rate, fused=True)
        steps = self._plan.pair_epochs * (len(same) // _PAIRS)
        step = 0
        for epoch in range(self._plan.pair_epochs):
            total = 0.0
            for rows in _batches(self._chance.permutation(len(same)), _PAIRS):
                some = self._chance.choice(len(pairs), _PAIRS)
                loss = finding(_sides(same, rows), None) + _ORDER * order(_sides(pairs, some), alike[some])
                memory = self._seen(self._chance.choice(len(self._bags), _PAIRS))
                total += _step(optimizer, loss + self._plan.memory * memory, self._plan.pair_rate * (1 - step / steps))
                step += 1
            say(f"pairs {epoch + 1}/{self._plan.pair_epochs}: {total / (len(same) // _PAIRS):.4f}")

    def _seen(self, rows: NDArray[np.intp]) -> Any:
        """How far the model is from what the teachers see in some texts."""
        made = self._vectors(rows)
        loss = _distance(made, made, self._first[rows])
        known = np.flatnonzero(self._place[rows] >= 0)
        if len(known) >= _FEW:
            ours = made[known]
            turned = functional.normalize(self._turned(ours), dim=1)
            loss = loss + _SECOND * _distance(turned, ours, self._second[self._place[rows[known]]], _LOOSE)
        return loss

    def _vectors(self, rows: NDArray[np.intp]) -> Any:
        return self.model(laid([self._bags[row] for row in rows]))["sentence_embedding"]


def _distance(turned: Any, made: Any, wanted: Any, shape: float = 1.0) -> Any:
    """One minus the mean cosine, and the mean square by which likenesses within the batch differ."""
    likeness = made @ made.T - wanted @ wanted.T
    return (1 - (turned * wanted).sum(1)).mean() + shape * _SHAPE * (likeness**2).mean()


def _step(optimizer: Any, loss: Any, rate: float) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def _batches(order: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    """Whole batches; what is left over comes in another epoch."""
    return (order[start : start + size] for start in range(0, len(order) - size + 1, size))


def _sides(pairs: Sequence[tuple[list[int], list[int]]], rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    """The features of both sides, as the library's losses take them."""
    return [laid([pairs[row][side] for row in rows]) for side in (0, 1)]
