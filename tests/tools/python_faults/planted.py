"""Faults planted by hand: kinds of which an audit had found some that no test saw. Each must turn its test red."""

from __future__ import annotations

from dataclasses import dataclass

from tests.tools.python_faults import survey
from tests.tools.python_faults.operators import Fault


@dataclass(frozen=True)
class Planted:
    """A fault in a function, as replacements of its module's text, and the test that must see it."""

    name: str
    module: str
    function: str
    edits: tuple[tuple[str, str], ...]
    test: str

    def fault(self, source: str) -> Fault:
        """Return the fault in the source of its module.

        Raises:
            ValueError: a text to replace does not occur once in the module.

        """
        text = source
        for old, new in self.edits:
            if text.count(old) != 1:
                raise ValueError(f"{self.module} should have this text once; adapt the planted fault: {old!r}")
            text = text.replace(old, new)
        return Fault(
            self.module, self.function, "planted", self.name, 0, len(source.encode()), text, (0, 0), swappable=True
        )


UNIT = "tests/unit"
RACE = "    except LostRaceError as error:\n        raise RefusedError("
VERIFY = "        candidate = verify(repository, config, request, target)\n"
SWALLOWED = ((RACE, RACE.replace(" as error", "").replace("raise ", "")), ("        ) from error", "        )"))
GATE = f"{UNIT}/test_gate_verdict.py"
FIRST_THAT_APPLIES = f"{GATE}::test_the_first_verdict_that_applies_counts"
CUT_OFF = "return integrity.cut_off(chains, (running.entry, running.after)) if running else"
PLANTED = (
    Planted(
        "status always exits 0", "cicd.commands.status", "run",
        (("return 1 if any(state.problem", "return 0 if any(state.problem"),),
        f"{UNIT}/test_status.py::test_nothing_running_is_told",
    ),
    Planted(
        "deploy always exits 0", "cicd.commands.deploy", "run",
        (('return 0 if done.result == "passed" else 1', "return 0"),),
        f"{UNIT}/test_exit_codes.py::test_failed_deployment_fails_the_step",
    ),
    Planted(
        "check always exits 0", "cicd.commands.check", "run",
        (("return 0 if all(outcome.passed for outcome in outcomes) else 1", "return 0"),),
        f"{UNIT}/test_project_code.py::test_one_failed_check_fails_the_step[['ruff']]",
    ),
    Planted(
        "conclude always exits 0", "cicd.commands.conclude", "run",
        (('return 1 if concluded.result == "failed" else 0', "return 0"),),
        f"{UNIT}/test_conclude.py::test_run_passes_if_every_job_succeeded[success,failure]",
    ),
    Planted(
        "a deployment is verified before the lock, not under it", "cicd.road.deployment", "bring",
        ((VERIFY, ""), ("    with target.locked(", f"{VERIFY[4:]}    with target.locked(")),
        f"{UNIT}/test_rollback.py::test_deployment_is_verified_again_under_lock",
    ),
    Planted(
        "a deployment is verified under the lock without a fresh fetch", "cicd.road.deployment", "bring",
        (("repository.fetch()", "pass"),),
        f"{UNIT}/test_rollback.py::test_deployment_is_verified_again_under_lock",
    ),
    Planted(
        "record does not ask whose outcome it is", "cicd.commands.record", "run",
        (("recording.check(clone, outcome, expected)", "pass"),),
        f"{UNIT}/test_rollback.py::test_record_refuses_an_outcome_of_another_kind",
    ),
    Planted(
        "deploy does not look after its lock", "cicd.road.trial", "Trial.accept",
        (("        self.check_lock()\n", ""),),
        f"{UNIT}/test_rollback.py::test_removed_lock_stops_a_deployment_before_its_switch",
    ),
    Planted(
        "the exit code of tests is ignored", "cicd.produce.suites", "_judged",
        (("    if exit_code:\n", "    if False:\n"),),
        f"{UNIT}/test_project_code.py::test_failed_unit_tests_fail_the_step[True]",
    ),
    Planted(
        "the exit code of a check is ignored", "cicd.produce.checks", "run",
        (("ending.exit_code == 0", "True"),),
        f"{UNIT}/test_project_code.py::test_each_check_is_run_and_judged_by_its_exit_code",
    ),
    Planted(
        "the command of training is not in the key of its bundle", "cicd.produce.bundle_key", "key",
        (("        train.command,\n", ""),),
        f"{UNIT}/test_bundle_key.py::test_how_training_runs_is_in_the_key[{{'command': ('train', '--fast')}}]",
    ),
    Planted(
        "the base image is not in the key of a bundle", "cicd.produce.bundle_key", "key",
        (('        [f"{reference}\\0{bases[reference]}" for reference in sorted(bases)],\n', ""),),
        f"{UNIT}/test_bundle_key.py::test_a_moved_base_image_is_in_the_key",
    ),
    Planted(
        "advance swallows a lost race", "cicd.road.advance", "advance",
        SWALLOWED,
        f"{UNIT}/test_promotion.py::TestAdvance::test_lost_race_moves_nothing[refs/tags/Staging]",
    ),
    Planted(
        "promote swallows a lost race", "cicd.road.promotion", "push",
        SWALLOWED,
        f"{UNIT}/test_promote.py::test_tag_moved_by_others_stays",
    ),
    Planted(
        "status is silent about a release that is not healthy", "cicd.road.agreement", "difference",
        (("    return running.detail\n", '    return ""\n'),),
        f"{UNIT}/test_status.py::test_disagreement_is_told[not healthy]",
    ),
    Planted(
        "status is silent about a cut-off ledger", "cicd.road.agreement", "missing_entry",
        ((CUT_OFF, 'return "" if running else'),),
        f"{UNIT}/test_status.py::test_disagreement_is_told[newest entry cut off]",
    ),
    Planted(
        "unit tests get a network", "cicd.produce.suites", "run_unit",
        ((', network="none"', ""),),
        f"{UNIT}/test_project_code.py::test_unit_tests_get_no_network_and_no_variables",
    ),
    Planted(
        "the registry is not asked about the test image", "cicd.road.verification", "_check_images",
        (("        registry.verify(accepted.test)\n", ""),),
        f"{UNIT}/test_promotion.py::test_changed_image_is_refused[test]",
    ),
    Planted(
        "each of many claims of a loss gets the whole error rate", "cicd.gate.verdict", "holm",
        (("alpha / (len(p_values) - rank)", "alpha"),),
        f"{GATE}::TestFamilies::test_claims_of_a_loss_are_corrected_together",
    ),
    Planted(
        "Holm's procedure begins with its mildest step", "cicd.gate.verdict", "holm",
        (("alpha / (len(p_values) - rank)", "alpha / (rank + 1)"),),
        f"{GATE}::TestFamilies::test_holm_is_that_of_statsmodels",
    ),
    Planted(
        "a later look blocks less", "cicd.gate.verdict", "judge",
        (("        ALPHA,\n", "        pass_alpha,\n"),),
        f"{GATE}::TestShown::test_a_later_look_spends_less_on_passing_and_as_much_on_blocking",
    ),
    Planted(
        "passing is corrected for many claims, though all must hold", "cicd.gate.verdict", "judge",
        (("            comparison, pass_alpha, small", "            comparison, pass_alpha / 30, small"),),
        f"{GATE}::TestFamilies::test_passing_is_not_corrected",
    ),
    Planted(
        "one metric that passes is enough", "cicd.gate.verdict", "holding_back",
        (("[mark for mark in marks if not _passes(mark)]", "[] if any(map(_passes, marks)) else list(marks)"),),
        f"{FIRST_THAT_APPLIES}[comparisons3-inconclusive-3]",
    ),
    Planted(
        "a slice that is worse blocks nobody", "cicd.gate.verdict", "_blocking",
        (("if Shown.WORSE in whole or worse_slice else", "if Shown.WORSE in whole else"),),
        f"{FIRST_THAT_APPLIES}[comparisons11-regressed-1]",
    ),
    Planted(
        "a value that may lie on its floor has reached it", "cicd.gate.verdict", "_mark",
        (("comparison.own.lower(pass_alpha) > _threshold", "comparison.own.lower(pass_alpha) >= _threshold"),),
        f"{GATE}::TestFloors::test_a_floor_that_the_lower_bound_only_touches_is_not_reached",
    ),
    Planted(
        "each look spends the whole error rate", "cicd.gate.budget", "pass_alpha",
        (("ALPHA / (look * (look + 1))", "ALPHA"),),
        f"{UNIT}/test_gate_account.py::TestLooks::test_look_k_spends_alpha_over_k_times_k_plus_one",
    ),
    Planted(
        "the looks spend a sum without an end", "cicd.gate.budget", "pass_alpha",
        (("ALPHA / (look * (look + 1))", "ALPHA / (look + 1)"),),
        f"{UNIT}/test_gate_account.py::TestLooks::test_look_k_spends_alpha_over_k_times_k_plus_one",
    ),
    Planted(
        "the account shows less than the looks spent", "cicd.gate.budget", "spent_alpha",
        (("ALPHA * look / (look + 1)", "ALPHA / (look + 1)"),),
        f"{UNIT}/test_gate_account.py::TestLooks::test_look_k_spends_alpha_over_k_times_k_plus_one",
    ),
)  # fmt: skip


def missed() -> list[str]:
    """Plant each fault, run its test, and return those that their test does not see."""
    faults = [each.fault(survey.file_of(each.module).read_text("utf-8")) for each in PLANTED]
    wanted = {fault: [each.test] for fault, each in zip(faults, PLANTED, strict=True)}
    verdicts = survey.run(wanted, {}, processes=1)
    return [
        f"{each.test} does not see the planted fault: {each.name} ({verdict.test} {verdict.why})"
        for each, verdict in zip(PLANTED, verdicts, strict=True)
        if verdict.test != each.test or verdict.why
    ]
