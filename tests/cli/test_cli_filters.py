"""The filters, as real processes: one line out for one line in, in order, whatever the lines are like."""

import json
import re
from contextlib import suppress
from pathlib import Path

from cli_processes import daogou, lines, started, write


def test_parse_understands_good_lines_and_tells_bad_ones(home: Path, brand: Path) -> None:
    told = lines(
        {"id": 1, "text": "我要退货"},
        b"not json",
        {"id": "x"},
        {"id": [1], "text": 5},
        b"",
        b"[1, 2]",
        b'{"id": 3, "text": "\xff"}',
        {"id": 2, "text": "两百以内的霜，不要乙醇，明天要", "at": "2026-05-20T23:30:00+08:00"},
        {"id": 9, "text": "在吗", "at": "昨天"},
        {"id": None, "text": ""},
    )
    ran = daogou(home, "parse", "--workspace", str(brand), stdin=told)
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.lines) == 10
    first, broken, missing, wrong, empty, listed, bytes_, wish, bad_time, nothing = ran.lines
    assert (first["id"], first["intent"]) == (1, "return_goods")
    assert list(first) == ["id", "intent", "confidence", "intents", "candidates", "slots", "sentiment", "urgency", "normalized"]
    assert broken["id"] is None
    assert missing == {"id": "x", "error": "text：必须写，现在没有"}
    assert wrong["id"] == [1]
    assert "要写文字" in str(wrong["error"])
    assert empty["error"] == "空行"
    assert all("error" in one for one in (broken, listed, bytes_, bad_time))
    assert bad_time["id"] == 9
    slots = {slot["name"]: slot for slot in wish["slots"]}  # type: ignore[attr-defined]
    assert slots["budget"]["value"] == {"min": None, "max": 200}
    assert slots["material"]["negated"] is True
    assert slots["date"]["value"] == "2026-05-21", "the day after the message, in the brand's zone"
    assert nothing["intent"] == "out_of_scope"


def test_a_model_of_its_own_is_trained_and_used(home: Path, tmp_path: Path) -> None:
    rows = ["text\tlabel", *(f"我想看电影{n}\tmovie" for n in range(8)), *(f"附近的餐馆{n}\tfood" for n in range(8))]
    data = tmp_path / "data.tsv"
    data.write_text("\r\n".join(rows), "utf-8")
    out = tmp_path / "model" / "m.npz"
    trained = daogou(home, "train", "--data", str(data), "--out", str(out), "--json")
    assert (trained.code, trained.err) == (0, ""), "nothing of a progress bar on a pipe"
    figures = json.loads(trained.out)
    assert figures["n"] == 16
    assert {"accuracy", "macro_f1", "weighted_f1", "ece", "per_label", "confusion"} <= figures.keys()
    ran = daogou(home, "parse", "--model", str(out), stdin=lines({"id": 1, "text": "附近的餐馆"}))
    assert ran.lines[0]["intent"] == "food"
    judged = daogou(home, "evaluate", "nlu", "--model", str(out), "--data", str(data), "--json")
    assert json.loads(judged.out)["accuracy"] > 0.9
    out.write_bytes(b"broken")
    refused = daogou(home, "parse", "--model", str(out))
    assert refused.code == 1
    assert "m.npz" in refused.err


def test_ask_answers_whom_it_may(home: Path, brand: Path) -> None:
    told = lines(
        {"id": 1, "query": "不喜欢能退吗", "at": "2026-05-20T10:00:00+08:00"},
        {"id": 2, "query": "不喜欢能退吗", "customer": {"level": "gold"}},
        {"id": 3, "query": "不喜欢能退吗", "group": True},
        {"id": 4, "query": "我有多少积分"},
        {"id": 5, "query": "我有多少积分", "group": True},
        {"id": 6, "query": "今天有什么活动", "at": "2026-06-18T23:59:00"},
        {"id": 7, "query": "今天有什么活动", "at": "2026-06-19T00:00:00+08:00"},
        {"id": 8, "query": "明天股市会涨吗"},
        {"id": 9},
    )
    ran = daogou(home, "ask", "--workspace", str(brand), stdin=told)
    found = {one["id"]: one for one in ran.lines}
    assert [one["id"] for one in ran.lines] == list(range(1, 10))
    assert found[1]["entry"] == "return-window"
    assert found[2]["entry"] == "return-window-gold"
    assert found[3]["answer"] == "七天内未拆封可退。"
    assert found[4]["entry"] == "points-my"
    assert (found[5]["answer"], found[5]["entry"]) == (None, None)
    assert found[6]["entry"] == "sale", "the last day is included"
    assert found[7]["entry"] is None
    assert found[8]["answer"] is None
    assert len(found[1]["hits"]) <= 10  # type: ignore[arg-type]
    assert "error" in found[9]


