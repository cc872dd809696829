"""`make measure`: measure the figures that the project promises, each beside what it is compared with.

Seconds are medians; the machine's load matters, so read the ratios first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from cicd import labels, ledger
from cicd.forge.machine import services
from cicd.ledger import signing
from cicd.oci import engine
from cicd.repository import Repository
from cicd.testing import Kit, Project
from tests.act.support import action_cases, workflow_cases
from tests.act.support.case import CONFIG
from tests.road.support.project import COMMAND, EXAMPLE, KIT
from tests.tools import generated
from tests.tools.benchmarks import Figure, add_write, report
from tests.tools.demo import FLIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.act.support.case import Case

TUTORIAL = """ARG BASE
FROM ${BASE}
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=ca if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi; \\
    python3 -m venv /venv && /venv/bin/pip install --quiet --no-cache-dir --no-deps -r requirements/dev.txt
"""
BUILD, BUILT = "cicd/build/Dockerfile", "ml-cicd/measured"
TRAIN = """
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run([sys.executable, "-m", "flights.pipelines.train", "--output", "/tmp/bundle"], check=True)
print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def median(times: int, action: Callable[[], object]) -> float:
    """Return the median seconds of `action`, after one run that is not counted."""
    action()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def quietly(command: list[str], **options: object) -> str:
    """Run a command that must succeed, and return its output."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def start_up() -> list[Figure]:
    """Measure the command's help, and the set-up of a warm job."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    shown = median(15, lambda: quietly([str(COMMAND), "--help"]))
    bare = median(15, lambda: quietly([sys.executable, "-c", "pass"]))
    with tempfile.TemporaryDirectory() as cache:
        bootstrap = [sys.executable, str(KIT / "cicd" / "bootstrap.py")]
        warm = median(5, lambda: quietly(bootstrap, env={**clean, "RUNNER_TOOL_CACHE": cache}))
    return [
        Figure("`ml-cicd --help`", f"{1000 * shown:.0f} ms", f"{1000 * bare:.0f} ms for Python alone; at most 100 ms"),
        Figure("set-up of a job, warm", f"{warm:.2f} s", "at most 2 s"),
    ]


def act_cases() -> list[Figure]:
    """Measure the cases of actions and workflows, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        kit = Kit.frozen(KIT, scratch / "frozen").scripted(scratch / "scripted")
        project = Project(scratch / "team", {"ml-cicd.toml": CONFIG})

        def seconds(cases: Sequence[Case]) -> float:
            found = []
            for case in cases:
                (scratch / case.name.replace("/", " ")).mkdir()
                started = time.perf_counter()
                case.start(kit, project, scratch / case.name.replace("/", " "))
                found.append(time.perf_counter() - started)
            return statistics.median(found)

        action, workflow = (
            seconds(action_cases.CASES),
            seconds([case for case in workflow_cases.CASES if not case.cancel]),
        )
    return [
        Figure(
            "a case of an action under `act`",
            f"{action:.2f} s",
            f"{workflow:.2f} s for a whole workflow; at most 0.3 s",
        )
    ]


ENTRIES = 5000


def long_ledger() -> list[Figure]:
    """Measure reading a long signed ledger: as every command does, and with every signature."""
    private, public = signing.new_pair()
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {signing.KEY: private}):
        remote, clone = Path(folder) / "remote.git", Path(folder) / "clone"
        quietly(["git", "init", "--quiet", "--bare", "-b", "main", str(remote)])
        written = subprocess.run(["git", "-C", remote, "fast-import", "--quiet"], input=_entries(public), check=False)
        written.check_returncode()
        quietly(["git", "clone", "--quiet", "--no-tags", str(remote), str(clone)])
        repository = Repository(clone, "origin")
        repository.fetch()
        listed = median(5, lambda: ledger.read_all(repository, "app"))
        every = median(3, lambda: ledger.read_all(repository, "app", every_signature=True))
        assert len(ledger.read(repository, "app", "integration")) == ENTRIES
    return [Figure(f"{ENTRIES:,} ledger entries, read and the chain verified", f"{listed:.2f} s",
             f"{every:.2f} s with every signature; at most 1 s")]  # fmt: skip


def _entries(public: str) -> bytes:
    """Return a main that names the key, and signed entries, as input of `git fast-import`."""
    text = f'name = "app"\n[ledger]\nkeys = {json.dumps([public])}\n'.encode()
    stream = b"commit refs/heads/main\ncommitter x <x@x> 0 +0000\ndata 2\nx\nM 644 inline ml-cicd.toml\ndata %d\n%s\n"
    parts, previous, signer = [stream % (len(text), text)], "", ledger.signer(signing.Keyring())
    for number in range(1, ENTRIES + 1):
        image = f"localhost:5000/acme/app@sha256:{number:064x}"
        deployment = ledger.Deployment("app", "integration", "deploy", "passed", f"{number:040x}", image, image)
        blob = ledger.envelope(deployment, number, previous, signer)
        previous = hashlib.sha256(blob).hexdigest()
        parts.append(b"blob\nmark :%d\ndata %d\n%s\n" % (number, len(blob), blob))
        parts.append(b"tag ledger/app/integration/%d\nfrom :%d\ntagger x <x@x> 0 +0000\ndata 2\nx\n" % (number, number))
    return b"".join(parts)


def rebuilds(base: str) -> list[Figure]:
    """Measure builds of the build image, and of a tutorial's Dockerfile."""
    command, environment = engine.build_command()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (project / "Tutorial").write_text(TUTORIAL)
        source = project / "src" / "flights" / "__init__.py"

        def build(dockerfile: str, tag: str) -> None:
            words = [*command, "--file", str(project / dockerfile), "--tag", tag, *engine.ca_secret()]
            quietly([*words, *(["--build-arg", f"BASE={base}"] if base else []), str(project)], env=environment)

        def change_and_build(dockerfile: str, tag: str) -> None:
            with source.open("a") as stream:
                stream.write(f"# changed at {time.time()}\n")
            build(dockerfile, tag)

        ours = median(3, lambda: change_and_build(BUILD, BUILT))
        nothing = median(3, lambda: build(BUILD, BUILT))
        tutorial = median(1, lambda: change_and_build("Tutorial", f"{BUILT}-beside"))
    return [
        Figure(
            "build image after a change of one source line",
            f"{ours:.2f} s",
            f"{tutorial:.1f} s with a tutorial's Dockerfile, {tutorial / ours:.0f} times as long; at most 1.5 s",
        ),
        Figure("build image when nothing changed", f"{nothing:.2f} s"),
    ]


