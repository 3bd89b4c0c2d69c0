"""Our own encoder: numpy reads what sentence-transformers reads, and broken weights are told in words."""
# ruff: noqa: PLC0415 - the library is not everywhere

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from content_engines import NEEDS_TRANSFORMERS
from hypothesis import given, settings
from hypothesis import strategies as st
from test_content_encoder_makes import check_make

from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.static import BEGIN, END, FOLDER, LONGEST, StaticEncoder, digest, grams
from bot.errors import SettingsError

TEXTS = ["在吗", "这个面霜多少钱", "寶寶6個月奶粉ＡＢ😊", "does it fit 50ml?", "亲，能不能便宜点呀？？", "长" * 600, "龘靐齉", ""]
_LIMIT = 20_000_000


@pytest.fixture(scope="module")
def shipped() -> StaticEncoder:
    """The weights of the program."""
    return StaticEncoder()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The weights where they may be broken."""
    return Path(shutil.copytree(FOLDER, tmp_path / "model"))


@pytest.mark.filterwarnings("ignore")  # what jieba warns of
def test_it_keeps_what_every_make_promises(tmp_path: Path) -> None:
    encoder = encoder_of("static")
    assert encoder.identity.startswith("static-")
    assert encoder.dimensions == 256
    check_make(encoder, tmp_path)


@pytest.mark.parametrize(
    ("asked", "near", "far"),
    [
        ("这个多少钱", "价格是多少", "快递到哪了"),
        ("我要退货", "不想要了能退吗", "有优惠券吗"),
        ("什么时候发货", "几天能发出来", "适合敏感肌吗"),
        ("可以开发票么", "能不能给我开张发票", "可以便宜点么"),
    ],
)
def test_it_understands_what_shoppers_mean(shipped: StaticEncoder, asked: str, near: str, far: str) -> None:
    one, alike, other = shipped.encode([asked, near, far])
    assert one @ alike > one @ other


def test_rows_are_of_length_one_and_the_same_alone_in_company_and_in_another_process(shipped: StaticEncoder) -> None:
    rows = shipped.encode(TEXTS)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows[:6], axis=1), 1, atol=1e-6)
    assert all(np.array_equal(StaticEncoder().encode([text])[0], row) for text, row in zip(TEXTS, rows, strict=True))
    program = f"from bot.adapters.static import StaticEncoder as S; print(S().encode({TEXTS!r}).tobytes().hex())"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == rows.tobytes().hex()


def test_what_has_no_known_piece_is_a_row_of_zeros_and_like_nothing(shipped: StaticEncoder) -> None:
    rows = shipped.encode(["", "\U0001f9ff\U00013000"])
    assert not rows.any()
    assert not Encoder(shipped).embed([""]).any()
    assert shipped.encode([]).shape == (0, shipped.dimensions)


def test_only_the_beginning_of_a_long_text_is_read(shipped: StaticEncoder) -> None:
    long = "面霜多少钱" * 200
    assert np.array_equal(*shipped.encode([long, long[:LONGEST]]))
    assert len(grams(long)) < 4 * (LONGEST + 2)


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_has_a_finite_row(text: str) -> None:
    row = _SHARED.encode([text])[0]
    length = float(np.linalg.norm(row))
    assert length == 0 or abs(length - 1) < 1e-5


_SHARED = StaticEncoder()


def test_width_and_case_make_no_difference(shipped: StaticEncoder) -> None:
    wide, plain = shipped.encode(["ＡＢ５０ＭＬ？", "ab50ml?"])
    assert np.array_equal(wide, plain)


def test_pieces_are_characters_and_runs_of_two_to_four_with_the_edges() -> None:
    assert grams("Ab") == ["a", "b", f"{BEGIN}a", "ab", f"b{END}", f"{BEGIN}ab", f"ab{END}", f"{BEGIN}ab{END}"]
    assert grams("") == [f"{BEGIN}{END}"]


def test_it_is_named_by_its_weights_and_they_are_small(copy: Path, shipped: StaticEncoder) -> None:
    assert StaticEncoder(copy).name == shipped.name
    assert sum(path.stat().st_size for path in FOLDER.rglob("*")) <= _LIMIT
    assert "Recall@1" in (FOLDER / "README.md").read_text("utf-8")


def test_other_weights_have_another_name(copy: Path, shipped: StaticEncoder) -> None:
    data = bytearray((copy / "model.safetensors").read_bytes())
    data[-100] ^= 1
    (copy / "model.safetensors").write_bytes(data)
    config = json.loads((copy / "config.json").read_text())
    config["digest"] = digest((copy / "vocabulary.json").read_bytes(), bytes(data))
    (copy / "config.json").write_text(json.dumps(config))
    assert StaticEncoder(copy).name != shipped.name


@pytest.mark.parametrize("name", ["config.json", "vocabulary.json", "model.safetensors"])
@pytest.mark.parametrize("torn", [b"", b"\xff", b"{}", b"\x10\0\0\0\0\0\0\0{}", None])
def test_broken_weights_are_told_in_words(copy: Path, name: str, torn: bytes | None) -> None:
    path = copy / name
    path.write_bytes(path.read_bytes()[:-1000] if torn is None and name != "config.json" else torn or b"[]")
    with pytest.raises(SettingsError, match=r"编码器 static 的权重文件夹 .* 坏了.*make encoder"):
        StaticEncoder(copy).load()


@pytest.mark.parametrize("told", [{"dimensions": 3}, {"digest": "0"}, {"digest": None}])
def test_a_config_of_other_weights_is_told_in_words(copy: Path, told: dict[str, object]) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | told))
    with pytest.raises(SettingsError, match="坏了"):
        _ = StaticEncoder(copy).name


def test_missing_weights_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"权重文件 .*config\.json 读不到.*make encoder"):
        StaticEncoder(tmp_path).load()


@NEEDS_TRANSFORMERS
@pytest.mark.filterwarnings("ignore")  # what the libraries warn of among themselves
def test_sentence_transformers_makes_the_same_of_the_same_folder(shipped: StaticEncoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(FOLDER), device="cpu", trust_remote_code=True)
    assert np.allclose(model.encode(TEXTS), shipped.encode(TEXTS), atol=1e-5)
    assert model.get_embedding_dimension() == shipped.dimensions
    model.save(str(tmp_path / "again"))
    assert np.allclose(StaticEncoder(tmp_path / "again").encode(TEXTS), shipped.encode(TEXTS), atol=2e-2), "packed once more"


@NEEDS_TRANSFORMERS
@pytest.mark.filterwarnings("ignore")
def test_training_cuts_texts_as_serving_does() -> None:
    from bot.teaching.encoder import ngram_bag

    assert all(ngram_bag.grams(text) == grams(text) for text in TEXTS)
    assert (FOLDER / "ngram_bag.py").read_bytes() == Path(ngram_bag.__file__).read_bytes(), "the model carries the same code"
