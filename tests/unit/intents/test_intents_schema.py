"""What ops write for understanding."""

import pytest
from pydantic import ValidationError

from intents.schema import Entity, SpellingsFile, TrainingFile, disagreements, examples


def _file(*blocks: tuple[str, str]) -> TrainingFile:
    return TrainingFile.model_validate({"version": "3.1", "nlu": [{"intent": name, "examples": text} for name, text in blocks]})


def test_sentences_lose_their_marks_and_keep_their_values() -> None:
    file = _file(
        (
            "return_goods",
            '- 不喜欢能退吗\n- [面霜](category)可以退[三天](date)吗\n- [擦脸油]{"entity": "category", "value": "面霜"}退吗\n',
        )
    )
    plain, marked, record = examples(file)
    assert (plain.text, plain.entities) == ("不喜欢能退吗", ())
    assert marked.text == "面霜可以退三天吗"
    assert marked.entities == (Entity("category", "面霜", 0, 2), Entity("date", "三天", 5, 7))
    assert record.entities == (Entity("category", "面霜", 0, 3),)
    assert [one.text[entity.start : entity.end] for one in (marked, record) for entity in one.entities] == [
        "面霜",
        "三天",
        "擦脸油",
    ]


def test_rasas_other_blocks_are_read_and_teach_no_intent() -> None:
    file = TrainingFile.model_validate(
        {
            "nlu": [
                {"synonym": "面霜", "examples": "- 霜\n"},
                {"regex": "zip", "examples": "- \\d+\n"},
                {"lookup": "x", "examples": "- a\n"},
            ]
        }
    )
    assert list(examples(file)) == []
    assert list(disagreements({"a.yml": file}, strict=True)) == []


@pytest.mark.parametrize(
    "document",
    [
        {"nlu": [{"intent": "greet", "examples": "- 你好", "extra": 1}]},
        {"nlu": [{"examples": "- 你好"}]},
        {"nlu": [{"intent": "greet", "synonym": "x", "examples": "- 你好"}]},
        {"nlu": [], "more": 1},
        {},
    ],
)
def test_other_shapes_are_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TrainingFile.model_validate(document)


def test_every_fault_is_told_with_its_place() -> None:
    files = {
        "a.yml": _file(("greet", "- 你好\n"), ("ask_weather", "- 天气\n"), ("thank", "")),
        "b.yml": _file(("goodbye", "- 你好！\n- 你好\n")),
    }
    faults = list(disagreements(files, strict=True))
    assert [(file, path) for file, path, _ in faults] == [
        ("a.yml", ("nlu", 1, "intent")),
        ("a.yml", ("nlu", 2, "examples")),
        ("b.yml", ("nlu", 0, "examples")),
    ]
    assert "ask_weather" in faults[0][2]
    assert "thank" in faults[1][2]
    assert "greet" in faults[2][2]


def test_foreign_labels_pass_where_they_are_welcome() -> None:
    assert list(disagreements({"a.yml": _file(("weather", "- 天气\n"))})) == []


def test_one_spelling_belongs_to_one_standard_value() -> None:
    spellings = SpellingsFile.model_validate(
        {"category": {"面霜": ["霜", "擦脸油"], "精华": ["擦臉油"]}, "size": {38: ["38", 38.5]}}
    )
    assert spellings.root["size"]["38"] == ["38", "38.5"]
    ((file, path, why),) = disagreements({}, {"category.yml": spellings})
    assert (file, path) == ("category.yml", ("category", "精华", 0))
    assert "面霜" in why
