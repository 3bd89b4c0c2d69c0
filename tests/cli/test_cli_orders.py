"""``daogou orders`` as a real process: sessions in, ledgers out, one for one and in order."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from cli_processes import CHECKOUT, daogou, environment, lines
from pydantic import ValidationError

from bot.bench import orders as bench
from bot.cli import ordering
from intents.orders import plain

_MENU = [
    {"sku": "a", "name": "红富士苹果", "unit": "斤", "price": 8.8, "aliases": ["苹果"]},
    {"sku": 7, "name": "鲜牛奶", "unit": "箱", "price": "66"},
]


def test_a_session_becomes_a_ledger_and_a_bad_line_does_not_stop_the_rest(home: Path) -> None:
    session = {
        "id": "s1",
        "menu": _MENU,
        "messages": [
            {"id": 3, "sender": "王姐", "text": "再来一斤", "at": "2026-05-20T10:05:00+08:00"},
            {"id": 1, "sender": "王姐", "text": "苹果一斤二两", "at": "2026-05-20T10:01:00+08:00"},
            {"id": 2, "sender": "李叔", "text": "鲜牛奶2箱，苹果来点（放门口）", "at": "2026-05-20T02:02:00Z"},
        ],
        "more": "somebody else's business",
    }
    told = lines(
        session,
        b"not json",
        {"id": "s2", "menu": _MENU},
        {"id": "s3", "menu": _MENU, "messages": [{"id": "1", "sender": "王姐", "text": 5}]},
        {"id": "s4", "menu": [*_MENU, _MENU[0]], "messages": []},
        {
            "id": "s5",
            "menu": _MENU,
            "messages": [{"id": "1", "sender": "甲", "text": "1箱"}, {"id": "1", "sender": "甲", "text": "2箱"}],
        },
        {"id": "s6", "menu": _MENU, "messages": []},
    )
    ran = daogou(home, "orders", stdin=told)
    assert (ran.code, ran.err) == (0, "")
    first, broken, missing, wrong, twice, same, empty = ran.lines
    assert first == {
        "id": "s1",
        "lines": [
            {"sender": "王姐", "sku": "a", "n": 2.2, "unit": "斤", "note": "", "from": [1, 3]},
            {"sender": "李叔", "sku": 7, "n": 2, "unit": "箱", "note": "放门口", "from": [2]},
        ],
        "unresolved": [{"message": 2, "text": "苹果来点", "question": "李叔，红富士苹果要多少斤？"}],
        "totals": [{"sku": "a", "n": 2.2, "amount": 19.36}, {"sku": 7, "n": 2, "amount": 132}],
        "by_sender": [{"sender": "王姐", "amount": 19.36}, {"sender": "李叔", "amount": 132}],
        "amount": 151.36,
    }
    assert broken["id"] is None
    assert [one["id"] for one in (missing, wrong, twice, same)] == ["s2", "s3", "s4", "s5"]
    assert all(one["error"] for one in (broken, missing, wrong, twice, same))
    assert empty == {"id": "s6", "lines": [], "unresolved": [], "totals": [], "by_sender": [], "amount": 0}


def test_the_help_names_the_command(home: Path) -> None:
    assert "群接龙记账" in daogou(home, "--help").out.decode()
    assert "JSON Lines" in daogou(home, "orders", "--help").out.decode()


@pytest.mark.parametrize(("path", "enough"), [(bench.SETS[0], 1.0), (bench.SETS[-1], 0.95)])
def test_the_hand_written_sessions_come_out_as_labelled(path: Path, enough: float) -> None:
    cases = bench.labelled(path)
    assert len(cases) >= 120
    score, wrong = bench.score(cases, bench.ours)
    assert score.exact >= enough * score.sessions, wrong
    rival, _ = bench.score(cases, bench.plain_pattern)
    assert rival.exact < score.exact / 2


def test_a_quantity_beyond_all_sense_is_asked_about_and_stops_nobody() -> None:
    menu = [{"sku": "a", "name": "苹果", "unit": "斤", "price": 8.8}]
    said = [{"id": 1, "sender": "甲", "text": "苹果99999999999999999999斤"}, {"id": 2, "sender": "乙", "text": "苹果2斤"}]
    told = ordering.ordered(ordering.OrderSession.model_validate({"menu": menu, "messages": said}))
    assert [line["sender"] for line in told["lines"]] == ["乙"]  # type: ignore[attr-defined]
    assert [one["message"] for one in told["unresolved"]] == [1]  # type: ignore[attr-defined]


def test_every_number_can_be_written_as_json() -> None:
    assert [plain(Decimal(one)) for one in ("3", "2.5", "-4")] == [3, 2.5, -4]
    assert json.loads(orjson.dumps(plain(Decimal(10) ** 20))) == 10**20


def test_a_menu_is_told_to_be_empty_only_where_it_is() -> None:
    faulty = {"menu": [{"sku": "a", "name": "苹果", "unit": "斤", "price": "abc"}], "messages": []}
    with pytest.raises(ValidationError) as found:
        ordering.OrderSession.model_validate(faulty)
    assert [one["loc"] for one in found.value.errors()] == [("menu", 0, "price")]
    with pytest.raises(ValidationError, match="至少要有 1 项"):
        ordering.OrderSession.model_validate({**faulty, "menu": []})


def test_amounts_are_written_as_plain_numbers() -> None:
    answer = json.loads(
        json.dumps(
            bench.ordered(
                bench.OrderSession.model_validate({"menu": _MENU, "messages": [{"id": "1", "sender": "甲", "text": "苹果0.1斤"}]})
            )
        )
    )
    assert (answer["lines"][0]["n"], answer["amount"]) == (0.1, 0.88)


def test_the_ledger_and_the_accounts_load_no_content(home: Path) -> None:
    told = "import sys, bot.cli.ordering, bot.cli.people; print(sorted({'bot.content', 'bot.guarding', 'recommender'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, cwd=CHECKOUT, env=environment(home), check=True)
    assert done.stdout.strip() == b"[]"
