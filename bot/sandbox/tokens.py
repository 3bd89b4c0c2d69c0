"""Access tokens, callback tokens and the counters of calls per minute."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Final

from bot.sandbox.errors import PlatformError
from bot.sandbox.ids import Ids
from bot.sandbox.setup import Corp

ACCESS_LIFE: Final = 7200.0
"""`expires_in` in seconds."""
NEWS_LIFE: Final = 600.0
"""A callback's token may be used for ten minutes."""
_SECRET = re.compile(r"[0-9A-Za-z_-]{16,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Access:
    """A token and when it ends, in seconds since 1970."""

    token: str
    until: float


class AccessTokens:
    """One token for the corp's app: the same one while it is valid."""

    def __init__(self, corp: Corp, ids: Ids) -> None:
        """No token is out yet."""
        self._corp = corp
        self._ids = ids
        self._current: Access | None = None
        self._ended: deque[str] = deque(maxlen=1000)

    def get(self, corpid: str, secret: str, now: float) -> Access:
        """The token for these credentials; raises PlatformError."""
        self._check(corpid, secret)
        if self._current is None or self._current.until <= now:
            self.expire()
            self._current = Access(self._ids.make("access_token", 43), now + ACCESS_LIFE)
        return self._current

    def check(self, token: str, now: float) -> None:
        """Raises PlatformError 41001, 40014 or 42001 unless the token is valid."""
        if not token:
            raise PlatformError(41001)
        current = self._current
        if current is not None and current.token == token:
            if current.until <= now:
                raise PlatformError(42001)
            return
        raise PlatformError(42001 if token in self._ended else 40014)

    def expire(self) -> None:
        """End the token that is out, before its time."""
        if self._current is not None:
            self._ended.append(self._current.token)
        self._current = None

    def _check(self, corpid: str, secret: str) -> None:
        if not corpid:
            raise PlatformError(41002)
        if not secret:
            raise PlatformError(41004)
        if corpid != self._corp.corpid:
            raise PlatformError(40013)
        if not _SECRET.fullmatch(secret):
            raise PlatformError(40091)
        if secret != self._corp.secret:
            raise PlatformError(40001)


class NewsTokens:
    """Tokens that travel in callbacks and lift the frequency limit of `sync_msg`."""

    def __init__(self, ids: Ids) -> None:
        """None is out yet."""
        self._ids = ids
        self._until: dict[str, tuple[float, str]] = {}
        self._oldest: deque[str] = deque()

    def give(self, open_kfid: str, now: float) -> str:
        """A new token for a callback about this account."""
        while self._oldest and self._until[self._oldest[0]][0] <= now:
            del self._until[self._oldest.popleft()]
        token = "ENC" + self._ids.make("news", 43)
        self._until[token] = (now + NEWS_LIFE, open_kfid)
        self._oldest.append(token)
        return token

    def check(self, token: str, open_kfid: str, now: float) -> None:
        """Raises PlatformError(95007) unless it was given for this account and is not ten minutes old."""
        until, owner = self._until.get(token, (0.0, ""))
        if until <= now or open_kfid not in {"", owner}:
            raise PlatformError(95007)


class Meter:
    """Counts per name and minute."""

    def __init__(self) -> None:
        """Nothing counted."""
        self._minute: dict[str, tuple[int, int]] = {}

    def count(self, name: str, limit: int | None, now: float) -> None:
        """Count one; raises PlatformError(45009) above `limit` in the same minute."""
        if limit is None:
            return
        minute = int(now // 60)
        last, done = self._minute.get(name, (minute, 0))
        done = done + 1 if last == minute else 1
        self._minute[name] = (minute, done)
        if done > limit:
            raise PlatformError(45009)
