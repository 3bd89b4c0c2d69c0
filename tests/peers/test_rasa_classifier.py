"""Rasa in our classifier's place: its rows where it answers, ours where it does not, and nobody waits for a dead server."""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.peers.rasa import Breaker, Patience, RasaClassifier, labels_of, stand_in
from bot.peers.rasa_http import RasaClient
from bot.settings import Settings
from intents import Gazetteer, Recognizer
from tests.peers.conftest import LABELS, Builtin, Rasa, Said, failure, parsed

Make = Callable[..., RasaClassifier]


class Ticks:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def make(rasa: Rasa, ticks: Ticks) -> Iterator[Make]:
    made: list[RasaClassifier] = []

    def one(
        builtin: Builtin | None = None, url: str = "", timeout: float = 60.0, labels: Sequence[str] = (), **patience: float
    ) -> RasaClassifier:
        client = RasaClient(url or rasa.url, timeout=timeout)
        bears = Patience(**({"batch": 30.0} | patience))  # type: ignore[arg-type]
        made.append(RasaClassifier(client, builtin or Builtin(), labels, bears, ticks))
        return made[-1]

    yield one
    rasa.stop.set()
    for classifier in made:
        classifier.close()


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("daogou_rasa_sentences_total", {"outcome": outcome}) or 0.0


def test_rows_are_rasas_and_sum_to_one(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("greet", 0.6), ("return_goods", 0.2)], text)
    classifier = make()
    assert classifier.classify(["在吗"]).tolist() == [[pytest.approx(0.6), pytest.approx(0.2), pytest.approx(0.2)]]
    assert classifier.labels == LABELS
    assert classifier.classify([]).shape == (0, 3)


def test_a_batch_keeps_its_order_and_takes_several_calls_at_once(rasa: Rasa, make: Make) -> None:
    names = dict(zip((f"第{n}句" for n in range(40)), itertools.cycle(LABELS), strict=False))
    rasa.answer = lambda text: parsed([(names[text], 1.0)], text)
    rows = make().classify(list(names))
    assert [LABELS[column] for column in rows.argmax(axis=1)] == list(names.values())
    assert 1 <= rasa.connections <= 8


def test_only_the_sentences_that_rasa_does_not_answer_are_left_to_our_own(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: failure(500, "ParsingError") if text == "坏" else parsed([("greet", 1.0)], text)
    builtin, before = Builtin(), (counted("answered"), counted("refused"))
    classifier = make(builtin)
    rows = classifier.classify(["在吗", "坏", "你好"])
    assert rows.argmax(axis=1).tolist() == [0, 2, 0]
    assert builtin.asked == ["坏"]
    assert (classifier.answered, classifier.left) == (2, 1)
    assert (counted("answered") - before[0], counted("refused") - before[1]) == (2, 1)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (failure(409, "Conflict"), "refused"),
        (Said(body=b"{}"), "garbled"),
        (Said(act="drop"), "unreachable"),
        (Said(act="hang"), "timeout"),
        (parsed([("fly_to_the_moon", 1.0)]), "stranger"),
    ],
)
def test_every_way_to_fail_is_counted_and_answered_by_our_own(rasa: Rasa, make: Make, said: Said, outcome: str) -> None:
    rasa.answer = lambda _: said
    before = counted(outcome)
    made = make(timeout=0.1 if outcome == "timeout" else 60.0)
    assert made.classify(["在吗"]).argmax(axis=1).tolist() == [2]
    assert counted(outcome) == before + 1


def test_where_rasa_is_unsure_its_guess_counts_for_as_much_as_it_says(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("nlu_fallback", 0.7), ("greet", 0.4), ("return_goods", 0.3)], text)
    before = counted("unsure")
    assert make().classify(["嗯"])[0].tolist() == pytest.approx([0.4, 0.3, 0.3])
    assert counted("unsure") == before + 1


def test_where_rasa_is_unsure_the_rest_says_that_nothing_fits(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("nlu_fallback", 0.7), ("greet", 0.4), ("out_of_scope", 0.1)], text)
    labels = ("greet", "return_goods", "out_of_scope")
    assert make(Builtin(labels)).classify(["嗯"])[0].tolist() == pytest.approx([0.4 * 4 / 6, 0.4 / 6, 0.4 / 6 + 0.6])


def test_labels_behind_the_first_that_nobody_knows_share_their_weight(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("greet", 0.5), ("fly_to_the_moon", 0.4)], text)
    assert make().classify(["嗯"])[0].tolist() == pytest.approx([0.5, 0.25, 0.25])


def test_a_label_that_is_not_named_is_never_likelier_than_one_that_is(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("greet", 0.3), ("return_goods", 0.1)], text)
    assert make().classify(["嗯"])[0].tolist() == pytest.approx([0.6, 0.2, 0.2])


def test_a_ranking_of_more_than_one_in_all_is_scaled(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("greet", 1.0), ("recommend_product", 0.6), ("return_goods", 0.4)], text)
    assert make().classify(["嗯"])[0].tolist() == pytest.approx([0.5, 0.3, 0.2])


