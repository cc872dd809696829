"""Write docs/reported-faults.md: the faults that users of such systems reported, and the tests that would find them.

`python -m tests.tools.reported_faults` writes the page. The tests are read, not imported: those with the marker `case`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.reported_cases import ISSUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reported-faults.md"
KINDS = {
    "K1": "An error of an outside system reaches people as a traceback, or as the fault of something else",
    "K2": "A failure of git is taken for the answer no",
    "K3": "What can't be read counts as nothing, and passes",
    "K4": "A cache key leaves out something that the cached thing depends on",
    "K5": "Something stays after a run was cancelled or killed",
    "K6": "State is kept where other people's housekeeping removes it",
    "K7": "Names, places and versions are taken for granted",
    "K8": "Settings around the engine leak into containers and logins",
    "K9": "The cause is known, and nobody is told",
    "K10": "The proxy in front of a service changes or limits its requests",
    "K11": "Text has other encodings, lengths and line ends than expected",
    "K12": "A cluster differs from the one on which the kit was written",
    "K13": "What a project prints or stores is taken for a command or a fact",
    "K14": "Ledger and target say different things",
    "K15": "A person's git settings change what a command does",
    "K16": "The variables of a git hook lead a command to another repository",
    "K17": "Objects that one clone replaced count as the remote's",
    "K18": "Two commands work in one clone at the same time",
    "K19": "A tool is too old for what it is asked to do",
    "K20": "Two logins meet in one request",
    "K21": "A proxy is asked for addresses of this machine",
    "K22": "The account has neither name nor home",
    "K23": "A file of the project is not UTF-8 text",
    "K24": "A command reads input that is not its own",
    "K25": "A person's settings of act change a local run",
    "K26": "A path is longer than a socket's may be",
}
"""Kinds of faults, by the name that the marker `case` gives them."""
INTRODUCTION = """\
# Faults that users reported

<!-- written by `python -m tests.tools.reported_faults` -->

Users of systems like this one reported faults in public. Each was tried on this kit, and became a test that fails
where the fault comes back. A test names its fault with the marker `case(kind, name)`; the names below are from there.
"""


@dataclass(frozen=True, order=True)
class Case:
    """A reported fault, and a test that would find it."""

    kind: str
    name: str
    test: str
    """`FILE::TEST`; for a marker of a whole file, the file."""


def cases(folder: Path) -> list[Case]:
    """Return the cases that the tests under a folder name, in the order of their kinds and names.

    Raises:
        ValueError: a marker does not have two texts, or its kind is unknown.

    """
    every = [case for file in sorted(folder.rglob("test_*.py")) for case in _of_file(file, folder.parent)]
    return sorted(set(every), key=lambda case: ([*KINDS].index(case.kind), case.name, case.test))


def _of_file(file: Path, root: Path) -> Iterator[Case]:
    name = file.relative_to(root).as_posix()
    tree = ast.parse(file.read_text("utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            yield from _of_marks(statement.value, name)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from _of_marks(decorator, f"{name}::{node.name}")


def _of_marks(expression: ast.expr, test: str) -> Iterator[Case]:
    """Yield the cases that an expression names, also the marks of one set of parameters."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.case":
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if len(texts) != 2 or texts[0] not in KINDS or not all(isinstance(text, str) for text in texts):
                raise ValueError(f"{test}: {ast.unparse(node)} should be case(kind, name) with a kind of {[*KINDS]}")
            yield Case(str(texts[0]), str(texts[1]), test)


def page(all_cases: Sequence[Case]) -> str:
    """Return the text of docs/reported-faults.md."""
    return "\n".join([*_page(all_cases), ""])


def _page(all_cases: Sequence[Case]) -> Iterator[str]:
    yield INTRODUCTION
    yield "| kind of fault | cases | tests |\n|---|---|---|"
    for kind, title in KINDS.items():
        same = [case for case in all_cases if case.kind == kind]
        yield f"| {title} | {len({case.name for case in same})} | {len({case.test for case in same})} |"
    for kind, title in KINDS.items():
        rows: dict[str, list[str]] = {}
        for case in all_cases:
            if case.kind == kind:
                rows.setdefault(case.name, []).append(f"`{case.test}`")
        if rows:
            yield f"\n## {title}\n"
            if kind in ISSUES:
                yield f"Reported for other tools: {', '.join(_link(path) for path in ISSUES[kind])}.\n"
            yield "| case | tests |\n|---|---|"
            yield from (f"| {name} | {', '.join(tests)} |" for name, tests in rows.items())


def _link(path: str) -> str:
    owner, name, _, number = path.split("/")
    return f"[{owner}/{name}#{number}](https://github.com/{path})"


if __name__ == "__main__":
    PAGE.write_text(page(cases(ROOT / "tests")), "utf-8")
