"""What ``python -m bot.bench handover`` takes, apart so that the other benches need not load it."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--data", type=Path, help="folder of the public data; without it only our own dialogues are asked")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--only", choices=("dialogues", "helpdesk"))
    parser.add_argument("--set", type=Path, action="append", help="another file of labelled dialogues")
    parser.add_argument("--out", type=Path)
