"""Signatures of requests to AWS, version 4, for POST and GET of the path `/` without a query."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Keys:
    """The credentials of a role; `token` is empty for keys that do not end."""

    key_id: str
    secret: str
    token: str = ""


@dataclass(frozen=True)
class Place:
    """The service and region that a signature is for."""

    service: str
    region: str


def signed(
    method: str, host: str, headers: Mapping[str, str], body: bytes, *, keys: Keys, place: Place, when: datetime
) -> dict[str, str]:
    """Return the headers of a request, with its date, its session token and its signature.

    `when` is in UTC. The header `Host` is signed, and left to the sender.
    """
    stamp = when.strftime("%Y%m%dT%H%M%SZ")
    scope = "/".join((stamp[:8], place.region, place.service, "aws4_request"))
    sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    sent["x-amz-date"] = stamp
    if keys.token:
        sent["x-amz-security-token"] = keys.token
    counted = {**sent, "host": host}
    names = ";".join(sorted(counted))
    lines = "".join(f"{name}:{counted[name]}\n" for name in sorted(counted))
    request = "\n".join((method, "/", "", lines, names, hashlib.sha256(body).hexdigest()))
    text = "\n".join((ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, text).hex()
    authorization = f"{ALGORITHM} Credential={keys.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**sent, "authorization": authorization}


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
