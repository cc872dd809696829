"""The Secrets that the releases of an environment need: the pull secret, and the environment's secrets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy import secrets
from cicd.deploy.kubernetes import objects
from cicd.oci import logins

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.site import Site


@dataclass(frozen=True)
class SecretObjects:
    """The Secrets of one environment, which all its services share."""

    site: Site
    registry: str
    """The host of the registry that has the images."""

    @cached_property
    def needed(self) -> list[Manifest]:
        """The Secrets that the releases need.

        Raises:
            UsageError: the environment's secrets were not given.

        """
        config, environment = self.site.config, self.site.environment
        values, needed = secrets.required(environment), []
        if login := logins.lasting_credentials(self.registry):
            needed.append(objects.pull_secret(config, environment, self.registry, *login))
        return needed + ([objects.app_secret(config, environment, values)] if values else [])

    @property
    def of_application(self) -> str:
        """The name of the Secret with the environment's secrets; empty if it has none."""
        return next((objects.name_of(secret) for secret in self.needed if secret["type"] == "Opaque"), "")

    def missing(self) -> list[Manifest]:
        """Return the needed Secrets that the namespace does not have with this content."""
        existing = {name: self.site.kubectl.get("secret", name) for name in map(objects.name_of, self.needed)}
        return [
            secret for secret in self.needed if (existing[objects.name_of(secret)] or {}).get("data") != secret["data"]
        ]


def write(site: Site, manifest: Manifest) -> None:
    """Write a Secret, or another object without which no pod of a release starts."""
    with failpoints.change("kubernetes.write-secret"):
        site.kubectl.apply([manifest])
