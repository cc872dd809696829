"""The page "Bring your project" says of variables, build arguments, defaults and limits what the kit does."""

from __future__ import annotations

import io
import re
import tarfile
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import pytest

from cicd import authorities, config, masking, stages, variables
from cicd.config import CommandSettings, Config, DockerSettings, Environment, Job, Train
from cicd.deploy import health
from cicd.deploy.command import CommandTarget
from cicd.deploy.docker.job import JobTarget
from cicd.deploy.docker.site import Site
from cicd.errors import CheckFailedError
from cicd.oci import secret_files
from cicd.oci.containers import Finished
from cicd.oci.endings import Ending
from cicd.produce import checks, evaluation, suites, training
from cicd.road.trial import Trial
from tests.unit.support import contract
from tests.unit.support.fake_engine import Engine
from tests.unit.support.place import Place, image, order
from tests.unit.test_evaluation import COMMAND, RELEASE, SETTINGS
from tests.unit.test_manifests import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cicd.road.verification import Candidate
    from tests.unit.support.fake_engine import Box

ROWS = contract.rows()
CODE = "ghcr.io/acme/app/test@sha256:" + "7" * 64
TOOL = "ghcr.io/acme/tool@sha256:" + "8" * 64
YOURS = {"LEVEL"}
"""Variables of the project's own configuration."""


def given(box: Box) -> set[str]:
    return {value.partition("=")[0] for value in box.config.get("Env") or []}


class Commands:
    """An engine in memory on which each command ends with exit code 0; it notes the containers before they go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, leaves: Mapping[str, bytes] | None = None) -> None:
        names = (CODE, TOOL, RELEASE, image(1))
        self.engine = Engine(ends=dict.fromkeys(names, 0), registry=set(names), leaves={CODE: dict(leaves or {})})
        for name in names:
            self.engine.add_image(name)
        self.boxes: list[Box] = []
        self.engine.on["remove .*"] = lambda: self.boxes.append(self.engine.box(self.engine.names()[-1]))
        monkeypatch.setattr("cicd.oci.engine.connect", lambda *_: self.engine.client())
        monkeypatch.setattr("cicd.oci.housekeeping.tidy", lambda *_: None)


def unit_tests(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    commands = Commands(monkeypatch)
    suites.run_unit(Config("app", tests={"unit": ("pytest",)}), CODE)
    return commands.boxes[-1]


def check(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    commands = Commands(monkeypatch)
    checks.run(Config("app", checks={"lint": ("ruff",)}), CODE)
    return commands.boxes[-1]


def trained(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    commands = Commands(monkeypatch, {"tmp/bundle/model": b"1"})
    facts, secrets = training.Facts("0123456789abcdef"), {"KEY": "hunter22"}
    settings = Train(("train",), secrets=("KEY",))
    training.train(commands.engine.client(), "app", settings, CODE, folder, facts=facts, secrets=secrets)
    return commands.boxes[-1]


def evaluated(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    commands = Commands(monkeypatch)
    written = f"{evaluation.PREDICTIONS.lstrip('/')}/predictions.csv"
    commands.engine.leaves[RELEASE] = {written: b"id,target,prediction\n"}
    layer = folder / "set.tar"
    layer.write_bytes(b"\0" * 10240)
    evaluation.Evaluation(commands.engine.client(), "app", SETTINGS, layer).predict(COMMAND, RELEASE, folder / "out")
    return commands.boxes[-1]


def service(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    place = Place(variables=dict.fromkeys(YOURS, "info"))
    place.bring(1)
    return place.release(1)


def job(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    @contextmanager
    def unpacked(*_: str) -> Iterator[Path]:
        (folder / "rows.csv").touch()
        yield folder / "rows.csv"

    commands, settings = Commands(monkeypatch), DockerSettings()
    environment = Environment("staging", settings, variables=dict.fromkeys(YOURS, "info"))
    work = Job(("score",), sample="rows.csv")
    site = Site(commands.engine.client(), Config("app", job=work), environment, settings, "")
    target = JobTarget(site, unpacked)
    target.apply(order(1), lambda *_: None)
    (box,) = commands.engine.boxes.values()
    return box


def tool(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Box:
    commands = Commands(monkeypatch)
    settings = CommandSettings(TOOL, ("deploy",), "https://flights.example.org")
    environment = Environment("staging", settings, variables=dict.fromkeys(YOURS, "info"))
    monkeypatch.setattr(health, "problem_at", lambda *_: "")
    digest = f'{{"digest": "{order(1).digest}", "commit": "{order(1).commit}"}}'.encode()
    monkeypatch.setattr(health, "fetch", lambda *_: digest if commands.boxes else b"{}")
    target = CommandTarget(commands.engine.client(), Config("app"), environment, settings, "ghcr.io/acme/app")
    target.apply(order(1), lambda *_: None)
    return commands.boxes[-1]


CONTAINERS = {
    "unit tests": unit_tests, "checks": check, "train": trained, "evaluate": evaluated, "service": service,
    "job": job, "tool": tool,
}  # fmt: skip


class OnEnvironment:
    """A target with a second service and two jobs, whose tests note what they got."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def addresses(self) -> dict[str, str]:
        return {"price-report": "http://report"}

    def outputs(self) -> dict[str, str]:
        return {"": "/tmp/job-output", "clean-up": "/tmp/job-output-clean-up"}

    def runner(self, network: str) -> Any:
        def run(image: str, command: Sequence[str], *, environment: Mapping[str, str], **_: object) -> Finished:
            self.environment = dict(environment)
            return Finished(Ending(0), {})

        return run