def test_other_columns_take_from_our_own_what_they_know(nobody: str, make: Make) -> None:
    knows = make(Builtin(("greet", "spam"), "greet"), url=nobody, labels=("a", "greet"))
    assert knows.classify(["在吗"]).tolist() == [[0.0, 1.0]]
    knows_none = make(Builtin(("greet", "spam"), "spam"), url=nobody, labels=("a", "greet"))
    assert knows_none.classify(["在吗"]).tolist() == [[0.5, 0.5]]


def test_after_three_failures_nobody_asks_until_the_pause_is_over(rasa: Rasa, make: Make, ticks: Ticks) -> None:
    rasa.answer = lambda _: failure(500, "ParsingError")
    classifier, before = make(), counted("paused")
    for _ in range(5):
        classifier.classify(["在吗"])
    assert len(rasa.asked) == 3
    assert counted("paused") == before + 2
    ticks.now += 15.0
    classifier.classify(["在吗"])
    classifier.classify(["在吗"])
    assert len(rasa.asked) == 4
    rasa.answer = lambda text: parsed([("greet", 1.0)], text)
    ticks.now += 15.0
    assert classifier.classify(["在吗"]).argmax() == 0
    assert classifier.classify(["在吗", "你好"]).argmax(axis=1).tolist() == [0, 0]


def test_a_success_between_failures_keeps_it_open(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: failure(500, "ParsingError") if text == "坏" else parsed([("greet", 1.0)], text)
    classifier = make()
    for text in ("坏", "坏", "好", "坏", "坏", "好"):
        classifier.classify([text])
    assert len(rasa.asked) == 6


def test_a_large_batch_against_a_dead_server_asks_a_handful_of_times(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda _: Said(act="drop")
    rows = make().classify([f"第{n}句" for n in range(200)])
    assert set(rows.argmax(axis=1)) == {2}
    assert len(rasa.asked) < 20


def test_a_batch_has_a_budget_even_where_the_server_drips(rasa: Rasa, make: Make) -> None:
    slow = Said(body=parsed([("greet", 1.0)]).body, act="drip")
    rasa.answer = lambda text: slow if text == "慢" else parsed([("greet", 1.0)], text)
    before = counted("late")
    classifier = make(batch=0.3)
    assert classifier.classify(["快"]).argmax() == 0
    assert classifier.classify(["慢"]).argmax() == 2
    assert counted("late") == before + 1


def test_the_log_tells_it_once_a_minute(nobody: str, make: Make, ticks: Ticks) -> None:
    classifier = make(url=nobody)
    with capture_logs() as lines:
        for _ in range(10):
            classifier.classify(["在吗"])
        ticks.now += 60.0
        classifier.classify(["在吗"])
    assert [(line["event"], line["sentences"]) for line in lines] == [("rasa.fallback", 1), ("rasa.fallback", 10)]
    assert "连不上" in lines[0]["why"]
    assert lines[0]["outcomes"] == {"unreachable": 1}


def test_the_recognizer_keeps_its_rules_and_slots_whoever_classifies(rasa: Rasa, make: Make) -> None:
    rasa.answer = lambda text: parsed([("recommend_product", 0.99)], text)
    found = Recognizer(make(), Gazetteer.build({"category": {"面霜": ["霜"]}})).recognize("推荐个两百以内的面霜")
    assert (found.intent, {slot.name for slot in found.slots}) == ("recommend_product", {"category", "budget"})


def test_a_pause_lets_one_caller_try() -> None:
    ticks = Ticks()
    breaker = Breaker(Patience(failures=1, pause=10.0), ticks)
    breaker.failed()
    assert not breaker.allows()
    ticks.now += 10.0
    assert [breaker.allows() for _ in range(3)] == [True, False, False]
    breaker.passed()
    assert all(breaker.allows() for _ in range(3))


def test_the_labels_of_a_server_are_what_its_ranking_names(rasa: Rasa, nobody: str) -> None:
    client = RasaClient(rasa.url)
    assert labels_of(client, "在吗") == ("greet", "recommend_product")
    client.close()
    assert labels_of(RasaClient(nobody), "在吗") == ()


def test_without_the_setting_our_own_stands_alone_and_with_it_rasa_stands_before_it(rasa: Rasa) -> None:
    assert stand_in(Settings.from_environment({})) is None
    settings = Settings.from_environment({"DAOGOU_RASA_URL": rasa.url, "DAOGOU_RASA_TOKEN": "geheim", "DAOGOU_RASA_TIMEOUT": "5"})
    assert "geheim" not in repr(settings)
    before = stand_in(settings)
    assert before is not None
    classifier = before(Builtin())
    assert np.argmax(classifier.classify(["在吗"])) == 0
    assert rasa.asked[0].path.endswith("?token=geheim")
    assert isinstance(classifier, RasaClassifier)
    classifier.close()
