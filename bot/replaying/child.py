"""``python -m bot.replaying.child``: a replay in a process of its own, so that the console goes on answering.

One JSON document on stdin (`Job`), JSON Lines on stdout: ``{"done", "total", "what"}`` at least every second while there is
something to tell, then ``{"report"}`` or ``{"error"}``. It touches neither database nor network.
"""

import base64
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from bot.adapters.encoder import one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content import OWN
from bot.db.recorded import Recorded
from bot.errors import AssistantError, ContentError
from bot.replaying.pairing import paired
from bot.replaying.running import replayed

_NICE = 10
"""How much a replay stands back beside the processes that serve."""
_RECORDED = TypeAdapter(tuple[Recorded, ...])


@dataclass(frozen=True, slots=True)
class Job:
    """What a process of its own is told."""

    home: str
    encoder: str
    """As ``DAOGOU_ENCODER`` has it."""
    live: Mapping[str, bytes]
    draft: Mapping[str, bytes]
    recorded: Sequence[Recorded]
    now: datetime
    own_time: bool = False

    def dumps(self) -> bytes:
        """For stdin; of the draft only what differs from the live content."""
        gone = [path for path in self.live if path not in self.draft]
        changed = {path: data for path, data in self.draft.items() if self.live.get(path) != data}
        told = {
            "home": self.home,
            "encoder": self.encoder,
            "live": _packed(self.live),
            "changed": _packed(changed),
            "gone": gone,
            "recorded": [asdict(one) for one in self.recorded],
            "now": self.now,
            "own_time": self.own_time,
        }
        return orjson.dumps(told)

    @classmethod
    def loads(cls, data: bytes) -> "Job":
        """From stdin."""
        told = orjson.loads(data)
        live, changed = _unpacked(told["live"]), _unpacked(told["changed"])
        draft = {path: body for path, body in {**live, **changed}.items() if path not in told["gone"]}
        recorded = _RECORDED.validate_python(told["recorded"])
        now = datetime.fromisoformat(told["now"])
        return cls(told["home"], told["encoder"], live, draft, recorded, now, told["own_time"])


def _packed(files: Mapping[str, bytes]) -> Mapping[str, str]:
    return {path: base64.b64encode(data).decode() for path, data in files.items()}


def _unpacked(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: base64.b64decode(data) for path, data in files.items()}


def _tell(**told: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE, default=str))
    sys.stdout.buffer.flush()


def _done(job: Job) -> None:
    home = Path(job.home)
    load_segmenter(home)
    encoder = encoder_of(job.encoder, home)
    encoder.load()

    def building(what: str, done: int, total: int) -> None:
        _tell(what=what, done=done, total=total)

    pair = paired(job.live, job.draft, encoder, ModelStore(home), building, SeenSound(home, OWN))
    report = replayed(
        pair, job.recorded, job.now, told=lambda done, total: _tell(what="重放", done=done, total=total), own_time=job.own_time
    )
    _tell(report=report.json())


def main() -> int:
    """The process of its own."""
    job = Job.loads(sys.stdin.buffer.read())
    with suppress(OSError):
        os.nice(_NICE)
    one_thread()
    try:
        _done(job)
    except ContentError as error:
        _tell(error="\n".join(map(str, error.problems)))
    except (AssistantError, ValueError) as error:
        _tell(error=str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
