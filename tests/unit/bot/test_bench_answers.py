"""Knowing is measured: each part on a handful of questions, with the real encoder, classifier, judge and process."""

import argparse
import json
import re
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.encoder import Encoder
from bot.adapters.keeping import CHECKOUT
from bot.adapters.models import ModelStore
from bot.adapters.static import StaticEncoder
from bot.bench import answers, answers_judged, answers_retrieval
from bot.bench.__main__ import main
from bot.bench.answers_cases import DEMO, UNSEEN, Shop, cases, shops, unseen
from bot.bench.answers_judged import OURS, PLAIN, Kit, accuracy, best, tables, thresholded, ways
from bot.bench.answers_plan import Bench, Plan, add_arguments, command, plan_of
from bot.bench.answers_rivals import CharacterBM25, Nearest
from bot.bench.nlu_ground import TESTS
from bot.content import read_files
from bot.content.building import normalized
from bot.errors import SettingsError
from bot.teaching.encoder.corpus import BASES, held
from knowledge import THRESHOLD
from knowledge.evaluation import Judged, figures
from knowledge.words import Reader

_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗", "早上好", "您好呀"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款", "退货运费谁出", "面霜可以退货不"],
    "out_of_scope": ["帮我写作文", "明天股市怎么样", "讲讲量子力学", "世界杯谁赢了", "一加一等于几", "教我修电脑"],
}
_STORED = ["怎么退货", "几天能到", "门店在哪里", "可以开发票吗", "会员有什么好处", "面霜怎么用", "有没有小样", "能货到付款吗"]
_ASKED = ["想退货怎么办", "多久能送到", "你们店在哪儿", "能开发票不", "会员有啥好处", "面霜咋用", "送小样吗", "货到付款行吗"]
_ENTRIES = """
- id: refund
  questions: [怎么退货, 能退吗]
  answer: 七天内可以退。
- id: refund-gold
  questions: [怎么退货, 金卡多久能退]
  answer: 金卡三十天内可以退。
  audience: {levels: [gold]}
- id: where
  questions: [门店在哪里, 你们店怎么走]
  answer: 在人民路一号。
  tags: [门店]
"""
_QUESTIONS = (
    "query\tentry\tcontext\n"
    "怎么退货\trefund|where\t\n"
    '怎么退货\trefund-gold\t{"level": "gold", "at": "2026-05-20T09:00:00"}\n'
    "门店在哪里\twhere\n"
    "火星上有水吗\t\t\n"
)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Small public data, and a home of its own."""
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    faq = tmp_path / "data" / "faq"
    faq.mkdir(parents=True)
    for base in BASES:
        keys = [f"{base}-{at}" for at in range(len(_STORED))]
        stored = zip(keys, _STORED, strict=True)
        asked = zip(keys, _ASKED, strict=True)
        _write(faq / f"{base}.kb.jsonl", [{"kb_id": key, "question": text} for key, text in stored])
        _write(faq / f"{base}.queries.jsonl", [{"query": text, "kb_id": key} for key, text in asked])
    _write(faq / "shop.jsonl", [{"question": "门店几点关门", "answer": "九点"}])
    for name in ("pairs", "queries"):
        (tmp_path / "data" / name).mkdir()
    (tmp_path / "data" / "queries" / "taobao_queries.tsv").write_text("1\t保湿面霜\n2\t敏感肌洁面\n", "utf-8")
    return Plan(tmp_path / "data", sizes=(12,), library=12)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A brand with three entries and a classifier of its own that is trained in a moment."""
    (tmp_path / "small.yml").write_text(_ENTRIES, "utf-8")
    (tmp_path / "small.tsv").write_text(_QUESTIONS, "utf-8")
    bare = unseen(tmp_path / "small.yml")
    blocks = "".join(
        f"  - intent: {one}\n    examples: |\n" + "".join(f"      - {x}\n" for x in said) for one, said in _SAID.items()
    )
    files = {"intents/training/a.yml": f'version: "3.1"\nnlu:\n{blocks}'.encode()}
    workspace = read_files({**bare.workspace.files, **files, "brand.yml": (CHECKOUT / "brand.yml").read_bytes()})
    return Shop(bare.name, workspace, bare.tables)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _cells(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if line.startswith("| ")]


