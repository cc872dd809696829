"""The credentials of this job: each is fetched when it is needed, and again before it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config import AwsLogin, AzureLogin, GoogleLogin, OidcLogin
from cicd.federation import aws, azure, google, identity
from cicd.federation.identity import available
from cicd.federation.kept import Credential

if TYPE_CHECKING:
    from cicd.config import ClusterLogin, RegistryLogin

__all__ = ["Credential", "available", "cluster", "registry"]

_kept: dict[tuple[RegistryLogin | ClusterLogin, str], Credential] = {}


def registry(login: RegistryLogin, host: str) -> Credential:
    """Return user and password for a registry's host.

    Raises:
        RefusedError: the cloud does not trust this job, or the job's identity may not use the registry.
        UnreachableError: GitHub or the cloud does not answer.

    """
    if (kept := _kept.get((login, host))) and kept.usable:
        return kept
    match login:
        case AzureLogin():
            new = azure.registry(login, host)
        case AwsLogin():
            new = aws.registry(login, host)
        case GoogleLogin():
            new = google.registry(login)
    _kept[login, host] = new
    return new


def cluster(login: ClusterLogin) -> Credential:
    """Return the bearer token for a cluster's API server, as the password of a credential.

    Raises:
        RefusedError: the cloud does not trust this job.
        UnreachableError: GitHub or the cloud does not answer.

    """
    if (kept := _kept.get((login, ""))) and kept.usable:
        return kept
    match login:
        case AzureLogin():
            new = azure.cluster(login)
        case OidcLogin():
            token = identity.token(login.audience)
            new = Credential("", token.value, token.expires)
    _kept[login, ""] = new
    return new
