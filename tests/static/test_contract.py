"""Every line of the contract on the page "Bring your project" is held by a test, and each of these tests exists."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.static.support.kit import ROOT
from tests.unit.support import contract

Held = dict[str, dict[str, tuple[str, ...]]]
BUILT, ENGINE = "unit/test_image_builds.py", "deploy/test_docker_target.py"
PAGE, RUN = "unit/test_contract.py", "unit/test_project_code.py"
TABLE = f"{PAGE}::test_table_of_variables_names_each_variable_and_who_gets_it"
AS_IMAGE = f"{PAGE}::test_code_of_the_project_runs_as_its_image_says_and_sees_no_folder_of_the_machine"
NO_SECRET = f"{PAGE}::test_commands_that_get_no_secret_have_no_folder_of_secrets"
NETWORK, DEFAULTS = f"{PAGE}::test_network_of_a_command", f"{PAGE}::test_defaults_and_limits_are_those_of_the_code"
SUITE = "unit/test_acceptance.py::test_suite_of_the_stage_judges_the_release"
PASSED = "unit/test_suites.py::test_no_suite_passes_by_accident"
TOOL = "unit/test_command_target.py::test_tool_learns_what_to_bring_where"
SERVICE = "unit/test_swap.py::test_container_gets_its_network_limits_and_labels_alone"
CLUSTER = f"{PAGE}::test_a_cluster_gives_a_service_the_same_variables"
JOB = "unit/test_job.py::test_proof_gets_the_sample_of_its_commit_and_the_variables_of_its_environment"
EVALUATE = "unit/test_evaluation.py::test_evaluate_gets_the_set_and_its_limits_and_no_network"
LEFT = "unit/test_several_jobs.py::test_tests_find_what_each_job_left"
NOWHERE = "deploy/test_named_secrets.py::test_secrets_arrive_and_are_nowhere_afterwards"

ROWS: Held = {
    "Images": {
        "build image": (f"{RUN}::test_unit_tests_get_no_network_and_no_variables", SUITE),
        "release": ("unit/test_swap.py::test_first_release_is_tested_before_users_reach_it",),
        "Dockerfiles": (
            "unit/test_conventions.py::test_dockerfile_by_convention",
            "unit/test_conventions.py::test_what_is_missing_is_named",
        ),
        "build context": (
            "unit/test_build_context.py::test_a_file_that_is_left_out_changes_nothing",
            "unit/test_conventions.py::test_context_above_the_project",
            "deploy/test_training.py::test_builder_gets_the_files_that_the_key_names",
        ),
        "commands": (f"{PAGE}::test_commands_run_without_the_entry_point_of_the_image", AS_IMAGE),
        "start": ("unit/test_release_push.py::test_release_gets_the_command_of_the_configuration",),
        "folders of the machine": (AS_IMAGE, f"{ENGINE}::test_project_code_sees_nothing_of_the_job"),
        "metadata of a cloud": (
            "unit/test_training.py::test_training_gets_its_limits_and_no_metadata_service",
            "unit/test_training.py::test_command_gets_what_it_is_given",
            "unit/test_training.py::test_shield_leads_nowhere",
            "deploy/test_metadata_shield.py::test_commands_can_not_reach_link_local_addresses",
        ),
    },
    "Build arguments": {
        "BASE": (
            "unit/test_conventions.py::test_base_is_replaced_only_by_the_same_python",
            f"{BUILT}::test_base_that_the_machine_names_replaces_the_default_and_no_argument",
        ),
        "BUNDLE": (
            "unit/test_release_push.py::test_images_carry_commit_and_model",
            "unit/test_release_push.py::test_release_of_a_project_without_a_model_names_none",
            "unit/test_release_push.py::test_release_names_the_images_of_the_other_services",
            "deploy/test_training.py::test_release_pulls_the_bundle",
        ),
        "WHEELS": ("unit/test_release_push.py::test_release_names_its_wheels",),
        "your own": (
            "unit/test_conventions.py::test_context_above_the_project",
            f"{BUILT}::test_build_gets_the_arguments_and_the_certificates_of_the_machine",
        ),
    },
    "Build secrets": {
        "ca": (
            f"{BUILT}::test_build_gets_the_arguments_and_the_certificates_of_the_machine",
            "unit/test_engine.py::test_builds_get_the_ca_bundle_of_the_environment",
            "unit/test_engine.py::test_builds_without_ca_bundle_get_no_secret",
            f"{PAGE}::test_certificates_of_the_system_count_where_no_variable_names_others",
            "road/test_demo.py::test_release_image_holds_no_machine_certificates",
        ),
        "names in secrets of [build] or [release]": (
            f"{BUILT}::test_secret_is_a_file_of_the_build_alone_and_in_no_argument",
            "unit/test_secret_values.py::test_release_has_the_secrets_of_the_build_unless_it_names_its_own",
            NOWHERE,
        ),
    },
    "Commands": {
        "tests.unit": (f"{RUN}::test_unit_tests_get_no_network_and_no_variables", NETWORK, NO_SECRET, PASSED),
        "checks": (f"{RUN}::test_each_check_is_run_and_judged_by_its_exit_code", NETWORK, NO_SECRET, TABLE),
        "train": (
            "unit/test_training.py::test_training_gets_its_limits_and_no_metadata_service",
            "unit/test_training.py::test_training_without_a_network_has_none",
            "unit/test_training.py::test_training_that_leaves_no_bundle_fails",
            f"{PAGE}::test_training_finds_its_secrets_as_files",
        ),
        "train.branch": (
            "unit/test_rehearsal.py::test_thin_training_runs_the_command_of_branches_with_the_secrets_of_training",
            "unit/test_rehearsal.py::test_nothing_stays_that_a_later_run_could_take",
        ),
        "tests of an environment: integration, in staging acceptance, in production smoke": (
            DEFAULTS,
            SUITE,
            "unit/test_acceptance.py::test_failed_suite_keeps_the_old_release",
            "unit/test_acceptance.py::test_stage_without_its_suite_rests_on_health",
            "unit/test_training.py::test_runner_pulls_joins_the_network_and_belongs_to_its_forge",
            "unit/test_manifests.py::test_tests_get_no_secret",
            LEFT,
        ),
        "job.proof, by default job.command": (
            JOB,
            "unit/test_job.py::test_without_a_proof_the_command_of_the_job_proves_it",
            "unit/test_job.py::test_secrets_are_files_of_the_proof_and_in_no_variable",
            "unit/test_job.py::test_failed_proof_leaves_what_was_held",
            "unit/test_job.py::test_proof_that_takes_too_long_is_stopped",
            LEFT,
            DEFAULTS,
        ),
        "gate.evaluate": (
            EVALUATE,
            NETWORK,
            NO_SECRET,
            "unit/test_evaluation.py::test_anything_but_one_file_of_predictions_fails",
        ),
        "command of an environment with the target command": (
            TOOL,
            "unit/test_command_target.py::test_tool_runs_once_as_configured_and_goes",
            "unit/test_command_target.py::test_tool_gets_the_secrets_as_files_and_needs_them",
        ),
        "a metadata.json of your own": (
            "unit/test_packed_files.py::test_facts_of_the_kit_join_what_the_project_wrote",
            "unit/test_training.py::test_training_that_leaves_no_bundle_fails",
        ),
        "lock of another lock file": (
            "unit/test_packed_files.py::test_bundle_of_another_lock_is_refused_before_it_is_pushed",
        ),
        "the value of a secret": (f"{PAGE}::test_bundle_that_holds_the_value_of_a_secret_is_refused",),
        "ml_cicd_training_rows.csv, with the column id and perhaps time": (
            "unit/test_training_rows.py::test_a_bundle_holds_hashes_alone",
            "unit/test_training_rows.py::test_the_latest_time_stands_in_every_row",
        ),
    },
    "Environment variables": {
        "ML_CICD_DIGEST": (TABLE, CLUSTER, SERVICE, JOB, TOOL),
        "ML_CICD_COMMIT": (TABLE, CLUSTER, SERVICE, JOB, TOOL),
        "ML_CICD_ENVIRONMENT": (TABLE, CLUSTER, SERVICE, JOB, TOOL),
        "ML_CICD_SAMPLE": (TABLE, JOB),
        "ML_CICD_OUTPUT": (
            TABLE,
            JOB,
            "unit/test_several_jobs.py::test_job_gets_its_sample_and_a_folder_for_what_it_leaves",
        ),
        "ML_CICD_PROJECT": (TABLE, TOOL),
        "ML_CICD_RELEASE": (TABLE, TOOL),
        "ML_CICD_PREVIOUS": (TABLE, TOOL),
        "ML_CICD_ACTOR": (TABLE, TOOL),
        "ML_CICD_RESULTS": (TABLE, "unit/test_suites.py::test_each_run_writes_to_a_path_of_its_own"),
        "PYTEST_ADDOPTS": (
            TABLE,
            f"{PAGE}::test_pytest_writes_the_file_that_other_commands_find_in_a_variable",
        ),
        "SERVICE_URL": (
            TABLE,
            SUITE,
            "unit/test_proxy.py::test_public_host_is_asked_for_and_known_to_the_tests",
            "unit/test_pods.py::test_public_host_is_sent_by_probe_and_tests",
        ),
        "SERVICE_URL_<NAME>": (TABLE, "unit/test_rollout.py::test_tests_get_the_address_of_each_service"),
        "JOB_OUTPUT": (TABLE, LEFT),
        "JOB_OUTPUT_<NAME>": (TABLE, LEFT),
        "EXPECTED_DIGEST": (TABLE, SUITE),
    },
    "A service": {
        "port": (DEFAULTS, "unit/test_proxy.py::test_release_without_an_address_is_not_healthy"),
        "health": (
            DEFAULTS,
            "unit/test_candidate.py::test_release_gets_its_whole_time_and_no_more",
            "unit/test_health.py::test_refusal_names_the_host_that_was_sent",
            "unit/test_swap.py::test_release_that_is_not_healthy_in_time_is_taken_down",
        ),
        "answer": (
            DEFAULTS,
            "unit/test_health.py::test_answer_that_names_no_other_release_is_healthy",
            "unit/test_health.py::test_answer_that_did_not_end_is_no_proof",
            "unit/test_health.py::test_longest_answer_of_an_url",
        ),
        "digest": (
            "unit/test_health.py::test_answer_that_names_no_other_release_is_healthy",
            "unit/test_health.py::test_named_digest_is_shown_without_control_characters",
            "unit/test_health.py::test_own_tools_service_must_name_the_digest",
        ),
        "secrets": (
            "unit/test_swap.py::test_secrets_are_files_of_the_release_and_new_ones_replace_it",
            f"{PAGE}::test_every_user_may_write_predictions_and_read_secrets",
            f"{ENGINE}::test_secrets_arrive_only_as_files",
        ),
        "two releases": (
            "unit/test_swap.py::test_order_of_a_deployment",
            "unit/test_delivery.py::test_order_of_a_deployment",
        ),
        "end": (
            DEFAULTS,
            "unit/test_swap.py::test_order_of_a_deployment",
            "unit/test_swap.py::test_slot_is_drained_only_where_requests_are_open",
            f"{ENGINE}::test_service_that_ignores_sigterm_is_ended",
        ),
    },
    "The command evaluate": {
        "ML_CICD_EVALUATION_SET": (TABLE, EVALUATE),
        "ML_CICD_PREDICTIONS": (
            TABLE,
            EVALUATE,
            f"{PAGE}::test_every_user_may_write_predictions_and_read_secrets",
        ),
    },
}
"""The tests that hold each row of a table, by heading and first cell."""

TEXTS: Held = {
    "The contract": {"What the kit gives to a project": (TABLE,)},
    "Build secrets": {
        "A Dockerfile takes them with": (
            f"{BUILT}::test_secret_is_a_file_of_the_build_alone_and_in_no_argument", NOWHERE,
        ),
    },
    "Commands": {
        "**The bundle.**": ("unit/test_training.py::test_kit_writes_what_a_bundle_was_made_from",),
        "**A package** is a folder": (
            "unit/test_wheels.py::test_a_folder_that_is_no_package_is_named_before_anything_is_built",
            "unit/test_wheels.py::test_a_dockerfile_of_the_project_leaves_its_wheels_in_a_folder_of_the_image",
            "unit/test_publishing.py::test_version_with_another_content_is_refused_before_anything_is_changed",
        ),
    },
    "Environment variables": {
        "`service`, `job` and `tool` get": (TABLE, SERVICE, JOB, TOOL),
        "`tool` is the command": (TOOL, TABLE),
    },
    "The command evaluate": {
        "`[gate] evaluate` lets": (EVALUATE, AS_IMAGE),
        "* It reads the set": ("unit/test_evaluation.py::test_anything_but_one_file_of_predictions_fails",),
        "* It writes the target": (
            "unit/test_model_gate.py::test_a_champion_on_other_rows_leaves_the_verdict_to_people",
        ),
        "* It has no network": (
            EVALUATE, NO_SECRET, DEFAULTS, "unit/test_evaluation.py::test_a_file_that_is_too_large_fails",
            "unit/test_evaluation.py::test_a_command_that_takes_too_long_is_stopped",
        ),
        "* It must be part of the release": ("unit/test_evaluation.py::test_a_second_model_gets_the_same_set_again",),
    },
    "Functions of the model gate": {
        "A metric with `function": (
            "unit/test_run_functions.py::test_each_group_becomes_a_number",
            "unit/test_run_functions.py::test_what_is_no_function_with_a_number_fails",
        ),
        "The kit calls it for each group": (
            "unit/test_model_gate.py::test_what_a_container_gets",
            "unit/test_run_functions.py::test_without_groups_each_row_is_one",
            "unit/test_run_functions.py::test_the_python_of_evaluate_runs_the_functions",
            "unit/test_run_functions.py::test_parquet_is_read",
            "deploy/test_evaluation.py::test_functions_run_in_a_release_and_leave_their_numbers",
        ),
    },
}  # fmt: skip
"""The tests that hold each paragraph and each item of a list, by heading and first words."""


@cache
def in_file(file: str) -> frozenset[str]:
    """Return the names of the tests in a file of tests."""
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_of_the_contract_is_held_by_tests() -> None:
    assert {heading: {*rows} for heading, rows in contract.rows().items()} == {
        heading: {*rows} for heading, rows in ROWS.items()
    }


def test_every_paragraph_of_the_contract_is_held_by_tests() -> None:
    texts = contract.texts()
    beginnings = {heading: list(held) for heading, held in TEXTS.items()}
    assert texts.keys() - {heading for heading, found in texts.items() if not found} == beginnings.keys()
    for heading, held in beginnings.items():
        assert [next((words for words in held if text.startswith(words)), text) for text in texts[heading]] == held


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (line, named)
        for table in (ROWS, TEXTS)
        for heading, held in table.items()
        for line, named in ((f"{heading}: {line}", tests) for line, tests in held.items())
    ],
)
def test_the_tests_of_a_line_exist(line: str, named: tuple[str, ...]) -> None:
    missing = [name for name in named if name.partition("::")[2] not in in_file(name.partition("::")[0])]
    assert missing == [], f"{line}: these tests have another name now; name those that hold the line"
    assert any(name.startswith("unit/") for name in named), "an engine's test alone is not run at every push"
