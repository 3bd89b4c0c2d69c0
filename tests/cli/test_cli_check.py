"""``daogou check`` with what lint finds: findings that block make it fail, warnings and approved exceptions do not."""

import json
from pathlib import Path

import pytest
from cli_processes import write

from bot.cli import main

Capture = pytest.CaptureFixture[str]
ENTRY = "- id: a\n  questions: [怎么联系你们]\n  answer: {}\n  source: 手册\n"


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(home))


def checked(folder: Path, capsys: Capture, *more: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of the check of a folder."""
    code = main(["check", *more, "--workspace", str(folder)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_finding_that_blocks_is_told_with_file_line_rule_and_way_out(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, {"knowledge/entries/a.yml": ENTRY.format("看 http://192.168.1.8/a 就行。")})
    code, out, err = checked(tmp_path, capsys)
    assert (code, out) == (1, "")
    assert err.startswith("knowledge/entries/a.yml:3 › a › answer：“http://192.168.1.8/a”")
    assert "（link.internal）" in err
    assert "换成对外的网址" in err
    assert "一共 1 处错误" in err


def test_json_carries_every_finding_with_its_fields(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, {"knowledge/entries/a.yml": ENTRY.format("看 http://www.huajianji.cn/a 就行。")})
    code, out, _ = checked(tmp_path, capsys, "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["problems"]) == (0, True, [])
    (found,) = told["findings"]
    assert (found["rule"], found["severity"], found["key"], found["line"]) == ("link.plain", "warn", "entry/a", 3)
    assert found["words"] == "http://www.huajianji.cn/a"
    assert found["excepted"] is None
    assert len(told["warnings"]) == 1


def test_an_approved_exception_is_listed_and_does_not_block(tmp_path: Path, capsys: Capture) -> None:
    exceptions = '- {rule: link.internal, words: "http://192.168.1.8/a", where: entry/a, reason: 内部培训用的}\n'
    write(
        tmp_path,
        {"knowledge/entries/a.yml": ENTRY.format("看 http://192.168.1.8/a 就行。"), "scripts/exceptions.yml": exceptions},
    )
    code, out, err = checked(tmp_path, capsys)
    assert code == 0
    assert "没有错误" in out
    assert "已经批准" in err
    assert "内部培训用的" in err
