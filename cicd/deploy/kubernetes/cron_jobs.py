"""A job's release in Kubernetes objects, as plain data: its CronJob, the pod that proves it, and what that pod needs.

Pure: nothing here asks a cluster.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from typing import TYPE_CHECKING

from cicd import labels as names
from cicd import variables
from cicd.deploy.kubernetes import manifests, objects, standard
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicd.config import Config, Environment, Job
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.standard import Server
    from cicd.deploy.target import Order

FOLDER = "/tmp"  # noqa: S108 -- in the pod
SAMPLE, OUTPUT, ARCHIVE = "sample", "output", "output.tar.gz"
LARGEST = 1_000_000
"""Bytes that a ConfigMap carries: sample data to a proof, or what a job left to the tests."""
FIRST_WITH_CRON_JOBS = 21
"""The minor version of Kubernetes from which on CronJobs are in batch/v1."""
OLD = "batch/v1beta1"
MESSAGE = 4000
"""Bytes of a container's last message that the cluster keeps: what is longer goes to the container's log."""
_COPY = f"""cd {FOLDER}/{OUTPUT} && tar -czf {FOLDER}/{ARCHIVE} . 2>/dev/termination-log &&
head -c {LARGEST + 1} {FOLDER}/{ARCHIVE} | base64 >{FOLDER}/{OUTPUT}.txt || exit 1
if [ "$(wc -c <{FOLDER}/{OUTPUT}.txt)" -le {MESSAGE} ]
then cat {FOLDER}/{OUTPUT}.txt >/dev/termination-log
else : >/dev/termination-log; cat {FOLDER}/{OUTPUT}.txt
fi"""


def cron_job(config: Config, environment: Environment, order: Order, *, secret: str, server: Server) -> Manifest:
    """Return the CronJob that runs the release; see `manifests.released` for `secret`."""
    job, marks = job_of(config), objects.labels(config, environment)
    container = {
        "name": config.service_name,
        "resources": standard.resources(environment),
        "securityContext": standard.NO_PRIVILEGES,
        **({"args": _words(job.command)} if config.deliverable else {}),  # else the image has the command
    }
    pod = {**standard.pod(environment, container), "restartPolicy": "Never"}
    manifests.put_release(pod, config, environment, order)
    if secret:
        manifests.put_secrets(pod, container, secret, environment.secrets)
    template = {"metadata": {"labels": {**marks, names.ROLE: names.SERVICE}}, "spec": pod}
    spec = {
        "schedule": job.schedule,
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {"spec": {"backoffLimit": 0, "template": template}},
    }
    digest = hashlib.sha256(json.dumps([spec, marks], sort_keys=True).encode()).hexdigest()
    annotations = {
        names.RELEASE: order.release,
        names.COMMIT: order.commit,
        **order.facts,
        names.CONTENT: digest,
        names.SETTLED: "false",
    }
    is_old = OLD in server.groups and server.minor < FIRST_WITH_CRON_JOBS
    version = OLD if is_old else "batch/v1"
    metadata = {"name": config.service_name, "labels": marks, "annotations": annotations}
    return {"apiVersion": version, "kind": "CronJob", "metadata": metadata, "spec": spec}


def remembering(wanted: Manifest, before: Manifest | None) -> Manifest:
    """Return a CronJob that remembers the one that was healthy before it, for the time when that is to come back."""
    if before is None:
        return wanted
    metadata = {**wanted["metadata"], "annotations": {**objects.annotations_of(wanted)}}
    metadata["annotations"][names.BEFORE] = json.dumps(before, sort_keys=True)
    return {**wanted, "metadata": metadata}


def healthy(existing: Manifest) -> list[Manifest]:
    """Return the CronJobs to return to, newest first: as it is, if it was noted as healthy, and the one before it."""
    annotations = objects.annotations_of(existing)
    kept = {name: value for name, value in annotations.items() if name != names.BEFORE}
    labels = existing["metadata"].get("labels") or {}
    spec = copy.deepcopy(existing["spec"])
    spec["jobTemplate"].get("metadata", {}).pop("creationTimestamp", None)
    spec["jobTemplate"]["spec"]["template"].get("metadata", {}).pop("creationTimestamp", None)
    plain = {
        "apiVersion": existing["apiVersion"], "kind": existing["kind"],
        "metadata": {"name": objects.name_of(existing), "labels": labels, "annotations": kept}, "spec": spec,
    }  # fmt: skip
    before = [json.loads(annotations[names.BEFORE])] if names.BEFORE in annotations else []
    return ([plain] if annotations.get(names.SETTLED) == "true" else []) + before


def pod_of(cron: Manifest) -> Manifest:
    """Return the specification of the pods that a CronJob starts."""
    spec: Manifest = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return spec


def proof(cron: Manifest, config: Config, environment: Environment, test: str) -> Manifest:
    """Return the pod that runs the job once on its sample data, then prints what the job left.

    `test` is the test image of the release: it has `tar`, which the release may lack.
    """
    spec = copy.deepcopy(pod_of(cron))
    job, container = job_of(config), manifests.main_container(spec, config)
    values = {variables.ML_CICD_OUTPUT: f"{FOLDER}/{OUTPUT}"}
    volumes = [*(spec.get("volumes") or []), {"name": OUTPUT, "emptyDir": {}}]
    output = {"name": OUTPUT, "mountPath": f"{FOLDER}/{OUTPUT}"}
    mounts = [*(container.get("volumeMounts") or []), output]
    if job.sample:
        values[variables.ML_CICD_SAMPLE] = f"{FOLDER}/{SAMPLE}"
        mounts.append({"name": SAMPLE, "mountPath": f"{FOLDER}/{SAMPLE}", "subPath": SAMPLE, "readOnly": True})
    container["env"] = [*container["env"], *objects.environment_variables(values)]
    container["volumeMounts"] = mounts
    if job.proof:
        container["args"] = _words(job.proof)
    left = {
        "name": OUTPUT,
        "image": test,
        "command": ["sh", "-c", _COPY],
        "securityContext": {**standard.NO_PRIVILEGES, "runAsNonRoot": False},
        "volumeMounts": [{**output, "readOnly": True}],
    }
    spec |= {"initContainers": [container], "containers": [left], "volumes": volumes}
    marks = {**objects.labels(config, environment), names.ROLE: names.CANDIDATE}
    metadata = {"name": objects.candidate_name(config), "labels": marks}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def with_sample(pod: Manifest, sample: Manifest) -> Manifest:
    """Return the pod of a proof with the files of a ConfigMap, which `sample` made, as the sample data."""
    paths = json.loads(objects.annotations_of(sample)[names.PATHS])
    items = [{"key": key, "path": path} for key, path in paths.items()]
    volume = {"name": SAMPLE, "configMap": {"name": objects.name_of(sample), "items": items, "defaultMode": 0o444}}
    spec = pod["spec"]
    return {**pod, "spec": {**spec, "volumes": [*spec["volumes"], volume]}}


def sample_of(config: Config, environment: Environment, path: Path) -> Manifest:
    """Return a ConfigMap with a file or folder of sample data.

    Raises:
        UsageError: it is too large.

    """
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    inside = [(SAMPLE if file == path else f"{SAMPLE}/{file.relative_to(path).as_posix()}") for file in files]
    contents = [file.read_bytes() for file in files]
    if (size := sum(map(len, contents))) > LARGEST:
        sample = job_of(config).sample
        raise UsageError(
            f"The sample data {sample} of the job {config.service_name} has {size:,} bytes; a cluster takes at most "
            f"{LARGEST:,}.",
            "Name less sample data in ml-cicd.toml: `sample` of the job.",
        )
    data = {f"file-{number}": base64.b64encode(content).decode() for number, content in enumerate(contents)}
    paths = {f"file-{number}": place for number, place in enumerate(inside)}
    return _config_map(config, environment, SAMPLE, data, {names.PATHS: json.dumps(paths)})


def output_of(config: Config, environment: Environment, archive: bytes) -> Manifest:
    """Return a ConfigMap with what a job left, as a tar."""
    return _config_map(config, environment, OUTPUT, {ARCHIVE: base64.b64encode(archive).decode()}, {})


def config_map_name(config: Config, purpose: str) -> str:
    """Return the name of a ConfigMap of the proof."""
    return f"{config.service_name}-{purpose}"


def job_of(config: Config) -> Job:
    """Return the job of a configuration that has one."""
    assert config.job is not None  # noqa: S101 -- callers have asked
    return config.job


def _config_map(
    config: Config, environment: Environment, purpose: str, data: dict[str, str], annotations: dict[str, str]
) -> Manifest:
    marks = {**objects.labels(config, environment), names.ROLE: names.CANDIDATE}
    metadata = {"name": config_map_name(config, purpose), "labels": marks, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": data}


def _words(command: Sequence[str]) -> list[str]:
    return [objects.literal(word) for word in command]
