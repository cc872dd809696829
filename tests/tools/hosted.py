"""Measure the feature pipeline as on a hosted runner: each job starts with an empty engine and an empty tool cache.

Measured is what comes before the tests and checks: the set-up of each job, and the image. The tests and checks
themselves take as long in any pipeline. The kinds of change take turns, so that they meet the same load.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import authorities
from cicd.bootstrap import LOCKS, NEEDS
from cicd.oci import engine
from tests.deploy.support.hosted import BASE, REGISTRY, HostedRunner
from tests.road.support.project import EXAMPLE, KIT
from tests.tools.benchmarks import Figure, add_write, report
from tests.tools.measure import TUTORIAL

if TYPE_CHECKING:
    from collections.abc import Callable

NAIVE_INSTALLS = 4
ROUNDS = 3
CACHE = f"{REGISTRY}/local/flights/test:cache"
NAIVE = """set -e
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r requirements/dev.txt
"""
ADDED = re.search(r"^editables==(?:.*\\\n)+.*\n", (LOCKS / "dev.txt").read_text(), re.MULTILINE)


def timed(action: Callable[[], object]) -> float:
    """Return the seconds of an action."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


class Job:
    """A job: a tool cache of its own, and the commands that its actions run."""

    def __init__(self, runner: HostedRunner | None, project: Path, home: Path) -> None:
        self.runner, self.project = runner, project
        home.mkdir()
        self.path = home / "path"
        self.variables = {
            "HOME": str(home), "RUNNER_TOOL_CACHE": str(home / "tools"), "PIP_CACHE_DIR": str(home / "pip"),
            "GITHUB_PATH": str(self.path), "GITHUB_OUTPUT": str(home / "output"),
        }  # fmt: skip

    def set_up(self, command: str) -> None:
        """Put `ml-cicd` on PATH for a command, as the first step of its action does."""
        self._run(sys.executable, str(KIT / "cicd" / "bootstrap.py"), command)

    def command(self, *words: str) -> None:
        """Run a command of the kit, as the second step of its action does."""
        self._run(f"{self.path.read_text().splitlines()[-1]}/ml-cicd", *words)

    def _run(self, *words: str) -> None:
        if self.runner:
            done = self.runner.run(words, self.project, **self.variables)
        else:
            done = subprocess.run(
                words, env={**os.environ, **self.variables}, cwd=self.project, check=False, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}")


def set_ups(times: int) -> list[Figure]:
    """Measure the set-up of an empty machine for some commands, beside a virtual environment with all packages.

    They take turns, so that they meet the same load.
    """
    commands = ("conclude", "record", "test", "deploy")
    seconds: dict[str, list[float]] = {name: [] for name in (*commands, "all")}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times):
            for command in commands:
                job = Job(None, Path(folder), Path(folder) / f"{command}-{number}")
                seconds[command].append(timed(partial(job.set_up, command)))
            seconds["all"].append(timed(partial(_everything, Path(folder) / f"all-{number}")))
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    return [
        Figure(
            f"set-up of a job for `{name}`, empty tool cache", f"{middle[name]:.1f} s",
            f"{middle['all'] / middle[name]:.1f} times less than a virtual environment with all packages, "
            f"{middle['all']:.1f} s; at most {'0.5' if name == 'conclude' else '4'} s",
        )
        for name in commands
    ]  # fmt: skip


def _everything(home: Path) -> None:
    """Install the packages of all jobs into a new virtual environment; those of the model gate are not among them."""
    environment = {**os.environ, "PIP_CACHE_DIR": str(home / "pip")}
    locks = [word for group in NEEDS["deploy"] for word in ("-r", str(LOCKS / f"{group}.txt"))]
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", *locks]
    for command in ([sys.executable, "-m", "venv", str(home)], pip):
        subprocess.run(command, env=environment, check=True, capture_output=True)


