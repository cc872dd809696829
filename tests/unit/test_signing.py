"""Signatures of the ledger: which keys may sign, and which envelopes are exactly what the ledger writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cicd.errors import UsageError
from cicd.ledger import signing

if TYPE_CHECKING:
    from collections.abc import Callable

PRIVATE, PUBLIC = signing.new_pair()


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> tuple[str, str]:
    """Return a key pair as PEM."""
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.mark.parametrize(
    "make",
    [lambda: ec.generate_private_key(ec.SECP384R1()), lambda: rsa.generate_private_key(65537, 2048)],
    ids=["another curve", "RSA"],
)
def test_keys_of_another_kind_are_refused(make: Callable[[], ec.EllipticCurvePrivateKey]) -> None:
    private, public = pem(make())
    with pytest.raises(UsageError, match=r"Key 2 of \[ledger\] keys is not an Ed25519"):
        signing.keyring([PUBLIC, public])
    with pytest.raises(UsageError, match="LEDGER_KEY is not an Ed25519"):
        signing.signer(private, signing.Keyring())


def test_only_keys_that_count_sign_and_verify() -> None:
    keys, (stranger, _) = signing.keyring([PUBLIC]), signing.new_pair()
    signer, other = signing.signer(PRIVATE, keys), signing.signer(stranger, signing.Keyring())
    assert signer
    assert other
    assert keys.verify(b"message", signer.sign(b"message"))
    assert not keys.verify(b"another message", signer.sign(b"message"))
    assert not keys.verify(b"message", other.sign(b"message")), "its key does not count"
    with pytest.raises(UsageError, match=r"is not one of \[ledger\] keys"):
        signing.signer(stranger, keys)


def test_private_key_among_the_public_ones_is_told() -> None:
    with pytest.raises(UsageError, match=r"Key 1 of \[ledger\] keys is a private key"):
        signing.keyring([PRIVATE])


def test_private_key_with_a_password_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    secret = form.BestAvailableEncryption(b"password")
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, secret).decode()
    with pytest.raises(UsageError, match="is not a private key in PEM form without a password"):
        signing.signer(private, signing.Keyring())


def test_envelope_that_the_ledger_does_not_write_is_refused() -> None:
    signer = signing.signer(PRIVATE, signing.Keyring())
    blob = signing.Envelope(b"{}").signed(signer).encode()
    assert signing.decode(blob).encode() == blob
    outer = json.loads(blob)
    signatures = outer["signatures"]
    for changed, message in (
        ({**outer, "signatures": [*signatures, *signatures]}, "its bytes are not those that the ledger writes"),
        ({**outer, "more": 1}, "its bytes are not those that the ledger writes"),
        ({**outer, "signatures": 7}, "no DSSE envelope"),
        ({**outer, "signatures": [{"keyid": "x"}]}, "no DSSE envelope"),
        ({"payload": "", "payloadType": ""}, "no DSSE envelope"),
        ([], "no DSSE envelope"),
    ):
        with pytest.raises(ValueError, match=message):
            signing.decode(json.dumps(changed).encode())
