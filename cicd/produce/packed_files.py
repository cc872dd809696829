"""Files that the project has already, in git, Git LFS or DVC, as the only layer of an image: a model or data."""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cicd.errors import CheckFailedError, UsageError
from cicd.files import file_errors
from cicd.oci import archives
from cicd.produce import build_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Named:
    """Files that a key of `ml-cicd.toml` names, and the folder of the image that gets them."""

    key: str
    """The key as messages spell it, such as `[model] paths`."""
    paths: tuple[str, ...]
    folder: str


def pack(directory: Path, named: Named, raw: Path, elsewhere: Mapping[str, Path] | None = None) -> str:
    """Write the files as the tar `raw`, each at its path below the folder, and return the SHA-256 of their content.

    `elsewhere` says where the content of some of the paths lies, other than in `directory`.

    Raises:
        UsageError: there is no such file.
        CheckFailedError: a file is a pointer of Git LFS, or a link that leads out of the project.
        UnreachableError: the disk is full.

    """
    paths = {name: (elsewhere or {}).get(name, directory / name) for name in named.paths}
    for name, path in paths.items():
        if not path.exists():
            raise UsageError(
                f"{directory} has no '{name}', which {named.key} names.",
                "Commit it, or correct the key.",
            )
    _check_pointers(directory, named.key, [path for name, path in paths.items() if name not in (elsewhere or {})])
    plain = raw.with_suffix(".plain")
    try:
        with file_errors(f"write {raw}"):
            with tarfile.open(raw, mode="w") as tar:
                for name, path in paths.items():
                    tar.add(path, f"{named.folder}/{PurePosixPath(name)}")
            archives.neutral(raw, plain)
            with plain.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            plain.replace(raw)
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"The files of {named.key} can't be packed: {error}", "Replace the link by the file, or name the file."
        ) from error
    return digest


def _check_pointers(directory: Path, key: str, paths: Sequence[Path]) -> None:
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    pointers = [file.relative_to(directory).as_posix() for file in files if build_context.is_pointer(file)]
    if pointers:
        raise CheckFailedError(
            f"The files of {key} are pointers of Git LFS: {build_context.shown(pointers)}.",
            "Fetch the content: git lfs pull. In a workflow of the kit: with: lfs: true.",
        )
