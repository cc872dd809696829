"""An entry of the ledger as dataclasses, and as the in-toto statement in which it is stored."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from cicd import text
from cicd.errors import RefusedError
from cicd.ledger import judgement, signing
from cicd.oci.reference import PATTERN, ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.ledger.judgement import Judgement
    from cicd.ledger.signing import Signer

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:ml-cicd:ledger:v1"

Action = Literal["deploy", "rollback", "approve"]
Result = Literal["passed", "failed", "approved"]
Trust = Literal["signed", "unsigned", "unchecked"]
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
TEXTS = ("bundle", "data", "replaced", "reason", "url", "actor", "run", "started", "ended", "undeclared")
LONGEST = 2000
"""How many characters a text may have."""
NAME = re.compile(r"[a-z]+")
WHEEL = re.compile(r"[A-Za-z0-9._+!-]{1,200}\.whl")
SERVICE = re.compile(r"[a-z][a-z0-9-]{0,39}")
RARE = ("observed", "late", "undeclared", "packages", "others", "gate")
"""Fields that an entry holds only if they are true, or not empty."""


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
    observed: bool = False
    """Whether the outcome was lost, and the target was asked what runs: whether tests passed is not known then."""
    packages: str = ""
    """The image that holds the wheels of the release; empty for a project without packages."""
    wheels: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each of these wheels, by file name."""
    others: Mapping[str, str] = field(default_factory=dict)
    """The images of the services beside the first one, by name."""
    undeclared: str = ""
    """The suite that should have judged the release and that the project does not declare: the health check counted."""
    late: bool = False
    """Whether an observed entry stood for this deployment, and another deployment followed, before it was recorded."""
    gate: Judgement | None = None
    """Integration only: what the model gate decided; None if it judged nothing."""

    def to_json(self) -> str:
        """Return the deployment as JSON in one line."""
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
        gate = judgement.from_data(data["gate"]) if data.get("gate") is not None else None
        deployment = Deployment(**{**data, "basis": basis, "gate": gate})
    except (TypeError, AttributeError) as error:
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
        ("packages", deployment.packages or deployment.release, PATTERN),
        ("basis", basis.environment if basis else "none", NAME),
        ("basis", basis.sha256 if basis else "0" * 64, SHA256),
    ):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _malformed(f"its {name} is {value!r}")
    for name in TEXTS:
        value = getattr(deployment, name)
        if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
            raise _malformed(f"its {name} is not a short line of text")
    for name, holds in (
        ("number of its basis", basis is None or _is_number(basis.number)),
        ("ephemeral", isinstance(deployment.ephemeral, bool)),
        ("observed", isinstance(deployment.observed, bool)),
        ("late", isinstance(deployment.late, bool)),
        ("wheels", _are_wheels(deployment.wheels) and bool(deployment.wheels) == bool(deployment.packages)),
        ("others", _are_images(deployment.others)),
        ("tests", _are_counts(deployment.tests)),
        ("verdict of the model gate", _may_have(deployment, gate)),
    ):
        if not holds:
            raise _malformed(f"its {name} has another type" if name != "tests" else "its tests are no counts")
    return deployment


def _malformed(reason: str) -> RefusedError:
    return RefusedError(
        f"The outcome is not a deployment: {reason}.", "Pass the output `outcome` of `ml-cicd deploy` as it is."
    )


def _may_have(deployment: Deployment, gate: Judgement | None) -> bool:
    """Return whether a deployment may have a verdict: a deployment alone has one, and what it blocks has failed."""
    if gate is None:
        return True
    return deployment.action == "deploy" and (gate.decision != "block" or deployment.result == "failed")


def _is_number(value: object) -> bool:
    """Return whether a value is a number from 1: a boolean or `1.0` is none."""
    return type(value) is int and value > 0


def _are_counts(value: object) -> bool:
    """Return whether a value maps names to whole numbers from 0."""
    return isinstance(value, dict) and all(
        isinstance(name, str) and type(count) is int and count >= 0 for name, count in value.items()
    )


