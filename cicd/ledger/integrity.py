"""What makes the ledger hold together: places, hashes, signatures, links between environments, and what is running.

Everything here is a pure function over entries. Whoever reads the ledger goes through the first three; the last one
finds entries that were cut off at the end of a chain, which nothing in the chain itself can show.
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

    from cicd.ledger.entry import Entry
    from cicd.ledger.signing import Verifier

HINT = "Somebody removed, altered or forged an entry: compare the tags ledger/** with another clone."


def broken(environment: str, number: int, reason: str) -> RefusedError:
    """What is said of an entry that does not hold."""
    return RefusedError(f"The ledger of {environment} does not hold together at entry {number}: {reason}.", HINT)


def check_chain(entries: Sequence[Entry], numbers: Sequence[int], project: str, environment: str) -> None:
    """Hold the entries against their places: number, project, environment, and the hash of the one before.

    Raises:
        RefusedError: the first entry that is not where it belongs.

    """
    previous = ""
    for expected, (number, entry) in enumerate(zip(numbers, entries, strict=True), start=1):
        if number != expected:
            raise broken(environment, expected, "it is missing")
        deployment = entry.deployment
        found, place = (deployment.project, deployment.environment, entry.number), (project, environment, number)
        if found != place:
            raise broken(environment, number, f"it was written as entry {found[2]} of {found[1]} of {found[0]}")
        if entry.previous != previous:
            raise broken(environment, number, "it does not hold the hash of the entry before it")
        previous = entry.sha256


def check_signatures(entries: Sequence[Entry], newest: Sequence[bytes], verifier: Verifier) -> list[Entry]:
    """Hold the signatures of one environment against the keys that count. Returns the entries, marked with the result.

    From the first entry on that a known key signed, each must be signed by a known key, never by an older one than the
    entry before. `newest` are the stored forms of the last entries, whose signatures are checked: the last one alone
    vouches for all, since the chain binds everything before it to its signature.

    Raises:
        RefusedError: the first entry that is not signed as it must be.

    """
    age = {keyid: place for place, keyid in enumerate(verifier.keyids)}
    first = next((place for place, entry in enumerate(entries) if entry.keyid in age), None)
    if first is None:
        return [replace(entry, trust="unsigned") for entry in entries] if age else list(entries)
    for before, entry in pairwise(entries[first:]):
        reason = ""
        if entry.keyid not in age:
            reason = f"the key {entry.keyid[:12]} is not one that counts" if entry.keyid else "it is not signed"
        elif age[entry.keyid] < age[before.keyid]:
            reason = f"the key {entry.keyid[:12]} is older than that of the entry before it"
        if reason:
            raise broken(entry.deployment.environment, entry.number, reason)
    for entry, blob in zip(reversed(entries[first:]), reversed(newest), strict=False):
        envelope = signing.decode(blob)
        if not envelope.signature or not verifier.verify(envelope.message, envelope.signature):
            raise broken(entry.deployment.environment, entry.number, "its signature is not that of its content")
    return [replace(entry, trust="signed") for entry in entries]


def check_links(chains: Mapping[str, Sequence[Entry]]) -> None:
    """Hold each promotion against the entry on which it rests: there, with that hash, passed, for the same images.

    Raises:
        RefusedError: the first entry that rests on nothing, or on something else.

    """
    for environment, entries in chains.items():
        for entry in entries:
            basis, deployment = entry.deployment.basis, entry.deployment
            if basis is None:
                if stages.before(environment):
                    raise broken(environment, entry.number, "it does not say on which entry it rests")
                continue
            rests = f"it rests on {basis.environment}/{basis.number}@{basis.sha256[:12]}"
            chain = chains.get(basis.environment, [])
            if not 0 < basis.number <= len(chain) or chain[basis.number - 1].sha256 != basis.sha256:
                raise broken(environment, entry.number, f"{rests}, which the ledger does not have")
            base = chain[basis.number - 1].deployment
            if (base.result, base.release, base.test) != ("passed", deployment.release, deployment.test):
                raise broken(environment, entry.number, f"{rests}, which did not pass this release")
            if basis.environment != stages.accepted_by(environment):
                raise broken(environment, entry.number, f"{rests}, which is not the stage before")


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
