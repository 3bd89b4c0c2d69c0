"""Rasa in our classifier's place: its labels where it answers in time, our own classifier's row by row where it does not.

A `Classifier` is asked inside a turn, so that a server which is slow or gone must cost next to nothing: each call has a
time-out, each batch a budget, and after a few failures in a row nobody asks for a while.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import structlog
from numpy.typing import NDArray

from bot import metrics
from bot.errors import PeerError
from bot.peers.rasa_http import Parsed, RasaClient
from bot.settings import Settings
from intents import OUT_OF_SCOPE, Classifier

log = structlog.get_logger(__name__)

_Row = NDArray[np.float64]
_Rows = NDArray[np.float64]
Ticks = Callable[[], float]
"""A clock that only goes forward, in seconds."""

_ANSWERED = frozenset(("answered", "unsure"))
CALLS = 8
"""Sentences of a batch that are asked at once; Rasa works on one after the other, so more would only wait there."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a turn bears with the server."""

    batch: float = 1.0
    """Seconds for all sentences of one batch (about 200 at Rasa's pace); what is not answered then is not waited for."""
    failures: int = 3
    """So many in a row and nobody asks any more …"""
    pause: float = 15.0
    """… for so many seconds; then one sentence tries."""
    silence: float = 60.0
    """Seconds between two lines in the log about it; infinity writes none."""


QUIET = Patience(silence=math.inf)
"""For commands, whose output is no log."""
PATIENT = Patience(batch=3600.0, silence=math.inf)
"""For evaluations, where nobody waits for an answer."""


class Breaker:
    """Whether to ask at all: closed, or open for a while after several failures in a row. Safe for threads."""

    def __init__(self, patience: Patience, ticks: Ticks = time.monotonic) -> None:
        self._patience = patience
        self._ticks = ticks
        self._failed = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether to ask now; after a pause that is so for one caller, until it has told what came of it."""
        with self._lock:
            if self._failed < self._patience.failures:
                return True
            if (now := self._ticks()) < self._until:
                return False
            self._until = now + self._patience.pause
            return True

    def passed(self) -> None:
        """The server answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """It did not."""
        with self._lock:
            self._failed += 1
            self._until = self._ticks() + self._patience.pause


@dataclass(slots=True)
class _Notice:
    """What was left to our own classifier since the last line in the log."""

    patience: Patience
    ticks: Ticks
    since: Counter[str] = field(default_factory=Counter)
    next: float = -math.inf

    def tell(self, outcomes: Mapping[str, int], why: str) -> None:
        self.since.update(outcomes)
        if self.patience.silence < math.inf and (now := self.ticks()) >= self.next:
            log.warning("rasa.fallback", why=why, sentences=self.since.total(), outcomes=dict(self.since))
            self.since.clear()
            self.next = now + self.patience.silence


@dataclass(frozen=True, slots=True)
class _Answer:
    row: _Row
    unsure: bool


_Told = _Answer | str
"""Rasa's row, or in one word why there is none."""


