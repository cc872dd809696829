"""What a command can reach by imports: modules of the kit and of others, from its module on, lazy imports too."""

from __future__ import annotations

import ast
import sys
from functools import cache
from typing import TYPE_CHECKING

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "cicd").rglob("*.py")
}


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below a node, without what only type checkers import."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child


@cache
def imports(module: str, *, lazy: bool = True) -> frozenset[str]:
    """Return the modules that a module of the kit imports; without `lazy`, those that it imports at once."""
    names: set[str] = set()
    todo: list[ast.AST] = [ast.parse(MODULES[module].read_text("utf-8"))]
    while todo:
        for node in _children(todo.pop()):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            if lazy or not isinstance(node, ast.FunctionDef):
                todo.append(node)
    packages = {name.rpartition(".")[0] for name in names} | {module.rpartition(".")[0]}
    return frozenset(name for name in names | packages if name.partition(".")[0] != "cicd" or name in MODULES)


def reached(command: str, eager: tuple[str, ...] = ()) -> tuple[set[str], set[str]]:
    """Return the modules of the kit, and those of installed packages, that `ml-cicd COMMAND` can import.

    Lazy imports of the modules `eager` are not followed.
    """
    kit, others, todo = set[str](), set[str](), ["cicd.cli", f"cicd.commands.{command}"]
    while todo:
        module = todo.pop()
        if module in kit:
            continue
        kit.add(module)
        for name in imports(module, lazy=module not in eager):
            top = name.partition(".")[0]
            if top == "cicd":
                todo.append(name)
            elif top and top not in sys.stdlib_module_names:
                others.add(name)
    return kit, others
