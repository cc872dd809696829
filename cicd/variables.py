"""Environment variables that the kit reads or sets: every name of one stands here, and is its own value.

Import the module, not its names: `variables.LEDGER_KEY` shows a reader, and a test, who reads a secret.
"""

from __future__ import annotations

# The runner's.
GITHUB_ACTIONS = "GITHUB_ACTIONS"
GITHUB_ACTOR = "GITHUB_ACTOR"
GITHUB_API_URL = "GITHUB_API_URL"
GITHUB_EVENT_NAME = "GITHUB_EVENT_NAME"
GITHUB_EVENT_PATH = "GITHUB_EVENT_PATH"
"""The file with the event of the run, as JSON."""
GITHUB_OUTPUT = "GITHUB_OUTPUT"
GITHUB_PATH = "GITHUB_PATH"
GITHUB_REPOSITORY = "GITHUB_REPOSITORY"
GITHUB_RUN_ID = "GITHUB_RUN_ID"
GITHUB_SERVER_URL = "GITHUB_SERVER_URL"
GITHUB_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
GITHUB_TRIGGERING_ACTOR = "GITHUB_TRIGGERING_ACTOR"
GITHUB_WORKSPACE = "GITHUB_WORKSPACE"
RUNNER_TEMP = "RUNNER_TEMP"
"""A folder of the job, which the runner empties."""
RUNNER_ENVIRONMENT = "RUNNER_ENVIRONMENT"
"""`github-hosted` or `self-hosted`."""

# The runner's, in jobs with the permission `id-token: write`.
ACTIONS_ID_TOKEN_REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"  # noqa: S105 -- a name, as are the next
ACTIONS_ID_TOKEN_REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105

# Secrets, which a workflow maps into the one step that needs them.
GITHUB_TOKEN = "GITHUB_TOKEN"  # noqa: S105
REGISTRY_TOKEN = "REGISTRY_TOKEN"  # noqa: S105
LEDGER_KEY = "LEDGER_KEY"
"""The private key that signs ledger entries, as PEM."""
DEPLOY_SSH_KEY = "DEPLOY_SSH_KEY"
"""The private key for the environment's `host`."""
KUBECONFIG_TEXT = "KUBECONFIG_TEXT"
"""The content of a kubeconfig."""
APP_SECRETS = "APP_SECRETS"
"""The secrets of the deployed service, as one JSON object."""
BUILD_SECRETS = "BUILD_SECRETS"
"""The secrets of builds, as one JSON object."""
TRAIN_SECRETS = "TRAIN_SECRETS"
"""The secrets of training, and of what fetches a model, as one JSON object."""

# Where to find things other than by default; a local forge sets these for its runs.
ML_CICD_REGISTRY = "ML_CICD_REGISTRY"
"""The registry that stands in for the configured one."""
ML_CICD_BASE = "ML_CICD_BASE"
"""The base image of builds, in place of the Dockerfile's default."""
ML_CICD_PROXY = "ML_CICD_PROXY"
"""The HAProxy image of the docker target."""
ML_CICD_INSTANCE = "ML_CICD_INSTANCE"
"""The local forge that runs this."""
ML_CICD_FORGE_RUN = "ML_CICD_FORGE_RUN"
"""The number of the local run."""
ML_CICD_ARTIFACTS = "ML_CICD_ARTIFACTS"
"""The folder in which the local run keeps what its jobs upload."""

# What the kit gives to releases, to the `command` target's tool, and to tests.
ML_CICD_PROJECT = "ML_CICD_PROJECT"
ML_CICD_ENVIRONMENT = "ML_CICD_ENVIRONMENT"
ML_CICD_RELEASE = "ML_CICD_RELEASE"
ML_CICD_DIGEST = "ML_CICD_DIGEST"
ML_CICD_COMMIT = "ML_CICD_COMMIT"
ML_CICD_PREVIOUS = "ML_CICD_PREVIOUS"
ML_CICD_ACTOR = "ML_CICD_ACTOR"
ML_CICD_SAMPLE = "ML_CICD_SAMPLE"
"""Where the proof of a batch job finds its sample data."""
ML_CICD_EVALUATION_SET = "ML_CICD_EVALUATION_SET"
"""Where the command `evaluate` finds the evaluation set: a file or a folder."""
ML_CICD_PREDICTIONS = "ML_CICD_PREDICTIONS"
"""The folder into which the command `evaluate` writes the predictions."""
ML_CICD_OUTPUT = "ML_CICD_OUTPUT"
"""Where the proof of a batch job leaves what the tests of its release look at."""
JOB_OUTPUT = "JOB_OUTPUT"
"""Where these tests find it; for a job beside the first service or job, its name follows."""
SERVICE_URL = "SERVICE_URL"
EXPECTED_DIGEST = "EXPECTED_DIGEST"
ML_CICD_RESULTS = "ML_CICD_RESULTS"
"""Where a test command writes its JUnit file; pytest is told by PYTEST_ADDOPTS, too."""

# Failpoints, for the crash tests.
ML_CICD_CRASH_AT = "ML_CICD_CRASH_AT"
ML_CICD_CRASH_SIGNAL = "ML_CICD_CRASH_SIGNAL"
ML_CICD_CRASH_TRACE = "ML_CICD_CRASH_TRACE"
