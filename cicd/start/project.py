"""What is known of a project before it is decided what it delivers, what a person said, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cicd.start.note import Note, assumed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.python_project.declared import Declared
    from cicd.python_project.layout import Layout
    from cicd.start.code import Module
    from cicd.start.docker import Stage
    from cicd.start.tree import Tree

SUBJECT = "deliverable"


class Kind(StrEnum):
    """What a project delivers."""

    SERVICE = "service"
    BATCH = "batch"
    PACKAGE = "package"


@dataclass(frozen=True)
class Project:
    """What is known of a project before it is decided what it delivers."""

    tree: Tree
    layout: Layout
    modules: Sequence[Module]
    dependencies: set[str]
    """The packages that the project names anywhere."""
    installed: set[str]
    """Those of them that the release installs."""
    declared: Declared
    dockerfile: str
    """The Dockerfile of the release; empty where there is none."""
    stage: Stage
    bundled: bool
    """Whether the release holds the model as a bundle, since no Dockerfile copies it."""


@dataclass(frozen=True)
class Asked:
    """What a person said instead of letting it be found; empty or 0: let it be found."""

    kinds: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    port: int = 0
    health: str = ""


@dataclass(frozen=True)
class Deliverable:
    """What a project delivers, or a part of it, as tables of its configuration."""

    kind: Kind
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def in_bundle(project: Project, command: tuple[str, ...], notes: list[Note]) -> tuple[str, ...]:
    """Start the command in the folder of the bundle, where the code's relative path of the model leads to it."""
    if not project.bundled:
        return command
    text = "The code opens the model by a relative path: it is started in /opt/bundle, where the model is."
    notes.append(assumed("model", text, "the command's first words: env --chdir=/opt/bundle"))
    return ("env", "--chdir=/opt/bundle", *command)
