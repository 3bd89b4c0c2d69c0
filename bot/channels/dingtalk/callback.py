"""DingTalk's callbacks: messages to the robot (signed by their headers) and sealed events of the application (PROTOCOLS §5.2)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.dingtalk.client import DingTalkClient
from bot.channels.wecom_crypto import BAD_RECEIVER, BAD_SIGNATURE, CryptoError, WeComCrypto, json_object
from bot.settings_rooms import DingTalkAccount

SKEW = timedelta(hours=1)
"""A signature made longer ago, or further in the future, is not believed."""
EMPTY: Mapping[str, object] = {"msgtype": "empty"}
"""The answer to a message that is answered later."""


def robot_signature(timestamp: str, app_secret: str) -> str:
    """``sign`` of a message to a robot: Base64 of HMAC-SHA256 over time and secret. It does not cover the body."""
    words = f"{timestamp}\n{app_secret}".encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.new(app_secret.encode(), words, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Query:
    """What stands beside a sealed event."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class DingTalkDoor:
    """One account's way in."""

    account: DingTalkAccount
    client: DingTalkClient
    receivers: Sequence[WeComCrypto] = ()
    """For each id to which events may be sealed (the application's, the corporation's); none where no events are expected."""

    @classmethod
    def of(cls, account: DingTalkAccount, client: DingTalkClient) -> "DingTalkDoor":
        """The door of an account."""
        token, key = account.token.get_secret_value(), account.aes_key.get_secret_value()
        ids = [one for one in (account.app_key, account.corp_id) if one] if key else []
        return cls(account, client, [WeComCrypto(token, key, one) for one in ids])

    def message(self, body: bytes, timestamp: str, sign: str, now: datetime) -> Mapping[str, object]:
        """A message to the robot; raises CryptoError where it is not the platform's or cannot be read."""
        wanted = robot_signature(timestamp, self.account.app_secret.get_secret_value())
        if not hmac.compare_digest(wanted.encode(), sign.encode("utf-8", "surrogatepass")):
            raise CryptoError(BAD_SIGNATURE, "the signature does not match")
        made = int(timestamp) / 1000 if timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15 else 0.0
        if abs(now.timestamp() - made) > SKEW.total_seconds():
            raise CryptoError(BAD_SIGNATURE, "the signature is too old")
        told = json_object(body)
        if told.get("robotCode") not in (None, "", self.account.robot):
            raise CryptoError(BAD_RECEIVER, "the message is for another robot")
        return told

    def event(self, ciphertext: str, query: Query) -> tuple[Mapping[str, object], bytes, WeComCrypto]:
        """A sealed event, its bytes, and what its answer must be sealed with; raises CryptoError."""
        refusal = CryptoError(BAD_RECEIVER, "this account expects no events")
        for crypto in self.receivers:
            try:
                inside = crypto.decrypt(query.signature, query.timestamp, query.nonce, ciphertext)
            except CryptoError as error:
                if error.code != BAD_RECEIVER:
                    raise
                refusal = error
            else:
                return json_object(inside), inside, crypto
        raise refusal


def thanks(crypto: WeComCrypto, now: datetime, nonce: str) -> Mapping[str, str]:
    """The sealed ``success`` that an event must be answered with; ``nonce`` is chance, given by the caller."""
    timestamp = str(int(now.timestamp() * 1000))
    chance = hashlib.blake2b(nonce.encode(), digest_size=16).digest()
    sealed, signature = crypto.encrypt(b"success", timestamp, nonce, chance)
    return {"msg_signature": signature, "timeStamp": timestamp, "nonce": nonce, "encrypt": sealed}
