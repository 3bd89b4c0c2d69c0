"""The real thing: Rasa trains on an exported workspace, serves it, and its labels come through our classifier."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bench.peers import Bench, judged
from bot.content import read_files
from bot.peers import rasa_server as server
from bot.peers.rasa import Patience, RasaClassifier, labels_of
from bot.peers.rasa_http import RasaClient
from bot.peers.rasa_workspace import Recipe, exported
from tests.peers.conftest import LABELS, Builtin

PROGRAM = server.program()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Rasa here: `make rasa` installs it (2.7 GB), or TEST_RASA=/path/to/bin/rasa names one"
)

_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗", "早上好", "您好呀"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款", "退货运费谁出", "[面霜](category)可以退货不"],
    "recommend_product": [
        "推荐一款面霜",
        "想买面霜",
        "有没有适合干皮的",
        "买什么好",
        "给我推荐个[擦脸油](category)",
        "想买一支护手霜",
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rasa")


@pytest.fixture(scope="module")
def serving(folder: Path) -> Iterator[server.Serving]:
    """Trained on a small brand, and running."""
    assert PROGRAM is not None
    blocks = "".join(
        f"  - intent: {one}\n    examples: |\n" + "".join(f"      - {x}\n" for x in said) for one, said in _SAID.items()
    )
    spellings = "category: {面霜: [擦脸油], 护手霜: [手霜]}\n"
    brand = read_files({"intents/training/a.yml": f"nlu:\n{blocks}".encode(), "intents/spellings/a.yml": spellings.encode()})
    model = server.trained(PROGRAM, folder, exported(brand, Recipe(epochs=30)), lambda _: None)
    with server.serving(PROGRAM, model) as running:
        yield running


def test_rasas_labels_come_through_our_classifier(serving: server.Serving) -> None:
    client = RasaClient(serving.url, timeout=5.0)
    assert set(labels_of(client, "在吗")) == set(LABELS)
    classifier = RasaClassifier(client, Builtin(), patience=Patience(batch=60.0))
    rows = classifier.classify(["在吗", "我要退货", "推荐一款面霜"])
    assert [LABELS[column] for column in rows.argmax(axis=1)] == ["greet", "return_goods", "recommend_product"]
    assert rows.sum(axis=1).tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert classifier.left == 0
    classifier.close()


def test_the_bench_judges_rasa_on_labelled_sentences(folder: Path) -> None:
    assert PROGRAM is not None
    pairs = [(text.replace("[", "").replace("](category)", ""), f"a/{intent}") for intent, said in _SAID.items() for text in said]
    bench = Bench(folder / "bench", Recipe("characters", 20), PROGRAM)
    found = judged(pairs, pairs[::2], bench, lambda _: None, outside=["今天股票涨了吗"])
    assert found.report.accuracy > 0.8
    assert set(found.predictions.labels) <= {label for _, label in pairs}
    assert len(found.predictions.confidence) == len(pairs[::2]) + 1
