"""A real HTTP server on loopback that answers in Rasa's documented JSON, and as badly as a test wants."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from numpy.typing import NDArray

LABELS = ("greet", "recommend_product", "return_goods")


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    body: Mapping[str, object]
    connection: tuple[str, int]


@dataclass
class Said:
    """One answer: status and body, or what to do to the connection."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    """hang: never answer · drip: a byte now and then · drop: close without a word · close: answer, then close"""


def parsed(ranking: Sequence[tuple[str | None, float]], text: str = "") -> Said:
    """What rasa 3.6.21 answers to ``POST /model/parse``."""
    told = [{"name": name, "confidence": sure} for name, sure in ranking]
    first = told[0] if told else {"name": None, "confidence": 0.0}
    body = {"text": text, "intent": first, "entities": [], "text_tokens": [[0, len(text)]], "intent_ranking": told}
    return Said(body=json.dumps(body).encode())


def failure(status: int, reason: str) -> Said:
    """How Rasa words an error."""
    told = {
        "version": "3.6.21",
        "status": "failure",
        "message": "…",
        "reason": reason,
        "details": {},
        "help": None,
        "code": status,
    }
    return Said(status, json.dumps(told).encode())


class Rasa:
    """A server with Rasa's door; ``answer`` decides, every request is noted."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[str], Said] = lambda text: parsed([("greet", 0.9), ("recommend_product", 0.1)], text)
        self.stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def texts(self) -> list[object]:
        return [one.body["text"] for one in self.asked]

    @property
    def connections(self) -> int:
        return len({one.connection for one in self.asked})

    def close(self) -> None:
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5
            # headers and body are two writes: with Nagle's algorithm the second waits 40 ms for the first's receipt
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                rasa.asked.append(Asked(self.path, body, self.client_address))
                self.tell(rasa.answer(body["text"]))

            def tell(self, said: Said) -> None:
                self.close_connection = said.act in {"drop", "hang", "drip", "close"}
                if said.act == "hang":
                    rasa.stop.wait(30)
                if said.act in {"hang", "drop"}:
                    return
                self.send_response(said.status)
                for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if said.act == "drip":
                    with suppress(OSError):
                        for byte in said.body:
                            self.wfile.write(bytes([byte]))
                            if rasa.stop.wait(0.05):
                                return
                else:
                    self.wfile.write(said.body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler


@pytest.fixture
def rasa() -> Iterator[Rasa]:
    """A healthy server at first."""
    server = Rasa()
    yield server
    server.close()


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class Builtin:
    """A classifier of our own that is easily told from Rasa: all on one label; notes what it was asked."""

    def __init__(self, labels: Sequence[str] = LABELS, sure: str = "return_goods") -> None:
        self.labels = tuple(labels)
        self.asked: list[str] = []
        self._row = [1.0 if label == sure else 0.0 for label in labels]

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        self.asked += sentences
        return np.array([self._row] * len(sentences)).reshape(-1, len(self.labels))
