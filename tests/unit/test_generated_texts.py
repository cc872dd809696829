"""The Dockerfiles that the kit writes, as they are kept in `support/dockerfiles`: a changed line is a changed build.

`UPDATE_DOCKERFILES=1 pytest tests/unit/test_generated_texts.py` writes them anew. Look at the difference.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cicd.errors import UsageError
from cicd.produce.generated import dockerfile, exports, on_release, plan
from cicd.python_project import detect

KEPT = Path(__file__).parent / "support" / "dockerfiles"
HEAD = '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "app"\nversion = "1"\n'
GROUP = '[dependency-groups]\ndev = ["pytest"]\n'
PACKAGE = {
    "pyproject.toml": f'{HEAD}readme = "docs/readme.md"\ndependencies = ["six"]\n{GROUP}',
    "docs/readme.md": "", "LICENSE": "", "src/app/__init__.py": "", "src/app/sub/__init__.py": "",
}  # fmt: skip
REQUIREMENTS = {
    "requirements.txt": "six==1.17.0\n", "requirements-dev.txt": "pytest\n", "app/__init__.py": "", "serve.py": "",
}  # fmt: skip
UV = {**PACKAGE, "uv.lock": "version = 1\n"}
DYNAMIC = {
    "pyproject.toml": f'{HEAD}dynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies.file = "needs.txt"\n',
    "needs.txt": "six\n", "app/__init__.py": "",
}  # fmt: skip
PROJECTS = {"package": PACKAGE, "requirements": REQUIREMENTS, "uv": UV, "dynamic": DYNAMIC}
SECRETS = {"uv": ("PIP_EXTRA_INDEX_URL", "NETRC")}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def texts(folder: Path, project: str) -> dict[str, str]:
    """Return every Dockerfile that the kit can write for a project, by name."""
    found = replace(plan.plan(written(folder, PROJECTS[project]), SECRETS.get(project, ())), indexes=("--index x",))
    common: Any = {"python": "3.11", "tools_in": "tools.txt" if project == "uv" else ""}
    command = ("python", "-m", "app")
    packaging = detect(folder)
    tools = plan.hash_of(plan.tools_of(packaging.tool if packaging else None))
    on_top: Any = {"python": "3.11", "tests": ["tests", "data"], "secrets": found.secrets, "indexes": found.indexes}
    return {
        "build": dockerfile.build_text(found, **common),
        "service": dockerfile.release_text(found, command=command, port=8000, bundle=True, **common),
        "job": dockerfile.release_text(found, command=(), port=0, bundle=False, **common),
        "ignore": dockerfile.ignore(["data", ""]),
        "on_release": on_release.text(packaging, tools, requirements=[], **on_top),
        "on_release_named": on_release.text(packaging, tools, requirements=["tests/needs.txt"], **on_top),
        "on_release_alone": on_release.text(None, tools, requirements=[], **on_top),
    }


@pytest.mark.parametrize("project", PROJECTS)
def test_texts_are_those_that_are_kept(tmp_path: Path, project: str) -> None:
    locks = [plan.hash_of(file)[:16] for file in plan.TOOLS.glob("*.txt")]
    made = texts(tmp_path, project)
    for lock in locks:  # they change with every update of a tool
        made = {name: text.replace(f"ARG TOOLS={lock}", "ARG TOOLS=LOCK") for name, text in made.items()}
    if os.environ.get("UPDATE_DOCKERFILES"):
        written(KEPT / project, made)
    assert {name: text.split("\n") for name, text in made.items()} == {
        name: (KEPT / project / name).read_text().split("\n") for name in made
    }


def test_files_that_describe_a_package_are_copied_before_its_code(tmp_path: Path) -> None:
    found = plan.plan(written(tmp_path, {**PACKAGE, "README.md": "", "setup.cfg": "", "notes.txt": ""}))
    assert found.skeleton == (
        "pyproject.toml", "setup.cfg", "LICENSE", "README.md", "src/app/__init__.py", "docs/readme.md",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["a\nb", "/etc/hostname", "", "x" * 200])
def test_text_that_names_no_file_of_the_project_is_no_path(tmp_path: Path, text: str) -> None:
    """A line of the Dockerfile names each file of the skeleton."""
    (tmp_path / "a\nb").write_text("")
    (tmp_path / ("x" * 199)).write_text("")
    named = json.dumps(["", text, "x" * 199])
    files = {**PACKAGE, "pyproject.toml": f"{PACKAGE['pyproject.toml']}[tool.other]\nfiles = {named}\n"}
    skeleton = plan.plan(written(tmp_path, files)).skeleton
    assert skeleton[-1] == "x" * 199
    assert text not in skeleton


@pytest.mark.parametrize(("project", "everything"), [("package", False), ("dynamic", True), ("requirements", False)])
def test_whole_project_is_copied_only_where_it_alone_tells_what_it_needs(
    tmp_path: Path, project: str, everything: bool
) -> None:
    assert (plan.plan(written(tmp_path, PROJECTS[project])).locked_from == (".",)) is everything


@pytest.mark.parametrize("project", PROJECTS)
def test_what_needs_no_tool_is_asked_of_the_installer(tmp_path: Path, project: str) -> None:
    packaging = detect(written(tmp_path, PROJECTS[project]))
    assert packaging
    export, wanted = exports.for_tests(packaging, ["a.txt", "b.txt"])
    assert (export, wanted) == ("", " --requirement a.txt --requirement b.txt")
    assert exports.for_tests(None, []) == ("", "")


def test_folder_without_code_or_packages_gets_no_build(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file that says which packages the project needs"):
        plan.plan(tmp_path)
    (tmp_path / "requirements.txt").write_text("six\n")
    with pytest.raises(UsageError, match="There is no Python code"):
        plan.plan(tmp_path)
