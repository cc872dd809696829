"""`make load`: measure what users notice of a deployment, bad releases and a rollback.

16 users keep their connection and 16 open one for each request, for the whole time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import failpoints
from cicd.config import Config, Environment
from cicd.errors import CheckFailedError
from cicd.forge.machine import registry, services
from cicd.oci import engine
from tests.deploy.support.clients import users
from tests.deploy.support.tiny import CRASH, DEAF, ERROR, HANG, NAME, SLOW, accept, built, docker_target, order, sweep
from tests.tools.benchmarks import Figure, add_write, report

if TYPE_CHECKING:
    import docker

    from cicd.deploy.docker.target import DockerTarget
    from tests.deploy.support.clients import Answers

EACH = 16
BAD = {
    "crash at start": CRASH,
    "500 at health": ERROR,
    "hang": HANG,
    "20 s start": SLOW,
    "SIGTERM ignored": DEAF + HANG,
}


@dataclass(frozen=True)
class Timed:
    """When a deployment began, and when it passed each step."""

    begun: float
    passed: dict[str, float]

    def took(self, step: str) -> float:
        """Return the seconds of a step; the application starts in `wait`."""
        return self.passed[f"docker.{step}.after"] - self.passed[f"docker.{step}.before"]


def timed(target: DockerTarget, image: str, commit: str) -> Timed:
    """Deploy and return the times."""
    passed: dict[str, float] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failpoints, "boundary", lambda name: passed.setdefault(name, time.time()))
        begun = time.time()
        target.apply(order(image, commit), accept)
    return Timed(begun, passed)


def proxied(target: DockerTarget, images: dict[str, str], least: int) -> tuple[list[Figure], list[str]]:
    """Deploy, deploy bad releases and roll back behind the proxy; return the figures, and the promises not kept."""
    url = target.apply(order(images["better"], "4" * 40), accept).url
    quiet = timed(target, images["good"], "1" * 40)
    removed: list[Figure] = []
    broken: list[str] = []
    bound = target.site.environment.health_timeout + 2
    with users(url, EACH) as answers:
        time.sleep(5)
        busy = timed(target, images["better"], "2" * 40)
        for kind in BAD:
            started = time.monotonic()
            try:
                target.apply(order(images[kind], "3" * 40), accept)
            except CheckFailedError:
                seconds = time.monotonic() - started
                broken += [f"{kind}: removed after {seconds:.1f} s"] if seconds > bound else []
                removed.append(Figure(f"a bad release is removed: {kind}", f"{seconds:.1f} s", f"at most {bound:g} s"))
        back = time.time()
        target.apply(order(images["good"]), accept)
        time.sleep(max(2.0, least / 1000))
    broken += [f"{len(answers.failed)} requests failed"] if answers.failed else []
    broken += [f"only {len(answers.all)} requests"] if len(answers.all) < least else []
    at = busy.passed
    before = answers.p99(busy.begun - 4, busy.begun)
    during = answers.p99(at["docker.switch.before"], at["docker.drain.after"])
    all_along = answers.p99(busy.begun, at["docker.stop.after"])
    to_switched = quiet.passed["docker.switch.after"] - quiet.begun - quiet.took("wait")
    under_load = answers.first(images["better"], busy.begun) - busy.begun - busy.took("wait")
    returned = answers.first(images["good"], back)
    starts = f"the engine's start of the container: {quiet.took('start'):.2f} and {busy.took('start'):.2f} s"
    figures = [
        Figure(
            f"failed requests through a deployment, {len(BAD)} bad releases and a rollback, {2 * EACH} users",
            f"{len(answers.failed)} of {len(answers.all):,}",
            said(answers),
        ),
        Figure("99th percentile of the answers' times before", f"{1000 * before:.1f} ms"),
        Figure("the same during the switch", f"{1000 * during:.1f} ms", f"{during / before:.1f} times; at most 2"),
        Figure("the same while the engine also starts and stops containers", f"{1000 * all_along:.1f} ms"),
        Figure(
            "start of a deployment to the switch, without the app's own start", f"{to_switched:.2f} s", "at most 1 s"
        ),
        Figure("the same to the first answer, under this load", f"{under_load:.2f} s", starts),
        Figure("rollback to the first answer, with the app's own start", f"{returned - back:.2f} s"),
        *removed,
    ]
    return figures, broken


def restarted(client: docker.DockerClient, images: dict[str, str]) -> list[Figure]:
    """Measure `docker stop && docker run` on the same port, for comparison."""
    port = registry.free_port()

    def run(image: str) -> None:
        client.containers.run(
            image, detach=True, name=f"{NAME}-plain", ports={"8000/tcp": ("127.0.0.1", port)},
            labels={"ml-cicd.project": NAME, "ml-cicd.role": "plain"},
            environment={"ML_CICD_DIGEST": image.partition("@")[2]},
        )  # fmt: skip

    run(images["good"])
    time.sleep(2)
    with users(f"http://127.0.0.1:{port}", EACH) as answers:
        time.sleep(3)
        old = client.containers.get(f"{NAME}-plain")
        old.stop()
        old.remove()
        run(images["better"])
        time.sleep(3)
    failed = f"{len(answers.failed):,} of {len(answers.all):,}"
    return [Figure("failed requests through `docker stop && docker run`", failed, "the same users and release")]


def said(answers: Answers) -> str:
    """Return the kinds of failures."""
    return ", ".join(sorted({answer.what for answer in answers.failed})) or "none allowed"


def main() -> int:
    """Measure and print the figures; return 1 if a request failed or a bad release was not removed in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=int, default=10_000, help="how many requests there must be")
    add_write(parser)
    arguments = parser.parse_args()
    client = engine.connect()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        data = Path(folder)
        up = services.up(data, NAME, print)
        patch.setenv("ML_CICD_PROXY", up.proxy)
        try:
            kinds = {"good": "", "better": "# better\n", **BAD}
            images = {kind: built(client, up, data / str(n), f"r{n}", kinds[kind]) for n, kind in enumerate(kinds)}
            environment = Environment("production", health_timeout=5, stop_timeout=2)
            config = Config(NAME, environments={"production": environment})
            target = docker_target(client, config, "production")
            behind_proxy, broken = proxied(target, images, arguments.least)
            figures = [*behind_proxy, *restarted(client, images)]
        finally:
            sweep(client)
            services.down(data, NAME, print)
    report("make load", figures, write=arguments.write)
    sys.stdout.writelines(f"NOT KEPT: {promise}\n" for promise in broken)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
