"""The parts of the search one by one: keyword, vector, and the model that says how sure we are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_worlds import Letters, an_entry

from knowledge import Library
from knowledge.calibration import PLAIN, Judge, Linear, Ruler, exclusive, standing
from knowledge.features import NAMES, SCORE
from knowledge.forest import Forest
from knowledge.keyword import KeywordIndex
from knowledge.practice import rehearsals
from knowledge.strangers import STRANGERS
from knowledge.vector import VectorIndex
from knowledge.words import Reader

READER = Reader(str.casefold)


def test_a_text_equal_to_the_query_scores_highest_and_a_foreign_one_nothing() -> None:
    index = KeywordIndex([list("怎么退货"), list("怎么换货"), list("几点关门")])
    scores = index.scores(list("怎么退货"))
    assert scores.argmax() == 0
    assert scores[2] == 0.0


def test_a_rare_term_counts_more_than_a_common_one() -> None:
    index = KeywordIndex([["货", "退"], ["货", "换"], ["货", "发"]])
    assert index.idf("退") > index.idf("货")
    assert index.scores(["退", "货"]).argmax() == 0


@given(
    st.lists(st.lists(st.sampled_from("退换货发票"), max_size=6), min_size=1, max_size=8),
    st.lists(st.sampled_from("退换货发票运"), max_size=6),
)
def test_keyword_scores_lie_between_0_and_1(texts: list[list[str]], query: list[str]) -> None:
    scores = KeywordIndex(texts).scores(query)
    assert scores.shape == (len(texts),)
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-6).all()


def test_a_vector_index_cannot_be_changed_from_outside() -> None:
    rows = np.eye(3, dtype=np.float32)
    index = VectorIndex(rows)
    rows[:] = 0
    assert index.scores(np.array([0, 1, 0], dtype=np.float32)).tolist() == [0.0, 1.0, 0.0]


STUMPS = {
    "start": np.array(0.5),
    "roots": np.array([0, 3]),
    "feature": np.array([1, 0, 0, 0]),
    "threshold": np.array([0.5, 0.0, 0.0, 0.0]),
    "left": np.array([1, 1, 2, 3]),
    "right": np.array([2, 1, 2, 3]),
    "value": np.array([0.0, -1.0, 2.0, 0.25]),
    "depth": np.array(1),
}


def test_trees_are_walked_to_their_leaves() -> None:
    rows = np.array([[9.0, 0.4], [9.0, 0.5], [-9.0, 0.6]])
    assert Forest.of(STUMPS).logits(rows).tolist() == [-0.25, -0.25, 2.75]


@pytest.mark.parametrize(
    "broken",
    [
        {"left": np.array([1, 1, 2])},
        {"right": np.array([9, 1, 2, 3])},
        {"roots": np.array([-1])},
        {"value": np.array([0.0, np.nan, 2.0, 0.25])},
    ],
)
def test_a_forest_that_leads_nowhere_is_refused(broken: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="forest"):
        Forest.of(STUMPS | broken)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 10))
def test_a_probability_is_one_whatever_the_evidence(seed: int, n: int) -> None:
    features = np.random.default_rng(seed).normal(0, 5, (n, len(NAMES)))
    for judge in (PLAIN, Judge(PLAIN.order, Linear(PLAIN.order))):
        likely = judge.likely(standing(features, judge.scores(features), np.eye(n), Ruler()))
        assert ((likely >= 0) & (likely <= 1)).all()


def test_words_found_speak_for_an_entry_and_words_lacking_against_it() -> None:
    plenty, little = np.full((1, len(NAMES)), 0.5), np.full((1, len(NAMES)), 0.5)
    for name in ("best phrasing is near", "answer is near", "asked words found in the entry", "spelt like the phrasing"):
        plenty[0, NAMES.index(name)], little[0, NAMES.index(name)] = 0.9, 0.1
    assert PLAIN.scores(plenty) > PLAIN.scores(little)


ALIKE = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
RULER = Ruler.of([0.0, 1.0, 2.0], [2.0, 4.0])


def test_an_entry_for_other_people_is_no_rival() -> None:
    found = standing(np.zeros((3, len(NAMES))), np.array([3.0, 3.0, 0.0]), ALIKE, RULER)
    assert found[:, SCORE + 1].tolist() == [0.5, 0.5, -0.5]
    assert found[0, SCORE + 2] == found[1, SCORE + 2] > 0.9


def test_a_score_is_placed_among_what_the_base_could_and_could_not_answer() -> None:
    found = standing(np.zeros((3, len(NAMES))), np.array([5.0, 1.0, -1.0]), np.eye(3), RULER)
    assert found[:, SCORE + 3] == pytest.approx([1.0, 0.5, 0.0])
    assert found[:, SCORE + 4] == pytest.approx([0.0, -1.0, -1.0])


def test_a_base_that_had_nothing_to_ask_itself_measures_nothing() -> None:
    found = standing(np.zeros((1, len(NAMES))), np.array([5.0]), np.eye(1), Ruler.of([], []))
    assert found[0, SCORE + 3 : SCORE + 5].tolist() == [0.5, -0.5]


def test_probabilities_of_different_answers_agree() -> None:
    alike = np.eye(3)
    assert exclusive(np.array([0.9, 0.9, 0.2]), alike).sum() == pytest.approx(1.0)
    assert exclusive(np.array([0.5, 0.3, 0.1]), alike).tolist() == [0.5, 0.3, 0.1]
    twins = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert exclusive(np.array([0.8, 0.8, 0.1]), twins).tolist() == [0.8, 0.8, 0.1]


def test_a_base_asks_itself_without_looking_at_what_it_hid() -> None:
    entries = (an_entry("a", "怎么退货", "退货流程"), an_entry("b", "几点关门"), an_entry("gold", "怎么退货", "金卡退货"))
    base = Library.build(entries, Letters(), normalize=str.casefold).base
    assert base is not None
    for trial in rehearsals(base, seed=0):
        if trial.kind == "missing":
            assert not trial.right.any()
            assert len(trial.considered.entries) < 3


def test_questions_from_outside_are_many_and_different() -> None:
    assert len(set(STRANGERS)) == len(STRANGERS) >= 150
