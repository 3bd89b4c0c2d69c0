"""Whether a retrained model may take the place of the live one: both judged on the same ground, by answers they had not learnt.

The ground is every sentence that both were taught with the same label, answered in cross-validation. Two rules refuse:
McNemar's exact test on the sentences that only one of them got right (McNemar 1947, Note on the sampling error of the
difference between correlated proportions), and a fall of macro-F1 that a paired bootstrap (Efron & Tibshirani 1993, ch. 16)
finds again. A model that has no predecessor has to beat whoever always says the most frequent label.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.evaluation import LabelFigures, Report, per_label
from intents.proof import Proof

CHANCE = 0.01
"""Refused where an equally good model would do so badly less often: each release asks anew, so one false alarm in a hundred."""
POINT = 0.01
"""Macro-F1 that may be lost."""
_SURE = 0.9
"""Share of resamples in which macro-F1 has to fall as well: in small data one sentence is worth more than a point."""
_RESAMPLES = 400
_RELATED = 0.3
"""Two sets of which the smaller shares less than this with the other are no versions of one another."""
_SHOWN = 5

_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model goes live, in the words of those who wrote its sentences."""

    live: bool
    reasons: tuple[str, ...] = ()
    """Why not, or what speaks for it, one finding a line."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Right answers on the workspace's own check set."""

    n: int
    before: int
    after: int
    lost: tuple[tuple[str, str, str], ...] = ()
    """(text, label, what the new model says) of what only the live one answers right."""


def related(proof: Proof, texts: Sequence[str]) -> bool:
    """Whether a model was taught an earlier or later version of these sentences."""
    wanted = frozenset(sentence_key(text) for text in texts)
    known = frozenset(proof.keys.tolist())
    smaller = min(len(wanted), len(known))
    return bool(smaller) and len(wanted & known) >= _RELATED * smaller


