"""The lock of an environment on a cluster: a Lease, which the API server creates for one of any number that try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicd.deploy import holder as holders
from cicd.deploy.kubernetes import objects
from cicd.deploy.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config, Environment
    from cicd.deploy.holder import Holder
    from cicd.deploy.kubernetes.kubectl import Kubectl, Manifest


@dataclass(frozen=True)
class ClusterLock:
    """The lock of one environment on a cluster, kept in a Lease. See `LockStore`."""

    config: Config
    environment: Environment
    kubectl: Kubectl
    kind: str = "kubernetes"
    poll: float = 1.0
    care: str = "Leave Leases with the label ml-cicd.project alone; a dead deployment's is removed by: ml-cicd unlock"

    def take(self, holder: Holder) -> str:
        """See `LockStore.take`."""
        since = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        created = self.kubectl.create(
            lease(self.config, self.environment, str(holder), holders.to_labels(holder), since)
        )
        return str(created["metadata"]["uid"]) if created else ""

    def find(self) -> Lock | None:
        """See `LockStore.find`."""
        existing = self.kubectl.get("lease", _name(self.config))
        if existing is None:
            return None
        holder = holders.from_labels(objects.annotations_of(existing))
        if not holder.who:  # nobody of ours wrote it
            holder = replace(holder, who=str((existing.get("spec") or {}).get("holderIdentity") or "somebody"))
        return Lock(holder, str(existing["metadata"]["uid"]))

    def remove(self, identity: str) -> None:
        """See `LockStore.remove`."""
        namespace = self.kubectl.namespace
        path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{_name(self.config)}"
        self.kubectl.delete_exactly(path, identity)


def lease(config: Config, environment: Environment, who: str, details: Mapping[str, str], since: str) -> Manifest:
    """Return the Lease of an environment: `who` holds it for people, `details` say so for `ml-cicd`."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {
            "name": _name(config),
            "labels": objects.labels(config, environment),
            "annotations": dict(details),
        },
        "spec": {"holderIdentity": who, "acquireTime": since},
    }


def _name(config: Config) -> str:
    return f"{config.name}-deployment"
