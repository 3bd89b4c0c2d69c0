"""The other commands: help, exit codes, checks, figures, talks, content in and out of a database."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from cli_processes import daogou, write
from numpy.typing import NDArray

from bot.adapters.embedded import Servers
from bot.adapters.encoder import Encoder
from bot.cli import arguments, main


def ran(argv: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command in this process."""
    try:
        code = main(argv)
    except SystemExit as left:
        code = int(left.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(home))


def test_help_names_every_command_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(["--help"], capsys)
    assert code == 0
    assert "用法 (usage):" in out
    for command in arguments.COMMANDS:
        assert command.name in out
        code, text, _ = ran([command.name, "--help"], capsys)
        assert code == 0
        assert "--workspace DIR" in text


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "还缺少 命令"),
        (["fly"], "不能是 'fly'"),
        (["parse", "--modle", "x"], "不认识 --modle x"),
        (["evaluate", "weather"], "可以是"),
        (["evaluate", "nlu"], "要用 --data"),
        (["user", "add", "王姐"], "还缺少 --role"),
        (["explain"], "还缺少"),
    ],
)
def test_wrong_usage_is_2_and_told_in_words(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(argv, capsys)
    assert (code, out) == (2, "")
    assert words in err


def test_a_misspelt_setting_stops_the_start(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOGOU_WORKSPASE", "x")
    code, _, err = ran(["check"], capsys)
    assert code == 1
    assert "没有名为 DAOGOU_WORKSPASE 的设置" in err


def test_missing_files_are_named(capsys: pytest.CaptureFixture[str], brand: Path) -> None:
    code, _, err = ran(["evaluate", "nlu", "--workspace", str(brand), "--data", "/nowhere.tsv"], capsys)
    assert code == 1
    assert "/nowhere.tsv" in err


def test_check_tells_all_faults_and_their_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"brand.yml": "mode: x\nname: [1]\n"})
    code, out, err = ran(["check", "--workspace", str(tmp_path)], capsys)
    assert (code, out) == (1, "")
    assert err.splitlines()[0].startswith("brand.yml:1 › mode：不能是“x”")
    assert "一共 2 处错误" in err
    code, out, _ = ran(["check", "--json", "--workspace", str(tmp_path)], capsys)
    assert code == 1
    assert [one["line"] for one in json.loads(out)["problems"]] == [1, 2]


def test_check_of_the_demo_brand_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(["check"], capsys)
    assert code == 0
    assert "没有错误" in out