def suite_of_an_environment() -> set[str]:
    target, settings = OnEnvironment(), Config("app", tests={"acceptance": ("pytest",)})
    candidate = cast("Candidate", type("C", (), {"release": image(1), "test": CODE}))
    trial = Trial(cast("Any", target), settings, stages.STAGING, candidate, lambda: None)
    trial.accept("http://app", "network")
    assert target.environment["SERVICE_URL_PRICE_REPORT"] == "http://report"
    assert target.environment["JOB_OUTPUT_CLEAN_UP"] == "/tmp/job-output-clean-up"
    return {re.sub(r"(SERVICE_URL|JOB_OUTPUT)_.*", r"\1_<NAME>", name) for name in target.environment}


def test_table_of_variables_names_each_variable_and_who_gets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = {(name, who) for name, cells in ROWS["Environment variables"].items() for who in contract.names(cells[1])}
    listed |= {(name, "evaluate") for name in ROWS["The command evaluate"]}
    actual = {(name, "tests of an environment") for name in suite_of_an_environment()}
    for who, run in CONTAINERS.items():
        folder = tmp_path / who
        folder.mkdir()
        with monkeypatch.context() as patch:
            actual |= {(name, who) for name in given(run(patch, folder)) - YOURS}
    assert listed == actual


def test_a_cluster_gives_a_service_the_same_variables() -> None:
    (container,) = rendered()["Deployment"]["spec"]["template"]["spec"]["containers"]
    names = {variable["name"] for variable in container["env"]} - YOURS
    listed = {name for name, cells in ROWS["Environment variables"].items() if "service" in contract.names(cells[1])}
    assert names == listed


def test_variables_of_the_table_are_those_of_the_kit() -> None:
    known = {value for name, value in vars(variables).items() if name.isupper()} | {"PYTEST_ADDOPTS"}
    assert {*ROWS["Environment variables"], *ROWS["The command evaluate"]} - known == {
        "SERVICE_URL_<NAME>",
        "JOB_OUTPUT_<NAME>",
    }


@pytest.mark.parametrize("who", CONTAINERS)
def test_code_of_the_project_runs_as_its_image_says_and_sees_no_folder_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, who: str
) -> None:
    box = CONTAINERS[who](monkeypatch, tmp_path)
    assert not box.config.get("User"), "the image's user"
    assert not box.config.get("WorkingDir"), "the image's working directory"
    assert not box.host.get("Binds")
    assert not box.host.get("Mounts")
    assert not box.host.get("Privileged")


@pytest.mark.parametrize("who", ["unit tests", "checks", "train", "evaluate", "tool"])
def test_commands_run_without_the_entry_point_of_the_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, who: str
) -> None:
    box = CONTAINERS[who](monkeypatch, tmp_path)
    assert box.config["Entrypoint"] == []
    assert box.config["Cmd"] in (["pytest"], ["ruff"], ["train"], [*COMMAND], ["deploy"]), "no shell"


@pytest.mark.parametrize(
    ("who", "network"),
    [("unit tests", "none"), ("evaluate", "none"), ("checks", "bridge"), ("train", "bridge"), ("job", "bridge")],
)
def test_network_of_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, who: str, network: str) -> None:
    assert CONTAINERS[who](monkeypatch, tmp_path).networks[0] == network


@pytest.mark.parametrize("who", ["unit tests", "checks", "evaluate"])
def test_commands_that_get_no_secret_have_no_folder_of_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, who: str
) -> None:
    monkeypatch.setenv(variables.APP_SECRETS, '{"KEY": "hunter22"}')
    monkeypatch.setenv(variables.BUILD_SECRETS, '{"KEY": "hunter22"}')
    monkeypatch.setenv(variables.TRAIN_SECRETS, '{"KEY": "hunter22"}')
    box = CONTAINERS[who](monkeypatch, tmp_path)
    assert not any("secrets" in path for path in box.files)
    assert "hunter22" not in str(box.config)


def test_training_finds_its_secrets_as_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    box = trained(monkeypatch, tmp_path)
    assert box.files["run/secrets/KEY"] == b"hunter22"
    assert "hunter22" not in str(box.config)


def test_defaults_and_limits_are_those_of_the_code() -> None:
    plain = config.parse('name = "app"\n')
    environment, settings = Environment("staging"), DockerSettings()
    life = {name: " ".join(cells) for name, cells in ROWS["A service"].items()}
    assert f"(`{plain.service.health}`)" in life["health"]
    assert f"({environment.health_timeout:g} s)" in life["health"]
    assert f"({plain.service.port})" in life["port"]
    assert f"within {health.TIMEOUT} s and has at most {health.LIMIT} bytes" in life["answer"]
    assert f"({environment.stop_timeout:g} s)" in life["end"]
    assert f"({settings.drain_timeout:g} s)" in life["end"]
    commands = {name: " ".join(cells) for name, cells in ROWS["Commands"].items()}
    (timeout,) = (field.default for field in fields(Job) if field.name == "timeout")
    (job,) = (text for name, text in commands.items() if name.startswith("job.proof"))
    assert f"({timeout:g} s)" in job
    assert training.OUTPUT in commands["train"]
    assert evaluation.LIMIT == 1 << 30
    assert "The file may have 1 GiB." in contract.PAGE.read_text("utf-8")
    (suites_of_stages,) = (text for name, text in commands.items() if name.startswith("tests of an environment"))
    for stage in stages.STAGES.values():
        assert f"`{stage.suite}`" in suites_of_stages


def modes(archive: Any) -> dict[str, int]:
    """Return the mode of each member of a tar."""
    with tarfile.open(fileobj=io.BytesIO(archive if isinstance(archive, bytes) else archive.read())) as tar:
        return {member.name: member.mode for member in tar}


def test_every_user_may_write_predictions_and_read_secrets(tmp_path: Path) -> None:
    written: dict[str, int] = {}

    class Container:
        name = "app"

        def put_archive(self, path: str, data: Any) -> bool:
            written.update(modes(data))
            return True

    (tmp_path / "set.tar").write_bytes(b"\0" * 10240)
    container = cast("Any", Container())
    evaluation.Evaluation(Engine().client(), "app", SETTINGS, tmp_path / "set.tar")._fill(container)
    assert written[evaluation.PREDICTIONS.lstrip("/")] == 0o777
    secret_files.put(container, {"KEY": "hunter22"})
    assert written["run/secrets/KEY"] == 0o444


def test_bundle_that_holds_the_value_of_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands = Commands(monkeypatch, {"tmp/bundle/settings.json": b'{"password": "hunter22"}'})
    facts = training.Facts("0123456789abcdef")
    masking.hide("hunter22")
    try:
        with pytest.raises(CheckFailedError, match=r"The bundle holds the value of a secret\. Nothing was pushed\."):
            training.train(commands.engine.client(), "app", Train(("train",)), CODE, tmp_path, facts=facts)
    finally:
        masking.forget()


def test_pytest_writes_the_file_that_other_commands_find_in_a_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = dict(value.split("=", 1) for value in unit_tests(monkeypatch, tmp_path).config["Env"])
    assert values["PYTEST_ADDOPTS"] == f"--junitxml={values[variables.ML_CICD_RESULTS]}"


def test_certificates_of_the_system_count_where_no_variable_names_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("system.pem", "requests.pem", "ssl.pem")]
    monkeypatch.setattr(authorities, "CA_BUNDLES", (str(tmp_path / "none.pem"), str(files[0])))
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for file, name in zip(files, ("", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), strict=True):
        file.touch()
        if name:
            monkeypatch.setenv(name, str(file))
        assert authorities.ca_bundle() == file
