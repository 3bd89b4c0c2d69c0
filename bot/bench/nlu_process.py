"""Our recognizer with one encoder, alone in a process that can be held to one core and measured.

Prints ``ready`` as soon as it can answer; then reads ``{"texts", "seconds"}`` (one line of JSON) from its input, walks over the
texts, and prints `Inside`'s fields, ``resident`` (MB after the walks) and ``loaded`` (MB when it became ready).
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson
import psutil  # type: ignore[import-untyped]

from bot.adapters.encoder import one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.moods import shipped
from bot.adapters.segmenter import load_segmenter
from bot.bench.nlu_plan import NONE
from bot.bench.peer_process import measured
from bot.content import OWN, gazetteer, read_folder, warmer
from bot.settings import Settings
from intents import LinearModel, Recognizer


def main(words: list[str] | None = None) -> int:
    """0 when everything was told."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.nlu_process", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--encoder", default=NONE)
    parser.add_argument("--workspace", type=Path, default=OWN)
    args = parser.parse_args(words)
    one_thread()
    home = Settings.from_environment().home
    load_segmenter(home)
    encoder = None if args.encoder == NONE else encoder_of(args.encoder, home)
    model = LinearModel.loads(args.model.read_bytes(), encoder)
    understand = Recognizer.of(model, gazetteer(read_folder(args.workspace)), encoder, shipped())
    understand.recognize("在吗")
    loaded = _resident()
    _tell(b"ready")
    told = orjson.loads(sys.stdin.buffer.readline())
    found = measured(understand, warmer(encoder, understand.gazetteer) if encoder else _nothing, told["texts"], told["seconds"])
    _tell(orjson.dumps({**asdict(found), "resident": _resident(), "loaded": loaded}))
    return 0


def _nothing(texts: Sequence[str]) -> None:
    """Without vectors nothing can be made ready."""
    del texts


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def _tell(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
