"""Growing from the terminal: files become drafts and never go live, gaps are listed, duplicates are told."""

import json
from pathlib import Path

import yaml
from cli_processes import daogou, write

from bot import content
from bot.adapters.embedded import Servers
from bot.content.harvest_writing import entry_of

FAQ = "# 帮助\n## 不喜欢可以退吗？\n七天內可以退（tuì）货。\n加微信 abc12345 领红包\n## 你们有代购吗？\n没有的。\n"


def files(tmp_path: Path) -> tuple[str, str]:
    write(tmp_path, {"faq.md": FAQ, "broken.csv": "问题,答案\n能退吗,\n几天到,三天\n"})
    return str(tmp_path / "faq.md"), str(tmp_path / "broken.csv")


def test_a_dry_run_prints_entries_that_could_go_live_and_tells_what_it_left_out(home: Path, brand: Path, tmp_path: Path) -> None:
    done = daogou(home, "import", "--dry-run", "--workspace", str(brand), *files(tmp_path))
    assert done.code == 0, done.err
    entries = yaml.safe_load(done.out)
    assert [one["questions"] for one in entries] == [["不喜欢可以退吗？"], ["你们有代购吗？"], ["几天到"]]
    assert [entry_of(one).answer for one in entries] == ["七天内可以退货。", "没有的。", "三天"]
    text = done.out.decode()
    assert "# faq.md:2  清理了：注音、繁体字、广告；和 return-window 很像" in text
    assert "broken.csv:2：“能退吗”没有答案，没有导入" in done.err


def test_files_become_drafts_and_what_is_live_stays(home: Path, brand: Path, tmp_path: Path, embedded: Servers) -> None:
    url = {"DAOGOU_DATABASE_URL": embedded.database_url}
    assert daogou(home, "import", str(brand), **url).code == 0
    before = daogou(home, "export", str(tmp_path / "before"), **url)
    faq, broken = files(tmp_path)
    done = daogou(home, "import", faq, broken, "--author", "小李", **url)
    assert done.code == 0, done.err
    assert "新草稿 3 条。都还没有生效" in done.out.decode()
    again = daogou(home, "import", faq, broken, **url)
    assert "没有变化 3 条" in again.out.decode()
    after = daogou(home, "export", str(tmp_path / "after"), **url)
    assert before.code == after.code == 0
    assert content.read_folder(tmp_path / "before").digest == content.read_folder(tmp_path / "after").digest
    gaps = daogou(home, "gaps", "--json", "--workspace", str(brand), **url)
    assert (gaps.code, json.loads(gaps.out)) == (0, [])
    assert "没有漏掉的问题" in daogou(home, "gaps", "--workspace", str(brand), **url).out.decode()
    assert daogou(home, "gaps", "--draft", "1", **url).code == 1


def test_files_that_give_nothing_are_refused_in_words(home: Path, brand: Path, tmp_path: Path) -> None:
    write(tmp_path, {"a.xlsx": "no workbook", "b.txt": "没有问答的一段话。"})
    done = daogou(home, "import", "--dry-run", "--workspace", str(brand), str(tmp_path / "a.xlsx"), str(tmp_path / "b.txt"))
    assert done.code == 1
    assert "a.xlsx：不是 Excel" in done.err
    assert "b.txt：没有找到问答" in done.err
    missing = daogou(home, "import", "--dry-run", "--workspace", str(brand), str(tmp_path / "nothing.md"))
    assert missing.code == 1
    assert "nothing.md" in missing.err
    mixed = daogou(home, "import", "--dry-run", str(brand), str(tmp_path / "b.txt"))
    assert mixed.code == 1
    assert "文件夹要单独导入" in mixed.err


def test_contradictions_of_a_workspace_are_told_with_both_answers(home: Path, tmp_path: Path) -> None:
    entries = """
- {id: a, questions: [多久内可以退货, 不喜欢能退吗], answer: 签收后七天内可以无理由退货。, source: 新政策}
- {id: b, questions: [多久可以退货呢, 不喜欢可以退吗], answer: 签收后15天内可以无理由退货。, source: 旧政策}
"""
    write(tmp_path, {"knowledge/entries/a.yml": entries})
    done = daogou(home, "duplicates", "--workspace", str(tmp_path))
    assert done.code == 0, done.err
    text = done.out.decode()
    assert "矛盾  a ↔ b" in text
    assert "只有数字不一样：7 和 15" in text
    told = json.loads(daogou(home, "duplicates", "--json", "--workspace", str(tmp_path)).out)
    assert [(one["kind"], [side["id"] for side in one["entries"]]) for one in told] == [("contradiction", ["a", "b"])]
    refused = daogou(home, "duplicates", "--limit", "0")
    assert (refused.code, refused.out) == (2, b"")
