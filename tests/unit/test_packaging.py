"""How a Python project is packaged is found from its files alone, whatever tool made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import python_project
from cicd.errors import UsageError
from cicd.python_project import Packaging, Tool, declared, layout, python_version

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{1}"\n[project]\nname = "app"\nversion = "1"\n'
POETRY = '[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "*"\n'
HASHED = "httpx==0.28.1 \\\n    --hash=sha256:00\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def packaging(folder: Path, files: dict[str, str]) -> Packaging:
    found = python_project.detect(write(folder, files))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("tool", "lock", "hashed", "files"),
    [
        (Tool.REQUIREMENTS, "requirements.txt", False, {"requirements.txt": "httpx\n"}),
        (Tool.REQUIREMENTS, "requirements/default.txt", True, {"requirements/default.txt": HASHED}),
        (Tool.PIP_TOOLS, "requirements.txt", True, {"requirements.in": "httpx\n", "requirements.txt": HASHED}),
        (Tool.PIP_TOOLS, "requirements.txt", False, {"requirements.txt": "# by pip-compile\nhttpx==0.28.1\n"}),
        (Tool.UV, "uv.lock", True, {"pyproject.toml": BACKEND.format("hatchling", "hatchling.build"), "uv.lock": ""}),
        (Tool.POETRY, "poetry.lock", True, {"pyproject.toml": POETRY, "poetry.lock": ""}),
        (Tool.PDM, "pdm.lock", True, {"pyproject.toml": BACKEND.format("pdm-backend", "pdm.backend"), "pdm.lock": ""}),
        (Tool.PIPENV, "Pipfile.lock", True, {"Pipfile": "", "Pipfile.lock": "{}"}),
        (Tool.PYPROJECT, "", False, {"pyproject.toml": BACKEND.format("setuptools", "setuptools.build_meta")}),
        (Tool.PYPROJECT, "", False, {"pyproject.toml": BACKEND.format("hatchling", "hatchling.build")}),
        (Tool.PYPROJECT, "", False, {"pyproject.toml": BACKEND.format("flit_core", "flit_core.buildapi")}),
        (Tool.PYPROJECT, "", False, {"setup.py": "from setuptools import setup\nsetup()\n"}),
        (Tool.PYPROJECT, "", False, {"setup.cfg": "[metadata]\nname = app\n"}),
    ],
)
def test_tool_and_lock(tmp_path: Path, tool: Tool, lock: str, *, hashed: bool, files: dict[str, str]) -> None:
    result = packaging(tmp_path, files)
    assert (result.tool, result.lock, result.hashed) == (tool, lock, hashed)
    assert set(result.files) <= set(files)


def test_folder_without_packaging(tmp_path: Path) -> None:
    assert python_project.detect(write(tmp_path, {"README.md": "", "ruff.toml": ""})) is None
    assert python_project.detect(write(tmp_path, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})) is None


def test_own_lock_counts_before_exported_requirements(tmp_path: Path) -> None:
    result = packaging(tmp_path, {"uv.lock": "", "requirements.txt": "httpx\n", "poetry.lock": ""})
    assert (result.tool, result.left_aside) == (Tool.UV, ("poetry.lock", "requirements.txt"))


@pytest.mark.parametrize(
    ("backend", "files"),
    [
        ("hatchling.build", {"pyproject.toml": BACKEND.format("hatchling", "hatchling.build")}),
        ("setuptools.build_meta:__legacy__", {"setup.py": "", "requirements.txt": ""}),
        ("setuptools.build_meta:__legacy__", {"pyproject.toml": '[project]\nname = "app"\n'}),
        ("", {"requirements.txt": "", "pyproject.toml": "[tool.ruff]\n"}),
    ],
)
def test_backend(tmp_path: Path, backend: str, files: dict[str, str]) -> None:
    assert packaging(tmp_path, files).backend == backend


@pytest.mark.parametrize(
    "name",
    [
        "requirements-dev.txt",
        "dev-requirements.txt",
        "requirements_test.txt",
        "requirements/dev.txt",
        "test-requirements.txt",
    ],
)
def test_requirements_of_the_tests(tmp_path: Path, name: str) -> None:
    files = {"requirements.txt": "", name: "-r more/base.txt\n", "requirements-docs.txt": ""}
    result = packaging(tmp_path, files)
    assert result.development_files == (name,)


def test_requirements_name_further_files(tmp_path: Path) -> None:
    files = {"requirements/default.txt": "--requirement=../base.txt\nhttpx\n", "base.txt": "-r base.txt\n-r gone.txt\n"}
    assert packaging(tmp_path, files).files == ("requirements/default.txt", "base.txt")


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        (("dev", "test"), {"uv.lock": "", "pyproject.toml": "[dependency-groups]\ndev = []\ndocs = []\ntest = []\n"}),
        (("dev",), {"uv.lock": "", "pyproject.toml": '[tool.uv]\ndev-dependencies = ["pytest"]\n'}),
        (
            ("test",),
            {"poetry.lock": "", "pyproject.toml": POETRY + "[tool.poetry.group.test]\n[tool.poetry.group.x]\n"},
        ),
        (("dev",), {"poetry.lock": "", "pyproject.toml": POETRY + '[tool.poetry.dev-dependencies]\npytest = "*"\n'}),
        (("test",), {"pdm.lock": "", "pyproject.toml": '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n'}),
        (("dev",), {"Pipfile.lock": "", "Pipfile": '[dev-packages]\npytest = "*"\n'}),
        ((), {"Pipfile.lock": "", "Pipfile": ""}),
    ],
)
def test_groups_of_the_tests(tmp_path: Path, groups: tuple[str, ...], files: dict[str, str]) -> None:
    assert packaging(tmp_path, files).groups == groups


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[project]\nname = "app"\n[project.optional-dependencies]\nTest = []\ngpu = []\n'},
        {"setup.cfg": "[metadata]\nname = app\n[options.extras_require]\nTest = pytest\ngpu = torch\n"},
    ],
)
def test_extras_of_the_tests(tmp_path: Path, files: dict[str, str]) -> None:
    assert [extra.lower() for extra in packaging(tmp_path, files).extras] == ["test"]


@pytest.mark.parametrize("name", ["environment.yml", "conda-lock.yml", "pixi.toml", "pixi.lock"])
def test_conda_and_pixi_are_told_the_way(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name) as raised:
        python_project.detect(write(tmp_path, {name: ""}))
    assert "cicd/build/Dockerfile" in raised.value.hint
    assert packaging(tmp_path, {name: "", "requirements.txt": ""}).tool is Tool.REQUIREMENTS


@pytest.mark.parametrize(
    ("command", "files"), [("poetry lock", {"pyproject.toml": POETRY}), ("pipenv lock", {"Pipfile": ""})]
)
def test_tool_whose_lock_is_not_committed(tmp_path: Path, command: str, files: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="is not locked") as raised:
        python_project.detect(write(tmp_path, files))
    assert command in raised.value.hint


@pytest.mark.parametrize(
    ("files", "accepted", "refused"),
    [
        ({}, ["3.8.0", "3.14.0"], []),
        (
            {"pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.11,<3.13"'},
            ["3.11.2"],
            ["3.10.9", "3.13.0"],
        ),
        ({"pyproject.toml": POETRY}, ["3.11.0", "3.14.1"], ["3.10.1", "4.0.0"]),
        ({"pyproject.toml": POETRY.replace("^3.11", "~3.11")}, ["3.11.9"], ["3.12.0"]),
        ({"pyproject.toml": POETRY.replace("^3.11", "~=3.11")}, ["3.11.9", "3.12.0"], ["4.0.0"]),
        ({"pyproject.toml": POETRY.replace("^3.11", "*")}, ["3.8.0"], ["2.7.1"]),
        ({"setup.cfg": "[options]\npython_requires = >=3.9\n"}, ["3.11.2"], ["3.8.1"]),
        ({"Pipfile": '[requires]\npython_version = "3.11"\n'}, ["3.11.2"], ["3.12.0", "3.1.0"]),
        ({"Pipfile": '[requires]\npython_full_version = "3.11.2"\n'}, ["3.11.2"], ["3.11.3"]),
        ({".python-version": "3.12.4\n3.11\n", "pyproject.toml": POETRY}, ["3.12.1"], ["3.11.2"]),
        ({".python-version": "my-virtualenv\n", "pyproject.toml": POETRY}, ["3.13.1"], ["3.10.2"]),
    ],
)
def test_python_that_is_asked_for(
    tmp_path: Path, files: dict[str, str], accepted: list[str], refused: list[str]
) -> None:
    asked = python_version.asked(declared.read(write(tmp_path, files)))
    assert [version for version in (*accepted, *refused) if asked.accepts(version)] == accepted


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pyproject.toml": '[project]\nrequires-python = "newest"'}, "requires-python asks for a Python"),
        (
            {"poetry.lock": "", "pyproject.toml": POETRY.replace("^3.11", "^x")},
            "tool.poetry.dependencies.python asks for a Python",
        ),
        ({"pyproject.toml": "[project"}, "pyproject.toml is not valid TOML"),
        ({"setup.cfg": "no section\n"}, "setup.cfg can't be read"),
    ],
)
def test_file_that_is_not_understood_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        python_project.detect(write(tmp_path, files))


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        (
            layout.Layout("src", ("app",), ()),
            ["src/app/__init__.py", "tests/test_app.py", "tools/release.py", "setup.py"],
        ),
        (
            layout.Layout("src", ("a", "b"), ("main",)),
            ["src/a/__init__.py", "src/b/x.py", "src/main.py", "src/data/x.csv"],
        ),
        (layout.Layout("", ("app",), ("run",)), ["app/__init__.py", "run.py", "tests/__init__.py", "conftest.py"]),
        (layout.Layout("", ("app",), ()), ["app/main.py", "scripts/x.py", "notebooks/a.py", "setup.py"]),
        (layout.Layout("", (), ("main", "predict")), ["main.py", "predict.py", "test_main.py", "noxfile.py"]),
        (layout.Layout("", ("models",), ()), ["models/__init__.py", "tests/test_models.py", "docs/conf.py"]),
        (layout.Layout("", (), ()), ["README.md", "tests/test_x.py"]),
    ],
)
def test_where_the_code_is(tmp_path: Path, expected: layout.Layout, names: list[str]) -> None:
    assert layout.find(write(tmp_path, dict.fromkeys(names, ""))) == expected


@pytest.mark.parametrize(
    ("expected", "names"),
    [("tests", ["tests/unit/test_a.py"]), ("test", ["test/test_a.py", "tests/data.csv"]), ("", ["tests/data.csv"])],
)
def test_where_the_tests_are(tmp_path: Path, expected: str, names: list[str]) -> None:
    assert layout.tests(write(tmp_path, dict.fromkeys(names, ""))) == expected
