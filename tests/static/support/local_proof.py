"""What a local run proves of each feature that the YAML uses, and which test proves what `act` can't see.

Each row says which words of `tests.static.support.vocabulary` are its feature; the first row that claims a word has
it. A feature that is used has a proof; one without a proof is one that nothing uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STATIC = "tests/static/test_"
RINGS = f"{STATIC}rings.py::test_jobs_keep_to_their_rings"
CALLERS = f"{STATIC}callers.py::test_callers_fit_the_kit"
UNIT = "tests/unit/test_"
ACT = "tests/act/test_"


def rule(name: str) -> str:
    """Return the test of a rule for every workflow and action."""
    return f"{STATIC}invariants.py::test_rule_holds[{name}]"


def unseen(name: str) -> str:
    """Return the test of a rule for what `act` can't see."""
    return f"{STATIC}unseen.py::test_rule_holds[{name}]"


@dataclass(frozen=True)
class Row:
    """A feature: what `act` does with it, the words that show it, and the tests that prove it."""

    feature: str
    act: str
    words: tuple[str, ...]
    proofs: tuple[str, ...] = ()


UNSEEN = (
    Row("OIDC tokens and attestations of the kit's release, and the token of its App", "has none to give",
        ("own jobs._.permissions.id-token", "own jobs._.permissions.attestations", "own *.uses =actions/attest",
         "own *.with(actions/attest)*", "own *.uses =actions/create-github-app-token",
         "own *.with(actions/create-github-app-token)*"),
        (RINGS, rule("release"))),
    Row("OIDC tokens", "has none to give: a local run logs in as the machine does", ("*permissions.id-token*",),
        (RINGS, CALLERS, f"{UNIT}federation.py::test_registry_login_needs_no_lasting_token")),
    Row("attestations", "has none to give", ("*permissions.attestations",)),
    Row(
        "syntax newer than its schema", "rejects the whole file",
        ("*permissions.artifact-metadata", "*permissions.vulnerability-alerts", "*environment.deployment",
         "*concurrency.queue", "* jobs._.snapshot*", "*{case()}"),
    ),
    Row("`permissions`", "ignores them: a token may do anything", ("* permissions*", "* jobs._.permissions*"),
        (RINGS, CALLERS)),
    Row("`environment`: its secrets, variables, approvals and branch policy", "ignores it", ("* jobs._.environment*",),
        (RINGS, unseen("environments"))),
    Row("`concurrency`", "ignores it", ("* concurrency*", "* jobs._.concurrency*"),
        (rule("jobs"), unseen("concurrency"))),
    Row("`timeout-minutes` of a job", "ignores it", ("* jobs._.timeout-minutes*",),
        (rule("jobs"), unseen("time_limits"))),
    Row("`timeout-minutes` of a step", "ignores fractions of a minute", ("*.steps._.timeout-minutes*",)),
    Row("`continue-on-error` of a job", "ignores it", ("* jobs._.continue-on-error*",)),
    Row("`fail-fast`", "ignores it", ("*.strategy.fail-fast*",)),
    Row("a matrix over a called workflow", "mixes up results and outputs: the last one to end wins",
        ("caller jobs._.strategy*",)),
    Row("`matrix` and `strategy` in a composite action", "leaves them empty",
        ("action *{matrix*", "action *{strategy*")),
    Row("`matrix` and `strategy`", "gives every leg the common result, an empty matrix one leg, `job-index` nothing",
        ("* jobs._.strategy*", "*{matrix*", "*{strategy*")),
    Row("`run-name`", "ignores it", ("* run-name*",)),
    Row("`on.workflow_run` of a caller", "never starts one workflow after another", ("caller on.workflow_run*",),
        (unseen("following"),)),
    Row("`on.workflow_run`", "never starts one workflow after another", ("* on.workflow_run*",)),
    Row("`on.pull_request.types` of a caller", "ignores it: every event starts every workflow",
        ("caller on.pull_request.types",), (unseen("opened"),)),
    Row("`on.*.types`, `paths` and `paths-ignore`", "ignores them: every event starts every workflow",
        ("* on.*.types*", "* on.*.paths*")),
    Row("`on.*.branches`, `tags` and their `-ignore`", "ignores them: every push starts every workflow",
        ("* on.*.branches*", "* on.*.tags*"),
        (f"{STATIC}unseen.py::test_push_starts_the_right_callers", f"{UNIT}act_filters.py::test_documented_examples")),
    Row("`on.merge_group`", "runs the local commit, not that of the queue", ("* on.merge_group",),
        (CALLERS, f"{ACT}triggers.py::test_the_queue_runs_ci")),
    Row("`on.schedule`, `on.repository_dispatch`, `on.release` and other events", "starts them by their name only",
        ("* on.schedule*", "* on.repository_dispatch*", "* on.release*", "* on.merge_group.*", "* on.create*",
         "* on.delete*", "* on.issue*", "* on.pull_request_*")),
    Row("`on.pull_request`", "runs the local commit, not the merge of it", ("* on.pull_request",),
        (RINGS, f"{ACT}triggers.py::test_pull_request_runs_ci_for_forks_alone")),
    Row("boolean inputs", 'takes the text "false" for true', ("* on.workflow_*.inputs._.type =boolean",),
        (rule("checkouts"), f"{UNIT}act_checkout.py::test_lfs_file_stays_a_pointer_by_default")),
    Row("`required`, `type` and `options` of `workflow_dispatch`", "does not enforce them",
        ("caller on.workflow_dispatch.inputs._.required*", "caller on.workflow_dispatch.inputs._.type*",
         "own on.workflow_dispatch.inputs._.required*", "own on.workflow_dispatch.inputs._.type*",
         "caller on.workflow_dispatch.inputs._.options"),
        (unseen("choices"), f"{UNIT}forge_api.py::test_refusal_equals_githubs")),
    Row("`required` and `type` of `workflow_call`, for inputs and secrets", "does not enforce them",
        ("workflow on.workflow_call.*._.required*", "workflow on.workflow_call.*._.type*"),
        (CALLERS, f"{STATIC}callers.py::test_misfit_is_found")),
    Row("`required` of an action's input", "does not enforce it (nor does GitHub)", ("action inputs._.required =true",),
        (rule("given"), f"{ACT}actions.py::test_missing_input_is_usage_error")),
    Row("`secrets: inherit`", "passes all secrets on, and crashes now and then", ("* jobs._.secrets =inherit",)),
    Row("`secrets.GITHUB_TOKEN` in a called workflow", "leaves it empty", ("*{secrets.GITHUB_TOKEN*",)),
    Row("`vars`", "knows only those that it is given: `ml-cicd local up --var NAME=VALUE`", ("*{vars*",),
        (f"{ACT}forge.py::test_repository_variable_is_kept_until_removed",)),
    Row("`services` and `container` in host mode", "starts none, silently",
        ("* jobs._.services*", "* jobs._.container*")),
    Row("`uses: $/...`", "rejects it, so it is given the released form", ("*.uses =$/",),
        (f"{STATIC}parser.py::test_parser_accepts_workflows_and_actions",
         f"{STATIC}parser.py::test_parser_accepts_the_released_form",
         f"{ACT}outputs.py::test_act_rejects_the_source_form")),
    Row("`uses: ./...`", "looks for it in the caller's repository", ("*.uses =./",)),
    Row("a called workflow that calls another", "loses its result and outputs", ("workflow jobs._.uses*",)),
    Row("jobs after a called workflow", "runs none of them if that workflow failed, whatever their `if`",
        ("caller jobs._.needs*", "caller jobs._.if*"), (unseen("after_calls"),)),
    Row("outputs of a job that was skipped", "evaluates their expressions in another job",
        ("* jobs._.if {needs._.outputs._}", "*.steps._.if {needs._.outputs._}"),
        (unseen("skipped"), rule("steps"))),
    Row("`cancelled()` in the `if` of a job", "is false when the run is cancelled", ("* jobs._.if {cancelled()}",),
        (unseen("cancelled"),)),
    Row("`runs-on`", "skips a job without a runner, and ends with 0", ("* jobs._.runs-on*",),
        (rule("runners"), f"{UNIT}act_log.py::test_run_without_proof_is_a_failure")),
    Row("`github.sha`", "is the local HEAD, whatever commit the event names", ("*{github.sha}",),
        (f"{UNIT}forge_payloads.py::test_annotated_tag_names_tag_and_commit",
         f"{ACT}forge.py::test_tag_runs_workflow_on_tagged_commit")),
    Row("`github.event`, `github.repository`, branch names and other text that outsiders write",
        "is what the event file and the variables say",
        ("*{github.event*", "*{github.head_ref}", "*{github.ref*", "*{github.base_ref}",
         "*{github.repository}"),
        (f"{ACT}triggers.py::test_secrets_reach_every_branch_of_the_repository_and_no_fork",
         "tests/static/test_rings.py::test_broken_ring_is_found")),
    Row("`github.workflow*`, `github.triggering_actor`, `job.*`, `runner.*`, `jobs.*.result` and others",
        "leaves them empty, or says something else",
        ("*{github.workflow*", "*{github.triggering_actor}", "*{github.repository_*", "*{github.job_*", "*{job.*",
         "*{runner.*", "*{jobs._.result}")),
    Row("`hashFiles`", "needs Node on the machine, and is empty before the checkout", ("*{hashFiles()}",)),
    Row("`actions/upload-artifact`", "fails with the newer clients, so that a local action replaces it",
        ("*.uses =actions/upload-artifact", "*.with(actions/upload-artifact)", "*.with(actions/upload-artifact).*",
         "workflow jobs._.steps._.continue-on-error =true"),
        (f"{STATIC}invariants.py::test_rule_holds[last_job]", f"{ACT}forge.py::test_run_keeps_what_it_says",
         f"{UNIT}act_upload.py::test_files_are_kept")),
    Row("artifacts and caches", "fails with the newer clients",
        ("*.uses =actions/*-artifact", "*.uses =actions/cache*", "*.uses =actions/setup-*")),
    Row("`actions/checkout`", "copies the working directory, uncommitted files too",
        ("*.uses =actions/checkout", "*.with(actions/checkout)", "*.with(actions/checkout).persist-credentials"),
        (rule("checkouts"), f"{ACT}forge.py::test_tag_runs_workflow_on_tagged_commit")),
    Row("`submodules` and `lfs` of `actions/checkout`", "ignores them",
        ("*.with(actions/checkout).submodules*", "*.with(actions/checkout).lfs*"),
        (rule("checkouts"), f"{UNIT}act_checkout.py::test_submodules_are_checked_out_if_asked_for",
         f"{UNIT}act_checkout.py::test_lfs_file_is_fetched_if_asked_for")),
    Row("`ref`, `fetch-depth` and other inputs of `actions/checkout`", "ignores them", ("*.with(actions/checkout).*",)),
    Row("`env` of a workflow or job", "lets the variables that act is given override it",
        ("* env*", "* jobs._.env*", "*{env._}")),
)  # fmt: skip

