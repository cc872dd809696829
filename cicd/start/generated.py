"""The files that the kit generates for a project, from the answers that `init` or `adopt` kept.

`python -m cicd.start.generated` reads answers and writes files, both as JSON: `ml-cicd upgrade` runs it in the version
to which it upgrades. Newer versions must understand the answers of older ones.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TextIO

from cicd.start import callers, skeleton
from cicd.start.project import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

INIT, ADOPT = "init", "adopt"
DEPENDABOT = ".github/dependabot.yml"


@dataclass(frozen=True)
class Answers:
    """What a project was made with: enough to generate its files again."""

    callers: callers.Choices
    names: tuple[str, ...]
    """The workflows for which there is a caller."""
    skeleton: skeleton.Choices | None = None
    """What a new project is like; None for a project that was adopted."""
    dependabot: bool = True
    """Whether the kit generates the configuration of Dependabot."""

    @property
    def command(self) -> str:
        """The command that made the project."""
        return INIT if self.skeleton else ADOPT

    def calling(self, repository: str, ref: str) -> Answers:
        """Return the answers for callers that name another copy or version of the kit."""
        chosen = replace(self.callers, repository=repository, ref=ref)
        return replace(self, callers=chosen, skeleton=self.skeleton and replace(self.skeleton, callers=chosen))


def of_skeleton(choices: skeleton.Choices) -> Answers:
    """Return the answers of a new project."""
    return Answers(choices.callers, callers.ALL if choices.approve else callers.USUAL, choices)


def texts(answers: Answers) -> dict[str, str]:
    """Return the generated files: path below the repository's root -> text."""
    if answers.skeleton:
        result = skeleton.render(answers.skeleton)
    else:
        result = {answers.callers.path(name): callers.render(name, answers.callers) for name in answers.names}
    return {**result, **({DEPENDABOT: dependabot(answers.callers)} if answers.dependabot else {})}


def dependabot(choices: callers.Choices) -> str:
    """Return the configuration of Dependabot, which moves the version of the kit in all callers at once."""
    text = (files(__package__) / "template" / "dependabot.yml").read_text("utf-8")
    branch = callers.scalar(choices.branches.integration)
    return text.replace("KIT_REPOSITORY", choices.repository).replace("INTEGRATION_BRANCH", branch)


def mode(path: str) -> str:
    """Return the mode of a generated file in git."""
    return "100755" if path.endswith(skeleton.EXECUTABLE) else "100644"


def to_data(answers: Answers) -> dict[str, Any]:
    """Return answers as JSON data."""
    chosen, project = answers.callers, answers.skeleton
    return {
        "callers": {
            "names": list(answers.names), "repository": chosen.repository, "ref": chosen.ref,
            "main": chosen.branches.main, "integration": chosen.branches.integration,
            "directory": chosen.directory, "prefix": chosen.prefix, "deploy-runs-on": list(chosen.deploy_runs_on),
            "lfs": chosen.lfs, "submodules": chosen.submodules, "titles": dict(chosen.titles),
        },
        "dependabot": answers.dependabot,
        **({"skeleton": {
            "name": project.name, "kinds": [project.kind, *project.beside], "python": project.python,
        }} if project else {}),
    }  # fmt: skip


def from_data(data: Mapping[str, Any]) -> Answers:
    """Return answers from JSON data.

    Raises:
        KeyError, TypeError, ValueError: the data are no answers.

    """
    values = data["callers"]
    names = tuple(values["names"])
    chosen = callers.Choices(
        values["repository"], values["ref"], callers.Branches(values["main"], values["integration"]),
        directory=values["directory"], prefix=values["prefix"], deploy_runs_on=tuple(values["deploy-runs-on"]),
        lfs=values["lfs"], submodules=values["submodules"], titles=dict(values["titles"]),
    )  # fmt: skip
    project = data.get("skeleton")
    made = None
    if project:
        kind, *beside = (Kind(word) for word in project["kinds"])
        approve = "approve" in names
        made = skeleton.Choices(project["name"], kind, chosen, project["python"], approve, tuple(beside))
    return Answers(chosen, names, made, data["dependabot"])


def main(source: TextIO, target: TextIO) -> None:
    """Read answers and write files: path -> mode and text."""
    answers = from_data(json.load(source))
    json.dump({path: [mode(path), text] for path, text in texts(answers).items()}, target)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
