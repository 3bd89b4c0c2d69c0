"""What PostgreSQL derives from the JSON of messages for the console's figures: right for every trace, and no trace stops a turn."""

from typing import Any

import pytest
from facts_rig import accept, an_arrival, conversation, rows
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

ODD = (
    "{}",
    "[]",
    "[1]",
    "3",
    "null",
    '"x"',
    '{"confidence": 1e400}',
    '{"scripts": {"id": 1}, "entry": 1, "script": [], "joined": 1}',
)
"""Traces that nobody writes; none of them may lose a message."""
MOODS = {
    '{"route": "opt_out"}': 3,
    '{"route": "opt_out", "intent": "complain"}': 3,
    '{"intent": "thank"}': 1,
    '{"intent": "praise", "route": "complain"}': 1,
    '{"intent": "complain", "route": "complain", "confidence": 0.1}': 2,
    '{"intent": "complain", "confidence": 0.6}': 2,
    '{"intent": "complain", "confidence": 0.59}': None,
    '{"intent": "complain", "confidence": "sure"}': None,
    '{"intent": "complain"}': None,
    '{"intent": "ask_price", "route": "complain"}': None,
}
SAID = """
    insert into messages (conversation_id, author, text, trace, body)
    select :talk, 'bot', '好', cast(told as jsonb), case when jsonb_typeof(cast(told as jsonb)) = 'object' then cast(told as jsonb) else '{}' end
    from unnest(cast(:told as text[])) with ordinality as t(told, n) order by n returning code, breath
"""


async def heard(engine: AsyncEngine, *traces: str) -> list[dict[str, Any]]:
    """A message of each trace, as it is derived."""
    await accept(engine, *(an_arrival(f"m{n}", "在吗") for n in range(len(traces))))
    async with engine.begin() as connection:
        told = {"told": list(traces)}
        await connection.execute(
            text(
                "update inbox set trace = cast(told as jsonb), state = 'settled' "
                "from unnest(cast(:told as text[])) with ordinality as t(told, n) where platform_id = 'm' || (n - 1)"
            ),
            told,
        )
    return await rows(engine, "select script, mood from inbox order by id")


async def said(engine: AsyncEngine, *traces: str) -> list[tuple[int, int | None]]:
    """(code, breath) of a message of ours of each trace."""
    await accept(engine, an_arrival("m", "在吗"))
    async with engine.begin() as connection:
        found = await connection.execute(text(SAID), {"talk": conversation("wm1"), "told": list(traces)})
        return [(row.code, row.breath) for row in found]


async def test_moods_are_told_apart(engine: AsyncEngine) -> None:
    assert [row["mood"] for row in await heard(engine, *MOODS)] == list(MOODS.values())


async def test_what_was_said_first_is_named(engine: AsyncEngine) -> None:
    found = await heard(engine, '{"scripts": [{"id": "greet"}, {"id": "bye"}]}', '{"scripts": []}', '{"scripts": [{"id": 7}]}')
    assert [row["script"] for row in found] == ["greet", "", "7"]


async def test_no_trace_stops_a_message(engine: AsyncEngine) -> None:
    assert [row["mood"] for row in await heard(engine, *ODD)] == [None] * len(ODD)
    assert len(await said(engine, *ODD)) == len(ODD)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"script": {"id": "a"}, "why": "x"}', '{"script": {"id": "a"}, "why": "y"}', True),
        ('{"script": {"id": "a"}}', '{"script": {"id": "a"}, "entry": {"id": "e"}}', False),
        ('{"script": {"id": "a"}, "private": true}', '{"script": {"id": "a"}}', False),
        ('{"joined": [{"script": {"id": "a"}}]}', '{"joined": [{"script": {"id": "b"}}]}', False),
        ('{"errands": [{"entry": {"id": "a"}}], "why": 1}', '{"errands": [{"entry": {"id": "a"}}]}', True),
    ],
)
async def test_messages_of_the_same_words_have_one_code(engine: AsyncEngine, one: str, other: str, *, same: bool) -> None:
    (first, _), (second, _) = await said(engine, one, other)
    assert first != 0
    assert (first == second) is same


async def test_lines_that_answer_the_same_message_are_one_breath(engine: AsyncEngine) -> None:
    found = [breath for _, breath in await said(engine, '{"answers": [1]}', '{"answers": [1, 2]}', '{"answers": [2]}', "{}")]
    assert found[0] == found[1] != found[2]
    assert found[3] is None
