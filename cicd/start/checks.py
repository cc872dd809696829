"""Which linters a project has configured and installs: they become its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cicd.start.note import Note, assumed, found

if TYPE_CHECKING:
    from cicd.python_project.layout import Layout
    from cicd.start.tree import Tree

SUBJECT = "checks"


class Linter(NamedTuple):
    """A linter: its package, its command, and where it is configured."""

    package: str
    check: str
    command: tuple[str, ...]
    files: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]


LINTERS = (
    Linter("ruff", "lint", ("ruff", "check", "--no-cache", "."), ("ruff.toml", ".ruff.toml"),
           (("pyproject.toml", "[tool.ruff"),)),
    Linter("flake8", "style", ("flake8",), (".flake8",), (("setup.cfg", "[flake8]"), ("tox.ini", "[flake8]"))),
    Linter("black", "format", ("black", "--check", "."), (), (("pyproject.toml", "[tool.black"),)),
    Linter("mypy", "types", ("mypy", "--cache-dir=/dev/null"), ("mypy.ini", ".mypy.ini"),
           (("pyproject.toml", "[tool.mypy"), ("setup.cfg", "[mypy]"))),
)  # fmt: skip


def detect(tree: Tree, layout: Layout, dependencies: set[str]) -> tuple[dict[str, tuple[str, ...]], list[Note]]:
    """Return the checks of a project, and what to say of them."""
    checks: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    for linter in LINTERS:
        place = next((file for file in linter.files if tree.has(file)), "") or next(
            (file for file, section in linter.sections if section in tree.text(file)), ""
        )
        if not place:
            continue
        if linter.package not in dependencies:
            text = f"{linter.package} is configured in {place}, and no file of the project asks for it: it is no check."
            decide = f"Add {linter.package} to the test requirements, then: [checks] {linter.check} = {_words(linter)}"
            notes.append(assumed(SUBJECT, text, decide))
            continue
        command = linter.command
        if linter.package == "mypy" and not _names_files(tree, place):
            command = (
                *command,
                *(layout.path(name) for name in layout.packages or [f"{m}.py" for m in layout.modules]),
            )
        checks[linter.check] = command
        notes.append(found(SUBJECT, f"{linter.package}, configured in {place}"))
    return checks, notes


def _names_files(tree: Tree, place: str) -> bool:
    """Return whether mypy's configuration says what to check."""
    _, _, section = tree.text(place).partition("mypy")
    return any(line.split("=")[0].strip() in ("files", "packages", "modules") for line in section.split("\n"))


def _words(linter: Linter) -> str:
    return "[" + ", ".join(f'"{word}"' for word in linter.command) + "]"
