"""What DVC keeps of a project: the files of its pointers and stages, the remote, and which secrets lead to it."""

from __future__ import annotations

import configparser
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cicd.produce import dvc_files
from cicd.produce.dvc_files import CONFIG, ENDING, LOCK, STAGES
from cicd.start.note import Note, assumed, found, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.start.tree import Tree

SUBJECT = "DVC"
SECRETS = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "azure": ("AZURE_STORAGE_CONNECTION_STRING",),
    "gdrive": ("GDRIVE_CREDENTIALS_DATA",),
    "oss": ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET"),
}
"""The environment variables in which DVC's plug-ins look for credentials, by the scheme of the remote's URL."""
KEY_FILES = {"gs": ("credentialpath", "GCS_KEY"), "ssh": ("keyfile", "DVC_SSH_KEY")}
"""Schemes whose credentials are a file: the key of DVC's configuration that names it, and a name for the secret."""
OPEN = ("http", "https")
"""Schemes that can be read without credentials, unless `auth` is set."""
_PLUG_INS = ("s3", "azure", "gdrive", "gs", "oss", "ssh", "webdav", "hdfs")


@dataclass(frozen=True)
class Remote:
    """The remote from which `dvc pull` takes content."""

    name: str
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        """Its URL, or a path."""
        return self.settings.get("url", "")

    @property
    def scheme(self) -> str:
        """The scheme of its URL; empty for a folder."""
        scheme, separator, _ = self.url.partition("://")
        return scheme.lower().removesuffix("s" if scheme.lower() == "webdavs" else "") if separator else ""

    @property
    def requirement(self) -> str:
        """DVC with the plug-in that reads the remote, as a requirement."""
        return f"dvc[{self.scheme}]" if self.scheme in _PLUG_INS else "dvc"


@dataclass(frozen=True)
class Kept:
    """What DVC keeps of a project."""

    paths: tuple[str, ...] = ()
    """Files and folders whose content a commit names."""
    unlocked: tuple[str, ...] = ()
    """Outputs of stages whose content no commit names, since `dvc.lock` does not list them."""
    stages: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    """What can't be read."""


def kept(tree: Tree) -> Kept:
    """Return what DVC keeps of a project; no program of DVC is needed."""
    notes: list[Note] = []
    paths = [
        _below(path, document.get("wdir"), out.get("path"))
        for path in tree.named(ENDING)
        for document in [_read(tree, path, notes)]
        for out in _rows(document.get("outs"))
    ]
    declared: list[str] = []
    names: list[str] = []
    for file in (path for path in tree.named(STAGES) if path.rpartition("/")[2] == STAGES):
        lock = f"{file.removesuffix(STAGES)}{LOCK}"
        stages, locked = (_table(_read(tree, name, notes).get("stages")) for name in (file, lock))
        names += stages
        outputs = [output for stage in stages.values() for output in _outputs(file, _definition(stage))]
        declared += [path for path, stored in outputs if stored]
        elsewhere = {path for path, stored in outputs if not stored}
        for name, stage in locked.items():
            wdir, outs = _definition(stages.get(name.partition("@")[0])).get("wdir"), _rows(_table(stage).get("outs"))
            paths += [path for out in outs if (path := _below(file, wdir, out.get("path"))) not in elsewhere]
            if outs and _is_template(wdir):
                notes.append(_unknown_folder(file, name, str(wdir), str(outs[0].get("path"))))
    unlocked = tuple(path for path in dict.fromkeys(declared) if path and path not in paths and not tree.has(path))
    return Kept(tuple(dict.fromkeys(filter(None, paths))), unlocked, tuple(names), tuple(notes))


def remote(tree: Tree) -> Remote | None:
    """Return the default remote of a project, or its only one; None if `.dvc/config` names none."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        file = dvc_files.settings(tree.directory)
        parser.read_string(file.read_text("utf-8") if file else "")
    except (configparser.Error, ValueError):
        return None
    sections = {title.strip("'").removeprefix("remote ").strip('"'): title for title in parser.sections()}
    remotes = {name: title for name, title in sections.items() if title.strip("'").startswith("remote ")}
    name = parser.get("core", "remote", fallback="") or (next(iter(remotes)) if len(remotes) == 1 else "")
    return Remote(name, dict(parser[remotes[name]])) if name in remotes else None


def access(tree: Tree, dependencies: set[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Return the names of the secrets that `dvc pull` needs, and what to say of the remote and of DVC's package.

    `dependencies` are the packages that the project names.
    """
    origin = remote(tree)
    if origin is None:
        text = f"{CONFIG} names no default remote, so that no run can fetch the content."
        return (), [undecided(SUBJECT, text, "dvc remote add --default storage s3://BUCKET/PATH, then dvc push")]
    secrets, notes = _credentials(origin)
    if "dvc" not in dependencies and not any(name.startswith("dvc-") for name in dependencies):
        text = "No file names DVC, and dvc pull runs in the build image."
        line = f'[build] requirements = ["requirements-test.txt"], a file with the line {origin.requirement}'
        notes.append(undecided(SUBJECT, text, line))
    return secrets, notes


