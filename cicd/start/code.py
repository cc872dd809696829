"""The Python modules of a project, parsed: nothing of it is run or imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.python_project.layout import Layout
    from cicd.start.tree import Tree

NOT_DELIVERED = frozenset(("tests", "test", "notebooks", "notebook", "scripts", "tools", "migrations"))
"""Folders whose modules are no service and no job of the project."""


@dataclass(frozen=True)
class Module:
    """A module of the project."""

    path: str
    name: str
    """The name by which Python imports it."""
    syntax: ast.Module

    @property
    def is_program(self) -> bool:
        """Whether it does something when it is started: `__main__.py`, or `if __name__ == "__main__"`."""
        return self.path.endswith("/__main__.py") or any(
            isinstance(node, ast.If) and "__name__" in ast.dump(node.test) and "__main__" in ast.dump(node.test)
            for node in self.syntax.body
        )

    @property
    def started_as(self) -> str:
        """The name that `python -m` takes."""
        return self.name.removesuffix(".__main__")

    def imports(self) -> set[str]:
        """Return the top-level names of what it imports from elsewhere."""
        names: set[str] = set()
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
        return names

    def texts(self) -> Iterator[str]:
        """Yield every text constant in it."""
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Yield every call in it with the last part of the name that is called."""
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Call):
                yield called(node), node


def called(node: ast.Call) -> str:
    """Return the last part of the name that is called; empty for anything without a name."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def keyword(node: ast.Call, name: str) -> object:
    """Return the constant value of a keyword argument; None where it has none."""
    values = [item.value for item in node.keywords if item.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


def modules(tree: Tree, layout: Layout) -> list[Module]:
    """Return the modules that the project may deliver; a file that is no valid Python is left out."""
    return [
        module
        for path in tree.named(".py")
        if not NOT_DELIVERED & set(path.split("/")[:-1]) and not path.rpartition("/")[2].startswith("test_")
        for module in [_module(tree, path, layout.root)]
        if module is not None
    ]


def _module(tree: Tree, path: str, root: str) -> Module | None:
    inside = path.removeprefix(f"{root}/") if root else path
    name = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    try:
        return Module(path, name, ast.parse(tree.text(path)))
    except (SyntaxError, ValueError, RecursionError):
        return None
