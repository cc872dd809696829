"""A project's own deployment tool as a target: what it is told, what proves that it worked, and the way back."""

from __future__ import annotations

import http.client
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels, variables
from cicd.config import CommandSettings, Config, Environment, Service
from cicd.deploy import command, health, holder
from cicd.deploy.command import CommandTarget
from cicd.errors import CheckFailedError, RefusedError, UsageError
from tests.unit.support.fake_engine import Engine
from tests.unit.support.place import image, order

if TYPE_CHECKING:
    from collections.abc import Callable

TOOL = "ghcr.io/acme/tool@sha256:" + "e" * 64
TESTS = "ghcr.io/acme/app/test:1"
URL = "https://flights.example.org"


class Deployed:
    """What the tool deploys: each run of it brings the release that its variables name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **environment: Any) -> None:
        self.engine = Engine(registry={TOOL})
        self.engine.ends[TOOL] = 0
        self.serves: dict[str, str] | None = None
        self.broken: set[str] = set()
        self.told: list[dict[str, str]] = []
        self.asked: list[tuple[str, str]] = []
        self.engine.on[r"start .*"] = self.run_tool
        self.settings = CommandSettings(TOOL, ("deploy", "--all"), URL)
        values: dict[str, Any] = {
            "health_timeout": 0.1,
            "variables": {"LEVEL": "debug", variables.ML_CICD_DIGEST: "forged"},
        }
        self.environment = Environment("staging", self.settings, **values | environment)
        config = Config("app", service=Service(public_host="flights"), environments={"staging": self.environment})
        self.target = CommandTarget(self.engine.client(), config, self.environment, self.settings, "ghcr.io/acme/app")
        monkeypatch.setattr(command, "POLL", 0.01)
        monkeypatch.setattr(health, "fetch", self.fetch)

    def run_tool(self) -> None:
        box = self.engine.box(self.engine.names()[-1])
        if box.image != TOOL:
            return
        self.told.append(dict(value.split("=", 1) for value in box.config["Env"]))
        digest = self.told[-1][variables.ML_CICD_DIGEST]
        if digest not in self.broken:
            self.serves = {"digest": digest, "commit": self.told[-1][variables.ML_CICD_COMMIT]}

    def fetch(self, url: str, public_host: str = "") -> bytes:
        self.asked.append((url, public_host))
        if self.serves is None:
            raise ConnectionRefusedError("connection refused")
        return json.dumps(self.serves).encode()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(monkeypatch)


def fail(*_: str) -> None:
    raise CheckFailedError("The tests failed.", "Correct them.")


def test_tool_learns_what_to_bring_where(service: Deployed) -> None:
    reached: list[str] = []
    running = service.target.apply(order(1), lambda *words: reached.extend(words))
    assert service.told == [
        {
            "LEVEL": "debug", variables.ML_CICD_PROJECT: "app", variables.ML_CICD_ENVIRONMENT: "staging",
            variables.ML_CICD_RELEASE: image(1), variables.ML_CICD_DIGEST: order(1).digest,
            variables.ML_CICD_COMMIT: "1" * 40, variables.ML_CICD_PREVIOUS: "", variables.ML_CICD_ACTOR: "ada",
        }
    ]  # fmt: skip
    assert reached == [URL, "bridge"]
    assert (running.release, running.commit, running.healthy, running.url) == (image(1), "1" * 40, True, URL)
    assert set(service.asked) == {(f"{URL}/health", "flights")}
    service.target.apply(order(2), lambda *_: None)
    assert service.told[-1][variables.ML_CICD_PREVIOUS] == image(1)
    assert service.told[-1][variables.ML_CICD_COMMIT] == "2" * 40


def test_tool_runs_once_as_configured_and_goes(service: Deployed) -> None:
    seen: list[Any] = []
    service.engine.on[r"remove .*"] = lambda: seen.append(service.engine.box(service.engine.names()[-1]))
    service.target.apply(order(1), lambda *_: None)
    (box,) = seen
    assert box.config["Cmd"] == ["deploy", "--all"]
    assert box.config["Entrypoint"] == []
    assert box.labels[labels.ROLE] == labels.TOOL
    assert box.labels[labels.PROJECT] == "app"
    assert service.engine.names() == []


def test_tool_gets_the_secrets_as_files_and_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Deployed(monkeypatch, secrets=("API_KEY",))
    monkeypatch.delenv(variables.APP_SECRETS, raising=False)
    with pytest.raises(UsageError, match="APP_SECRETS"):
        service.target.apply(order(1), lambda *_: None)
    monkeypatch.setenv(variables.APP_SECRETS, json.dumps({"API_KEY": "x"}))
    seen: list[Any] = []
    service.engine.on[r"remove .*"] = lambda: seen.append(service.engine.box(service.engine.names()[-1]).files)
    service.target.apply(order(1), lambda *_: None)
    assert seen == [{"run/secrets/API_KEY": b"x"}]
    assert not any("API_KEY" in told for told in service.told)


def test_release_that_runs_is_only_tested_again(service: Deployed) -> None:
    service.target.apply(order(1), lambda *_: None)
    reached: list[str] = []
    assert service.target.plan(order(1)) == []
    assert service.target.apply(order(1), lambda *words: reached.extend(words)).healthy
    assert reached == [URL, "bridge"]
    assert len(service.told) == 1


def test_plan_says_what_the_tool_will_do(service: Deployed) -> None:
    first = service.target.plan(order(1))
    assert first == [
        f"run deploy --all in {TOOL} with {image(1)}",
        f"wait until {URL}/health names {order(1).digest}, at most 0.1 s; run the tests against it",
        "if any of it fails: nothing: no release was healthy before",
    ]
    service.target.apply(order(1), lambda *_: None)
    assert service.target.plan(order(2))[2] == f"if any of it fails: the same with {image(1)}"
    assert len(service.told) == 1


def break_tool(service: Deployed) -> None:
    """Let the tool end with exit code 3 when it brings release 2."""

    def run_tool() -> None:
        service.run_tool()
        brought = service.told[-1][variables.ML_CICD_DIGEST]
        service.engine.ends[TOOL] = 3 if brought == order(2).digest else 0

    service.engine.on[r"start .*"] = run_tool


@pytest.mark.parametrize(
    ("spoil", "accept", "words"),
    [
        (break_tool, lambda *_: None, "The deployment tool failed with exit code 3"),
        (lambda service: service.broken.add(order(2).digest), lambda *_: None, "was not healthy within 0.1 s .*names"),
        (lambda _: None, fail, "The tests failed"),
    ],
    ids=["tool", "health", "tests"],
)
def test_release_before_is_brought_back(
    service: Deployed, spoil: Callable[[Deployed], None], accept: Any, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service.target.apply(order(1), lambda *_: None)
    spoil(service)
    with pytest.raises(CheckFailedError, match=words):
        service.target.apply(order(2), accept)
    assert [told[variables.ML_CICD_RELEASE] for told in service.told] == [image(1), image(2), image(1)]
    assert service.told[-1][variables.ML_CICD_COMMIT] == "1" * 40, "its own commit, not the failed one's"
    assert f"bring the previous release back: {image(1)}" in capsys.readouterr().out
    assert service.serves == {"digest": order(1).digest, "commit": "1" * 40}


def test_first_release_that_fails_brings_nothing_back(service: Deployed) -> None:
    with pytest.raises(CheckFailedError, match="The tests failed"):
        service.target.apply(order(1), fail)
    assert len(service.told) == 1


def test_service_that_breaks_after_the_tests_is_red(service: Deployed) -> None:
    def lose(*_: str) -> None:
        service.serves = None

    with pytest.raises(CheckFailedError, match=r"After the deployment, the service at .*/health is not healthy"):
        service.target.apply(order(1), lose)


@pytest.mark.parametrize(
    ("answer", "release", "detail"),
    [
        ({"digest": order(1).digest, "commit": "c"}, image(1), ""),
        ({"digest": "latest"}, "", f"{URL}/health names no digest"),
        ({}, "", f"{URL}/health names no digest"),
        (["a list"], "", f"{URL}/health names no digest"),
    ],
)
def test_only_a_digest_proves_what_runs(service: Deployed, answer: Any, release: str, detail: str) -> None:
    assert service.target.observe() is None
    service.serves = answer
    running = service.target.observe()
    assert running is not None
    assert (running.release, running.healthy, running.detail) == (release, bool(release), detail)
    assert service.target.retained() == []


def test_lock_is_on_this_engine(service: Deployed) -> None:
    ada, other = holder.this_process("ada"), holder.Holder("bob", "another", "7@1@x")
    with service.target.locked(ada, 0):
        box = service.engine.box("app-staging-lock")
        assert (box.status, box.labels[labels.ROLE]) == ("created", labels.LOCK)
        assert (box.labels[labels.PROJECT], box.labels[labels.ENVIRONMENT]) == ("app", "staging")
        with pytest.raises(RefusedError, match="by ada"), service.target.locked(other, 0):
            pytest.fail("two hold the lock")
        assert service.target.unlock() == ada
    assert service.engine.names() == []
    with service.target.locked(ada, 0) as check:
        service.engine.boxes.clear()
        with service.target.locked(other, 0), pytest.raises(RefusedError, match="bob on another, process 7 holds it"):
            check()


def test_tests_of_the_service_run_on_the_network_that_they_are_given(service: Deployed) -> None:
    seen: list[Any] = []
    service.engine.registry.add(TESTS)
    service.engine.ends[TESTS] = 0
    service.engine.on[r"remove .*"] = lambda: seen.append(service.engine.box(service.engine.names()[-1]))
    target = replace(service.target, config=replace(service.target.config, test_shm_size="1m"))
    target.runner("bridge")(TESTS, ["true"], labels={}, environment={}, collect=())
    (box,) = seen
    assert (box.networks[0], box.host["ShmSize"]) == ("bridge", 1 << 20)


def test_images_that_nobody_needs_go_from_the_engine(service: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    tidied: list[Any] = []
    monkeypatch.setattr("cicd.oci.housekeeping.tidy", lambda *words: tidied.append(words))
    service.target.tidy(image(1), "test-1")
    ((client, project, places, current),) = tidied
    assert (client, project, current) == (service.target.client, "app", (image(1), "test-1"))
    assert places.release == "ghcr.io/acme/app"


def test_deployment_waits_for_the_lock_as_long_as_it_is_asked_to(service: Deployed) -> None:
    with service.target.locked(holder.Holder("bob", "another", "7@1@x"), 0):
        service.engine.on[r"create app-staging-lock"] = service.engine.boxes.clear
        with service.target.locked(holder.this_process("ada"), 60):
            assert service.engine.box("app-staging-lock").labels[f"{labels.HOLDER}.who"] == "ada"


def test_health_is_asked_at_intervals(service: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "POLL", 0.2)
    slow = replace(service.target, environment=replace(service.environment, health_timeout=0.5))
    service.broken.add(order(1).digest)
    service.asked.clear()
    with pytest.raises(CheckFailedError, match=r"was not healthy within 0\.5 s"):
        slow.apply(order(1), lambda *_: None)
    assert 2 <= len(service.asked) <= 8


@pytest.mark.parametrize(
    "error", [OSError("x"), ValueError("x"), RecursionError("x"), http.client.IncompleteRead(b"")], ids=type
)
def test_service_that_answers_nonsense_runs_nothing(
    service: Deployed, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fetch(*_: object) -> bytes:
        raise error

    monkeypatch.setattr(health, "fetch", fetch)
    assert service.target.observe() is None
    assert service.target.plan(order(1))[2].endswith("no release was healthy before")


def test_service_that_names_no_digest_is_neither_a_release_nor_brought_back(service: Deployed) -> None:
    service.serves = {"commit": "c" * 40}
    running = service.target.observe()
    assert running
    assert (running.commit, running.entry, running.after) == ("c" * 40, "", "")
    assert service.target.plan(order(1))[2].endswith("no release was healthy before")
    with pytest.raises(CheckFailedError, match="The tests failed"):
        service.target.apply(order(1), fail)
    assert len(service.told) == 1

    def forget(*_: str) -> None:
        service.serves = {"commit": "c" * 40}

    with pytest.raises(CheckFailedError, match="is not healthy"):
        service.target.apply(order(1), forget)


def test_tool_is_pulled_before_it_runs(service: Deployed) -> None:
    service.target.apply(order(1), lambda *_: None)
    assert f"pull {TOOL}" in service.engine.asked


def test_release_may_take_its_time_to_be_healthy(service: Deployed) -> None:
    looks: list[dict[str, str] | None] = []

    def run_tool() -> None:
        service.run_tool()
        looks.extend([None, None, service.serves])
        service.serves = None

    def fetch(url: str, public_host: str = "") -> bytes:
        service.serves = looks.pop(0) if looks else service.serves
        return Deployed.fetch(service, url, public_host)

    service.engine.on[r"start .*"] = run_tool
    patient = replace(service.target, environment=replace(service.environment, health_timeout=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "fetch", fetch)
        assert patient.apply(order(1), lambda *_: None).release == image(1)


def test_deployment_is_finished_after_the_tests_and_undone_where_that_fails(service: Deployed) -> None:
    done: list[str] = []
    for _ in range(2):
        service.target.apply(order(1), lambda *_: done.append("tests"), lambda: done.append("finish"))
    assert done == ["tests", "finish"] * 2

    def refuse() -> None:
        raise CheckFailedError("It can't be published.", "Correct it.")

    with pytest.raises(CheckFailedError, match="can't be published"):
        service.target.apply(order(2), lambda *_: None, refuse)
    assert service.serves == {"digest": order(1).digest, "commit": "1" * 40}


def test_service_that_names_its_digest_alone_is_a_release(service: Deployed) -> None:
    service.serves = {"digest": order(1).digest}
    running = service.target.observe()
    assert running
    assert (running.release, running.commit, running.healthy) == (image(1), "", True)
