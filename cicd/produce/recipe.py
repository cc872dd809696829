"""How an image is built: from a Dockerfile of the project, or from one that the kit writes for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import scratch
from cicd.oci import engine, images
from cicd.oci.errors import engine_errors
from cicd.produce import build_context, dockerfile, secret_values
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.produce.build_context import Context

RELEASE, RELEASE_USER = "RELEASE", "RELEASE_USER"
"""Build arguments of an image that is made from the release: the image, and its user."""


@dataclass(frozen=True)
class Recipe:
    """How an image is built."""

    name: str
    """What messages call it, such as `cicd/build/Dockerfile`."""
    context: Path
    """The folder that the builder gets."""
    text: str
    """The text of the Dockerfile."""
    file: Path | None = None
    """The project's Dockerfile; None for one that the kit writes."""
    ignore: str = ""
    """The text of the `.dockerignore` file beside a Dockerfile that the kit writes."""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Path] = field(default_factory=dict)
    """Files for the build, which no layer keeps."""
    named: tuple[str, ...] = ()
    """Names of secrets for the build, whose values this process was given."""
    release: Recipe | None = None
    """The release, if this image is made from it."""
    note: str = ""
    """What people should know of the base image; empty for nothing."""

    def read_context(self) -> Context:
        """Return what the builder gets.

        Raises:
            UsageError: git can't read the repository.

        """
        if self.file:
            return build_context.read(self.context, self.file)
        return build_context.read_generated(self.context, self.text, self.ignore)

    def images(self) -> list[str]:
        """Return the references of the images that are taken from elsewhere, also for the release underneath."""
        below = set(self.release.images()) if self.release else set()
        references = {name for name in dockerfile.images(self.text, self.arguments) if RELEASE not in name}
        return sorted(references | below)


def build(
    recipe: Recipe,
    *,
    tag: str,
    labels: Mapping[str, str],
    arguments: Mapping[str, str] | None = None,
    inline_cache: bool = False,
    cache_from: str = "",
) -> str:
    """Build an image and return its id on the engine; see `images.build`.

    Raises:
        UsageError: a secret was not given.
        CheckFailedError: the Dockerfile does not build.
        UnreachableError: the engine, its disk, the network or a registry is the reason.

    """
    given = secret_values.of_build(recipe.named)
    values = {**recipe.arguments, **(arguments or {})}
    if recipe.release:
        below = f"{tag.rpartition(':')[0]}-release"
        release = build(recipe.release, tag=f"{below}:latest", labels=labels)
        values |= {RELEASE: images.name_by_id(engine.connect(), release, below), RELEASE_USER: _user(release)}
    if recipe.note:
        say(recipe.note)
    with scratch.folder("recipe") as folder:
        file = recipe.file or Path(folder) / "Dockerfile"
        if not recipe.file:
            file.write_text(recipe.text, "utf-8")
            file.with_name("Dockerfile.dockerignore").write_text(recipe.ignore, "utf-8")
        secrets = {**recipe.secrets, **{name: _written(Path(folder) / f"secret-{name}", given[name]) for name in given}}
        return images.build(
            recipe.context, file, tag=tag, arguments=values, labels=labels, target=recipe.target,
            secrets=secrets, name=recipe.name, inline_cache=inline_cache, cache_from=cache_from,
        )  # fmt: skip


def _written(file: Path, value: str) -> Path:
    """Write a value to a file in a folder that only this account can enter; return the file."""
    file.write_bytes(value.encode())
    return file


def _user(image: str) -> str:
    with engine_errors(f"look for the image {image}"):
        return str(engine.connect().images.get(image).attrs["Config"].get("User") or "0")