def _credentials(origin: Remote) -> tuple[tuple[str, ...], list[Note]]:
    """Return the names of the secrets for a remote, with a note of what is assumed, or of what a person must decide."""
    settings, place = origin.settings, f"The remote '{origin.name}', {_shown(origin.url)},"
    other = f"dvc remote modify {origin.name} url s3://BUCKET/PATH, then dvc push"
    if not origin.scheme or origin.scheme == "file":
        return (), [undecided(SUBJECT, f"{place} is a folder of this machine, which no run reaches.", other)]
    if settings.get("allow_anonymous_login", "").lower() == "true":
        return (), [found(SUBJECT, f"{place} asks for no credentials")]
    if origin.scheme in OPEN and not settings.get("auth"):
        return (), [assumed(SUBJECT, f"{place} is read without credentials.", other)]
    key, file = KEY_FILES.get(origin.scheme, ("", ""))
    if file and settings.get(key) != f"/run/secrets/{file}":
        line = f'dvc remote modify {origin.name} {key} /run/secrets/{file}, then [model] secrets = ["{file}"]'
        return (), [undecided(SUBJECT, f"{place} is read with a key file, and no commit may hold it.", line)]
    if names := SECRETS.get(origin.scheme, (file,) if file else ()):
        values = json.dumps(dict.fromkeys(names, "..."))
        line = f"gh secret set TRAIN_SECRETS --body '{values}'; for others: [model] secrets = [...]"
        return names, [assumed(SUBJECT, f"{place} is read with {' and '.join(names)}, from TRAIN_SECRETS.", line)]
    return (), [undecided(SUBJECT, f"{place} can't be read with credentials from environment variables.", other)]


def _shown(url: str) -> str:
    """Return a URL without the user and password that may stand in it."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url


def _unknown_folder(file: str, stage: str, wdir: str, output: str) -> Note:
    """Return the note on a stage whose folder is a template: its outputs may be a model."""
    text = f"{file} gives the stage {stage} the folder {wdir}, and only DVC knows which folder that is."
    line = f'If {output} is the model: [model] paths = ["FOLDER/{output.removeprefix("../")}"]'
    return undecided(SUBJECT, text, line)


def _definition(stage: Any) -> dict[str, Any]:
    """Return the table that says what a stage does: of a `foreach`, the one in `do`."""
    table = _table(stage)
    return _table(table["do"]) if "do" in table else table


def _is_template(text: Any) -> bool:
    return isinstance(text, str) and "${" in text


def _below(pointer: str, wdir: Any, path: Any) -> str:
    """Return a path that a pointer or a stage names, from the project's directory.

    Empty if it lies elsewhere, or if it is a template, whose values only DVC knows.
    """
    if not isinstance(path, str) or "://" in path or _is_template(path) or _is_template(wdir):
        return ""
    parts: list[str] = []
    for part in (PurePosixPath(pointer).parent / str(wdir or ".") / path).parts:
        if part == ".." and not parts:
            return ""
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "" if path.startswith("/") else "/".join(parts)


def _outputs(file: str, stage: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield the outputs of a stage, and whether DVC keeps them: those with `cache: false` it does not."""
    outs = stage.get("outs")
    for out in outs if isinstance(outs, list) else []:
        path, options = next(iter(out.items())) if isinstance(out, dict) and out else (out, {})
        if below := _below(file, stage.get("wdir"), path):
            yield below, bool(_table(options).get("cache", True))


def _read(tree: Tree, path: str, notes: list[Note]) -> dict[str, Any]:
    """Return the table of a YAML file; empty if there is none, or none that can be read."""
    import yaml  # noqa: PLC0415 -- only for a project with DVC

    try:
        return _table(yaml.safe_load(tree.text(path)))
    except (yaml.YAMLError, RecursionError):
        notes.append(undecided(SUBJECT, f"{path} is no YAML.", f"Correct {path}, then run ml-cicd adopt again"))
        return {}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
