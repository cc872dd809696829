"""The road by real pushes: what is good goes on by digest, and what is bad stops at the stage meant to stop it."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels as names
from cicd.forge.state import Forge
from cicd.oci import engine
from tests.road.support.project import COMMAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.road.support.project import Project


def health(project: Project, environment: str) -> dict[str, Any]:
    """Return the health answer of an environment's service."""
    url = project.environments()[environment]["url"]
    with urllib.request.urlopen(f"{url}/health", timeout=60) as answer:
        content: dict[str, Any] = json.load(answer)
        return content


def leftovers(project: Project) -> list[str]:
    """Containers of the project's forge that are neither a release, nor a proxy, nor the registry."""
    label = f"ml-cicd.instance={Forge.of_project(project.path).instance}"
    listed = engine.connect().containers.list(all=True, filters={"label": label}, ignore_removed=True)
    known = r"tiny-(integration|staging|production)-[0-9a-f]{8}-(proxy|[0-9a-f]{12})|ml-cicd-tiny-registry-[0-9a-f]{8}"
    return [str(one.name) for one in listed if not re.fullmatch(known, str(one.name))]


def entries(project: Project) -> dict[str, int]:
    """How many entries the ledger has for each environment."""
    return {name: len(project.history(name)) for name in ("integration", "staging", "production")}


@pytest.fixture(scope="module")
def walked(tiny: Project) -> Project:
    """Return the tiny project after a change that reached Production, whatever other tests left behind."""
    tiny.git("fetch", "--quiet", "--tags", "--force", "local")
    tiny.git("checkout", "--quiet", "--force", "-B", "develop", "local/main")
    tiny.commit("a change that goes all the way")
    tiny.push("--force", "develop")
    tiny.git("tag", "--force", "Production")
    tiny.push("--force", "Production")
    return tiny


def test_three_environments_run_one_digest(walked: Project) -> None:
    environments = walked.environments()
    assert set(environments) == {"integration", "staging", "production"}
    assert len({one["digest"] for one in environments.values()}) == 1
    assert all(one["healthy"] and not one["problem"] for one in environments.values())
    assert health(walked, "production")["digest"] == environments["production"]["digest"]


def test_promotion_rests_on_previous_entry(walked: Project) -> None:
    newest = {name: walked.history(name)[0] for name in ("integration", "staging", "production")}
    assert newest["integration"]["deployment"]["basis"] is None
    for name, before in (("staging", "integration"), ("production", "staging")):
        basis = newest[name]["deployment"]["basis"]
        assert basis == {"environment": before, "number": newest[before]["number"], "sha256": newest[before]["sha256"]}


def test_comment_says_where_the_commit_was_deployed(walked: Project) -> None:
    shown = walked.command("local", "comments", "develop", "--markdown").stdout
    sections = dict(re.findall(r"<!-- ml-cicd begin (\w+) -->\n(.*?)\n<!-- ml-cicd end", shown, re.DOTALL))
    for stage in ("integration", "staging", "production"):
        assert sections[stage].startswith(f"### ✅ {stage} passed"), shown
        assert f"Deployed to <code>{stage}</code> on " in sections[stage]


def test_main_and_staging_follow_the_passed_commit(road: Project) -> None:
    road.git("fetch", "--quiet", "--tags", "--force", "local")
    commit = road.environments()["integration"]["commit"]
    assert road.git("rev-parse", "local/main") == road.git("rev-parse", "Staging^{commit}") == commit


def test_pushes_of_jobs_start_nothing(road: Project) -> None:
    assert [run.file for run in road.runs()][:3] == ["integration.yml", "staging.yml", "production.yml"]


def test_unchanged_inputs_reuse_the_bundle(road: Project) -> None:
    road.write("app/model.py", (road.path / "app" / "model.py").read_text() + "\n# no input of the training\n")
    road.commit("a change that the model does not depend on")
    integration, _ = road.push("--force", "develop")
    assert "taken as it is, since nothing that it depends on changed" in road.log(integration)
    newest, before = (one["deployment"] for one in road.history("integration")[:2])
    assert newest["bundle"] == before["bundle"] != ""
    assert newest["release"] != before["release"]


