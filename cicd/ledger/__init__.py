"""The ledger: the one record of every deployment and approval: what, where, by whom, with which result."""

from __future__ import annotations

from cicd.encoding import decode
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
from cicd.ledger.judgement import Judgement, Line
from cicd.ledger.outcome import UNRECORDED, as_data, deployment_of, encode
from cicd.oci.reference import PATTERN as IMAGE
from cicd.oci.reference import digest_of

__all__ = [
    "IMAGE", "UNRECORDED", "Action", "Basis", "Deployment", "Entry", "Judgement", "Line", "Result", "Trust", "append",
    "as_data", "chain", "decode", "deployment_from", "deployment_of", "digest_of", "encode", "envelope", "finished",
    "keyring", "last_passed", "now", "parse", "read", "read_all", "signer",
]  # fmt: skip
