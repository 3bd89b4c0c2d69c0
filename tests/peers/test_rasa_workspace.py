"""A workspace as a Rasa project: nothing lost, nothing read as what it is not."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content import read_files
from bot.peers.rasa_workspace import Recipe, configuration, exported, fingerprint, project, rasa_labels, training
from intents.schema import TrainingFile, examples

_TRAINING = """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 在吗
      - 對
  - intent: return_goods
    examples: |
      - "[面霜](category)可以退货不"
      - 能退吗
"""
_SPELLINGS = "category: {面霜: [霜, 擦脸油, lotion], 奶粉: [牛奶粉, 牛奶]}\nmaterial: {乳制品: [牛奶]}\ncolor: {红: [红色]}\n"
FILES = {"intents/training/a.yml": _TRAINING.encode(), "intents/spellings/a.yml": _SPELLINGS.encode()}


def blocks(data: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(data)["nlu"]
    return found


def test_training_files_travel_byte_for_byte_and_normalised_forms_stand_beside_them() -> None:
    files = exported(read_files(FILES))
    assert files["data/intents/training/a.yml"] == FILES["intents/training/a.yml"]
    assert blocks(files["data/normalised.yml"]) == [{"intent": "greet", "examples": "- 对\n"}]


def test_spellings_are_lookups_by_slot_and_synonyms_where_they_mean_one_thing() -> None:
    told = blocks(exported(read_files(FILES))["data/spellings.yml"])
    lookups = {block["lookup"]: block["examples"].split("\n- ") for block in told if "lookup" in block}
    assert lookups["category"] == ["- 面霜", "擦脸油", "lotion", "奶粉", "牛奶粉", "牛奶\n"]
    synonyms = {block["synonym"]: block["examples"] for block in told if "synonym" in block}
    # 牛奶 is two things: Rasa's synonyms know no slot and no second value
    assert synonyms == {"面霜": "- 霜\n- 擦脸油\n- lotion\n", "奶粉": "- 牛奶粉\n", "红": "- 红色\n"}


def test_brand_words_are_a_dictionary_of_one_word_a_line() -> None:
    words = exported(read_files(FILES))["userdict/brand.txt"].decode().splitlines()
    assert {"面霜", "擦脸油", "牛奶粉"} <= set(words)
    assert not any(re.search(r"\s", word) for word in words)


def test_a_workspace_without_training_of_its_own_exports_the_programs() -> None:
    said = TrainingFile.model_validate(yaml.safe_load(exported(read_files({}))["data/training.yml"]))
    assert len({one.intent for one in examples(said)}) > 40


def test_the_pipeline_is_chinese_whole_and_without_telemetry_of_its_own() -> None:
    told = yaml.safe_load(exported(read_files(FILES))["config.yml"])
    assert (told["language"], told["assistant_id"], told["policies"]) == ("zh", "daogou", [])
    parts = {part["name"]: part for part in told["pipeline"]}
    assert parts["JiebaTokenizer"]["dictionary_path"] == "userdict"
    assert parts["DIETClassifier"]["ranking_length"] == 0
    assert [part["analyzer"] for part in told["pipeline"] if part["name"] == "CountVectorsFeaturizer"] == ["word", "char_wb"]


def test_labelled_sentences_alone_need_no_dictionary_and_characters_need_no_words() -> None:
    words = yaml.safe_load(project([("在吗", "greet")])["config.yml"])["pipeline"][0]
    assert words == {"name": "JiebaTokenizer"}
    told = yaml.safe_load(configuration(Recipe("characters", 7)))
    assert told["pipeline"][0] == {"name": "WhitespaceTokenizer"}
    assert (told["language"], told["pipeline"][-1]["epochs"]) == ("en", 7)
    with pytest.raises(ValueError, match="没有名为 words"):
        configuration(Recipe("words"))


def test_a_model_is_found_again_by_everything_it_was_made_from() -> None:
    pairs = [("在吗", "greet"), ("能退吗", "return_goods")]
    first = fingerprint(project(pairs), "3.6.21")
    assert first == fingerprint(project(pairs), "3.6.21")
    others = (fingerprint(project(pairs[:1]), "3.6.21"), fingerprint(project(pairs, Recipe(epochs=5)), "3.6.21"))
    assert first not in (*others, fingerprint(project(pairs), "3.6.20"))


def test_labels_that_rasa_reads_as_something_else_get_another_name() -> None:
    names = rasa_labels(["greet", "faq/退货", "a+b", "问价", "has space"])
    assert (names["greet"], names["问价"]) == ("greet", "问价")
    assert len(set(names.values())) == 5
    assert all(re.fullmatch(r"\w+", name) for name in names.values())


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_sentence_comes_out_as_one_line_without_marks(texts: list[str]) -> None:
    data = training([(text, "greet") for text in texts])
    lines = [line for block in blocks(data) for line in block["examples"].splitlines()] if blocks(data) else []
    assert len(lines) <= len(texts)
    assert all(line.startswith("- ") for line in lines)


@pytest.mark.parametrize("text", ["[面霜](category)能退吗", '[面霜]{"entity": "category"}能退吗', "[a][{}]", "看[图](http://x)"])
def test_what_looks_like_an_annotation_is_text(text: str) -> None:
    data = training([(text, "greet")])
    (found,) = examples(TrainingFile.model_validate(yaml.safe_load(data)))
    assert found.entities == ()
    assert found.text.replace("［", "[") == text