WORKFLOW, ACTION, MUTANTS = (
    f"{ACT}{test}"
    for test in (
        "workflows.py::test_workflow",
        "actions.py::test_action",
        "mutants.py::test_sampled_faults_are_seen",
    )
)
SEEN = (
    Row("composite actions: inputs, defaults, the one command, outputs", "",
        ("action name", "action description", "action inputs", "action inputs._", "action inputs._.description",
         "action inputs._.required =false", "action inputs._.default", "action inputs._.default {github.token}",
         "action runs", "action runs.using =composite", "action runs.steps._", "action runs.steps._.name",
         "action runs.steps._.id", "action runs.steps._.shell =bash", "action runs.steps._.run",
         "action runs.steps._.env", "action runs.steps._.env._", "action runs.steps._.env._ {inputs._}",
         "action outputs", "action outputs._", "action outputs._.description", "action outputs._.value",
         "action outputs._.value {steps._.outputs._}"),
        (ACTION,)),
    Row("what jobs and workflows put out", "",
        ("* jobs._.outputs", "* jobs._.outputs._", "* jobs._.outputs._ {needs._.outputs._}",
         "* jobs._.outputs._ {steps._.outputs._}", "workflow on.workflow_call.outputs",
         "workflow on.workflow_call.outputs._", "workflow on.workflow_call.outputs._.description",
         "workflow on.workflow_call.outputs._.value", "workflow on.workflow_call.outputs._.value {jobs._.outputs._}"),
        (WORKFLOW, f"{ACT}outputs.py::test_outputs_arrive_whatever_they_contain")),
    Row("steps: their order, conditions, and what they are given", "",
        ("* jobs._.steps._", "* jobs._.steps._.name", "* jobs._.steps._.id", "* jobs._.steps._.run",
         "* jobs._.steps._.if", "* jobs._.steps._.if {cancelled()}", "* jobs._.steps._.if {steps._.outcome}",
         "* jobs._.steps._.if {steps._.outputs._}",
         "* jobs._.steps._.if {needs._.result}", "* jobs._.steps._.with", "* jobs._.steps._.with._",
         "* jobs._.steps._.with._ {inputs._}", "* jobs._.steps._.with._ {secrets._}",
         "* jobs._.steps._.with._ {steps._.outputs._}", "* jobs._.steps._.with._ {needs._.outputs._}",
         "* jobs._.steps._.with._ {toJSON()}", "* jobs._.steps._.with._ {needs}"),
        (WORKFLOW, MUTANTS)),
    Row("jobs: their order, conditions and results", "",
        ("* jobs", "* jobs._", "* jobs._.name", "* jobs._.needs", "* jobs._.if", "* jobs._.if {always()}",
         "* jobs._.if {needs._.result}"),
        (WORKFLOW, MUTANTS)),
    Row("calls: inputs with their defaults, and secrets by name", "",
        ("caller jobs._.uses =org/ml-cicd", "caller jobs._.with", "caller jobs._.with._",
         "caller jobs._.with._ {inputs._}", "caller jobs._.secrets", "caller jobs._.secrets._",
         "caller jobs._.secrets._ {secrets._}", "workflow on.workflow_call", "workflow on.workflow_call.inputs",
         "workflow on.workflow_call.inputs._", "workflow on.workflow_call.inputs._.default",
         "workflow on.workflow_call.inputs._.description", "workflow on.workflow_call.secrets",
         "workflow on.workflow_call.secrets._", "workflow on.workflow_call.secrets._.description"),
        (WORKFLOW,)),
    Row("a caller's own steps and their variables", "",
        ("caller jobs._.steps._.env", "caller jobs._.steps._.env._", "caller jobs._.steps._.env._ {github.token}",
         "caller jobs._.steps._.env._ {secrets._}", "caller jobs._.steps._.uses =org/ml-cicd/actions/setup"),
        (f"{ACT}tracking.py::test_ledger_is_reported_to_mlflow",)),
    Row("the commands of the kit's release, and what they are given", "",
        ("own jobs._.steps._.env", "own jobs._.steps._.env._", "own jobs._.steps._.env._ {github.token}",
         "own jobs._.steps._.env._ {inputs._}", "own jobs._.steps._.env._ {steps._.outputs._}"),
        (f"{ACT}release.py::test_release_is_tagged_and_published_by_the_workflow",)),
    Row("pushes and starts by hand", "",
        ("* name", "* on", "* on.push", "* on.workflow_dispatch", "* on.workflow_dispatch.inputs",
         "* on.workflow_dispatch.inputs._", "* on.workflow_dispatch.inputs._.description",
         "* on.workflow_dispatch.inputs._.default"),
        (WORKFLOW,)),
)  # fmt: skip


