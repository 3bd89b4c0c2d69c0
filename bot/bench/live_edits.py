"""Small edits of every kind that ops make, one after the other, each on the files as the one before left them."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from random import Random

Files = dict[str, bytes]
Edit = Callable[[Files, Random], Files]

_FIRST = {
    "script": re.compile(r"(?m)^(\s*(?:- )?\{?text: ['\"]?)(?=[^\s|>'\"])"),
    "answer": re.compile(r"(?m)^(\s*answer: ['\"]?)(?=[^\s|>'\"])"),
    "rule": re.compile(r"(?<=, reason: )(?=[^\s|>'\"])"),
}
_QUESTIONS = re.compile(r"questions: \[(?=[^\"'])")
_SENTENCES = re.compile(r"(?m)^(\s*examples: \|\n)(?=(\s*)- )")


def _changed(files: Files, under: str, place: re.Pattern[str], put: Callable[[re.Match[str]], str], chance: Random) -> Files:
    """The files with something put after one place that fits."""
    paths = [path for path in sorted(files) if path.startswith(under) and place.search(files[path].decode())]
    path = chance.choice(paths)
    text = files[path].decode()
    found = chance.choice(list(place.finditer(text)))
    return {**files, path: (text[: found.end()] + put(found) + text[found.end() :]).encode()}


def _script(files: Files, chance: Random) -> Files:
    return _changed(files, "scripts/replies/", _FIRST["script"], lambda _: "好的，", chance)


def _answer(files: Files, chance: Random) -> Files:
    return _changed(files, "knowledge/entries/", _FIRST["answer"], lambda _: "您好，", chance)


def _question(files: Files, chance: Random) -> Files:
    asked = f"第{chance.randrange(10**6)}位客人是怎么问这件事的"
    return _changed(files, "knowledge/entries/", _QUESTIONS, lambda _: f"{asked}, ", chance)


def _rule(files: Files, chance: Random) -> Files:
    return _changed(files, "recommender/rules/", _FIRST["rule"], lambda _: "店里", chance)


def _sentence(files: Files, chance: Random) -> Files:
    said = f"小店第{chance.randrange(10**6)}号在不在线呀"
    return _changed(files, "intents/training/greet", _SENTENCES, lambda found: f"{found[2]}- {said}\n", chance)


def _cell(files: Files, chance: Random, column: str, value: Callable[[str], str]) -> Files:
    """A cell of the product table."""
    path = "recommender/products.csv"
    rows = list(csv.reader(io.StringIO(files[path].decode("utf-8-sig"))))
    row, at = chance.choice(rows[1:]), rows[0].index(column)
    row[at] = value(row[at])
    told = io.StringIO()
    csv.writer(told, lineterminator="\n").writerows(rows)
    return {**files, path: told.getvalue().encode()}


def _price(files: Files, chance: Random) -> Files:
    return _cell(files, chance, "price", lambda old: f"{float(old) + 1:.2f}")


def _name(files: Files, chance: Random) -> Files:
    return _cell(files, chance, "name", lambda old: f"{old}{chance.randrange(100)}号")


EDITS: Mapping[str, Edit] = {
    "script": _script,
    "entry: its answer": _answer,
    "entry: one more question": _question,
    "product: its price": _price,
    "product: its name": _name,
    "rule": _rule,
    "training sentence": _sentence,
}
"""What is edited → how."""