def test_train_tells_figures_of_the_workspace(brand: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(["train", "--workspace", str(brand)], capsys)
    assert (code, err) == (0, "")
    assert "意图 4 个" in out
    assert "准确率" in out


def test_data_that_cannot_teach_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "d.tsv"
    data.write_text("text\tlabel\n在吗\tgreet\n没有标签\n", "utf-8")
    code, _, err = ran(["train", "--data", str(data)], capsys)
    assert code == 1
    assert "d.tsv:3" in err
    data.write_text("text\tlabel\n在吗\tgreet\n你好\tgreet\n", "utf-8")
    assert "至少要有两个" in ran(["train", "--data", str(data)], capsys)[2]


def test_a_worse_model_does_not_go_live_but_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    goods = ("面霜", "精华", "口红", "奶粉", "面膜", "牙膏", "洗发水", "连衣裙")
    says = {
        "ask_price": ("{}多少钱", "{}什么价"),
        "ask_stock": ("{}还有货吗", "有现货的{}吗"),
        "return_goods": ("我要退{}", "{}能退吗"),
    }
    sound = {label: [one.format(g) for one in patterns for g in goods] for label, patterns in says.items()}
    turned = {"ask_price": "ask_stock", "ask_stock": "return_goods", "return_goods": "ask_price"}
    worse = {label: [*sound[label], *(f"{one}呀" for one in sound[turned[label]])] for label in sound}
    _taught(tmp_path / "brand", sound)
    code, out, err = ran(["train", "--workspace", str(tmp_path / "brand")], capsys)
    assert (code, err) == (0, "")
    assert "模型已经生效" in out
    _taught(tmp_path / "brand", worse)
    code, out, err = ran(["train", "--workspace", str(tmp_path / "brand")], capsys)
    assert code == 1
    for words in ("这个模型没有生效", "准确率从", "退步的意图", "例如“", "--force"):
        assert words in err
    code, out, _ = ran(["train", "--workspace", str(tmp_path / "brand"), "--json"], capsys)
    told = json.loads(out)
    assert (code, told["live"]) == (1, False)
    assert any("准确率从" in reason for reason in told["reasons"])
    assert {"n", "accuracy", "macro_f1", "weighted_f1", "ece", "per_label", "confusion"} <= set(told)
    code, out, err = ran(["train", "--workspace", str(tmp_path / "brand"), "--force"], capsys)
    assert code == 0
    assert "按 --force 的要求" in out
    assert "准确率从" in err


def _taught(folder: Path, sentences: dict[str, list[str]]) -> None:
    blocks = {
        f"intents/training/{label}.yml": f"version: '3.1'\nnlu:\n  - intent: {label}\n    examples: |\n"
        + "".join(f"      - {one}\n" for one in found)
        for label, found in sentences.items()
    }
    write(folder, {"brand.yml": "name: 退步\n", **blocks})


def test_train_tells_all_faults_of_a_workspace_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _taught(tmp_path, {"greet": ["在吗", "在吗"], "thank": ["谢谢", "在吗"], "deny": [], "gret": ["早", "晚"]})
    code, out, err = ran(["train", "--workspace", str(tmp_path)], capsys)
    assert (code, out) == (1, "")
    for words in (
        "请看一下  intents/training/greet.yml:6：“在吗”和 intents/training/greet.yml:5 重复",
        "intents/training/greet.yml:5：意图 greet 只有这一条例句",
        "intents/training/thank.yml:6：“在吗”在 intents/training/greet.yml:5 是 greet，这里又是 thank",
        "意图 deny 一条例句也没有",
        "程序里没有这个意图：gret",
        "一共 4 处错误",
    ):
        assert words in err
    checked = ran(["check", "--workspace", str(tmp_path)], capsys)[2]
    assert "一共 4 处错误" in checked


def test_train_tells_all_faults_of_a_table_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "d.tsv"
    data.write_text("text\tlabel\n\tgreet\n在吗\t\n在吗\tgreet\n你好\tgreet\n你好\tthank\n退\x01货\treturn_goods\n", "utf-8")
    code, _, err = ran(["train", "--data", str(data)], capsys)
    assert code == 1
    for line in (2, 3, 6, 7):
        assert f"d.tsv:{line}" in err
    assert "一共 6 处错误" in err


def test_ten_thousand_sentences_train_from_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    words = [chr(0x4E00 + n) for n in range(70)]
    rows = [f"{a}{b}{label}\t{label}" for a in words for b in words for label in ("greet", "thank")]
    data = tmp_path / "many.tsv"
    data.write_text("text\tlabel\n" + "\n".join(rows), "utf-8")
    monkeypatch.setattr("bot.cli.loading.encoder_of", lambda *_: Encoder(_Still()))
    code, out, err = ran(["train", "--data", str(data), "--out", str(tmp_path / "m.npz")], capsys)
    assert (code, err) == (0, "")
    assert f"例句 {len(rows)} 句" in out
    assert (tmp_path / "m.npz").stat().st_size < 12_000_000
    assert (tmp_path / "m.npz.proof").stat().st_size < 16 * len(rows)


class _Still:
    """An engine for which all sentences are the same: nothing is waited for."""

    name, dimensions = "still", 1

    def load(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 1), np.float32)


