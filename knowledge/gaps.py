"""Gaps: what shoppers asked and the base did not hold, or what was answered badly, gathered into heaps of one meaning each.

Pure and deterministic: the questions come in with their readings and vectors, the heaps go out with counts and whether they rise.
"""

import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np

from knowledge.ports import Vectors
from knowledge.words import Reading

Why = Literal["unanswered", "badly_received"]

APART: Final = 0.53
"""Distance below which two heaps are one. On 487 phrasings of 80 entries of the demo base, whose phrasings are more varied than
what shoppers repeat, the heaps are then 93 % pure (homogeneity); at 0.60 it is 86 %."""
_MEANING: Final = 0.75
"""Weight of the cosine in meaning; the rest is the cosine of index terms."""
_DENIED: Final = 0.5
"""Added to the distance of two questions that deny different things."""
_MOST: Final = 1_500
"""Different questions that are compared each with each (18 MB); rarer ones join the nearest heap or stand alone."""
_BUCKETS: Final = 2048
_RECENT: Final = 0.25
"""The last part of the time looked at that counts as recent."""
_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a shopper that went wrong."""

    text: str
    """Masked already: no phone numbers, addresses, names."""
    at: datetime
    why: Why
    source: int = 0
    """The message it stands in."""
    entry: str | None = None
    """The entry that was told, where it was received badly."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A heap of questions that mean the same."""

    question: str
    """The one that stands for all: nearest to the others, and asked often."""
    examples: tuple[str, ...]
    """Different wordings, the most frequent first; at most five."""
    wordings: tuple[str, ...]
    """All different wordings."""
    count: int
    reasons: Mapping[str, int]
    """Why → how often."""
    first: datetime
    last: datetime
    rising: float
    """Above 0: more than the time before lets expect; below 0: fewer. See ``rising``."""
    sources: tuple[int, ...]
    """The latest messages it stands in, newest first; at most twenty."""
    entries: tuple[str, ...] = ()
    """Entries whose answers were received badly here, the most frequent first."""


def gaps(
    asked: Sequence[Asked], readings: Sequence[Reading], vectors: Vectors, since: datetime, now: datetime
) -> tuple[Gap, ...]:
    """Heaps of questions asked between ``since`` and ``now``: rising ones first, then the most frequent.

    ``readings`` and ``vectors`` belong to ``asked``, row by row.
    """
    firsts: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    for at, reading in enumerate(readings):
        if reading.key:
            firsts.setdefault(reading.key, at)
            groups.setdefault(reading.key, []).append(at)
    if not groups:
        return ()
    keys = sorted(groups, key=lambda key: (-len(groups[key]), firsts[key]))
    rows = np.array([firsts[key] for key in keys])
    labels = _heaps([readings[at] for at in rows], vectors[rows])
    heaps: dict[int, list[str]] = {}
    for key, label in zip(keys, labels, strict=True):
        heaps.setdefault(label, []).append(key)
    found = [
        _gap([(asked[groups[key][0]], groups[key]) for key in heap], asked, vectors, (since, now)) for heap in heaps.values()
    ]
    return tuple(sorted(found, key=lambda gap: (-round(gap.rising, 3), -gap.count, gap.question)))


def rising(recent: int, before: int, share: float = _RECENT) -> float:
    """How far the recent count stands above what all of them let expect, in (smoothed) standard deviations.

    With ``share`` of the time being recent, ``share`` of the questions would be recent if nothing changed; the residual of a
    Poisson count, (observed - expected) / sqrt(expected + 1), where the 1 keeps a single question from looking like a wave.
    """
    expected = (recent + before) * share
    return (recent - expected) / math.sqrt(expected + 1.0)


