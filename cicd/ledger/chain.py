"""The ledger: the one record of what was brought where, by whom, and how it went.

An entry (`cicd.ledger.entry`) is a DSSE envelope around an in-toto Statement v1, kept as a blob under the annotated tag
`ledger/<project>/<environment>/<number>`. Entries are only ever added: pushing a tag that exists is rejected,
and each entry holds the SHA-256 of the one before it. Whoever reads the ledger holds it against `integrity` first.
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd import config, failpoints, variables
from cicd.errors import RefusedError
from cicd.ledger import integrity, signing
from cicd.ledger.entry import envelope, parse
from cicd.repository import MAIN, SNAPSHOT, LostRaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.ledger.entry import Deployment, Entry
    from cicd.ledger.signing import Keyring, Signer, Verifier
    from cicd.repository import Repository

RACES = 20
NUMBER = re.compile("[1-9][0-9]*")
_KEYS = [f"{SNAPSHOT}/heads/{name}{path}" for name in MAIN for path in ("", f":{config.FILE}")]
"""What says which keys count: each commit that may be main's, and its configuration."""


def keyring(repository: Repository) -> Keyring:
    """The keys whose signatures count: those that `ml-cicd.toml` at the root of main names, for all environments."""
    return _keyring(repository, repository.read(_KEYS))


def signer(keys: Verifier) -> Signer | None:
    """Return the signer with the private key in `LEDGER_KEY`; None where it is not set and no signatures count.

    Raises:
        UsageError: there is no key although signatures count, or the key is not one that counts.

    """
    return signing.signer(os.environ.get(variables.LEDGER_KEY, ""), keys)


def _keyring(repository: Repository, contents: Sequence[bytes | None]) -> Keyring:
    """Return the keys that the contents of `_KEYS` name."""
    for name, commit, stored in zip(MAIN, contents[::2], contents[1::2], strict=True):
        if commit is not None:
            # A file that can't be read is no file without keys: `show` tells it from one that is not there.
            text = stored.decode() if stored else repository.show(f"{SNAPSHOT}/heads/{name}", config.FILE)
            return signing.keyring(config.parse(text, f"{config.FILE} on {name}").ledger_keys if text else ())
    return signing.keyring(())


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
        if kind != "tag" or not NUMBER.fullmatch(number):
            raise RefusedError(f"The ledger of {environment} holds a foreign tag: {name}.")
        places.setdefault(environment, {})[int(number)] = blob
    ordered = {environment: dict(sorted(blobs.items())) for environment, blobs in places.items()}
    stored = iter(repository.read([*_KEYS, *(blob for blobs in ordered.values() for blob in blobs.values())]))
    keys = _keyring(repository, [next(stored) for _ in _KEYS])
    contents = {environment: {one: next(stored) or b"" for one in blobs} for environment, blobs in ordered.items()}
    chains = {
        environment: chain(found, project, environment, keys, every_signature=every_signature)
        for environment, found in contents.items()
    }
    integrity.check_links(chains)
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
            raise integrity.broken(environment, number, error.message.rstrip(".")) from error
    integrity.check_chain(entries, [*contents], project, environment)
    stored = [*contents.values()]
    return integrity.check_signatures(entries, stored if every_signature else stored[-1:], keys)


def append(repository: Repository, deployment: Deployment) -> Entry:
    """Add an entry at the end of its environment's chain; of two writers at once, one takes the next number.

    A deployment that the ledger has is not added twice. The entry is signed with the key that `signer` finds.
    Afterwards the snapshot has the entry, and else what the last fetch saw.

    Raises:
        RefusedError: the ledger is broken, or would be with this entry, or the remote declines.
        UsageError: it must be signed, and there is no key for it.
        UnreachableError: the remote does not answer; nothing was added.

    """
    project, environment = deployment.project, deployment.environment
    keys = keyring(repository)
    signs = signer(keys)
    for attempt in range(RACES):
        chains = read_all(repository, project)
        entries = chains.get(environment, [])
        if there := next((entry for entry in entries if entry.deployment == deployment), None):
            return there
        number, previous = len(entries) + 1, entries[-1].sha256 if entries else ""
        content = envelope(deployment, number, previous, signs)
        entry = parse(content)
        try:
            integrity.check_signatures([*entries, entry], [content], keys)
            integrity.check_links({**chains, environment: [*entries, entry]})
        except RefusedError as error:
            raise RefusedError(f"This is not recorded, since then: {error.message}", integrity.HINT) from error
        blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
        tag = _tag(project, environment, number)
        line = f"{environment} {number}: {deployment.action} of {deployment.commit[:12]}, {deployment.result}"
        body = f"object {blob}\ntype blob\ntag {tag}\n"
        tagger = f"tagger ml-cicd <ml-cicd@users.noreply.github.com> {int(time.time())} +0000\n"
        named = repository.git("mktag", stdin=f"{body}{tagger}\n{line}\n".encode())
        try:
            with failpoints.change("ledger.push"):
                repository.push(f"{named}:refs/tags/{tag}")  # without force, so a tag that exists is never replaced
        except LostRaceError:
            time.sleep(0.05 * attempt)
            repository.fetch()
            continue
        repository.git("update-ref", f"{SNAPSHOT}/tags/{tag}", named)
        return entry
    raise RefusedError(f"The ledger of {environment} is written by somebody else all the time.", "Run this again.")


def now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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
