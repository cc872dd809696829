"""Signatures: DSSE envelopes, signers and verifiers.

A signer signs bytes and names its key; a verifier decides whose signatures count. Both protocols are implemented with
key pairs (Ed25519 or ECDSA P-256). The package cryptography is imported only where a signature is made or checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cicd import variables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
    PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

KEY = variables.LEDGER_KEY
PAYLOAD = "application/vnd.in-toto+json"
KINDS = "an Ed25519 or an ECDSA P-256 key"


@dataclass(frozen=True)
class Signature:
    """A signature, and the id of the key that made it."""

    keyid: str
    value: bytes


class Signer(Protocol):
    """Signs messages, and names its key in the signature."""

    def sign(self, message: bytes) -> Signature:
        """Return the signature of `message`."""


class Verifier(Protocol):
    """Decides whose signatures count."""

    @property
    def keyids(self) -> Sequence[str]:
        """The ids of the keys that count, oldest first."""

    def verify(self, message: bytes, signature: Signature) -> bool:
        """Return whether a key that counts made this signature of `message`."""


@dataclass(frozen=True)
class Envelope:
    """A DSSE envelope with one signature or none."""

    payload: bytes
    signature: Signature | None = None

    @property
    def message(self) -> bytes:
        """The bytes to sign: DSSE's pre-authentication encoding of the payload."""
        return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(self.payload), self.payload)

    def signed(self, signer: Signer | None) -> Envelope:
        """Return the envelope with the signer's signature; without a signer, the envelope itself."""
        return Envelope(self.payload, signer.sign(self.message)) if signer else self

    def encode(self) -> bytes:
        """Return the bytes that the ledger stores; equal envelopes give equal bytes."""
        signature = self.signature
        signatures = [{"keyid": signature.keyid, "sig": _base64(signature.value)}] if signature else []
        outer = {"payloadType": PAYLOAD, "payload": _base64(self.payload), "signatures": signatures}
        return json.dumps(outer).encode()


def decode(blob: bytes) -> Envelope:
    """Return the envelope that is stored as `blob`, which must be exactly what `Envelope.encode` writes.

    Raises:
        ValueError: `blob` is not an envelope, or differs from the encoded envelope in any byte.

    """
    try:
        outer = json.loads(blob)
        signatures = [Signature(str(each["keyid"]), base64.b64decode(each["sig"])) for each in outer["signatures"]]
        envelope = Envelope(base64.b64decode(outer["payload"]), *signatures[:1])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no DSSE envelope: {error!r}") from error
    if envelope.encode() != blob:
        raise ValueError("its bytes are not those that the ledger writes for this DSSE envelope")
    return envelope


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@dataclass(frozen=True)
class KeySigner:
    """Signs with a private key."""

    key: PrivateKey

    @property
    def public(self) -> str:
        """The public key, as PEM."""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 -- slow to import

        public = self.key.public_key()
        return public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def keyid(self) -> str:
        """The id of the public key; see `keyid_of`."""
        return keyid_of(self.key.public_key())

    def sign(self, message: bytes) -> Signature:
        """See `Signer.sign`."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 -- slow to import
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return Signature(self.keyid, self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return Signature(self.keyid, self.key.sign(message))


@dataclass(frozen=True)
class Keyring:
    """The public keys that count, by their id, oldest first. After a newer key has signed, no older key may sign."""

    keys: Mapping[str, PublicKey] = field(default_factory=dict)

    @property
    def keyids(self) -> Sequence[str]:
        """See `Verifier.keyids`."""
        return [*self.keys]

    def verify(self, message: bytes, signature: Signature) -> bool:
        """See `Verifier.verify`."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- slow to import
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = self.keys.get(signature.keyid)
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature.value, message, ec.ECDSA(hashes.SHA256()))
            elif key:
                key.verify(signature.value, message)
        except InvalidSignature:
            return False
        return key is not None


def keyid_of(key: PublicKey) -> str:
    """Return the SHA-256 of the public key in DER form: `openssl pkey -pubin -in KEY -outform DER | sha256sum`."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 -- slow to import

    return hashlib.sha256(key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def keyring(keys: Sequence[str]) -> Keyring:
    """Return the keyring of public keys in PEM form.

    Raises:
        UsageError: a key is not a public key, or neither Ed25519 nor ECDSA P-256.

    """
    if not keys:
        return Keyring()
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415 -- slow to import
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    public_keys: dict[str, PublicKey] = {}
    for number, text in enumerate(keys, start=1):
        if "PRIVATE" in text:
            raise UsageError(
                f"Key {number} of [ledger] keys is a private key: everybody who can read the repository has it now.",
                "Never use that key again. Make a new pair with ml-cicd keys, and name its public key.",
            )
        try:
            key = load_pem_public_key(text.encode())
        except ValueError as error:
            raise UsageError(f"Key {number} of [ledger] keys is not a public key in PEM form.", _MAKE) from error
        if not isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey) or not _usable(key):
            raise UsageError(f"Key {number} of [ledger] keys is not {KINDS}.", _MAKE)
        public_keys[keyid_of(key)] = key
    return Keyring(public_keys)


_MAKE = "Make a pair with: ml-cicd keys"


def _usable(key: object) -> bool:
    return getattr(getattr(key, "curve", None), "name", "secp256r1") == "secp256r1"


def signer(text: str, verifier: Verifier) -> Signer | None:
    """Return a signer with the private key `text` (PEM); None for an empty text when no signatures count.

    Raises:
        UsageError: there is no key although signatures count, or the key is not one that counts.

    """
    if not text.strip():
        if verifier.keyids:
            raise UsageError(
                f"The ledger is signed, and this process has no key to sign with: {KEY} is not set.",
                f"In a job, pass the secret {KEY} of the environment `ledger`. By hand, start the workflow instead.",
            )
        return None
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415 -- slow to import
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise UsageError(f"{KEY} is not a private key in PEM form without a password.", _MAKE) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) or not _usable(key):
        raise UsageError(f"{KEY} is not {KINDS}.", _MAKE)
    key_signer = KeySigner(key)
    if verifier.keyids and key_signer.keyid not in verifier.keyids:
        raise UsageError(
            f"The key in {KEY} ({key_signer.keyid[:12]}) is not one of [ledger] keys in ml-cicd.toml on main.",
            f"Add its public key there first, or correct the secret {KEY}.",
        )
    return key_signer


def new_pair() -> tuple[str, str]:
    """Return a new Ed25519 key pair as PEM: the private key and the public key."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 -- slow to import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
    return private, KeySigner(key).public
