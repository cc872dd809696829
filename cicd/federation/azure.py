"""Azure: the identity token becomes an access token of Entra, and that a login of Azure Container Registry.

Contracts: Microsoft identity platform, client credentials with a federated credential; Azure/acr, AAD-OAuth.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import masking
from cicd.federation import identity
from cicd.federation.asking import Service, post_form
from cicd.federation.kept import Credential, ends_after

if TYPE_CHECKING:
    from cicd.config import AzureLogin

AUDIENCE = "api://AzureADTokenExchange"
OF_REGISTRIES = "https://containerregistry.azure.net/.default"
OF_AKS = "6dae42f8-4368-4678-94ff-3960e28e3630/.default"
"""The server application of AKS, the same for every cluster."""
USER = "00000000-0000-0000-0000-000000000000"
"""The user name by which a registry knows a refresh token."""


def registry(login: AzureLogin, host: str) -> Credential:
    """Return a login of Azure Container Registry.

    Raises:
        RefusedError: Entra does not trust the job, or its identity may not use the registry.
        UnreachableError: GitHub, Entra or the registry does not answer.

    """
    access = access_token(login, OF_REGISTRIES)
    service = Service(
        f"The registry {host}",
        f"Give the identity {login.client} a role in the registry: AcrPush, or AcrPull where it only reads.",
    )
    form = {
        "grant_type": "access_token", "service": host, "tenant": login.tenant, "access_token": access.password,
    }  # fmt: skip
    answer = post_form(service, f"https://{host}/oauth2/exchange", form).json()
    refresh = service.text(answer, "refresh_token")
    masking.hide(refresh)
    return Credential(USER, refresh, access.expires)  # the registry's token lasts longer than the access token


def cluster(login: AzureLogin) -> Credential:
    """Return the bearer token for the API server of an AKS cluster with Entra.

    Raises:
        RefusedError, UnreachableError: see `registry`.

    """
    return access_token(login, OF_AKS)


def access_token(login: AzureLogin, scope: str) -> Credential:
    """Return an access token of Entra for a scope.

    Raises:
        RefusedError, UnreachableError: see `registry`.

    """
    token = identity.token(AUDIENCE)
    service = Service(
        "Entra",
        f"Give the application {login.client} a federated credential with the issuer of GitHub, "
        f"the subject {token.subject} and the audience {AUDIENCE}.",
    )
    form = {
        "client_id": login.client,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token.value,
        "grant_type": "client_credentials",
        "scope": scope,
    }
    answer = post_form(service, f"https://login.microsoftonline.com/{login.tenant}/oauth2/v2.0/token", form).json()
    access = service.text(answer, "access_token")
    masking.hide(access)
    return Credential("", access, ends_after(answer.get("expires_in")))
