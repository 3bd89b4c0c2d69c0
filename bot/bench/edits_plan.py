"""What may be asked of the bench of edits."""

import argparse
from typing import Final

SPLITS: Final = ("dev", "more", "earlier", "test")


def add_arguments(edited: argparse.ArgumentParser) -> None:
    """Which set, how much of it, how much is told."""
    edited.add_argument(
        "--split", choices=SPLITS, default="dev", help="dev, more: to look at; test: never looked at; earlier: the test of before"
    )
    edited.add_argument("--limit", type=int, help="so many edits, spread over the file")
    edited.add_argument("--messages", type=int, help="so many messages are replayed at most, spread over the file")
    edited.add_argument("--each", action="store_true", help="a line for every edit as it is done")
