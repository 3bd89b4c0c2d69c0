"""``sentence-transformers``: any model of that library, by name or folder, on the CPU or a GPU.

Reimers & Gurevych 2019, Sentence-BERT (EMNLP). Code that a model on the Hub brings along is not run.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.adapters.encoder import Vectors
from bot.errors import SettingsError

_PROBE = ("两百以内的面霜", "寶寶6個月奶粉ＡＢ😊", "does it fit 50ml?")
"""What another tokenizer or another limit of length would cut otherwise."""


def place_of(model: str) -> str:
    """A folder's full path, or the name as it was; raises SettingsError for a path where nothing is."""
    path = Path(model).expanduser()
    if path.is_dir():
        return str(path.resolve())
    if model.startswith(("/", ".", "~")) or model.count("/") > 1:
        raise SettingsError(f"DAOGOU_ENCODER 里的模型文件夹 {model} 不存在")
    return model


class SentenceTransformers:
    """The engine of ``sentence-transformers``; its name and dimensions are the loaded model's."""

    def __init__(self, place: str, device: str = "cpu", batch: int = 32) -> None:
        """``place`` is a folder or a name on the Hub; ``batch`` texts go through the model at once."""
        self._place = place
        self._device = device
        self._batch = batch
        self._lock = threading.Lock()
        self._loaded: tuple[Any, str, int] | None = None

    @property
    def name(self) -> str:
        """By what the model computes with, so that one that was trained further in the same folder is another."""
        return self._ready()[1]

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._ready()[2]

    def load(self) -> None:
        """Read the model; raises SettingsError where there is none that can be used here."""
        self._ready()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text; a model that has a prompt for queries gets it, as both sides of our comparisons are short texts."""
        return _rows(self._ready()[0], texts, self._batch)

    def _ready(self) -> tuple[Any, str, int]:
        with self._lock:
            if self._loaded is None:
                model = _model(self._place, self._device)
                name = f"sentence-transformers-{_fingerprint(model)}"
                self._loaded = (model, name, int(_rows(model, _PROBE, self._batch).shape[1]))
            return self._loaded


def _model(place: str, device: str) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # one thread a process, as for everything else
    try:
        import torch  # noqa: PLC0415  (seconds and hundreds of megabytes: only where it was chosen)
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"编码器 sentence-transformers 装载不了：{error}") from error
    if device != "cpu" and not _has(torch, device):
        raise SettingsError(f"DAOGOU_ENCODER 要用显卡 {device}，这台机器上没有，或者装的 torch 用不了它；可以写 device=cpu")
    logging.disable_progress_bar()
    try:
        return SentenceTransformer(place, device=device, trust_remote_code=False).eval()
    except Exception as error:  # each part of the libraries has faults of its own kind
        told = str(error).strip().partition("\n")[0][:200]
        raise SettingsError(f"DAOGOU_ENCODER 里的模型 {place} 读不出来：{told}") from error


def _has(torch: Any, device: str) -> bool:
    number = int(device.partition(":")[2] or 0)
    return bool(torch.cuda.is_available()) and number < int(torch.cuda.device_count())


def _rows(model: Any, texts: Sequence[str], batch: int) -> Vectors:
    prompt = "query" if model.prompts.get("query") else model.default_prompt_name
    rows = model.encode_query(
        list(texts), prompt_name=prompt, batch_size=batch, normalize_embeddings=True, show_progress_bar=False
    )
    return np.asarray(rows, np.float32)


def _fingerprint(model: Any) -> str:
    """Of the weights, of how the parts are set, of the prompts, and of how texts are cut."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(f"{model}{json.dumps([model.prompts, model.default_prompt_name], sort_keys=True)}".encode())
    for name, data in _weights(model.state_dict()):
        digest.update(name.encode())
        digest.update(data)
    cut = model.preprocess if hasattr(model, "preprocess") else model.tokenize
    for name, part in sorted(cut(list(_PROBE)).items()):
        digest.update(f"{name}{part.tolist() if hasattr(part, 'tolist') else part}".encode())
    return digest.hexdigest()


def _weights(parts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each tensor as its bytes, whatever its kind of numbers."""
    import torch  # noqa: PLC0415

    for name, tensor in sorted(parts.items()):
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        yield f"{name}{tensor.dtype}{tuple(tensor.shape)}", flat.view(torch.uint8).numpy()
