"""A retrained model goes live unless it is worse than the live one on the ground that both know."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents_corpus import EXAMPLES, Letters

from intents.evaluation import report
from intents.gate import Checked, first, judge, proof_of, related
from intents.proof import Proof
from intents.training import train

LABELS = ("greet", "return_goods", "ask_price", "ask_stock")


def a_proof(said: Sequence[str], truth: Sequence[str] | None = None, prefix: str = "句") -> Proof:
    """Sentences 句0, 句1 …, labels going round, and what was said of them; "" is what was not asked."""
    real = truth or [LABELS[n % len(LABELS)] for n in range(len(said))]
    asked = [(a, b) for a, b in zip(real, said, strict=True) if b]
    figures = report([a for a, _ in asked], [b for _, b in asked], [0.9] * len(asked))
    examples = [(f"{prefix}{n}", label) for n, label in enumerate(real)]
    return proof_of(examples, replace(figures, out_of_fold=tuple(said)))


def rights(n: int, wrong: Sequence[int] = ()) -> list[str]:
    """Right answers but for those, which get the next label."""
    return [LABELS[(k + (k in set(wrong))) % len(LABELS)] for k in range(n)]


def sentences(n: int) -> list[str]:
    return [f"句{k}" for k in range(n)]


def test_a_model_as_good_as_the_live_one_goes_live_whatever_it_gets_wrong() -> None:
    verdict = judge(a_proof(rights(400, range(20))), a_proof(rights(400, range(100, 120))), sentences(400))
    assert verdict.live
    assert "400 句" in verdict.reasons[0]


def test_a_model_that_lost_many_sentences_is_refused_with_labels_and_examples() -> None:
    lost = range(0, 160, 4)
    verdict = judge(a_proof(rights(400, lost)), a_proof(rights(400)), sentences(400))
    assert not verdict.live
    told = "\n".join(verdict.reasons)
    assert "准确率从 100.0% 降到 90.0%：40 句原来答对、现在答错，只有 0 句反过来" in told
    assert "macro-F1 从 1.000 降到" in told
    assert "退步的意图：greet 1.00→0.75" in told
    assert re.search("例如“句\\d+”是 greet，原来答对，新模型说成 return_goods", told)


def test_one_label_that_is_lost_counts_even_where_it_is_rare() -> None:
    truth = ["greet"] * 980 + ["return_goods"] * 20
    good, bad = list(truth), ["greet" if label == "return_goods" and n % 2 else label for n, label in enumerate(truth)]
    verdict = judge(a_proof(bad, truth), a_proof(good, truth))
    assert not verdict.live
    assert any("macro-F1 从 1.000 降到" in reason for reason in verdict.reasons)
    assert not judge(a_proof(good, truth), a_proof(bad, truth)).reasons[0].startswith("macro")


def test_in_small_data_a_sentence_or_two_are_chance() -> None:
    assert judge(a_proof(rights(24, [3])), a_proof(rights(24))).live
    assert judge(a_proof(rights(24, [3, 8])), a_proof(rights(24, [10]))).live


def test_only_sentences_with_the_same_label_in_both_are_the_ground() -> None:
    moved = ["thank" if n < 200 else LABELS[n % 4] for n in range(400)]
    candidate = a_proof(["greet"] * 200 + rights(400)[200:], moved)
    verdict = judge(candidate, a_proof(rights(400)))
    assert verdict.live, "200 sentences were given another label: of them the live model's answers say nothing"
    assert "200 句" in verdict.reasons[0]


def test_new_sentences_and_sentences_that_nobody_was_asked_do_not_count() -> None:
    more = a_proof([*rights(400), *["greet"] * 400], [*rights(400), *["thank"] * 400])
    assert judge(more, a_proof(rights(400))).live
    half = a_proof([said if n % 2 else "" for n, said in enumerate(rights(400))])
    assert "200 句" in judge(half, a_proof(rights(400))).reasons[0]


def test_fewer_right_answers_on_the_check_set_refuse_even_a_better_model() -> None:
    better, live = a_proof(rights(400)), a_proof(rights(400, range(80)))
    verdict = judge(better, live, (), Checked(50, 48, 47, (("想退", "return_goods", "greet"),)))
    assert not verdict.live
    assert "tests/nlu.tsv 共 50 句，原来的模型答对 48 句，新的只答对 47 句" in verdict.reasons[0]
    assert "考题“想退”是 return_goods，新模型说成 greet" in verdict.reasons[-1]
    assert judge(better, live, (), Checked(50, 47, 47)).live


def test_the_first_model_has_to_beat_the_most_frequent_label() -> None:
    assert first(a_proof(rights(100, range(40)))).live
    guess = ["greet"] * 100
    verdict = first(a_proof(guess))
    assert not verdict.live
    assert verdict.reasons == ("交叉验证准确率 25.0%，还不如句句都猜 ask_price（25.0%）",)


def test_versions_of_the_same_sentences_are_related_and_other_brands_are_not() -> None:
    proof = a_proof(rights(100))
    assert related(proof, sentences(400))
    assert related(proof, [*sentences(40), *(f"新{n}" for n in range(60))])
    assert not related(proof, [f"新{n}" for n in range(100)])
    assert not related(proof, [])


@given(st.lists(st.sampled_from([*LABELS, ""]), min_size=1, max_size=60))
def test_a_proof_survives_its_bytes(said: list[str]) -> None:
    proof = a_proof(said)
    again = Proof.loads(proof.dumps())
    assert (again.labels, again.report) == (proof.labels, replace(proof.report, out_of_fold=()))
    for name in ("keys", "truth", "said"):
        assert np.array_equal(getattr(again, name), getattr(proof, name))
    assert len(proof.dumps()) < 3000 + 16 * len(said), "a few bytes a sentence"


@given(st.binary(max_size=80))
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="成绩单"):
        Proof.loads(data)


def test_a_proof_that_was_cut_short_is_refused() -> None:
    data = a_proof(rights(50)).dumps()
    for end in range(0, len(data), 97):
        with pytest.raises(ValueError, match="成绩单"):
            Proof.loads(data[:end])


def test_a_training_gives_each_sentence_an_answer_of_a_model_that_had_not_seen_it() -> None:
    _, figures = train(EXAMPLES, Letters())
    assert len(figures.out_of_fold) == len(EXAMPLES)
    right = sum(said == label for said, (_, label) in zip(figures.out_of_fold, EXAMPLES, strict=True))
    assert right / len(EXAMPLES) == pytest.approx(figures.accuracy)
    with pytest.raises(ValueError, match="answers"):
        proof_of(EXAMPLES[1:], figures)


def test_wrong_labels_in_the_training_data_are_refused_and_a_few_good_sentences_more_are_not() -> None:
    _, figures = train(EXAMPLES, Letters())
    live = proof_of(EXAMPLES, figures)
    more = [*EXAMPLES, ("面霜卖多少", "ask_price"), ("我想退掉", "return_goods")]
    assert judge(proof_of(more, train(more, Letters())[1]), live).live
    labels = sorted({label for _, label in EXAMPLES})
    wrong = [(f"{text}呀", labels[(labels.index(label) + 1) % len(labels)]) for text, label in EXAMPLES if label != "greet"]
    worse = [*EXAMPLES, *wrong]
    verdict = judge(proof_of(worse, train(worse, Letters())[1]), live, [text for text, _ in worse])
    assert not verdict.live
    assert any(reason.startswith("例如") for reason in verdict.reasons)
