"""What commands load: settings, the workspace, and the rooms, each only where it is needed."""

import threading
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.cli.progress import bar
from bot.cli.telling import complain
from bot.content import OWN, Workspace, build, lesson_of, read_folder
from bot.errors import SettingsError
from bot.services import Services
from bot.settings import Settings


def settings(args: Namespace | None = None) -> Settings:
    """The environment, and what the command's arguments put in its place; raises SettingsError for a misspelt name."""
    told = Settings.from_environment()
    encoder: str | None = getattr(args, "encoder", None)
    return told.model_copy(update={"encoder": encoder}) if encoder else told


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

    Raises:
        SettingsError: the encoder that was chosen is not installed; the waiting raises it where it cannot be loaded.
    """
    encoder = encoder_of(told.encoder, told.home)
    thread = threading.Thread(target=_load, args=(encoder,), daemon=True)
    thread.start()

    def wait() -> None:
        thread.join()
        encoder.load()

    load_segmenter(told.home)
    return encoder, ModelStore(told.home), wait


def _load(encoder: Encoder) -> None:
    """Whoever needs the encoder next meets the same fault again, where it can be told."""
    with suppress(SettingsError):
        encoder.load()


def services(args: Namespace) -> Services:
    """All rooms of the command's workspace."""
    told = settings(args)
    content = workspace(args, told)
    encoder, models, wait = ready(told)
    from bot.peers.rasa import QUIET, stand_in  # noqa: PLC0415  (a filter never needs it)

    with bar() as progress:
        built = build(content, encoder, models, progress, stand_in(told, QUIET))
    wait()
    lesson = lesson_of(content)
    if models.standings.of(lesson.line).refused.get(lesson.fingerprint(encoder)):
        complain("注意：这些例句训练的模型没有生效，现在回答的是原来的模型；原因见 daogou train")
    return built


def now() -> datetime:
    """The present moment, with zone."""
    return SystemClock().now()
