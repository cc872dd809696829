"""The ledger: the one record of what was brought where, by whom, and how it went.

An entry is a DSSE envelope around an in-toto Statement v1, kept as a blob under the annotated tag
`ledger/<project>/<environment>/<number>`. Entries are only ever added: pushing a tag that exists is rejected,
and each entry holds the SHA-256 of the one before it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from cicd.errors import RefusedError
from cicd.repository import SNAPSHOT, LostRaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.repository import Repository

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD = "application/vnd.in-toto+json"
PREDICATE = "urn:ml-cicd:ledger:v1"
RACES = 20

Action = Literal["deploy", "rollback"]
Result = Literal["passed", "failed"]
COMMIT = re.compile(r"[0-9a-f]{40}")
IMAGE = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Basis:
    """The entry on which another rests, or which precedes it."""

    environment: str
    number: int
    sha256: str


@dataclass(frozen=True)
class Deployment:
    """What was brought to an environment and how it went. Images are `repository@sha256:digest`, times ISO 8601 UTC."""

    project: str
    environment: str
    action: Action
    result: Result
    commit: str
    release: str
    test: str
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
        """The deployment as JSON, to travel from the job that deploys to the job that records."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger: its number (from 1), the SHA-256 of its envelope, that of the one before, its content."""

    number: int
    sha256: str
    previous: str
    deployment: Deployment
    signed: bool


def deployment_from(data: Mapping[str, Any]) -> Deployment:
    """A validated deployment from decoded JSON.

    Raises:
        RefusedError: a field is missing, unknown or malformed.

    """
    try:
        basis = Basis(**data["basis"]) if data.get("basis") else None
        deployment = Deployment(**{**data, "basis": basis})
    except (TypeError, KeyError, AttributeError) as error:
        raise RefusedError(f"This is not a deployment: {error}") from error
    for name, value, pattern in (
        ("commit", deployment.commit, COMMIT),
        ("release", deployment.release, IMAGE),
        ("test", deployment.test, IMAGE),
        ("action", deployment.action, re.compile("deploy|rollback")),
        ("result", deployment.result, re.compile("passed|failed")),
        ("project", deployment.project, re.compile("[a-z][a-z0-9-]{0,39}")),
        ("environment", deployment.environment, re.compile("[a-z]+")),
    ):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise RefusedError(f"This is not a deployment: its {name} is {value!r}.")
    for name in ("replaced", "reason", "url", "actor", "run", "started", "ended"):
        value = getattr(deployment, name)
        if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():  # noqa: PLR2004
            raise RefusedError(f"This is not a deployment: its {name} is not a short line of text.")
    return deployment


def digest_of(image: str) -> str:
    """`sha256:...` of `repository@sha256:...`."""
    return image.partition("@")[2]


def _subject(image: str) -> dict[str, Any]:
    name, _, digest = image.partition("@sha256:")
    return {"name": name, "digest": {"sha256": digest}}


def envelope(deployment: Deployment, number: int, previous: str) -> bytes:
    """The DSSE envelope of an entry, as it is stored."""
    predicate = {"number": number, "previous": previous, **asdict(deployment)}
    images = {name: predicate.pop(name) for name in ("release", "test")}
    statement = {
        "_type": STATEMENT,
        "subject": [_subject(images["release"]), _subject(images["test"])],
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    payload = base64.b64encode(json.dumps(statement, sort_keys=True).encode()).decode()
    return json.dumps({"payloadType": PAYLOAD, "payload": payload, "signatures": []}).encode()


def parse(blob: bytes) -> Entry:
    """The entry in an envelope.

    Raises:
        RefusedError: it is not an entry of the ledger.

    """
    try:
        outer = json.loads(blob)
        statement = json.loads(base64.b64decode(outer["payload"], validate=True))
        kinds = (outer["payloadType"], statement["_type"], statement["predicateType"])
        release, test = (f"{one['name']}@sha256:{one['digest']['sha256']}" for one in statement["subject"])
        predicate = dict(statement["predicate"])
        number, previous = predicate.pop("number"), predicate.pop("previous")
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"This is not an entry of the ledger: {error!r}") from error
    if kinds != (PAYLOAD, STATEMENT, PREDICATE):
        raise RefusedError(f"This is not an entry of the ledger: it is of the kind {kinds}.")
    deployment = deployment_from({**predicate, "release": release, "test": test})
    return Entry(number, hashlib.sha256(blob).hexdigest(), previous, deployment, bool(outer.get("signatures")))


