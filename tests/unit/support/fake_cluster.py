"""A namespace of a cluster in memory, in place of `kubectl`: what is applied is there, and its pods come up at once."""

from __future__ import annotations

import base64
import copy
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicd import labels
from cicd.deploy.kubernetes.kubectl import Kubectl
from cicd.deploy.kubernetes.kubectl_errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.deploy.kubernetes.kubectl import Manifest

REVISION = "deployment.kubernetes.io/revision"


@dataclass(frozen=True)
class Cluster(Kubectl):
    """Objects by kind and name; see `Kubectl`."""

    objects: dict[tuple[str, str], Manifest] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """What was changed, in order."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """The body of a pod's health path, by image; an image without one answers `ok`."""
    refuses: dict[str, str] = field(default_factory=dict)
    """The cluster's words for a change, a regular expression."""
    on: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What else happens after a change, a regular expression."""
    phases: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The status of new pods of an image, where it is another than a healthy one's."""
    minor: str = "30"
    ends: dict[str, int] = field(default_factory=dict)
    """The exit code of the proof of a job, by image; 0 by default."""
    leaves: dict[str, bytes] = field(default_factory=dict)
    """What a job leaves, as a tar, by image."""

    def act(self, action: str) -> None:
        """Note a change, and refuse it if the test says so."""
        self.asked.append(action)
        for pattern, words in self.refuses.items():
            if re.fullmatch(pattern, action):
                raise ClusterError(words, "Ask the cluster.")
        for pattern, also in list(self.on.items()):
            if re.fullmatch(pattern, action):
                also()

    def run(self, *arguments: str, stdin: str = "", timeout: float = 20) -> str:
        """Answer the few commands that no other method here has."""
        match arguments:
            case ("get", "--raw", "/version"):
                return json.dumps({"minor": self.minor})
            case ("api-versions",):
                return "apps/v1\npolicy/v1\n"
            case ("rollout", "status", name, *_):
                self.act(f"rollout status {name}")
                return ""
            case ("annotate", name, mark, *_):
                self.act(f"annotate {name} {mark}")
                kind, _, named = name.partition("/")
                annotated = self.objects[kind, named]
                key, _, value = mark.partition("=")
                annotated["metadata"]["annotations"][key] = value
                if kind == "deployment":
                    self._replica_set(annotated)
                return ""
            case ("logs", name, "--container=output"):
                image = self.objects["pod", name]["spec"]["initContainers"][0]["image"]
                return base64.b64encode(self.leaves.get(image, b"")).decode()
            case ("logs", name, *_):
                return f"the log of {name}"
        raise AssertionError(f"the cluster in memory does not know {arguments}")

    def stream(self, *arguments: str) -> Iterator[bytes]:
        """See `Kubectl.stream`: the log of a pod."""
        yield f"the log of {arguments[1]}\n".encode()

    def get(self, kind: str, name: str) -> Manifest | None:
        """See `Kubectl.get`."""
        return copy.deepcopy(self.objects.get((kind.lower(), name)))

    def list(self, kind: str, selector: str) -> list[Manifest]:
        """See `Kubectl.list`."""
        present = [manifest for (other, _), manifest in self.objects.items() if other == kind.lower()]
        return [copy.deepcopy(manifest) for manifest in present if _matches(manifest, selector)]

    def existing(self, manifests: Sequence[Manifest]) -> Sequence[tuple[str, str]]:
        """See `Kubectl.existing`."""
        names = [(manifest["kind"], str(manifest["metadata"]["name"])) for manifest in manifests]
        return [(kind, name) for kind, name in names if (kind.lower(), name) in self.objects]

    def create(self, manifest: Manifest) -> Manifest | None:
        """See `Kubectl.create`."""
        kind, name = manifest["kind"].lower(), str(manifest["metadata"]["name"])
        self.act(f"create {kind} {name}")
        if (kind, name) in self.objects:
            return None
        self._put(manifest)
        return copy.deepcopy(self.objects[kind, name])

    def apply(self, manifests: Sequence[Manifest], *, check: bool = False) -> None:
        """See `Kubectl.apply`."""
        names = ", ".join(f"{manifest['kind']} {manifest['metadata']['name']}" for manifest in manifests)
        self.act(f"{'check' if check else 'apply'} {names}")
        for manifest in manifests if not check else ():
            self._put(manifest)

    def delete(self, kind: str, *names: str, now: bool = False) -> None:
        """See `Kubectl.delete`."""
        for name in names:
            self.act(f"delete {kind.lower()} {name}{' now' if now else ''}")
            self.objects.pop((kind.lower(), name), None)

    def delete_exactly(self, path: str, uid: str) -> bool:
        """See `Kubectl.delete_exactly`."""
        *_, namespace, kinds, name = path.split("/")
        assert namespace == self.namespace
        key = (kinds.removesuffix("s"), name)
        if key not in self.objects or self.objects[key]["metadata"]["uid"] != uid:
            return False
        del self.objects[key]
        return True

    def http(self, pod: str, port: int, path: str, *, timeout: float, limit: int) -> bytes:
        """See `Kubectl.http`."""
        return self.answers.get(self.objects["pod", pod]["spec"]["containers"][0]["image"], b"ok")

    def pod_names(self) -> tuple[str, ...]:
        """Return the names of all pods."""
        return tuple(sorted(name for kind, name in self.objects if kind == "pod"))

    def _put(self, manifest: Manifest) -> None:
        kind, name = manifest["kind"].lower(), str(manifest["metadata"]["name"])
        kept = copy.deepcopy(manifest)
        before = self.objects.get((kind, name), {}).get("metadata", {})
        kept["metadata"]["uid"] = before.get("uid") or f"uid-{len(self.asked)}"
        kept["metadata"]["generation"] = before.get("generation", 0) + 1
        self.objects[kind, name] = kept
        if kind == "namespace":
            self.objects["serviceaccount", "default"] = {"metadata": {"name": "default"}}
        if kind == "pod":
            proves = kept["spec"]["containers"][0]["name"] == "output"
            kept["status"] = self._proof(kept["spec"]) if proves else self._status(kept["spec"])
        if kind == "deployment":
            self._roll_out(kept)

    def _roll_out(self, deployment: Manifest) -> None:
        """Have the pods of a Deployment, and the ReplicaSet that carries them, be there at once."""
        spec, name = deployment["spec"], deployment["metadata"]["name"]
        number = spec.get("replicas", 1)
        deployment["status"] = {
            "observedGeneration": deployment["metadata"]["generation"], "replicas": number, "updatedReplicas": number,
            "availableReplicas": number,
        }  # fmt: skip
        self._replica_set(deployment)
        for (kind, pod), _ in list(self.objects.items()):
            if kind == "pod" and pod.startswith(f"{name}-pod-"):
                del self.objects[kind, pod]
        for index in range(number):
            metadata = {"name": f"{name}-pod-{index}", "labels": spec["template"]["metadata"]["labels"]}
            pod_spec = spec["template"]["spec"]
            self.objects["pod", metadata["name"]] = {
                "kind": "Pod", "metadata": metadata, "spec": pod_spec, "status": self._status(pod_spec),
            }  # fmt: skip

    def _replica_set(self, deployment: Manifest) -> None:
        """Copy the annotations to the Deployment's ReplicaSet; each template has one of its own."""
        template, annotations = deployment["spec"]["template"], deployment["metadata"].setdefault("annotations", {})
        begin = f"{deployment['metadata']['name']}-set-"
        sets = [one for (kind, name), one in self.objects.items() if kind == "replicaset" and name.startswith(begin)]
        own = next((one for one in sets if one["spec"]["template"] == template), None)
        revisions = [int(one["metadata"]["annotations"][REVISION]) for one in sets]
        revision = str(max(revisions, default=0) + 1)
        if own and own["metadata"]["annotations"][REVISION] == str(max(revisions)):
            revision = own["metadata"]["annotations"][REVISION]
        name = own["metadata"]["name"] if own else f"{deployment['metadata']['name']}-set-{revision}"
        annotations[REVISION] = revision
        self.objects["replicaset", name] = {
            "kind": "ReplicaSet",
            "metadata": {
                "name": name, "labels": template["metadata"]["labels"], "annotations": dict(annotations),
            },
            "spec": {"template": copy.deepcopy(template)},
        }  # fmt: skip

    def _proof(self, spec: Manifest) -> dict[str, Any]:
        """Return the status of a pod that has run a job."""
        job = spec["initContainers"][0]
        code = self.ends.get(job["image"], 0)
        states = {
            "initContainerStatuses": [{"name": job["name"], "state": {"terminated": {"exitCode": code}}}],
            "containerStatuses": [{"name": "output", "state": {"terminated": {"exitCode": 0}}}],
        }
        return {"phase": "Failed" if code else "Succeeded", **states, **self.phases.get(job["image"], {})}

    def _status(self, spec: Manifest) -> dict[str, Any]:
        image = spec["containers"][0]["image"]
        healthy = {
            "phase": "Running", "podIP": "10.1.0.9", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [
                {"name": container["name"], "imageID": container["image"]} for container in spec["containers"]
            ],
        }  # fmt: skip
        return {**healthy, **self.phases.get(image, {})}


def _matches(manifest: Manifest, selector: str) -> bool:
    marks = manifest["metadata"].get("labels") or {}
    for part in filter(None, selector.split(",")):
        name, unequal, value = part.partition("!=")
        if not unequal:
            name, _, value = part.partition("=")
        if (marks.get(name) == value) is bool(unequal):
            return False
    return True


def settled(cluster: Cluster, name: str) -> str:
    """Return whether a Deployment's release is noted as healthy."""
    deployment = cluster.objects["deployment", name]
    return str(deployment["metadata"]["annotations"].get(labels.SETTLED))
