"""Each command of a job has the packages that it can reach, and no others, in an interpreter that sees them alone."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from cicd import bootstrap
from tests.static.support.capabilities import CAPABILITIES
from tests.static.support.kit import ROOT
from tests.static.support.reach import reached

SOURCES = {"configuration": "jsonschema", "signatures": "cryptography", "engine": "docker", "yaml": "yaml"}
"""The package that each group of packages is there for."""
OF_THE_GATE = ("gate", "parquet")
"""Groups that `deploy` and `rehearse` need where a model is evaluated: `actions/setup` then installs all of them."""
OPENS_NO_TARGET = {
    "advance": "asks the ledger and the git remote",
    "approve": "asks the ledger",
    "record": "asks a target for `--observed` alone, which no workflow uses",
    "verify": "asks a target for `--ledger` alone, which no workflow uses",
}
"""Commands that reach `cicd.deploy`, which imports the engine and the cluster where a target is opened, and open none.

`tests/unit/test_light_commands.py` runs each of them.
"""
ONLY_WITH_A_MODEL = dict.fromkeys(("deploy", "rehearse"), ("cicd.road.model_gate",))
"""Commands that import numpy and SciPy where a model is judged, and the modules that import them then."""
RELEASES_THE_KIT = "freeze"
"""The command of the kit's own workflow `.release.yml`, which no action runs."""
IMPORT = """
import importlib, sys
sys.path += [{root!r}, {folder!r}]
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name or "." not in name:  # a name, not a module, of a package
            raise
import cicd.cli
cicd.cli.parser_of({command!r})
"""


def locked(group: str) -> dict[str, str]:
    """Return the packages of a group's lock that are for this machine, and their versions."""
    lines = re.findall(
        r"^([a-z0-9-]+)==([^\s;]+)(?: ; ([^\\]+))? \\$", (bootstrap.LOCKS / f"{group}.txt").read_text(), re.MULTILINE
    )
    elsewhere = ("win32", f">= '{sys.version_info[0]}.{sys.version_info[1] + 1}'")
    return {name: version for name, version, marker in lines if not any(word in marker for word in elsewhere)}


@cache
def targets(command: str) -> tuple[set[str], set[str]]:
    """Return what a command reaches, without the targets that it does not open."""
    eager = ("cicd.deploy",) if command in OPENS_NO_TARGET else ()
    return reached(command, (*eager, *ONLY_WITH_A_MODEL.get(command, ())))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder for each group, with links to the packages of its lock that are installed here."""
    result = {}
    for group in bootstrap.GROUPS:
        result[group] = tmp_path_factory.mktemp(group)
        for name in locked(group):
            distribution = importlib.metadata.distribution(name)
            for top in {
                file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")
            }:
                (result[group] / top).symlink_to(Path(str(distribution.locate_file(top))))
    return result


@pytest.mark.parametrize("group", bootstrap.GROUPS)
def test_lock_has_the_versions_that_are_tested(group: str) -> None:
    assert locked(group) == {name: importlib.metadata.version(name) for name in locked(group)}


def test_extras_are_the_groups() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {"configuration": project["dependencies"], **project["optional-dependencies"]}
    local = [group for group in bootstrap.GROUPS[1:] if group not in OF_THE_GATE]
    assert extras.pop("local")[0] == f"ml-cicd[{','.join(local)}]"
    packages = {group: [re.split("[<>=]", name)[0] for name in names] for group, names in extras.items()}
    sources = {group: (bootstrap.LOCKS / f"{group}.in").read_text() for group in bootstrap.GROUPS}
    assert packages == {group: re.findall(r"^\w+", text, re.MULTILINE) for group, text in sources.items()}


def test_deploy_and_rehearse_alone_need_the_packages_of_the_model_gate_where_a_model_is_judged() -> None:
    for command in bootstrap.NEEDS:
        packages = {name.partition(".")[0] for name in reached(command, ("cicd.deploy",))[1]}
        assert ("numpy" in packages) == (command in ONLY_WITH_A_MODEL)


def test_every_command_of_a_job_has_its_groups() -> None:
    assert set(bootstrap.NEEDS) == set(CAPABILITIES) | {RELEASES_THE_KIT}


@pytest.mark.parametrize("command", bootstrap.NEEDS)
def test_a_command_has_the_groups_that_it_reaches(command: str) -> None:
    packages = {name.partition(".")[0] for name in targets(command)[1]}
    assert {group for group, package in SOURCES.items() if package in packages} == set(bootstrap.NEEDS[command])


@pytest.mark.parametrize("command", bootstrap.NEEDS)
def test_a_command_imports_all_that_it_reaches(command: str, folders: dict[str, Path], tmp_path: Path) -> None:
    for group in bootstrap.NEEDS[command]:
        for entry in folders[group].iterdir():
            (tmp_path / entry.name).symlink_to(entry)
    code = IMPORT.format(root=str(ROOT), folder=str(tmp_path), command=command)
    names = sorted(set.union(*targets(command)))
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, *names], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_missing_package_is_seen(folders: dict[str, Path]) -> None:
    code = IMPORT.format(root=str(ROOT), folder=str(folders["configuration"]), command="record")
    names = sorted(set.union(*targets("record")))
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, *names], capture_output=True, text=True, check=False)
    assert "No module named 'cryptography'" in done.stderr