def _gap(
    heap: Sequence[tuple[Asked, Sequence[int]]], asked: Sequence[Asked], vectors: Vectors, window: tuple[datetime, datetime]
) -> Gap:
    since, now = window
    members = [asked[at] for _, places in heap for at in places]
    ordered = sorted(heap, key=lambda one: (-len(one[1]), one[0].at, one[0].text))
    said = Counter(one.text for one in sorted(members, key=lambda one: (one.at, one.text)))
    wordings = tuple(sorted(said, key=lambda text: -said[text]))  # equals in the order of time
    border = now - timedelta(seconds=max((now - since).total_seconds(), 1.0) * _RECENT)
    recent = sum(one.at >= border for one in members)
    told = Counter(one.entry for one in members if one.entry)
    return Gap(
        question=_representative(ordered, vectors),
        examples=wordings[:_EXAMPLES],
        wordings=wordings,
        count=len(members),
        reasons=dict(sorted(Counter(str(one.why) for one in members).items())),
        first=min(one.at for one in members),
        last=max(one.at for one in members),
        rising=rising(recent, len(members) - recent),
        sources=tuple(sorted((one.source for one in members), reverse=True)[:20]),
        entries=tuple(name for name, _ in sorted(told.items(), key=lambda item: (-item[1], item[0]))),
    )


def _representative(heap: Sequence[tuple[Asked, Sequence[int]]], vectors: Vectors) -> str:
    """The wording nearest to the heap's middle, a frequent one before a rare one."""
    rows = vectors[[places[0] for _, places in heap]]
    weights = np.array([len(places) for _, places in heap], np.float32)
    middle = (rows * weights[:, None]).sum(axis=0)
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    likely = rows @ middle + 0.1 * np.log1p(weights)
    return heap[int(np.argmax(likely))][0].text


def _heaps(readings: Sequence[Reading], vectors: Vectors) -> list[int]:
    """A label for each question: average-link clustering of the most frequent, the others to the nearest heap.

    What denies otherwise (拆封了能退吗, 没拆封能退吗) is kept apart; numbers are not (150斤穿多大, 160斤穿多大 lack one entry).
    """
    words = _bags(readings)
    head = min(len(readings), _MOST)
    labels = _clustered(_distances(readings[:head], vectors[:head], words[:head])) if head > 1 else [0] * head
    for at in range(head, len(readings)):
        alike = _MEANING * (vectors[:head] @ vectors[at]) + (1.0 - _MEANING) * (words[:head] @ words[at])
        nearest = int(np.argmax(alike))
        fits = 1.0 - float(alike[nearest]) <= APART and readings[nearest].negated == readings[at].negated
        labels.append(labels[nearest] if fits else max(labels) + 1)
    return labels


def _distances(readings: Sequence[Reading], vectors: Vectors, words: Vectors) -> Vectors:
    apart: Vectors = np.clip(1.0 - _MEANING * (vectors @ vectors.T) - (1.0 - _MEANING) * (words @ words.T), 0.0, 2.0).astype(
        np.float32
    )
    said = [reading.negated for reading in readings]
    kinds = {one: n for n, one in enumerate(dict.fromkeys(said))}
    kind = np.array([kinds[one] for one in said])
    apart[kind[:, None] != kind[None, :]] += _DENIED
    np.fill_diagonal(apart, 0.0)
    both: Vectors = ((apart + apart.T) / 2).astype(np.float32)
    return both


def _clustered(distances: Vectors) -> list[int]:
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415  (a second to load, needed by editors alone)

    joined = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=APART)
    return [int(label) for label in joined.fit_predict(distances)]


def _bags(readings: Sequence[Reading]) -> Vectors:
    """Rows of index terms, rare ones weighing more (smoothed inverse document frequency), of length 1."""
    rows = np.zeros((len(readings), _BUCKETS), np.float32)
    for row, reading in zip(rows, readings, strict=True):
        for term in reading.terms:
            row[zlib.crc32(term.encode("utf-8", "replace")) % _BUCKETS] += 1
    rows *= (np.log((len(readings) + 1) / (np.count_nonzero(rows, axis=0) + 1)) + 1.0).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows
