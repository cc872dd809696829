"""Bring an existing project on the road: look at its files, then write `ml-cicd.toml` and the callers, and no more."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import config, freeze, git, stages
from cicd.errors import UsageError
from cicd.python_project import declared
from cicd.start import base, branching, callers, configuration, docker, generated, record, survey, target, tree, updates
from cicd.start.note import Kind, Note, assumed, undecided
from cicd.start.project import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.start.callers import Choices
    from cicd.start.tree import Tree

KIT = freeze.PLACEHOLDER
"""What callers name where nothing says where the kit is; on a local forge any owner is the kit."""
REF = "v1"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NEEDED = (
    docker.BUILD, docker.RELEASE, docker.ROOT, "pyproject.toml", "requirements.txt", "uv.lock", "poetry.lock",
    "pdm.lock", "Pipfile.lock", "requirements/default.txt",
)  # fmt: skip
"""Files that the kit reads from the commit where a project has them."""


@dataclass(frozen=True)
class Options:
    """What a person decides; everything that is empty is found in the project, or has a default."""

    name: str = ""
    asked: Asked = field(default_factory=Asked)
    main: str = ""
    integration: str = ""
    kit: str = ""
    ref: str = REF
    deploy_runs_on: Sequence[str] = callers.SELF_HOSTED
    stages: Sequence[str] = callers.USUAL
    """The workflows for which there shall be a caller."""
    named: bool = True
    """Whether a person named the project's folder, rather than only stood in it."""


@dataclass(frozen=True)
class Adoption:
    """What a project needs to be on the road, before anything is written."""

    directory: Path
    name: str
    notes: tuple[Note, ...]
    configuration: str
    """The text of `ml-cicd.toml` as it would be written; empty where the project has that file."""
    texts: Mapping[str, str]
    """The files to write: path below the repository's root -> text."""
    replacing: Mapping[str, str]
    """Files of an earlier run that get another text, unless a person changed them."""
    kept: tuple[str, ...]
    """Files that are there already and stay as they are."""
    updating: Mapping[str, str] = field(default_factory=dict)
    """The base of upgrades, where the project has that file already."""
    branch: str = ""
    """The branch whose pushes start integration."""

    @property
    def open(self) -> list[Note]:
        """What a person must decide."""
        return [note for note in self.notes if note.kind is Kind.UNDECIDED]


def plan(directory: Path, options: Options) -> Adoption:
    """Look at the project in `directory`, and return what would be written.

    Raises:
        UsageError: it is in no git repository, one of its files can't be read, or an option is not possible.

    """
    place = record.store(directory)
    inside = Path(os.path.relpath(directory.resolve(), place.root.resolve())).as_posix()
    inside = "" if inside == "." else inside
    files = tree.read(directory)
    if not any(path.endswith((".py", ".ipynb", docker.ROOT)) for path in files.paths):
        raise UsageError(
            f"There is no Python code and no Dockerfile in {directory}.",
            "For a new project: ml-cicd init DIR. For a project in a folder: --directory FOLDER",
        )
    branches, notes = branching.detect(directory, main=options.main, integration=options.integration)
    present = (directory / config.FILE).is_file()
    name = config.load(directory).name if present else _name(options.name, files)
    repository = options.kit or kit_repository()
    if not repository:
        repository = KIT
        notes.append(
            assumed("kit", f"The callers name {KIT}, which stands for your copy of the kit.", "--kit OWNER/NAME")
        )
    if inside and not options.named:
        text = f"The project is the folder {inside}, not the whole repository."
        notes.append(
            assumed("folder", text, f"--directory {os.path.relpath(place.root.resolve(), directory.resolve())}")
        )
    surveyed = survey.survey(files, options.asked)
    tables = dict(surveyed.tables)
    choices = callers.Choices(
        repository, options.ref, branches, directory=inside, deploy_runs_on=options.deploy_runs_on, lfs=surveyed.lfs,
        submodules=(place.root / ".gitmodules").is_file(),
    )  # fmt: skip
    texts, kept, choices = _callers(place.root, replace(choices, prefix=name if inside else ""), options.stages)
    texts, updating = _with_base(place.root, texts, choices, [key for key in options.stages if key not in kept], notes)
    called = {**kept, **{key: choices.path(key) for key in options.stages}}
    if stages.INTEGRATION.name in called and stages.STAGING.name not in called:
        tables["staging"] = {"auto": False}
        notes.append(assumed("stages", "Integration starts no staging as long as there is no caller of staging.",
                             f"--stage {stages.STAGING.name}"))  # fmt: skip
    text = configuration.render(name, tables)
    toml = f"{inside}/{config.FILE}".lstrip("/")
    replacing: dict[str, str] = {}
    if not present:
        texts = {toml: text, **texts}
    elif record.unchanged(place, place.read(), toml) and (directory / config.FILE).read_text("utf-8") != text:
        replacing = {toml: text}
    notes = [*surveyed.notes, *notes, *_hidden(place.root, inside, files, list(texts))]
    stay = tuple(dict.fromkeys((*([toml] if present and not replacing else []), *kept.values())))
    return Adoption(
        directory, name, tuple(notes), text if not present else "", texts, replacing, stay, updating,
        branches.integration,
    )  # fmt: skip