def test_checkout_restores_code_and_model(road: Project, tmp_path: Path) -> None:
    old = road.history("production")[-1]["deployment"]
    made = road.json("checkout", "production", "1", "--remote", "local", "--folder", str(tmp_path / "back"))
    assert (made["commit"], made["release"], made["data"]) == (old["commit"], old["release"], "not locked")
    assert made["bundle"] == road.history("integration")[-1]["deployment"]["bundle"]
    assert json.loads((tmp_path / "back" / "bundle" / "metadata.json").read_text())["offset"] == 1
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=tmp_path / "back", check=True, capture_output=True, text=True
    )
    assert head.stdout.strip() == old["commit"] != road.git("rev-parse", "HEAD")
    assert leftovers(road) == []
    again = road.command("checkout", "production", "1", "--remote", "local", "--folder", str(tmp_path / "back"))
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)


def test_feature_branch_deploys_nothing(road: Project) -> None:
    before = entries(road)
    road.git("checkout", "--quiet", "-B", "feature/good")
    road.commit("a good change")
    (run,) = road.push("--force", "feature/good")
    assert (run.file, run.result) == ("ci.yml", "success"), road.said
    assert entries(road) == before


def test_failing_unit_test_deploys_nothing(road: Project) -> None:
    before = entries(road), road.environments()
    road.write("app/model.py", "def predict(value, offset):\n    return value - offset\n")
    road.commit("a bug")
    (run,) = road.push("--force", "develop")
    assert run.result == "failure"
    assert run.failed.endswith("Run the unit tests in the image")
    assert "FAILED: integration" in road.said
    assert "Run the unit tests in the image" in road.said
    assert (entries(road), road.environments()) == before
    assert leftovers(road) == []


def test_checks_run_after_failing_unit_test(road: Project) -> None:
    road.git("checkout", "--quiet", "-B", "feature/bad")
    road.write("app/model.py", "def predict(value, offset):\n    return value - offset\n")
    road.commit("a bug")
    (run,) = road.push("--force", "feature/bad")
    assert run.failed.endswith("Run the unit tests in the image")
    assert "imports: passed" in road.log(run)


def test_broken_dockerfile_names_the_instruction(road: Project) -> None:
    road.write("cicd/build/Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN no-such-command\n")
    road.commit("a broken Dockerfile")
    (run,) = road.push("--force", "develop")
    assert run.failed.endswith("Build the image")
    assert "cicd/build/Dockerfile does not build" in road.said
    assert "no-such-command" in road.log(run)


def test_wrong_configuration_fails_first(road: Project) -> None:
    text = (road.path / "ml-cicd.toml").read_text()
    road.write("ml-cicd.toml", text.replace("[train]\n", '[train]\nimputs = ["app"]\n'))
    road.commit("a slip")
    (run,) = road.push("--force", "develop")
    assert run.result == "failure"
    assert "train: unknown key imputs. Did you mean inputs?" in road.said


def test_missing_suite_fails_before_the_build(road: Project) -> None:
    before = entries(road), road.environments()
    text = (road.path / "ml-cicd.toml").read_text()
    suite = '[tests]\nsmoke = ["python3", "-m", "pytest", "tests/smoke"]\n'
    road.write("ml-cicd.toml", text.replace("[tests]\n", suite))
    road.commit("a suite that is not there")
    (run,) = road.push("--force", "develop")
    assert run.failed.endswith("Build the image")
    assert "has no 'tests/smoke', which the command of [tests] smoke names" in road.said
    assert "exit status 2" in road.log(run)
    assert (entries(road), road.environments()) == before


