"""The parts of the search one by one: keyword, vector, fusion, and the model that says how sure we are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_worlds import Letters, an_entry

from knowledge import Library
from knowledge.calibration import Examples, exclusive, fit, probability, with_lead
from knowledge.evaluation import Judged, calibration_error
from knowledge.features import AHEAD, NAMES
from knowledge.fusion import HybridIndex
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


def _index(*questions: str) -> tuple[HybridIndex, Letters]:
    encoder = Letters()
    return HybridIndex([READER.read(one) for one in questions], encoder.embed(questions), [0, 0, 1, 2]), encoder


def test_an_entry_stands_for_its_best_phrasing_and_hidden_ones_do_not_count() -> None:
    index, encoder = _index("怎么退货", "退货流程", "怎么换货", "几点关门")
    matches = index.match(READER.read("退货流程"), encoder.embed(["退货流程"])[0])
    everybody = np.ones(3, dtype=np.bool_)
    first = index.best(matches, everybody, 3)[0]
    assert (first.entry, first.row) == (0, 1)
    hidden = index.best(matches, everybody, 3, np.array([1]))
    assert [one.row for one in hidden if one.entry == 0] == [0]
    assert all(one.entry != 0 for one in index.best(matches, everybody, 3, np.array([0, 1])))


def test_what_is_not_allowed_is_not_found() -> None:
    index, encoder = _index("怎么退货", "退货流程", "怎么换货", "几点关门")
    matches = index.match(READER.read("退货流程"), encoder.embed(["退货流程"])[0])
    assert {one.entry for one in index.best(matches, np.array([False, True, True]), 3)} == {1, 2}


def _evidence(n: int, seed: int) -> Examples:
    chance = np.random.default_rng(seed)
    features = chance.random((n, len(NAMES)))
    features[:, AHEAD] = 0.0
    features[:, -1] = 1.0
    right = (chance.random(n) < 1 / (1 + np.exp(-(8 * features[:, 3] - 4)))).astype(float)
    return Examples(features, right, np.ones(n))


def test_the_model_learns_what_matters_and_is_calibrated() -> None:
    learnt = fit(_evidence(2000, 1), np.zeros(len(NAMES)), 0.5)
    assert learnt[3] == max(learnt)
    fresh = _evidence(2000, 2)
    said = probability(fresh.features, learnt)
    judged = [Judged(frozenset("a" if right else ""), ("a",), float(p), True) for p, right in zip(said, fresh.right, strict=True)]
    assert calibration_error(judged) < 0.05


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_no_weight_ever_crosses_to_the_side_against_reason(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    noise = Examples(chance.random((n, len(NAMES))), chance.integers(0, 2, n).astype(float), np.ones(n))
    learnt = fit(noise, np.zeros(len(NAMES)), 0.5)
    assert (learnt[:9] >= 0).all()
    assert (learnt[9:11] <= -1).all()
    assert np.isfinite(learnt).all()


def test_without_evidence_the_prior_stays() -> None:
    nothing = Examples(np.zeros((0, len(NAMES))), np.zeros(0), np.zeros(0))
    prior = np.array([1.0] * 9 + [-1.0] * 2 + [0.0] * 3)
    assert fit(nothing, prior, 5.0) == pytest.approx(prior)


def test_an_entry_for_other_people_is_no_rival() -> None:
    alike = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    lead = with_lead(np.zeros((3, len(NAMES))), np.array([3.0, 3.0, 0.0]), alike)[:, AHEAD]
    assert lead.tolist() == [0.5, 0.5, -0.5]


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
