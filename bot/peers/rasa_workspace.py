"""A workspace as a Rasa project: training data, our spellings as lookup and synonym tables, brand words, a pipeline.

Everything is path → bytes below one folder, from which `rasa train nlu` is started: paths inside the files are relative to it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from bot.content import Workspace, digest_of, model_words
from bot.content.folder import kind_of
from intents import normalize

EPOCHS = 100
"""Of DIET: what `rasa init` writes."""
DATA, CONFIG = "data", "config.yml"
_DICTIONARY = "userdict"
_JIEBA, _CHARACTERS = "jieba", "characters"
PIPELINES = (_JIEBA, _CHARACTERS)
"""jieba: words, the characters inside them, entities; characters: n-grams over the whole sentence, no words, no entities."""

_MARK = re.compile(r"\[(?=[^\]]+?\](?:\([^)]*\)|\{[^}]*\}|\[))")
"""The bracket with which Rasa begins an annotation (rasa/shared/nlu/training_data/entities_parser.py)."""
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+|\s+|[\ufeff\x85\u2028\u2029]")
"""What YAML cannot hold on one line."""
_SAFE = re.compile(r"\w+")

Pairs = Sequence[tuple[str, str]]
"""(sentence, intent)"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How Rasa is to learn."""

    pipeline: str = _JIEBA
    """One of `PIPELINES`."""
    epochs: int = EPOCHS
    seed: int = 0


def exported(workspace: Workspace, recipe: Recipe | None = None) -> Mapping[str, bytes]:
    """The project of a workspace: its training files byte for byte, and beside them what we know of the brand's words.

    Our classifier is asked for *normalised* sentences; those that normalising changes are learnt in both forms.
    """
    own = {path: data for path, data in workspace.files.items() if kind_of(path) == "training"}
    files = {f"{DATA}/{path}": data for path, data in own.items()} or {f"{DATA}/training.yml": training(workspace.training)}
    changed = ((normalize(text).text, intent) for text, intent in workspace.training)
    read = [pair for pair, (text, _) in zip(changed, workspace.training, strict=True) if pair[0] and pair[0] != text]
    if read:
        files[f"{DATA}/normalised.yml"] = training(tuple(dict.fromkeys(read)))
    if tables := _tables(workspace):
        files[f"{DATA}/spellings.yml"] = _document(tables)
    words = "".join(f"{word}\n" for word in model_words(workspace) if not re.search(r"\s", word))
    files[f"{_DICTIONARY}/brand.txt"] = words.encode()
    annotated = any(_MARK.search(data.decode("utf-8", "replace")) for data in own.values())
    files[CONFIG] = configuration(recipe or Recipe(), dictionary=True, annotated=annotated)
    return files


def project(pairs: Pairs, recipe: Recipe | None = None) -> Mapping[str, bytes]:
    """The project of labelled sentences alone; their labels have to be ones that Rasa can keep (`rasa_labels`)."""
    return {f"{DATA}/training.yml": training(pairs), CONFIG: configuration(recipe or Recipe())}


def fingerprint(files: Mapping[str, bytes], version: str) -> str:
    """What a Rasa model was made from: project and release of Rasa."""
    return digest_of({**files, "version": version.encode()})[:16]


def rasa_labels(labels: Iterable[str]) -> Mapping[str, str]:
    """Label → the name under which Rasa keeps it: "/" would make it a retrieval intent, "+" two of them."""
    return {one: one if _SAFE.fullmatch(one) else f"label_{number}" for number, one in enumerate(sorted(set(labels)))}


def training(pairs: Pairs) -> bytes:
    """A file of training data in Rasa's YAML; a sentence is one line, and what looks like an annotation is none."""
    said: dict[str, list[str]] = {}
    for text, intent in pairs:
        if line := _MARK.sub("［", _UNPRINTABLE.sub(" ", text)).strip():
            said.setdefault(intent, []).append(line)
    return _document([_block("intent", intent, lines) for intent, lines in said.items()])


def _tables(workspace: Workspace) -> list[Mapping[str, str]]:
    """A lookup table for each slot, and a synonym for each standard value.

    A lookup is searched for anywhere in a sentence, so one character alone is left out; Rasa's synonyms know no slots, so a
    spelling that means two things is left out of them.
    """
    lookups: list[Mapping[str, str]] = []
    standards: dict[str, dict[str, None]] = {}
    for slot, values in workspace.spellings.items():
        written = dict.fromkeys(word for value, ways in values.items() for word in (value, *ways) if len(word) > 1)
        if written:
            lookups.append(_block("lookup", slot, written))
        for value, ways in values.items():
            for word in ways:
                standards.setdefault(word, {})[value] = None
    synonyms: dict[str, list[str]] = {}
    for word, found in standards.items():
        value = next(iter(found))
        if len(found) == 1 and word != value and word not in synonyms:
            synonyms.setdefault(value, []).append(word)
    return [*lookups, *(_block("synonym", value, words) for value, words in synonyms.items())]


def _block(kind: str, name: str, lines: Iterable[str]) -> Mapping[str, str]:
    return {kind: name, "examples": "".join(f"- {line}\n" for line in lines)}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that people can read what Rasa was given."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _document(blocks: Sequence[Mapping[str, str]]) -> bytes:
    return _yaml({"version": "3.1", "nlu": list(blocks)})


def _yaml(value: object) -> bytes:
    told: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**20)
    return told.encode()


def configuration(recipe: Recipe, *, dictionary: bool = False, annotated: bool = False) -> bytes:
    """Rasa's ``config.yml``; the ranking names every label, so that a `Classifier` has a whole row.

    With a ``dictionary`` there are brand words and lookup tables; entities need sentences in which some are ``annotated``.

    Raises:
        ValueError: there is no such pipeline.
    """
    if recipe.pipeline not in PIPELINES:
        raise ValueError(f"没有名为 {recipe.pipeline} 的 Rasa 流程，可以是 {'、'.join(PIPELINES)}")
    words = recipe.pipeline == _JIEBA
    head = _words(dictionary=dictionary, annotated=annotated) if words else _characters()
    diet = {
        "name": "DIETClassifier",
        "epochs": recipe.epochs,
        "random_seed": recipe.seed,
        "ranking_length": 0,
        "entity_recognition": False,
        "constrain_similarities": True,
    }
    told = {
        "recipe": "default.v1",
        "assistant_id": "daogou",
        "language": "zh" if words else "en",
        "pipeline": [*head, diet],
        "policies": [],
    }
    return _yaml(told)


def _words(*, dictionary: bool, annotated: bool) -> list[Mapping[str, object]]:
    """Words by jieba and the characters inside them; lookup tables as features, and as entities of the annotated slots."""
    tokenizer: dict[str, object] = {"name": "JiebaTokenizer"}
    counts: list[Mapping[str, object]] = [
        {"name": "CountVectorsFeaturizer", "analyzer": "word", "token_pattern": r"(?u)\b\w+\b"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    ]
    if not dictionary:
        return [tokenizer, *counts]
    tables = {"case_sensitive": False, "use_word_boundaries": False}
    extractors: list[Mapping[str, object]] = [{"name": "RegexEntityExtractor", **tables}, {"name": "EntitySynonymMapper"}]
    known = [tokenizer | {"dictionary_path": _DICTIONARY}, {"name": "RegexFeaturizer", **tables}, *counts]
    return [*known, *extractors] if annotated else known


def _characters() -> list[Mapping[str, object]]:
    """Character n-grams over the whole sentence: jieba's words would bound them."""
    return [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    ]
