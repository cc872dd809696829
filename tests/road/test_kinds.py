"""Projects that were not written for the road walk it to Production, with no line of their code changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from cicd import labels
from cicd.oci import engine
from tests.road.support.project import EXAMPLE, KIT, Project
from tests.unit.support import package_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.support.package_index import Index

PACKAGING = KIT / "tests" / "fixtures" / "packaging"
API = KIT / "tests" / "fixtures" / "api"
BATCH = """name = "batch"

[tests]
unit = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]

[job]
command = ["python", "-m", "app"]
sample = "README.md"
"""

PACKAGES = """name = "packages"

[tests]
unit = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]

[deliverables.packages]
kind = "package"
paths = [".", "client"]
"""
CLIENT = """[project]
name = "app-client"
version = "2.0"
dependencies = ["app"]
"""

SERVICES = """name = "three"

[tests]
unit = ["python3", "-m", "unittest", "discover", "--start-directory", "tests"]
integration = ["python3", "integration/test_services.py"]

[deliverables.api]
kind = "service"
port = 9000
health = "/healthz"

[deliverables.report]
kind = "service"
port = 8501
health = "/"
dockerfile = "report/Dockerfile"

[deliverables.admin]
kind = "service"
port = 9000
health = "/healthz"
command = ["python3", "server.py"]

[deliverables.score]
kind = "job"
command = ["sh", "-c", "cp $ML_CICD_SAMPLE $ML_CICD_OUTPUT"]
sample = "model.json"
"""
JUDGE = """import os
import urllib.request

for name, path, text in (("", "/predict", b"42"), ("_REPORT", "/", b"first"), ("_ADMIN", "/predict", b"42")):
    with urllib.request.urlopen(os.environ[f"SERVICE_URL{name}"] + path) as answer:
        assert answer.read() == text
with open(os.environ["JOB_OUTPUT_SCORE"] + "/sample") as file:
    assert "42" in file.read()
"""
REPORT_IMAGE = """ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
COPY report/serve.py /srv/serve.py
USER 10001
CMD ["python3", "/srv/serve.py"]
"""
REPORT = """from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"first")


