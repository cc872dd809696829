"""Checks of the ledger: numbers and hashes of a chain, signatures, links between environments, cut-off entries.

Pure functions over entries. Every read makes the first three checks. `cut_off` compares the ledger with what a target
runs: a chain can't show by itself that entries are missing at its end.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cicd import stages
from cicd.errors import RefusedError
from cicd.ledger import signing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.ledger.entry import Deployment, Entry
    from cicd.ledger.signing import Verifier

HINT = "Somebody removed, altered or forged an entry: compare the tags ledger/** with those of another clone."


def broken(environment: str, number: int, reason: str) -> RefusedError:
    """Return the error for the first entry at which the ledger of an environment does not hold together."""
    return RefusedError(f"The ledger of {environment} does not hold together at entry {number}: {reason}.", HINT)


def check_chain(entries: Sequence[Entry], numbers: Sequence[int], project: str, environment: str) -> None:
    """Check that each entry names its place (project, environment, number) and the hash of the entry before.

    `numbers` are those of the entries' tags.

    Raises:
        RefusedError: an entry is missing or in a wrong place; the message names the first one.

    """
    previous = ""
    for expected, (number, entry) in enumerate(zip(numbers, entries, strict=True), start=1):
        if number != expected:
            raise broken(environment, expected, "it is missing")
        deployment = entry.deployment
        written = (deployment.project, deployment.environment, entry.number)
        if written != (project, environment, number):
            place = f"entry {entry.number} of {deployment.environment} of {deployment.project}"
            raise broken(environment, number, f"it was written as {place}")
        if entry.previous != previous:
            raise broken(environment, number, "it does not hold the hash of the entry before it")
        previous = entry.sha256


def check_signatures(entries: Sequence[Entry], newest: Sequence[bytes], verifier: Verifier) -> list[Entry]:
    """Check the signatures of one environment against the keys that count; return the entries with their trust.

    The first entry that such a key signed begins the signed part of the chain. Each later entry must be signed by a
    key that counts, and by no older key than the entry before. `newest` are the envelopes of the last entries, whose
    signatures are verified. The last one alone vouches for all, since the chain binds the entries before to it.

    Raises:
        RefusedError: an entry is not signed as it must be; the message names the first one.

    """
    age = {keyid: place for place, keyid in enumerate(verifier.keyids)}
    first = next((place for place, entry in enumerate(entries) if entry.keyid in age), None)
    if first is None:
        return [replace(entry, trust="unsigned") for entry in entries] if age else list(entries)
    for before, entry in pairwise(entries[first:]):
        reason = ""
        if entry.keyid not in age:
            reason = f"its key {entry.keyid[:12]} is not one of [ledger] keys" if entry.keyid else "it is not signed"
        elif age[entry.keyid] < age[before.keyid]:
            reason = f"its key {entry.keyid[:12]} is older than the key of the entry before it"
        if reason:
            raise broken(entry.deployment.environment, entry.number, reason)
    for entry, blob in zip(reversed(entries[first:]), reversed(newest), strict=False):
        envelope = signing.decode(blob)
        if not envelope.signature or not verifier.verify(envelope.message, envelope.signature):
            raise broken(entry.deployment.environment, entry.number, "its signature does not match its content")
    return [replace(entry, trust="signed") for entry in entries]


def check_links(chains: Mapping[str, Sequence[Entry]]) -> None:
    """Check that each promotion rests on an entry of the stage before that passed, with that hash and those images.

    Raises:
        RefusedError: an entry rests on no such entry; the message names the first one.

    """
    for environment, entries in chains.items():
        for entry in entries:
            basis, deployment = entry.deployment.basis, entry.deployment
            if basis is None:
                if stages.before(environment):
                    raise broken(environment, entry.number, "it does not name the entry that it rests on")
                continue
            rests = f"it rests on {basis.environment}/{basis.number}@{basis.sha256[:12]}"
            chain = chains.get(basis.environment, [])
            if not 0 < basis.number <= len(chain) or chain[basis.number - 1].sha256 != basis.sha256:
                raise broken(environment, entry.number, f"{rests}, which the ledger does not have")
            base = chain[basis.number - 1].deployment
            if problem := _other_than(deployment, base):
                raise broken(environment, entry.number, f"{rests}, {problem}")
            if basis.environment != stages.accepted_by(environment):
                raise broken(environment, entry.number, f"{rests}, which is not the stage before")


def _other_than(deployment: Deployment, base: Deployment) -> str:
    """Return why an entry can't rest on another, as the end of a sentence; empty if it can."""
    if (base.result, base.release, base.test) != ("passed", deployment.release, deployment.test):
        return "which did not pass this release"
    if deployment.action != "approve" and base.others != deployment.others:
        return "which did not pass these services"
    if deployment.wheels and (base.packages, base.wheels) != (deployment.packages, deployment.wheels):
        return "which did not pass these wheels"
    return "whose tests nobody saw" if base.observed else ""


def cut_off(chains: Mapping[str, Sequence[Entry]], names: Iterable[str]) -> str:
    """Return the first of the entries `names` that the ledger lacks; empty when the ledger has them all.

    `names` are those that a target's release carries, as `Entry.name` spells them; empty texts count for nothing.
    """
    for name in filter(None, names):
        environment, _, number = name.partition("@")[0].partition("/")
        chain = chains.get(environment, [])
        if not number.isdecimal() or int(number) > len(chain) or chain[int(number) - 1].name != name:
            return name
    return ""
