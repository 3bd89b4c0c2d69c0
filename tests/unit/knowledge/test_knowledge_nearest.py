"""The nearest entries: both makes find the same, with the same scores, whatever is forbidden or hidden."""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_worlds import Letters

from knowledge import nearest
from knowledge.clustered import IndexMissingError
from knowledge.keyword import KeywordIndex
from knowledge.nearest import Approximate, Candidates, Exact, Found, build_candidates, top
from knowledge.words import Reader

READER = Reader(str.casefold)
LETTERS = Letters()
ASKED = ("怎么退货", "退货流程", "怎么换货", "几点关门", "门店几点开门", "运费谁出")
OWNERS = np.array([0, 0, 1, 2, 2, 3], dtype=np.int32)
SIGNS = "退换货运费几点开关门店怎么"


def _terms(*texts: str) -> Iterator[tuple[str, ...]]:
    return (READER.read(text).terms for text in texts)


def _make(kind: type[Exact] | type[Approximate], texts: Sequence[str] = ASKED, owners: Sequence[int] | None = None) -> Candidates:
    if kind is Approximate:
        pytest.importorskip("faiss", reason="pip install 'daogou[large]'")
    return kind(_terms(*texts), LETTERS.embed(texts), OWNERS if owners is None else np.array(owners, dtype=np.int32))


def _ask(candidates: Candidates, text: str, allowed: Sequence[bool] | None = None, **more: object) -> Found:
    mask = None if allowed is None else np.array(allowed)
    without = more.get("without")
    hidden = None if without is None else np.array(without, dtype=np.int64)
    limit = more.get("limit", 10)
    assert isinstance(limit, int)
    return candidates.nearest(READER.read(text).terms, LETTERS.embed([text])[0], mask, limit, hidden)


def _numbers(found: Found) -> np.ndarray:
    return np.stack([found.lexical, found.dense, found.fused, found.second, found.mean])


@pytest.fixture(params=[Exact, Approximate], ids=["exact", "approximate"])
def candidates(request: pytest.FixtureRequest) -> Candidates:
    return _make(request.param)


def test_an_entry_stands_at_its_best_phrasing_with_all_its_scores(candidates: Candidates) -> None:
    found = _ask(candidates, "退货流程")
    assert found.entries[0] == 0
    assert found.rows[0] == 1
    assert found.lexical[0] == pytest.approx(found.words)
    assert found.dense[0] == pytest.approx(1.0, abs=1e-3)
    assert found.fused == pytest.approx((found.lexical + found.dense) / 2, abs=1e-6)
    alone = list(found.entries).index(1)
    assert found.second[alone] == 0.0
    assert found.mean[alone] == pytest.approx(found.dense[alone], abs=1e-6)
    assert found.second[0] < found.fused[0]


def test_scores_are_half_words_and_half_meaning(candidates: Candidates) -> None:
    found = _ask(candidates, "怎么开门")
    keyword = KeywordIndex(_terms(*ASKED)).scores(READER.read("怎么开门").terms)
    cosines = LETTERS.embed(ASKED) @ LETTERS.embed(["怎么开门"])[0]
    fused = 0.5 * keyword + 0.5 * cosines
    assert found.fused == pytest.approx([max(fused[entry == OWNERS]) for entry in found.entries], abs=1e-3)
    assert found.lexical == pytest.approx(keyword[found.rows], abs=1e-3)
    assert found.mean == pytest.approx([cosines[entry == OWNERS].mean() for entry in found.entries], abs=1e-3)


def test_what_is_not_allowed_is_not_found_and_one_allowed_entry_always_is(candidates: Candidates) -> None:
    assert set(_ask(candidates, "怎么退货", [False, True, True, False]).entries) == {1, 2}
    assert _ask(candidates, "怎么退货", [False, False, False, True]).entries.tolist() == [3]
    nothing = _ask(candidates, "怎么退货", [False] * 4)
    assert not len(nothing.entries)
    assert nothing.words == 0.0


