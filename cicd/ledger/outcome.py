"""The outcome of a deployment as text, for the way from the job that deploys to the job that records."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cicd import encoding
from cicd.errors import RefusedError
from cicd.ledger.entry import deployment_from

if TYPE_CHECKING:
    from cicd.ledger.entry import Deployment

UNRECORDED = "unrecorded"


def encode(deployment: Deployment, unrecorded: Deployment | None = None) -> str:
    """Return a deployment as the text of the output `outcome`; see `as_data`."""
    return encoding.encode(as_data(deployment, unrecorded))


def as_data(deployment: Deployment, unrecorded: Deployment | None = None) -> dict[str, Any]:
    """Return a deployment as plain data; `unrecorded` is the one before it, if the ledger has no entry of that."""
    return {**asdict(deployment), **({UNRECORDED: asdict(unrecorded)} if unrecorded else {})}


def deployment_of(text: str) -> Deployment | None:
    """Return the deployment in an output `outcome` that anybody may have written; None if it holds none."""
    if not text:
        return None
    try:
        return deployment_from({key: value for key, value in encoding.decode(text).items() if key != UNRECORDED})
    except (ValueError, AttributeError, RefusedError):
        return None
