"""Project code runs in containers that get what they must have and nothing else; how it ends decides."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, labels
from cicd.config import Config, Train
from cicd.errors import CheckFailedError
from cicd.oci import containers
from cicd.oci.containers import Finished
from cicd.oci.endings import Ending
from cicd.produce import bundle_source, checks, suites, training

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


FACTS = training.Facts("0123456789abcdef")
CONFIG = Config("app", tests={"unit": ("pytest",)}, checks={"lint": ("ruff", "check"), "types": ("mypy",)})
TOML = 'name = "app"\n[tests]\nunit = ["pytest"]\n[checks]\nlint = ["ruff", "check"]\ntypes = ["mypy"]\n'


class Engine:
    """Notes each container that is run, and lets the commands in `failing` end with exit code 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: list[dict[str, Any]] = []
        self.failing: set[str] = set()
        self.last = ""
        self.cleaned: list[object] = []
        monkeypatch.setattr("cicd.oci.engine.connect", lambda *_: "engine")
        monkeypatch.setattr("cicd.oci.containers.run", self.run)
        monkeypatch.setattr("cicd.oci.leftovers.remove", self.cleaned.append)
        self.tidied: list[str] = []
        monkeypatch.setattr("cicd.oci.housekeeping.tidy", lambda _, project: self.tidied.append(project))

    def run(self, client: object, image: str, command: Sequence[str], **options: Any) -> Finished:
        self.runs.append({"client": client, "image": image, "command": tuple(command), **options})
        if options.get("output"):
            options["output"].feed(f"{command[0]} says".encode(), "stdout")
            options["output"].end()
        return Finished(Ending(int(command[0] in self.failing), last=self.last), {})


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return Engine(monkeypatch)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ml-cicd.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_unit_tests_get_no_network_and_no_variables(engine: Engine) -> None:
    assert suites.run_unit(replace(CONFIG, test_shm_size="1g"), "image") == suites.UnitTests({})
    (run,) = engine.runs
    assert (run["labels"], run["shm_size"]) == ({labels.PROJECT: "app", labels.ROLE: "tests-unit"}, "1g")
    assert (run["client"], run["image"], run["command"], run["network"]) == ("engine", "image", ("pytest",), "none")
    assert run["environment"].keys() == {"PYTEST_ADDOPTS", "ML_CICD_RESULTS"}
    assert engine.cleaned == ["engine"]
    assert engine.tidied == ["app"]


