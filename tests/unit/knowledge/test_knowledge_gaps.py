"""Gaps: questions of one meaning are one heap, rising ones come first, and the same questions give the same heaps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from knowledge_worlds import NOON, Letters, encoder

from knowledge import Embedder
from knowledge.gaps import Asked, Gap, gaps, rising
from knowledge.words import Reader

READER = Reader(str.strip)
SINCE = NOON - timedelta(days=28)


def asked(text: str, days_ago: float = 1, why: str = "unanswered", **more: object) -> Asked:
    return Asked(text, NOON - timedelta(days=days_ago), why, **more)  # type: ignore[arg-type]


def heaped(questions: Sequence[Asked], embedder: Embedder | None = None, now: datetime = NOON) -> tuple[Gap, ...]:
    readings = [READER.read(one.text) for one in questions]
    vectors = (embedder or encoder()).embed([reading.text for reading in readings])
    return gaps(questions, readings, vectors, SINCE, now)


def test_wordings_of_one_question_are_one_heap_with_its_count() -> None:
    found = heaped(
        [
            *[asked("可以刻字吗", 3, source=n) for n in range(3)],
            asked("能刻字不", 2, source=7),
            asked("可以帮我刻字吗", 1, source=8),
            asked("有没有线下讲座", 2, source=9),
            asked("线下讲座有吗", 2, "badly_received", source=10, entry="events"),
        ]
    )
    assert {(gap.count, frozenset(gap.wordings)) for gap in found} == {
        (5, frozenset({"可以刻字吗", "能刻字不", "可以帮我刻字吗"})),
        (2, frozenset({"有没有线下讲座", "线下讲座有吗"})),
    }
    engraving = next(gap for gap in found if gap.count == 5)
    assert engraving.question == "可以刻字吗"
    assert engraving.examples[0] == "可以刻字吗"
    assert engraving.sources == (8, 7, 2, 1, 0)
    assert (engraving.first, engraving.last) == (NOON - timedelta(days=3), NOON - timedelta(days=1))
    talk = next(gap for gap in found if gap.count == 2)
    assert talk.reasons == {"badly_received": 1, "unanswered": 1}
    assert talk.entries == ("events",)


def test_a_denial_is_a_question_of_its_own_and_a_number_is_not() -> None:
    found = heaped([asked("拆封了能退货吗"), asked("没拆封能退货吗"), asked("150斤穿多大码"), asked("160斤穿多大码")])
    assert {gap.wordings for gap in found} == {("拆封了能退货吗",), ("没拆封能退货吗",), ("150斤穿多大码", "160斤穿多大码")}


def test_what_rises_comes_before_what_was_always_asked() -> None:
    old = [asked("可以刻字吗", days) for days in range(1, 28)]
    new = [asked("有没有线下讲座", hours / 24) for hours in range(1, 9)]
    found = heaped([*old, *new])
    assert [gap.question for gap in found] == ["有没有线下讲座", "可以刻字吗"]
    assert found[0].rising > 2 > 1 > abs(found[1].rising)


def test_one_question_is_no_wave_and_an_end_is_told_too() -> None:
    assert 0 < rising(1, 0) < 1
    assert rising(10, 0) > 3
    assert abs(rising(5, 15)) < 0.01
    assert rising(0, 20) < -1.5


def test_nothing_asked_is_no_gap() -> None:
    assert heaped([]) == ()
    assert heaped([asked("？？")]) == ()
    assert [gap.count for gap in heaped([asked("可以刻字吗")])] == [1]


def test_rare_questions_beyond_the_ones_compared_join_their_heap_or_stand_alone() -> None:
    many = [asked(f"{n}号问题怎么办") for n in range(1_500) for _ in range(2)]
    found = heaped([*many, asked("7号问题怎么办呢啊"), asked("完全另外一件事情")], Letters())
    assert sum(gap.count for gap in found) == 3_002
    assert any(gap.wordings == ("完全另外一件事情",) for gap in found)


_TEXTS = st.lists(st.text(st.sampled_from("退货刻字能不7天15？吗 "), max_size=10), max_size=12)


@given(_TEXTS)
def test_every_question_is_in_one_heap_and_the_order_of_equals_does_not_depend_on_chance(texts: list[str]) -> None:
    questions = [asked(text, n, source=n) for n, text in enumerate(texts)]
    found = heaped(questions, Letters())
    assert sum(gap.count for gap in found) == sum(bool(READER.read(text).key) for text in texts)
    assert found == heaped(questions, Letters())
    assert [round(gap.rising, 3) for gap in found] == sorted((round(gap.rising, 3) for gap in found), reverse=True)
