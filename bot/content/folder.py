"""A workspace on disk: which files of a folder are content, and their bytes. Nothing outside the folder is ever read."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bot.errors import ContentError, Problem

KINDS: Mapping[str, re.Pattern[str]] = {
    "brand": re.compile(r"brand\.yml"),
    "guides": re.compile(r"guides\.yml"),
    "training": re.compile(r"intents/training/.+\.yml"),
    "spellings": re.compile(r"intents/spellings/.+\.yml"),
    "entries": re.compile(r"knowledge/entries/.+\.yml"),
    "replies": re.compile(r"scripts/replies/.+\.yml"),
    "posts": re.compile(r"scripts/posts/.+\.yml"),
    "exceptions": re.compile(r"scripts/exceptions\.yml"),
    "products": re.compile(r"recommender/products\.(?:csv|jsonl)"),
    "tags": re.compile(r"recommender/tags\.yml"),
    "rules": re.compile(r"recommender/rules/.+\.yml"),
    "dialogues": re.compile(r"tests/dialogues/.+\.yml"),
    "check": re.compile(r"tests/nlu\.tsv"),
}
"""FORMATS.md §1, the posts of groups (群SOP) and the approved exceptions of lint: kind of file → its path in the workspace."""
_ROOTS = (
    "intents/training", "intents/spellings", "knowledge/entries", "scripts/replies", "scripts/posts", "recommender",
    "tests/dialogues",
)  # fmt: skip
_MISNAMED = re.compile(
    r"(?:brand|guides|intents/(?:training|spellings)/.+|knowledge/entries/.+|scripts/(?:(?:replies|posts)/.+|exceptions)"
    r"|recommender/(?:tags|rules/.+)|tests/dialogues/.+)\.yaml|recommender/products\.(?:xlsx?|tsv|json|CSV)"
)
_MOST_FILES = 50_000


def kind_of(path: str) -> str | None:
    """What kind of content a path holds; None for everything that is none."""
    return next((kind for kind, pattern in KINDS.items() if pattern.fullmatch(path)), None)


def files_of(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Path → bytes of all content in a folder, and what could not be read.

    Raises:
        ContentError: there is no such folder.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise ContentError([Problem(str(folder), None, "", "没有这个文件夹" if not root.exists() else "这不是文件夹")])
    files: dict[str, bytes] = {}
    faults: list[Problem] = []
    for path in sorted(_candidates(root)):
        name = path.relative_to(root).as_posix()
        if _MISNAMED.fullmatch(name):
            faults.append(Problem(name, None, "", _renamed(name)))
        elif kind_of(name) or path.is_dir():
            try:
                files[name] = _content(root, path)
            except ContentError as error:
                faults += error.problems
        if len(files) > _MOST_FILES:
            raise ContentError([Problem(str(folder), None, "", f"文件太多了，最多 {_MOST_FILES} 个")])
    return files, faults


def training_files(folder: Path) -> dict[str, bytes]:
    """Path → bytes of the training files alone, as far as they can be read; what is wrong with them ``files_of`` tells."""
    found: dict[str, bytes] = {}
    root = folder.resolve()
    for path in sorted(_candidates(root)) if root.is_dir() else ():
        name = path.relative_to(root).as_posix()
        if kind_of(name) == "training":
            with suppress(ContentError):
                found[name] = _content(root, path)
    return found


def _renamed(name: str) -> str:
    if name.endswith(".yaml"):
        return "后缀要写成 .yml，不然读不到"
    return "商品表只认 products.csv 或 products.jsonl，请另存为“CSV UTF-8”"


def _candidates(root: Path) -> Iterator[Path]:
    yield from (path for path in root.iterdir() if path.suffix in {".yml", ".yaml"})
    alone = (root / "tests" / "nlu.tsv", root / "scripts" / "exceptions.yml", root / "scripts" / "exceptions.yaml")
    yield from (path for path in alone if path.exists())
    for name in _ROOTS:
        # links to folders are listed and not followed: they are refused
        for folder, folders, found in os.walk(root / name, followlinks=False):
            folders[:] = [one for one in folders if not one.startswith((".", "__"))]
            yield from (Path(folder) / one for one in found if not one.startswith("."))
            yield from (link for one in folders if (link := Path(folder) / one).is_symlink())


def _content(root: Path, path: Path) -> bytes:
    """The bytes of a file; raises ContentError with its own words."""
    name = path.relative_to(root).as_posix()
    if path.is_dir() or not path.resolve().is_relative_to(root):
        raise ContentError([Problem(name, None, "", "这是指到别处的链接，请放真正的文件")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError([Problem(name, None, "", f"打不开这个文件（{error.strerror}）")]) from error
