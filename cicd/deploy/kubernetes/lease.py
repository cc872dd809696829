"""The lock of an environment on a cluster: a Lease, which the API server creates for one of any number that try."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd import failpoints
from cicd.deploy import holder as holders
from cicd.deploy.kubernetes import manifests
from cicd.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.config import Config, Environment
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest
    from cicd.deploy.target import Holder

POLL = 1.0


@dataclass(frozen=True)
class Lock:
    """The lock of one environment; see `Target.locked` and `Target.unlock`."""

    config: Config
    environment: Environment
    kubectl: Kubectl

    @contextmanager
    def held(self, holder: Holder, wait: float) -> Iterator[None]:
        """Hold it, waiting at most `wait` seconds for a living holder.

        Raises:
            RefusedError: it is still held then.

        """
        end = time.monotonic() + wait
        while not (uid := self._taken(holder)):
            found = self._find()
            if found and holders.is_dead(found[0]):
                self._remove(found[1])
            elif found and time.monotonic() >= end:
                raise RefusedError(
                    f"Another deployment to {self.environment.name} is under way: by {found[0]}.",
                    f"Wait for it (--lock-wait). If it is dead for sure: ml-cicd unlock {self.environment.name}",
                )
            else:
                time.sleep(min(POLL, max(0.0, end - time.monotonic())))
        try:
            yield
        finally:
            self._remove(uid)

    def remove(self) -> Holder | None:
        """Remove it, whoever holds it; returns the holder, or None when nobody did."""
        found = self._find()
        if found is None:
            return None
        self._remove(found[1])
        return found[0]

    def _taken(self, holder: Holder) -> str:
        """The identity of the lock that was created; empty when there is one already."""
        since = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        with failpoints.change("kubernetes.lock"):
            made = self.kubectl.create(lease(self.config, self.environment, str(holder), holders.labels(holder), since))
        return str(made["metadata"]["uid"]) if made else ""

    def _find(self) -> tuple[Holder, str] | None:
        found = self.kubectl.get("lease", _name(self.config))
        if found is None:
            return None
        return holders.of_labels(found["metadata"]["annotations"]), found["metadata"]["uid"]

    def _remove(self, uid: str) -> None:
        """Remove the lock only if it is this one."""
        name = _name(self.config)
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.kubectl.namespace}/leases/{name}"
        with failpoints.change("kubernetes.unlock"):
            self.kubectl.delete_exactly(path, uid)


def _name(config: Config) -> str:
    """The name of the lock of an environment."""
    return f"{config.name}-deployment"


def lease(config: Config, environment: Environment, who: str, details: Mapping[str, str], since: str) -> Manifest:
    """The lock of an environment."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": _name(config),
            "labels": manifests.labels(config, environment),
            "annotations": dict(details),
        },
        "spec": {"holderIdentity": who, "acquireTime": since},
    }