def test_explain_tells_every_step(brand: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(["explain", "不喜欢能退吗", "--workspace", str(brand), "--at", "2026-05-20T14:00:00"], capsys)
    assert code == 0
    for word in ("听懂", "决定", "找答案", "说话", "记住", "return-window", "签收后七天内"):
        assert word in out
    code, out, _ = ran(["explain", "转人工", "--json", "--workspace", str(brand)], capsys)
    trace = json.loads(out)
    assert trace["intent"] == "ask_human"
    assert trace["handover"]
    assert ran(["explain", "在吗", "--at", "昨天", "--workspace", str(brand)], capsys)[0] == 1


def test_evaluations_tell_figures(brand: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = tmp_path / "q.tsv"
    asked.write_text(
        'query\tentry\tcontext\n不喜欢能退吗\treturn-window\n不喜欢能退吗\treturn-window-gold\t{"level": "gold"}\n火星在哪\t\n',
        "utf-8",
    )
    code, out, _ = ran(["evaluate", "knowledge", "--workspace", str(brand), "--data", str(asked), "--json"], capsys)
    figures = json.loads(out)
    assert code == 0
    assert (figures["n"], figures["answerable"], figures["answered_right"], figures["false_answers"]) == (3, 2, 1.0, 0)
    cases = tmp_path / "c.jsonl"
    good = {"id": "a", "wish": {"category": "面霜"}, "expect": {"all": {"category": "面霜"}, "none": {"sku": "s1"}}}
    bad = {"id": "b", "wish": {"category": "面霜"}, "expect": {"all": {"price_max": 1, "must_have_tag": "补水"}}}
    cases.write_text(json.dumps(good) + "\n" + json.dumps(bad), "utf-8")
    code, out, _ = ran(["evaluate", "recommend", "--workspace", str(brand), "--data", str(cases), "--json"], capsys)
    told = json.loads(out)
    assert (told["n"], told["passed"], told["failed"][0]["id"]) == (2, 1, "b")
    cases.write_text(json.dumps({**bad, "expect": {"al": {}}}), "utf-8")
    code, _, err = ran(["evaluate", "recommend", "--workspace", str(brand), "--data", str(cases)], capsys)
    assert code == 1
    assert "是不是想写“all”" in err


def test_dialogues_pass_or_tell_what_is_different(brand: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(["evaluate", "dialogues", "--workspace", str(brand)], capsys)
    assert (code, "0 句和写的不一样" in out) == (0, True)
    talk = """
- {say: 在吗, intent: thank, slots: {category: 面霜}, script: goodbye, reply: 再见, silent: true, owner: human, suggests: true}
- {say: 不喜欢能退吗, entry: null}
- {say: 在吗, intent: thank, known_fault: "#1"}
- {say: 你好, intent: greet, known_fault: "#2"}
"""
    files = {path: data for path, data in _texts(brand).items() if not path.startswith("tests/")}
    write(tmp_path, {**files, "tests/dialogues/b.yml": talk})
    code, out, _ = ran(["evaluate", "dialogues", "--workspace", str(tmp_path), "--json"], capsys)
    failed = json.loads(out)["failed"]
    assert code == 1
    assert [one["line"] for one in failed] == [2, 3, 5]
    assert len(failed[0]["differences"]) == 7
    assert "known_fault" in failed[2]["differences"][0], "a fault that is gone is told as well"


def _texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_chat_talks_from_a_pipe(home: Path, brand: Path) -> None:
    done = daogou(home, "chat", "--workspace", str(brand), "--name", "李女士", stdin="在吗\n\n不喜欢能退吗".encode())
    assert done.code == 0
    assert "小润：欢迎来润物" in done.out.decode()
    assert "签收后七天内" in done.out.decode()


def test_content_and_accounts_live_in_the_database(home: Path, brand: Path, tmp_path: Path, embedded: Servers) -> None:
    url = {"DAOGOU_DATABASE_URL": embedded.database_url}
    first = daogou(home, "import", str(brand), "--note", "第一版", **url)
    assert first.code == 0, first.err
    assert "已经生效" in first.out.decode()
    assert "没有新建" in daogou(home, "import", str(brand), **url).out.decode()
    assert daogou(home, "export", str(tmp_path / "out"), **url).code == 0
    assert _texts(tmp_path / "out") == _texts(brand)
    write(tmp_path / "out", {"brand.yml": "name: 别的\n"})
    refused = daogou(home, "export", str(tmp_path / "out"), **url)
    assert refused.code == 1
    assert "brand.yml" in refused.err
    added = daogou(home, "user", "add", "王姐", "--role", "guide", "--guide", "g1", **url)
    assert added.code == 0, added.err
    assert "一次性密码" in added.out.decode()
    assert daogou(home, "user", "add", "王姐", "--role", "guide", **url).code == 1
    assert "没有导购 g9" in daogou(home, "user", "add", "李姐", "--role", "guide", "--guide", "g9", **url).err
