"""The callbacks of an aibot and what may stand in their answers (PROTOCOLS §3.9): WeCom's scheme with an empty receiver."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from bot.channels.wecom_crypto import WeComCrypto
from bot.settings_rooms import AibotAccount


@dataclass(frozen=True, slots=True)
class AibotDoor:
    """One account's way in."""

    account: AibotAccount
    crypto: WeComCrypto

    @classmethod
    def of(cls, account: AibotAccount) -> "AibotDoor":
        """The door of an account."""
        return cls(account, WeComCrypto(account.token.get_secret_value(), account.aes_key.get_secret_value(), ""))

    def sealed(self, answer: Mapping[str, object], now: datetime, nonce: str) -> bytes:
        """An answer in its envelope; ``nonce`` is chance, given by the caller."""
        timestamp = int(now.timestamp())
        chance = hashlib.blake2b(nonce.encode(), digest_size=16).digest()
        ciphertext, signature = self.crypto.encrypt(orjson.dumps(answer), str(timestamp), nonce, chance)
        return orjson.dumps({"encrypt": ciphertext, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce})


def stream(number: str, content: str, *, finish: bool) -> Mapping[str, object]:
    """One state of an answer that grows; ``content`` is the whole of it and replaces what was shown."""
    return {"msgtype": "stream", "stream": {"id": number, "finish": finish, "content": content}}
