"""The tables `[registry.login]` and `[environments.<name>.login]`: how a job logs in with its own identity.

Nothing in them is secret: they say whom the cloud trusts, and the cloud decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.config import tables
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class AzureLogin:
    """An application or managed identity of Entra that trusts the job by a federated credential."""

    tenant: str
    client: str


@dataclass(frozen=True)
class AwsLogin:
    """A role of IAM that trusts the job."""

    role: str


@dataclass(frozen=True)
class GoogleLogin:
    """A provider of a workload identity pool that trusts the job."""

    provider: str
    service_account: str = ""
    """The account whose rights count; empty: those of the job's own identity in the pool."""


@dataclass(frozen=True)
class OidcLogin:
    """A cluster whose API server trusts the tokens of jobs themselves."""

    audience: str


RegistryLogin = AzureLogin | AwsLogin | GoogleLogin
ClusterLogin = AzureLogin | OidcLogin
_KINDS: dict[str, type[AzureLogin | AwsLogin | GoogleLogin | OidcLogin]] = {
    "azure": AzureLogin,
    "aws": AwsLogin,
    "google": GoogleLogin,
    "oidc": OidcLogin,
}
"""The values of the key `kind`."""
REGISTRIES = {
    "azure": re.compile(r"[a-z0-9-]+\.azurecr\.io"),
    "aws": re.compile(r"\d{12}\.dkr[.-]ecr\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|on\.aws)"),
    "google": re.compile(r"[a-z0-9-]+-docker\.pkg\.dev|([a-z]+\.)?gcr\.io"),
}
"""The hosts of the registries of each kind."""
_EXAMPLES = {
    "azure": "flights.azurecr.io/flights",
    "aws": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/flights",
    "google": "europe-west1-docker.pkg.dev/acme/images/flights",
}


def for_host(host: str) -> str:
    """Return the kind of login that a registry's host takes; empty for none."""
    return next((kind for kind, pattern in REGISTRIES.items() if pattern.fullmatch(host)), "")


def check(data: Mapping[str, Any], source: str) -> None:
    """Raise for logins whose keys are not those of their kind, and for one that is not the login of `image`.

    Raises:
        UsageError: the message names the table.

    """
    login = data.get("registry", {}).get("login")
    if login:
        _check_keys(login, "registry.login", source)
        kind, host = login["kind"], data.get("image", "").partition("/")[0]
        if not REGISTRIES[kind].fullmatch(host):
            raise UsageError(
                f"{source}: registry.login.kind: found {kind}, which is no login for "
                f"{f'the registry {host}' if host else 'the default registry'}.",
                f'Name the image repository, for example: image = "{_EXAMPLES[kind]}". Or remove the table: other '
                "registries take the secret REGISTRY_TOKEN.",
            )
    for name, table in data.get("environments", {}).items():
        if "login" in table:
            _check_keys(table["login"], f"environments.{name}.login", source)


def _check_keys(table: Mapping[str, Any], place: str, source: str) -> None:
    kind = table["kind"]
    needed = {name.replace("_", "-"): name for name in _KINDS[kind].__dataclass_fields__}
    if unknown := sorted({*table} - {"kind", *needed}):
        raise UsageError(
            f"{source}: {place}: the kind {kind} has no key {', '.join(unknown)}.",
            f"Its keys are: {', '.join(needed)}.",
        )


def read(table: Mapping[str, Any] | None) -> Any:
    """Return the login that a table describes; None without one."""
    if not table:
        return None
    values = tables.values(table)
    return _KINDS[values.pop("kind")](**values)
