"""The callback crypto opens and makes what the platforms themselves made, and believes nothing else."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom_crypto import CryptoError, WeComCrypto, encrypted_part, plain_signature

Vector = Mapping[str, str]

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "vectors.json").read_text("utf-8"))
ALL: list[Vector] = [
    v for part in ("wecom", "wechat_official_account", "dingtalk", "wecom_aibot") for v in VECTORS[part] if "encrypt" in v
]
SIGNED = [v for v in ALL if "msg_signature" in v]
PLAIN = [v for v in VECTORS["wechat_official_account"] if v["kind"] == "plain_signature"]
KEY = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
CRYPTO = WeComCrypto("token", KEY, "corp")


def crypto_of(vector: Vector) -> WeComCrypto:
    return WeComCrypto(vector.get("token", ""), vector["encoding_aes_key"], vector["receive_id"])


def random_of(vector: Vector) -> bytes:
    text = vector.get("random16_hex")
    return bytes.fromhex(text) if text else vector["random16_ascii"].encode()


def sealed(inner: bytes) -> str:
    """Any bytes of whole blocks, enciphered with the right key."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(inner) + encryptor.finalize()).decode()


def code_of(ciphertext: str, crypto: WeComCrypto = CRYPTO) -> int:
    with pytest.raises(CryptoError) as caught:
        crypto.decrypt(crypto.sign("1", "n", ciphertext), "1", "n", ciphertext)
    return caught.value.code


@pytest.mark.parametrize("vector", SIGNED, ids=lambda v: v["name"])
def test_what_the_platform_sealed_is_opened(vector: Vector) -> None:
    opened = crypto_of(vector).decrypt(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert opened == vector["plaintext"].encode()


@pytest.mark.parametrize("vector", ALL, ids=lambda v: v["name"])
def test_with_the_same_chance_we_seal_to_the_same_bytes(vector: Vector) -> None:
    ciphertext, signature = crypto_of(vector).encrypt(
        vector["plaintext"].encode(), vector.get("timestamp", ""), vector.get("nonce", ""), random_of(vector)
    )
    assert ciphertext == vector["encrypt"]
    assert signature == vector.get("msg_signature", signature)


@pytest.mark.parametrize("vector", [v for v in SIGNED if v["kind"] == "verify_url"], ids=lambda v: v["name"])
def test_the_answer_to_url_verification_is_the_bare_text(vector: Vector) -> None:
    answer = crypto_of(vector).verify_url(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert answer == vector.get("expect_response_body", vector["plaintext"]).encode()


@pytest.mark.parametrize("vector", PLAIN, ids=lambda v: v["name"])
def test_the_official_accounts_plain_signature_is_made(vector: Vector) -> None:
    assert plain_signature(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]


@pytest.mark.parametrize("vector", [v for v in ALL if "http_body" in v], ids=lambda v: v["name"])
def test_the_sealed_part_is_found_in_the_body_as_it_came(vector: Vector) -> None:
    assert encrypted_part(vector["http_body"].encode()) == vector["encrypt"]


@pytest.mark.parametrize("bad", VECTORS["invalid_keys"], ids=lambda v: v["why"])
def test_a_key_that_is_not_43_letters_or_digits_is_refused(bad: Vector) -> None:
    with pytest.raises(CryptoError) as caught:
        WeComCrypto("t", bad["encoding_aes_key"], "")
    assert caught.value.code == -40004


@pytest.mark.parametrize("vector", SIGNED, ids=lambda v: v["name"])
def test_one_flipped_digit_of_the_signature_is_enough(vector: Vector) -> None:
    first = "0" if vector["msg_signature"][0] != "0" else "1"
    with pytest.raises(CryptoError) as caught:
        crypto_of(vector).decrypt(first + vector["msg_signature"][1:], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert caught.value.code == -40001


@pytest.mark.parametrize("signature", ["", "签名", "\udcff", "0" * 40])
def test_no_signature_however_odd_is_more_than_wrong(signature: str) -> None:
    with pytest.raises(CryptoError) as caught:
        CRYPTO.decrypt(signature, "1", "n", "AAAA")
    assert caught.value.code == -40001


def test_a_message_for_somebody_else_is_refused() -> None:
    ciphertext, _ = WeComCrypto("token", KEY, "other").encrypt(b"hi", "1", "n", bytes(16))
    assert code_of(ciphertext) == -40005


def test_an_empty_receiver_matches_only_an_empty_one() -> None:
    ciphertext, signature = CRYPTO.encrypt(b"hi", "1", "n", bytes(16))
    with pytest.raises(CryptoError, match="-40005"):
        WeComCrypto("token", KEY, "").decrypt(signature, "1", "n", ciphertext)


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (bytes(31) + b"\x00", -40008),
        (bytes(31) + b"\x21", -40008),
        (bytes(30) + b"\x01\x02", -40008),
        (bytes(15) + b"\x20", -40008),
        (bytes(16) + struct.pack(">I", 99) + b"hicorp" + b"\x06" * 6, -40008),
        (bytes(16) + struct.pack(">I", 2**32 - 1) + b"hicorp" + b"\x06" * 6, -40008),
        (bytes(16) + b"\x10" * 16, -40008),
    ],
    ids=["pad 0", "pad 33", "pad unequal", "pad over text", "length over", "length huge", "short"],
)
def test_a_broken_inside_is_an_illegal_buffer(inner: bytes, code: int) -> None:
    assert code_of(sealed(inner)) == code


@pytest.mark.parametrize(
    ("ciphertext", "code"),
    [("", -40008), ("A" * 23 + "=", -40008), ("A", -40010), ("AA AA", -40010), ("中", -40010)],
)
def test_what_is_no_whole_base64_is_refused(ciphertext: str, code: int) -> None:
    assert code_of(ciphertext) == code


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>',
        b"<!DOCTYPE xml><xml><Encrypt>a</Encrypt></xml>",
        b"<xml><Encrypt>&unknown;</Encrypt></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"<xml/>",
        b"<xml>",
        b"",
        b"\xff\xfe",
        b'<?xml version="1.0" encoding="no-such"?><xml><Encrypt>a</Encrypt></xml>',
        b"{",
        b'{"encrypt": 1}',
        b"<xml><Encrypt>" + b"a" * (1 << 20) + b"</Encrypt></xml>",
    ],
)
def test_a_body_that_is_no_plain_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(CryptoError) as caught:
        encrypted_part(body)
    assert caught.value.code == -40002


def test_sealing_needs_exactly_sixteen_bytes_of_chance() -> None:
    with pytest.raises(CryptoError, match="-40006"):
        CRYPTO.encrypt(b"hi", "1", "n", b"short")


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=16), st.text(max_size=9), st.text(max_size=9))
def test_what_is_sealed_is_opened_again(message: bytes, chance: bytes, timestamp: str, nonce: str) -> None:
    ciphertext, signature = CRYPTO.encrypt(message, timestamp, nonce, chance)
    assert CRYPTO.decrypt(signature, timestamp, nonce, ciphertext) == message


@given(st.binary(max_size=160))
def test_random_bytes_are_refused_and_never_break_us(noise: bytes) -> None:
    ciphertext = base64.b64encode(noise).decode()
    assert code_of(ciphertext) in {-40005, -40008}
