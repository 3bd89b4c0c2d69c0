"""A library that comes out of another one answers as one that was built from nothing, and spares what is the same."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_worlds import NOBODY, NOON, Letters, an_entry

from knowledge import Entry, Library, Ruler, Schooled, Senses
from knowledge.calibration import PLAIN
from knowledge.ports import Vectors

QUESTIONS = ("多久内可以退货", "不喜欢能退吗", "包邮吗", "运费多少", "有礼盒吗", "发票怎么开", "能开专票吗", "门店几点开门")
LEARNT = Ruler()
"""What somebody else learnt: it takes a second to learn and says nothing of what is tested here."""


class Counting(Letters):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed(texts)


class Halves:
    """Two topics; remembers what it was asked for."""

    labels = ("送货", "别的")

    def __init__(self) -> None:
        self.asked: list[str] = []

    def classify(self, sentences: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        self.asked += sentences
        return np.array([[0.9, 0.1] if "邮" in one or "运" in one else [0.2, 0.8] for one in sentences])


Worlds = st.lists(
    st.tuples(st.integers(0, 4), st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=3, unique=True)),
    max_size=5,
    unique_by=lambda one: one[0],
)


def entries(world: Sequence[tuple[int, Sequence[str]]]) -> list[Entry]:
    return [an_entry(f"e{n}", *asked, answer=f"第{n}条：{asked[0]}") for n, asked in world]


WORLD = entries([(0, QUESTIONS[:2]), (1, QUESTIONS[2:4])])


@settings(max_examples=6, deadline=None)
@given(Worlds, Worlds, st.booleans())
def test_what_is_renewed_answers_as_what_is_built(
    before: list[tuple[int, list[str]]], after: list[tuple[int, list[str]]], schooled: bool
) -> None:
    embedder, known = Letters(), Schooled(Senses(Letters(), Halves()), PLAIN) if schooled else None
    one = Library.build(entries(before), embedder, normalize=str.lower, learnt=LEARNT, schooled=known)
    other = one.renewed(entries(after), embedder, normalize=str.lower, learnt=LEARNT, schooled=known)
    alone = Library.build(entries(after), embedder, normalize=str.lower, learnt=LEARNT, schooled=known)
    assert [other.ask(text, NOBODY, NOON) for text in QUESTIONS] == [alone.ask(text, NOBODY, NOON) for text in QUESTIONS]


def test_only_what_is_new_is_encoded_and_classified() -> None:
    embedder, topics = Counting(), Halves()
    known = Schooled(Senses(Letters(), topics), PLAIN)
    one = Library.build(WORLD, embedder, normalize=str.lower, learnt=LEARNT, schooled=known)
    embedder.asked.clear()
    topics.asked.clear()
    other = [WORLD[0], an_entry("e1", *QUESTIONS[2:5], answer="第1条：包邮吗")]
    one.renewed(other, embedder, normalize=str.lower, learnt=LEARNT, schooled=known)
    assert embedder.asked == [QUESTIONS[4]]
    assert topics.asked == [QUESTIONS[4]]


def test_other_senses_classify_everything_anew() -> None:
    topics = Halves()
    one = Library.build(
        WORLD, Letters(), normalize=str.lower, learnt=LEARNT, schooled=Schooled(Senses(Letters(), Halves()), PLAIN)
    )
    one.renewed(WORLD, Letters(), normalize=str.lower, learnt=LEARNT, schooled=Schooled(Senses(Letters(), topics), PLAIN))
    assert topics.asked == [*QUESTIONS[:4]]


def test_another_way_of_reading_reads_anew_only_what_it_reads_otherwise() -> None:
    embedder = Counting()
    one = Library.build(WORLD, embedder, normalize=str.lower, learnt=LEARNT)
    embedder.asked.clear()
    other = one.renewed(WORLD, embedder, normalize=lambda text: text.replace("包邮", "免运费"), learnt=LEARNT)
    assert embedder.asked == ["免运费吗", "好的。".replace("好的。", "第1条：免运费吗")]
    assert other.ask("包邮吗", NOBODY, NOON).entry == WORLD[1]
    brand = one.renewed(WORLD, embedder, normalize=str.lower, words=["退货"], learnt=LEARNT)
    assert brand.reader.words == {"退货"}
    assert brand.base is not None
    assert "退货" in brand.base.read("多久内可以退货").content


def test_a_library_may_go_by_what_another_one_learnt_until_it_learns_by_itself() -> None:
    one = Library.build(WORLD, Letters(), normalize=str.lower)
    more = [*WORLD, an_entry("e2", *QUESTIONS[4:])]
    hasty = one.renewed(more, Letters(), normalize=str.lower, learnt=one.ruler)
    assert hasty.ruler is one.ruler
    assert hasty.measured().ruler == Library.build(more, Letters(), normalize=str.lower).ruler != one.ruler
    assert hasty.ruled(LEARNT).ruler is LEARNT
    empty = one.renewed([], Letters(), normalize=str.lower)
    assert (empty.measured(), empty.ruled(LEARNT)) == (empty, empty)
