"""A module of sentence-transformers: a text as the mean of the learnt rows of its n-grams.

It lies in the model's own folder as well, where ``SentenceTransformer(folder, trust_remote_code=True)`` finds it, and so it
imports nothing of the program. On disk a row is int8 with a factor, which numpy reads too (``bot.adapters.static``).
"""

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from safetensors.torch import save as safetensors_bytes
from sentence_transformers.base.modules import InputModule

BEGIN, END = "\x02", "\x03"
LONGEST = 400


def grams(text: str) -> list[str]:
    """Characters and all n-grams of two to four with the edges marked, of the folded text; some stand there more than once."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    plain = text.lower()[:LONGEST]
    edged = f"{BEGIN}{plain}{END}"
    size = len(edged)
    found = list(plain)
    for length in (2, 3, 4):
        found += [edged[at : at + length] for at in range(size - length + 1)]
    return found


class NgramBag(InputModule):  # type: ignore[misc]  # published without types
    """Rows of n-grams and their mean; a text without a known n-gram is a row of zeros."""

    def __init__(self, vocabulary: list[str], dimensions: int, rows: Any = None) -> None:
        """``rows`` (n-grams × dimensions) are given where they were learnt before; else they begin by chance."""
        super().__init__()
        self.vocabulary = vocabulary
        self.index = {gram: row for row, gram in enumerate(vocabulary)}
        self.bag = torch.nn.EmbeddingBag(len(vocabulary), dimensions, mode="mean")
        with torch.no_grad():
            torch.nn.init.normal_(self.bag.weight, std=0.02) if rows is None else self.bag.weight.copy_(rows)

    def ids(self, text: str) -> list[int]:
        """The rows of a text."""
        return [row for gram in grams(text) if (row := self.index.get(gram)) is not None]

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The rows of all texts end to end, and where each text begins."""
        return laid([self.ids((prompt or "") + text) for text in inputs])

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds the means."""
        features["sentence_embedding"] = self.bag(features["input_ids"], features["offsets"])
        return features

    def get_embedding_dimension(self) -> int:
        """Length of one vector."""
        return int(self.bag.embedding_dim)

    @property
    def max_seq_length(self) -> int:
        """Characters that are read."""
        return LONGEST

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Vocabulary, rows in int8, their factors, and this file."""
        folder = Path(output_path)
        rows = self.bag.weight.detach()
        scales = (rows.abs().amax(1).clamp_min(1e-6) / 127).half()
        packed = {"rows": (rows / scales.float()[:, None]).round().clamp(-127, 127).to(torch.int8), "scales": scales}
        words = json.dumps(self.vocabulary, ensure_ascii=False, separators=(",", ":")).encode()
        weights = safetensors_bytes(packed)
        digest = hashlib.blake2b(words, digest_size=12)
        digest.update(weights)
        config = {"dimensions": self.get_embedding_dimension(), "digest": digest.hexdigest()}
        (folder / "vocabulary.json").write_bytes(words)
        (folder / "model.safetensors").write_bytes(weights)
        (folder / "config.json").write_text(json.dumps(config) + "\n")
        (folder / "ngram_bag.py").write_bytes(Path(__file__).read_bytes())

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **options: Any) -> "NgramBag":
        """From a folder or the Hub."""
        asked = {key: value for key, value in options.items() if key in {"token", "cache_folder", "revision", "local_files_only"}}
        words, weights = (
            Path(cls.load_file_path(model_name_or_path, name, subfolder=subfolder, **asked))
            for name in ("vocabulary.json", "model.safetensors")
        )
        packed = load_file(weights)
        rows = packed["rows"].float() * packed["scales"].float()[:, None]
        return cls(json.loads(words.read_bytes()), rows.shape[1], rows)


def laid(bags: list[list[int]]) -> dict[str, Any]:
    """Bags end to end, with where each begins, as `NgramBag.forward` takes them."""
    starts = torch.tensor([0, *(len(bag) for bag in bags[:-1])]).cumsum(0)
    return {"input_ids": torch.tensor([row for bag in bags for row in bag], dtype=torch.long), "offsets": starts}
