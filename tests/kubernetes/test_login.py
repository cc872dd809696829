"""The real kubectl takes the user of a job beside a kubeconfig that has none, or one that it can't use."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import OidcLogin
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.errors import UnreachableError
from tests.unit.support import clouds as support
from tests.unit.support.clouds import CLUSTER
from tests.unit.test_federation import CLUSTERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.support.clouds import Clouds, Running

USERS = """
users:
- name: nobody
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plug-in, interactiveMode: Never}}
"""
VERSION = ("get", "--raw", "/version")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from support.serve(support.certificate(tmp_path_factory.mktemp("clouds")))


@pytest.fixture
def clouds(proxy: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clouds]:
    yield from support.in_new_job(proxy, tmp_path, monkeypatch)


@pytest.fixture
def kubeconfig(proxy: Running) -> str:
    """Return a kubeconfig without a user."""
    _, mark, certificate = proxy.pem.read_text().partition("-----BEGIN CERTIFICATE")
    authority = base64.b64encode(f"{mark}{certificate}".encode()).decode()
    return f"""
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {{server: "https://{CLUSTER}", certificate-authority-data: {authority}}}
contexts:
- name: c
  context: {{cluster: c, user: nobody}}
current-context: c
"""


@pytest.mark.parametrize("login", CLUSTERS.values(), ids=CLUSTERS)
@pytest.mark.parametrize("users", ["", USERS], ids=["no user", "a plug-in that is not installed"])
def test_job_is_known_to_the_cluster(
    clouds: Clouds,
    monkeypatch: pytest.MonkeyPatch,
    *,
    kubeconfig: str,
    login: Any,
    users: str,
) -> None:
    monkeypatch.setenv("KUBECONFIG_TEXT", kubeconfig + users)
    for context in ("", "c"):
        assert Kubectl("app", context, login).json(*VERSION)["minor"] == "31"
    assert CLUSTER in clouds.hosts()


def test_job_of_another_repository_is_refused_by_the_cluster(
    clouds: Clouds,
    monkeypatch: pytest.MonkeyPatch,
    kubeconfig: str,
) -> None:
    clouds.subject = "repo:mallory/app:ref:refs/heads/main"
    monkeypatch.setenv("KUBECONFIG_TEXT", kubeconfig)
    with pytest.raises(UnreachableError, match="Unauthorized") as raised:
        Kubectl("app", "", OidcLogin("kubernetes")).json(*VERSION)
    assert CLUSTER in clouds.hosts()
    assert "issuer, audience and subject" in raised.value.hint
    assert not any(secret in f"{raised.value.message} {raised.value.hint}" for secret in clouds.issued)


def test_kubeconfig_without_a_user_says_what_to_grant(
    clouds: Clouds,
    monkeypatch: pytest.MonkeyPatch,
    kubeconfig: str,
) -> None:
    monkeypatch.setenv("KUBECONFIG_TEXT", kubeconfig)
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    with pytest.raises(UnreachableError, match="wants to know who asks") as raised:
        Kubectl("app", "", OidcLogin("kubernetes")).json(*VERSION)
    assert "id-token: write" in raised.value.hint
    assert clouds.issued == set()
