"""Which tests a project has, of which kind, and the commands that run them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import stages, variables
from cicd.start.note import Note, assumed, found, undecided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.start.tree import Tree

UNIT = "unit"
WORDS = {
    stages.INTEGRATION.suite: ("integration", "integ", "it"),
    stages.STAGING.suite: ("acceptance", "e2e", "end_to_end", "functional", "system", "uat"),
    stages.PRODUCTION.suite: ("smoke",),
}
"""Names of folders and markers that say which suite a test is of."""
NOT_TESTS = ("scripts/", "tools/", "bin/")
SUBJECT = "tests"
PYTEST = ("python", "-m", "pytest")
_MARKER = re.compile(r"pytest\.mark\.(\w+)")
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")
_TYPES = "--test-type"


@dataclass(frozen=True)
class Suites:
    """The commands of the suites, and what to say of them."""

    commands: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...]
    folders: tuple[str, ...]
    """The folders with tests."""


def detect(tree: Tree, dependencies: set[str]) -> Suites:
    """Return the suites of a project."""
    files = [path for path in tree.named(".py") if _TEST_FILE.search(path) and not path.startswith(NOT_TESTS)]
    folders = tuple(sorted({path.rpartition("/")[0] for path in files}))
    if script := next((path for path in ("tests/run_tests.py", "run_tests.py") if _TYPES in tree.text(path)), ""):
        return _by_script(tree, script, folders)
    if tree.has("manage.py") and (not files or "django" in dependencies) and "pytest" not in dependencies:
        note = found(SUBJECT, "Django's own test runner (manage.py)")
        return Suites({UNIT: ("python", "manage.py", "test")}, (note,), folders)
    if not files:
        text = "No file test_*.py or *_test.py. The stages then rely on the health check, and say so."
        return Suites({}, (assumed(SUBJECT, text, '[tests] unit = ["python", "-m", "pytest", "tests"]'),), ())
    if not _uses_pytest(tree, files, dependencies):
        return _unittest(tree, files, folders)
    by_suite = {suite: [path for path in files if _folder_word(path, words)] for suite, words in WORDS.items()}
    markers = _markers(tree, [path for path in files if not any(path in paths for paths in by_suite.values())])
    commands, notes = _pytest(files, by_suite, markers)
    if "pytest" not in dependencies:
        text = "The tests use pytest, and no file of the project asks for it."
        notes.append(
            undecided(SUBJECT, text, 'Name pytest in a file, then: [build] requirements = ["requirements-test.txt"]')
        )
    return Suites(commands, (*notes, *_unaware(tree, commands, by_suite, markers)), folders)


def _by_script(tree: Tree, script: str, folders: tuple[str, ...]) -> Suites:
    text = tree.text(script)
    commands = {
        suite: ("python", script, _TYPES, suite)
        for suite in (UNIT, *WORDS)
        if re.search(rf"[\"']{suite}[\"']", text) or any(f"/{suite}" in f"/{folder}" for folder in folders)
    }
    return Suites(commands, (found(SUBJECT, f"{script} runs: {', '.join(commands)}"),), folders)


def _uses_pytest(tree: Tree, files: Sequence[str], dependencies: set[str]) -> bool:
    configured = tree.has("pytest.ini") or "[tool.pytest" in tree.text("pyproject.toml")
    configured = configured or "[tool:pytest]" in tree.text("setup.cfg") or "[pytest]" in tree.text("tox.ini")
    named = any(path.endswith("conftest.py") for path in tree.paths)
    return (
        "pytest" in dependencies or configured or named
        or any("import pytest" in (text := tree.text(path)) or "from pytest" in text for path in files)
        or not any("unittest" in tree.text(path) for path in files)
    )  # fmt: skip


def _unittest(tree: Tree, files: Sequence[str], folders: tuple[str, ...]) -> Suites:
    """Return the command of unittest, which finds tests in packages below the folder that it begins in."""
    tops = sorted({path.partition("/")[0] for path in files if "/" in path})
    top = tops[0] if tops else "."
    is_package = top != "." and tree.has(f"{top}/__init__.py")
    words = ("python", "-m", "unittest", "discover", "-s", top, *(("-t", ".") if is_package else ()))
    pattern = () if any(path.rpartition("/")[2].startswith("test_") for path in files) else ("-p", "*_test.py")
    notes = [found(SUBJECT, f"unittest, {_counted(files)} in {top}")]
    if len(tops) > 1:
        notes.append(
            assumed(SUBJECT, f"Only the tests in {top} count, not {', '.join(tops[1:])}.", "[tests] unit = [...]")
        )
    return Suites({UNIT: (*words, *pattern)}, tuple(notes), folders)


def _pytest(
    files: Sequence[str], by_suite: dict[str, list[str]], markers: dict[str, list[str]]
) -> tuple[dict[str, tuple[str, ...]], list[Note]]:
    commands: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    others = [path for path in files if not any(path in paths for paths in by_suite.values())]
    not_unit = sorted(name for names in markers.values() for name in names)
    without = ("-m", " and ".join(f"not {name}" for name in not_unit)) if not_unit else ()
    if others:
        unit = [path for path in others if f"/{UNIT}/" in f"/{path}"]
        inside = unit if len(unit) == len(others) else others
        roots = _roots(inside)
        aside = {_top(path, WORDS[suite]) for suite, paths in by_suite.items() for path in paths}
        ignored = [
            f"--ignore={path}" for path in sorted(aside) if any(f"{path}/".startswith(f"{root}/") for root in roots)
        ]
        commands[UNIT] = (*PYTEST, *roots, *ignored, *without)
        notes.append(found(SUBJECT, f"unit: pytest, {_counted(inside)} in {', '.join(roots) or 'the root'}"))
    for suite, paths in by_suite.items():
        folders = sorted({_top(path, WORDS[suite]) for path in paths})
        marks = markers.get(suite, [])
        if folders:
            commands[suite] = (*PYTEST, *folders)
            notes.append(found(SUBJECT, f"{suite}: pytest, {', '.join(folders)}"))
        elif marks:
            commands[suite] = (*PYTEST, *_roots(others), "-m", " or ".join(sorted(marks)))
            notes.append(found(SUBJECT, f"{suite}: pytest, marker {', '.join(sorted(marks))}"))
    return commands, notes


def _roots(paths: Sequence[str]) -> list[str]:
    """Return the outermost folders with these files, or the files where they lie at the root."""
    folders = {path.rpartition("/")[0] for path in paths}
    if "" in folders:
        return sorted({path if "/" not in path else path.partition("/")[0] for path in paths})
    whole = {next((f"{top}" for top in (path.partition("/")[0],) if top in ("tests", "test")), path.rpartition("/")[0])
             for path in paths}  # fmt: skip
    units = {folder[: folder.index(f"/{UNIT}") + len(UNIT) + 1] for folder in folders if f"/{UNIT}" in f"{folder}/"}
    if units and all(any(f"{folder}/".startswith(f"{unit}/") for unit in units) for folder in folders):
        return sorted(units)
    return sorted(name for name in whole if not any(name.startswith(f"{other}/") for other in whole))


def _top(path: str, words: Sequence[str]) -> str:
    """Return the path down to the folder that names the suite; the file itself where its own name does."""
    parts = path.split("/")
    for number, part in enumerate(parts[:-1], 1):
        if part.lower() in words:
            return "/".join(parts[:number])
    return path


def _folder_word(path: str, words: Sequence[str]) -> bool:
    *folders, name = path.lower().split("/")
    stem = name.removesuffix(".py").removeprefix("test_").removesuffix("_test")
    return any(part in words for part in folders) or stem in words


def _markers(tree: Tree, files: Sequence[str]) -> dict[str, list[str]]:
    """Return the markers of each suite that the tests use."""
    used = {name for path in files for name in _MARKER.findall(tree.text(path))}
    return {suite: sorted(used & set(words)) for suite, words in WORDS.items() if used & set(words)}


def _unaware(
    tree: Tree, commands: dict[str, tuple[str, ...]], by_suite: dict[str, list[str]], markers: dict[str, list[str]]
) -> list[Note]:
    """Say which suites after a deployment do not ask the deployed service."""
    notes = []
    for suite in commands:
        paths = by_suite.get(suite) or (tree.named(".py") if suite in markers else [])
        folders = {path.rpartition("/")[0] for path in paths}
        nearby = [
            path for path in tree.named(".py") if path.rpartition("/")[0] in folders or path.endswith("conftest.py")
        ]
        if suite != UNIT and not any(variables.SERVICE_URL in tree.text(path) for path in nearby):
            text = (
                f"The suite '{suite}' does not read {variables.SERVICE_URL}: it runs in the test image beside the "
                "release, and tests what is in the image."
            )
            notes.append(
                undecided(
                    SUBJECT,
                    text,
                    f"In a test, ask os.environ['{variables.SERVICE_URL}']; or remove the line {suite} = [...]",
                )
            )
    return notes


def _counted(files: Sequence[str]) -> str:
    return f"{len(files)} file{'s' if len(files) > 1 else ''}"