def assigned(used: Mapping[str, set[str]]) -> dict[Row | None, set[str]]:
    """Return the words of each row; under None the words that no row claims."""
    claimed_words: dict[Row | None, set[str]] = {row: set() for row in (*UNSEEN, *SEEN)}
    for word in used:
        claimed = (row for row in (*UNSEEN, *SEEN) if any(fnmatchcase(word, pattern) for pattern in row.words))
        claimed_words.setdefault(next(claimed, None), set()).add(word)
    return claimed_words


def problems(used: Mapping[str, set[str]]) -> list[str]:
    """Return features that are used but not proven, and those that are proven but not used."""
    problems = []
    for row, claimed in assigned(used).items():
        if row is None:
            problems += [
                f"nobody says what act does with `{word}` of {_files(used, {word})}" for word in sorted(claimed)
            ]
        elif claimed and not row.proofs:
            problems.append(f"{row.feature}: no test proves it, and {_files(used, claimed)} uses it: {sorted(claimed)}")
        elif row.proofs and not claimed:
            problems.append(f"{row.feature}: nothing uses it (any more), so nothing is there to prove")
    return problems


def _files(used: Mapping[str, set[str]], claimed: set[str]) -> str:
    return ", ".join(sorted({file for word in claimed for file in used[word]}))