def test_words_of_what_is_not_allowed_are_not_counted(candidates: Candidates) -> None:
    assert _ask(candidates, "怎么退货", [False, False, False, True]).words == 0.0


def test_hidden_phrasings_do_not_count(candidates: Candidates) -> None:
    found = _ask(candidates, "退货流程", without=[1])
    at = found.entries.tolist().index(0)
    assert found.rows[at] == 0
    assert found.second[at] == 0.0
    assert 0 not in _ask(candidates, "退货流程", without=[0, 1]).entries
    assert not len(_ask(candidates, "退货流程", [True, False, False, False], without=[0, 1]).entries)


def test_a_question_of_no_or_only_unknown_words_is_ranked_by_meaning(candidates: Candidates) -> None:
    for text in ("", "zzz"):
        found = _ask(candidates, text)
        assert len(found.entries) == 4
        assert found.words == 0.0
        assert not found.lexical.any()


def test_equal_phrasings_come_in_the_order_of_their_entries() -> None:
    for kind in (Exact, Approximate):
        found = _ask(_make(kind, ["怎么退货"] * 5, range(5)), "怎么退货", limit=3)
        assert found.entries.tolist() == [0, 1, 2]


def test_an_entry_of_very_many_phrasings_does_not_crowd_out_the_others() -> None:
    texts = [f"怎么退货{at}" for at in range(400)] + ["怎么换货", "几点关门"]
    for kind in (Exact, Approximate):
        found = _ask(_make(kind, texts, [0] * 400 + [1, 2]), "怎么退货")
        assert found.entries.tolist() == [0, 1, 2]


def test_vectors_are_given_back(candidates: Candidates) -> None:
    rows = np.array([4, 0])
    assert candidates.vectors(rows) == pytest.approx(LETTERS.embed(ASKED)[rows], abs=1e-3)
    assert candidates.vectors(rows[:0]).shape[0] == 0


phrasings = st.lists(st.text(SIGNS, min_size=1, max_size=8), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(phrasings, st.text(SIGNS + "z", max_size=8), st.integers(1, 12), st.data())
def test_both_makes_agree(texts: list[str], asked: str, limit: int, data: st.DataObject) -> None:
    owners = np.cumsum([0, *data.draw(st.lists(st.integers(0, 1), min_size=len(texts) - 1, max_size=len(texts) - 1))])
    entries = int(owners[-1]) + 1
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=entries, max_size=entries))
    without = data.draw(st.none() | st.lists(st.integers(0, len(texts) - 1), unique=True))
    found, other = (
        _ask(_make(kind, texts, owners.tolist()), asked, allowed, limit=limit, without=without) for kind in (Exact, Approximate)
    )
    assert len(found.entries) == len(other.entries) == len(set(other.entries.tolist()))
    assert found.fused == pytest.approx(other.fused, abs=1e-3)
    assert found.words == pytest.approx(other.words, abs=1e-6)
    assert (np.diff(found.fused) <= 0).all()
    assert (np.diff(other.fused) <= 0).all()
    # What float16 moves by a hair may change places with its equal, and is compared by its scores alone.
    clear = np.flatnonzero(np.abs(np.diff(found.fused, append=-1.0)) > 2e-3)
    if len(found.entries) and len(clear) == len(found.entries) and len(found.entries) < limit:
        assert found.entries.tolist() == other.entries.tolist()
        assert found.mean == pytest.approx(other.mean, abs=1e-3)


