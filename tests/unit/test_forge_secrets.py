"""The secrets of a run: the repository's, and those of the environments that its jobs name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.act import requirements, workflows
from cicd.errors import UsageError
from cicd.forge import run_secrets
from cicd.forge.state import Forge

if TYPE_CHECKING:
    from pathlib import Path

STAGING, CHOSEN, LEDGER = "staging", "${{ inputs.environment }}", "ledger"


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Return a forge with secrets, each of which holds its own name."""
    forge = Forge(tmp_path)
    for name in ("REGISTRY_TOKEN", "ledger/LEDGER_KEY", "staging/APP_SECRETS", "production/APP_SECRETS"):
        (tmp_path / "value").write_text(name)
        run_secrets.change(forge, [(name, str(tmp_path / "value"))])
    return forge


@pytest.mark.parametrize(
    ("environments", "inputs", "secrets"),
    [
        ([], {}, {}),
        ([STAGING, LEDGER], {}, {"APP_SECRETS": "staging/APP_SECRETS", "LEDGER_KEY": "ledger/LEDGER_KEY"}),
        ([CHOSEN], {"environment": "production"}, {"APP_SECRETS": "production/APP_SECRETS"}),
        (["integration"], {}, {}),
    ],
)
def test_run_has_the_secrets_of_its_environments(
    forge: Forge, environments: list[str], inputs: dict[str, str], secrets: dict[str, str]
) -> None:
    found = run_secrets.of_run(forge, environments, inputs)
    assert found == {"REGISTRY_TOKEN": "REGISTRY_TOKEN", **secrets}


def test_environment_that_can_not_be_told_is_refused_where_one_has_secrets(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"which local runs can't evaluate, so its secrets are not known"):
        run_secrets.of_run(forge, ["${{ github.ref_name }}"], {})
    none = Forge(tmp_path / "other")
    assert run_secrets.of_run(none, ["${{ github.ref_name }}"], {}) == {}


def test_two_values_for_one_name_are_refused(forge: Forge) -> None:
    with pytest.raises(UsageError) as refused:
        run_secrets.of_run(forge, ["staging", "production"], {})
    assert "The environments production and staging both have a secret APP_SECRETS" in refused.value.message
    assert "--secret staging/APP_SECRETS=" in refused.value.hint


def test_environments_of_the_called_workflow_count(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "x.yml").write_text(
        "on: workflow_call\njobs: {a: {environment: ledger, runs-on: x, steps: []},"
        " b: {environment: {name: '${{ inputs.environment }}', url: u}, runs-on: x, steps: []}}\n"
    )
    caller = "on: push\njobs: {c: {uses: acme/ml-cicd/.github/workflows/x.yml@v3}, d: {environment: own}}\n"
    required = requirements.needs("a.yml", {f"{workflows.FOLDER}/a.yml": caller}.get, tmp_path)
    assert required.environments == {"ledger", "${{ inputs.environment }}", "own"}
    assert required.repositories == {"acme/ml-cicd@v3": tmp_path}


@pytest.mark.parametrize(
    ("inputs", "environments"), [("", set()), ("with: {training-environment: training}, ", {"training"})]
)
def test_environment_of_training_is_what_the_caller_names(tmp_path: Path, inputs: str, environments: set[str]) -> None:
    """A run of ci has no inputs of its event, and without that input it names no environment."""
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yml").write_text(
        "on: workflow_call\njobs: {a: {environment: '${{ inputs.training-environment }}', runs-on: x, steps: []}}\n"
    )
    caller = f"on: push\njobs: {{c: {{{inputs}uses: acme/ml-cicd/.github/workflows/ci.yml@v3}}}}\n"
    required = requirements.needs("a.yml", {f"{workflows.FOLDER}/a.yml": caller}.get, tmp_path)
    assert required.environments == environments