def test_recommend_takes_fields_and_words_alike(home: Path, brand: Path) -> None:
    told = lines(
        {"id": 1, "wish": {"category": "面霜", "budget": {"max": 200}}},
        {"id": 2, "wish": {"text": "两百以内的霜"}},
        {"id": 3, "wish": {"text": "不要含乙醇的", "category": ["面霜"]}},
        {"id": 4, "wish": {"text": "徐汇店有的霜"}, "customer": {"tags": {"skin_type": "干性"}, "owned": []}},
        {"id": 5, "customer": {"owned": ["c1"]}, "wish": {"exclude": {"category": ["精华"]}}, "limit": 1},
        {"id": 6, "wish": {"budget": {"min": 9, "max": 1}}},
        {"id": 7, "limit": -1},
        {"id": 8, "wish": {"budget": {"max": "很多"}}},
        {"id": 9, "wish": {"budget": {"max": 1}}},
        {"id": 10},
    )
    ran = daogou(home, "recommend", "--workspace", str(brand), stdin=told)
    assert ran.err == ""
    shown = {one["id"]: [item["sku"] for item in one.get("items", [])] for one in ran.lines}  # type: ignore[attr-defined]
    assert shown[1] == shown[2] == shown[3] == shown[4] == ["c1"]
    assert shown[5] == ["c2"]
    assert all("error" in one for one in ran.lines if one["id"] in {6, 7, 8})
    assert shown[9] == []
    assert isinstance(next(one for one in ran.lines if one["id"] == 9)["question"], str)
    assert len(shown[10]) == 3
    first = ran.lines[0]["items"][0]  # type: ignore[index]
    assert {"sku", "score", "reason", "link", "evidence"} <= first.keys()
    assert first["link"] == "https://t.example/c1"


def test_recommend_with_products_and_events_of_its_own(home: Path, tmp_path: Path) -> None:
    products, events = tmp_path / "p.jsonl", tmp_path / "e.jsonl"
    goods = [{"sku": f"x{n}", "name": f"毛衣{n}", "category": "毛衣", "price": 100, "stock": 5} for n in range(4)]
    products.write_bytes(lines(*goods))
    events.write_bytes(lines(*({"customer": f"u{n}", "sku": "x2", "kind": "buy", "at": "2026-05-01T10:00:00"} for n in range(5))))
    ask = lines({"id": 1, "wish": {"text": "想买毛衣"}, "limit": 1})
    ran = daogou(home, "recommend", "--products", str(products), "--events", str(events), stdin=ask)
    assert ran.lines[0]["items"][0]["sku"] == "x2"  # type: ignore[index]
    events.write_bytes(lines({"customer": "u", "sku": "x2", "kind": "steal", "at": "x"}))
    refused = daogou(home, "recommend", "--products", str(products), "--events", str(events), stdin=ask)
    assert refused.code == 1
    assert re.search(r"e\.jsonl:1 › kind：不能是“steal”", refused.err)


def test_an_answer_comes_before_the_input_ends(home: Path, brand: Path) -> None:
    with started(home, ["recommend", "--workspace", str(brand)]) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2):
            process.stdin.write(lines({"id": number, "wish": {"category": "面霜"}}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.write(b'{"id": 3}')
        process.stdin.close()
        assert json.loads(process.stdout.readline())["id"] == 3, "the last line may lack its end"
        assert process.wait(30) == 0


def test_a_reader_that_goes_away_is_no_fault(home: Path, brand: Path) -> None:
    with started(home, ["recommend", "--workspace", str(brand)]) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.write(lines(*({"id": n} for n in range(2000))))
            process.stdin.flush()
        with suppress(BrokenPipeError):
            process.stdin.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""


def test_a_broken_workspace_stops_a_filter_with_all_reasons(home: Path, tmp_path: Path) -> None:
    broken = write(tmp_path, {"brand.yml": "nam: 花\n", "knowledge/entries/a.yml": "- id: a\n"})
    ran = daogou(home, "recommend", "--workspace", str(broken), stdin=lines({"id": 1}))
    assert (ran.code, ran.out) == (1, b"")
    assert "brand.yml:1 › nam" in ran.err
    assert ran.err.count("knowledge/entries/a.yml:1") == 3


def test_many_lines_come_out_in_order(home: Path, brand: Path) -> None:
    told = [{"id": n, "wish": {"category": "面霜"}} if n % 7 else b"bad" for n in range(3000)]
    ran = daogou(home, "recommend", "--workspace", str(brand), stdin=lines(*told))
    assert [one["id"] for one in ran.lines] == [n if n % 7 else None for n in range(3000)]
