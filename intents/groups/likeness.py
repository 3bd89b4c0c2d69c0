"""How alike two remarks are in content: shared characters and pairs of characters, the empty words of questions left out."""

import base64
import binascii
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_EMPTY = re.compile(
    r"同问|同求|我也想(?:问|知道)?|也想(?:问|知道)|楼上|那个|这个|那款|这款|请问|请教|想问|问一?下|有没有|能不能|可不可以|是不是|会不会|什么|怎么|多少|还有|可以|"
    r"你们|你家|我家|我们|大家|有人|知道|一下|一个|现在|今天|的话|[的了吗么呢吧啊呀哦嘛哈啦诶喔哇咧我你他她它也还都就是有没不要能会在和跟与及这那个给把被让很太好啥咋哪几吗上下来去到说问想请再又]|"
    r"\[[^\[\]]{1,8}\]"
)
_PIECE = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]", re.IGNORECASE)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Single pieces of content (characters, Latin words and numbers), and neighbouring pairs of them."""
    runs = _EMPTY.split(text.casefold())
    single: set[str] = set()
    pairs: set[str] = set()
    for run in runs:
        pieces = _PIECE.findall(run or "")
        single |= set(pieces)
        pairs |= {a + b for a, b in pairwise(pieces)}
    return frozenset(single), frozenset(pairs)


def likeness(one: str, other: str) -> tuple[float, float]:
    """(single pieces, pairs) that both share, as a share of the shorter one's, 0…1."""
    a, b = words(one), words(other)
    return _share(a[0], b[0]), _share(a[1], b[1])


def shared_slots(one: Sequence[str], other: Sequence[str]) -> int:
    """How many values of slots two remarks share."""
    return len(set(one) & set(other))


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    least = min(len(a), len(b))
    return len(a & b) / least if least else 0.0


def packed(vector: NDArray[np.float32] | None) -> str:
    """A vector of length one as text, in 255 steps; empty for none."""
    if vector is None or not len(vector):
        return ""
    return base64.b64encode(np.clip(np.round(vector * 127), -127, 127).astype(np.int8).tobytes()).decode()


@lru_cache(maxsize=4096)
def unpacked(text: str) -> NDArray[np.float32] | None:
    """The vector again; None for what is none."""
    try:
        return (np.frombuffer(base64.b64decode(text, validate=True), np.int8) / 127).astype(np.float32) if text else None
    except (ValueError, binascii.Error):
        return None


def closeness(one: NDArray[np.float32] | None, other: str) -> float:
    """Cosine of a vector and a packed one; 0 where either is missing."""
    two = unpacked(other)
    if one is None or two is None or one.shape != two.shape:
        return 0.0
    return float(one @ two)
