"""``daogou group`` as a real process: a talk in, a decision on each message out, and the log format that its bench reads."""

from pathlib import Path

import pytest
from cli_processes import daogou, lines

from bot.adapters.encoding import encoder_of
from bot.adapters.hearing import listener
from bot.bench.group_rivals import by_chat, when_called
from bot.bench.group_scores import scored, table
from bot.teaching.group_logs import read_logs
from intents.groups import Decision

_TALK = {
    "id": "t1",
    "group": "g",
    "messages": [
        {"id": 7, "sender": "甲妈", "text": "多久内可以退货呀", "at": "2026-05-20T14:00:00+08:00"},
        {"id": "b", "sender": "乙", "text": "同问", "at": "2026-05-20T14:00:12+08:00", "reply_to": 7},
        {"id": "c", "sender": "系统", "text": '"小米"通过扫描二维码加入了群聊', "at": "2026-05-20 14:02:00"},
        {
            "id": "d",
            "sender": "丙",
            "text": "@小花 你吃了吗",
            "at": "2026-05-20T14:05:00+08:00",
            "at_bot": True,
            "reply_to": "nix",
        },
        {"id": "e", "sender": "丁", "text": "我电话13855521047", "at": "2026-05-20T14:09:00+08:00"},
        {"id": "f", "sender": "导购小林", "text": "各位早", "at": "2026-05-20T14:12:00+08:00"},
    ],
}
_KEYS = {"message", "thread", "action", "to", "joins", "entry", "intent", "confidence", "why"}


def _decisions(line: dict[str, object]) -> list[dict[str, object]]:
    told = line["decisions"]
    assert isinstance(told, list)
    return told


def test_a_talk_becomes_decisions_and_a_bad_line_does_not_stop_the_rest(home: Path, brand: Path) -> None:
    told = lines(
        _TALK,
        b"not json",
        {"id": "t2", "messages": [{"id": 1, "sender": "甲", "text": "在吗"}]},
        {"id": "t3", "messages": [{"id": 1, "sender": "甲", "text": "在吗", "at": "昨天"}]},
        {"id": "t4", "messages": []},
    )
    ran = daogou(home, "group", "--workspace", str(brand), stdin=told)
    assert ran.code == 0, ran.err
    first, bad, none, unreadable, empty = ran.lines
    assert [one["message"] for one in _decisions(first)] == [7, "b", "c", "d", "e", "f"]
    assert all(set(one) == _KEYS for one in _decisions(first))
    by_id = {one["message"]: one for one in _decisions(first)}
    assert by_id[7]["action"] == "answer"
    assert by_id[7]["to"] == ["甲妈", "乙"]
    assert by_id[7]["entry"] == "return-window"
    assert (by_id["b"]["joins"], by_id["b"]["thread"]) == (7, 7)
    assert by_id["c"]["action"] == "welcome"
    assert by_id["d"]["action"] == "answer"
    assert by_id["e"]["action"] == "private"
    assert by_id["f"]["action"] == "silent"
    assert "error" in bad
    assert "at" in str(none["error"])
    assert "at" in str(unreadable["error"])
    assert empty["decisions"] == []


def test_the_listener_sees_sentence_vectors_only_of_the_encoder_it_was_taught_with(home: Path) -> None:
    taught, other = encoder_of("usem3", home), encoder_of("static", home)
    assert listener(taught).embedder is taught
    assert listener(taught).judge.axes.shape[0] == taught.dimensions
    assert listener(other).embedder is None
    assert listener().embedder is None


def test_the_logs_of_the_bench_are_read_and_scored(tmp_path: Path) -> None:
    path = tmp_path / "logs.tsv"
    path.write_text(
        "## x1\tfruit\n0\t甲\t-\ta\tanswer\t-\t包邮吗\n2\t乙\t>1\ta\tanswer/silent\t1\t同问\\n呀\n9\t丙\t@\tb\tprivate\t-\t我的快递\n",
        encoding="utf-8",
    )
    (log,) = read_logs([path])
    assert log.lines[1].remark.reply_to == "1"
    assert log.lines[1].remark.text == "同问\n呀"
    right = {
        "1": Decision("1", "1", "answer", ("甲", "乙")),
        "2": Decision("2", "1", "answer", ("甲", "乙"), joins="1"),
        "3": Decision("3", "3", "private", ("丙",)),
    }
    score, wrong = scored([log], [right])
    assert (score.right, score.threads, score.wrong_person, score.private_in_public, score.must_found) == (3, 1.0, 0, 0, 1)
    assert wrong == []
    called = scored([log], [when_called(log)])[0]
    assert called.private_in_public == 1
    chat = scored([log], [by_chat(log)])[0]
    assert chat.answers == 2
    assert len(table([("ours", score), ("called", called)])) == 9


def test_a_line_of_another_format_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "logs.tsv"
    path.write_text("## x1\tfruit\n0\t甲\t-\ta\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"logs\.tsv:2"):
        read_logs([path])
