"""The ledger: the one record of what was brought where, by whom, and how it went.

An entry is a DSSE envelope around an in-toto Statement v1, kept as a blob under the annotated tag
`ledger/<project>/<environment>/<number>`. Entries are only ever added: pushing a tag that exists is rejected,
and each entry holds the SHA-256 of the one before it. Whoever reads the ledger holds it against `audit` first.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from cicd import audit, config, signing, steps
from cicd.errors import RefusedError
from cicd.repository import SNAPSHOT, LostRaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.repository import Repository
    from cicd.signing import Keyring, Signer, Verifier

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:ml-cicd:ledger:v1"
RACES = 20

Action = Literal["deploy", "rollback", "approve"]
Result = Literal["passed", "failed", "approved"]
Trust = Literal["signed", "unsigned", "unchecked"]
COMMIT = re.compile(r"[0-9a-f]{40}")
IMAGE = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")
SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Basis:
    """The entry on which another rests, or which precedes it."""

    environment: str
    number: int
    sha256: str

    @property
    def name(self) -> str:
        """It in a line: `production/2@<sha256>`."""
        return f"{self.environment}/{self.number}@{self.sha256}"


@dataclass(frozen=True)
class Deployment:
    """What was brought to an environment and how it went, or approved for it and why.

    Images are `repository@sha256:digest`, times ISO 8601 UTC.
    """

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
    keyid: str = ""
    """The key that signed it; empty for none."""
    trust: Trust = "unchecked"
    """Whether a signature that counts vouches for it, its own or that of a later entry; unchecked: no key is named."""

    @property
    def basis(self) -> Basis:
        """The entry as another refers to it that rests on it."""
        return Basis(self.deployment.environment, self.number, self.sha256)

    @property
    def name(self) -> str:
        """The entry as labels refer to it: `production/2@<sha256>`."""
        return self.basis.name


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
    on = [("basis", basis.environment, NAME), ("basis", basis.sha256, SHA256)] if basis else []
    for name, value, pattern in (
        *on,
        ("commit", deployment.commit, COMMIT),
        ("release", deployment.release, IMAGE),
        ("test", deployment.test, IMAGE),
        ("action", deployment.action, re.compile("deploy|rollback|approve")),
        ("result", deployment.result, re.compile("approved" if deployment.action == "approve" else "passed|failed")),
        ("project", deployment.project, re.compile("[a-z][a-z0-9-]{0,39}")),
        ("environment", deployment.environment, NAME),
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


def envelope(deployment: Deployment, number: int, previous: str, signer: Signer | None = None) -> bytes:
    """The DSSE envelope of an entry, as it is stored."""
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
    """The entry in an envelope; its signature is not checked here.

    Raises:
        RefusedError: it is not an entry of the ledger.

    """
    try:
        outer = signing.decode(blob)
        statement = json.loads(outer.payload)
        kinds = (statement["_type"], statement["predicateType"])
        release, test = (f"{one['name']}@sha256:{one['digest']['sha256']}" for one in statement["subject"])
        predicate = dict(statement["predicate"])
        number, previous = predicate.pop("number"), predicate.pop("previous")
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"This is not an entry of the ledger: {error!r}") from error
    if kinds != (STATEMENT, PREDICATE):
        raise RefusedError(f"This is not an entry of the ledger: it is of the kind {kinds}.")
    deployment = deployment_from({**predicate, "release": release, "test": test})
    keyid = outer.signature.keyid if outer.signature else ""
    return Entry(number, hashlib.sha256(blob).hexdigest(), previous, deployment, keyid)


def keyring(repository: Repository) -> Keyring:
    """The keys whose signatures count: those that `ml-cicd.toml` at the root of main names, for all environments."""
    text = repository.show(repository.branch(repository.main) or "", config.FILE)
    return signing.keyring(config.parse(text, f"{config.FILE} on {repository.main}").ledger_keys if text else ())


def _tag(project: str, environment: str, number: int | str) -> str:
    return f"ledger/{project}/{environment}/{number}"


def read(repository: Repository, project: str, environment: str) -> list[Entry]:
    """The entries of one environment, oldest first, as of the last fetch. See `read_all`."""
    return read_all(repository, project).get(environment, [])


def read_all(repository: Repository, project: str, *, every_signature: bool = False) -> dict[str, list[Entry]]:
    """The entries of all environments of a project, by environment, oldest first, as of the last fetch.

    All of it is verified: chains, links between environments, and signatures. The newest signature of an environment
    vouches for all before it, since each entry holds the hash of the one before; `every_signature` checks each.

    Raises:
        RefusedError: an entry is missing, altered, out of its place, or not signed as it must be.
        UsageError: the keys that main names are not keys.

    """
    prefix = f"{SNAPSHOT}/tags/ledger/{project}/"
    listing = repository.git("for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", prefix)
    places: dict[str, dict[int, str]] = {}
    for line in listing.splitlines():
        name, kind, blob = line.split(" ")
        environment, _, number = name.removeprefix(prefix).partition("/")
        if kind != "tag" or not number.isdecimal():
            raise RefusedError(f"The ledger of {environment} holds a foreign tag: {name}.")
        places.setdefault(environment, {})[int(number)] = blob
    keys, chains = keyring(repository), {}
    for environment, blobs in places.items():
        contents = dict(zip(sorted(blobs), _contents(repository, [blobs[one] for one in sorted(blobs)]), strict=True))
        chains[environment] = chain(contents, project, environment, keys, every_signature=every_signature)
    audit.check_links(chains)
    return chains


def chain(
    contents: Mapping[int, bytes], project: str, environment: str, keys: Verifier, *, every_signature: bool = False
) -> list[Entry]:
    """The entries of one environment from their stored form, by number, in order. See `read_all`."""
    entries = []
    for number, content in contents.items():
        try:
            entries.append(parse(content))
        except RefusedError as error:
            raise audit.broken(environment, number, error.message.rstrip(".")) from error
    audit.check_chain(entries, [*contents], project, environment)
    stored = [*contents.values()]
    return audit.check_signatures(entries, stored if every_signature else stored[-1:], keys)


def _contents(repository: Repository, names: Sequence[str]) -> list[bytes]:
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

    What is there already is not added twice. The entry is signed by whom `signing.signer` says.

    Raises:
        RefusedError: the ledger is broken, or would be with this entry, or the remote declines.
        UsageError: it must be signed, and there is no key for it.
        UnreachableError: the remote does not answer; nothing was added.

    """
    project, environment = deployment.project, deployment.environment
    keys = keyring(repository)
    signer = signing.signer(keys)
    for attempt in range(RACES):
        chains = read_all(repository, project)
        entries = chains.get(environment, [])
        if there := next((entry for entry in entries if entry.deployment == deployment), None):
            return there
        number, previous = len(entries) + 1, entries[-1].sha256 if entries else ""
        content = envelope(deployment, number, previous, signer)
        entry = parse(content)
        try:
            audit.check_signatures([*entries, entry], [content], keys)
            audit.check_links({**chains, environment: [*entries, entry]})
        except RefusedError as error:
            raise RefusedError(f"This is not recorded, since then: {error.message}", audit.HINT) from error
        blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
        tag = f"refs/tags/{_tag(project, environment, number)}"
        line = f"{environment} {number}: {deployment.action} of {deployment.commit[:12]}, {deployment.result}"
        body = f"object {blob}\ntype blob\ntag {tag.removeprefix('refs/tags/')}\n"
        tagger = f"tagger ml-cicd <ml-cicd@users.noreply.github.com> {int(time.time())} +0000\n"
        named = repository.git("mktag", stdin=f"{body}{tagger}\n{line}\n".encode())
        try:
            with steps.change("ledger.push"):
                repository.push(f"{named}:{tag}")  # without force, so a tag that exists is never replaced
        except LostRaceError:
            time.sleep(0.05 * attempt)
            repository.fetch()
            continue
        repository.fetch()
        return entry
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
    """The deployment with its end; the reason for which it was ordered stays before what went wrong."""
    said = " ".join(f"{deployment.reason}{': ' * bool(deployment.reason and reason)}{reason}".split())
    return replace(deployment, result=result, ended=ended, reason=said[:2000])


def now() -> str:
    """The time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
