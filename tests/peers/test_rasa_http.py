"""The client of a Rasa server: it answers or says why not, in time, over connections that it keeps."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.errors import PeerError
from bot.peers.rasa_http import RasaClient
from tests.peers.conftest import Rasa, Said, failure, parsed


@pytest.fixture
def client(rasa: Rasa) -> Iterator[RasaClient]:
    made = RasaClient(rasa.url, timeout=60.0)
    yield made
    made.close()


def refused(client: RasaClient, timeout: float | None = None) -> PeerError:
    with pytest.raises(PeerError) as caught:
        client.parse("在吗", timeout)
    return caught.value


def test_a_ranking_comes_back_best_first(rasa: Rasa, client: RasaClient) -> None:
    rasa.answer = lambda text: parsed([("greet", 0.7), ("recommend_product", 0.2)], text)
    found = client.parse("在吗😊")
    assert found.ranking == (("greet", 0.7), ("recommend_product", 0.2))
    assert not found.unsure
    assert rasa.asked[0].path == "/model/parse"
    assert rasa.texts == ["在吗😊"]


def test_the_fallback_is_no_label_and_the_guess_behind_it_counts(rasa: Rasa, client: RasaClient) -> None:
    rasa.answer = lambda text: parsed([("nlu_fallback", 0.4), ("greet", 0.25), ("return_goods", 0.2)], text)
    found = client.parse("嗯")
    assert found.unsure
    assert found.ranking[0] == ("greet", 0.25)


def test_calls_share_a_connection_and_one_that_was_closed_meanwhile_is_replaced(rasa: Rasa, client: RasaClient) -> None:
    for _ in range(3):
        client.parse("在吗")
    assert rasa.connections == 1
    # the server ends the connection without saying so beforehand, as after its keep-alive time
    rasa.answer = lambda text: Said(body=parsed([("greet", 1.0)], text).body, act="close")
    client.parse("在吗")
    client.parse("在吗")
    assert rasa.connections == 2


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        (failure(500, "ParsingError"), "refused", "500 ParsingError"),
        (failure(409, "Conflict"), "refused", "409 Conflict"),
        (failure(401, "NotAuthenticated"), "refused", "401 NotAuthenticated"),
        (Said(502, b"<html>Bad gateway</html>"), "refused", "502"),
        (Said(204), "refused", "204"),
        (Said(body=b"<html>"), "garbled", "JSON"),
        (Said(body=b'{"text": "\xff"}'), "garbled", "JSON"),
        (Said(body=b"[" * 100_000), "garbled", "JSON"),
        (Said(body=b""), "garbled", "JSON"),
        (Said(body=b"[]"), "garbled", "意图"),
        (Said(body=b'{"intent": null, "intent_ranking": null}'), "garbled", "意图"),
        (Said(body=b'{"intent": {"name": "greet"}, "intent_ranking": [5, {"name": 3, "confidence": 1}]}'), "garbled", "意图"),
        (Said(body=b'{"intent": {}, "intent_ranking": [{"name": "greet", "confidence": NaN}]}'), "garbled", "意图"),
        (parsed([]), "garbled", "意图"),
        (parsed([("nlu_fallback", 0.4)]), "garbled", "意图"),
        (Said(body=b"x" * 4_000_001), "garbled", "太长"),
        (Said(body=b'{"cut', headers={"Content-Length": "5000"}, act="close"), "garbled", "JSON"),
        (Said(act="drop"), "unreachable", "RemoteDisconnected"),
    ],
)
def test_what_is_no_answer_is_told_by_its_name(rasa: Rasa, client: RasaClient, said: Said, outcome: str, words: str) -> None:
    rasa.answer = lambda _: said
    error = refused(client)
    assert error.outcome == outcome
    assert words in str(error)
    rasa.answer = lambda text: parsed([("greet", 1.0)], text)
    assert client.parse("在吗").ranking == (("greet", 1.0),)


def test_nobody_there_is_told_at_once(nobody: str) -> None:
    assert refused(RasaClient(nobody)).outcome == "unreachable"


def test_a_server_that_says_nothing_is_not_waited_for(rasa: Rasa, client: RasaClient) -> None:
    rasa.answer = lambda _: Said(act="hang")
    assert refused(client, 0.05).outcome == "timeout"


def test_a_token_and_a_path_before_the_door_are_kept(rasa: Rasa) -> None:
    client = RasaClient(f"{rasa.url}/nlu/", SecretStr("a b&c"))
    client.parse("在吗")
    client.close()
    assert rasa.asked[0].path == "/nlu/model/parse?token=a%20b%26c"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_arrives_as_it_was(rasa: Rasa, client: RasaClient, text: str) -> None:
    client.parse(text)
    assert rasa.texts[-1] == text
