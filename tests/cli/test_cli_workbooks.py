"""Content as a workbook from the terminal: out, changed, in again as drafts; nothing goes live on its own."""

import io
from pathlib import Path

import pytest
from cli_processes import Ran
from openpyxl import load_workbook

from bot.adapters.embedded import Servers
from bot.cli.program import main
from bot.content import files_of
from bot.content.workbook import workbook_of


class Terminal:
    """Commands in this process: a new one for each takes longer than all that is looked at here."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *args: str) -> Ran:
        """Run one command to its end."""
        self._capsys.readouterr()
        code = main(args)
        told = self._capsys.readouterr()
        return Ran(code, told.out.encode(), told.err)


@pytest.fixture
def terminal(home: Path, embedded: Servers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """On the test run's home and database."""
    monkeypatch.setenv("DAOGOU_HOME", str(home))
    monkeypatch.setenv("DAOGOU_DATABASE_URL", embedded.database_url)
    return Terminal(capsys)


def changed(path: Path, cells: dict[tuple[str, str], str]) -> None:
    """Write into the first row of sheets, under a head."""
    book = load_workbook(path)
    for (sheet, head), text in cells.items():
        page = book[sheet]
        page.cell(2, next(cell.column for cell in page[1] if cell.value == head)).value = text
    book.save(path)


def test_a_workbook_goes_out_and_its_changes_come_in_as_drafts(brand: Path, tmp_path: Path, terminal: Terminal) -> None:
    run = terminal.run
    path = tmp_path / "content.xlsx"
    assert run("import", str(brand), "--force").code == 0
    assert run("export", str(path)).code == 0
    before = path.read_bytes()
    assert "没有要改的" in run("import", str(path)).out.decode()
    changed(path, {("话术", "内容"): "您好呀", ("知识", "短答"): "七天内都能退"})
    refused = run("export", str(path))
    assert (refused.code, "内容不一样" in refused.err) == (1, True)
    dry = run("import", "--dry-run", str(path))
    assert dry.code == 0, dry.err
    text = dry.out.decode()
    assert "话术：改 1 条" in text
    assert "欢迎来润物 → 您好呀" in text
    done = run("import", str(path), "--author", "小李", "--note", "换季")
    assert done.code == 0, done.err
    assert "新草稿 2 份" in done.out.decode()
    assert "都还没有生效" in done.out.decode()
    again = run("export", str(tmp_path / "again.xlsx"))
    assert again.code == 0
    assert (tmp_path / "again.xlsx").read_bytes() == before, "what is live stays"

    published = run("import", str(path), "--author", "小李", "--note", "换季", "--publish")
    assert published.code == 0, published.err
    assert "版已经生效" in published.out.decode()
    assert "没有要改的" in run("import", str(path)).out.decode(), "what came in is what is live now"


def test_a_broken_workbook_is_refused_with_every_fault_and_a_foreign_one_goes_to_the_harvest(
    brand: Path, tmp_path: Path, terminal: Terminal
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_of(files_of(brand)[0]))
    changed(path, {("话术", "类别"): "闲聊", ("知识", "只私下说"): "也许", ("商品", "价格"): "贵"})
    done = terminal.run("import", "--dry-run", "--workspace", str(brand), str(path))
    assert done.code == 1
    assert "a.xlsx › 话术:2 › B 列 类别：" in done.err
    assert "a.xlsx › 知识:2 › L 列 只私下说：只能填" in done.err
    assert "a.xlsx › 商品:2 › E 列 价格：" in done.err
    assert "一共 3 处错误" in done.err

    book = load_workbook(io.BytesIO(path.read_bytes()))
    for name in book.sheetnames[1:]:
        del book[name]
    page = book.active
    page.title = "常见问题"
    page.delete_rows(1, 50)
    for row in (["问题", "答案"], ["能开发票吗", "能，电子发票。"]):
        page.append(row)
    book.save(tmp_path / "faq.xlsx")
    foreign = terminal.run("import", "--dry-run", "--workspace", str(brand), str(tmp_path / "faq.xlsx"))
    assert foreign.code == 0, foreign.err
    assert "能开发票吗" in foreign.out.decode()
