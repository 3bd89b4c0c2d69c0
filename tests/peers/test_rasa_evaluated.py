"""``daogou evaluate nlu --classifier rasa``: Rasa's labels through exactly what a turn uses, and no figures that are not its own."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli import main
from tests.peers.conftest import Rasa, Said, failure, parsed

_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款"],
    "recommend_product": ["推荐一款面霜", "想买面霜", "有没有适合干皮的", "买什么好"],
}
_TEST = [("早上好啊", "greet"), ("退货要怎么弄", "return_goods"), ("想要一支护手霜", "recommend_product"), ("哈喽呀", "greet")]


@pytest.fixture
def args(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command without the address of the server."""
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    folder = tmp_path / "brand" / "intents" / "training"
    folder.mkdir(parents=True)
    for intent, said in _SAID.items():
        lines = "".join(f"      - {one}\n" for one in said)
        (folder / f"{intent}.yml").write_text(f"nlu:\n  - intent: {intent}\n    examples: |\n{lines}", "utf-8")
    data = table(tmp_path, _TEST)
    return ["evaluate", "nlu", "--workspace", str(tmp_path / "brand"), "--data", str(data), "--classifier", "rasa"]


def table(folder: Path, rows: Sequence[tuple[str, str]]) -> Path:
    path = folder / "test.tsv"
    path.write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows), "utf-8")
    return path


def ran(argv: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(list(argv))
    told = capsys.readouterr()
    return code, told.out, told.err


def knows(rows: Sequence[tuple[str, str]]) -> object:
    """Rasa that knows the answers."""
    labels = dict(rows)
    return lambda text: parsed([(labels.get(text, "greet"), 1.0)], text)


def test_the_figures_are_rasas(rasa: Rasa, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rasa.answer = knows(_TEST)  # type: ignore[assignment]
    code, out, err = ran([*args, "--rasa-url", rasa.url, "--json"], capsys)
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["n"], told["accuracy"], told["classifier"], told["fallback"]) == (4, 1.0, "rasa", 0)
    assert {text for text, _ in _TEST} <= set(rasa.texts)


def test_the_address_may_come_from_the_environment(
    rasa: Rasa, args: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa.answer = knows(_TEST)  # type: ignore[assignment]
    monkeypatch.setenv("DAOGOU_RASA_URL", rasa.url + "/")
    code, out, _ = ran(args, capsys)
    assert code == 0
    assert "准确率 100.0%" in out


def test_a_server_that_answers_nothing_gives_no_figures(
    rasa: Rasa, nobody: str, args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ran([*args, "--rasa-url", nobody, "--json"], capsys)
    assert (code, out) == (1, "")
    assert "make rasa" in err
    rasa.answer = lambda _: failure(409, "Conflict")
    code, out, err = ran([*args, "--rasa-url", rasa.url], capsys)
    assert (code, out) == (1, "")
    assert "409" in err


def test_what_our_own_classifier_answered_is_told(rasa: Rasa, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    good = knows(_TEST)
    rasa.answer = lambda text: Said(body=b"?") if text == "哈喽呀" else good(text)  # type: ignore[operator]
    code, out, err = ran([*args, "--rasa-url", rasa.url, "--json"], capsys)
    assert code == 0
    assert json.loads(out)["fallback"] == 1
    assert "有 1 句" in err


def test_labels_that_are_not_ours_are_taken_as_they_are(
    rasa: Rasa, args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("明天下雨吗", "weather"), ("几点的火车", "train"), ("放首歌", "music")]
    table(tmp_path, rows)
    rasa.answer = knows(rows)  # type: ignore[assignment]
    code, out, _ = ran([*args, "--rasa-url", rasa.url, "--json"], capsys)
    assert code == 0
    assert json.loads(out)["accuracy"] == 1.0


@pytest.mark.parametrize(
    "url", ["127.0.0.1:5005", "ftp://x", "http://", "http://u:geheim@h:1", "http://h:1?x=1", "http://h:99999"]
)
def test_an_address_that_is_none_is_refused(
    url: str, args: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = ran([*args, "--rasa-url", url], capsys)
    assert code == 1
    assert "http://主机:端口" in err
    assert "geheim" not in err
    monkeypatch.setenv("DAOGOU_RASA_URL", url)
    code, _, err = ran(args, capsys)
    assert code == 1
    assert "DAOGOU_RASA_URL" in err
    assert "geheim" not in err


def test_with_the_setting_a_turn_is_understood_by_rasa(
    rasa: Rasa, args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAOGOU_RASA_URL", rasa.url)
    rasa.answer = lambda text: parsed([("return_goods", 1.0)], text)
    code, out, _ = ran(["explain", "--workspace", str(tmp_path / "brand"), "--json", "推荐一款面霜"], capsys)
    assert code == 0
    assert '"return_goods"' in out
    assert "推荐一款面霜" in rasa.texts
