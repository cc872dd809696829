"""import-linter's contracts hold for the package, and a forbidden import breaks each of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.static.support.kit import ROOT

LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]


class Planted(NamedTuple):
    """A forbidden import: the module that gets the lines, and what the contract's report must then say."""

    module: str
    lines: str
    report: str


FORBIDDEN = {
    "A module imports from lower layers only": Planted(
        "ledger/entry.py",
        "if TYPE_CHECKING:\n    from cicd.road import status\n",
        "cicd.ledger.entry -> cicd.road.status",
    ),
    "No package has a circle of imports": Planted(
        "act/line.py", "from cicd.act import log\n", "No cycles are allowed in cicd.act."
    ),
    "No deploy target imports another": Planted(
        "deploy/kubernetes/pods.py",
        "from cicd.deploy.docker import proxy\n",
        "cicd.deploy.kubernetes.pods -> cicd.deploy.docker.proxy",
    ),
    "The bootstrap imports nothing but Python": Planted(
        "bootstrap.py", "from cicd import errors\n", "cicd.bootstrap -> cicd.errors"
    ),
    "The command line is parsed in commands alone": Planted(
        "road/status.py", "def parse() -> None:\n    import argparse\n", "cicd.road.status -> argparse"
    ),
    "Only images, containers and the Docker target import docker": Planted(
        "deploy/kubernetes/lease.py", "import docker\n", "cicd.deploy.kubernetes.lease -> docker"
    ),
    "Only the boundary of the engine imports requests": Planted(
        "oci/engine.py", "import requests\n", "cicd.oci.engine -> requests"
    ),
    "Only the configuration imports jsonschema": Planted(
        "act/workflows.py", "import jsonschema\n", "cicd.act.workflows -> jsonschema"
    ),
    "Only the Python of a project imports packaging": Planted(
        "produce/locks.py", "import packaging.version\n", "cicd.produce.locks -> packaging"
    ),
    "Only signatures import cryptography": Planted(
        "ledger/chain.py", "from cryptography import hazmat\n", "cicd.ledger.chain -> cryptography"
    ),
    "Only the model gate imports numpy and SciPy": Planted(
        "ledger/integrity.py", "def means() -> None:\n    import numpy\n", "cicd.ledger.integrity -> numpy"
    ),
    "Only the reader of Parquet imports pyarrow": Planted(
        "gate/table.py", "import pyarrow\n", "cicd.gate.table -> pyarrow"
    ),
    "Only the plug-in imports pytest": Planted("forge/api.py", "import pytest\n", "cicd.forge.api -> pytest"),
    "The package does not import its tests": Planted("errors.py", "import tests\n", "cicd.errors -> tests"),
}
UNPLACED = "planted.py"
"""A new module that no layer names."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the report on each broken contract, for a copy of the package with every forbidden import."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "cicd", copy / "cicd", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    (copy / "cicd" / UNPLACED).touch()
    for planted in FORBIDDEN.values():
        with (copy / "cicd" / planted.module).open("a") as module:
            module.write(planted.lines)
    output = subprocess.run(LINT, cwd=copy, capture_output=True, text=True, check=False).stdout
    reports = output.partition("Broken contracts")[2]
    titles = {name: reports.find(f"\n{name}\n---") for name in CONTRACTS}
    starts = sorted(start for start in titles.values() if start >= 0)
    ends = dict(zip(starts, [*starts[1:], len(reports)], strict=True))
    return {name: reports[start : ends[start]] for name, start in titles.items() if start >= 0}


def test_package_keeps_every_contract() -> None:
    lint = subprocess.run(LINT, cwd=ROOT, capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_forbidden_import_breaks_contract(contract: str, broken: dict[str, str]) -> None:
    assert FORBIDDEN[contract].report in broken[contract]


def test_every_module_has_a_layer(broken: dict[str, str]) -> None:
    assert "- cicd.planted\n" in broken["A module imports from lower layers only"]