class RasaClassifier:
    """`Classifier` over a Rasa server; the rows have the columns ``labels`` whoever made them.

    Rasa names no probability for labels outside its ranking: they share what its ranking leaves. Where it says
    ``nlu_fallback`` its own guess counts for as much as it says, and the rest says that nothing fits.
    """

    def __init__(
        self,
        client: RasaClient,
        builtin: Classifier,
        labels: Sequence[str] = (),
        patience: Patience | None = None,
        ticks: Ticks = time.monotonic,
    ) -> None:
        """``builtin`` answers what Rasa does not; ``labels`` are the columns where they are not the built-in one's."""
        self.labels: Sequence[str] = tuple(labels) or tuple(builtin.labels)
        self.answered = 0
        """Sentences with Rasa's own row, so far."""
        self.left = 0
        """Sentences that were left to ``builtin``, so far."""
        self.why = ""
        """What the last failure was, in Chinese."""
        self._client, self._builtin, self._ticks = client, builtin, ticks
        self._patience = patience or Patience()
        self._column = {label: column for column, label in enumerate(self.labels)}
        self._breaker = Breaker(self._patience, ticks)
        self._notice = _Notice(self._patience, ticks)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(CALLS, "rasa")

    def classify(self, sentences: Sequence[str]) -> _Rows:
        """One row for each sentence, within ``patience.batch`` seconds and what ``builtin`` takes."""
        if not sentences:
            return np.zeros((0, len(self.labels)))
        deadline = self._ticks() + self._patience.batch
        futures = [self._threads.submit(self._asked, one, deadline) for one in sentences]
        _, late = wait(futures, self._patience.batch)
        if late:
            self._give_up(late)
        told = ["late" if one in late else one.result() for one in futures]
        missing = [number for number, one in enumerate(told) if isinstance(one, str)]
        self._count(told)
        own = self._own([sentences[number] for number in missing])
        found = dict(zip(missing, own, strict=True))
        return np.stack([found[number] if isinstance(one, str) else one.row for number, one in enumerate(told)])

    def close(self) -> None:
        """End threads and connections."""
        self._threads.shutdown(cancel_futures=True)
        self._client.close()

    def _asked(self, sentence: str, deadline: float) -> _Told:
        left = deadline - self._ticks()
        if left <= 0:
            return "late"
        if not self._breaker.allows():
            return "paused"
        try:
            with metrics.RASA_SECONDS.time():
                parsed = self._client.parse(sentence, left)
        except PeerError as error:
            self._breaker.failed()
            self.why = str(error)
            return error.outcome
        self._breaker.passed()
        return self._row(parsed)

    def _give_up(self, late: set[Future[_Told]]) -> None:
        """The budget is spent: what has not begun is not begun, what is under way is ended."""
        for one in late:
            one.cancel()
        self._breaker.failed()
        self.why = "整批超时"
        self._client.cut()

    def _row(self, parsed: Parsed) -> _Told:
        if parsed.ranking[0][0] not in self._column:
            self.why = f"不认识它的意图 {parsed.ranking[0][0][:60]}，请重新运行 make rasa"
            return "stranger"
        row = np.full(len(self.labels), np.nan)
        for label, sure in parsed.ranking:
            if (column := self._column.get(label)) is not None:
                row[column] = sure
        rest, unnamed = max(0.0, 1.0 - float(np.nansum(row))), np.isnan(row)
        # the ranking names the likeliest, so no other label can be likelier than its last one
        row[unnamed] = min(rest / max(1, unnamed.sum()), parsed.ranking[-1][1])
        total = float(row.sum())
        row = row / total if total > 0 else np.full(len(row), 1 / len(row))
        if parsed.unsure and (outside := self._column.get(OUT_OF_SCOPE)) is not None:
            guess = parsed.ranking[0][1]
            row *= guess
            row[outside] += 1 - guess
        return _Answer(row, parsed.unsure)

    def _own(self, sentences: Sequence[str]) -> _Rows:
        """Our own classifier's rows, in the columns of ``labels``; a label that only it knows has no place in them."""
        if not sentences:
            return np.zeros((0, len(self.labels)))
        rows = self._builtin.classify(sentences)
        if tuple(self._builtin.labels) == self.labels:
            return rows
        shared = [(column, self._column[label]) for column, label in enumerate(self._builtin.labels) if label in self._column]
        placed = np.zeros((len(rows), len(self.labels)))
        for column, place in shared:
            placed[:, place] = rows[:, column]
        total = placed.sum(axis=1, keepdims=True)
        return np.where(total > 0, placed / np.maximum(total, 1e-12), 1 / len(self.labels))

    def _count(self, told: Sequence[_Told]) -> None:
        outcomes = Counter(one if isinstance(one, str) else ("unsure" if one.unsure else "answered") for one in told)
        for outcome, times in outcomes.items():
            metrics.RASA.labels(outcome=outcome).inc(times)
        failed = {outcome: times for outcome, times in outcomes.items() if outcome not in _ANSWERED}
        self.left += sum(failed.values())
        self.answered += len(told) - sum(failed.values())
        if failed:
            self._notice.tell(failed, self.why)


def stand_in(settings: Settings, patience: Patience | None = None) -> Callable[[Classifier], Classifier] | None:
    """What puts Rasa before our own classifier where ``DAOGOU_RASA_URL`` names one; one client for the whole process."""
    if settings.rasa_url is None:
        return None
    client = RasaClient(settings.rasa_url, settings.rasa_token, settings.rasa_timeout)
    return lambda builtin: RasaClassifier(client, builtin, patience=patience)


def labels_of(client: RasaClient, text: str) -> tuple[str, ...]:
    """The labels that the server names for a text: all it knows where its ranking is whole; none where it does not answer."""
    with suppress(PeerError):
        return tuple(label for label, _ in client.parse(text).ranking)
    return ()
