"""Items: what ops edit is read out of files and put back, and nothing else in the files changes."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import content
from bot.content.differing import differences
from bot.content.editing import applied
from bot.content.items import Edit, Item, Json, Key, Value, fingerprint, items, plain
from bot.content.merging import merged

FILES: Mapping[str, bytes] = {
    path: text.encode()
    for path, text in {
        "brand.yml": '# 品牌\nname: 花间集   # 店名\npersona: {name: 小花}\nhours:\n  mon-fri: "10:00-22:00"\n',
        "scripts/replies/greet.yml": (
            "# 招呼\nid: greet\nfamily: 招呼语\nvariants:\n  # 平时\n  - {text: 你好, weight: 2}\n  - text: 在的\n    channels: [web]\n"
        ),
        "knowledge/entries/a.yml": (
            "# 退货\n- id: returns   # 最常问\n  questions: [能退吗, 怎么退]\n  answer: 七天内可以退。\n  source: 政策\n\n"
            "# 发货\n- {id: shipping, questions: [什么时候发货], answer: 当天发。, source: 政策, valid_until: 2026-12-31}\n"
        ),
        "intents/training/greet.yml": 'version: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n      - 你好\n      - 在吗\n  - synonym: 面霜\n    examples: |\n      - 霜\n',
        "intents/training/more.yml": 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 早上好\n',
        "intents/spellings/category.yml": "category:\n  面霜: [面霜, 霜]\n  水: [爽肤水]\n",
        "recommender/products.csv": 'sku,name,category,price,tags,stock\np1,"霜,大",面霜,79,干性;油性,"{""s1"": 3}"\r\np2,水,水,59,,5\n',
        "recommender/tags.yml": "tags:\n  skin: {values: [干性, 油性]}\n  # 想要什么\n  concern:\n    values:\n      - 补水\n",
        "recommender/rules/a.yml": "- {id: r1, boost: {tags: [新品]}, factor: 1.2}  # 新品往前\n- {id: r2, block: {sku: [p2]}, reason: 复检}\n",
        "guides.yml": "stores:\n  - {id: s1, name: 一店}\nguides:\n  - id: g1\n    name: 王姐\n    store: s1\n",
        "scripts/posts/a.yml": '- {id: morning, at: "10:00", text: 早上好}\n',
        "tests/dialogues/a.yml": "- {say: 你好, intent: greet}\n",
        "tests/nlu.tsv": "text\tlabel\n你好\tgreet\n",
    }.items()
}
EDITED: Mapping[Key, Value] = {
    Key("brand", "name"): {"key": "name", "value": "花间"},
    Key("script", "greet"): {
        "id": "greet",
        "family": "招呼语",
        "variants": [{"text": "您好", "weight": 2}, {"text": "在的", "channels": ["web"]}],
    },
    Key("entry", "returns"): {"id": "returns", "questions": ["能退吗"], "answer": "十天内: 可以退\n不拆封", "source": "政策"},
    Key("entry", "shipping"): {"id": "shipping", "questions": ["什么时候发货"], "answer": "次日发。", "source": "政策"},
    Key("training", "greet"): {"intent": "greet", "examples": ["在吗", "早上好", "嗨"]},
    Key("spelling", "category/水"): {"slot": "category", "standard": "水", "spellings": ["爽肤水", "化妆水"]},
    Key("product", "p1"): {"sku": "p1", "name": "霜,大", "category": "面霜", "price": "69", "tags": ["干性"], "stock": {"s1": 0}},
    Key("tag", "concern"): {"name": "concern", "values": ["补水", "美白"]},
    Key("rule", "r1"): {"id": "r1", "boost": {"tags": ["新品"]}, "factor": 1.5, "until": "2026-12-12"},
    Key("store", "s1"): {"id": "s1", "name": "一号店"},
    Key("guide", "g1"): {"id": "g1", "name": "王姐", "store": "s1", "skills": ["护肤"]},
    Key("post", "morning"): {"id": "morning", "at": "10:00", "text": "各位早"},
    Key("dialogue", "a"): {"steps": [{"say": "你好", "intent": "greet"}, {"say": "在吗", "silent": False}]},
}


@pytest.mark.parametrize("key", EDITED, ids=str)
def test_an_edited_thing_is_all_that_changes(key: Key) -> None:
    after = applied(FILES, [Edit(key, EDITED[key])])
    (change,) = differences(FILES, after)
    assert (change.key, plain(change.after)) == (key, plain(EDITED[key]))
    assert set(after) == set(FILES)


@pytest.mark.parametrize("key", EDITED, ids=str)
def test_a_thing_that_is_taken_away_is_all_that_is_gone(key: Key) -> None:
    after = applied(FILES, [Edit(key, None)])
    (change,) = differences(FILES, after)
    assert (change.key, change.what) == (key, "removed")
    assert key not in items(after)


@pytest.mark.parametrize("key", EDITED, ids=str)
def test_a_thing_that_stood_nowhere_finds_its_place(key: Key) -> None:
    (made,) = differences({}, applied({}, [Edit(key, EDITED[key])]))
    assert (made.key, plain(made.after), made.what) == (key, plain(EDITED[key]), "added")


def test_remarks_and_the_layout_of_everything_else_stay() -> None:
    after = applied(FILES, [Edit(key, value) for key, value in EDITED.items()])
    assert (
        after["knowledge/entries/a.yml"].decode().startswith("# 退货\n- id: returns   # 最常问\n  questions: [能退吗]\n  answer:")
    )
    assert "\n# 发货\n- {id: shipping," in after["knowledge/entries/a.yml"].decode()
    assert after["brand.yml"].decode() == FILES["brand.yml"].decode().replace("花间集", "花间")
    assert after["scripts/replies/greet.yml"].decode() == FILES["scripts/replies/greet.yml"].decode().replace("你好", "您好")
    assert (
        after["intents/training/greet.yml"].decode().count("\n") == FILES["intents/training/greet.yml"].decode().count("\n") - 1
    )
    assert after["intents/training/more.yml"].decode().endswith("    - 早上好\n    - 嗨\n")
    assert after["recommender/products.csv"].decode().split("\n")[2:] == ["p2,水,水,59,,5", ""]
    assert after["tests/nlu.tsv"] == FILES["tests/nlu.tsv"]


def test_what_was_not_edited_keeps_every_byte() -> None:
    assert applied(FILES, []) == dict(FILES)
    same = [Edit(key, item.value) for key, item in items(FILES).items()]
    assert not differences(FILES, applied(FILES, same))


def test_the_demo_brand_survives_an_edit_of_each_kind() -> None:
    files = content.files_of(content.OWN)[0]
    first: dict[str, Item] = {}
    for key, item in items(files).items():
        first.setdefault(key.kind, item)
    gone = applied(files, [Edit(item.key, None) for item in first.values()])
    assert {one.key for one in differences(files, gone)} == {item.key for item in first.values()}
    back = applied(gone, [Edit(item.key, item.value) for item in first.values()])
    assert not [one for one in differences(files, back) if one.key.kind != "training"]


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85\ufeff"), min_size=1, max_size=30
).map(str.strip)
WORDS = TEXT.filter(bool)


@given(
    answer=st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
    questions=st.lists(WORDS, min_size=1, max_size=4),
    more=st.dictionaries(st.sampled_from(["short", "source", "tags", "valid_until"]), WORDS, max_size=3),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_ops_write_comes_back_as_they_wrote_it(answer: str, questions: list[str], more: dict[str, str]) -> None:
    value: dict[str, Json] = {"id": "returns", "questions": questions, "answer": answer, "source": "政策", **more}
    script: Value = {
        "id": "greet",
        "family": "招呼语",
        "variants": [{"text": answer}, *({"text": one, "weight": 2} for one in questions)],
    }
    after = applied(FILES, [Edit(Key("entry", "returns"), value), Edit(Key("script", "greet"), script)])
    found = items(after)
    assert plain(found[Key("entry", "returns")].value) == plain(value)
    assert plain(found[Key("script", "greet")].value) == plain(script)
    assert found[Key("entry", "shipping")] == items(FILES)[Key("entry", "shipping")]


def test_a_fingerprint_knows_nothing_of_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": [3]})
    assert fingerprint(None) == ""


def test_fields_are_told_one_by_one() -> None:
    (change,) = differences(FILES, applied(FILES, [Edit(Key("script", "greet"), EDITED[Key("script", "greet")])]))
    assert [(one.path, one.before, one.after) for one in change.fields] == [("variants › 1 › text", "你好", "您好")]


def test_a_folder_brings_in_what_changed_in_it_and_leaves_what_was_published() -> None:
    published = applied(FILES, [Edit(Key("entry", "returns"), EDITED[Key("entry", "returns")]), Edit(Key("rule", "r2"), None)])
    folder = applied(FILES, [Edit(Key("entry", "shipping"), None), Edit(Key("brand", "name"), EDITED[Key("brand", "name")])])
    both = items(merged(FILES, folder, published))
    assert plain(both[Key("entry", "returns")].value) == plain(EDITED[Key("entry", "returns")])
    assert Key("entry", "shipping") not in both
    assert Key("rule", "r2") not in both
    assert both[Key("brand", "name")].value["value"] == "花间"


def test_another_brands_folder_takes_the_place_of_the_old_one() -> None:
    other = {
        "brand.yml": "name: 木作\n".encode(),
        "knowledge/entries/b.yml": b"- {id: x, questions: [a], answer: b, source: c}\n",
    }
    assert merged(FILES, other, FILES) == other


def test_a_layout_that_has_no_lines_of_its_own_is_written_anew(tmp_path: Path) -> None:
    del tmp_path
    files = {
        "knowledge/entries/a.yml": b"[{id: a, questions: [x], answer: y, source: z}, {id: b, questions: [x2], answer: y, source: z}]"
    }
    after = applied(files, [Edit(Key("entry", "a"), {"id": "a", "questions": ["x"], "answer": "neu", "source": "z"})])
    (change,) = differences(files, after)
    assert change.key == Key("entry", "a")
