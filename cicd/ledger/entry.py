"""An entry of the ledger as dataclasses, and as the in-toto statement in which it is stored."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from cicd.errors import RefusedError
from cicd.ledger import signing
from cicd.oci.reference import PATTERN, ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.ledger.signing import Signer

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:ml-cicd:ledger:v1"

Action = Literal["deploy", "rollback", "approve"]
Result = Literal["passed", "failed", "approved"]
Trust = Literal["signed", "unsigned", "unchecked"]
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Basis:
    """A reference to an entry: to the one that accepted a release, or to the one before."""

    environment: str
    number: int
    sha256: str

    @property
    def name(self) -> str:
        """The reference as labels hold it: `production/2@<sha256>`."""
        return f"{self.environment}/{self.number}@{self.sha256}"


@dataclass(frozen=True)
class Deployment:
    """A deployment to an environment and its result, or an approval of a release for it and the reason.

    Images are `repository@sha256:digest`, times ISO 8601 in UTC.
    """

    project: str
    environment: str
    action: Action
    result: Result
    commit: str
    release: str
    test: str
    bundle: str = ""
    """Integration only: the model bundle in the release image. Other entries rest on an entry of integration."""
    data: str = ""
    """Integration only: the digest of the data that trained the model, if the bundle names one."""
    replaced: str = ""
    reason: str = ""
    tests: Mapping[str, int] = field(default_factory=dict)
    url: str = ""
    ephemeral: bool = False
    basis: Basis | None = None
    actor: str = ""
    run: str = ""
    started: str = ""
    ended: str = ""

    def to_json(self) -> str:
        """Return the deployment as JSON, for the way from the job that deploys to the job that records."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger: its number from 1, the SHA-256 of its envelope and of the one before, its deployment."""

    number: int
    sha256: str
    previous: str
    deployment: Deployment
    keyid: str = ""
    """The id of the key that signed the entry; empty for an unsigned entry."""
    trust: Trust = "unchecked"
    """Whether a signature that counts, on this entry or a later one, vouches for it; unchecked: no keys are named."""

    @property
    def basis(self) -> Basis:
        """The reference to this entry that another entry holds."""
        return Basis(self.deployment.environment, self.number, self.sha256)

    @property
    def name(self) -> str:
        """The entry as labels refer to it: `production/2@<sha256>`."""
        return self.basis.name


def deployment_from(data: Mapping[str, Any]) -> Deployment:
    """Return a validated deployment from decoded JSON.

    Raises:
        RefusedError: a field is missing, unknown or malformed.

    """
    try:
        basis = Basis(**data["basis"]) if data.get("basis") else None
        deployment = Deployment(**{**data, "basis": basis})
    except (TypeError, KeyError, AttributeError) as error:
        raise _malformed(str(error)) from error
    for name, value, pattern in (
        ("commit", deployment.commit, COMMIT),
        ("release", deployment.release, PATTERN),
        ("test", deployment.test, PATTERN),
        ("action", deployment.action, re.compile("deploy|rollback|approve")),
        ("result", deployment.result, re.compile("approved" if deployment.action == "approve" else "passed|failed")),
        ("project", deployment.project, re.compile("[a-z][a-z0-9-]{0,39}")),
        ("environment", deployment.environment, NAME),
        ("bundle", deployment.bundle or deployment.release, PATTERN),
        ("basis", basis.environment if basis else "none", NAME),
        ("basis", basis.sha256 if basis else "0" * 64, SHA256),
    ):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _malformed(f"its {name} is {value!r}")
    for name in ("bundle", "data", "replaced", "reason", "url", "actor", "run", "started", "ended"):
        value = getattr(deployment, name)
        if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():  # noqa: PLR2004
            raise _malformed(f"its {name} is not a short line of text")
    for name, holds in (
        ("number of its basis", basis is None or _is_number(basis.number)),
        ("ephemeral", isinstance(deployment.ephemeral, bool)),
        ("tests", _are_counts(deployment.tests)),
    ):
        if not holds:
            raise _malformed(f"its {name} has another type" if name != "tests" else "its tests are no counts")
    return deployment


def _malformed(reason: str) -> RefusedError:
    return RefusedError(
        f"The outcome is not a deployment: {reason}.", "Pass the output `outcome` of `ml-cicd deploy` as it is."
    )


def _is_number(value: object) -> bool:
    """Return whether a value is a number from 1: a boolean or `1.0` is none."""
    return type(value) is int and value > 0


def _are_counts(value: object) -> bool:
    """Return whether a value maps names to whole numbers from 0."""
    return isinstance(value, dict) and all(
        isinstance(name, str) and type(count) is int and count >= 0 for name, count in value.items()
    )


def _subject(image: str) -> dict[str, Any]:
    reference = ImageReference.parse(image)
    return {"name": reference.repository, "digest": {"sha256": reference.digest.removeprefix("sha256:")}}


def envelope(deployment: Deployment, number: int, previous: str, signer: Signer | None = None) -> bytes:
    """Return the DSSE envelope of an entry, as the ledger stores it."""
    predicate = {"number": number, "previous": previous, **asdict(deployment)}
    images = {name: predicate.pop(name) for name in ("release", "test")}
    statement = {
        "_type": STATEMENT,
        "subject": [_subject(images["release"]), _subject(images["test"])],
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    return signing.Envelope(json.dumps(statement, sort_keys=True).encode()).signed(signer).encode()


def parse(blob: bytes) -> Entry:
    """Return the entry in an envelope; `integrity` checks its signature.

    Raises:
        RefusedError: the envelope does not hold an entry of the ledger.

    """
    try:
        outer = signing.decode(blob)
        statement = json.loads(outer.payload)
        kinds = (statement["_type"], statement["predicateType"])
        release, test = (f"{image['name']}@sha256:{image['digest']['sha256']}" for image in statement["subject"])
        predicate = dict(statement["predicate"])
        number, previous = predicate.pop("number"), predicate.pop("previous")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _foreign(repr(error)) from error
    if kinds != (STATEMENT, PREDICATE):
        raise _foreign(f"its types are {kinds}")
    if not _is_number(number) or not isinstance(previous, str) or not re.fullmatch(SHA256.pattern + "|", previous):
        raise _foreign(f"its number is {number!r}, and the entry before is {previous!r}")
    deployment = deployment_from({**predicate, "release": release, "test": test})
    keyid = outer.signature.keyid if outer.signature else ""
    return Entry(number, hashlib.sha256(blob).hexdigest(), previous, deployment, keyid)


def _foreign(reason: str) -> RefusedError:
    return RefusedError(f"This is not an entry of the ledger: {reason}.", "Remove its tag, if nobody needs it.")


def finished(deployment: Deployment, result: Result, ended: str, reason: str = "") -> Deployment:
    """Return the deployment with its result; what went wrong (`reason`) follows the reason of its order."""
    reasons = " ".join(": ".join(filter(None, (deployment.reason, reason))).split())
    return replace(deployment, result=result, ended=ended, reason=reasons[:2000])
