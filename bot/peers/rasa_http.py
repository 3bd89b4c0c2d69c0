"""One question to a Rasa server (rasa 3.6, ``POST /model/parse``): kept-alive connections, one deadline, every fault by its name.

Synchronous on purpose: a `Classifier` is a plain function. Any number of threads may ask at once.
"""

import http.client
import json
import math
import socket
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from bot.errors import PeerError

FALLBACK = "nlu_fallback"
"""The label by which Rasa says that it is not sure; its own guess stands behind it in the ranking."""
_LARGEST = 4_000_000
"""Bytes of an answer that are read."""
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "daogou"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What Rasa makes of a sentence."""

    ranking: tuple[tuple[str, float], ...]
    """(label, confidence), best first, without `FALLBACK`; never empty."""
    unsure: bool = False
    """Rasa itself said `FALLBACK`."""


class RasaClient:
    """A Rasa server by its address; connections are made when needed and kept for the next call."""

    def __init__(self, url: str, token: SecretStr | None = None, timeout: float = 0.5) -> None:
        """``timeout`` in seconds holds for one whole call, connecting included."""
        parts = urlsplit(url)
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname or "", parts.port
        query = f"?token={quote(token.get_secret_value(), safe='')}" if token else ""
        self._path = f"{parts.path.rstrip('/')}/model/parse{query}"
        self._timeout = timeout
        self._idle: deque[http.client.HTTPConnection] = deque()
        self._busy: set[http.client.HTTPConnection] = set()
        self._lock = threading.Lock()
        # whoever lets go of a client lets go of its connections
        weakref.finalize(self, _closed, self._idle)

    def parse(self, text: str, timeout: float | None = None) -> Parsed:
        """What the server makes of a text.

        Raises:
            PeerError: no answer in time, none at all, a refusal, or nothing that can be read; see its ``outcome``.
        """
        deadline = time.monotonic() + min(self._timeout, timeout or self._timeout)
        body = json.dumps({"text": text}).encode()
        try:
            status, data = self._call(body, deadline)
        except TimeoutError as error:
            raise PeerError("没有在规定时间内回答", "timeout") from error
        except (OSError, http.client.HTTPException) as error:
            late = time.monotonic() >= deadline
            raise PeerError(f"连不上（{type(error).__name__}）", "timeout" if late else "unreachable") from error
        if status != 200:
            raise PeerError(f"拒绝回答：{status} {_reason(data)}".rstrip(), "refused")
        return _parsed(data)

    def _call(self, body: bytes, deadline: float) -> tuple[int, bytes]:
        """(status, body); a kept connection that the server has closed meanwhile is replaced once."""
        while True:
            connection, kept = self._taken()
            try:
                return self._exchanged(connection, body, deadline)
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException):
                if not kept or time.monotonic() >= deadline:
                    raise

    def _exchanged(self, connection: http.client.HTTPConnection, body: bytes, deadline: float) -> tuple[int, bytes]:
        sound = False
        try:
            _hurry(connection, deadline)
            if connection.sock is None:
                connection.connect()
                _hurry(connection, deadline)
            connection.request("POST", self._path, body, _HEADERS)
            _hurry(connection, deadline)
            response = connection.getresponse()
            data = response.read(_LARGEST + 1)
            if len(data) > _LARGEST:
                raise PeerError("回答太长", "garbled")
            sound = response.isclosed() and not response.will_close
            return response.status, data
        finally:
            with self._lock:
                self._busy.discard(connection)
            if sound:
                self._idle.append(connection)
            else:
                connection.close()

    def _taken(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection of one's own, and whether it was in use before."""
        try:
            connection, kept = self._idle.pop(), True
        except IndexError:
            connection, kept = self._kind(self._host, self._port), False
        with self._lock:
            self._busy.add(connection)
        return connection, kept

    def cut(self) -> None:
        """End all calls that are under way: a server that sends a byte now and then outlives every time-out of a socket."""
        with self._lock:
            busy = list(self._busy)
        for connection in busy:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what is idle; the client may be used again."""
        _closed(self._idle)


def _closed(connections: deque[http.client.HTTPConnection]) -> None:
    while connections:
        with suppress(IndexError):
            connections.pop().close()


def _hurry(connection: http.client.HTTPConnection, deadline: float) -> None:
    """Let the next step take what is left; raises TimeoutError where nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.timeout = left
    if connection.sock is not None:
        connection.sock.settimeout(left)


def _reason(data: bytes) -> str:
    """Rasa's word for a refusal."""
    with suppress(ValueError):
        told = json.loads(data)
        if isinstance(told, dict):
            return str(told.get("reason", ""))[:100]
    return ""


def _parsed(data: bytes) -> Parsed:
    """The ranking of an answer; raises PeerError where there is none."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PeerError("回答不是 JSON", "garbled") from error
    ranking = told.get("intent_ranking") if isinstance(told, dict) else None
    first = told.get("intent") if isinstance(told, dict) else None
    if not isinstance(ranking, list) or not isinstance(first, Mapping):
        raise PeerError("回答里没有意图", "garbled")
    rows = [found for one in ranking if (found := _row(one))] or [found for one in (first,) if (found := _row(one))]
    real = tuple(sorted((row for row in rows if row[0] != FALLBACK), key=lambda row: -row[1]))
    if not real:
        raise PeerError("回答里没有意图", "garbled")
    return Parsed(real, first.get("name") == FALLBACK)


def _row(one: object) -> tuple[str, float] | None:
    """(label, confidence) of one line of a ranking; None for what is none."""
    if not isinstance(one, Mapping):
        return None
    name, sure = one.get("name"), one.get("confidence")
    if not isinstance(name, str) or not name or isinstance(sure, bool) or not isinstance(sure, int | float):
        return None
    return (name, min(1.0, max(0.0, float(sure)))) if math.isfinite(sure) else None
