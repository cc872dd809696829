"""Labels that containers, networks, volumes, images and cluster objects carry: every name of one stands here."""

from __future__ import annotations

import os

from cicd import variables

PROJECT = "ml-cicd.project"
DELIVERABLE = "ml-cicd.deliverable"
"""The service that a container belongs to, in an environment with several; the first service has no such label."""
ENVIRONMENT = "ml-cicd.environment"
ROLE = "ml-cicd.role"
"""What it is for: `service`, `candidate`, `proxy`, `lock`, `network`, `registry`, `training`, `tool`, `evaluation`,
`tests-<suite>`, `check-<name>`."""
SERVICE, CANDIDATE, PROXY, LOCK, NETWORK = "service", "candidate", "proxy", "lock", "network"
REGISTRY, TRAINING, TOOL, EVALUATION = "registry", "training", "tool", "evaluation"
"""The values of the label `ROLE`."""

RELEASE = "ml-cicd.release"
"""The release image, as `repository@sha256:...`."""
COMMIT = "ml-cicd.commit"
ENTRY = "ml-cicd.entry"
"""The ledger entry that accepted the release, as `staging/3@<sha256>`."""
AFTER = "ml-cicd.after"
"""The newest ledger entry of the environment when the deployment began."""
ACTOR = "ml-cicd.actor"
ACTION = "ml-cicd.action"
"""Whether the release was deployed or rolled back to: `deploy` or `rollback`."""
TEST = "ml-cicd.test"
"""The test image of the release, as `repository@sha256:...`."""
STARTED = "ml-cicd.started"
"""When the deployment began, ISO 8601 in UTC: as its entry of the ledger says."""
WORKFLOW_RUN = "ml-cicd.workflow-run"
"""The web address of the workflow run that deployed the release."""
SETTINGS = "ml-cicd.settings"
"""A hash of the environment's settings with which a container was made."""
SETTLED = "ml-cicd.settled"
"""Whether every pod of the release was healthy: `true` or `false`."""
CONTENT = "ml-cicd.content"
"""A hash of the manifests of a release."""
BEFORE = "ml-cicd.before"
"""The CronJob of the release before, as JSON: a cluster keeps none itself."""
PATHS = "ml-cicd.paths"
"""The path of each file of a job's sample data, as a JSON object by key."""
PORT = "ml-cicd.port"
"""The port that a proxy was given and keeps."""
HOLDER = "ml-cicd.holder"
"""Begins the labels that name the holder of a lock."""

PROCESS = "ml-cicd.process"
"""The process whose command a container runs, as `<id>@<start time>@<PID namespace>`."""
MACHINE = "ml-cicd.machine"
"""The host name of the machine on which that process runs."""

BUNDLE = "ml-cicd.bundle"
"""The model bundle in a release image, as `repository@sha256:...`."""
DATA = "ml-cicd.data"
"""The digest of the data that trained the model in a release image."""
BUNDLE_KEY = "ml-cicd.bundle-key"
"""The key of a bundle: a hash of all that it was trained from."""
EVALUATION_SET = "ml-cicd.evaluation-set"
"""The SHA-256 of the files of an evaluation set."""
DELIVERABLES = "ml-cicd.deliverables"
"""The images of the other services of a release, as a JSON object by name; an empty one is the release image itself."""
PACKAGES = "ml-cicd.packages"
"""The image with the wheels that belong to a release image, as `repository@sha256:...`."""
WHEELS = "ml-cicd.wheels"
"""The SHA-256 of each of these wheels, as a JSON object by file name."""
CONTEXT = "ml-cicd.context"
"""A hash of the build context of a build image."""
TRAINED_IN = "ml-cicd.trained-in"
"""The id of the image in which a bundle was trained."""
REVISION = "org.opencontainers.image.revision"
TITLE = "org.opencontainers.image.title"

INSTANCE = "ml-cicd.instance"
"""The local forge that something belongs to."""
BUILT_BY = "ml-cicd.built-by"
"""The local forge that built an image; containers inherit the labels of their image, so it is not `INSTANCE`."""
RUN = "ml-cicd.run"
"""The number of the local run that made it."""


def of_environment(project: str, environment: str, role: str, instance: str, deliverable: str = "") -> dict[str, str]:
    """Return the labels of an object of an environment; `instance` is the local forge that it belongs to, if any."""
    values = {PROJECT: project, ENVIRONMENT: environment, ROLE: role, INSTANCE: instance, DELIVERABLE: deliverable}
    return {label: value for label, value in values.items() if value}


def of_builder() -> dict[str, str]:
    """Return the label that says which local forge builds an image; empty outside of one."""
    instance = os.environ.get(variables.ML_CICD_INSTANCE, "")
    return {BUILT_BY: instance} if instance else {}


def of_this_run() -> dict[str, str]:
    """Return the labels that say which run of which local forge makes a container; empty outside of such a run."""
    values = {
        INSTANCE: os.environ.get(variables.ML_CICD_INSTANCE, ""),
        RUN: os.environ.get(variables.ML_CICD_FORGE_RUN, ""),
    }
    return {label: value for label, value in values.items() if value}
