"""Runs the program as people do: in a process of its own, with an environment of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What came of it."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """The output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of ours from outside, and the plainest locale there is."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("DAOGOU_")}
    told = {"DAOGOU_HOME": str(home), "LC_ALL": "C", "PYTHONUTF8": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **told, **more}


def daogou(home: Path, *args: str, stdin: bytes = b"", **env: str) -> Ran:
    """Run one command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *args],
        input=stdin,
        capture_output=True,
        cwd=CHECKOUT,
        env=environment(home, **env),
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def lines(*values: object) -> bytes:
    """JSON Lines; what is bytes already stands as it is."""
    return b"".join((one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()) + b"\n" for one in values)


def write(folder: Path, files: dict[str, str]) -> Path:
    """A workspace on disk."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def started(home: Path, args: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A command that goes on, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
        env=environment(home),
    )
