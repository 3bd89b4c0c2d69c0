"""What the encoder learns from: sentences of shops without labels, pairs that mean the same or not, and what is kept from it.

Every fifth stored question of the question bases, with all that was asked for it, is in nothing that is learnt: `asked` of
them tells how good the encoder is. ``smp2017`` is not read at all.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.workspace import own_training
from intents import normalize

BASES = ("lcqmc", "oppo")
"""Question bases of ``faq``."""
_LABELLED = ("afqmc_dev", "lcqmc_dev", "oppo_dev", "pawsx_zh_dev", "simclue_train_pair_1w")
_LONGEST = 120
"""Characters: longer texts are essays."""
_PARTS = 5
_SENTENCE = re.compile(r"[。！!?？；;~\n]")
_CLAUSE = re.compile(r"[。！!?？；;~\n，,]")
_STOPS = re.compile(r"(?<=[。！？!?；;])")
_ADDRESSED = re.compile(r"@\S+|#")
_FOREIGN = ("书籍", "酒店")
"""Kinds of reviews that no shop of ours gets."""


@dataclass(frozen=True, slots=True)
class Base:
    """A question base and the part of what was asked that nothing is learnt from."""

    name: str
    stored: Mapping[str, str]
    """Questions by their ids."""
    asked: tuple[tuple[str, str], ...]
    """A question and the id of the stored one that means the same."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that is learnt from."""

    texts: tuple[str, ...]
    """Each once, in an order of chance; our own sentences come last."""
    own: int
    """How many are our own."""
    pairs: tuple[tuple[str, str, bool], ...]
    """Two sentences, and whether they mean the same."""


def held(key: str) -> bool:
    """Whether a stored question is of the fifth that is kept for measuring."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % _PARTS == 0


def bases(data: Path) -> list[Base]:
    """The question bases of the public data."""
    made = []
    for name in BASES:
        stored = {row["kb_id"]: row["question"] for row in _json(data / f"faq/{name}.kb.jsonl")}
        asked = ((row["query"], row["kb_id"]) for row in _json(data / f"faq/{name}.queries.jsonl"))
        made.append(Base(name, stored, tuple(one for one in asked if held(one[1]))))
    return made


def corpus(data: Path) -> Corpus:
    """Everything that may be learnt, the same on every call; raises OSError where the data is not."""
    kept = {question for base in bases(data) for question, _ in base.asked}
    measured = kept | {text for base in bases(data) for key, text in base.stored.items() if held(key)}
    pairs = list(_pairs(data, kept))
    texts = _public(data, pairs, kept)
    known = set(texts)
    texts += [text for text in _more(data) if text not in known]
    own = dict.fromkeys(normalize(text).text for text, _ in own_training())
    foreign = [text for text in texts if text not in measured]
    ours = [text for text in own if text not in measured and text not in known]
    learnt = tuple((one, other, same) for one, other, same in pairs if one not in measured and other not in measured)
    return Corpus((*foreign, *ours), len(ours), learnt)


def _pairs(data: Path, kept: set[str]) -> Iterator[tuple[str, str, bool]]:
    for base in BASES:
        stored = {row["kb_id"]: row["question"] for row in _json(data / f"faq/{base}.kb.jsonl")}
        for row in _json(data / f"faq/{base}.queries.jsonl"):
            if not held(row["kb_id"]):
                yield row["query"], stored[row["kb_id"]], True
    for name in _LABELLED:
        for cells in _cells(data / f"pairs/{name}.tsv"):
            if len(cells) == 3 and cells[0] not in kept and cells[1] not in kept:
                yield cells[0], cells[1], cells[2] == "1"


def _public(data: Path, pairs: list[tuple[str, str, bool]], kept: set[str]) -> list[str]:
    """A mixture of questions, searches, reviews, talk with helpdesks, and titles."""
    chance = random.Random(0)  # noqa: S311  (an order, not a secret)
    parts = (
        (_said(data), 8_000),
        (_helpdesk(data), 14_000),
        ([*(one for one, _, _ in pairs), *(other for _, other, _ in pairs)], None),
        ([text for base in bases(data) for key, text in base.stored.items() if not held(key)], None),
        (_searched(data), 26_000),
        (_pieces(_reviews(data), _SENTENCE), 32_000),
        (_titles(data), 3_000),
        (_shop(data), None),
    )
    texts: list[str] = []
    for part, limit in parts:
        found = list(dict.fromkeys(text.strip() for text in part if 1 < len(text.strip()) <= _LONGEST))
        chance.shuffle(found)
        texts += found[:limit]
    mixed = [text for text in dict.fromkeys(texts) if text not in kept]
    chance.shuffle(mixed)
    return mixed


def _more(data: Path) -> list[str]:
    """More searches, and reviews as sentences and as the clauses that people type without sentence marks."""
    chance = random.Random(1)  # noqa: S311
    searched = list(_searched(data))
    reviews = list(_reviews(data, _FOREIGN))
    sentences = [text.strip() for text in _pieces(reviews, _SENTENCE) if 3 <= len(text.strip()) <= 60]
    clauses = [text.strip() for text in _pieces(reviews, _CLAUSE) if 3 <= len(text.strip()) <= 25]
    for part in (searched, sentences, clauses):
        chance.shuffle(part)
    return list(dict.fromkeys([*searched[:50_000], *sentences[:110_000], *clauses[:40_000]]))


def _said(data: Path) -> Iterator[str]:
    for part in ("val", "test"):
        yield from (row["text"] for row in _json(data / f"crosswoz/{part}.jsonl"))


def _helpdesk(data: Path) -> Iterator[str]:
    for row in _json(data / "helpdesk/dialogues.jsonl"):
        for turn in row["turns"]:
            if turn["sender"] == "customer":
                yield from _STOPS.split(_ADDRESSED.sub("", turn["text"]))


def _searched(data: Path) -> Iterator[str]:
    return (cells[1].strip() for cells in _cells(data / "queries/taobao_queries.tsv", head=False) if len(cells) > 1)


def _reviews(data: Path, without: tuple[str, ...] = ()) -> Iterator[str]:
    names = ["online_shopping_10_cats.train", "waimai_10k"] + ([] if without else ["eprstmt.train_few_all"])
    for name in names:
        yield from (cells[-1] for cells in _cells(data / f"sentiment/{name}.tsv") if cells[0] not in without)


def _pieces(texts: Iterable[str], cut: re.Pattern[str]) -> Iterator[str]:
    return (piece for text in texts for piece in cut.split(text))


def _titles(data: Path) -> Iterator[str]:
    for row in _json(data / "entities/taobao.train.jsonl"):
        yield "".join(row.get("text", ""))


def _shop(data: Path) -> list[str]:
    rows = list(_json(data / "faq/shop.jsonl"))
    return [*(row.get("answer", "") for row in rows), *(row["question"] for row in rows)]


def _json(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _cells(path: Path, head: bool = True) -> Iterator[list[str]]:
    """Cells of each line, without the first where it names the columns."""
    with path.open(encoding="utf-8") as file:
        if head:
            next(file)
        yield from (line.rstrip("\n").split("\t") for line in file)
