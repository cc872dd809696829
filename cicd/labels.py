"""Labels that containers, networks, volumes, images and cluster objects carry: every name of one stands here."""

from __future__ import annotations

import os

from cicd import variables

PROJECT = "ml-cicd.project"
ENVIRONMENT = "ml-cicd.environment"
ROLE = "ml-cicd.role"
"""What it is for: `service`, `candidate`, `proxy`, `lock`, `network`, `registry`, `training`, `tool`, `tests-<suite>`,
`check-<name>`."""
SERVICE, CANDIDATE, PROXY, LOCK, NETWORK = "service", "candidate", "proxy", "lock", "network"
REGISTRY, TRAINING, TOOL = "registry", "training", "tool"
"""The values of the label `ROLE`."""

RELEASE = "ml-cicd.release"
"""The release image, as `repository@sha256:...`."""
COMMIT = "ml-cicd.commit"
ENTRY = "ml-cicd.entry"
"""The ledger entry that accepted the release, as `staging/3@<sha256>`."""
AFTER = "ml-cicd.after"
"""The newest ledger entry of the environment when the deployment began."""
ACTOR = "ml-cicd.actor"
SETTINGS = "ml-cicd.settings"
"""A hash of the environment's settings with which a container was made."""
SETTLED = "ml-cicd.settled"
"""Whether every pod of the release was healthy: `true` or `false`."""
CONTENT = "ml-cicd.content"
"""A hash of the manifests of a release."""
PORT = "ml-cicd.port"
"""The port that a proxy was given and keeps."""
HOLDER = "ml-cicd.holder"
"""Begins the labels that name the holder of a lock."""

BUNDLE = "ml-cicd.bundle"
"""The model bundle in a release image, as `repository@sha256:...`."""
DATA = "ml-cicd.data"
"""The digest of the data that trained the model in a release image."""
TRAINED_IN = "ml-cicd.trained-in"
"""The id of the image in which a bundle was trained."""
REVISION = "org.opencontainers.image.revision"
TITLE = "org.opencontainers.image.title"

INSTANCE = "ml-cicd.instance"
"""The local forge that something belongs to."""
RUN = "ml-cicd.run"
"""The number of the local run that made it."""


def of_this_run() -> dict[str, str]:
    """Return the labels that say which run of which local forge makes a container; empty outside of such a run."""
    values = {
        INSTANCE: os.environ.get(variables.ML_CICD_INSTANCE, ""),
        RUN: os.environ.get(variables.ML_CICD_FORGE_RUN, ""),
    }
    return {label: value for label, value in values.items() if value}