def test_real_remote_beside_the_forge_is_left_alone(road: Project, tmp_path: Path) -> None:
    origin = tmp_path / "origin.git"
    road.git("clone", "--quiet", "--bare", str(road.path), str(origin))
    road.git("remote", "add", "origin", str(origin))
    try:
        tags = road.git("ls-remote", "origin")
        refused = road.command("promote", "production", "--yes")
        assert (refused.returncode, "--remote local or --remote origin" in refused.stderr) == (2, True), refused.stderr
        allowed = road.command("promote", "production", "--yes", "--remote", "local")
        assert allowed.returncode == 0, allowed.stdout + allowed.stderr
        assert road.git("ls-remote", "origin") == tags
        shown = road.command("history", "production").stdout
        assert shown.startswith(f"remote origin, {origin}\n")
        assert f"\nremote local, the local forge of {road.path}\n" in shown
    finally:
        road.git("remote", "remove", "origin")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("import sys\nsys.exit(3)\n", "ended with exit code 3"),
        ("import time\ntime.sleep(60)\n", "was not healthy within 5 s"),
    ],
    ids=["crashes", "hangs"],
)
def test_unhealthy_release_is_recorded_and_removed(road: Project, change: str, reason: str) -> None:
    before, count = health(road, "integration"), entries(road)
    service = (road.path / "app" / "serve.py").read_text()
    road.write("app/serve.py", change + service)
    road.commit("a bad release")
    (run,) = road.push("--force", "develop")
    assert run.failed.endswith("Deploy the release and test it")
    assert reason in road.said
    assert health(road, "integration") == before
    assert entries(road) == {**count, "integration": count["integration"] + 1}
    newest = road.history("integration")[0]["deployment"]
    assert newest["result"] == "failed"
    assert reason in newest["reason"]
    assert leftovers(road) == []


def test_failed_integration_tests_stop_the_release(road: Project) -> None:
    before, main = health(road, "integration"), road.git("rev-parse", "local/main")
    road.write("app/train.py", (road.path / "app" / "train.py").read_text().replace('"offset": 1', '"offset": 2'))
    road.commit("a worse model")
    (run,) = road.push("--force", "develop")
    assert run.failed.endswith("Deploy the release and test it")
    assert health(road, "integration") == before
    road.git("fetch", "--quiet", "local")
    assert road.git("rev-parse", "local/main") == main


def test_production_refuses_unaccepted_commit(road: Project) -> None:
    before, count = health(road, "production"), entries(road)
    road.commit("not accepted by anybody")
    road.git("tag", "--force", "Production")
    (run,) = road.push("--force", "Production")
    assert run.failed.endswith("Verify that the commit may be promoted")
    assert "is not on main" in road.said
    assert "exit status 4" in road.log(run)
    assert (health(road, "production"), entries(road)) == (before, count)


def test_production_refuses_commit_without_staging(road: Project) -> None:
    before = health(road, "production")
    commit = road.commit("straight to main, past every stage")
    road.push(f"{commit}:main")
    road.git("tag", "--force", "Production")
    (run,) = road.push("--force", "Production")
    assert "has not passed staging" in road.said
    assert run.result == "failure"
    assert health(road, "production") == before


def test_promotion_waits_for_the_registry(road: Project) -> None:
    before, commit = entries(road), road.environments()["staging"]["commit"]
    words = ("verify", "--remote", "local", "--environment", "production", "--commit", commit)
    with road.without_registry():
        done = road.command(*words)
        assert (done.returncode, "does not answer" in done.stderr) == (69, True), done.stderr
    done = road.command(*words)
    assert (done.returncode, entries(road)) == (0, before), done.stderr


def test_changed_registry_content_is_refused(road: Project) -> None:
    before, commit = health(road, "production"), road.environments()["staging"]["commit"]
    digest = road.environments()["staging"]["digest"].removeprefix("sha256:")
    registry = road.registry
    listing = registry.exec_run(["sh", "-c", f"ls /var/lib/*registry/docker/registry/v2/blobs/sha256/*/{digest}/data"])
    assert isinstance(listing.output, bytes)
    (blob,) = listing.output.decode().split()
    registry.exec_run(["cp", "-p", blob, f"{blob}.kept"])
    try:
        assert registry.exec_run(["sh", "-c", f"echo ' ' >> {blob}"]).exit_code == 0
        done = road.command("verify", "--remote", "local", "--environment", "production", "--commit", commit)
        assert done.returncode == 4, done.stderr
        assert "content changed" in done.stderr or "no longer has" in done.stderr
    finally:
        registry.exec_run(["mv", f"{blob}.kept", blob])
    assert health(road, "production") == before


