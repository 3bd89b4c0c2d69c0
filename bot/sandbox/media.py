"""Uploaded media (three days), and small genuine samples for shoppers who send some."""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.sandbox.errors import PlatformError
from bot.sandbox.ids import Ids
from bot.sandbox.model import RETENTION

LARGEST: Final[Mapping[str, int]] = {
    "image": 10 << 20,
    "voice": 2 << 20,
    "video": 10 << 20,
    "file": 20 << 20,
}
"""Bytes by type of temporary media."""


@dataclass(frozen=True, slots=True)
class Media:
    """One stored file."""

    media_id: str
    kind: str
    name: str
    content_type: str
    data: bytes
    at: float


class Cupboard:
    """Files by media id, forgotten after three days."""

    def __init__(self, ids: Ids) -> None:
        """Empty."""
        self._ids = ids
        self._kept: dict[str, Media] = {}
        self._order: deque[str] = deque()

    def put(self, kind: str, name: str, content_type: str, data: bytes, now: float) -> Media:
        """Keep a file; 40058 for an unknown type or no bytes, 45002 above its size."""
        if kind not in LARGEST or not data:
            raise PlatformError(40058, "type" if kind not in LARGEST else "media")
        if len(data) > LARGEST[kind]:
            raise PlatformError(45002, "media")
        while self._order and now - self._kept[self._order[0]].at > RETENTION:
            del self._kept[self._order.popleft()]
        media = Media("MED" + self._ids.make("media", 40), kind, name, content_type, data, now)
        self._kept[media.media_id] = media
        self._order.append(media.media_id)
        return media

    def get(self, media_id: str, now: float) -> Media:
        """A file that was kept; 40007 if it never was or is older than three days."""
        media = self._kept.get(media_id)
        if media is None or now - media.at > RETENTION:
            raise PlatformError(40007)
        return media

    def sample(self, kind: str, now: float) -> Media:
        """A small file of this type, as if a shopper had sent it."""
        name, content_type, data = _SAMPLES[kind]
        return self.put(kind, name, content_type, data, now)


def _png(side: int) -> bytes:
    """A square picture with a warm gradient."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = range(side)
    pixels = b"".join(b"\x00" + bytes(value for x in row for value in (250, 225 - x // 2, 190 - y // 2)) for y in row)
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


_SAMPLES: Final[Mapping[str, tuple[str, str, bytes]]] = {
    "image": ("照片.png", "image/png", _png(160)),
    # A second of silence: 50 AMR frames without data.
    "voice": ("语音.amr", "audio/amr", b"#!AMR\n" + b"\x7c" * 50),
    "video": ("视频.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"),
    "file": ("订单截图说明.txt", "text/plain", "订单号 20260101001，尺码 42".encode()),
}