def test_retrieval_tells_every_way_on_the_same_questions(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_retrieval, "_QUICK", ("static",))
    monkeypatch.setattr(answers_retrieval, "_SLOW", ("sentence-transformers:",))  # names no model, so it is left out
    said: list[str] = []
    told = answers_retrieval.measure(Bench(Plan(plan.data, everything=True), said.append))
    assert "8 asked of 8 stored" in told
    rows = _cells(told.split("**All questions")[1])[1:]
    assert [row[0] for row in rows] == [
        "BM25 on characters",
        "our keyword index",
        "static",
        "our candidates: words + static",
        "static, taught to answer",
        "our candidates: words + static, taught to answer",
    ]
    assert all(0 < float(cell) <= 1 for row in rows for cell in row[1:])
    assert all(float(row[1]) <= float(row[4]) <= float(row[3]) for row in rows)
    assert any("is left out" in line for line in said)


def test_only_questions_that_nothing_learnt_from_are_asked_unless_all_are_wanted(plan: Plan) -> None:
    for base in answers_retrieval.bases(plan.data, 0, 1):
        assert all(base.kept)
        assert all(held(f"{base.name}-{right}") for _, right in base.asked)
        assert 0 < len(base.asked) < len(_ASKED)
    whole = answers_retrieval.bases(plan.data, 0, 1, everything=True)
    assert [len(base.asked) for base in whole] == [len(_ASKED)] * 2
    few = answers_retrieval.bases(plan.data, 3, 1, everything=True)
    assert few == answers_retrieval.bases(plan.data, 3, 1, everything=True)
    assert [len(base.asked) for base in few] == [3, 3]


def test_plain_bm25_puts_the_rarer_character_first_and_finds_nothing_for_the_unknown() -> None:
    plain = CharacterBM25(["怎么退货", "怎么换货", "怎么 付款"])
    assert [row for row, _ in plain.best("换货")] == [1, 0]
    assert plain.best("火星") == []


def test_raw_scores_rank_entries_by_their_nearest_phrasing_and_overlook_what_is_not_allowed() -> None:
    reader = Reader(normalized)
    encoder = Encoder(StaticEncoder())
    readings = [reader.read(text) for text in ("怎么退货", "能退吗", "门店在哪里")]
    nearest = Nearest(readings, np.array([0, 0, 1], dtype=np.int32), encoder)
    asked = reader.read("怎么退货")
    vector = encoder.embed([asked.text])[0]
    for ranked in (nearest.dense(vector), nearest.fused(asked, vector)):
        assert [entry for entry, _ in ranked] == [0, 1]
    assert nearest.dense(vector)[0][1] == pytest.approx(1.0, abs=1e-5)
    only = np.array([False, True])
    assert nearest.dense(vector, only)[0][0] == nearest.fused(asked, vector, only)[0][0] == 1


def test_labelled_questions_are_read_with_who_asks_and_when(shop: Shop) -> None:
    first, gold, short, open_end = shop.tables["small"]
    assert first.right == {"refund", "where"}
    assert (gold.asker.level, gold.at and gold.at.utcoffset()) == ("gold", timedelta(hours=8))
    assert short.right == {"where"}
    assert short.at is None
    assert not open_end.right
    assert {entry.source for entry in shop.workspace.entries} == {"测试集"}


def test_a_question_of_an_unknown_entry_is_no_measurement(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "wrong.tsv").write_text("query\tentry\n怎么退货\tnowhere\n", "utf-8")
    with pytest.raises(SettingsError, match="nowhere"):
        cases(tmp_path / "wrong.tsv", shop.workspace)


def test_all_test_sets_can_be_read_and_a_sample_is_the_same_each_time() -> None:
    found = shops(5, 3)
    assert [shop.name for shop in found] == ["demo brand", *sorted(path.stem for path in UNSEEN.glob("*.yml"))]
    assert tuple(found[0].tables) == DEMO
    for shop in found:
        for name, asked in shop.tables.items():
            path = next(folder / f"{name}.tsv" for folder in (TESTS, UNSEEN) if (folder / f"{name}.tsv").is_file())
            assert asked == cases(path, shop.workspace, 5, 3)
            assert len(asked) == 5 < len(cases(path, shop.workspace))