def test_status_reports_difference_from_ledger(road: Project) -> None:
    own = f"{names.INSTANCE}={Forge.of_project(road.path).instance}"
    labels = ["ml-cicd.project=tiny", "ml-cicd.environment=staging", "ml-cicd.role=service", own]
    (service,) = engine.connect().containers.list(filters={"label": labels}, ignore_removed=True)
    assert road.command("status", "--remote", "local").returncode == 0
    service.stop(timeout=1)
    try:
        done = road.command("status", "--remote", "local")
        assert (done.returncode, "staging: it is exited" in done.stdout) == (1, True), done.stdout
    finally:
        service.start()
    service.pause()
    try:
        done = road.command("status", "--remote", "local")
        assert (done.returncode, "NOT HEALTHY" in done.stdout) == (1, True), done.stdout
    finally:
        service.unpause()


def test_hostile_branch_name_runs_nothing(road: Project) -> None:
    name = "a$(touch${IFS}pwned)'\";touch${IFS}pwned;#`touch${IFS}pwned`"
    road.git("checkout", "--quiet", "-B", name)
    road.commit("an innocent change")
    (run,) = road.push("--force", name)
    assert (run.ref, run.result) == (f"refs/heads/{name}", "success")
    assert list(road.path.rglob("pwned")) == []


def test_good_change_reaches_production_after_failures(road: Project) -> None:
    commit = road.commit("a good change")
    assert [run.result for run in road.push("--force", "develop")] == ["success", "success"], road.said
    road.git("tag", "--force", "Production")
    assert [run.result for run in road.push("--force", "Production")] == ["success"], road.said
    environments = road.environments()
    assert f"production: {environments['production']['url']} serves {commit[:7]}" in road.said
    assert {one["commit"] for one in environments.values()} == {commit}
    assert len({one["digest"] for one in environments.values()}) == 1


def test_commands_in_a_subfolder_work_on_the_project(walked: Project) -> None:
    folder = walked.path / "app"
    for words in (("status",), ("history", "production"), ("local", "runs")):
        done = subprocess.run([COMMAND, *words], cwd=folder, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, walked.command(*words).stdout), done.stderr


def test_recorded_run_runs_again(road: Project) -> None:
    road.git("checkout", "--quiet", "-B", "feature/again")
    road.commit("a change that is tested twice")
    (before,) = road.push("--force", "feature/again")
    done = road.command("local", "rerun", str(before.number))
    again = road.runs()[-1]
    assert (done.returncode, again.result, again.number) == (0, "success", before.number + 1), done.stdout
    assert (again.file, again.ref, again.sha) == (before.file, before.ref, before.sha)


def test_terminal_builds_with_the_forges_base_and_registry(walked: Project) -> None:
    state = Forge.of_project(walked.path).state()
    built = walked.command("build")
    assert built.returncode == 0, built.stdout + built.stderr
    image = built.stdout.splitlines()[-1].removeprefix("build image: ")
    assert f"registry {state.registry}" in built.stdout
    trained = walked.command("train", "--image", image)
    assert f"model bundle: {state.registry}/" in trained.stdout, trained.stdout + trained.stderr
    assert leftovers(walked) == []


def test_deploy_by_hand_rolls_back(road: Project) -> None:
    newest, before = (one["deployment"] for one in road.history("production")[:2])
    refused = road.command("deploy", "--remote", "local", "--environment", "production", "--commit", before["commit"])
    assert refused.returncode == 4
    assert "does not descend" in refused.stderr
    words = ("deploy", "--remote", "local", "--environment", "production", "--commit", before["commit"], "--backwards")
    outcome = road.json(*words)
    assert (outcome["action"], outcome["result"], outcome["replaced"]) == ("rollback", "passed", newest["release"])
    assert health(road, "production")["digest"] == before["release"].partition("@")[2]