class Pipeline:
    """The jobs of `ci.yml` for one project, each on a machine as new."""

    def __init__(self, runner: HostedRunner, folder: Path) -> None:
        self.runner, self.folder, self.number, self.pushed = runner, folder, 0, False
        self.project = folder / "project"
        shutil.copytree(EXAMPLE, folder / "pristine", ignore=shutil.ignore_patterns(".*", "__pycache__"))
        self.reset()

    def reset(self) -> None:
        """Take every change of the project back."""
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.folder / "pristine", self.project)

    def _job(self) -> Job:
        self.number += 1
        return Job(self.runner, self.project, self.folder / f"job-{self.number}")

    def fresh(self) -> None:
        """Start with a machine as new: no image, and no writes of an earlier job that the disk still waits for."""
        self.runner.fresh()
        os.sync()

    def seconds(self, *, cached: bool = True) -> tuple[float, float]:
        """Run the pipeline without its tests and checks; return all seconds, and those before the first test."""
        self.fresh()
        job = self._job()

        def first() -> None:
            job.set_up("build")
            job.command("build", "--directory", ".", "--use-cache", str(cached).lower())
            job.set_up("test")

        before = timed(first)
        last = self._job()

        def rest() -> None:
            job.set_up("check")
            last.set_up("conclude")
            last.command("conclude", "--needs", '{"test": {"result": "success"}}')

        return before + timed(rest), before

    def change(self, file: str, text: str) -> None:
        with (self.project / file).open("a") as stream:
            stream.write(text)

    def push(self) -> None:
        """Push the image that was built into the layer cache, as integration does."""
        self.runner.docker("tag", "ml-cicd/flights-build:latest", CACHE)
        self.runner.docker("push", "--quiet", CACHE)

    def pull(self) -> float:
        """Return the seconds in which an empty engine pulls that image: no pipeline with its layers is faster."""
        self.fresh()
        return timed(partial(self.runner.docker, "pull", "--quiet", CACHE))

    def round(self) -> dict[str, tuple[float, ...]]:
        """Return the seconds after each kind of change, and those of the pull alone. The first round also pushes."""
        seconds: dict[str, tuple[float, ...]] = {"cold": self.seconds(cached=False)}
        if not self.pushed:
            self.push()
            self.pushed = True
        self.change("src/flights/__init__.py", "# changed\n")
        seconds["source"] = self.seconds()
        self.change("requirements/dev.txt", ADDED[0] if ADDED else "")
        seconds["added"] = self.seconds()
        self.reset()
        return {**seconds, "nothing": self.seconds(), "pull": (self.pull(),)}

    def naive(self, dockerfile: str) -> float:
        """Return the seconds of a workflow with four jobs that install with pip, and one that builds an image."""
        folder = self.folder / "naive"
        shutil.copytree(self.project, folder)
        installs = timed(lambda: subprocess.run(["sh", "-c", NAIVE], cwd=folder, check=True, capture_output=True))
        shutil.rmtree(folder / "venv")
        (folder / "Tutorial").write_text(dockerfile)
        self.runner.fresh()
        words = [*engine.build_client(os.environ["PATH"] + ":/usr/bin"), "--file", "Tutorial", "--tag", "naive"]
        bundle = authorities.ca_bundle()
        secret = ["--secret", f"id=ca,src={bundle}"] if bundle else []

        def build() -> None:
            command = [*words, "--build-arg", f"BASE={BASE}", *secret, "."]
            done = self.runner.run(command, folder, DOCKER_BUILDKIT="1")
            if done.returncode:
                raise SystemExit(done.stdout)

        return NAIVE_INSTALLS * installs + timed(build)


def pipelines(dockerfile: str) -> list[Figure]:
    """Measure the feature pipeline after each kind of change."""
    if os.geteuid() != 0 or not shutil.which("dockerd"):
        return [Figure("feature pipeline as on a hosted runner", "not measured", "needs root and dockerd")]
    assert ADDED
    with (
        tempfile.TemporaryDirectory(prefix="hosted-") as folder,
        tempfile.TemporaryDirectory(prefix="sock-") as sockets,
        HostedRunner(engine.connect(), Path(folder), Path(sockets)) as runner,
    ):
        pipeline = Pipeline(runner, Path(folder))
        rounds = [pipeline.round() for _ in range(ROUNDS)]
        naive = pipeline.naive(dockerfile)
    middle = {
        kind: [statistics.median(values) for values in zip(*(one[kind] for one in rounds), strict=True)]
        for kind in rounds[0]
    }
    (cold, cold_first), (source, source_first) = middle["cold"], middle["source"]
    (added, added_first), (nothing, nothing_first), (pull,) = middle["added"], middle["nothing"], middle["pull"]
    name = "feature pipeline as on a hosted runner, tests and checks left out"
    return [
        Figure(f"{name}: no cache", f"{cold:.0f} s", f"{cold_first:.0f} s before the first test"),
        Figure(
            f"{name}: a source line changed", f"{source:.0f} s",
            f"{source_first:.0f} s before the first test; {cold / source:.1f} times less than without cache "
            f"(at least 3), {naive / source:.1f} times less than five jobs with pip in four and an image in one, "
            f"{naive:.0f} s (at least 5)",
        ),
        Figure(
            f"{name}: a test dependency added", f"{added:.0f} s",
            f"{added_first:.0f} s before the first test; {cold / added:.1f} times less than without cache",
        ),
        Figure(f"{name}: nothing changed", f"{nothing:.0f} s", f"{nothing_first:.0f} s before the first test"),
        Figure(
            "an empty engine pulls the image whose layers that pipeline takes", f"{pull:.0f} s",
            f"{pull / source:.0%} of the pipeline after a source line changed",
        ),
    ]  # fmt: skip


def main() -> int:
    """Measure and print the figures; with --write also keep them."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.hosted", description=__doc__)
    add_write(parser)
    arguments = parser.parse_args()
    report("make measure: a hosted runner", set_ups(3) + pipelines(TUTORIAL), write=arguments.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
