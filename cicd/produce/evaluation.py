"""Run `[gate] evaluate` in a release, named by its digest, on an evaluation set, and take the predictions out.

The container has a copy of the set of its own, and neither network, token nor secret. The kit reads what it writes as
columns of numbers and words, and nothing else (`cicd.gate.reading`).
"""

from __future__ import annotations

import io
import shutil
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels, variables
from cicd.errors import CheckFailedError
from cicd.files import file_errors
from cicd.oci import containers, images, leftovers, resources
from cicd.oci.errors import engine_errors
from cicd.produce import evaluation_set
from cicd.produce import training_rows as rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cicd.config import GateSettings
    from cicd.oci.engine import Client, Container

ROOT = "/ml-cicd"
PREDICTIONS = f"{ROOT}/predictions"
FILES = ("predictions.csv", "predictions.parquet")
LIMIT = 1 << 30
"""The bytes that a file of predictions may have."""


@dataclass(frozen=True)
class Evaluation:
    """An evaluation set that was taken out of its image, once for all models, and the settings of their containers."""

    client: Client
    project: str
    settings: GateSettings
    layer: Path
    """A tar of the folder with the set."""

    @property
    def place(self) -> str:
        """Return where a container finds the set."""
        return f"{ROOT}/{evaluation_set.FOLDER}/{self.settings.evaluation_set}"

    def predict(self, command: Sequence[str], release: str, target: Path) -> Path:
        """Run `command` in a release on the set, and return the file of its predictions.

        The file is `target`, with the ending of what the command wrote: `.csv` or `.parquet`.

        Raises:
            CheckFailedError: the command failed, took too long, or left no predictions, or two files of them.
            UsageError: the release does not have the command.
            UnreachableError: the engine or the registry does not answer.

        """
        images.pull(self.client, release)
        settings = self.settings
        with containers.created(
            self.client, release, command=list(command), entrypoint=[], network="none",
            labels={labels.PROJECT: self.project, labels.ROLE: labels.EVALUATION},
            environment={variables.ML_CICD_EVALUATION_SET: self.place, variables.ML_CICD_PREDICTIONS: PREDICTIONS},
            **resources.options(cpus=settings.cpus, memory=settings.memory, shm_size=settings.shm_size),
        ) as container:  # fmt: skip
            self._fill(container)
            with containers.time_limit(container, settings.timeout) as late:
                ending = containers.run_to_end(container, release, command)
            if late.is_set():
                raise CheckFailedError(
                    f"The command evaluate did not end within {settings.timeout:g} s.",
                    "Let it predict fewer rows, or give it more time in ml-cicd.toml: [gate] timeout.",
                )
            if ending.exit_code:
                raise CheckFailedError(
                    f"The command evaluate failed with {ending}.",
                    ending.hint("Its output above shows the cause. It has no network, and no secrets."),
                )
            return _taken(container, target)

    def _fill(self, container: Container) -> None:
        """Copy the set into a container, and make the folder of the predictions, which every user may write."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name, mode in ((ROOT, 0o755), (PREDICTIONS, 0o777)):
                member = tarfile.TarInfo(name.lstrip("/"))
                member.type, member.mode = tarfile.DIRTYPE, mode
                tar.addfile(member)
        with engine_errors("copy the evaluation set into a container"):
            container.put_archive("/", stream.getvalue())
            with self.layer.open("rb") as layer:
                container.put_archive(ROOT, layer)


def prepare(client: Client, project: str, settings: GateSettings, image: str, folder: Path) -> Evaluation:
    """Take the evaluation set out of its image (`repository@sha256:...`) into `folder`.

    Raises:
        CheckFailedError: the image holds no evaluation set.
        UnreachableError: the engine or the registry does not answer, or the disk is full.

    """
    leftovers.remove(client)
    images.pull(client, image)
    layer = folder / "set.tar"
    with containers.created(client, image, command=["none"]) as container:
        if not containers.save(container, f"/{evaluation_set.FOLDER}", layer):
            raise CheckFailedError(
                f"The image {image} has no folder /{evaluation_set.FOLDER}, so it is no evaluation set.",
                "Name the image that ml-cicd train pushed. In a workflow, run all jobs again.",
            )
    return Evaluation(client, project, settings, layer)


def _taken(container: Container, target: Path) -> Path:
    """Copy the one file of predictions out of a container."""
    written = []
    for name in FILES:
        packed = target.with_name(f"{target.name}-{name}.tar")
        with _readable(name):
            if containers.save(container, f"{PREDICTIONS}/{name}", packed, LIMIT):
                written.append((packed, target.with_name(target.name + name[name.index(".") :])))
    if len(written) != 1:
        raise CheckFailedError(
            f"The command evaluate left {'both' if written else 'neither'} {' and '.join(FILES)}.",
            f"Let it write one of them into the folder that ${variables.ML_CICD_PREDICTIONS} names.",
        )
    packed, file = written[0]
    with _readable(file.name):
        unpack(packed, file)
    return file


def training_rows(client: Client, bundle: str, target: Path) -> Path | None:
    """Copy the hashed ids of the rows that a model was trained on out of its bundle; None if the bundle has none.

    Raises:
        UnreachableError: the engine or the registry does not answer.

    """
    images.pull(client, bundle)
    packed = target.with_suffix(".tar")
    with containers.created(client, bundle, command=["none"]) as container:
        try:
            if not containers.save(container, f"/bundle/{rows.FILE}", packed, rows.LIMIT):
                return None
            unpack(packed, target)
        except (ValueError, tarfile.TarError):
            return None  # a bundle that the kit did not pack
    return target


def unpack(packed: Path, file: Path) -> None:
    """Write the only file in a tar to `file`, and remove the tar.

    Raises:
        tarfile.TarError: it is no plain file.

    """
    with file_errors(f"write {file}"), tarfile.open(packed) as tar:
        member = tar.next()
        plain = member is not None and member.isfile() and "/" not in member.name.strip("/")
        content = tar.extractfile(member) if member and plain else None
        if content is None:
            raise tarfile.TarError("it is no plain file")
        with file.open("wb") as stream:
            shutil.copyfileobj(content, stream)
    packed.unlink()


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"What the command evaluate left can't be read: {error} ({name}).",
            f"Let it write a plain file of at most {LIMIT:,} bytes.",
        ) from error
