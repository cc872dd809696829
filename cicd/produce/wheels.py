"""The wheels of a project's packages: built once, checked, and kept in an image with nothing else in it."""

from __future__ import annotations

import email
import hashlib
import re
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files, labels, scratch
from cicd.errors import CheckFailedError
from cicd.oci import archives, containers, engine
from cicd.oci.errors import engine_errors
from cicd.produce import build_context, conventions, recipe
from cicd.python_project.names import normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicd.config import Config
    from cicd.oci.engine import Client

FOLDER = "wheels"
"""The folder of an image that holds wheels."""
NAME = re.compile(
    r"(?P<name>[A-Za-z0-9._]+)-(?P<version>[A-Za-z0-9._+!]+)(-[0-9][A-Za-z0-9_.]*)?"
    r"-(?P<python>[A-Za-z0-9_.]+)-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+\.whl"
)
"""The name of a wheel's file."""
NOT_IMPORTED = ("tests", "test", "docs", "doc", "examples", "benchmarks")
"""Folders that are in some wheels by accident."""


@dataclass(frozen=True)
class Wheel:
    """A wheel."""

    file: str
    """The name of the file."""
    sha256: str
    imports: tuple[str, ...]
    """The names of its top-level modules and packages."""


@dataclass(frozen=True)
class Wheels:
    """The wheels of a commit."""

    image: str
    """The image on the engine that holds them."""
    wheels: tuple[Wheel, ...]

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file."""
        return {wheel.file: wheel.sha256 for wheel in self.wheels}

    @property
    def proof(self) -> tuple[str, ...]:
        """The command that imports every package."""
        names = dict.fromkeys(name for wheel in self.wheels for name in wheel.imports)
        return ("python", "-c", "; ".join(f"import {name}" for name in names))


def build(config: Config, directory: Path, tag: str = "", marks: Mapping[str, str] | None = None) -> Wheels:
    """Build the wheels of the project in `directory`, and make the image `ml-cicd/<project>-wheels:<tag>` of them.

    Without a tag, the tag is a hash of the wheels: a build of another branch on this engine never moves the name.
    `marks` are further labels of that image.

    Raises:
        UsageError: nothing says how a package is built.
        CheckFailedError: the build fails, writes something else than wheels, or two packages have one name.
        UnreachableError: the engine does not answer, or the disk is full.

    """
    made = conventions.wheels(config, directory)
    build_context.check(made.read_context(), made.name)
    project = {labels.PROJECT: config.name}
    image = recipe.build(made, tag=f"ml-cicd/{config.name}-wheels:build", labels=project)
    client = engine.connect()
    with scratch.folder("wheels") as folder:
        layer = Path(folder) / "layer.tar"
        paths = extract(client, image, Path(folder))
        wheels = tuple(map(check, paths))
        if not wheels:
            raise CheckFailedError(
                f"{made.name} left no wheel in /{FOLDER}.", f"Let it write wheels there: *.whl in /{FOLDER}."
            )
        if config.package and not config.package.build.dockerfile:
            check_names(config.package.paths, wheels)
        _pack(paths, layer)
        name = f"ml-cicd/{config.name}-wheels"
        tag = tag or _hash(layer)[:16]
        with engine_errors(f"make an image of the wheels of {config.name}"):
            changes = [f"LABEL {label}={value}" for label, value in {**project, **(marks or {})}.items()]
            client.api.import_image_from_file(str(layer), repository=name, tag=tag, changes=changes)
    return Wheels(f"{name}:{tag}", wheels)


def extract(client: Client, image: str, folder: Path) -> list[Path]:
    """Write the wheels that an image of the engine holds into `folder`, and return their files by name.

    Raises:
        CheckFailedError: the folder of the image can't be read.
        UnreachableError: the engine does not answer, or the disk is full.

    """
    packed = folder / "packed.tar"
    try:
        with containers.created(client, image, command=["none"]) as container:
            if not containers.save(container, f"/{FOLDER}", packed):
                return []
        files.unpack(packed, folder)
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"The folder /{FOLDER} of {image} can't be read: {error}", "Let it hold wheels alone."
        ) from error
    return sorted(path for path in (folder / FOLDER).glob("*.whl") if path.is_file() and not path.is_symlink())


def check(path: Path) -> Wheel:
    """Return the wheel in a file: its name, SHA-256 and modules.

    Raises:
        CheckFailedError: the file is not a wheel, or its name and its METADATA differ in package or version.

    """
    hint = "Correct the build of the package, or the Dockerfile that writes it."
    name = NAME.fullmatch(path.name)
    if not name:
        raise CheckFailedError(f"{path.name} is no name of a wheel.", hint)
    try:
        described = dict(metadata(path))
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise CheckFailedError(f"{path.name} is no wheel: {error}", hint) from error
    own = (normalized(described["Name"]), described["Version"])
    if own[0] != normalized(name["name"]) or own[1].replace("-", "_") != name["version"].replace("-", "_"):
        raise CheckFailedError(f"{path.name} describes itself as {own[0]} {own[1]}.", hint)
    return Wheel(path.name, _hash(path), tuple(_imports(members, normalized(name["name"]))))


def check_names(paths: Sequence[str], wheels: Sequence[Wheel]) -> None:
    """Raise if packages share a name: the wheel of one replaces the wheel of another.

    `paths` are the folders of the packages; the generated Dockerfile builds one wheel of each.

    Raises:
        CheckFailedError: fewer package names than folders.

    """
    if len({package_of(wheel.file) for wheel in wheels}) < len(paths):
        built = ", ".join(wheel.file for wheel in wheels)
        raise CheckFailedError(
            f"At least two of the packages in {', '.join(paths)} have one name. The build made these wheels: {built}.",
            "Give each package its own name in pyproject.toml, and name each folder once in `paths`.",
        )


def metadata(path: Path) -> list[tuple[str, str]]:
    """Return the fields of a wheel's METADATA file in their order; the text after the fields is `Description`.

    Raises:
        ValueError: the wheel has no METADATA file, or METADATA lacks `Metadata-Version`, `Name` or `Version`.
        zipfile.BadZipFile, zlib.error: the file is not a zip archive, or is damaged.

    """
    with zipfile.ZipFile(path) as archive:
        places = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        if not places:
            raise ValueError("it has no METADATA")
        message = email.message_from_string(archive.read(places[0]).decode("utf-8"))
    fields = [(name, str(value)) for name, value in message.items()]
    for name in ("Metadata-Version", "Name", "Version"):
        if name not in dict(fields):
            raise ValueError(f"its METADATA has no {name}")
    text = str(message.get_payload())
    return [*fields, ("Description", text)] if text.strip() else fields


def package_of(file: str) -> str:
    """Return the name of the package in the name of a wheel's file, as indexes spell it."""
    return normalized(file.partition("-")[0])


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _imports(members: Iterable[str], package: str) -> list[str]:
    """Return what can be imported from a wheel: the module named like the package, or else every top-level module."""
    names: dict[str, None] = {}
    for member in members:
        top, _, rest = member.partition("/")
        module = (top if rest else top.partition(".")[0]) if member.endswith((".py", ".so", ".pyd")) else ""
        if module.isidentifier() and not module.startswith("_"):
            names[module] = None
    same = [name for name in names if normalized(name) == package]
    return same or [name for name in names if name not in NOT_IMPORTED]


def _pack(paths: Iterable[Path], layer: Path) -> None:
    """Write wheels as a tar without times and owners: the same wheels make the same image."""
    raw = layer.with_suffix(".raw")
    with files.file_errors(f"write {layer}"):
        with tarfile.open(raw, mode="w") as tar:
            for path in paths:
                tar.add(path, f"{FOLDER}/{path.name}")
        archives.neutral(raw, layer)
        raw.unlink()
