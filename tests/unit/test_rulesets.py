"""`ml-cicd rulesets`: what a project needs on GitHub follows from its configuration, branches and callers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.config import parse
from cicd.doctor import calling, project, settings
from cicd.doctor.calling import Call
from cicd.doctor.project import Project
from cicd.doctor.rulesets import Choices, Mode
from cicd.printers import rulesets as printer
from cicd.start import callers
from cicd.start.callers import Branches
from tests.unit.support.foreign_projects import git, write_callers

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.doctor.settings import Settings

DEVELOP, TRUNK = Branches("main", "develop"), Branches("main", "main")
PROTECTED = Choices(Mode.PROTECTED, app=42)


def planned(toml: str = "", branches: Branches = DEVELOP, choices: Choices | None = None, **more: Any) -> Settings:
    return settings.plan(Project(parse(f'name = "app"\n{toml}'), branches, **more), choices or Choices())


def rules(planned: Settings, ref: str) -> dict[str, Any]:
    """Return the rules of a ref: type -> parameters."""
    return {
        rule["type"]: rule.get("parameters", {})
        for ruleset in planned.rulesets
        if ref in ruleset.body["conditions"]["ref_name"]["include"]
        for rule in ruleset.rules
    }


def secrets(planned: Settings) -> dict[tuple[str, str], tuple[bool, tuple[str, ...]]]:
    return {(secret.environment, secret.name): (secret.needed, secret.keys) for secret in planned.secrets}


def test_people_merge_by_a_reviewed_pull_request_whose_ci_passed() -> None:
    merges = rules(planned(code_owners=".github/CODEOWNERS"), "refs/heads/develop")
    assert merges["pull_request"]["required_approving_review_count"] == 1
    assert merges["pull_request"]["require_code_owner_review"] is True
    assert [check["context"] for check in merges["required_status_checks"]["required_status_checks"]] == [
        "ci / ci-passed"
    ]
    assert {"deletion", "non_fast_forward"} <= merges.keys()
    assert "merge_queue" not in merges
    assert "merge_queue" in rules(planned(choices=Choices(merge_queue=True)), "refs/heads/develop")


def test_without_reviews_nobody_waits_for_a_person() -> None:
    merges = rules(planned(choices=Choices(reviews=0), code_owners="CODEOWNERS"), "refs/heads/develop")
    asks = {name for name, value in merges["pull_request"].items() if value}
    assert asks == set()


def test_open_mode_stops_nothing_that_the_token_of_a_job_moves() -> None:
    open_mode = planned()
    assert rules(open_mode, "refs/heads/main").keys() == {"deletion", "non_fast_forward"}
    assert rules(open_mode, "refs/tags/ledger/**/*").keys() == {"update", "deletion"}
    assert rules(open_mode, "refs/tags/Staging") == rules(open_mode, "refs/tags/Production") == {}
    assert all(not ruleset.bypass for ruleset in open_mode.rulesets)


def test_trunk_based_work_has_one_ruleset_for_main() -> None:
    named = [ruleset.name for ruleset in planned(branches=TRUNK, choices=PROTECTED).rulesets]
    assert "ml-cicd: main" not in named
    assert "update" not in rules(planned(branches=TRUNK, choices=PROTECTED), "refs/heads/main")


def test_protected_mode_lets_only_the_app_and_maintainers_move_main_and_tags() -> None:
    protected = planned(choices=PROTECTED)
    for ref in ("refs/heads/main", "refs/tags/Staging", "refs/tags/Production"):
        assert "update" in rules(protected, ref)
    assert {"creation", "update", "deletion"} == rules(protected, "refs/tags/ledger/**/*").keys()
    bypass = {ruleset.name: {actor["actor_id"] for actor in ruleset.bypass} for ruleset in protected.rulesets}
    movers = {42, 2, 5}
    assert bypass == {
        "ml-cicd: merges": set(), "ml-cicd: ledger": set(), "ml-cicd: main": movers, "ml-cicd: promotions": movers,
        "ml-cicd: entries": movers,
    }  # fmt: skip


@pytest.mark.parametrize("words", [["--mode", "protected"], ["--app-id", "42"]])
def test_mode_and_app_go_together(example: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert cli.main(["rulesets", "--directory", str(example), *words]) == 2
    assert "--app-id" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("branches", "integration", "ledger"),
    [
        (
            DEVELOP,
            {"branch main", "branch develop"},
            {"branch main", "branch develop", "tag Staging", "tag Production"},
        ),
        (TRUNK, {"branch main"}, {"branch main", "tag Staging", "tag Production"}),
    ],
    ids=["with develop", "trunk-based"],
)
def test_an_environment_is_for_main_and_what_starts_its_stage(
    branches: Branches, integration: set[str], ledger: set[str]
) -> None:
    refs = {
        rules.name: {f"{ref.kind} {ref.name}" for ref in rules.refs}
        for rules in planned(branches=branches).environments
    }
    assert refs == {
        "integration": integration, "staging": {"branch main", "tag Staging"},
        "production": {"branch main", "tag Production"}, "ledger": ledger,
    }  # fmt: skip


TRAINS = """
[train]
command = ["python", "train.py"]
branch = ["python", "train.py", "--rows", "50"]
secrets = ["AWS_SECRET_ACCESS_KEY"]
"""


def caller_of_ci(environment: str) -> Call:
    return Call("ci.yml", "ci", "acme/ml-cicd", "v1", "ci", {"training-environment": environment})


def test_environment_in_which_branches_train_is_for_every_branch_and_waits_for_nobody() -> None:
    of_training = planned(TRAINS, calls=[caller_of_ci("Training"), Call("integration.yml", "integration", "", "", "")])
    training = {rules.name: rules for rules in of_training.environments}["training"]
    assert {f"{ref.kind} {ref.name}" for ref in training.refs} == {
        "branch *", "branch **/*", "branch refs/pull/*/merge",
    }  # fmt: skip
    assert not training.waits
    assert all(rules.waits for rules in of_training.environments if rules != training)
    assert secrets(of_training)["training", "TRAIN_SECRETS"] == (True, ("AWS_SECRET_ACCESS_KEY",))
    assert secrets(of_training)["", "TRAIN_SECRETS"] == (True, ("AWS_SECRET_ACCESS_KEY",)), "integration trains too"


@pytest.mark.parametrize("named", ["", "${{ vars.TRAINING }}", "production", "ledger"])
def test_environment_of_another_purpose_is_opened_to_no_branch(named: str) -> None:
    of_training = planned(TRAINS, calls=[caller_of_ci(named)])
    assert of_training.environments == planned(TRAINS, calls=[caller_of_ci("")]).environments
    assert [name for name, secret in secrets(of_training) if secret == "TRAIN_SECRETS"] == [""]


def test_training_without_secrets_needs_none_in_its_environment() -> None:
    toml = TRAINS.partition("secrets")[0]
    assert {name for name, _ in secrets(planned(toml, calls=[caller_of_ci("training")]))} == {"ledger"}


def test_secrets_are_those_that_the_configuration_asks_for() -> None:
    toml = """