def _crowd(rows: int, dimensions: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Vectors in bunches of four that belong together, and a question for each bunch."""
    chance = np.random.default_rng(7)
    asked = chance.standard_normal((rows // 4, dimensions))
    near = np.repeat(asked, 4, axis=0) + 0.5 * chance.standard_normal((rows, dimensions))
    return tuple((one / np.linalg.norm(one, axis=1, keepdims=True)).astype(np.float32) for one in (near, asked))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def large() -> tuple[Candidates, Candidates, np.ndarray]:
    """So many phrasings that clusters are left out."""
    pytest.importorskip("faiss", reason="pip install 'daogou[large]'")
    vectors, asked = _crowd(20_000)
    owners = np.repeat(np.arange(5_000, dtype=np.int32), 4)
    terms = [(f"a{at % 997}", f"b{at % 991}") for at in range(len(vectors))]
    return Exact(terms, vectors, owners), Approximate(iter(terms), vectors, owners), asked


def test_a_large_base_loses_hardly_anything(large: tuple[Candidates, Candidates, np.ndarray]) -> None:
    asked, kept = large[2], 0
    for vector in asked[::100]:
        known, found = (one.nearest(["a3", "b5"], vector, None, 10) for one in large[:2])
        kept += len(set(known.entries.tolist()) & set(found.entries.tolist()))
        assert found.entries[0] == known.entries[0]
    assert kept >= 0.98 * 10 * len(asked[::100])


@pytest.mark.parametrize("share", [0.5, 0.01, 0.0004])
def test_a_filter_is_applied_before_the_ranking(large: tuple[Candidates, Candidates, np.ndarray], share: float) -> None:
    asked = large[2]
    allowed = np.random.default_rng(3).random(5_000) < share
    assert allowed.any()
    for vector in asked[::250]:
        known, found = (one.nearest(["a3"], vector, allowed, 10) for one in large[:2])
        assert len(found.entries) == min(10, allowed.sum())
        assert allowed[found.entries].all()
        assert len(set(known.entries.tolist()) & set(found.entries.tolist())) >= 0.9 * len(known.entries)


def test_what_is_allowed_is_found_wherever_it_lies(large: tuple[Candidates, Candidates, np.ndarray]) -> None:
    """The allowed entries are the farthest from the question, so that no cluster near to it holds one."""
    exact, approximate, asked = large
    vector = asked[0]
    everything = exact.nearest([], vector, None, 5_000)
    allowed = np.zeros(5_000, dtype=np.bool_)
    allowed[everything.entries[-2_000:]] = True
    assert len(approximate.nearest([], vector, allowed, 10).entries) == 10


def test_the_same_input_gives_the_same_index(large: tuple[Candidates, Candidates, np.ndarray]) -> None:
    vectors, asked = _crowd(20_000)
    owners = np.repeat(np.arange(5_000, dtype=np.int32), 4)
    again = Approximate([(f"a{at % 997}", f"b{at % 991}") for at in range(len(vectors))], vectors, owners)
    for vector in asked[::500]:
        one, other = (made.nearest(["a3", "b5"], vector, None, 10) for made in (large[1], again))
        assert one.entries.tolist() == other.entries.tolist()
        assert (_numbers(one) == _numbers(other)).all()


def test_the_size_decides_which_make_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = LETTERS.embed(ASKED)
    assert isinstance(build_candidates(_terms(*ASKED), vectors, OWNERS), Exact)
    monkeypatch.setattr(nearest, "EXACT", vectors.size - 1)
    pytest.importorskip("faiss", reason="pip install 'daogou[large]'")
    assert isinstance(build_candidates(_terms(*ASKED), vectors, OWNERS), Approximate)


def test_ops_are_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "EXACT", 0)
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(IndexMissingError, match=r"daogou\[large\]"):
        build_candidates(_terms(*ASKED), LETTERS.embed(ASKED), OWNERS)


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=400), st.integers(1, 5), st.sampled_from([-np.inf, 0.0]))
def test_the_best_scores_are_those_of_a_stable_sort(scores: list[float], limit: int, above: float) -> None:
    array = np.array(scores, dtype=np.float32)
    known = [int(at) for at in np.argsort(-array, kind="stable") if array[at] > above][:limit]
    assert top(array, limit, above).tolist() == known
