"""Releases and manifests as people have them: a service account, secrets, images without a shell."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd.config import Service
from cicd.deploy import secrets
from cicd.deploy.kubernetes.site import Site
from cicd.errors import CheckFailedError
from cicd.oci import images
from tests.deploy.support.tiny import DRIP, HOST, STREAM, TEXT
from tests.kubernetes.support import own
from tests.kubernetes.support.common import KEEPS, NAME, answer_of, deploy, digest, hurried, order
from tests.kubernetes.support.load import load
from tests.kubernetes.test_target import TELLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import docker

    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Running
    from cicd.forge.machine.services import Services


@pytest.mark.case("K12", "secrets beside the service account's token")
@pytest.mark.parametrize("read_only", [False, True])
def test_secrets_and_the_accounts_token_are_both_there(
    make: Callable[..., KubernetesTarget],
    release: Callable[[str, str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    read_only: bool,
) -> None:
    target = make(suffix="account", manifests=str(tmp_path), secrets=("API_KEY", "OTHER"))
    monkeypatch.setenv(secrets.VARIABLE, json.dumps({"API_KEY": "a", "OTHER": "b"}))
    container = {"securityContext": {"readOnlyRootFilesystem": read_only}}
    own.write(tmp_path, target.site.config.name, pod={"container": container})
    answer = answer_of(deploy(target, order(release("tells", TELLS))))
    assert answer["secrets"] == {"API_KEY": "a", "OTHER": "b"}
    assert answer["account"] is True


def without_sleep(client: docker.DockerClient, up: Services, image: str) -> str:
    """Push the release without the program `sleep`, as images without a distribution are."""
    lines = f"FROM {image}\nUSER 0\nRUN rm -f /bin/sleep /usr/bin/sleep\nUSER 10001\n"
    built, _ = client.images.build(fileobj=io.BytesIO(lines.encode()), rm=True)
    return images.push(client, str(built.id), f"{up.registry}/{NAME}", "without-sleep")


@pytest.mark.case("K12", "no `sleep` in the image")
@pytest.mark.usefixtures("usual_stops")
@pytest.mark.parametrize("manifests", [False, True])
def test_no_request_fails_with_an_image_that_cannot_sleep(
    make: Callable[..., KubernetesTarget],
    release: Callable[[str, str], str],
    client: docker.DockerClient,
    own_services: Services,
    tmp_path: Path,
    *,
    manifests: bool,
) -> None:
    target = make(suffix=f"sleepless-{manifests}".lower(), manifests=str(tmp_path) if manifests else "")
    own.write(tmp_path, target.site.config.name)
    first = release("first", KEEPS)
    second = without_sleep(client, own_services, first)
    running = deploy(target, order(first))
    answer_of(running)
    with load(running.url) as users:
        if target.site.server.minor >= 30:  # the cluster itself sleeps
            deploy(target, order(second))
            deploy(target, order(first))
        else:
            with pytest.raises(CheckFailedError, match=r"no command to sleep with.*sleep.*old release still serves"):
                deploy(target, order(second))
            assert set(users.digests) == {digest(first)}
    assert users.failed == []
    observed = target.observe()
    assert observed is not None
    assert (observed.release, observed.healthy) == (first, True)


@pytest.mark.case("K7", "a service checks the header Host")
def test_public_host_is_sent_by_health_checks_and_tests(
    make: Callable[..., KubernetesTarget], release: Callable[[str, str], str], good: str
) -> None:
    target = make(suffix="host", replicas=1)
    strict, asked = release("strict", HOST), []
    with pytest.raises(CheckFailedError, match="does not answer with success") as raised:
        deploy(hurried(target), order(strict))
    assert "public-host" in raised.value.hint
    config = replace(target.site.config, service=Service(public_host="flights.example.org"))
    public = replace(target, site=Site(config, target.site.environment, target.site.settings, target.site.kubectl))

    def judge(url: str, network: str) -> None:
        code = f"import urllib.request as r; print(r.urlopen('{url}/health').read().decode())"
        done = public.runner(network)(good, ["python3", "-c", code], labels={}, environment={}, collect=[])
        asked.append((url, done.exit_code))

    assert deploy(public, order(strict), judge).healthy
    assert deploy(public, order(strict), judge).healthy
    assert asked == [("http://flights.example.org:8000", 0)] * 2


@pytest.mark.case("K13", "a health answer streams without end")
@pytest.mark.parametrize(("lines", "reason"), [(STREAM, "has more than 65,536 bytes"), (DRIP, "deadline exceeded")])
def test_endless_health_answer_is_cut(
    target: KubernetesTarget, running: Running, release: Callable[[str, str], str], lines: str, reason: str
) -> None:
    with pytest.raises(CheckFailedError, match=reason):
        deploy(hurried(target), order(release("endless", lines), "2" * 40))
    assert target.observe() == running


def test_health_answer_needs_to_name_no_digest(
    make: Callable[..., KubernetesTarget], release: Callable[[str, str], str]
) -> None:
    text = release("text", TEXT)
    assert deploy(make(suffix="text", replicas=1), order(text)).release == text