def sentence_key(text: str) -> int:
    """64 bits that stand for a sentence."""
    digest = hashlib.blake2b(text.strip().encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def proof_of(examples: Sequence[tuple[str, str]], report: Report) -> Proof:
    """What a training showed, sentence by sentence; of a sentence that stands twice the first counts.

    Raises ValueError where the report has not one out-of-fold answer for each example.
    """
    if len(report.out_of_fold) != len(examples):
        raise ValueError(f"{len(report.out_of_fold)} answers for {len(examples)} examples")
    labels = tuple(sorted({label.strip() for _, label in examples}))
    row = {label: number for number, label in enumerate(labels)}
    found: dict[int, tuple[int, int]] = {}
    for (text, label), said in zip(examples, report.out_of_fold, strict=True):
        found.setdefault(sentence_key(text), (row[label.strip()], row.get(said, -1)))
    keys = sorted(found)
    return Proof(
        report=report,
        labels=labels,
        keys=np.asarray(keys, np.uint64),
        truth=np.asarray([found[key][0] for key in keys], np.int16),
        said=np.asarray([found[key][1] for key in keys], np.int16),
    )


def first(proof: Proof) -> Verdict:
    """The verdict on a model without a predecessor: better than always saying the most frequent label."""
    support = {label: row.support for label, row in proof.report.per_label.items()}
    most = max(sorted(support), key=lambda label: support[label], default="")
    share = support[most] / proof.report.n if proof.report.n else 1.0
    accuracy = proof.report.accuracy
    if accuracy > share:
        return Verdict(True, (f"第一个模型：交叉验证准确率 {_percent(accuracy)}",))
    return Verdict(False, (f"交叉验证准确率 {_percent(accuracy)}，还不如句句都猜 {most}（{_percent(share)}）",))


def judge(candidate: Proof, live: Proof, texts: Sequence[str] = (), checked: Checked | None = None) -> Verdict:
    """The verdict on a model that would take another one's place; ``texts`` are the candidate's sentences, to show some."""
    ground = _Ground.of(candidate, live)
    faults = [*_significance(ground), *_macro(ground), *_check(checked)]
    if faults:
        return Verdict(False, (*faults, *_fallen(ground), *_examples(ground, texts), *_lost(checked)))
    return Verdict(True, (_summary(ground), *_held(checked)))


@dataclass(frozen=True, slots=True)
class _Ground:
    """Sentences that both models were taught with the same label and answered unseen."""

    names: tuple[str, ...]
    """Labels of the truth, then all others that were said."""
    keys: NDArray[np.uint64]
    truth: _Rows
    before: _Rows
    after: _Rows

    @staticmethod
    def of(candidate: Proof, live: Proof) -> "_Ground":
        keys, new, old = np.intersect1d(candidate.keys, live.keys, return_indices=True)
        both = [
            (key, candidate.labels[truth], live.labels[was], candidate.labels[said])
            for key, truth, taught, said, was in zip(
                keys, candidate.truth[new], live.truth[old], candidate.said[new], live.said[old], strict=True
            )
            if said >= 0 and was >= 0 and candidate.labels[truth] == live.labels[taught]
        ]
        known = sorted({truth for _, truth, _, _ in both})
        others = sorted({label for _, _, was, said in both for label in (was, said)} - set(known))
        names = (*known, *others)
        row = {name: number for number, name in enumerate(names)}
        columns = [[row[one[place]] for one in both] for place in (1, 2, 3)]
        truth, before, after = (np.asarray(column, np.int64) for column in columns)
        return _Ground(names, np.asarray([one[0] for one in both], np.uint64), truth, before, after)

    @property
    def n(self) -> int:
        return len(self.truth)

    def figures(self, said: _Rows) -> Mapping[str, LabelFigures]:
        return per_label([self.names[one] for one in self.truth], [self.names[one] for one in said])


def _significance(ground: _Ground) -> list[str]:
    """McNemar's exact test, one-sided."""
    was, now = ground.before == ground.truth, ground.after == ground.truth
    lost, won = int((was & ~now).sum()), int((now & ~was).sum())
    chance = _tail(lost, lost + won)
    if lost <= won or chance >= CHANCE:
        return []
    told = (
        f"在两个模型都学过的 {ground.n} 句上，准确率从 {_percent(float(was.mean()))} 降到 {_percent(float(now.mean()))}："
        f"{lost} 句原来答对、现在答错，只有 {won} 句反过来（凑巧的可能不到 {_percent(max(chance, 0.001))}）"
    )
    return [told]


def _tail(least: int, n: int) -> float:
    """P(X ≥ least) of n tosses of a fair coin."""
    scale = math.lgamma(n + 1) - n * math.log(2)
    return min(1.0, sum(math.exp(scale - math.lgamma(k + 1) - math.lgamma(n - k + 1)) for k in range(least, n + 1)))


def _macro(ground: _Ground) -> list[str]:
    """A fall of macro-F1 over the shared labels by more than a point, found again in resamples."""
    if not ground.n:
        return []
    everything = np.ones(ground.n)
    before, after = (_macro_f1(ground, said, everything) for said in (ground.before, ground.after))
    if before - after <= POINT:
        return []
    chance = np.random.default_rng(0)
    fell = 0
    for _ in range(_RESAMPLES):
        times = np.bincount(chance.integers(0, ground.n, ground.n), minlength=ground.n).astype(np.float64)
        fell += _macro_f1(ground, ground.before, times) > _macro_f1(ground, ground.after, times)
    if fell < _SURE * _RESAMPLES:
        return []
    return [f"两个模型都认识的 {len(set(ground.truth.tolist()))} 个意图，macro-F1 从 {before:.3f} 降到 {after:.3f}"]


def _macro_f1(ground: _Ground, said: _Rows, times: NDArray[np.float64]) -> float:
    """Mean F1 over the labels that occur, each sentence counted so many times."""
    size = len(ground.names)
    real = np.bincount(ground.truth, times, size)
    both = np.bincount(ground.truth[said == ground.truth], times[said == ground.truth], size)
    told = np.bincount(said, times, size)
    occur = real > 0
    return float((2 * both[occur] / (real[occur] + told[occur])).mean())


def _check(checked: Checked | None) -> list[str]:
    if checked is None or checked.after >= checked.before:
        return []
    return [f"自己的考题 tests/nlu.tsv 共 {checked.n} 句，原来的模型答对 {checked.before} 句，新的只答对 {checked.after} 句"]


def _fallen(ground: _Ground) -> list[str]:
    """The labels that lost most."""
    before, after = ground.figures(ground.before), ground.figures(ground.after)
    support = Counter(ground.names[one] for one in ground.truth)
    lost = sorted((after[label].f1 - before[label].f1, label) for label in support)
    worst = [f"{label} {before[label].f1:.2f}→{after[label].f1:.2f}" for change, label in lost[:_SHOWN] if change < -0.005]
    return ["退步的意图：" + "，".join(worst)] if worst else []


def _examples(ground: _Ground, texts: Sequence[str]) -> list[str]:
    """Sentences that only the live model got right, one a label first."""
    written = {sentence_key(text): text for text in texts}
    lost = np.flatnonzero((ground.before == ground.truth) & (ground.after != ground.truth))
    seen: Counter[int] = Counter()
    ranked = []
    for at in lost:
        seen[int(ground.truth[at])] += 1
        ranked.append((seen[int(ground.truth[at])], int(at)))
    found = [(written.get(int(ground.keys[at])), at) for _, at in sorted(ranked)]
    return [
        f"例如“{text}”是 {ground.names[ground.truth[at]]}，原来答对，新模型说成 {ground.names[ground.after[at]]}"
        for text, at in found
        if text is not None
    ][:_SHOWN]


def _lost(checked: Checked | None) -> list[str]:
    if checked is None or checked.after >= checked.before:
        return []
    return [f"考题“{text}”是 {label}，新模型说成 {said}" for text, label, said in checked.lost[:_SHOWN]]


def _summary(ground: _Ground) -> str:
    if not ground.n:
        return "和原来的模型没有共同的例句可比"
    was, now = (float((said == ground.truth).mean()) for said in (ground.before, ground.after))
    return f"在两个模型都学过的 {ground.n} 句上，准确率 {_percent(was)}→{_percent(now)}，不比原来差"


def _held(checked: Checked | None) -> list[str]:
    return [f"考题 {checked.n} 句，答对 {checked.before}→{checked.after} 句"] if checked else []


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"
