"""The seeded edits are what they say: each applies to the demo content, and changes one thing."""

from collections import Counter

import pytest

from bot.adapters.keeping import CHECKOUT
from bot.bench.edits import Seen, chosen, table
from bot.bench.edits_set import Trial, edit_of, messages, trials
from bot.content import OWN, files_of
from bot.content.differing import differences
from bot.content.editing import applied
from bot.content.items import Key, items

_DATA = CHECKOUT / "tests" / "data"
_COUNTS = {"dev": 60, "more": 325, "earlier": 200, "test": 192}


@pytest.fixture(scope="module")
def files():
    return files_of(OWN)[0]


@pytest.fixture(scope="module")
def there(files):
    return items(files)


@pytest.mark.parametrize("split", sorted(_COUNTS))
def test_a_set_holds_as_many_bad_as_harmless_edits_each_with_a_reason(split):
    some = trials(_DATA / f"edits_{split}.jsonl")
    assert Counter(one.label for one in some) == {"bad": _COUNTS[split], "harmless": _COUNTS[split]}
    assert len({one.id for one in some}) == len(some)
    assert all(one.sort and one.why for one in some)


@pytest.mark.parametrize("split", sorted(_COUNTS))
def test_every_edit_is_another_value_of_one_thing(split, there):
    for one in trials(_DATA / f"edits_{split}.jsonl"):
        edit = edit_of(one, there)
        known = there.get(one.key)
        assert edit.key == one.key
        assert known is not None or edit.value is not None, one.id
        assert known is None or edit.value != known.value, one.id


def test_an_edit_put_into_the_files_changes_exactly_its_thing(files, there):
    some = trials(_DATA / "edits_dev.jsonl")
    for kind in {one.key.kind for one in some}:
        one = next(one for one in some if one.key.kind == kind)
        changed = differences(files, applied(files, [edit_of(one, there)]))
        assert [change.key for change in changed] == [one.key], one.id


def test_no_edit_that_is_measured_stands_in_another_set():
    sets = {split: {(one.key, str(one.told)) for one in trials(_DATA / f"edits_{split}.jsonl")} for split in _COUNTS}
    test = sets.pop("test")
    assert not any(test & other for other in sets.values())


def test_a_path_reaches_into_lists_and_takes_away(there):
    key = Key("script", "order_link")
    told = {"variants.0": None, "variants.0.weight": 3, "variants+": [{"text": "好"}]}
    value = edit_of(Trial("x", key, "bad", "", "", False, told), there).value
    assert value is not None
    before = there[key].value["variants"]
    assert value["variants"] == [{**before[1], "weight": 3}, *before[2:], {"text": "好"}]


def test_what_is_to_be_taken_out_must_be_there(there):
    with pytest.raises(KeyError):
        edit_of(Trial("x", Key("tag", "texture"), "bad", "", "", False, {"values-": ["没有这个"]}), there)


def test_messages_are_read_with_who_says_them_and_what_came_before():
    some = messages(_DATA / "edits_messages.tsv")
    assert len(some) > 1500
    assert any(one.customer.level == "black" for one in some)
    assert any(len(one.said) == 2 for one in some)
    assert len(messages(_DATA / "edits_messages.tsv", 100)) == 100


def _trial(id_, label):
    return Trial(id_, Key("entry", "x"), label, "sort", "why", False, {})


def test_a_bad_edit_that_only_turned_amber_is_missed_and_a_harmless_one_that_was_warned_of_is_told():
    found = [
        Seen(_trial("b1", "bad"), check=("x",)),
        Seen(_trial("b2", "bad"), amber=("words",)),
        Seen(_trial("h1", "harmless"), warn=("change.price",)),
        Seen(_trial("h2", "harmless")),
    ]
    told = "\n".join(table(found))
    assert "| the same, and lint warn (noticed) | 1 of 2 (50.0%) | 1 of 2 (50.0%) |" in told
    missed, flagged = told.split("missed:")[1].split("harmless, and noticed:")
    assert "b2" in missed
    assert "b1" not in missed
    assert "h1" in flagged
    assert "h2" not in flagged


def test_a_sample_is_spread_over_the_whole_set():
    assert chosen([_trial(str(n), "bad") for n in range(10)], 2)[1].id == "5"
