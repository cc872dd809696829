"""The Docker target against the real engine: a release serves when it is healthy and accepted; else the old one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import APIError
from docker.models.containers import Container

from cicd import failpoints
from cicd import labels as names
from cicd.config import Service
from cicd.deploy.docker import proxy
from cicd.deploy.docker.target import DockerTarget
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, images
from cicd.oci.output import Output
from tests.deploy.support.tiny import (
    CRASH,
    DEAF,
    DRIP,
    ERROR,
    HANG,
    HOST,
    MUTE,
    NAME,
    SICK,
    SLOW,
    STREAM,
    TEXT,
    accept,
    configured,
    digest,
    docker_target,
    everything,
    get,
    order,
    serves,
    serving,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

    from cicd.config import Config
    from cicd.forge.machine.services import Services


def test_release_answers_at_its_url(target: DockerTarget, good: str) -> None:
    running = target.apply(order(good), accept)
    assert (running.release, running.commit, running.healthy) == (good, "1" * 40, True)
    assert (running.entry, running.after) == ("integration/1@abc", "staging/1@def")
    assert get(running.url) == {"prediction": 3.0}
    assert target.observe() == running


def test_r1_users_reach_the_ordered_digest(target: DockerTarget, good: str, better: str) -> None:
    for image in (good, better):
        target.apply(order(image), accept)
        running = target.observe()
        assert serves(running) == digest(image)
        assert image in target.site.client.images.get(serving(target).attrs["Image"]).attrs["RepoDigests"]


def test_only_an_accepted_release_replaces_the_old(target: DockerTarget, good: str, better: str) -> None:
    old = target.apply(order(good), accept)
    seen = []

    def judge(url: str, network: str) -> None:
        assert url == f"http://{target.site.name}-candidate:8000"
        running, stopped, others = state(target)
        seen.append((serves(old), sorted(running), stopped, others))

    new = target.apply(order(better, "2" * 40), judge)
    assert seen == [(digest(good), sorted([good, better]), [], {f"{target.site.name}-candidate"})]
    assert (new.release, new.url) == (better, old.url)
    assert serves(new) == digest(better)
    assert state(target) == ([better], [good], set())


BAD = {
    "crashes at start": (CRASH, "ended with exit code 3"),
    "listens to nothing": (HANG, "not healthy within 5 s"),
    "never answers": (MUTE, "not healthy within 5 s"),
    "fails at health": (ERROR, "not healthy within 5 s"),
    "names another digest": (SICK, "names the digest sha256:another"),
    "starts too slowly": (SLOW, "not healthy within 5 s"),
    "checks the header Host": (HOST, "answers 400 to a request with 'Host: "),
    "ignores SIGTERM": (DEAF + HANG, "not healthy within 5 s"),
}


@pytest.mark.parametrize("kind", BAD)
def test_r2_r3_bad_release_never_answers_a_user(
    target: DockerTarget, release: Callable[[str, str], str], good: str, kind: str
) -> None:
    target = configured(target, health_timeout=5)
    old = target.apply(order(good), accept)
    lines, reason = BAD[kind]
    bad = release("bad", lines)
    with pytest.raises(CheckFailedError, match=reason):  # `make load` holds each to the health timeout plus 2 s
        target.apply(order(bad, "2" * 40), accept)
    assert target.observe() == old
    assert serves(old) == digest(good)
    assert state(target) == ([good], [], set())


@pytest.mark.case("K13", "a health answer streams without end")
@pytest.mark.parametrize(
    ("lines", "reason"),
    [(STREAM, "has more than 65,536 bytes|did not end in time"), (DRIP, "did not end in time")],
    ids=["fast", "slow"],
)
def test_endless_health_answer_is_cut(
    target: DockerTarget, release: Callable[[str, str], str], good: str, lines: str, reason: str
) -> None:
    target = configured(target, health_timeout=5)
    old = target.apply(order(good), accept)
    proxy_container = target.site.proxy.container()
    with pytest.raises(CheckFailedError, match=reason):
        target.apply(order(release("endless", lines), "2" * 40), accept)
    stats: Any = proxy_container.stats(stream=False)
    assert stats["memory_stats"]["max_usage"] < 2**30
    assert target.observe() == old
    assert state(target) == ([good], [], set())


def test_health_answer_needs_to_name_no_digest(target: DockerTarget, release: Callable[[str, str], str]) -> None:
    text = release("text", TEXT)
    assert target.apply(order(text), accept).release == text
    assert target.plan(order(text)) == []


@pytest.mark.case("K7", "a service checks the header Host")
def test_public_host_is_sent_by_health_checks_and_tests(
    target: DockerTarget, release: Callable[[str, str], str], good: str
) -> None:
    service = Service(public_host="flights.example.org")
    public = DockerTarget(replace(target.site, config=replace(target.site.config, service=service)))
    strict, asked = release("strict", HOST), []

    def judge(url: str, network: str) -> None:
        code = f"import urllib.request as r; print(r.urlopen('{url}/health').read().decode())"
        done = public.runner(network)(good, ["python3", "-c", code], labels={}, environment={}, collect=[])
        asked.append((url, done.exit_code))

    assert public.apply(order(strict), judge).healthy
    assert public.plan(order(strict)) == []
    public.apply(order(strict), judge)
    assert asked == [("http://flights.example.org:8000", 0), ("http://flights.example.org:8080", 0)]


@pytest.mark.timeout(120)
def test_probe_gives_up_a_missing_release(target: DockerTarget, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target.apply(order(good), accept)
    release = serving(target)
    address = proxy.address_of(release, target.site.network)
    release.kill()
    monkeypatch.setattr(proxy, "address_of", lambda *_: address)
    problem = target.site.proxy.probe("/health", digest(good), release=release, patience=0.5, limit=600)
    assert problem == "it does not answer"


def test_removed_candidate_fails_the_deployment(
    target: DockerTarget, good: str, better: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boundary(name: str) -> None:
        if name == "docker.wait.before":
            target.site.client.containers.get(target.site.releases.candidate).remove(force=True)

    old = target.apply(order(good), accept)
    monkeypatch.setattr(failpoints, "boundary", boundary)
    with pytest.raises(CheckFailedError, match="was removed while it came up"):
        target.apply(order(better, "2" * 40), accept)
    assert target.observe() == old


def test_rejected_release_is_taken_down(target: DockerTarget, good: str, better: str) -> None:
    def judge(url: str, network: str) -> None:
        raise CheckFailedError("the tests failed")

    old = target.apply(order(good), accept)
    with pytest.raises(CheckFailedError, match="the tests failed"):
        target.apply(order(better, "2" * 40), judge)
    assert target.observe() == old
    assert state(target) == ([good], [], set())


def test_switch_without_an_answer_is_undone(
    target: DockerTarget, good: str, better: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = target.apply(order(good), accept)
    route = proxy.Proxy._route

    def killed(self: proxy.Proxy, *words: Any) -> Any:
        """Switch the proxy, then fail to ask, as a killed script does."""
        return route(self, *words[:2], *([["drain", "no-such-slot", "", "1"]] if words[2:] else []))

    monkeypatch.setattr(proxy.Proxy, "_route", killed)
    with pytest.raises(
        CheckFailedError, match="not healthy behind the proxy \\(it does not answer\\); the old one serves again"
    ):
        target.apply(order(better, "2" * 40), accept)
    monkeypatch.undo()
    assert get(running.url, "/health")["digest"] == digest(good)
    assert state(target)[0] == [good]


@pytest.mark.case("K1", "the old container can't be stopped after the switch")
def test_failure_after_the_switch_is_a_warning(
    target: DockerTarget, good: str, better: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise APIError("500 Server Error", explanation="the engine can't stop it")

    target.apply(order(good), accept)
    monkeypatch.setattr(Container, "stop", stop)
    assert target.apply(order(better, "2" * 40), accept).release == better
    assert "the engine can't stop it The next deployment does it." in capsys.readouterr().err
    monkeypatch.undo()
    assert target.apply(order(better, "2" * 40), accept).release == better
    assert state(target) == ([better], [good], set())


def test_failed_first_release_leaves_nothing_serving(target: DockerTarget, crashing: str) -> None:
    with pytest.raises(CheckFailedError):
        target.apply(order(crashing), accept)
    assert target.observe() is None
    assert everything(target) == []


@pytest.mark.case("K5", "a first deployment that fails leaves neither proxy nor network")
def test_first_deployment_that_fails_leaves_nothing(target: DockerTarget, good: str) -> None:
    def refuse(_url: str, _network: str) -> None:
        raise CheckFailedError("The integration tests failed: exit code 4.")

    with pytest.raises(CheckFailedError, match="exit code 4"):
        target.apply(order(good), refuse)
    assert everything(target) == []
    with pytest.raises(UsageError, match="APP_SECRETS is not set"):
        configured(target, secrets=("API_KEY",)).apply(order(good), accept)
    assert everything(target) == []
    serves = target.apply(order(good), accept)
    with pytest.raises(CheckFailedError):
        target.apply(replace(order(good), commit="2" * 40), refuse)
    assert target.observe() == serves


def started(target: DockerTarget) -> dict[str, str]:
    """Return when each container of the project was started."""
    label = f"ml-cicd.project={target.site.config.name}"
    containers = target.site.client.containers.list(filters={"label": label}, ignore_removed=True)
    return {str(container.id): container.attrs["State"]["StartedAt"] for container in containers}


def test_r6_same_release_is_only_tested_again(target: DockerTarget, good: str) -> None:
    judged: list[str] = []
    target.apply(order(good), accept)
    before = started(target)
    assert target.plan(order(good)) == []
    target.apply(order(good), lambda url, network: judged.append(url))
    assert started(target) == before
    assert judged == [f"http://{target.site.name}-proxy:8080"]


def test_service_that_ignores_sigterm_is_ended(
    target: DockerTarget, release: Callable[[str, str], str], good: str
) -> None:
    deaf = release("deaf", DEAF)
    target.apply(order(deaf), accept)
    assert target.apply(order(good, "2" * 40), accept).release == good
    assert state(target) == ([good], [deaf], set())


def test_two_environments_do_not_meet(
    client: docker.DockerClient, config: Config, target: DockerTarget, good: str, better: str
) -> None:
    other = docker_target(client, config, "production")
    first, second = target.apply(order(good), accept), other.apply(order(better), accept)
    assert (target.observe(), other.observe()) == (first, second)
    assert first.url != second.url
    assert (serves(first), serves(second)) == (digest(good), digest(better))


def test_r8_retained_release_needs_no_registry(
    target: DockerTarget, good: str, better: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.apply(order(good), accept)
    target.apply(order(better, "2" * 40), accept)
    assert [release.release for release in target.retained()] == [good]
    monkeypatch.setattr("cicd.oci.images.pull", lambda *_: pytest.fail("the registry was asked"))
    plan = target.plan(order(good))
    assert plan[0] == f"start {target.site.name}-{target.site.releases.all()[1].short_id}, which is retained"
    back = target.apply(order(good), accept)
    assert (back.release, back.commit, serves(back)) == (good, "1" * 40, digest(good))
    assert state(target) == ([good], [better], set())


def test_configured_number_of_releases_is_retained(target: DockerTarget, good: str) -> None:
    few = configured(target, retain=2)
    for number in range(5):
        few.apply(order(good, str(number) * 40), accept)
    assert [release.commit[0] for release in few.retained()] == ["3", "2"]


def test_r9_plan_is_what_is_done(
    target: DockerTarget, good: str, better: str, crashing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    few = configured(target, retain=0)
    for wanted in (order(good), order(better, "2" * 40)):
        before = everything(few)
        plan = few.plan(wanted)
        assert everything(few) == before
        capsys.readouterr()
        few.apply(wanted, accept)
        assert capsys.readouterr().out.splitlines() == plan
        assert few.plan(wanted) == []
    plan = few.plan(order(crashing, "3" * 40))
    capsys.readouterr()
    with pytest.raises(CheckFailedError):
        few.apply(order(crashing, "3" * 40), accept)
    done = capsys.readouterr().out.splitlines()
    assert done[:3] == plan[:3]
    assert plan[2].startswith("wait up to 20 s")


def test_r10_next_deployment_mends_changes_by_hand(target: DockerTarget, good: str) -> None:
    target.apply(order(good), accept)
    container = serving(target)
    container.stop(timeout=1)
    seen = target.observe()
    assert seen is not None
    assert (seen.healthy, seen.detail) == (False, "it is exited")
    assert target.apply(order(good), accept).healthy
    assert state(target) == ([good], [], set())

    container.remove(force=True)
    assert target.observe() is None
    assert target.apply(order(good), accept).healthy


def test_changed_settings_are_deployed(target: DockerTarget, good: str) -> None:
    first = target.apply(order(good), accept)
    changed = configured(
        target, variables={"GREETING": "hi"}, cpus=0.5, memory="128m", log={"driver": "json-file", "max-size": "1m"}
    )
    assert changed.plan(order(good)) != []
    assert changed.apply(order(good), accept).url == first.url
    container = serving(changed)
    host = container.attrs["HostConfig"]
    assert "GREETING=hi" in container.attrs["Config"]["Env"]
    assert (host["NanoCpus"], host["Memory"]) == (500_000_000, 128 * 2**20)
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m"}}
    assert changed.plan(order(good)) == []


READS = """import os, pathlib
secret = pathlib.Path("/run/secrets/API_KEY").read_text()
print(len(secret), os.getuid(), flush=True)
os.environ["ML_CICD_DIGEST"] = os.environ["ML_CICD_DIGEST"] if secret in ("hunter2", "hunter3") else ""
"""


@pytest.fixture
def reads(release: Callable[[str, str], str]) -> str:
    return release("reads", READS)


def test_secrets_arrive_only_as_files(
    target: DockerTarget,
    reads: str,
    good: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = configured(target, secrets=("API_KEY",))
    with pytest.raises(UsageError, match="APP_SECRETS is not set"):
        secret.apply(order(reads), accept)
    monkeypatch.setenv("APP_SECRETS", '{"OTHER": "x"}')
    with pytest.raises(UsageError, match="APP_SECRETS lacks API_KEY"):
        secret.apply(order(reads), accept)
    assert state(secret)[0] == []

    monkeypatch.setenv("APP_SECRETS", '{"API_KEY": "hunter2", "OTHER": "not for it"}')
    assert secret.apply(order(reads), accept).healthy
    container = serving(secret)
    assert "hunter2" not in str(container.attrs)
    assert "hunter2" not in container.logs().decode() + capsys.readouterr().out
    assert b"7 10001" in container.logs()
    assert container.exec_run(["sh", "-c", "ls /run/secrets; cat /run/secrets/*"]).output == b"API_KEY\nhunter2"
    assert secret.plan(order(reads)) == []

    monkeypatch.setenv("APP_SECRETS", '{"API_KEY": "hunter3"}')
    assert secret.plan(order(reads)) != [], "another value is a change"
    monkeypatch.delenv("APP_SECRETS")
    assert secret.plan(order(reads)) == [], "what is not given is not compared"
    target.apply(order(good), accept)
    assert secret.apply(order(reads), accept).healthy, "a retained release has its own"


@pytest.mark.case("K12", "an image has a file where the secrets belong")
def test_image_without_a_place_for_secrets_is_named(
    target: DockerTarget, good: str, own_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_SECRETS", '{"API_KEY": "hunter2"}')
    client, name = target.site.client, f"{NAME}-secrets"
    base = client.containers.create(good)
    base.put_archive("/", archives.packed({"run/secrets": b"x"}))
    base.commit(name)
    base.remove()
    bad = images.push(client, name, f"{own_services.registry}/{NAME}", "secrets")
    with pytest.raises(CheckFailedError, match=r"Could not write the secrets into .*-candidate") as failed:
        configured(target, secrets=("API_KEY",)).apply(order(bad), accept)
    assert "Remove /run/secrets from the image" in failed.value.hint
    assert state(target) == ([], [], set())


def test_taken_port_is_named(target: DockerTarget, good: str) -> None:
    first = target.apply(order(good), accept)
    port = int(first.url.rpartition(":")[2])
    other = docker_target(target.site.client, target.site.config, "production")
    with pytest.raises(UsageError, match=f"can't have port {port} of 127.0.0.1"):
        configured(other, port=port).apply(order(good), accept)
    assert everything(other) == []
    moved = configured(target, port=port + 1)
    assert "remove" in moved.plan(order(good))[0]
    assert moved.apply(order(good), accept).url == f"http://127.0.0.1:{port + 1}"
    assert state(moved) == ([good], [], set())


def test_project_code_sees_nothing_of_the_job(
    client: docker.DockerClient, config: Config, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "REGISTRY_TOKEN", "APP_SECRETS"):
        monkeypatch.setenv(name, "must-not-be-seen")
    code = (
        "import os, socket\n"
        "print(sorted(os.environ))\n"
        "print(os.path.exists('/var/run/docker.sock'), os.getuid())\n"
        "try:\n    socket.create_connection(('1.1.1.1', 53), 1)\nexcept OSError:\n    print('no network')"
    )
    texts: list[str] = []
    labels = {names.PROJECT: config.name}
    printed = Output(texts.append)
    done = containers.run(client, good, ["python3", "-c", code], labels=labels, network="none", output=printed)
    output = "".join(texts)
    assert done.exit_code == 0, output
    assert not {"GITHUB_TOKEN", "REGISTRY_TOKEN", "APP_SECRETS"} & set(output.split("'"))
    assert "False 10001\nno network" in output
    assert os.environ["GITHUB_TOKEN"] == "must-not-be-seen"
