"""Reading and appending to the ledger in git.

An entry (`cicd.ledger.entry`) is a DSSE envelope around an in-toto Statement v1, stored as a blob under the annotated
tag `ledger/<project>/<environment>/<number>`. Entries are only ever added: the remote rejects a tag that exists, and
each entry holds the SHA-256 of the entry before it. Every read checks the ledger with `cicd.ledger.integrity`.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd import config, failpoints, variables
from cicd.errors import RefusedError
from cicd.files import utf8
from cicd.ledger import integrity, signing
from cicd.ledger.entry import envelope, parse
from cicd.repository import MAIN, SNAPSHOT, LostRaceError
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicd.ledger.entry import Deployment, Entry
    from cicd.ledger.signing import Keyring, Signer, Verifier
    from cicd.repository import Repository

    Fitted = Callable[[Mapping[str, Sequence[Entry]], Deployment], Deployment]

RACES = 20
NUMBER = re.compile("[1-9][0-9]*")


def keyring(repository: Repository) -> Keyring:
    """Return the keys whose signatures count, in all environments: those in the project's `ml-cicd.toml` on main."""
    return _keyring(repository, repository.read(_key_sources(repository)))


def signer(keys: Verifier) -> Signer | None:
    """Return the signer with the private key in `LEDGER_KEY`; None where it is not set and no signatures count.

    Raises:
        UsageError: there is no key although signatures count, or the key is not one that counts.

    """
    return signing.signer(os.environ.get(variables.LEDGER_KEY, ""), keys)


def _key_sources(repository: Repository) -> list[str]:
    """Return the objects that decide which keys count: each possible main branch's commit, and its configuration."""
    heads = [f"{SNAPSHOT}/heads/{name}" for name in MAIN]
    return [name for head in heads for name in (head, f"{head}:{repository.in_project(config.FILE)}")]


def _keyring(repository: Repository, contents: Sequence[bytes | None]) -> Keyring:
    """Return the keys that the contents of `_key_sources` name."""
    stored = {
        name: text for name, commit, text in zip(MAIN, contents[::2], contents[1::2], strict=True) if commit is not None
    }
    if not stored:
        return signing.keyring(())
    name, file = repository.main_branch if len(stored) > 1 else next(iter(stored)), repository.in_project(config.FILE)
    # `show` fails on a file that can't be read: such a file is not a file without keys.
    content = stored[name]
    source = f"{file} on {name}"
    text = utf8(content, source) if content else repository.show(f"{SNAPSHOT}/heads/{name}", file)
    return signing.keyring(config.parse(text, source).ledger_keys if text else ())


def _tag(project: str, environment: str, number: int | str) -> str:
    return f"ledger/{project}/{environment}/{number}"


def read(repository: Repository, project: str, environment: str) -> list[Entry]:
    """Return the entries of one environment, oldest first, as of the last fetch. See `read_all`."""
    return read_all(repository, project).get(environment, [])


def read_all(repository: Repository, project: str, *, every_signature: bool = False) -> dict[str, list[Entry]]:
    """Return the entries of all environments of a project, by environment, oldest first, as of the last fetch.

    Chains, links between environments, and signatures are verified. The newest signature of an environment vouches for
    all entries before it, since each entry holds the hash of the entry before; `every_signature` checks each one.

    Raises:
        RefusedError: an entry is missing, altered, in a wrong place, or not signed as it must be.
        UsageError: a key in the configuration on main is not a public key.

    """
    prefix = f"{SNAPSHOT}/tags/ledger/{project}/"
    listing = repository.git("for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", prefix)
    blobs_of: dict[str, dict[int, str]] = {}
    for line in lines(listing):
        name, kind, blob = line.split(" ")
        environment, _, number = name.removeprefix(prefix).partition("/")
        if kind != "tag" or not NUMBER.fullmatch(number):
            raise RefusedError(
                f"The ledger of {environment} holds a tag that is no entry: {name.removeprefix(f'{SNAPSHOT}/tags/')}.",
                f"Entries are annotated tags {prefix.removeprefix(f'{SNAPSHOT}/tags/')}ENVIRONMENT/NUMBER. "
                "If nobody needs this tag, remove it: git push REMOTE --delete TAG",
            )
        blobs_of.setdefault(environment, {})[int(number)] = blob
    ordered = {environment: dict(sorted(blobs.items())) for environment, blobs in blobs_of.items()}
    sources = _key_sources(repository)
    stored = iter(repository.read([*sources, *(blob for blobs in ordered.values() for blob in blobs.values())]))
    keys = _keyring(repository, [next(stored) for _ in sources])
    contents = {
        environment: {number: next(stored) or b"" for number in blobs} for environment, blobs in ordered.items()
    }
    chains = {
        environment: chain(envelopes, project, environment, keys, every_signature=every_signature)
        for environment, envelopes in contents.items()
    }
    integrity.check_links(chains)
    return chains


