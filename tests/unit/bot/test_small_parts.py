"""Patience, ids, codec, errors, batching: small parts with sharp edges."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ids
from bot.batching import Batcher
from bot.db.codec import iso, session_from_json, session_to_json, speech_from_json, speech_to_json, storable, to_json
from bot.errors import ContentError, Problem
from bot.model import Card, Option, Pending, Session, Speech
from bot.patience import patience

# patience


@pytest.mark.parametrize(
    "words", ["面霜多少钱？", "有货吗", "我的单号是20260520123", "好的。", "发货了没呀", "在吗 ", "13800138000", "嗯…"]
)
def test_a_finished_sentence_is_answered_at_once(words: str) -> None:
    assert patience("text", words, 0.8) == timedelta()


@pytest.mark.parametrize(("words", "seconds"), [("你好", 0.8), ("我想买", 0.8), ("我想给我自己买一瓶面霜用", 0.4), ("", 0.8)])
def test_a_fragment_is_waited_for(words: str, seconds: float) -> None:
    assert patience("text", words, 0.8) == timedelta(seconds=seconds)


@pytest.mark.parametrize("kind", ["image", "enter_session", "location"])
def test_what_is_no_text_is_not_waited_for(kind: str) -> None:
    assert patience(kind, "", 0.8) == timedelta()


@given(st.text(), st.floats(0, 10))
def test_nobody_waits_longer_than_the_longest(words: str, longest: float) -> None:
    assert timedelta() <= patience("text", words, longest) <= timedelta(seconds=longest)


# ids

parts = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=4)


@given(parts, parts)
def test_a_message_id_fits_the_platform_and_differs_when_what_it_answers_does(one: list[str], other: list[str]) -> None:
    assert re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", ids.msgid(*one))
    assert (ids.msgid(*one) == ids.msgid(*other)) == (one == other)


def test_a_conversation_is_a_pair_of_shopper_and_account() -> None:
    one = ids.conversation_id("wecom_kf", "demo", "wk1", "wm1")
    assert one == ids.conversation_id("wecom_kf", "demo", "wk1", "wm1")
    others = {("web", "demo", "wk1", "wm1"), ("wecom_kf", "b", "wk1", "wm1"), ("wecom_kf", "demo", "wk2", "wm1"),
              ("wecom_kf", "demo", "wk1", "wm2"), ("wecom_kf", "demow", "k1", "wm1")}  # fmt: skip
    assert one not in {ids.conversation_id(*other) for other in others}
    assert ids.customer_id("web", "", "a") != ids.customer_id("web", "a", "")


# codec

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
options = st.lists(st.builds(Option, words, words), max_size=3).map(tuple)
moments = st.datetimes(timezones=st.just(UTC))
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(words, anything, max_size=3)
sessions = st.builds(
    Session,
    version=st.integers(0, 9),
    misses=st.integers(0, 5),
    pending=st.none() | st.builds(Pending, words, options),
    asked=st.integers(0, 5),
    wish=objects,
    shown=st.lists(words, max_size=3).map(tuple),
    entry=st.none() | words,
    greeted=st.booleans(),
    told_waiting=st.booleans(),
    episode=st.integers(0, 5),
    opted_out=st.booleans(),
)
optional = st.none() | words
speeches = st.builds(
    Speech,
    text=words,
    cards=st.lists(st.builds(Card, words, words, optional, optional, optional, optional, optional), max_size=2).map(tuple),
    options=options,
    critical=st.booleans(),
    hands_over=st.booleans(),
    code=optional,
    deadline=st.none() | moments,
    answers=st.lists(st.integers(1, 2**40), max_size=3).map(tuple),
    trace=objects,
)


@given(sessions)
def test_a_session_comes_back_as_it_was(session: Session) -> None:
    assert session_from_json(orjson.loads(session_to_json(session)), session.version) == session


@given(speeches)
def test_a_speech_comes_back_as_it_was(speech: Speech) -> None:
    assert speech_from_json(orjson.loads(speech_to_json(speech))) == speech


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("\0\\u0000\\\0") | moments,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3) | st.tuples(inner),
    max_leaves=10,
)


@given(odd)
def test_json_for_the_database_is_json_without_nul_whatever_it_was(value: object) -> None:
    kept = to_json(value)
    assert "\0" not in str(_strings(orjson.loads(kept)))


@given(st.text(st.characters()))
def test_a_text_is_kept_the_same_way_inside_json_and_beside_it(value: str) -> None:
    assert orjson.loads(to_json([value])) == [storable(value)]


def test_a_deep_heap_of_lists_is_kept_as_far_as_it_goes() -> None:
    heap: list[object] = []
    for _ in range(5000):
        heap = [heap]
    assert to_json(heap).startswith("[[[[")


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for key, one in value.items() for found in (key, *_strings(one))]
    return [found for one in value for found in _strings(one)] if isinstance(value, list) else []


def test_what_another_version_wrote_is_left_out() -> None:
    assert session_from_json({"misses": 1, "mood": "good"}, 4) == Session(version=4, misses=1)


def test_times_are_shown_with_their_zone() -> None:
    assert iso(datetime(2026, 5, 20, 14, tzinfo=UTC)) == "2026-05-20T14:00:00.000+00:00"
    assert iso(None) is None


# errors


def test_a_content_error_shows_every_problem_with_its_place() -> None:
    error = ContentError([Problem("a.yml", 3, "1 › id", "重复"), Problem("b.csv", None, "", "空的")])
    assert str(error) == "a.yml:3 › 1 › id：重复\nb.csv：空的"
    assert len(error.problems) == 2


# batching


class Flush:
    """A flush that waits until it is let go, and notes its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()
        self.fails_on: int | None = None

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.go.wait()
        if self.fails_on in items:
            raise OSError("gone")
        return [item * 10 for item in items]


