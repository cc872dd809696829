"""Bad input in a terminal: a clear message that says what to do, the exit code of the design, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.support.workspace import Workspace

COMMAND = Path(sys.executable).parent / "ml-cicd"
DIGEST = "@sha256:" + "a" * 64
FOR = ("--environment", "staging", "--commit", "main")


@pytest.fixture(scope="module")
def project(blank: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a clone with a configuration on main, which no command here changes."""
    workspace = blank.copy(tmp_path_factory.mktemp("project") / "workspace")
    (workspace.clone / "ml-cicd.toml").write_text(
        'name = "app"\n[tests]\nunit = ["test"]\n[train]\ncommand = ["train"]\ninputs = ["src"]\n'
    )
    (workspace.clone / "cicd" / "build").mkdir(parents=True)
    (workspace.clone / "cicd" / "build" / "Dockerfile").write_text("FROM scratch\n")
    workspace.git("add", "--all")
    workspace.commit("configuration")
    workspace.push("main")
    return workspace


@pytest.fixture
def run(
    project: Workspace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run a command in the clone, where neither an engine nor a registry answers: its exit code and its messages."""
    for name in {*os.environ} - {"PATH", "HOME"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    monkeypatch.setenv("ML_CICD_REGISTRY", "127.0.0.1:1")
    monkeypatch.chdir(project.clone)

    def call(*words: str) -> tuple[int, str]:
        return cli.main(words), capfd.readouterr().err

    return call


@pytest.mark.case("K3", "--release and --test are empty")
@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["verify", "--environment", "qa", "--commit", "main"], 2, "'qa'.\nThe environments are: integration"),
        (["history", "qa"], 2, "no environment 'qa'"),
        (["verify", "--environment", "staging", "--commit", "nowhere"], 2, "no commit 'nowhere'"),
        (["verify", "--environment", "staging", "--commit", ""], 2, "No commit was named"),
        (["verify", "--environment", "staging", "--commit", "--force"], 2, "verify: --commit needs a value."),
        (["status", "--remot"], 2, "status: --remote needs a value."),
        (["rollback", "production"], 2, "Write: ml-cicd rollback production --reason TEXT"),
        (["approve"], 2, "Write: ml-cicd approve ENVIRONMENT COMMIT --reason TEXT"),
        (["rollback", "production", "--reason", ""], 2, "rollback: --reason is empty.\nIn a workflow"),
        (["verify"], 2, "verify needs one of --environment or --ledger"),
        (["verify", "--environment", "staging", "--ledger"], 2, "--ledger and --environment exclude each other"),
        (["verify", "--environment", "staging", "--backwards", "x"], 2, "--backwards is 'x'; write true or false."),
        (
            ["rollback", "production", "--lock-wait", "x", "--reason", "y"],
            2,
            "--lock-wait is 'x', which is not a number",
        ),
        (["promote", "integration"], 2, "'integration' is not possible here; choose staging or production."),
        (["status", "--jsn"], 2, "status does not know: --jsn.\nDid you mean --json?"),
        (["local", "receivee"], 2, "choose up, down, dispatch"),
        (["local", "logs", "x"], 2, "local logs: N is 'x', which is not a whole number"),
        (["local"], 2, "Write: ml-cicd local ACTION"),
        (
            ["verify", "--environment", "staging", "--commit", "main"],
            4,
            "has not passed integration, so it may not go to staging.",
        ),
        (["status", "--remote", "elsewhere"], 2, "This clone has no remote 'elsewhere'; its remotes are: origin"),
        (["status"], 69, "No Docker engine answers"),
        (["test", "--image", "app"], 69, "No Docker engine answers"),
        (["build"], 2, "has no 'src', which train.inputs names.\nCommit it, or correct the key."),
        (["train", "--image", "app"], 2, "has no 'src'. [train] inputs in ml-cicd.toml lists it."),
        (["release", "--bundle", f"x/y{DIGEST}", "--test-image", "app"], 69, "No Docker engine answers"),
        (["deploy", "--environment", "staging", "--commit", "main", "--release", f"x/y{DIGEST}"], 2, "belong together"),
        (
            ["deploy", "--environment", "integration", "--commit", "main", "--release", "", "--test", ""],
            2,
            "needs the images that were just built",
        ),
        (
            ["deploy", "--environment", "integration", "--commit", "main", "--release", "x/y:latest", "--test", "z"],
            2,
            "is not an image by digest",
        ),
        (["record", "--outcome", "{}"], 2, "--outcome needs --environment and --commit"),
        (["record", "--outcome", "not json", *FOR], 2, "--outcome can't be read"),
        (["build", "--directory", "src"], 2, "There is no ml-cicd.toml in"),
        (["record", "--outcome", "{}", *FOR], 4, "not a deployment"),
        (["record", "--outcome", "[1]", *FOR], 4, "not a deployment"),
        (["advance", "--commit", "main"], 4, "has not passed integration.\nPush it to the integration branch"),
        (["conclude", "--needs", "{}"], 2, "names no job"),
        (["conclude", "--needs", "[]"], 2, "not the context"),
        (["nonsense"], 2, "there is no command 'nonsense'"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else None,
)
def test_bad_input_is_explained(
    run: Callable[..., tuple[int, str]], words: list[str], code: int, expected: str
) -> None:
    exit_code, message = run(*words)
    assert (exit_code, expected in message) == (code, True), message


def test_unreachable_registry_is_named(run: Callable[..., tuple[int, str]]) -> None:
    image = f"127.0.0.1:1/acme/app{DIGEST}"
    words = ["deploy", "--environment", "integration", "--commit", "main", "--release", image, "--test", image]
    code, message = run(*words)
    assert code == 69
    assert "No Docker engine answers" in message or "The registry 127.0.0.1:1 does not answer" in message


def test_status_outside_of_repository(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "ml-cicd.toml").write_text('name = "app"\n')
    os.chdir(tmp_path)
    code, message = run("status")
    assert (code, "not in a git repository" in message) == (2, True), message


def test_unreachable_remote_prints_no_traceback(workspace: Workspace) -> None:
    workspace.git("remote", "set-url", "origin", "/nonexistent/remote.git")
    (workspace.clone / "ml-cicd.toml").write_text('name = "app"\n')
    words = [str(COMMAND), "history", "staging"]
    done = subprocess.run(words, cwd=workspace.clone, check=False, capture_output=True, text=True)
    assert (done.returncode, "does not answer" in done.stderr) == (69, True), done.stderr
    assert "Traceback" not in done.stderr
