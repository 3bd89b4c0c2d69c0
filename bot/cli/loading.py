"""What commands load: settings, the workspace, and the rooms, each only where it is needed."""

import threading
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.encoder import Encoder
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.cli.progress import bar
from bot.content import OWN, Workspace, build, read_folder
from bot.services import Services
from bot.settings import Settings


def settings() -> Settings:
    """The environment; raises SettingsError for a misspelt name."""
    return Settings.from_environment()


def folder(args: Namespace, told: Settings) -> Path:
    """Which workspace: the argument, else the environment, else the demo brand."""
    found: Path | None = args.workspace or told.workspace
    return OWN if found is None else found


def workspace(args: Namespace, told: Settings) -> Workspace:
    """The workspace of a command; what was found sound before is not looked at as closely again. Raises ContentError."""
    return read_folder(folder(args, told), SeenSound(told.home, OWN))


def ready(told: Settings) -> tuple[Encoder, ModelStore, Callable[[], None]]:
    """Encoder and models, and a function that waits until the encoder is loaded, which begins now.

    Its weights are unpacked in a thread: half of that work leaves the interpreter to others.
    """
    encoder = Encoder(home=told.home)
    thread = threading.Thread(target=encoder.load, daemon=True)
    thread.start()
    load_segmenter(told.home)
    return encoder, ModelStore(told.home), thread.join


def services(args: Namespace) -> Services:
    """All rooms of the command's workspace."""
    told = settings()
    content = workspace(args, told)
    encoder, models, wait = ready(told)
    with bar() as progress:
        built = build(content, encoder, models, progress)
    wait()
    return built


def now() -> datetime:
    """The present moment, with zone."""
    return SystemClock().now()