image = "registry.example.org/acme/app"
[build]
secrets = ["PIP_INDEX_URL"]
[train]
command = ["python", "train.py"]
secrets = ["AWS_SECRET_ACCESS_KEY"]
[ledger]
keys = ["-----BEGIN PUBLIC KEY-----"]
[environments.staging]
host = "ssh://deploy@staging.example.org"
host-key = "ssh-ed25519 AAAA"
[environments.production]
target = "kubernetes"
secrets = ["DATABASE_URL"]
"""
    assert secrets(planned(toml)) == {
        ("", "REGISTRY_TOKEN"): (True, ()),
        ("", "BUILD_SECRETS"): (True, ("PIP_INDEX_URL",)),
        ("", "TRAIN_SECRETS"): (True, ("AWS_SECRET_ACCESS_KEY",)),
        ("ledger", "LEDGER_KEY"): (True, ()),
        ("staging", "DEPLOY_SSH_KEY"): (True, ()),
        ("production", "KUBECONFIG"): (True, ()),
        ("production", "APP_SECRETS"): (True, ("DATABASE_URL",)),
    }


def test_project_that_asks_for_nothing_needs_no_secret() -> None:
    assert secrets(planned()) == {("ledger", "LEDGER_KEY"): (False, ())}


def test_runner_of_its_own_may_have_the_kubeconfig() -> None:
    call = calling.of_text("x.yml", callers.render("production", callers.Choices("acme/kit", "v1", DEVELOP)))
    toml = '[environments.production]\ntarget = "kubernetes"\n'
    assert secrets(planned(toml, calls=call))["production", "KUBECONFIG"][0] is False
    assert secrets(planned(toml))["production", "REGISTRY_TOKEN"][0] is False


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Return a clone with a project in a folder, whose callers build the branch `trunk`, and another project."""
    for name in ("flights", "fares"):
        folder = tmp_path / "projects" / name
        folder.mkdir(parents=True)
        (folder / "ml-cicd.toml").write_text(f'name = "{name}"\n')
        choices = callers.Choices(
            "acme/kit", "v1", Branches("main", "trunk"), directory=f"projects/{name}", prefix=name
        )
        write_callers(tmp_path, choices)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path / "projects" / "flights"


def test_callers_say_which_branch_and_which_checks(example: Path) -> None:
    read = project.read(example)
    assert read.branches == Branches("main", "trunk")
    assert sorted(read.required) == ["fares-ci / ci-passed", "flights-ci / ci-passed"]
    assert {call.name for call in read.calls} == set(callers.USUAL)
    assert project.read(example, integration="develop").branches.integration == "develop"


def test_command_prints_words_json_and_a_script(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["rulesets", "--directory", str(example)]
    assert cli.main(common) == 0
    assert "gh secret set LEDGER_KEY --env ledger" in capsys.readouterr().out
    assert cli.main([*common, "--script"]) == 0
    script = capsys.readouterr().out
    assert re.findall(r"^(?:ruleset|environment) '?([\w: -]+?)'? (?:<<|branch)", script, re.MULTILINE) == [
        "ml-cicd: merges", "ml-cicd: ledger", "ml-cicd: main", "integration", "staging", "production", "ledger",
    ]  # fmt: skip


def test_json_holds_the_bodies_of_the_api(example: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rulesets", "--directory", str(example), "--json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert data == printer.data(settings.plan(project.read(example), Choices()))
    assert data["environments"][2]["deployment_branch_policies"] == [
        {"type": "branch", "name": "main"}, {"type": "tag", "name": "Production"},
    ]  # fmt: skip


def test_protected_mode_warns_that_the_workflows_push_with_the_token_of_the_job(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--mode", "protected", "--app-id", "42", "--script"]
    assert cli.main(["rulesets", "--directory", str(example), *words]) == 0
    assert printer.PROTECTED in capsys.readouterr().err