async def submitted(batcher: Batcher[int, int], *items: int) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(batcher.submit(item)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_during_a_flush_goes_together_into_the_next() -> None:
    flush = Flush()
    batcher = Batcher(flush)
    tasks = await submitted(batcher, 1)
    await asyncio.sleep(0)
    tasks += await submitted(batcher, 2, 3, 4)
    flush.go.set()
    assert await asyncio.gather(*tasks) == [10, 20, 30, 40]
    assert flush.batches == [[1], [2, 3, 4]]


async def test_a_batch_is_no_larger_than_allowed() -> None:
    flush = Flush()
    flush.go.set()
    batcher = Batcher(flush, most=2)
    tasks = await submitted(batcher, 1, 2, 3, 4, 5)
    assert await asyncio.gather(*tasks) == [10, 20, 30, 40, 50]
    assert [len(batch) for batch in flush.batches] == [2, 2, 1]


async def test_a_failure_reaches_all_of_its_batch_and_nobody_else() -> None:
    flush = Flush()
    flush.fails_on = 3
    batcher = Batcher(flush)
    tasks = await submitted(batcher, 1)
    await asyncio.sleep(0)
    tasks += await submitted(batcher, 2, 3)
    flush.go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == 10
    assert [type(result) for result in results[1:]] == [OSError, OSError]
    assert await batcher.submit(4) == 40


async def test_a_caller_who_goes_away_disturbs_nobody_and_their_item_is_flushed() -> None:
    flush = Flush()
    batcher = Batcher(flush)
    tasks = await submitted(batcher, 1, 2)
    await asyncio.sleep(0)
    tasks[0].cancel()
    flush.go.set()
    assert await tasks[1] == 20
    assert flush.batches == [[1, 2]]


async def test_a_flush_that_forgets_results_is_an_error_and_not_a_wait_for_ever() -> None:
    async def forgetful(items: Sequence[int]) -> Sequence[int]:
        return list(items)[1:]

    batcher: Batcher[int, int] = Batcher(forgetful)
    tasks = await submitted(batcher, 1, 2)
    async with asyncio.timeout(5):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, ValueError) for result in results)


async def test_draining_waits_for_everything() -> None:
    flush = Flush()
    batcher = Batcher(flush)
    tasks = await submitted(batcher, 1)
    await asyncio.sleep(0)
    tasks += await submitted(batcher, 2)
    drained = asyncio.create_task(batcher.drain())
    await asyncio.sleep(0)
    assert not drained.done()
    flush.go.set()
    await drained
    assert [task.done() or await task for task in tasks]
    await batcher.drain()
