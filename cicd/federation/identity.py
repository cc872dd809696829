"""The identity token of a job: GitHub signs who runs what, for one audience."""

from __future__ import annotations

import base64
import json
import os
import time
from dataclasses import dataclass
from urllib.parse import quote

from cicd import masking, variables
from cicd.federation.asking import JSON, Service, ask

AGAIN = "Run this again. If it stays so, look at https://www.githubstatus.com"


@dataclass(frozen=True)
class IdentityToken:
    """An identity token, which proves the `subject` to `audience` until `expires` (seconds since 1970)."""

    value: str
    audience: str
    subject: str
    expires: float


def available() -> bool:
    """Return whether this job may ask for identity tokens: whether it has the permission `id-token: write`."""
    return all(
        os.environ.get(name)
        for name in (variables.ACTIONS_ID_TOKEN_REQUEST_URL, variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
    )


def token(audience: str) -> IdentityToken:
    """Return a new identity token of this job for an audience.

    Raises:
        RefusedError: GitHub gives none to this job.
        UnreachableError: GitHub does not answer, or not with a token.

    """
    url = os.environ[variables.ACTIONS_ID_TOKEN_REQUEST_URL]
    request_token = os.environ[variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN]
    masking.hide(request_token)
    github = Service(
        "GitHub's issuer of identity tokens", "Check that the job has the permission 'id-token: write'.", AGAIN
    )
    answer = ask(
        github, "GET", f"{url}{'&' if '?' in url else '?'}audience={quote(audience, safe='')}",
        JSON, authorization=f"Bearer {request_token}",
    )  # fmt: skip
    value = github.text(answer.json(), "value")
    masking.hide(value)
    claims = _claims(value)
    expires = claims.get("exp")
    ends = float(expires) if isinstance(expires, int | float) else time.time()
    return IdentityToken(value, audience, str(claims.get("sub", "")), ends)


def _claims(value: str) -> dict[str, object]:
    """Return what a token says of itself, unchecked: the receiver checks it. Empty if it can't be read."""
    try:
        payload = value.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