def apply(adoption: Adoption) -> None:
    """Write the files of an adoption.

    Raises:
        CheckFailedError: a file appeared meanwhile; nothing that was there is lost.
        UnreachableError: the disk is full or read-only.

    """
    record.write(
        record.store(adoption.directory), adoption.texts, replacing=adoption.replacing, updating=adoption.updating
    )


def kit_repository() -> str:
    """Return `owner/name` of the kit, from the clone that this package is in; empty where that does not say."""
    here = Path(__file__).parent
    try:
        address = git.query(here, "config", "--get", "remote.origin.url") or ""
        inside = git.query(here, "ls-files", "--error-unmatch", Path(__file__).name)
    except UsageError:
        return ""
    match = git.HOSTED.fullmatch(address)
    return match["path"] if match and inside and match["path"].count("/") == 1 else ""


def _name(asked: str, files: Tree) -> str:
    directory = files.directory
    read = declared.read(directory)
    candidates = [
        asked, read.project.get("name"), read.poetry.get("name"), read.setup_cfg.get("metadata", {}).get("name"),
        *re.findall(r"\bname\s*=\s*[\"']([^\"']+)", files.text("setup.py"))[:1], directory.resolve().name,
    ]  # fmt: skip
    for text in filter(None, candidates):
        name = re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-")[:40].rstrip("-")
        if asked and name != asked:
            raise UsageError(
                f"'{asked}' can't be the name of a project.",
                "Use lower-case letters, digits and hyphens; begin with a letter; at most 40 characters: "
                f"--name {name or 'app'}",
            )
        if NAME.fullmatch(name):
            return name
    return "app"


def _callers(root: Path, choices: Choices, names: Sequence[str]) -> tuple[dict[str, str], dict[str, str], Choices]:
    """Return the callers to write, those that the project has, and the choices with the prefix of the file names."""
    folder = root / callers.FOLDER
    present = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    texts = {path.relative_to(root).as_posix(): path.read_text("utf-8", "replace") for path in present}
    kept = callers.existing(texts, choices.directory)
    for name, path in kept.items():  # later ones are named as those that are there
        stem = Path(path).stem
        if stem != name and stem.endswith(f"-{name}"):
            choices = replace(choices, prefix=stem.removesuffix(f"-{name}"))
    wanted = [name for name in names if name not in kept]
    taken = {path.rpartition(".")[0] for path in texts} - {path.rpartition(".")[0] for path in kept.values()}
    if not choices.prefix and any(choices.path(name).rpartition(".")[0] in taken for name in callers.ALL):
        choices = replace(choices, prefix="ml-cicd")
    choices = replace(choices, titles={name: callers.title(path, texts[path]) for name, path in kept.items()})
    return {choices.path(name): callers.render(name, choices) for name in wanted}, kept, choices


def _with_base(
    root: Path, texts: dict[str, str], choices: Choices, names: Sequence[str], notes: list[Note]
) -> tuple[dict[str, str], dict[str, str]]:
    """Add the configuration of Dependabot and the base of upgrades to the callers that are written, if there are any.

    Return the files to write, and those that are there and get another text.
    """
    if not texts:
        return texts, {}
    present = [path for ending in ("yml", "yaml") if (path := root / f".github/dependabot.{ending}").is_file()]
    if lack := updates.lack(present[0].read_text("utf-8", "replace"), choices) if present else "":
        notes.append(
            undecided(
                "dependabot", f"{present[0].name} {lack}.",
                "In that file, package-ecosystem: github-actions, as the kit's docs/upgrades.md shows.",
            )
        )  # fmt: skip
    answers = generated.Answers(choices, tuple(names), dependabot=not present)
    if answers.dependabot:
        texts = {generated.DEPENDABOT: generated.dependabot(choices), **texts}
    files = {path: base.File(generated.mode(path), text) for path, text in texts.items()}
    place = base.path_in(choices.directory)
    if not (root / place).is_file():
        return {
            place: base.dump(base.of_texts(target.installed(), answers, files)),
            **texts,
        }, {}  # first, if it is killed
    before = base.load((root / place).read_text("utf-8"), place)
    titles = {**before.answers.callers.titles, **choices.titles}
    together = tuple(key for key in callers.ALL if key in {*before.answers.names, *names})
    answers = replace(before.answers, callers=replace(before.answers.callers, titles=titles), names=together)
    return texts, {place: base.dump(replace(before, answers=answers, files={**before.files, **files}))}


def _hidden(root: Path, inside: str, files: Tree, written: list[str]) -> list[Note]:
    """Say which files git ignores that the road needs in the commit."""
    needed = [path for path in _NEEDED if (files.directory / path).is_file() and not files.has(path)]
    asked = [*written, *(f"{inside}/{path}".lstrip("/") for path in needed)]
    return [
        undecided(
            "git",
            f"git ignores {path} ({rule}): no commit would hold it.",
            f"A line in .gitignore: !/{_way_in(path, rule)}",
        )
        for path, rule in tree.hidden(root, asked).items()
    ]


def _way_in(path: str, rule: str) -> str:
    """Return what a line of `.gitignore` must take back: the ignored folder, or the file."""
    name = rule.rpartition(": ")[2].strip("/").rpartition("/")[2]
    parts = path.split("/")
    return "/".join(parts[: parts.index(name) + 1]) + "/" if name in parts[:-1] else path