def chain(
    contents: Mapping[int, bytes], project: str, environment: str, keys: Verifier, *, every_signature: bool = False
) -> list[Entry]:
    """Return the entries of one environment, parsed and verified, from their envelopes by number. See `read_all`."""
    entries = []
    for number, content in contents.items():
        try:
            entries.append(parse(content))
        except RefusedError as error:
            raise integrity.broken(environment, number, error.message.rstrip(".")) from error
    integrity.check_chain(entries, [*contents], project, environment)
    stored = [*contents.values()]
    return integrity.check_signatures(entries, stored if every_signature else stored[-1:], keys)


def append(repository: Repository, deployment: Deployment, fitted: Fitted | None = None) -> Entry:
    """Add an entry at the end of its environment's chain, push it, and return it.

    When two processes write at once, the second takes the next number. A deployment that the ledger has already is not
    added twice. The entry is signed with the key that `signer` returns. The snapshot has the entry afterwards.

    Args:
        repository: the repository.
        deployment: what to record.
        fitted: returns the deployment as it follows the entries that are there; asked again after a lost race.

    Raises:
        RefusedError: the ledger does not hold together, or would not with this entry, or the remote declines.
        UsageError: the entry must be signed, and this process has no key.
        UnreachableError: the remote does not answer; nothing was added.

    """
    asked, project, environment = deployment, deployment.project, deployment.environment
    keys = keyring(repository)
    signs = signer(keys)
    for attempt in range(RACES):
        chains = read_all(repository, project)
        entries = chains.get(environment, [])
        deployment = fitted(chains, asked) if fitted else asked
        same = (entry for entry in entries if replace(entry.deployment, late=False) == deployment)
        if recorded := next(same, None):
            return recorded
        number, previous = len(entries) + 1, entries[-1].sha256 if entries else ""
        content = envelope(replace(deployment, late=_is_late(entries, deployment)), number, previous, signs)
        entry = parse(content)
        try:
            integrity.check_signatures([*entries, entry], [content], keys)
            integrity.check_links({**chains, environment: [*entries, entry]})
        except RefusedError as error:
            raise RefusedError(f"The ledger can't take this entry: {error.message}", integrity.HINT) from error
        blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
        tag = _tag(project, environment, number)
        line = f"{environment} {number}: {deployment.action} of {deployment.commit[:12]}, {deployment.result}"
        body = f"object {blob}\ntype blob\ntag {tag}\n"
        tagger = f"tagger ml-cicd <ml-cicd@users.noreply.github.com> {int(time.time())} +0000\n"
        tag_object = repository.git("mktag", stdin=f"{body}{tagger}\n{line}\n".encode())
        try:
            with failpoints.change("ledger.push"):
                repository.push(f"{tag_object}:refs/tags/{tag}")  # without force: a tag that exists is never replaced
        except LostRaceError:
            time.sleep(0.05 * attempt)
            repository.fetch()
            continue
        repository.git("update-ref", f"{SNAPSHOT}/tags/{tag}", tag_object)
        return entry
    raise RefusedError(
        f"Other processes wrote to the ledger of {environment} first, {RACES} times in a row.", "Run this again."
    )


def _is_late(entries: Sequence[Entry], deployment: Deployment) -> bool:
    """Return whether an observed entry stands for a deployment already, and another deployment has passed since."""
    if deployment.observed or deployment.result != "passed":
        return False
    passed = [entry.deployment for entry in entries if entry.deployment.result == "passed"]
    observed = [
        place
        for place, other in enumerate(passed)
        if other.observed and other.release == deployment.release and other.started in ("", deployment.started)
    ]
    return bool(observed) and observed[-1] < len(passed) - 1


def now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def last_passed(entries: Sequence[Entry], commit: str | None = None, release: str | None = None) -> Entry | None:
    """Return the newest passed entry, of this commit and this release where they are named; None without one.

    A late entry counts where its commit or release is named: what it brought runs no more.
    """
    for entry in reversed(entries):
        deployment = entry.deployment
        if (
            deployment.result == "passed"
            and (commit or release or not deployment.late)
            and commit in (None, deployment.commit)
            and release in (None, deployment.release)
        ):
            return entry
    return None
