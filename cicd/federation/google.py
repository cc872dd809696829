"""Google: the identity token becomes an access token, and that, if wanted, one of a service account.

Contracts: Google's Security Token Service (RFC 8693), and `generateAccessToken` of its IAM Credentials API.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd import masking
from cicd.federation import identity
from cicd.federation.asking import JSON, Service, ask, post_form
from cicd.federation.kept import Credential, ends_after, ends_at

if TYPE_CHECKING:
    from cicd.config import GoogleLogin

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
USER = "oauth2accesstoken"
"""The user name by which a registry knows an access token."""
LIFETIME = 3600
"""Seconds that the token of a service account lasts: the most that Google gives without more ado."""


def registry(login: GoogleLogin) -> Credential:
    """Return a login of Google's registries.

    Raises:
        RefusedError: Google does not trust the job, or the job may not act as the service account.
        UnreachableError: GitHub or Google does not answer.

    """
    token = identity.token(f"https://iam.googleapis.com/{login.provider}")
    service = Service(
        "Google's Security Token Service",
        f"Check the provider's issuer, its attribute condition for {token.subject}, and its allowed audience "
        f"{token.audience}.",
    )
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": f"//iam.googleapis.com/{login.provider}",
        "scope": SCOPE,
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token": token.value,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }
    answer = post_form(service, "https://sts.googleapis.com/v1/token", form).json()
    federated = service.text(answer, "access_token")
    masking.hide(federated)
    if login.service_account:
        return _of_service_account(login.service_account, federated)
    return Credential(USER, federated, ends_after(answer.get("expires_in")))


def _of_service_account(account: str, federated: str) -> Credential:
    service = Service(
        "Google's IAM",
        f"Give the job's identity in the pool the role roles/iam.workloadIdentityUser on {account}.",
    )
    answer = ask(
        service,
        "POST",
        f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken",
        {"Content-Type": "application/json", **JSON},
        json.dumps({"scope": [SCOPE], "lifetime": f"{LIFETIME}s"}).encode(),
        authorization=f"Bearer {federated}",
    ).json()
    access = service.text(answer, "accessToken")
    masking.hide(access)
    return Credential(USER, access, ends_at(answer.get("expireTime")))