def training() -> list[Figure]:
    """Measure how long the example trains on all flights, and its peak memory, in the image just built."""
    report_line = quietly(["docker", "run", "--rm", BUILT, "python", "-c", TRAIN]).splitlines()[-1]
    seconds, kibibytes = map(float, report_line.split())
    return [
        Figure("training of the example on all of its flights", f"{seconds:.0f} s", "at most 180 s"),
        Figure("memory of that training, at most", f"{kibibytes / 1024**2:.2f} GiB", "at most 4 GiB"),
    ]


def release_image(image: str) -> list[Figure]:
    """Measure the layers of the release image, and the imports of its service."""
    client = engine.connect()
    sizes: dict[str, int] = {"base": 0, "dependencies": 0, "wheel": 0, "bundle": 0, "rest": 0}
    for layer in client.images.get(image).history():
        sizes[_part(layer)] += layer["Size"]
    parts = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in sizes.items())
    imports = quietly(
        ["docker", "run", "--rm", "--entrypoint", "python", image, "-c",
         "import time; t = time.perf_counter(); import flights.service.app; print(time.perf_counter() - t)"],
    )  # fmt: skip
    total = sum(sizes.values()) / 1e6
    return [
        Figure("release image", f"{total:.0f} MB", f"{parts}; rest at most 1 MB"),
        Figure("imports of the example's service", f"{float(imports):.2f} s"),
    ]


def answers(image: str) -> list[Figure]:
    """Measure one prediction, and a thousand in one request, over a kept connection."""
    container = quietly(["docker", "run", "--detach", "--publish", "127.0.0.1::8000", image]).strip()
    try:
        port = quietly(["docker", "port", container, "8000"]).rpartition(":")[2]
        connection = HTTPConnection("127.0.0.1", int(port), timeout=30)

        def ask(method: str, path: str, body: object = None) -> None:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != HTTPStatus.OK:
                raise SystemExit(f"{method} {path} answers {answer.status}: {content.decode()}")

        for _ in range(300):
            try:
                ask("GET", "/health")
                break
            except OSError:
                connection.close()
                time.sleep(0.1)
        single = median(200, lambda: ask("POST", "/predict", FLIGHT))
        thousand = median(10, lambda: ask("POST", "/predict/batch", {"flights": [FLIGHT] * 1000}))
    finally:
        quietly(["docker", "rm", "--force", "--volumes", container])
    return [
        Figure("one prediction, median", f"{1000 * single:.1f} ms", "at most 10 ms"),
        Figure("1,000 predictions in one request, median", f"{1000 * thousand:.0f} ms", "at most 200 ms"),
    ]


def _part(layer: Mapping[str, str]) -> str:
    instruction = layer["CreatedBy"]
    if "requirements/default.txt" in instruction or "default.txt" in instruction:
        return "dependencies"
    if "/dist/" in instruction:
        return "wheel"
    if "/opt/bundle" in instruction and instruction.startswith("COPY"):
        return "bundle"
    return "base" if "buildkit" not in layer.get("Comment", "") else "rest"


def main() -> int:
    """Measure and print the figures; with --write also keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_write(parser)
    arguments = parser.parse_args()
    rows = start_up() + act_cases() + long_ledger()
    with tempfile.TemporaryDirectory() as data:
        base = services.up(Path(data), "ml-cicd-measure", print).base
        try:
            rows += rebuilds(base) + generated.builds(base) + training()
        finally:
            services.down(Path(data), "ml-cicd-measure", print)
    filters = {"label": [f"{labels.PROJECT}=flights", labels.DELIVERABLES]}  # not the image of the report
    labelled = engine.connect().images.list(filters=filters)
    if labelled:
        rows += release_image(str(labelled[0].id)) + answers(str(labelled[0].id))
    else:
        rows.append(Figure("release image", "not measured", "there is none: make demo makes one"))
    report("make measure", rows, write=arguments.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
