"""Every job of every workflow keeps to its trust ring, and each way to break a ring is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.cli import COMMANDS
from tests.static.rules import rings
from tests.static.rules.rings import Ring
from tests.static.support.capabilities import CAPABILITIES, INTERACTIVE

if TYPE_CHECKING:
    from tests.static.support.kit import Kit

CI, INTEGRATION, PRODUCTION, COMMENT = (
    f".github/workflows/{name}.yml" for name in ("ci", "integration", "production", "comment")
)
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
DEPLOY_STEP = "    steps:\n      - name: Deploy the release and test it\n"
RECORD_STEP = "    steps:\n      - name: Record the deployment in the ledger\n"
BUILD_STEP = "    steps:\n      - name: Check out the code\n"
COMMENT_STEP = "    steps:\n      - name: Write what the runs say into the comment\n"
VERIFY_STEP = "    steps:\n      - name: Verify that the commit"


def test_jobs_keep_to_their_rings(kit: Kit) -> None:
    assert [str(finding) for finding in rings.findings(kit)] == []


def test_every_ring_has_jobs(kit: Kit) -> None:
    assert set(rings.rings(kit).values()) == set(Ring)


def test_every_command_is_classified() -> None:
    assert set(CAPABILITIES) | INTERACTIVE == set(COMMANDS)
    assert not set(CAPABILITIES) & INTERACTIVE


def test_no_action_runs_an_interactive_command(kit: Kit) -> None:
    assert {command for action in kit.actions.values() for command in action.commands} == set(CAPABILITIES)


def test_graph_joins_jobs_by_outputs_and_images(kit: Kit) -> None:
    joined = {
        (edge.source.id, edge.target.id, edge.kind)
        for edge in rings.edges(kit)
        if edge.source.file == "integration.yml"
    }
    assert ("build", "deploy", "outputs (needs)") in joined
    assert ("build", "deploy", "an image") in joined


def test_graph_joins_integration_to_ci_by_the_layer_cache(kit: Kit) -> None:
    layers = {(edge.source.file, edge.target.file) for edge in rings.edges(kit) if edge.kind == "the layer cache"}
    assert layers == {("integration.yml", "ci.yml")}


def used(action: str, job_steps: str) -> tuple[str, str]:
    return job_steps, job_steps.replace(
        "    steps:\n", f"    steps:\n      - name: Use {action}\n        uses: {action}\n"
    )


def ran(script: str, job_steps: str) -> tuple[str, str]:
    return job_steps, job_steps.replace("steps:\n", f"steps:\n      - name: Run it\n        run: {script}\n")


BUILD_IMAGE = "        uses: $/actions/build-image\n        with:\n          directory: ${{ inputs.directory }}\n"
DEPLOY_GRANTS = (
    "    permissions:\n"
    "      contents: read # to read the ledger and the configuration\n"
    "      packages: read # to pull the images by digest\n"
    "      id-token: write # to log in to registry and cluster, with what ends with the job\n"
)
GUARDED = f"            ${{{{ ({rings.FROM_REPOSITORY})\n            && secrets.BUILD_SECRETS || '' }}}}\n"
SHA = "0123456789012345678901234567890123456789"
BROKEN = {
    "the project is checked out where it is deployed": (
        PRODUCTION,
        used(CHECKOUT, DEPLOY_STEP),
        "production.yml: job deploy: ring 3: may not check out the project",
    ),
    "the project is checked out where the ledger is written": (
        PRODUCTION,
        used(CHECKOUT, RECORD_STEP),
        "production.yml: job record: ring 2: may not check out the project",
    ),
    "the project is checked out where a promotion is verified": (
        PRODUCTION,
        used(CHECKOUT, VERIFY_STEP),
        "production.yml: job deploy: edge: takes outputs (needs) from production.yml: job verify",
    ),
    "ci may push images": (
        CI,
        ("packages: read # to take", "packages: write # to take"),
        "ci.yml: job test: least-permissions: packages: write is granted, and read",
    ),
    "the release build takes layers by a tag": (
        INTEGRATION,
        (BUILD_IMAGE, f"{BUILD_IMAGE}          use-cache: 'true'\n"),
        "integration.yml: job build: ring 1: may not take layers by a tag",
    ),
    "the release build may take layers by a tag": (
        INTEGRATION,
        (BUILD_IMAGE, f"{BUILD_IMAGE}          use-cache: ${{{{ inputs.use-cache }}}}\n"),
        "integration.yml: job build: ring 1: may not take layers by a tag",
    ),
    "every build takes layers by a tag": (
        "actions/build-image/action.yml",
        ('default: "false"', 'default: "true"'),
        "integration.yml: job build: ring 1: may not take layers by a tag",
    ),
    "code that nobody has reviewed may ask for identity tokens": (
        CI,
        ("      packages: read # to take", "      id-token: write # to log in\n      packages: read # to take"),
        "ci.yml: job test: ring 0T: may not have id-token: write",
    ),
    "the last job may ask for identity tokens": (
        PRODUCTION,
        ("    permissions: {}\n    outputs", "    permissions: {id-token: write}\n    outputs"),
        "production.yml: job conclude: least-permissions: id-token: write is granted, and none",
    ),
    "the comment may ask for identity tokens": (
        COMMENT,
        ("      pull-requests: write", "      id-token: write # to log in\n      pull-requests: write"),
        "comment.yml: job comment: ring C: may not have id-token: write",
    ),
    "a registry can't be reached without a lasting token": (
        PRODUCTION,
        ("      id-token: write # to log in to the registry, with what ends with the job\n", ""),
        "production.yml: job verify: least-permissions: id-token: none is granted, and write is what its steps need",
    ),
    "ci may write to the repository": (
        CI,
        ("contents: read # to", "contents: write # to"),
        "ci.yml: job test: one-ring: is in the rings 0T and 2 at once",
    ),
    "ci has a secret": (
        CI,
        ("directory: ${{ inputs.directory }}", "directory: ${{ secrets.REGISTRY_TOKEN }}"),
        "ci.yml: job test: ring 0T: may not have the secret REGISTRY_TOKEN",
    ),
    "a pull request from a fork gets the build secrets": (
        CI,
        (GUARDED, "            ${{ secrets.BUILD_SECRETS }}\n"),
        "ci.yml: job test: ring 0T: may have a secret as",
    ),
    "a pull request from a fork, under another event, gets the build secrets": (
        CI,
        ("(!github.event.pull_request ||", "(github.event_name != 'pull_request' ||"),
        "ci.yml: job test: ring 0T: may have a secret as",
    ),
    "a pull request from a fork gets the training secrets": (
        CI,
        (GUARDED.replace("BUILD", "TRAIN"), "            ${{ secrets.TRAIN_SECRETS }}\n"),
        "ci.yml: job test: ring 0T: may have a secret as",
    ),
    "ci trains for a release": (
        CI,
        ("uses: $/actions/rehearse", "uses: $/actions/train"),
        "ci.yml: job test: least-permissions: packages: read is granted, and write is what its steps need",
    ),
    "a job without secrets of training names their environment": (
        CI,
        ("    name: ci-passed\n", f"    name: ci-passed\n    environment: {rings.TRAINING}\n"),
        "ci.yml: job ci-passed: ring none: may not name the environment",
    ),
    "ci runs a script beside the build secrets": (
        CI,
        ran("make test", BUILD_STEP),
        "ci.yml: job test: ring 0T: may not have a `run` step",
    ),
    "ci names an environment": (
        CI,
        (f"    environment: {rings.TRAINING}\n", "    environment: production\n"),
        "ci.yml: job test: one-ring: is in the rings 0T and 3 at once",
    ),
    "ci fills a cache": (
        CI,
        used(f"actions/cache@{SHA}", BUILD_STEP),
        "ci.yml: job test: ring 0T: may not use actions/cache:",
    ),
    "ci leaves an artifact": (
        CI,
        used(f"actions/upload-artifact@{SHA}", BUILD_STEP),
        "ci.yml: job test: ring 0T: may not use actions/upload-artifact",
    ),
    "the concluding job leaves an artifact where the ledger is written": (
        INTEGRATION,
        used(f"actions/upload-artifact@{SHA}", RECORD_STEP),
        "integration.yml: job record: ring 2: may not use actions/upload-artifact",
    ),
    "the comment checks out the project": (
        COMMENT,
        used(CHECKOUT, COMMENT_STEP),
        "comment.yml: job comment: ring C: may not check out the project",
    ),
    "the comment runs a script": (
        COMMENT,
        ran("./comment.sh", COMMENT_STEP),
        "comment.yml: job comment: ring C: may not have a `run` step",
    ),
    "the comment has a secret": (
        COMMENT,
        ("uses: $/actions/comment", "uses: $/actions/comment\n        with: {token: '${{ secrets.REGISTRY_TOKEN }}'}"),
        "comment.yml: job comment: ring C: may not have the secret REGISTRY_TOKEN",
    ),
    "the comment may write to the repository": (
        COMMENT,
        ("      actions: read", "      contents: write # to push\n      actions: read"),
        "comment.yml: job comment: one-ring: is in the rings 2 and C at once",
    ),
    "the comment may start workflows": (
        COMMENT,
        ("actions: read", "actions: write"),
        "comment.yml: job comment: one-ring: is in the rings 2 and C at once",
    ),
    "the comment takes a title": (
        COMMENT,
        ("/actions/comment", "/actions/comment\n        with: {token: '${{ github.event.pull_request.title }}'}"),
        "comment.yml: job comment: taken: `token` takes github.event.pull_request.title",
    ),
    "a comment is written by the job that tests": (
        CI,
        ("      contents: read # to", "      pull-requests: write # to\n      contents: read # to"),
        "ci.yml: job test: one-ring: is in the rings 0T and C at once",
    ),
    "a release takes what a comment says": (
        COMMENT,
        ("      pull-requests: write", "      packages: write # to push\n      pull-requests: write"),
        "comment.yml: job comment: least-permissions: packages: write is granted, and none",
    ),
    "ci releases": (
        CI,
        ("uses: $/actions/run-checks", "uses: $/actions/release"),
        "ci.yml: job test: least-permissions: packages: read is granted, and write is what its steps need",
    ),
    "the deploying job may write to the repository": (
        PRODUCTION,
        (DEPLOY_GRANTS, DEPLOY_GRANTS.replace("contents: read", "contents: write")),
        "production.yml: job deploy: one-ring: is in the rings 2 and 3 at once",
    ),
    "the deploying job has everything": (
        PRODUCTION,
        (DEPLOY_GRANTS, "    permissions: write-all\n"),
        "production.yml: job deploy: ring 3: may not have everything: write",
    ),
    "the deploying job runs the project's tests": (
        PRODUCTION,
        ("uses: $/actions/deploy", "uses: $/actions/run-tests"),
        "production.yml: job deploy: ring 3: may not run `ml-cicd test`",
    ),
    "the deploying job runs a script": (
        PRODUCTION,
        ran("./deploy.sh", DEPLOY_STEP),
        "production.yml: job deploy: ring 3: may not have a `run` step",
    ),
    "the deploying job records as well": (
        PRODUCTION,
        used("$/actions/record", DEPLOY_STEP),
        "production.yml: job deploy: ring 3: runs the command `ml-cicd deploy` alone",
    ),
    "the deploying job is given a secret of nobody": (
        PRODUCTION,
        ("${{ secrets.APP_SECRETS }}\n\n  record:", "${{ secrets.SIGNING_KEY }}\n\n  record:"),
        "production.yml: job deploy: ring 3: may not have the secret SIGNING_KEY",
    ),
    "the deploying job downloads an artifact": (
        PRODUCTION,
        used(f"actions/download-artifact@{SHA}", DEPLOY_STEP),
        "production.yml: job deploy: ring 3: may not use actions/download-artifact",
    ),
    "another workflow gets the token of the kit's release": (
        PRODUCTION,
        used(f"actions/create-github-app-token@{SHA}", DEPLOY_STEP),
        "production.yml: job deploy: ring 3: may not use actions/create-github-app-token",
    ),
    "the environment moves to the recording job": (
        PRODUCTION,
        ("    environment: ledger\n", "    environment: production\n"),
        "production.yml: job record: one-ring: is in the rings 2 and 3 at once",
    ),
    "the signing key is had without its environment": (
        PRODUCTION,
        ("    environment: ledger\n", ""),
        "production.yml: job record: ring 2: may have LEDGER_KEY in the environment ledger only",
    ),
    "two jobs name the environment": (
        PRODUCTION,
        ("    name: Verify the promotion\n", "    name: Verify the promotion\n    environment: production\n"),
        "production.yml: job deploy: one-environment: job verify names an environment already",
    ),
    "the recording job runs the project's tests": (
        PRODUCTION,
        ("uses: $/actions/record", "uses: $/actions/run-tests"),
        "production.yml: job record: ring 2: may not run `ml-cicd test`",
    ),
    "the recording job takes what somebody typed": (
        PRODUCTION,
        ("outcome: ${{ needs.deploy.outputs.outcome }}", "outcome: ${{ github.event.head_commit.message }}"),
        "production.yml: job record: taken: `outcome` takes github.event.head_commit.message",
    ),
    "the recording job takes an output of a script": (
        PRODUCTION,
        ("outcome: ${{ steps.deploy.outputs.outcome }}", "outcome: ${{ github.head_ref }}"),
        "production.yml: job record: taken: `outcome` takes needs.deploy.outputs.outcome",
    ),
    "the release build restores a cache": (
        INTEGRATION,
        used(f"actions/cache@{SHA}", BUILD_STEP),
        "integration.yml: job build: ring 1: may not use actions/cache",
    ),
    "the release build may write to the repository": (
        INTEGRATION,
        ("contents: read # to check", "contents: write # to check"),
        "integration.yml: job build: one-ring: is in the rings 1 and 2 at once",
    ),
    "the release build has an environment": (
        INTEGRATION,
        ("    name: Test, train and build the release\n", "    name: Build\n    environment: ledger\n"),
        "integration.yml: job build: one-ring: is in the rings 1 and 2 at once",
    ),
    "the release build runs code of the project on the host": (
        INTEGRATION,
        ran("make test", BUILD_STEP),
        "integration.yml: job build: ring 1: may not have a `run` step",
    ),
    "the release build has a deployment's secret": (
        INTEGRATION,
        ("          bundle: ${{ steps.train.outputs.bundle }}", "          bundle: ${{ secrets.KUBECONFIG }}"),
        "integration.yml: job build: ring 1: may not have the secret KUBECONFIG",
    ),
    "a deployment takes from a job of ring 0": (
        INTEGRATION,
        ("      packages: write # to push the images\n", ""),
        "integration.yml: job deploy: edge: takes outputs (needs) from integration.yml: job build, which is in ring 0",
    ),
    "a deployment takes from a job of ring 0 through one that only reads": (
        PRODUCTION,
        (
            "  verify:\n    name: Verify the promotion\n",
            (
                "  build:\n    permissions: {}\n    steps:\n      - uses: $/actions/build-image\n"
                "  verify:\n    name: Verify the promotion\n    needs: [build]\n"
            ),
        ),
        "production.yml: job deploy: edge: takes outputs (needs) from production.yml: job verify",
    ),
    "the deploying job is given all secrets": (
        PRODUCTION,
        ("${{ secrets.APP_SECRETS }}\n\n  record:", "${{ toJSON(secrets) }}\n\n  record:"),
        "production.yml: job deploy: ring 3: may not have the secret (all of them)",
    ),
    "the last job may write": (
        PRODUCTION,
        ("    permissions: {}\n    outputs", "    permissions: {issues: write}\n    outputs"),
        "production.yml: job conclude: least-permissions: issues: write is granted",
    ),
    "a job forgets its permissions": (
        CI,
        ("    permissions: {}\n    outputs", "    outputs"),
        "ci.yml: job ci-passed: least-permissions: everything: write-all is granted",
    ),
    "secrets are inherited": (
        CI,
        ("  ci-passed:\n", "  more:\n    uses: $/x.yml\n    secrets: inherit\n  ci-passed:\n"),
        "ci.yml: job more: inherit: secrets are mapped by name, never inherited",
    ),
    "a pull request runs with the repository's rights": (
        CI,
        ("on:\n", "on:\n  pull_request_target:\n"),
        "ci.yml: on: trigger: pull_request_target",
    ),
    "a job runs in somebody's image": (
        PRODUCTION,
        ("    name: Record the deployment\n", "    name: Record the deployment\n    container: alpine\n"),
        "production.yml: job record: ring 2: may not run in or beside",
    ),
}


@pytest.mark.parametrize(("file", "edit", "finding"), BROKEN.values(), ids=BROKEN)
def test_broken_ring_is_found(kit: Kit, file: str, edit: tuple[str, str], finding: str) -> None:
    problems = [str(one) for one in rings.findings(kit.edited(file, *edit))]
    assert any(one.startswith(finding) for one in problems), problems
