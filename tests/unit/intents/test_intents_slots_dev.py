"""The development messages are found as they were labelled; what was reached stays reached."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.gazetteer import Gazetteer
from intents.normalize import normalize
from intents.slots import find_slots

_ROOT = Path(__file__).parents[3]
_FLOOR = 0.97
"""Of precision and of recall, each slot; reached when written: 1.0."""
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x30, 0x3A)})
_Key = tuple[str, str, int, int, bool]


@cache
def _messages() -> tuple[dict[str, object], ...]:
    lines = (_ROOT / "tests/data/slots_dev.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


@cache
def _names() -> Gazetteer:
    """The demo brand's own names."""
    spellings: dict[str, dict[str, list[str]]] = {}
    for path in sorted((_ROOT / "intents/spellings").glob("*.yml")):
        for slot, standards in yaml.safe_load(path.read_text("utf-8")).items():
            for standard, written in standards.items():
                spellings.setdefault(slot, {})[str(standard)] = [str(one) for one in written]
    with (_ROOT / "recommender/products.csv").open(encoding="utf-8-sig") as file:
        return Gazetteer.build(spellings, [(row["sku"], row["name"]) for row in csv.DictReader(file)])


def _key(name: str, value: object, start: int, end: int, negated: bool) -> _Key:
    return name, json.dumps(value, ensure_ascii=False, sort_keys=True), start, end, negated


def _labelled(message: dict[str, object]) -> set[_Key]:
    slots = message["slots"]
    assert isinstance(slots, list)
    return {_key(one["name"], one["value"], one["start"], one["end"], one["negated"]) for one in slots}


def _found(text: str, at: str) -> set[_Key]:
    slots = find_slots(normalize(text), _names(), datetime.fromisoformat(at))
    return {_key(one.name, one.value, one.start, one.end, one.negated) for one in slots}


def _pairs() -> Iterator[tuple[set[_Key], set[_Key]]]:
    for message in _messages():
        yield _labelled(message), _found(str(message["text"]), str(message["at"]))


def test_the_set_is_sound() -> None:
    messages = _messages()
    assert len(messages) >= 250
    assert len({message["text"] for message in messages}) == len({message["id"] for message in messages}) == len(messages)
    assert sum(not message["slots"] for message in messages) >= len(messages) * 0.15
    for message in messages:
        slots = message["slots"]
        assert isinstance(slots, list)
        for slot in slots:
            assert str(message["text"])[slot["start"] : slot["end"]] == slot["text"]


def test_precision_and_recall_of_every_slot_hold() -> None:
    right, found, labelled = Counter[str](), Counter[str](), Counter[str]()
    for expected, got in _pairs():
        right.update(one[0] for one in expected & got)
        found.update(one[0] for one in got)
        labelled.update(one[0] for one in expected)
    for slot in set(found) | set(labelled):
        assert right[slot] >= _FLOOR * found[slot], f"precision of {slot}"
        assert right[slot] >= _FLOOR * labelled[slot], f"recall of {slot}"


@pytest.mark.parametrize("made", [lambda text: text.translate(_WIDE), "\u200b".join, lambda text: f"  {text} "])
def test_spans_lie_in_the_original_however_it_is_written(made: object) -> None:
    assert callable(made)
    for message in _messages():
        text = made(str(message["text"]))
        slots = find_slots(normalize(text), _names(), datetime.fromisoformat(str(message["at"])))
        assert all(text[slot.start : slot.end] == slot.text for slot in slots)
        expected = Counter(one[0] for one in _labelled(message))
        assert Counter(slot.name for slot in slots) == expected, text


def test_values_do_not_change_when_the_message_is_normalised_first() -> None:
    for message in _messages():
        text, at = str(message["text"]), datetime.fromisoformat(str(message["at"]))
        once = normalize(text)
        twice = normalize(once.text)
        assert [(one.name, one.value) for one in find_slots(once, _names(), at)] == [
            (one.name, one.value) for one in find_slots(twice, _names(), at)
        ]


@given(st.lists(st.sampled_from(range(400)), min_size=2, max_size=3), st.sampled_from(["，", "。", " ", "！"]))
@settings(max_examples=60, deadline=None)
def test_messages_in_a_row_give_spans_of_that_row(picked: list[int], between: str) -> None:
    messages = _messages()
    text = between.join(str(messages[one % len(messages)]["text"]) for one in picked)
    for slot in find_slots(normalize(text), _names(), datetime.fromisoformat(str(messages[0]["at"]))):
        assert text[slot.start : slot.end] == slot.text
        assert 0 <= slot.start < slot.end <= len(text)
