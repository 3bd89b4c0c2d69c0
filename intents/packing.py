"""Arrays, with a head of plain values before them, as one block of bytes: npz with JSON inside, no pickle."""

import io
import json
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BROKEN = (
    KeyError,
    OSError,
    EOFError,
    TypeError,
    AttributeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,
    tokenize.TokenError,
)
"""What `unpacked`, and taking apart what it gives, raises of bytes that are no such block; besides ValueError.

The last two come from NumPy, which reads the head of an array as Python (`numpy.lib.format`).
"""


def packed(head: Mapping[str, object], **arrays: NDArray[Any]) -> bytes:
    """The block."""
    buffer = io.BytesIO()
    told = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(buffer, allow_pickle=False, head=told, **arrays)
    return buffer.getvalue()


def unpacked(data: bytes) -> tuple[Any, dict[str, NDArray[Any]]]:
    """The head as JSON holds it, and all arrays by name; see `BROKEN`."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes().decode())
        return head, {name: arrays[name] for name in arrays.files if name != "head"}
