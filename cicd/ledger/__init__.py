"""The ledger: the one record of every deployment and approval: what, where, by whom, with which result."""

from __future__ import annotations

from cicd.ledger.chain import append, chain, keyring, last_passed, now, read, read_all, signer
from cicd.ledger.entry import (
    Action,
    Basis,
    Deployment,
    Entry,
    Result,
    Trust,
    deployment_from,
    envelope,
    finished,
    parse,
)
from cicd.oci.reference import PATTERN as IMAGE
from cicd.oci.reference import digest_of

__all__ = [
    "IMAGE", "Action", "Basis", "Deployment", "Entry", "Result", "Trust", "append", "chain", "deployment_from",
    "digest_of", "envelope", "finished", "keyring", "last_passed", "now", "parse", "read", "read_all",
    "signer",
]  # fmt: skip
