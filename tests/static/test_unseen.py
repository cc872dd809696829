"""What `act` ignores holds by rule, and each breach of a rule is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.static.rules import unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.static.support.kit import Finding, Kit

    Rule = Callable[[Kit, Kit], Iterator[Finding]]

RULES: dict[str, Rule] = {rule.__name__: rule for rule in unseen.RULES}
TEST, CI, INTEGRATION, STAGING, PRODUCTION, DEPLOY, TRACKING, COMMENT = (
    f".github/workflows/{name}.yml"
    for name in (".test", "ci", "integration", "staging", "production", "deploy", "tracking", "comment")
)
FOLLOWER = "\njobs:\n  follower:\n    needs: [ci]\n    if: always()\n    runs-on: ubuntu-24.04\n"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule_holds(callers: Kit, kit: Kit, rule: Rule) -> None:
    assert [str(finding) for finding in rule(callers, kit)] == []


class Breach(NamedTuple):
    """A change to a file of the kit or of the callers, and what the rule then says."""

    rule: str
    file: str
    old: str
    new: str
    says: str
    of_callers: bool = False


BREACHES = (
    Breach("environments", STAGING, "      name: staging\n", "      name: production\n", "not deploy to production"),
    Breach("environments", DEPLOY, "name: ${{ inputs.environment }}", "name: staging", "not deploy to staging"),
    Breach(
        "environments", STAGING, "url: ${{ steps.deploy.outputs.url }}", "url: http://x", "another address: http://x"
    ),
    Breach("environments", CI, "environment: ${{ inputs.training-environment", "x: ${{ inputs.runs-on", "of training"),
    Breach("environments", CI, 'default: ""', "default: live", "names live if its caller names none"),
    Breach(
        "concurrency",
        TEST,
        "test-${{ github.event_name }}-${{ github.ref }}",
        "test",
        "concurrency: is {'group': 'test'",
    ),
    Breach("concurrency", TEST, "-${{ github.ref }}", "", "concurrency: is"),
    Breach("concurrency", TEST, "${{ github.event_name }}", "${{ github.workflow }}", "concurrency: is"),
    Breach("concurrency", CI, "-${{ github.event_name }}", "", "concurrency: is", of_callers=True),
    Breach("concurrency", TEST, "cancel-in-progress: true", "cancel-in-progress: false", "concurrency: is"),
    Breach("concurrency", CI, "\njobs:\n", "\nconcurrency: x\njobs:\n", "concurrency: is x", of_callers=True),
    Breach("concurrency", TRACKING, "group: tracking", "group: champion", "may be ended", of_callers=True),
    Breach("concurrency", TRACKING, "in-progress: false", "in-progress: true", "may be ended", of_callers=True),
    Breach("concurrency", COMMENT, "_run.head_sha ||", "_run.id ||", "may be ended", of_callers=True),
    Breach("concurrency", COMMENT, "    concurrency:", "    x:", "two at once would write", of_callers=True),
    Breach("opened", COMMENT, "types: [opened]", "types: [closed]", "of these ['closed']", of_callers=True),
    Breach("opened", COMMENT, "  workflow_run:", "  push:", "is started by ['pull_request', 'push']", of_callers=True),
    Breach("opened", CI, "  pull_request:\n", "  pull_request: {types: [opened]}\n", "every push", of_callers=True),
    Breach("time_limits", STAGING, "timeout-minutes: 10\n", "timeout-minutes: 0.5\n", "is limited to 0.5"),
    Breach("time_limits", TEST, "timeout-minutes: 60", "timeout-minutes: 361", "is limited to 361"),
    Breach("time_limits", STAGING, "default: 60", "default: 0", "is limited to 0"),
    Breach("time_limits", STAGING, "type: number", "type: string", "is limited to string"),
    Breach("choices", DEPLOY, ", production]", ", live]", "environment is one of", of_callers=True),
    Breach("choices", DEPLOY, "required: true", "required: false", "environment can be left out", of_callers=True),
    Breach("skipped", STAGING, "needs.deploy.result != 'skipped' && ", "", "may take an output of deploy"),
    Breach("skipped", INTEGRATION, "needs.deploy.result == 'success'", "needs.build.outputs.test", "of build"),
    Breach("cancelled", STAGING, "!cancelled() && ", "always() && ", "job record: cancelled: runs in a cancelled run"),
    Breach("cancelled", STAGING, "needs.verify.outputs.result != 'superseded'", "always()", "job deploy"),
    Breach("following", TRACKING, "integration, production", "integrate, production", "integrate", of_callers=True),
    Breach("following", TRACKING, "    types: [completed]\n", "", "does not wait", of_callers=True),
    Breach("after_calls", CI, "\njobs:\n", FOLLOWER, "job follower", of_callers=True),
)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.rule}: {breach.says}")
def test_breach_is_found(callers: Kit, kit: Kit, breach: Breach) -> None:
    if breach.of_callers:
        callers = callers.edited(breach.file, breach.old, breach.new)
    else:
        kit = kit.edited(breach.file, breach.old, breach.new)
    problems = [str(finding) for finding in RULES[breach.rule](callers, kit)]
    assert any(breach.says in one for one in problems), problems


def test_every_rule_has_a_breach() -> None:
    assert {breach.rule for breach in BREACHES} == set(RULES)


PUSHES: dict[str, set[str]] = {
    "refs/heads/feature/x": {"ci.yml"},
    "refs/heads/Staging": {"ci.yml"},
    "refs/heads/develop/x": {"ci.yml"},
    "refs/heads/develop": {"integration.yml"},
    "refs/heads/main": set(),
    "refs/heads/gh-readonly-queue/develop/pr-7-0123": set(),
    "refs/tags/Staging": {"staging.yml"},
    "refs/tags/Production": {"production.yml"},
    "refs/tags/production": set(),
    "refs/tags/Production/x": set(),
    "refs/tags/v1.0.0": set(),
    "refs/tags/ledger/flights/production/1": set(),
}


@pytest.mark.parametrize(("ref", "files"), PUSHES.items(), ids=PUSHES)
def test_push_starts_the_right_callers(callers: Kit, ref: str, files: set[str]) -> None:
    assert unseen.started(callers, ref) == files


@pytest.mark.parametrize(
    ("file", "edit", "ref"),
    [
        (CI, ("[develop, main,", "[develop,"), "refs/heads/main"),
        (CI, (", gh-readonly-queue/**", ""), "refs/heads/gh-readonly-queue/develop/pr-7-0123"),
        (INTEGRATION, ("branches: [develop]", "branches: ['**']"), "refs/heads/develop/x"),
        (PRODUCTION, ("tags: [Production]", "tags: ['*']"), "refs/tags/v1.0.0"),
    ],
)
def test_push_that_starts_more_is_found(callers: Kit, file: str, edit: tuple[str, str], ref: str) -> None:
    assert unseen.started(callers.edited(file, *edit), ref) > PUSHES[ref]
