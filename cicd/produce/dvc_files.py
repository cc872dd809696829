"""Files that DVC holds: a commit has their pointers, and a container of the build image fetches their content."""

from __future__ import annotations

import posixpath
import re
import shlex
import tarfile
from typing import TYPE_CHECKING

from cicd import files, git, labels, place
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, metadata_shield, secret_files
from cicd.oci.endings import NOT_FOUND
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.oci.engine import Client, Container

ENDING = ".dvc"
STAGES, LOCK, CONFIG = "dvc.yaml", "dvc.lock", ".dvc/config"
GIVEN, WORK = "/tmp/ml-cicd-given", "/tmp/ml-cicd-model"  # noqa: S108 -- inside the container
ENVIRONMENT = {"HOME": "/tmp", "USER": "ml-cicd", "DVC_SITE_CACHE_DIR": "/tmp/dvc"}  # noqa: S108
"""DVC asks for the name of its user, and many images have a user without one."""
LOCAL = "[core]\n    no_scm = True\n    analytics = False\n    check_update = False\n[cache]\n    type = copy\n"
"""DVC's settings in the container: there is no git, and links into a cache are no content."""
SCRIPT = f"""set -e
cp -r {GIVEN} {WORK}
cd {WORK}
chmod -R u+w .
for file in /run/secrets/*; do
    if [ -f "$file" ]; then export "$(basename "$file")=$(cat "$file")"; fi
done
exec dvc pull --quiet "$@"
"""
SETTINGS = (".yaml", ".yml", ".json", ".toml", ".py")
"""Endings of the files whose values DVC fills into the templates of a `dvc.yaml`."""
DEFAULTS = "params.yaml"
"""The file of values that a `dvc.yaml` need not name."""
_SECTION = re.compile(r"\s*(?:-\s+)?(deps|outs|params):\s*$")
_PATH = re.compile(r"\s*(?:-\s+)?path:\s*[\"']?(.*?)[\"']?\s*$")
_UP = re.compile(r"^(?:\.{1,2}/)+")
_WDIR = re.compile(r"^\s*(?:-\s+)?wdir:", re.MULTILINE)


def pointer(directory: Path, path: str) -> str:
    """Return the file of the commit that says which content DVC holds for a path; empty if DVC does not hold it."""
    if (directory / f"{path}{ENDING}").is_file():
        return f"{path}{ENDING}"
    return next((name for name in _pointers(directory) if _describes(directory, name, path)), "")


def _pointers(directory: Path) -> list[str]:
    """Return the pointers of a project: each `dvc.lock` and `.dvc` file that git knows or would add."""
    names = git.files(directory) if git.is_repository(directory) else [LOCK]
    pointers = [name for name in names if name.rpartition("/")[2] == LOCK or name.endswith(ENDING)]
    return sorted((name for name in pointers if (directory / name).is_file()), key=lambda name: (name.count("/"), name))


def _describes(directory: Path, name: str, path: str) -> bool:
    """Return whether a pointer names a path as an output.

    Its paths begin in its folder, or in the `wdir` of a stage, which only `dvc.yaml` has, and which can be a template.
    So behind a `wdir` the end of the path decides; DVC itself says no where that is another file.
    """
    text, folder = files.utf8((directory / name).read_bytes(), name), posixpath.dirname(name)
    stages = directory / folder / STAGES if posixpath.basename(name) == LOCK else directory / name
    moved = stages.is_file() and _WDIR.search(files.utf8(stages.read_bytes(), STAGES))
    for output in _outputs(text):
        end = _UP.sub("", output)
        if posixpath.normpath(posixpath.join(folder, output)) == path or (moved and f"/{path}".endswith(f"/{end}")):
            return True
    return False


def _outputs(text: str) -> Iterator[str]:
    """Yield the paths of the outputs that a pointer names. DVC writes these files; without PyYAML they are read so."""
    section = ""
    for line in lines(text):
        if match := _SECTION.match(line):
            section = match[1]
        elif section == "outs" and (match := _PATH.match(line)):
            yield match[1]


def settings(directory: Path) -> Path | None:
    """Return the file with DVC's settings: that of the project, or of the nearest folder above it in the repository."""
    if (directory / CONFIG).is_file():
        return directory / CONFIG
    top = place.root(directory).resolve()
    above = (folder / CONFIG for folder in directory.resolve().parents if folder.is_relative_to(top))
    return next((file for file in above if file.is_file()), None)