def _are_wheels(value: object) -> bool:
    """Return whether a value maps names of wheels to SHA-256s."""
    return _maps(value, WHEEL, SHA256)


def _are_images(value: object) -> bool:
    """Return whether a value maps names of services to images by digest."""
    return _maps(value, SERVICE, PATTERN)


def _maps(value: object, *patterns: re.Pattern[str]) -> bool:
    return isinstance(value, dict) and all(
        isinstance(text, str) and pattern.fullmatch(text)
        for item in value.items()
        for text, pattern in zip(item, patterns, strict=True)
    )


def _subject(image: str) -> dict[str, Any]:
    reference = ImageReference.parse(image)
    return {"name": reference.repository, "digest": {"sha256": reference.digest.removeprefix("sha256:")}}


def envelope(deployment: Deployment, number: int, previous: str, signer: Signer | None = None) -> bytes:
    """Return the DSSE envelope of an entry, as the ledger stores it."""
    predicate = {"number": number, "previous": previous, **asdict(deployment)}
    for name in RARE:  # entries without them have the bytes that they always had
        if not predicate[name]:
            del predicate[name]
    if gate := predicate.get("gate"):
        del gate["later"]  # an entry has its final look
        if gate["rows_needed"] is None:
            del gate["rows_needed"]
    images = {name: predicate.pop(name) for name in ("release", "test")}
    wheels = [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(predicate.pop("wheels").items())]
    others = [_subject(image) for image in _beside(deployment)]
    statement = {
        "_type": STATEMENT,
        "subject": [_subject(images["release"]), _subject(images["test"]), *others, *wheels],
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
        subjects = [(subject["name"], subject["digest"]["sha256"]) for subject in statement["subject"]]
        release, test = (f"{name}@sha256:{digest}" for name, digest in subjects[:2])
        predicate = dict(statement["predicate"])
        number, previous = predicate.pop("number"), predicate.pop("previous")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _foreign(repr(error)) from error
    if kinds != (STATEMENT, PREDICATE):
        raise _foreign(f"its types are {kinds}")
    if not _is_number(number) or not isinstance(previous, str) or not re.fullmatch(SHA256.pattern + "|", previous):
        raise _foreign(f"its number is {number!r}, and the entry before is {previous!r}")
    deployment = _with_wheels({**predicate, "release": release, "test": test}, subjects[2:])
    keyid = outer.signature.keyid if outer.signature else ""
    return Entry(number, hashlib.sha256(blob).hexdigest(), previous, deployment, keyid)


def _beside(deployment: Deployment) -> list[str]:
    """Return the images of the other services, without the release image, which some of them may run."""
    return sorted({*deployment.others.values()} - {deployment.release})


def _with_wheels(data: Mapping[str, Any], subjects: list[tuple[str, str]]) -> Deployment:
    """Return the deployment of a predicate and of the subjects behind its two images: other images, then wheels."""
    deployment = deployment_from({**data, "wheels": {}, "packages": ""})
    images = _beside(deployment)
    if [f"{name}@sha256:{digest}" for name, digest in subjects[: len(images)]] != images:
        raise _foreign("its subjects are not the images of its services")
    return deployment_from({**data, "wheels": dict(subjects[len(images) :])})


def _foreign(reason: str) -> RefusedError:
    return RefusedError(f"This is not an entry of the ledger: {reason}.", "Remove its tag, if nobody needs it.")


def finished(deployment: Deployment, result: Result, ended: str, reason: str = "") -> Deployment:
    """Return the deployment with its result; what went wrong (`reason`) follows the reason of its order.

    Texts from outside can't keep the deployment from being recorded: each becomes a short line of plain text.
    """
    reasons = ": ".join(filter(None, (deployment.reason, reason)))
    texts: dict[str, Any] = {name: _line(getattr(deployment, name)) for name in TEXTS}
    texts |= {"ended": ended, "reason": _line(reasons)}
    return replace(deployment, result=result, **texts)


def _line(words: str) -> str:
    return text.visible(" ".join(words.split()), LONGEST)[:LONGEST]
