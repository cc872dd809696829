"""The environment `staging` of a project on a cluster in memory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from cicd import variables
from cicd.config import Config, Environment, KubernetesSettings
from cicd.deploy import holder
from cicd.deploy.kubernetes import delivery, pods
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.kubernetes.target import KubernetesTarget
from tests.unit.support.fake_cluster import Cluster
from tests.unit.support.place import order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.holder import Holder


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wait for nothing that comes at once, and use no login of this machine."""
    monkeypatch.setattr(pods, "POLL", 0.01)
    monkeypatch.setattr(pods, "SECONDS_TO_START", 0.2)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("REGISTRY_TOKEN", "GITHUB_TOKEN", variables.APP_SECRETS):
        monkeypatch.delenv(name, raising=False)


class Killed(BaseException):
    """The process is killed."""


def killed(cluster: Cluster, action: str, monkeypatch: pytest.MonkeyPatch, deploy: Callable[[], object]) -> None:
    """Kill a deployment right after a change of the cluster."""

    def kill() -> None:
        raise Killed

    cluster.on[action] = kill
    with monkeypatch.context() as patch:
        patch.setattr(delivery.Delivery, "_give_up", lambda _: None)
        with pytest.raises(Killed):
            deploy()
    cluster.on.clear()


class Namespace:
    """The environment `staging` of the project `app` on a cluster."""

    def __init__(self, cluster: Cluster | None = None, manifests: str = "", **environment: Any) -> None:
        settings = KubernetesSettings(manifests=manifests)
        self.environment = Environment("staging", settings, **{"health_timeout": 0.3} | environment)
        self.config = Config("app", environments={"staging": self.environment})
        self.cluster = cluster or Cluster("app-staging")
        self.site = Site(self.config, self.environment, settings, self.cluster)
        self.target = KubernetesTarget(self.site, self.source)
        self.tested: list[tuple[str, str]] = []
        self.documents = ""

    @contextmanager
    def source(self, commit: str, folder: str) -> Iterator[Path]:
        raise AssertionError(f"{commit} {folder}")
        yield

    def bring(self, number: int, accept: Any = None, **values: Any) -> Any:
        with self.target.locked(self.holder, 0):
            self.cluster.asked.clear()
            return self.target.apply(order(number, **values), accept or self.accept)

    @property
    def holder(self) -> Holder:
        return holder.this_process("ada")

    def accept(self, url: str, address: str) -> None:
        self.tested.append((url, address))

    def plan(self, number: int) -> list[str]:
        return self.target.plan(order(number))

    def runs(self) -> str:
        deployment = self.cluster.objects["deployment", "app"]
        return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])
