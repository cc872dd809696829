"""The model files, data and notebooks of a project, and what keeps them: git, Git LFS or DVC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.produce.training import OUTPUT
from cicd.start import dvc
from cicd.start.note import Note, found, undecided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.start.code import Module
    from cicd.start.tree import Tree

SUBJECT = "model"
ENDINGS = (
    ".pkl", ".pickle", ".joblib", ".onnx", ".skops", ".pt", ".pth", ".safetensors", ".h5", ".keras", ".cbm", ".ubj",
    ".pmml", ".tflite", ".gguf", ".mar", ".dill",
)  # fmt: skip
NOT_MODELS = frozenset(("tests", "test", "fixtures", "data", "dummy_data", "docs"))
_POINTER = "version https://git-lfs"
MODEL_NAMES = re.compile(
    r"(?:^|[^a-z])(?:models?|weights|checkpoints?|artifacts?|net|classifier|regressor)(?:[^a-z]|$)"
)
"""Names of files and folders that DVC keeps and that are models, whatever their ending."""
_OUTPUTS = ("--output", "--out", "--output-dir", "--bundle", "--model-dir")
SHOWN = 5


@dataclass(frozen=True)
class Models:
    """The model of a project, as far as its files show it."""

    files: tuple[str, ...]
    """Model files of the commit: in git, or in Git LFS."""
    dvc: tuple[str, ...]
    """Model files and folders that DVC keeps, and whose content the commit names."""
    data: tuple[str, ...]
    """All else that DVC keeps."""
    lfs: bool
    """Whether the repository has files in Git LFS."""
    notes: tuple[Note, ...]


def detect(tree: Tree) -> Models:
    """Return the model files of a project."""
    files = tuple(path for path in tree.named(*ENDINGS) if not NOT_MODELS & set(path.split("/")[:-1]))
    pointers = [path for path in files if tree.text(path).startswith(_POINTER)]
    lfs = bool(pointers) or "filter=lfs" in tree.text(".gitattributes")
    kept = dvc.kept(tree)
    held = tuple(filter(_is_model, kept.paths))
    data = tuple(path for path in kept.paths if path not in held)
    notes: list[Note] = [*kept.notes]
    if files:
        notes.append(found(SUBJECT, f"{_listed(files)}, in {'Git LFS' if pointers else 'git'}"))
    if held:
        notes.append(found(SUBJECT, f"{_listed(held)}, in DVC"))
    if data:
        notes.append(found("data", f"{_listed(data)}, in DVC; no build and no test gets it"))
    if kept.stages:
        notes.append(found(SUBJECT, f"dvc.yaml with the stages {', '.join(kept.stages)}"))
    if unlocked := [path for path in kept.unlocked if _is_model(path)]:
        text = (
            f"A stage of dvc.yaml makes {_listed(unlocked)}, and no commit says which content: dvc.lock has none of it."
        )
        line = "dvc repro && dvc push && git add dvc.lock, then ml-cicd adopt again; or [train] command = [...]"
        notes.append(undecided(SUBJECT, text, line))
    hidden = [path for path in tree.ignored if path.endswith(ENDINGS)]
    if hidden and not (files or held or unlocked):
        text = f"git ignores {_listed(hidden)}: no commit holds it, so no release will."
        notes.append(
            undecided(SUBJECT, text, "[train] command = [...] that writes it to /tmp/bundle; or git add --force")
        )
    notebooks = tree.named(".ipynb")
    if notebooks:
        notes.append(found("notebooks", f"{len(notebooks)}, the first {notebooks[0]}; they are in no release"))
    return Models(files, held, data, lfs, tuple(notes))


def _is_model(path: str) -> bool:
    """Return whether what DVC keeps at a path is a model, by its name."""
    *folders, name = path.lower().split("/")
    if NOT_MODELS & set(folders):
        return False
    return name.endswith(ENDINGS) or any(map(MODEL_NAMES.search, (*folders, name)))


def _listed(paths: tuple[str, ...] | list[str]) -> str:
    rest = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + rest


def training(modules: Sequence[Module]) -> tuple[tuple[str, ...], str]:
    """Return the command that writes the bundle, and the file that shows it; empty where no program seems to."""
    named = [
        module for module in modules if {"train", "training", "fit"} & set(module.path[:-3].split("/")[-1].split("_"))
    ]
    for module in sorted(named, key=lambda module: module.path.count("/")):
        words = ("python", "-m", module.started_as)
        texts = set(module.texts())
        if any(text.startswith(OUTPUT) for text in texts):
            return words, module.path
        if option := next((name for name in _OUTPUTS if name in texts), ""):
            return (*words, option, OUTPUT), module.path
    return (), ""
