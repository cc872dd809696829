"""Every workflow and action keeps the rules, and each breach of a rule is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.static.rules import interface, invariants, promotions, release, wording
from tests.static.rules.interface import json_of, outputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.static.support.kit import Finding, Kit

    Rule = Callable[[Kit], Iterator[Finding]]

RULES: dict[str, Rule] = {
    rule.__name__: rule for module in (invariants, interface, wording, promotions, release) for rule in module.RULES
}
CI, DEPLOY, PRODUCTION, STAGING, OWN, RELEASE = (
    f".github/workflows/{name}.yml" for name in ("ci", "deploy", "production", "staging", ".test", ".release")
)
RECORD, VERIFY, TEST, CONCLUDE = (
    f"actions/{name}/action.yml" for name in ("record", "verify", "run-tests", "conclude")
)
PIN = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
CHOSEN = "    runs-on: ${{ fromJSON(inputs.runs-on) }}\n"


class Breach(NamedTuple):
    """A change to one file, and what the rule then says."""

    rule: str
    file: str
    old: str
    new: str
    says: str


BREACHES = (
    Breach("siblings", CI, PIN, "actions/checkout@v7", "neither"),
    Breach("siblings", CI, PIN, PIN.replace(" # v7.0.1", ""), "neither"),
    Breach("siblings", CI, PIN, PIN.replace("actions/", "docker/"), "neither"),
    Breach("siblings", CI, "$/actions/run-tests", "./actions/run-tests", "neither"),
    Breach("siblings", CI, "$/actions/run-tests", "$/actions/run-test", "$/actions/run-test: siblings: does not exist"),
    Breach(
        "one_level", CI, "  ci-passed:\n", "  x:\n    uses: $/.github/workflows/deploy.yml\n  ci-passed:\n", "job x"
    ),
    Breach("one_level", RECORD, "      shell: bash\n", "      uses: $/actions/setup\n", "uses $/actions/setup"),
    Breach("scripts", RECORD, '"$OUTCOME"', "'${{ inputs.outcome }}'", "has an expression"),
    Breach("scripts", CI, "uses: $/actions/run-tests", "run: make", "has the script 'make'"),
    Breach("jobs", CI, "    timeout-minutes: 5\n", "", "job ci-passed: jobs: has no timeout-minutes"),
    Breach("jobs", CI, "    name: ci-passed\n", "", "job ci-passed: jobs: has no name"),
    Breach("jobs", CI, "    permissions: {}\n", "", "job ci-passed: jobs: has no permissions"),
    Breach("jobs", CI, "permissions: {}\n", "permissions: read-all\n", "are not {} at the top"),
    Breach("jobs", CI, "\njobs:\n", "\nconcurrency: x\njobs:\n", "a run that waits"),
    Breach(
        "jobs",
        DEPLOY,
        "    name: Deploy the release\n",
        "    name: Deploy the release\n    concurrency: x\n",
        "the target's lock is the mutex",
    ),
    Breach("jobs", CI, CHOSEN, f"{CHOSEN}    continue-on-error: true\n", "continues on error"),
    Breach("hidden", CI, "\njobs:\n", "\nenv: {A: b}\njobs:\n", "env: hidden: reaches every job"),
    Breach("hidden", CI, CHOSEN, f"{CHOSEN}    env: {{A: b}}\n", "job test: hidden: env reaches every step"),
    Breach("reasons", CI, "contents: read # to check out the code", "contents: read", "contents: read: reasons"),
    Breach("steps", CI, "name: Run the unit tests in the image", "name: unit tests", "'unit tests'"),
    Breach("steps", CI, "id: checks", "id: tests", "step tests: steps: has the id of another step"),
    Breach("checkouts", CI, "persist-credentials: false", "persist-credentials: true", "job test"),
    Breach("checkouts", CI, "${{ inputs.lfs }}", "true", "lfs is not the input of that name"),
    Breach("checkouts", CI, "          submodules: ${{ inputs.submodules }}\n", "", "submodules is not the input"),
    Breach("untrusted", CI, "${{ inputs.directory }}", "${{ github.head_ref }}", "reads github.head_ref"),
    Breach(
        "undeclared", CI, "inputs.directory", "inputs.folder", "inputs.folder: undeclared: is used and not declared"
    ),
    Breach("steps", CI, "id: tests\n", "id: tests\n        continue-on-error: true\n", "continues on error"),
    Breach("undeclared", DEPLOY, "secrets.REGISTRY_TOKEN", "secrets.TOKEN", "secrets.TOKEN: undeclared"),
    Breach("undeclared", TEST, "inputs.image", "inputs.picture", "inputs.picture: undeclared"),
    Breach(
        "directories",
        CI,
        "        uses: $/actions/run-tests\n        with:\n          directory: ${{ inputs.directory }}\n",
        "        uses: $/actions/run-tests\n        with:\n",
        "the step 'Run the unit tests in the image' drops the directory",
    ),
    Breach(
        "names_kept", VERIFY, "steps.verify.outputs.release", "steps.verify.outputs.test", "the output release takes"
    ),
    Breach(
        "names_kept", DEPLOY, "needs.verify.outputs.release", "needs.verify.outputs.test", "the output release takes"
    ),
    Breach("shells", TEST, "shell: bash", "shell: sh", "shells: runs in sh"),
    Breach("own_tests", OWN, "  pull_request:\n", "", "on: own-tests"),
    Breach("own_tests", OWN, "branches: [main]", "branches: [develop]", "on: own-tests"),
    Breach("own_tests", OWN, "run: .ci/run", "run: .ci/run || true", "does not run .ci/run"),
    Breach("own_tests", OWN, "run: make test-fast", "run: make test-fast || true", "runs 'make test-fast || true'"),
    Breach("own_tests", OWN, "CLUSTER=tests/tools/kind", "", "does not run make cluster CLUSTER=tests/tools/kind"),
    Breach("own_tests", OWN, "  workflow_dispatch:\n", "", "can't be started by hand"),
    Breach("undeclared", RELEASE, "inputs.version", "inputs.tag", "inputs.tag: undeclared"),
    Breach("release", RELEASE, "  workflow_dispatch:\n", "  push:\n  workflow_dispatch:\n", "otherwise than by hand"),
    Breach("release", RELEASE, "    needs: [check]\n", "", "another time or place"),
    Breach("release", RELEASE, "    environment: release\n", "    environment: ledger\n", "another time or place"),
    Breach("release", RELEASE, " --dry-run", "", "--commit"),
    Breach("release", RELEASE, "GITHUB_TOKEN: ${{ github.token }}", "A: b", "the step 'Check version"),
    Breach("release", RELEASE, "permission-workflows", "permission-administration", "the step 'Get a token"),
    Breach(
        "release",
        RELEASE,
        "        if: ${{ steps.tag.outputs.attests == 'true' }}\n",
        "",
        "the step 'Attest the record",
    ),
    Breach("release", RELEASE, "VERSION: ${{ inputs.version }}", "VERSION: ${{ needs.x.result }}", "needs.x.result"),
    Breach("declared", CI, "      directory:\n", "      project_directory:\n", "is not kebab-case"),
    Breach("declared", DEPLOY, "false\n    outputs:", "true\n    outputs:", "secret LEDGER_KEY: declared: is required"),
    Breach("declared", CI, "        type: string\n", "", "input directory: declared: has no type"),
    Breach("declared", CI, "        default: .\n", "", "has a default unless"),
    Breach(
        "declared",
        DEPLOY,
        "        required: true\n",
        "        required: true\n        default: x\n",
        "has a default unless",
    ),
    Breach(
        "declared", CI, "for example `projects/flights`.", "e.g. x", "input directory: declared: needs a description"
    ),
    Breach("declared", RECORD, "the output `outcome` of the action deploy.", "its output", "input outcome: declared"),
    Breach("used", CI, "${{ inputs.timeout-minutes }}", "30", "input timeout-minutes: used: is used by no job"),
    Breach(
        "used", DEPLOY, "      REGISTRY_TOKEN:\n", "      OTHER_TOKEN:\n", "secret OTHER_TOKEN: used: is used by no"
    ),
    Breach("runners", CI, CHOSEN, "    runs-on: ubuntu-24.04\n", "job test: runners"),
    Breach("runners", CI, """'["ubuntu-24.04"]'""", "ubuntu-24.04", "its default is no JSON array"),
    Breach("given", CI, "          image: ${{", "          images: ${{", "the action run-tests has no input images"),
    Breach(
        "given", CI, "          image: ${{", "          images: ${{", "the action run-tests requires the input image"
    ),
    Breach(
        "given",
        CI,
        "steps.tests.outputs.coverage",
        "steps.tests.outputs.test",
        "no step makes steps.tests.outputs.test",
    ),
    Breach(
        "passed_on", TEST, "IMAGE: ${{ inputs.image }}", "IMAGE: latest", "input image: passed-on: is in no step's env"
    ),
    Breach("passed_on", TEST, ' --image "$IMAGE"', "", '"$IMAGE" is not in its command'),
    Breach("passed_on", TEST, "        IMAGE: ${{ inputs.image }}\n", "", '"$IMAGE" is not in its env'),
    Breach("passed_on", TEST, '"$IMAGE"', "$IMAGE", '"$IMAGE" is not in its command'),
    Breach("commands", TEST, "run: exec ml-cicd test", "run: exec ml-cicd tests", "is no command of ml-cicd"),
    Breach("commands", TEST, "run: exec ml-cicd test", "run: pytest", "is no command of ml-cicd"),
    Breach("commands", TEST, "run: exec ml-cicd", "run: ml-cicd", "does not begin with exec"),
    Breach("commands", TEST, "--image", "--img-name", "test: --image (the build image"),
    Breach("commands", TEST, "--directory", "--folder", "test does not know: --folder"),
    Breach("commands", VERIFY, 'default: "false"', 'default: "no"', "--backwards is 'no'; write true or false"),
    Breach("commands", TEST, "cicd/bootstrap.py", "cicd/install.py", "runs the bootstrap"),
    Breach("commands", TEST, 'bootstrap.py" test', 'bootstrap.py" conclude', "runs the bootstrap for its command"),
    Breach("commands", TEST, 'bootstrap.py" test', 'bootstrap.py"', "runs the bootstrap for its command"),
    Breach("made", TEST, "steps.tests.outputs.tests", "steps.tests.outputs.count", "no command of the action sets"),
    Breach("made", RECORD, "  sha256:\n", "  hash:\n", "output sha256: made: `ml-cicd record` sets it"),
    Breach(
        "encoded",
        CI,
        "encoded-checks: ${{ steps.checks.outputs.encoded-checks }}",
        "checks: ${{ steps.checks.outputs.checks }}",
        "job test: encoded: has secrets, and hands on checks as JSON",
    ),
    Breach(
        "encoded",
        DEPLOY,
        "      outcome: ${{ steps.deploy.outputs.outcome }}",
        "      outcome: ${{ toJSON(steps.deploy) }}",
        "job deploy: encoded: has secrets, and hands on outcome as JSON",
    ),
    Breach("encoded", RECORD, "Number of the new", "Number as JSON of the new", "output entry: encoded: is JSON, or"),
    Breach("encoded", TEST, "unit tests as JSON", "unit tests", "output tests: encoded: is JSON, or only described"),
    Breach("tokens", TEST, "IMAGE: ${{ inputs.image }}", "GITHUB_TOKEN: ${{ github.token }}", "needs no GITHUB_TOKEN"),
    Breach("tokens", RECORD, "        GITHUB_TOKEN: ${{ inputs.token }}\n", "", "needs the GITHUB_TOKEN"),
    Breach("tokens", RECORD, "        REGISTRY_TOKEN: ${{ inputs.registry-token }}\n", "", "needs the REGISTRY_TOKEN"),
    Breach("last_job", DEPLOY, "needs: [verify, deploy, record]", "needs: [verify, deploy]", "does not need record"),
    Breach("last_job", DEPLOY, "if: always()", "if: success()", "does not always run"),
    Breach("last_job", DEPLOY, "${{ jobs.conclude.outputs.url }}", "${{ jobs.deploy.outputs.url }}", "the output url"),
    Breach(
        "last_job", DEPLOY, "      entry: ${{ needs.record.outputs.entry }}\n", "", "does not export the output entry"
    ),
    Breach("last_job", CI, "stage: ci\n", "stage: staging\n", "does not conclude"),
    Breach("last_job", CI, "on-error: true\n", "on-error: false\n", "does not leave what the run says"),
    Breach("last_job", CI, "steps.conclude.outputs.report", "steps.conclude.outputs.artifact", "does not leave"),
    Breach("last_job", DEPLOY, "needs: ${{ toJSON(needs) }}", "needs: '{}'", "does not conclude"),
    Breach(
        "descriptions", CI, "Time limit in minutes for each job that builds, tests or deploys.", "The limit.", "fewer"
    ),
    Breach(
        "descriptions",
        RECORD,
        "Number of the new ledger entry, counted for each environment, for example 12.",
        "SHA-256 of the new ledger entry, as 64 hexadecimal digits.",
        "output entry: descriptions: has the description of sha256",
    ),
    Breach(
        "descriptions",
        RECORD,
        "If empty, entries are not",
        "Entries are else not",
        "ledger-key: descriptions: does not",
    ),
    Breach(
        "descriptions", DEPLOY, "If empty, there are none.", "It is optional.", "secret APP_SECRETS: descriptions: does"
    ),
    Breach(
        "same_descriptions",
        CI,
        "Time limit in minutes for each job that builds",
        "Time limit in minutes for any job that builds",
        "input timeout-minutes: same-descriptions: 2 descriptions",
    ),
    Breach("job_names", DEPLOY, "    name: Verify the promotion\n", "    name: Verify\n", "is named 'Verify'"),
    Breach(
        "step_names", RECORD, "Run the command ml-cicd record", "Write the outcome down", "'Write the outcome down'"
    ),
    Breach(
        "step_names", CI, "name: Build the image\n", "name: Run the command ml-cicd build\n", "an action has a step"
    ),
    Breach("likeness", STAGING, "timeout-minutes: 10\n", "timeout-minutes: 11\n", "+    timeout-minutes: 10: likeness"),
    Breach(
        "likeness",
        DEPLOY,
        "      contents: write # to push the ledger entry\n",
        "      contents: write # to write\n",
        "+      contents: write # to write: likeness: is no listed difference from production.yml",
    ),
    Breach("likeness", PRODUCTION, "  deploy:\n", "  deploy: # here\n", "-  deploy: # here: likeness"),
    Breach(
        "likeness",
        PRODUCTION,
        "        default: Production\n",
        "        default: Staging\n",
        "production.yml: +        default: Staging: likeness",
    ),
    Breach(
        "likeness",
        STAGING,
        "          environment: staging\n",
        "          environment: production\n",
        "the environment that is verified, deployed and recorded: likeness: stands there 2 times, not 3",
    ),
)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule_holds(kit: Kit, rule: Rule) -> None:
    assert [str(finding) for finding in rule(kit)] == []


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.rule}: {breach.says}")
def test_breach_is_found(kit: Kit, breach: Breach) -> None:
    problems = [str(finding) for finding in RULES[breach.rule](kit.edited(breach.file, breach.old, breach.new))]
    assert any(breach.says in one for one in problems), problems


def test_every_rule_has_a_breach() -> None:
    assert {breach.rule for breach in BREACHES} == set(RULES)


def test_command_outputs_are_read_from_code() -> None:
    assert (json_of("test"), json_of("check"), json_of("verify")) == ({"tests"}, {"checks"}, set())
    assert outputs_of("verify") == {"commit", "release", "test", "result"}
