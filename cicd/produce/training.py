"""Run the training in a container of the build image, and pack what it leaves."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd import labels, masking
from cicd.errors import CheckFailedError, CicdError
from cicd.files import file_errors
from cicd.oci import archives, containers, metadata_shield, resources, secret_files
from cicd.oci.errors import DiskFullError, engine_errors
from cicd.produce import locks, training_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config import Train
    from cicd.oci.endings import Ending
    from cicd.oci.engine import Client, Container

OUTPUT = "/tmp/bundle"  # noqa: S108 -- inside the container
METADATA = "metadata.json"
METADATA_LIMIT = 16 << 20
ROOM = 1 << 20
"""Bytes without which a disk counts as full."""
OBJECT_HINT = f"Let the [train] command write one JSON object to {OUTPUT}/{METADATA}."


@dataclass(frozen=True)
class Facts:
    """What the kit writes into the `metadata.json` of a bundle; what the project wrote there stays."""

    inputs: str
    """The bundle's cache key: a hash of everything that training reads."""
    lock_file: str = ""
    lock: bytes = b""
    """Path and content of the project's lock; empty for none."""

    def merged(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """Return the metadata of a bundle in which the project wrote `written`.

        Raises:
            CheckFailedError: the project wrote the hash of another lock.

        """
        known = locks.hashes(self.lock) if self.lock_file else set()
        named = str(written.get("lock", "")).removeprefix("sha256:")
        if named and known and named not in known:
            raise CheckFailedError(
                f"The bundle says that it was trained with another {self.lock_file}: `lock` in its {METADATA} is "
                f"{written['lock']} instead of {hashlib.sha256(self.lock).hexdigest()}.",
                f"Let the [train] command hash {self.lock_file}, or leave the key out: the kit writes it.",
            )
        unix = self.lock.replace(b"\r\n", b"\n")
        facts = {"inputs": self.inputs}
        if self.lock_file:
            facts["lock"] = f"sha256:{hashlib.sha256(unix).hexdigest()}"
        return {**written, **{name: value for name, value in facts.items() if name not in written}}


def train(
    client: Client,
    project: str,
    settings: Train,
    image: str,
    folder: Path,
    *,
    facts: Facts,
    secrets: Mapping[str, str] | None = None,
) -> Path:
    """Train inside `image`, and return the bundle as a tar in `folder` that is the same bytes for the same files.

    The command finds `secrets` as files in /run/secrets.

    Raises:
        CheckFailedError: training failed, or left no bundle.
        UnreachableError: the engine does not answer, or the disk is full.

    """
    raw, layer = folder / "raw.tar", folder / "bundle.tar"
    marks = {labels.PROJECT: project, labels.ROLE: labels.TRAINING}
    limits = resources.options(
        cpus=settings.cpus, memory=settings.memory, shm_size=settings.shm_size, gpus=settings.gpus
    )
    with containers.created(
        client, image, command=list(settings.command), labels=marks, network=settings.network, entrypoint=[], **limits
    ) as container:
        secret_files.put(container, secrets or {})
        if settings.network != "none":
            metadata_shield.join(client, container)
        with containers.time_limit(container, settings.timeout) as late:
            ending = containers.run_to_end(container, image, settings.command)
        if late.is_set():
            raise CheckFailedError(
                f"Training did not end within {settings.timeout:g} s.",
                "Let it do less, or give it more time in ml-cicd.toml: [train] timeout.",
            )
        if ending.exit_code:
            _check_disk(container, ending)
            raise CheckFailedError(
                f"Training failed with {ending}.",
                ending.hint("Correct the cause that the log above shows, then push again."),
            )
        if not containers.save(container, OUTPUT, raw):
            raise CheckFailedError(
                f"Training left nothing in {OUTPUT}.", f"Let the [train] command write the bundle to {OUTPUT}."
            )
    check_secrets(raw)
    pack(raw, layer, facts)
    raw.unlink()
    return layer


def _check_disk(container: Container, ending: Ending) -> None:
    """Raise if there is no room for a small file in the container of a training that failed.

    Raises:
        DiskFullError: the engine's disk is full, which is not the project's fault.

    """
    try:
        with engine_errors("write a megabyte into the container of the training"):
            container.put_archive("/", archives.packed({"ml-cicd-room": bytes(ROOM)}))
    except DiskFullError as error:
        raise DiskFullError(
            f"Training failed with {ending}, and the engine's disk is full. {error.message}",
            f"{error.hint} Then run this again: no bundle was made.",
        ) from error
    except CicdError:
        return


def check_secrets(raw: Path) -> None:
    """Raise if the tar of a bundle holds the value of a secret: everybody who may pull a release could read it.

    Raises:
        CheckFailedError: it does; nothing was pushed.

    """
    overlap = masking.longest()
    if not overlap:
        return
    with raw.open("rb") as file:
        before = b""
        while block := file.read(1 << 20):
            if masking.holds(before + block):
                raise CheckFailedError(
                    "The bundle holds the value of a secret. Nothing was pushed.",
                    f"Let the [train] command write the model alone to {OUTPUT}, without the settings that it read.",
                )
            before = (before + block)[-overlap:]


def pack(raw: Path, layer: Path, facts: Facts) -> None:
    """Write the tar `raw` of a bundle as the tar `layer`, with the kit's facts in its `metadata.json`.

    Ids of the rows that it was trained on are hashed.

    Everything in it is checked before it is pushed, since every later run would take it.

    Raises:
        CheckFailedError: it holds what can't be packed, a `metadata.json` that is no object, or nothing else.
        UnreachableError: the disk is full.

    """
    name, rows = f"bundle/{METADATA}", f"bundle/{training_rows.FILE}"
    try:
        content = archives.read(raw, name, METADATA_LIMIT)
        metadata = facts.merged(described(content) if content is not None else {})
        text = json.dumps(metadata, indent=2, ensure_ascii=False).encode() + b"\n"
        trained_on = archives.read(raw, rows, training_rows.LIMIT)
        hashes = None if trained_on is None else training_rows.hashed(trained_on)
        with file_errors(f"write {layer}"):
            count = archives.neutral(raw, layer, {name: text, **({rows: hashes} if hashes else {})})
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"The bundle can't be packed: {error}.", f"Let the [train] command copy the file into {OUTPUT}."
        ) from error
    if not count and content is None:
        raise CheckFailedError("The bundle is empty.", f"Let the [train] command write the model to {OUTPUT}.")


def described(content: bytes) -> dict[str, Any]:
    """Return the object in the text of a `metadata.json`.

    Raises:
        CheckFailedError: it holds none.

    """
    try:
        loaded = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckFailedError(f"The bundle's {METADATA} can't be read: {error}", OBJECT_HINT) from error
    if not isinstance(loaded, dict):
        raise CheckFailedError(f"The bundle's {METADATA} is not a JSON object.", OBJECT_HINT)
    return loaded