def test_coverage_of_the_unit_tests_goes_to_the_output_and_the_summary(
    engine: Engine, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.last = "TOTAL    28   2   93%\n"
    output, summary = tmp_path / "output", tmp_path / "summary"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert cli.main(["test", "--image", "image"]) == 0
    assert "coverage=93\n" in output.read_text()
    assert "**Coverage**: 93 %" in summary.read_text()
    assert "unit tests: no counts, coverage 93 %" in capsys.readouterr().out


@pytest.mark.case("K5", "a test that a person's deployment starts belongs to the local forge")
def test_tests_of_an_environment_belong_to_its_forge(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cicd.oci.images.pull", lambda *_: None)
    client: Any = "engine"
    for instance in ("11111111", ""):
        runner = containers.runner(client, "network", instance=instance, shm_size="1g")
        runner("image", ("pytest",), labels={"a": "b"}, environment={}, collect=[])
    assert [run["labels"] for run in engine.runs] == [{"a": "b", "ml-cicd.instance": "11111111"}, {"a": "b"}]
    assert {(run["network"], run["shm_size"]) for run in engine.runs} == {("network", "1g")}
    assert engine.cleaned == ["engine", "engine"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("test", "no unit tests declared"),
        ("check", "no checks declared"),
        ("train", "no model declared"),
    ],
)
def test_what_a_project_does_not_declare_is_left_out_and_said(
    engine: Engine, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    *, command: str, words: str,
) -> None:  # fmt: skip
    (project / "ml-cicd.toml").write_text('name = "app"\n')
    summary = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert cli.main([command, "--image", "image"]) == 0
    assert engine.runs == []
    assert words in capsys.readouterr().out
    assert words in summary.read_text()
    assert "passed" not in summary.read_text()


def test_each_check_is_run_and_judged_by_its_exit_code(engine: Engine) -> None:
    engine.failing = {"mypy"}
    lint, types = checks.run(CONFIG, "image")
    assert (lint.name, lint.passed, lint.log, lint.ending) == ("lint", True, "ruff says", "exit code 0")
    assert (types.name, types.passed, types.log, types.ending) == ("types", False, "mypy says", "exit code 1")
    assert {run["command"] for run in engine.runs} == {("ruff", "check"), ("mypy",)}
    assert {run["image"] for run in engine.runs} == {"image"}


@pytest.mark.parametrize("failing", [[], ["ruff"], ["mypy"], ["ruff", "mypy"]], ids=str)
def test_one_failed_check_fails_the_step(
    engine: Engine, project: Path, failing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    engine.failing = set(failing)
    assert cli.main(["check", "--image", "image"]) == (1 if failing else 0)
    output = capsys.readouterr()
    assert output.out.count("FAILED") == len(failing)
    assert all(f"{name} says\nIt ended with exit code 1." in output.err for name in failing)


def test_checks_are_put_out_and_printed_as_json(
    engine: Engine, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    engine.failing = {"mypy"}
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    assert cli.main(["check", "--image", "image", "--json"]) == 1
    assert 'checks={"lint": true, "types": false}' in (tmp_path / "output").read_text().splitlines()
    assert [check["passed"] for check in json.loads(capfd.readouterr().out)] == [True, False]


@pytest.mark.parametrize("failing", [False, True])
def test_failed_unit_tests_fail_the_step(engine: Engine, project: Path, failing: bool) -> None:
    engine.failing = {"pytest"} if failing else set()
    assert cli.main(["test", "--image", "image"]) == int(failing)


class TestTraining:
    """Training leaves a bundle, or fails."""

    @pytest.fixture
    def container(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """Return the options of the container that training runs in; `exit code` says how it ends, with no bundle."""
        options: dict[str, Any] = {"exit code": 0}

        @contextmanager
        def created(client: object, image: str, **values: Any) -> Iterator[SimpleNamespace]:
            options.update({"client": client, "image": image, **values})
            yield SimpleNamespace(put_archive=lambda folder, content: options.update({"room": (folder, len(content))}))

        monkeypatch.setattr("cicd.oci.containers.created", created)
        monkeypatch.setattr("cicd.oci.metadata_shield.join", lambda client, _: options.update(shielded=client))
        monkeypatch.setattr("cicd.oci.containers.run_to_end", lambda *_: Ending(options["exit code"]))
        monkeypatch.setattr("cicd.oci.containers.save", lambda container, path, target: options.update({"save": path}))
        return options

    def test_failed_training_leaves_no_bundle(self, container: dict[str, Any], tmp_path: Path) -> None:
        container["exit code"] = 1
        with pytest.raises(CheckFailedError, match="Training failed with exit code 1"):
            training.train("engine", "app", Train(("train",)), "image", tmp_path, facts=FACTS)  # type: ignore[arg-type]
        folder, size = container["room"]  # the disk of the engine is asked whether it was to blame
        assert folder == "/"
        assert size > training.ROOM

    def test_training_without_bundle_fails(self, container: dict[str, Any], tmp_path: Path) -> None:
        with pytest.raises(CheckFailedError, match="Training left nothing in /tmp/bundle"):
            training.train("engine", "app", Train(("train",)), "image", tmp_path, facts=FACTS)  # type: ignore[arg-type]
        assert (container["save"], container["shielded"]) == ("/tmp/bundle", "engine")

    @pytest.mark.case("K9", "training that needs more shared memory")
    def test_training_gets_its_limits_and_no_variables(self, container: dict[str, Any], tmp_path: Path) -> None:
        settings = Train(("train",), cpus=1.5, memory="2g", shm_size="1g", gpus=2, network="none")
        with pytest.raises(CheckFailedError):
            training.train("engine", "app", settings, "image", tmp_path, facts=FACTS)  # type: ignore[arg-type]
        limits = {name: container.get(name) for name in ("nano_cpus", "mem_limit", "shm_size", "network")}
        assert limits == {"nano_cpus": 1_500_000_000, "mem_limit": "2g", "shm_size": "1g", "network": "none"}
        assert container["device_requests"] == [{"count": 2, "capabilities": [["gpu"]]}]
        assert not {"environment", "shielded"} & container.keys()

    def test_project_without_a_model_has_no_bundle(self, engine: Engine, tmp_path: Path) -> None:
        assert bundle_source.obtain(Config("app"), tmp_path, "image") is None
