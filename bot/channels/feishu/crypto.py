"""Feishu's sealed and signed events (PROTOCOLS §5.1): AES-256-CBC under the key's SHA-256, PKCS7 by 16."""

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.wecom_crypto import BAD_BASE64, BAD_BUFFER, CryptoError

_BLOCK = 16


def signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """``X-Lark-Signature``: 64 hex digits over time, nonce, key and the raw bytes of the body."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode("utf-8", "surrogatepass") + body).hexdigest()


def genuine(told: str, timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> bool:
    """Whether the signature belongs to the body; compared in constant time."""
    wanted = signature(timestamp, nonce, encrypt_key, body)
    return hmac.compare_digest(wanted.encode(), told.encode("utf-8", "surrogatepass"))


def same(told: str, known: str) -> bool:
    """Whether two secrets are the same; compared in constant time."""
    return hmac.compare_digest(told.encode("utf-8", "surrogatepass"), known.encode())


def opened(encrypt_key: str, sealed: str) -> bytes:
    """The text inside; raises CryptoError for anything that was not sealed with the key (its signature is checked elsewhere)."""
    try:
        data = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CryptoError(BAD_BASE64, "the sealed text is not base64") from error
    if len(data) < 2 * _BLOCK or len(data) % _BLOCK:
        raise CryptoError(BAD_BUFFER, "the sealed text is not made of whole blocks")
    decryptor = _cipher(encrypt_key, data[:_BLOCK]).decryptor()
    padded = decryptor.update(data[_BLOCK:]) + decryptor.finalize()
    fill = padded[-1]
    if not 1 <= fill <= _BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise CryptoError(BAD_BUFFER, "the padding is wrong")
    return padded[:-fill]


def sealed(encrypt_key: str, text: bytes, iv: bytes) -> str:
    """``text`` as the platform seals it; ``iv`` is 16 bytes of chance, given by the caller."""
    fill = _BLOCK - len(text) % _BLOCK
    encryptor = _cipher(encrypt_key, iv).encryptor()
    return base64.b64encode(iv + encryptor.update(text + bytes([fill]) * fill) + encryptor.finalize()).decode()


def _cipher(encrypt_key: str, iv: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(hashlib.sha256(encrypt_key.encode()).digest()), modes.CBC(iv))
