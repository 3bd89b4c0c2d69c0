"""Rasa as a program: found where it is, started quietly, its failures told in its last words."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import PeerError
from bot.peers import __main__ as command
from bot.peers import rasa_server as server
from bot.peers.rasa_workspace import project

FILES = project([("在吗", "greet"), ("能退吗", "return_goods")])


def script(folder: Path, body: str) -> Path:
    """A program in ``rasa``'s place."""
    path = folder / "rasa"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


TRAINS = """echo "Epochs: 100%|#| 2/2 [00:01<00:00, 1.0s/it, t_loss=1.5, i_acc=0.5]"
echo "$@" > asked; env > environment
while [ "$1" != --fixed-model-name ]; do shift; done
mkdir -p models; : > "models/$2.tar.gz"
"""


def test_the_program_is_where_make_puts_it_or_where_one_says(tmp_path: Path) -> None:
    assert server.program({}, tmp_path) is None
    (tmp_path / ".venv-rasa" / "bin").mkdir(parents=True)
    here = script(tmp_path / ".venv-rasa" / "bin", "")
    assert server.program({}, tmp_path) == here
    assert server.program({"TEST_RASA": str(tmp_path / "nowhere")}, tmp_path) is None
    assert server.program({"TEST_RASA": str(here)}, Path("/")) == here


def test_rasa_tells_nobody_about_us_and_reads_none_of_our_settings() -> None:
    told = server.environment(
        {"PATH": "/bin", "DAOGOU_SECRET_KEY": "geheim", "RASA_TELEMETRY_ENABLED": "true", "PYTHONPATH": "."}
    )
    assert told["RASA_TELEMETRY_ENABLED"] == "false"
    assert told["PATH"] == "/bin"
    assert not {"DAOGOU_SECRET_KEY", "PYTHONPATH"} & set(told)


def test_a_model_is_trained_once_and_found_again(tmp_path: Path) -> None:
    rasa, home = script(tmp_path, TRAINS), tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (home / "data" / "of_yesterday.yml").write_text("nlu: []")
    said: list[str] = []
    model = server.trained(rasa, home, FILES, said.append)
    assert model.parent == home / "models"
    assert sorted(path.name for path in (home / "data").iterdir()) == ["training.yml"]
    assert (home / "asked").read_text().startswith("train nlu --nlu data --config config.yml --out models --fixed-model-name")
    assert len(said) == 1
    assert server.trained(tmp_path / "gone", home, FILES, said.append) == model


def test_of_two_who_want_the_same_model_one_trains(tmp_path: Path) -> None:
    rasa, home = script(tmp_path, "echo once >> ../times\n" + TRAINS), tmp_path / "home"
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: server.trained(rasa, home, FILES, lambda _: None), range(2))
    assert first == second
    assert (tmp_path / "times").read_text() == "once\n"


@pytest.mark.parametrize("body", ["echo 'InvalidConfigException: no such component' >&2; exit 1", "echo 'No NLU data'; exit 0"])
def test_no_model_is_an_error_whatever_rasa_exits_with(tmp_path: Path, body: str) -> None:
    with pytest.raises(PeerError, match="没有训练成") as caught:
        server.trained(script(tmp_path, body), tmp_path / "home", FILES, lambda _: None)
    assert body.partition("'")[2].partition("'")[0] in str(caught.value)


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    rasa = script(tmp_path, "echo 'no model found'; exit 3")
    with pytest.raises(PeerError, match="no model found"), server.serving(rasa, tmp_path / "m.tar.gz"):
        pass


def test_make_rasa_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken_port: int
) -> None:
    monkeypatch.setenv("TEST_RASA", str(tmp_path / "nowhere"))
    assert command.main([]) == 1
    assert "make rasa" in capsys.readouterr().out
    monkeypatch.setenv("TEST_RASA", str(script(tmp_path, "exit 1")))
    assert command.main(["--port", str(taken_port)]) == 1
    assert "已经有程序在用" in capsys.readouterr().out


def test_make_rasa_trains_and_tells_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "TEST_RASA",
        str(
            script(
                tmp_path,
                'echo "0/2 [00:00<?, t_loss=3, i_acc=0.1]"; echo "1/2 [00:01<00:01, t_loss=3, i_acc=0.1]"\n'
                'echo "1/2 [00:01<00:01, t_loss=2, i_acc=0.4]"; echo "UserWarning: nobody cares"\n' + TRAINS,
            )
        ),
    )
    brand = tmp_path / "brand" / "intents" / "training"
    brand.mkdir(parents=True)
    (brand / "a.yml").write_text("nlu: [{intent: greet, examples: '- 在吗'}, {intent: thank, examples: '- 谢谢'}]", "utf-8")
    assert command.main(["--workspace", str(tmp_path / "brand"), "--train-only", "--epochs", "2"]) == 0
    out = capsys.readouterr().out
    assert "第 1/2 轮，已用 00:01，还要 00:01，训练句答对 40.0%" in out
    assert "nobody cares" not in out
    assert "已经训练好" in out
    assert len(list((tmp_path / "home" / "rasa" / "models").glob("daogou-*.tar.gz"))) == 1


@pytest.fixture
def taken_port(rasa: object) -> int:
    return int(rasa.url.rpartition(":")[2])  # type: ignore[attr-defined]
