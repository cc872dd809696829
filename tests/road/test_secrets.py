"""The callers that people copy pass on every secret: of the ledger, an application, SSH, builds and training.

Real pushes to a forge, a real engine, and a real sshd that carries staging.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cicd import labels as names
from cicd.forge.state import Forge
from cicd.oci import engine
from tests.deploy.support.sshd import Host, serving
from tests.road.support.project import EXAMPLE, TINY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API_KEY = 'a "quoted" $(value)\nof two lines, with ü'
APP_SECRETS = json.dumps({"API_KEY": API_KEY}, indent=2)
"""Its lines are `{`, `}` and one more: in an outcome as JSON, GitHub would find the first two."""


BUILD_SECRETS = {"INDEX_TOKEN": 's3cr3t-"index"', "UNUSED": "never-asked-for"}
TRAIN_SECRETS = {"DATA_KEY": "first-line-of-a-key\nsecond/line+of=it"}
PRINTED = "RUN --mount=type=secret,id=INDEX_TOKEN,required=true echo has $(cat /run/secrets/INDEX_TOKEN)\n"
TRAINS = """
from pathlib import Path

print("training has", (Path("/run/secrets") / "DATA_KEY").read_text())
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with serving(tmp_path_factory.mktemp("sshd")) as host:
        yield host


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[Project]:
    """Return a project with the shipped callers: its ledger is signed, its staging has a secret and is behind SSH."""
    folder = tmp_path_factory.mktemp("secrets")
    project = Project(folder / "tiny", TINY, quiet=True, unit_tests=False)
    project.create()
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    keys = project.json("keys")
    file = project.path / "ml-cicd.toml"
    staging = f'host = "{host.address}"\nhost-key = "{host.key}"\nbind = "127.0.0.1"\nsecrets = ["API_KEY"]\n'
    text = file.read_text().replace("[environments.staging]\n", f"[environments.staging]\n{staging}")
    text = text.replace("[train]\n", '[build]\nsecrets = ["INDEX_TOKEN"]\n[train]\nsecrets = ["DATA_KEY"]\n')
    for name in ("build", "release"):
        dockerfile = project.path / "cicd" / name / "Dockerfile"
        dockerfile.write_text(dockerfile.read_text().replace("WORKDIR /app\n", f"{PRINTED}WORKDIR /app\n"))
    training = project.path / "app" / "train.py"
    training.write_text(training.read_text() + TRAINS)
    file.write_text(f'{text}\n[ledger]\nkeys = ["""{keys["public"]}"""]\n')
    project.commit("callers, keys and secrets")
    values = {
        "BUILD_SECRETS": json.dumps(BUILD_SECRETS, indent=2),
        "TRAIN_SECRETS": json.dumps(TRAIN_SECRETS),
        "ledger/LEDGER_KEY": keys["private"],
        "staging/APP_SECRETS": APP_SECRETS,
        "staging/DEPLOY_SSH_KEY": host.private_key,
    }
    words = [word for name, value in values.items() for word in ("--secret", f"{name}={written(folder, name, value)}")]
    assert project.up(*words) == 0
    try:
        project.push("main")
        project.git("checkout", "--quiet", "-b", "develop")
        yield project
    finally:
        project.down()


def written(folder: Path, name: str, value: str) -> Path:
    file = folder / name.replace("/", "-")
    file.write_text(value)
    return file


def test_signature_application_secret_and_ssh_reach_through_the_shipped_callers(project: Project, host: Host) -> None:
    integration, staging = project.push("develop")
    assert (integration.result, staging.result) == ("success", "success"), project.said
    for environment in ("integration", "staging"):
        (entry,) = project.history(environment)
        assert (entry["trust"], entry["deployment"]["result"]) == ("signed", "passed")
    assert re.search(r"Accepted publickey for \w+ from 127\.0\.0\.1", host.log.read_text())
    wanted = {
        names.INSTANCE: Forge.of_project(project.path).instance,
        names.ENVIRONMENT: "staging",
        names.ROLE: "service",
    }
    labels = [f"{name}={value}" for name, value in wanted.items()]
    (service,) = engine.connect().containers.list(filters={"label": labels}, ignore_removed=True)
    assert service.exec_run(["cat", "/run/secrets/API_KEY"]).output == API_KEY.encode()


@pytest.mark.case("K3", "no log of a run shows a build or training secret")
def test_no_file_of_the_forge_holds_a_value_but_the_secrets_themselves(project: Project) -> None:
    runs = Forge.of_project(project.path).path
    values = [*BUILD_SECRETS.values(), *TRAIN_SECRETS["DATA_KEY"].splitlines()]
    forms = {form.encode() for value in values for form in (value, json.dumps(value)[1:-1])}
    logs = [file for file in runs.rglob("*") if file.is_file() and file.relative_to(runs).parts[0] != "secrets"]
    assert any(b"has ***" in file.read_bytes() for file in logs)
    assert [(str(file), form) for file in logs for form in forms if form in file.read_bytes()] == []


def test_caller_without_secrets_is_named_before_anything_is_built(project: Project) -> None:
    caller = project.path / ".github" / "workflows" / "staging.yml"
    text = caller.read_text()
    project.write(str(caller.relative_to(project.path)), text[: text.index("    secrets:")])
    project.commit("no secrets")
    (integration,) = project.push("develop")
    assert integration.result == "failure"
    log = project.log(integration)
    assert "staging.yml does not pass on the secret APP_SECRETS" in log
    assert "has ***" not in log, "nothing was built"
