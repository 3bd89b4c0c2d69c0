"""What the simulated platform refuses, with WeCom's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MEANINGS: Final[Mapping[int, str]] = {
    -1: "system busy",
    40001: "invalid credential",
    40003: "invalid userid",
    40007: "invalid media_id",
    40008: "invalid msgtype",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40056: "invalid agentid",
    40058: "invalid parameter",
    40068: "invalid tagid",
    40091: "invalid secret",
    40096: "invalid external userid",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "secret missing",
    42001: "access_token expired",
    45002: "content size out of limit",
    45009: "api freq out of limit",
    48002: "api forbidden",
    49008: "chat dismissed",
    60111: "invalid userid",
    81017: "too many group chats, owner_filter needed",
    81013: "user & party & tag all invalid",
    82001: "touser & toparty & totag all empty",
    84061: "not external contact relation",
    90501: "not external group chat",
    93000: "invalid webhook url",
    93004: "robot disabled",
    95000: "invalid open_kfid",
    95001: "send msg count limit",
    95002: "send msg time limit",
    95004: "open_kfid not granted to this app",
    95007: "invalid msgtoken",
    95008: "too many menu items",
    95009: "invalid menu item type",
    95013: "conversation end",
    95014: "user is not servicer",
    95016: "not allow state trans",
    95018: "send msg session status invalid",
    95019: "servicer stopped or suspended",
}
"""The error codes that the sandbox knows (crawl of the platform's list, 2024-04)."""


class PlatformError(Exception):
    """An API call is refused: HTTP 200 with `errcode` and `errmsg`, as the platform does it."""

    def __init__(self, code: int, hint: str = "sandbox") -> None:
        super().__init__(f"{code} {MEANINGS[code]}: {hint}")
        self.code = code
        self.message = f"{MEANINGS[code]}, hint: [{hint}]"


class ActRefusedError(ValueError):
    """Somebody at the sandbox's page or control API asks for what WeChat would not let them do."""
