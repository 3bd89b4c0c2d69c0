"""Feishu's callbacks: believed only when signed or when they know the token (PROTOCOLS §5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels import fields
from bot.channels.feishu import crypto
from bot.channels.feishu.people import Directory
from bot.channels.wecom_crypto import BAD_ENVELOPE, BAD_RECEIVER, BAD_SIGNATURE, CryptoError, json_object
from bot.settings_rooms import FeishuAccount

VERIFICATION = "url_verification"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the headers of a callback say."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class FeishuDoor:
    """One account's way in."""

    account: FeishuAccount
    directory: Directory

    def opened(self, body: bytes, signed: Signed) -> Mapping[str, object]:
        """The event inside a callback.

        With an encrypt key the signature over the raw bytes is checked first; only the trial of the URL comes unsigned, sealed
        with the same key. Without one the verification token stands for the signature.

        Raises:
            CryptoError: it is not the platform's, or cannot be read.
        """
        key = self.account.encrypt_key.get_secret_value()
        if not key:
            return self._known(json_object(body))
        genuine = bool(signed.signature) and crypto.genuine(signed.signature, signed.timestamp, signed.nonce, key, body)
        if signed.signature and not genuine:
            raise CryptoError(BAD_SIGNATURE, "the signature does not match")
        sealed = json_object(body).get("encrypt")
        if not isinstance(sealed, str):
            raise CryptoError(BAD_ENVELOPE, "the body holds no encrypted part")
        told = self._known(json_object(crypto.opened(key, sealed)))
        if not genuine and told.get("type") != VERIFICATION:
            raise CryptoError(BAD_SIGNATURE, "an event without its signature")
        return told

    def _known(self, told: Mapping[str, object]) -> Mapping[str, object]:
        header = fields.mapping(told.get("header"))
        token = header.get("token") if header else told.get("token")
        if not crypto.same(fields.words(token), self.account.verification_token.get_secret_value()):
            raise CryptoError(BAD_SIGNATURE, "the verification token does not match")
        app = header.get("app_id")
        if app is not None and app != self.account.app_id:
            raise CryptoError(BAD_RECEIVER, "the event is for another application")
        return told
