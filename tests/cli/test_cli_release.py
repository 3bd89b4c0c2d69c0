"""Releases from the terminal: listed, compared, and back to an earlier one in one step."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.embedded import Servers
from bot.cli.program import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Path, embedded: Servers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in this process, on the test run's database: (exit status, out, err)."""
    monkeypatch.setenv("DAOGOU_HOME", str(home))
    monkeypatch.setenv("DAOGOU_DATABASE_URL", embedded.database_url)

    def ran(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(args)
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


def brand(folder: Path, answer: str) -> Path:
    (folder / "knowledge" / "entries").mkdir(parents=True, exist_ok=True)
    (folder / "brand.yml").write_text("name: 花\n")
    entry = f"- {{id: returns, questions: [不喜欢能退吗], answer: {answer}, source: 政策}}\n"
    (folder / "knowledge" / "entries" / "a.yml").write_text(entry)
    return folder


def test_two_releases_are_compared_and_the_first_comes_back(run: Run, tmp_path: Path) -> None:
    assert run("import", str(brand(tmp_path, "签收后七天内可以退。")))[0] == 0
    assert run("import", str(brand(tmp_path, "签收后七天内、没拆封可以退。")), "--note", "说清楚")[0] == 0
    newest, before = json.loads(run("release", "list", "--limit", "2", "--json")[1])
    assert (newest["note"], newest["kind"]) == ("说清楚", "import")
    one, other = str(before["release"]), str(newest["release"])
    code, told, _ = run("release", "compare", one, other)
    assert code == 0
    assert "改了  知识 returns" in told
    assert "answer：签收后七天内可以退。 → 签收后七天内、没拆封可以退。" in told
    code, told, _ = run("release", "rollback", one, "--note", "发错了")
    assert code == 0
    assert f"已退回第 {one} 版" in told
    back, *_ = json.loads(run("release", "list", "--limit", "1", "--json")[1])
    assert (back["kind"], back["parent"], back["note"]) == ("rollback", before["release"], "发错了")
    assert "两版一模一样" in run("release", "compare", one, str(back["release"]))[1]
    assert "← 现在生效" in run("release", "list")[1].splitlines()[0]


def test_what_cannot_be_done_is_said(run: Run) -> None:
    assert run("release", "rollback", "9999")[0] == 1
    code, _, told = run("release", "compare", "1")
    assert (code, "compare 后面写两个版本号" in told) == (2, True)