def held(directory: Path, key: str, paths: Sequence[str]) -> dict[str, str]:
    """Return those of `paths` whose content is not here and which DVC holds, with their pointers.

    `key` is the key of `ml-cicd.toml` that names the paths, for messages.

    Raises:
        UsageError: a path names a pointer itself.

    """
    for path in paths:
        if path.endswith(ENDING) and (directory / path).is_file():
            raise UsageError(
                f"{key} names '{path}', which holds a pointer of DVC, not the content.",
                f"Name the file that it stands for: {path.removesuffix(ENDING)}",
            )
    return {path: found for path in paths if not (directory / path).exists() and (found := pointer(directory, path))}


def fetch(
    client: Client, project: str, image: str, directory: Path, wanted: Mapping[str, str], *,
    secrets: Mapping[str, str], folder: Path,
) -> dict[str, Path]:  # fmt: skip
    """Fetch the content of the paths in `wanted` into `folder`, in a container of `image`; return where each lies.

    The container finds `secrets` as files in /run/secrets; the command `dvc pull` has them as variables.

    Raises:
        CheckFailedError: the image has no DVC, or DVC does not get the content.
        UnreachableError: the engine does not answer, or the disk is full.

    """
    command = ["sh", "-c", SCRIPT, "dvc", *wanted]
    marks = {labels.PROJECT: project, labels.ROLE: labels.TRAINING}
    with containers.created(
        client,
        image,
        command=command,
        labels=marks,
        network="bridge",
        entrypoint=[],
        environment=ENVIRONMENT,
    ) as container:
        given = {f"{GIVEN[1:]}/{name}": content for name, content in _given(directory, wanted).items()}
        container.put_archive("/", archives.packed(given))
        secret_files.put(container, secrets)
        metadata_shield.join(client, container)
        ending = containers.run_to_end(container, image, ["dvc", "pull", *wanted])
        if ending.exit_code == NOT_FOUND:
            raise CheckFailedError(
                f"DVC holds {', '.join(wanted)}, and the build image has no command dvc.",
                'Add DVC with the plug-in of its storage to what the tests install, for example "dvc[s3]".',
            )
        if ending.exit_code:
            raise CheckFailedError(
                f"The command dvc pull {shlex.join(wanted)} failed with {ending}.",
                ending.hint(
                    "Its words stand above. Credentials: name them in [model] secrets, or in [train] secrets; their "
                    "values come from TRAIN_SECRETS. Content that nobody pushed: dvc push."
                ),
            )
        return {path: _saved(container, path, folder / str(number)) for number, path in enumerate(wanted)}


def _given(directory: Path, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Return what DVC needs of the commit, by path: its settings, the pointers, and the stages of each lock."""
    names = {*wanted.values()}
    for lock in (name for name in wanted.values() if posixpath.basename(name) == LOCK):
        stages = posixpath.join(posixpath.dirname(lock), STAGES)
        names |= {stages, *_values(directory, stages)}
    present = {name: (directory / name).read_bytes() for name in sorted(names) if (directory / name).is_file()}
    if file := settings(directory):
        present[CONFIG] = file.read_bytes()
    return {**present, ".dvc/config.local": LOCAL.encode()}


def _values(directory: Path, stages: str) -> list[str]:
    """Return the files that hold values for the templates of a `dvc.yaml`; none if it has no templates."""
    text = (directory / stages).read_text("utf-8", "replace") if (directory / stages).is_file() else ""
    if "${" not in text or not git.is_repository(directory):
        return []
    named = (name for name in git.files(directory) if name.endswith(SETTINGS))
    return [name for name in named if posixpath.basename(name) == DEFAULTS or posixpath.basename(name) in text]


def _saved(container: Container, path: str, folder: Path) -> Path:
    packed = folder.with_suffix(".tar")
    try:
        if not containers.save(container, f"{WORK}/{path}", packed):
            raise CheckFailedError(f"The command dvc pull left nothing at {path}.", "Push the content: dvc push.")
        folder.mkdir()
        files.unpack(packed, folder)
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(f"What DVC holds for {path} can't be read: {error}", "Let it be plain files.") from error
    packed.unlink()
    return folder / path.rpartition("/")[2]