def test_every_way_answers_the_same_questions_and_respects_who_asks(shop: Shop, tmp_path: Path) -> None:
    said: list[str] = []
    encoder = Encoder(StaticEncoder())
    kit = Kit("static", encoder, ModelStore(tmp_path / "home"), said.append, datetime(2026, 5, 20, tzinfo=UTC))
    found = ways(shop, kit)
    assert len(found) == 6
    for way, judged in found.items():
        rows = judged["small"]
        assert [one.right for one in rows] == [case.right for case in shop.tables["small"]]
        assert rows[0].hits[0] == "refund"
        assert "refund-gold" not in rows[0].hits
        assert "refund-gold" in rows[1].hits
        assert all(0 <= one.confidence <= 1 for one in rows)
        if way in {OURS, PLAIN}:
            assert [one.correct for one in rows] == [True, True, True, False]
            assert [one.answered for one in rows[:3]] == [True] * 3
    told = tables([found])
    assert not any(case.query in told for case in shop.tables["small"])
    assert [row[0] for row in _cells(told) if row[0] == "0.9"]
    assert all(isinstance(line, str) for line in said)


def test_several_sets_are_also_told_together_under_one_threshold() -> None:
    one = [Judged(frozenset("a"), ("a",), 0.9, answered=True), Judged(frozenset(), ("b",), 0.8, answered=True)]
    two = [Judged(frozenset("a"), ("a",), 0.6, answered=False), Judged(frozenset(), ("b",), 0.1, answered=False)]
    told = tables([{OURS: {"one": one, "two": two}, "score": {"one": one, "two": two}}])
    assert "**all together, one threshold** (4 questions, 2 of them answerable)" in told
    rows = _cells(told)
    assert [row[:4] for row in rows if row[0] == f"**{OURS}**"] == [
        [f"**{OURS}**", f"{THRESHOLD:.2f}", "1.000", "0.500"],
        [f"**{OURS}**", f"{THRESHOLD:.2f}", "1.000", "0.500"],
        [f"**{OURS}**", f"{THRESHOLD:.2f}", "1.000", "0.500"],
    ]
    assert ["0.7", "1.000 / 0.500 / 1.000", "0.000 / 1.000 / 0.000"] in rows


_JUDGED = st.builds(
    Judged,
    st.sampled_from([frozenset("a"), frozenset()]),
    st.sampled_from([("a",), ("b",)]),
    st.sampled_from([0.1, 0.3, 0.3001, 0.8]),
    st.booleans(),
)


@given(st.lists(_JUDGED, min_size=1, max_size=12), st.sampled_from([0.0, 0.5, 0.95]))
def test_no_threshold_is_better_than_the_best(judged: list[Judged], precision: float) -> None:
    limit, answered = best(judged, precision)
    assert answered == thresholded(judged, limit)
    assert figures(answered).precision >= precision
    for other in (inf, *(one.confidence for one in judged)):
        tried = thresholded(judged, other)
        assert accuracy(tried) <= accuracy(answered) or figures(tried).precision < precision


def test_speed_has_a_line_for_each_make_and_the_whole_library(plan: Plan) -> None:
    shown: list[str] = []
    assert answers.run(Plan(plan.data, ("speed",), sizes=plan.sizes, library=plan.library), shown.append, lambda _: None) == 0
    assert [row[1] for row in _cells(shown[0])[1:]] == ["exact (chosen)", "plain BM25, words only"]
    assert "A whole library of 12 phrasings" in shown[0]


def test_a_part_that_cannot_be_measured_is_told_and_ends_with_1(plan: Plan, tmp_path: Path) -> None:
    shown: list[str] = []
    out = tmp_path / "figures.md"
    assert answers.run(Plan(tmp_path / "nowhere", ("retrieval",)), shown.append, lambda _: None, out) == 1
    assert "not measured" in shown[0]
    assert out.read_text("utf-8") == "\n".join(shown)
    with pytest.raises(SettingsError):
        answers_judged.measure(Bench(Plan(plan.data, encoder="unknown"), lambda _: None))


def test_the_command_beside_a_table_measures_it_again(
    plan: Plan, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_retrieval, "_QUICK", ())
    assert main(["answers", "--parts", "retrieval", "--data", str(plan.data), "--sample", "2"]) == 0
    words = re.search(r"`python -m bot.bench (answers [^`]*)`", capsys.readouterr().out)
    assert words is not None
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    again = plan_of(parser.parse_args(words[1].split()[1:]))
    assert (again.parts, again.sample, again.data) == (("retrieval",), 2, plan.data)
    full = Plan(Path("../shared/data"), ("answering",), sample=5, seed=3, encoder="static")
    assert plan_of(parser.parse_args(command(full, "answering").split()[4:])) == full
    fast = Plan(Path("d"), ("speed",), sizes=(1, 2), library=3)
    assert plan_of(parser.parse_args(command(fast, "speed").split()[4:])) == fast
    with pytest.raises(SystemExit):
        parser.parse_args(["--parts", "nonsense"])
