"""Sign, seal and open WeCom callbacks (AES-256-CBC and SHA-1); pure, shared by the channel and the sandbox.

Source: WeCom callback documentation (90930, 96238) and Tencent's own sample code; every vector of
`tests/data/vectors.json` passes. DingTalk events, encrypted Official Account messages and WeCom's
internal robots (with an empty receive id) use the same scheme.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import struct
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK: Final = 32
"""PKCS7 block in bytes; twice AES's own block, as the platform prescribes."""
HEAD: Final = 20
"""Bytes before the message: 16 random ones and a big-endian length of 4."""
LARGEST_BODY: Final = 1 << 20
"""Callback bodies above 1 MiB are refused before they are parsed."""

BAD_SIGNATURE: Final = -40001
BAD_ENVELOPE: Final = -40002
BAD_KEY: Final = -40004
BAD_RECEIVER: Final = -40005
ENCRYPT_FAILED: Final = -40006
BAD_BUFFER: Final = -40008
BAD_BASE64: Final = -40010

_KEY = re.compile(r"[0-9A-Za-z]{43}", re.ASCII)


class CryptoError(ValueError):
    """A callback that must not be believed: answer 400 or 403, never 500.

    `code` is the platform's own -40xxx number, `why` says what was wrong without showing secrets.
    """

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


class WeComCrypto:
    """One account's callback secrets: its token, its key and who must be the receiver."""

    def __init__(self, token: str, encoding_aes_key: str, receive_id: str) -> None:
        """Keep the secrets; raises CryptoError(-40004) unless the key is 43 letters or digits."""
        if not _KEY.fullmatch(encoding_aes_key):
            raise CryptoError(BAD_KEY, "the AES key must be 43 letters or digits")
        # The 43rd character may carry two bits that decode to nothing, so decoding is not strict here.
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._token = token
        self._receive_id = receive_id.encode()

    def sign(self, timestamp: str, nonce: str, ciphertext: str) -> str:
        """The signature (40 hex digits) that belongs to a sealed text."""
        return plain_signature(self._token, timestamp, nonce, ciphertext)

    def verify_url(self, signature: str, timestamp: str, nonce: str, echostr: str) -> bytes:
        """What the answer to the platform's GET must be, to the byte; raises CryptoError."""
        return self.decrypt(signature, timestamp, nonce, echostr)

    def decrypt(self, signature: str, timestamp: str, nonce: str, ciphertext: str) -> bytes:
        """The message inside a sealed text; raises CryptoError, the signature being checked first."""
        wanted = self.sign(timestamp, nonce, ciphertext).encode()
        if not hmac.compare_digest(wanted, signature.encode("utf-8", "surrogatepass")):
            raise CryptoError(BAD_SIGNATURE, "the signature does not match")
        message, receiver = _split(_unpad(self._decipher(_decode(ciphertext))))
        if not hmac.compare_digest(receiver, self._receive_id):
            raise CryptoError(BAD_RECEIVER, "the message is for another receiver")
        return message

    def encrypt(self, plaintext: bytes, timestamp: str, nonce: str, random16: bytes) -> tuple[str, str]:
        """The sealed text and its signature; `random16` is 16 bytes of chance, given by the caller."""
        if len(random16) != 16:
            raise CryptoError(ENCRYPT_FAILED, "16 random bytes are needed")
        body = random16 + struct.pack(">I", len(plaintext)) + plaintext + self._receive_id
        fill = BLOCK - len(body) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(body + bytes([fill]) * fill) + encryptor.finalize()
        ciphertext = base64.b64encode(sealed).decode()
        return ciphertext, self.sign(timestamp, nonce, ciphertext)

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def _decipher(self, sealed: bytes) -> bytes:
        decryptor = self._cipher().decryptor()
        return decryptor.update(sealed) + decryptor.finalize()


def plain_signature(*parts: str) -> str:
    """SHA-1 (the platform's choice) over sorted parts; token, timestamp, nonce for Official Accounts."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324


def encrypted_part(body: bytes) -> str:
    """The sealed text of a callback body, XML (`<Encrypt>`) or JSON (`encrypt`).

    Raises CryptoError(-40002) when it is neither, is over 1 MiB, lacks the field, or is XML with a DTD
    or entities.
    """
    if len(body) > LARGEST_BODY:
        raise CryptoError(BAD_ENVELOPE, "the body is too large")
    found = _from_json(body) if body.lstrip().startswith(b"{") else _from_xml(body)
    if not found:
        raise CryptoError(BAD_ENVELOPE, "the body holds no encrypted part")
    return found


def json_object(body: bytes) -> Mapping[str, object]:
    """The object that a body, or what was sealed in one, consists of; raises CryptoError(-40002) where it is none."""
    try:
        found: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise CryptoError(BAD_ENVELOPE, "the body is not JSON") from error
    if not isinstance(found, dict):
        raise CryptoError(BAD_ENVELOPE, "the body is no object")
    return found


def _from_json(body: bytes) -> str | None:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CryptoError(BAD_ENVELOPE, "the body is not JSON") from error
    part = found.get("encrypt") if isinstance(found, dict) else None
    return part if isinstance(part, str) else None


def _from_xml(body: bytes) -> str | None:
    path: list[str] = []
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: path.append(name)
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = lambda text: found.append(text) if path[1:] == ["Encrypt"] else None
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise CryptoError(BAD_ENVELOPE, "the body is not plain XML") from error
    return "".join(found)


def _refuse_doctype(*_: object) -> None:
    raise CryptoError(BAD_ENVELOPE, "the body declares a document type")


def _decode(ciphertext: str) -> bytes:
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CryptoError(BAD_BASE64, "the sealed text is not base64") from error
    if not sealed or len(sealed) % 16:
        raise CryptoError(BAD_BUFFER, "the sealed text is not made of whole blocks")
    return sealed


def _unpad(padded: bytes) -> bytes:
    fill = padded[-1]
    if not 1 <= fill <= BLOCK or len(padded) < fill or padded[-fill:] != bytes([fill]) * fill:
        raise CryptoError(BAD_BUFFER, "the padding is wrong")
    return padded[:-fill]


def _split(opened: bytes) -> tuple[bytes, bytes]:
    """The message and the receiver's id."""
    if len(opened) < HEAD:
        raise CryptoError(BAD_BUFFER, "the opened text is too short")
    (length,) = struct.unpack(">I", opened[16:HEAD])
    if length > len(opened) - HEAD:
        raise CryptoError(BAD_BUFFER, "the stated length is larger than the text")
    return opened[HEAD : HEAD + length], opened[HEAD + length :]