def _tag(project: str, environment: str, number: int | str) -> str:
    return f"ledger/{project}/{environment}/{number}"


def read(repository: Repository, project: str, environment: str) -> list[Entry]:
    """The entries of one environment, oldest first, as of the last fetch; their chain is verified.

    Raises:
        RefusedError: an entry is missing, altered or out of its place.

    """
    prefix = f"{SNAPSHOT}/tags/{_tag(project, environment, '')}"
    listing = repository.git("for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", prefix)
    blobs: dict[int, str] = {}
    for line in listing.splitlines():
        name, kind, blob = line.split(" ")
        number = name.removeprefix(prefix)
        if kind != "tag" or not number.isdigit():
            raise RefusedError(f"The ledger of {environment} holds a foreign tag: {name}.")
        blobs[int(number)] = blob
    entries = [parse(content) for content in _contents(repository, [blobs[number] for number in sorted(blobs)])]
    verify_chain(entries, sorted(blobs), project, environment)
    return entries


def verify_chain(entries: Sequence[Entry], numbers: Sequence[int], project: str, environment: str) -> None:
    """Hold the entries against their places: number, project, environment, and the hash of the one before.

    Raises:
        RefusedError: the first entry that is not where it belongs.

    """
    previous = ""
    for expected, (number, entry) in enumerate(zip(numbers, entries, strict=True), start=1):
        found = (entry.number, entry.deployment.project, entry.deployment.environment, entry.previous)
        if number != expected or found != (number, project, environment, previous):
            raise RefusedError(
                f"The ledger of {environment} does not hold together at entry {expected}.",
                "Somebody removed or altered an entry: compare the tags ledger/** with another clone.",
            )
        previous = entry.sha256


def _contents(repository: Repository, names: Sequence[str]) -> list[bytes]:
    if not names:
        return []
    stream = repository.git("cat-file", "--batch", stdin="\n".join(names).encode() + b"\n")
    data = stream.encode(errors="surrogateescape") + b"\n"
    found, position = [], 0
    for _ in names:
        start = data.index(b"\n", position) + 1
        size = int(data[position:start].split(b" ")[2])
        found.append(data[start : start + size])
        position = start + size + 1
    return found


def append(repository: Repository, deployment: Deployment) -> Entry:
    """Add an entry at the end of its environment's chain; of two writers at once, one takes the next number.

    Raises:
        RefusedError: the chain is broken, or the remote declines.
        UnreachableError: the remote does not answer; nothing was added.

    """
    project, environment = deployment.project, deployment.environment
    for attempt in range(RACES):
        entries = read(repository, project, environment)
        number, previous = len(entries) + 1, entries[-1].sha256 if entries else ""
        content = envelope(deployment, number, previous)
        blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
        tag = f"refs/tags/{_tag(project, environment, number)}"
        line = f"{environment} {number}: {deployment.action} of {deployment.commit[:12]}, {deployment.result}"
        body = f"object {blob}\ntype blob\ntag {tag.removeprefix('refs/tags/')}\n"
        tagger = f"tagger ml-cicd <ml-cicd@users.noreply.github.com> {int(time.time())} +0000\n"
        named = repository.git("mktag", stdin=f"{body}{tagger}\n{line}\n".encode())
        try:
            repository.push(f"{named}:{tag}")  # without force, so a tag that exists is never replaced
        except LostRaceError:
            time.sleep(0.05 * attempt)
            repository.fetch()
            continue
        repository.fetch()
        return parse(content)
    raise RefusedError(f"The ledger of {environment} is written by somebody else all the time.", "Run this again.")


def last_passed(entries: Sequence[Entry], commit: str | None = None, release: str | None = None) -> Entry | None:
    """The newest passed entry, of that commit and that release where they are given."""
    for entry in reversed(entries):
        deployment = entry.deployment
        if (
            deployment.result == "passed"
            and commit in (None, deployment.commit)
            and release in (None, deployment.release)
        ):
            return entry
    return None


def finished(deployment: Deployment, result: Result, ended: str, reason: str = "") -> Deployment:
    """The deployment with its end."""
    return replace(deployment, result=result, ended=ended, reason=" ".join(reason.split())[:2000])
