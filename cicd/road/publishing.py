"""Publish packages: look them up in the index before anything changes, upload them last, in the last stage."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicd import failpoints, github, named_secrets, scratch
from cicd.deploy import secrets
from cicd.direct import HERE
from cicd.errors import CheckFailedError, CicdError, RefusedError, UsageError
from cicd.oci import engine, images
from cicd.produce import wheels
from cicd.publish.index import PackageIndex, login
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config, Package
    from cicd.publish.index import Content
    from cicd.repository import Repository
    from cicd.road.verification import Candidate
    from cicd.stages import Stage


@dataclass(frozen=True)
class Publication:
    """The wheels of a release, and what the package index has of them."""

    index: PackageIndex
    image: str
    """The image that holds the wheels, by digest."""
    wheels: Mapping[str, str]
    """The SHA-256 of each wheel, by file name."""
    before: Mapping[str, Content]
    """What the index has under each file name, before the upload."""

    def plan(self) -> list[str]:
        """Return what `publish` would do, a line for each wheel."""
        url = self.index.publish_url
        return [
            f"publish {file} to {url}" if content == "absent" else f"leave {file}, which the index has already"
            for file, content in self.before.items()
        ]

    def publish(self) -> None:
        """Upload the wheels that the index lacks: exactly the bytes that the ledger names.

        Raises:
            CheckFailedError: the image holds other wheels than the ledger names, or somebody has uploaded a file with
                the same name and different content meanwhile.
            UnreachableError: the index, the registry or the engine does not answer.

        """
        missing = [file for file, content in self.before.items() if content == "absent"]
        for file in self.before:
            if file in missing:
                continue
            say(f"The package index has {file} already, with this content.")
        if not missing:
            return
        client = engine.connect()
        images.pull(client, self.image)
        with scratch.folder("wheels") as folder:
            paths = {path.name: path for path in wheels.extract(client, self.image, Path(folder))}
            held = {name: wheels.check(path).sha256 for name, path in paths.items()}
            if held != dict(self.wheels):
                raise CheckFailedError(
                    f"{self.image} holds other wheels than the ledger names: {', '.join(held) or 'none'}.",
                    "Build and accept a new release: this one can't be published.",
                )
            for file in missing:
                say(f"publish {file} to {self.index.publish_url}")
                with failpoints.change("publish.upload"):
                    self._upload(paths[file])

    def _upload(self, path: Path) -> None:
        tag = wheels.NAME.fullmatch(path.name)
        python = tag["python"] if tag else ""
        if self.index.upload(path.name, path.read_bytes(), wheels.metadata(path), python):
            return
        if self.index.content(wheels.package_of(path.name), path.name, self.wheels[path.name]) != "same":
            raise CheckFailedError(
                f"{self.index.publish_url} has another {path.name} by now, or keeps the name of a removed one.",
                "Raise the version of the package in a new commit: what was published can't be replaced.",
            )


def prepare(
    config: Config, stage: Stage, candidate: Candidate, replaced: Mapping[str, str], repository: Repository
) -> Publication | None:
    """Look up the wheels of a release in the package index, and return what to publish; None if nothing.

    `replaced` are the wheels of the running release. Only the last stage publishes; earlier stages warn of what
    the last one would refuse.

    Raises:
        RefusedError: the index already has a file with the same name and different content; nothing was changed.
        UsageError: the secret with the login is missing or empty; nothing was changed.
        UnreachableError: the index does not answer; nothing was changed.

    """
    package = config.package
    if candidate.action == "rollback":
        _tell_what_stays(stage, candidate, replaced)
        return None
    if package is None or package.index is None or not candidate.wheels:
        return None
    if repository.forge and urlsplit(package.index.publish_url).hostname not in HERE:
        if stage.publishes:
            text = f"A local run uploads nothing to {package.index.publish_url}: the wheels stay in the registry."
            github.annotate("notice", text, title="The packages were not published")
        return None
    if not stage.publishes:
        _warn(package, candidate)
        return None
    index = _index(package, required=True)
    before = _contents(index, candidate.wheels)
    if others := [file for file, content in before.items() if content == "other"]:
        raise RefusedError(
            f"{package.index.url} has {', '.join(others)} already, with another content. Nothing was published or "
            "deployed.",
            "Raise the version of the package in a new commit: what was published can't be replaced.",
        )
    return Publication(index, candidate.packages, candidate.wheels, before)


def _index(package: Package, *, required: bool) -> PackageIndex:
    """Return the package index with its login.

    Raises:
        UsageError: the login is `required`, and its secret is missing or empty.

    """
    assert package.index is not None  # noqa: S101 -- callers have asked
    index = package.index
    values = named_secrets.read(secrets.VARIABLE, [index.secret] if index.secret else [])
    if values is None and required:
        raise UsageError(
            f"The package index {index.publish_url} needs a login, and {secrets.VARIABLE} is not set.",
            f'Map the secret {secrets.VARIABLE} into the job, as a JSON object: {{"{index.secret}": "..."}}',
        )
    account = login((values or {}).get(index.secret, ""))
    if index.secret and account is None and required:
        raise UsageError(
            f"The package index {index.publish_url} needs a login, and the value of {index.secret} in "
            f"{secrets.VARIABLE} is empty.",
            f'Set it to a token or to user:password, for example: {{"{index.secret}": "..."}}',
        )
    return PackageIndex(index.url, index.publish_url, account)


def _contents(index: PackageIndex, files: Mapping[str, str]) -> dict[str, Content]:
    return {file: index.content(wheels.package_of(file), file, sha256) for file, sha256 in sorted(files.items())}


def _warn(package: Package, candidate: Candidate) -> None:
    """Warn of wheels that the last stage would refuse; an index that does not answer here gives no warning."""
    with suppress(CicdError):
        contents = _contents(_index(package, required=False), candidate.wheels)
        if others := [file for file, content in contents.items() if content == "other"]:
            text = (
                f"The package index has {', '.join(others)} already, with another content. Raise the package's version."
            )
            github.annotate("warning", text, title="This release can't be published")


def _tell_what_stays(stage: Stage, candidate: Candidate, replaced: Mapping[str, str]) -> None:
    stays = [file for file in replaced if file not in candidate.wheels]
    if stage.publishes and stays:
        text = (
            f"A rollback takes no package back: {', '.join(stays)} stays in the package index. To end its use, yank it."
        )
        github.annotate("notice", text, title="Published packages stay")
