"""The image repositories of a project: of releases, test images, model bundles, packages and evaluation sets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import UsageError
from cicd.oci import logins

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HUB = "docker.io"
HUB_PARTS = 2
"""Docker Hub names an image repository by owner and name; other registries allow longer paths."""


@dataclass(frozen=True)
class Repositories:
    """The image repositories of a project, each with its registry's host."""

    release: str
    test: str
    bundle: str
    packages: str
    evaluation: str
    others: Mapping[str, str]
    """The repositories of the other services that have an image of their own, by the service's name."""

    @property
    def all(self) -> tuple[str, ...]:
        """Return all of them."""
        return (self.release, self.test, self.bundle, self.packages, self.evaluation, *self.others.values())


def of(default: str, image: str | None, others: Iterable[str] = ()) -> Repositories:
    """Return the image repositories of a project: from the configured `image`, else from registry and default path.

    A registry named by `ML_CICD_REGISTRY` stands in for the configured one, so a local run never pushes elsewhere.

    Raises:
        UsageError: the registry of `image` can't hold such a name.

    """
    host, path = split(image) if image else (default_host(), default.lower())
    if variables.ML_CICD_REGISTRY in os.environ:
        host = default_host()
    if host == HUB:  # a project in a folder, or the path of another registry for which Docker Hub stands in
        owner, *names = path.split("/")
        path = f"{owner}/{'-'.join(names)}"
    return beside(f"{host}/{path}", others)


def beside(release: str, others: Iterable[str] = ()) -> Repositories:
    """Return all image repositories of a project, named after the repository of its releases.

    `others` are the names of the services that have an image of their own beside the release image.
    """
    joint = "-" if release.startswith(f"{HUB}/") else "/"
    test, bundle, packages, evaluation = (
        f"{release}{joint}{name}" for name in ("test", "bundle", "packages", "evaluation")
    )
    own = {name: f"{release}{joint}{name}" for name in others}
    return Repositories(release, test, bundle, packages, evaluation, own)


def default_host() -> str:
    """Return the registry that images go to when the configuration names no image repository."""
    host = os.environ.get(variables.ML_CICD_REGISTRY, "ghcr.io")
    return HUB if host in logins.HUB else host


def split(image: str) -> tuple[str, str]:
    """Return host and path of a configured image repository; without a host, it is one of Docker Hub, as for Docker.

    Raises:
        UsageError: it is one of Docker Hub without an owner, or with more than owner and name.

    """
    host, _, path = image.partition("/")
    if not (set(".:") & set(host) or host == "localhost"):
        host, path = HUB, image
    if host not in logins.HUB:
        return host, path
    if len(path.split("/")) != HUB_PARTS:
        raise UsageError(
            f"'{image}' can't be an image repository of Docker Hub, which names one by owner and name.",
            'Write in ml-cicd.toml: image = "docker.io/OWNER/NAME". Test images go to OWNER/NAME-test, model bundles '
            "to OWNER/NAME-bundle.",
        )
    return HUB, path
