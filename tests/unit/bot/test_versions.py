"""Every answer says of which entry, and of which version of it, it is; the same for the words around it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from functools import cache
from typing import Any

from bot_rooms import NOON, Letters, services, waiting

from bot.cli.asking import Query, answered
from bot.handlers.wording import BUILT_IN
from bot.turn import take_turn
from intents import normalize
from knowledge import Entry, Library
from knowledge.schema import EntryFile, entries
from scripts import Scriptbook

WRITTEN = [
    {"id": "shipping", "questions": ["包邮吗"], "answer": "满99元包邮。", "source": "政策"},
    {"id": "returns", "questions": ["能退吗"], "answer": "七天内可以退。", "source": "政策"},
]


@cache
def library() -> Library:
    return Library.build(read(), Letters(), normalize=lambda text: normalize(text).text)


def read(**changed: str) -> tuple[Entry, ...]:
    rows = [{**row, **changed} if row["id"] == "shipping" else row for row in WRITTEN]
    return entries([EntryFile.model_validate(rows)])


def test_a_version_follows_what_an_entry_says() -> None:
    first, second = read()
    assert len({first.version, second.version}) == 2
    assert read()[0].version == first.version
    assert read(answer="满88元包邮。")[0].version != first.version
    assert read(source="新政策")[0].version != first.version


def test_the_trace_names_entry_version_and_script() -> None:
    (settled,) = take_turn(waiting("包邮吗"), replace(services(), library=library()), NOON).settled
    trace: Mapping[str, Any] = settled.trace
    assert trace["entry"]["version"] == read()[0].version
    (script,) = trace["scripts"]
    assert (script["id"], bool(script["version"])) == ("answer", True)


def test_an_answer_on_the_command_line_has_its_version_and_silence_has_none() -> None:
    line = answered(library(), Query(id=1, query="包邮吗"), NOON, UTC)
    assert (line["entry"], line["version"]) == ("shipping", read()[0].version)
    assert "version" not in answered(library(), Query(id=2, query="明天股市涨吗"), NOON, UTC)


def test_no_script_is_without_a_version() -> None:
    book = Scriptbook.build(BUILT_IN)
    assert all(book._versions[script.id] for script in BUILT_IN)