HTTPServer(("", 8501), Handler).serve_forever()
"""


def on_the_road(folder: Path, source: Path) -> Project:
    project = Project(folder, source, quiet=True)
    project.create()
    shutil.copytree(EXAMPLE / ".github", project.path / ".github")
    (project.path / ".github" / "workflows" / "tracking.yml").unlink(missing_ok=True)
    return project


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Project]:
    project = on_the_road(tmp_path / "batch", PACKAGING / "requirements")
    project.write("ml-cicd.toml", BATCH)
    project.commit("callers and configuration")
    try:
        yield project
    finally:
        project.down()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Project]:
    project = on_the_road(tmp_path / "api", API)
    project.commit("callers")
    try:
        yield project
    finally:
        project.down()


def walk(project: Project) -> None:
    """Bring the project from its first push to Production."""
    assert project.up() == 0
    project.push("main")
    project.git("checkout", "--quiet", "-b", "develop")
    assert [run.result for run in project.push("develop")] == ["success", "success"], project.said
    project.git("tag", "--force", "Production")
    assert [run.result for run in project.push("--force", "Production")] == ["success"], project.said


def test_a_batch_job_without_a_dockerfile(batch: Project) -> None:
    walk(batch)
    head = batch.git("rev-parse", "HEAD")
    environments = batch.environments()
    for name, suite in {"integration": "integration", "staging": "acceptance", "production": "smoke"}.items():
        state = environments[name]
        assert (state["commit"], state["healthy"], state["url"]) == (head, True, "")
        assert f"no {suite} tests declared" in state["notices"]
        assert batch.history(name)[0]["deployment"]["undeclared"] == suite
    assert "XN--GRN-IOA" in batch.log(batch.runs()[-1]), "the proof's output is shown"
    marks = [f"{labels.PROJECT}=batch", labels.ENVIRONMENT]
    assert engine.connect().containers.list(filters={"label": marks}) == [], "nothing is left running"


def test_an_api_with_one_dockerfile_a_text_health_answer_and_a_model_in_git(api: Project) -> None:
    walk(api)
    state = api.environments()["production"]
    assert state["healthy"]
    with urllib.request.urlopen(f"{state['url']}/healthz", timeout=60) as answer:
        assert answer.read() == b"ok"
    with urllib.request.urlopen(f"{state['url']}/predict", timeout=60) as answer:
        assert answer.read() == b"42"
    entry = api.history("integration")[0]["deployment"]
    assert (entry["undeclared"], entry["bundle"]) == ("integration", "")
    assert entry["result"] == "passed"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with package_index.index(tmp_path) as running:
        yield running


@pytest.fixture
def packages(tmp_path: Path, index: Index) -> Iterator[Project]:
    """Return a project that delivers two packages and nothing else, one of which needs the other."""
    project = on_the_road(tmp_path / "packages-alone", PACKAGING / "hatch")
    project.write("ml-cicd.toml", PACKAGES + index.keys())
    project.write("client/pyproject.toml", CLIENT)
    project.write("client/app_client.py", "import app\n")
    project.commit("callers and configuration")
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"INDEX_TOKEN": package_index.LOGIN}))
    try:
        assert project.up("--secret", f"production/APP_SECRETS={secret}") == 0
        yield project
    finally:
        project.down()


def test_packages_alone_are_published_last_and_a_version_only_once(
    packages: Project, index: Index, tmp_path: Path
) -> None:
    packages.push("main")
    packages.git("checkout", "--quiet", "-b", "develop")
    assert [run.result for run in packages.push("develop")] == ["success", "success"], packages.said
    recorded = packages.history("integration")[0]["deployment"]["wheels"]
    assert set(recorded) == {"app-0.1-py3-none-any.whl", "app_client-2.0-py3-none-any.whl"}
    assert packages.history("staging")[0]["deployment"]["wheels"] == recorded
    assert index.files() == {}, "no stage before the last one publishes"

    packages.git("tag", "--force", "Production")
    assert [run.result for run in packages.push("--force", "Production")] == ["success"], packages.said
    assert index.files() == recorded == packages.history("production")[0]["deployment"]["wheels"]
    words = ["download", "--quiet", "--no-deps", "--index-url", index.simple, "--dest", str(tmp_path / "here")]
    subprocess.run([sys.executable, "-m", "pip", *words, "app-client==2.0"], check=True)
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["app_client-2.0-py3-none-any.whl"]
    state = packages.environments()["production"]
    assert (state["healthy"], state["url"]) == (True, "")

    packages.write("client/app_client.py", "import app\n\nchanged = True\n")
    packages.commit("the same version, another content")
    assert [run.result for run in packages.push("develop")] == ["success", "success"], packages.said
    packages.git("tag", "--force", "Production")
    (refused,) = packages.push("--force", "Production")
    assert refused.result == "failure"
    assert "has app_client-2.0-py3-none-any.whl already, with another content" in packages.log(refused)
    assert index.files() == recorded, "nothing was published"
    assert len(packages.history("production")) == 1, "nothing was deployed"

    packages.write("client/pyproject.toml", CLIENT.replace("2.0", "2.1"))
    packages.commit("the next version")
    packages.push("develop")
    packages.git("tag", "--force", "Production")
    assert [run.result for run in packages.push("--force", "Production")] == ["success"], packages.said
    published = index.files()
    assert set(published) == {*recorded, "app_client-2.1-py3-none-any.whl"}

    back = packages.command("rollback", "production", "--reason", "it is slow", "--yes", "--remote", "local")
    assert back.returncode == 0, back.stderr
    assert "A rollback takes no package back: app_client-2.1-py3-none-any.whl stays" in back.stderr
    assert index.files() == published
    assert packages.history("production")[0]["deployment"]["wheels"] == recorded


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Project]:
    """Return a project with three services, one of which has an image of its own, and a job."""
    project = on_the_road(tmp_path / "three", API)
    project.write("ml-cicd.toml", SERVICES)
    project.write("report/Dockerfile", REPORT_IMAGE)
    project.write("report/serve.py", REPORT)
    project.write("integration/test_services.py", JUDGE)
    project.commit("callers and configuration")
    try:
        yield project
    finally:
        project.down()


def answers(project: Project, environment: str) -> list[bytes]:
    """Return what the users of each service get."""
    state = project.environments()[environment]
    urls = [f"{state['url']}/predict", state["others"]["report"]["url"], f"{state['others']['admin']['url']}/predict"]
    texts = []
    for url in urls:
        with urllib.request.urlopen(url, timeout=60) as answer:
            texts.append(answer.read())
    return texts


def test_three_services_and_a_job_are_recorded_promoted_and_rolled_back_as_one(services: Project) -> None:
    walk(services)
    first = services.history("production")[0]["deployment"]
    assert set(first["others"]) == {"report", "admin", "score"}
    assert first["others"]["admin"] == first["others"]["score"] == first["release"] != first["others"]["report"]
    assert first["others"] == services.history("integration")[0]["deployment"]["others"]
    assert services.history("integration")[0]["deployment"]["result"] == "passed", "the tests reach all"
    assert answers(services, "production") == [b"42", b"first", b"42"]

    services.write("report/serve.py", REPORT.replace("8501", "8502"))
    services.write("model.json", '{"answer": 42, "more": 1}')
    services.commit("a report that listens at another port")
    (failed,) = services.push("develop")
    assert failed.result == "failure"
    newest = services.history("integration")[0]["deployment"]
    assert (newest["result"], newest["replaced"]) == ("failed", first["release"])
    assert answers(services, "integration") == [b"42", b"first", b"42"]
    assert services.environments()["integration"]["digest"] == first["release"].partition("@")[2], "nothing switched"

    services.write("report/serve.py", REPORT)
    services.commit("the port as before")
    assert [run.result for run in services.push("develop")] == ["success", "success"], services.said
    services.git("tag", "--force", "Production")
    assert [run.result for run in services.push("--force", "Production")] == ["success"], services.said
    second = services.environments()["production"]
    assert second["digest"] != first["release"].partition("@")[2]

    back = services.command("rollback", "production", "--reason", "it is slow", "--yes", "--remote", "local")
    assert back.returncode == 0, back.stderr
    state = services.environments()["production"]
    assert state["digest"] == first["release"].partition("@")[2]
    digests = {name: image.partition("@")[2] for name, image in first["others"].items()}
    assert {name: other["digest"] for name, other in state["others"].items()} == digests
    assert state["problem"] == ""
    assert answers(services, "production") == [b"42", b"first", b"42"]
