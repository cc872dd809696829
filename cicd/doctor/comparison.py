"""Compare a repository's settings on GitHub with those that its project needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.doctor.check import Check, ok, unknown, wrong
from cicd.doctor.hosted import Refusal
from cicd.doctor.rulesets import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.doctor.hosted import Hosted, HostedEnvironment
    from cicd.doctor.project import Project
    from cicd.doctor.settings import EnvironmentRules, Secret, Settings

STOPPING = frozenset((
    "creation", "update", "pull_request", "required_status_checks", "required_deployments", "required_signatures",
    "merge_queue", "required_linear_history", "workflows", "code_scanning",
))  # fmt: skip
"""Rules that stop a push of the token of a job."""
OF_ENVIRONMENTS = frozenset(("LEDGER_KEY", "DEPLOY_SSH_KEY", "KUBECONFIG", "APP_SECRETS"))
"""Secrets that belong into an environment: any branch's workflow can read those of a repository."""


def checks(project: Project, settings: Settings, hosted: Hosted, mend: str) -> Iterator[Check]:
    """Yield the checks of the settings on GitHub; `mend` is the command that sets rulesets and environments."""
    yield _plan(hosted)
    if isinstance(hosted.rulesets, Refusal):
        yield unknown("github/rulesets", "not readable", hosted.rulesets.why)
    else:
        for ruleset in settings.rulesets:
            yield _ruleset(ruleset.body, hosted.rulesets.get(ruleset.name), mend)
    if settings.mode is Mode.OPEN and not project.branches.trunk:
        yield _way_to_main(project.branches.main, hosted)
    if isinstance(hosted.environments, Refusal):
        yield unknown("github/environments", "not readable", hosted.environments.why)
    else:
        for rules in settings.environments:
            yield _environment(rules, hosted.environments.get(rules.name), mend)
    yield from _secrets(settings, hosted)


def _plan(hosted: Hosted) -> Check:
    settings = {"rulesets": hosted.rulesets, "environments": hosted.environments}
    refused = {name: asked.why for name, asked in settings.items() if isinstance(asked, Refusal)}
    if not refused:
        return ok("github/plan", "it offers rulesets and environments")
    return unknown("github/plan", f"whether it offers {' and '.join(refused)}", next(iter(refused.values())))


def _ruleset(wanted: Mapping[str, Any], actual: Mapping[str, Any] | None, mend: str) -> Check:
    name = f"github/ruleset {wanted['name'].partition(': ')[2]}"
    if actual is None:
        why = "Nothing on GitHub holds these rules, unless a ruleset of another name does."
        return wrong(name, f"there is no ruleset '{wanted['name']}'", why, mend)
    if lacking := list(differences(wanted, actual)):
        return wrong(name, "; ".join(lacking), "It does not protect what the road rests on.", mend)
    if "bypass_actors" not in actual:
        why = "GitHub shows who can bypass a ruleset only to a token that may change it."
        return unknown(name, "it has these rules, and who can bypass them is not readable", why)
    return ok(name, ", ".join(rule["type"].replace("_", " ") for rule in wanted["rules"]))


def differences(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a ruleset lacks of the wanted one; it may ask for more reviews and have more rules."""
    if actual.get("enforcement") != "active":
        yield f"it is not active, but {actual.get('enforcement')}"
    refs = ((actual.get("conditions") or {}).get("ref_name")) or {}
    missing = set(wanted["conditions"]["ref_name"]["include"]) - set(refs.get("include", ()))
    if (missing and "~ALL" not in refs.get("include", ())) or refs.get("exclude"):
        yield f"it does not cover {', '.join(sorted(missing)) or 'every ref of its pattern'}"
    rules = {rule["type"]: rule.get("parameters") or {} for rule in actual.get("rules", ())}
    for rule in wanted["rules"]:
        if rule["type"] not in rules:
            yield f"it lacks the rule '{rule['type'].replace('_', ' ')}'"
        else:
            yield from _weaker(rule.get("parameters", {}), rules[rule["type"]])
    movers = {(actor["actor_type"], actor.get("actor_id")) for actor in wanted["bypass_actors"]}
    bypass = {(actor["actor_type"], actor.get("actor_id")) for actor in actual.get("bypass_actors") or ()}
    if bypass - movers:
        yield f"it can be bypassed by {', '.join(sorted({kind for kind, _ in bypass - movers}))}"
    if "bypass_actors" in actual and (stopped := sorted(f"{kind} {number}" for kind, number in movers - bypass)):
        yield f"it stops {', '.join(stopped)}"


def _weaker(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parameters of a rule that are weaker than the wanted ones."""
    reviews = "required_approving_review_count"
    if actual.get(reviews, 0) < wanted.get(reviews, 0):
        yield f"{actual.get(reviews, 0)} reviews instead of {wanted[reviews]}"
    yield from (
        f"{name.replace('_', ' ')} is off"
        for name, value in wanted.items()
        if value is True and name != "do_not_enforce_on_create" and not actual.get(name)
    )
    sources = {check["context"]: check.get("integration_id") for check in actual.get("required_status_checks", ())}
    for check in wanted.get("required_status_checks", ()):
        if check["context"] not in sources:
            yield f"the check '{check['context']}' is not required"
        elif sources[check["context"]] != check["integration_id"]:
            yield f"the check '{check['context']}' counts from others than GitHub Actions"


def _way_to_main(main: str, hosted: Hosted) -> Check:
    """Check that no rule stops the fast-forward of main, which the token of a job pushes."""
    name = f"github/way to {main}"
    if isinstance(hosted.rules_of_main, Refusal):
        return unknown(name, "not readable", hosted.rules_of_main.why)
    stopping = sorted({rule["type"] for rule in hosted.rules_of_main} & STOPPING)
    if stopping:
        why = f"Integration fast-forwards {main} with the token of its job, which can't bypass a ruleset."
        mend = f"Take {main} out of the rulesets that hold these rules: Settings, Rules, Rulesets"
        return wrong(name, f"rules for {main}: {', '.join(stopping)}", why, mend)
    return ok(name, f"no rule stops integration from moving {main}")


def _environment(wanted: EnvironmentRules, actual: HostedEnvironment | None, mend: str) -> Check:
    name = f"github/environment {wanted.name}"
    if actual is None:
        why = "GitHub creates it at its first use, and then every branch and tag may use it."
        return wrong(name, f"there is no environment '{wanted.name}'", why, mend)
    if actual.waits_for and not wanted.waits:
        what = f"its runs wait for {' and '.join(actual.waits_for)}"
        take_out = f"Take that out on GitHub: Settings, Environments, {wanted.name}"
        return wrong(name, what, "Every push to a branch would wait, too.", take_out)
    if not actual.limited:
        why = "A run of any branch or tag that somebody pushes can read its secrets."
        return wrong(name, "it is not limited to branches and tags by name", why, mend)
    if isinstance(actual.refs, Refusal):
        return unknown(name, "limited, to refs that are not readable", actual.refs.why)
    return _refs(name, wanted, actual.refs, mend)


def _refs(name: str, wanted: EnvironmentRules, actual: frozenset[tuple[str, str]], mend: str) -> Check:
    refs = {(ref.kind, ref.name) for ref in wanted.refs}
    if missing := sorted(refs - actual):
        return wrong(name, f"{_shown(missing)} may not use it", "A run of the road would be refused.", mend)
    if more := sorted(actual - refs):
        why = "Runs of these refs can read its secrets."
        return wrong(name, f"{_shown(more)} may use it, too", why, mend)
    return ok(name, f"for {_shown(sorted(refs))} alone")


def _shown(refs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in refs)


def _secrets(settings: Settings, hosted: Hosted) -> Iterator[Check]:
    shared = hosted.secrets
    if not isinstance(shared, Refusal) and (misplaced := sorted(shared & OF_ENVIRONMENTS)):
        why = "The workflow of any branch can read a secret of the repository or of the organisation."
        mend = f"Set it in each environment that needs it, then: gh secret delete {misplaced[0]}"
        yield wrong("github/places of secrets", f"{', '.join(misplaced)} of the whole repository", why, mend)
    for secret in settings.secrets:
        yield _secret(secret, hosted)


def _secret(secret: Secret, hosted: Hosted) -> Check:
    place = f" --env {secret.environment}" if secret.environment else ""
    name = f"github/secret {secret.name}{f' of {secret.environment}' if secret.environment else ''}"
    places: list[frozenset[str] | Refusal] = [] if secret.apart else [hosted.secrets]
    if secret.environment:
        if isinstance(hosted.environments, Refusal):
            places.append(hosted.environments)
        elif secret.environment in hosted.environments:
            places.append(hosted.environments[secret.environment].secrets)
    if any(secret.name in names for names in places if not isinstance(names, Refusal)):
        return ok(name, "set")
    if refusal := next((names for names in places if isinstance(names, Refusal)), None):
        return unknown(name, "not readable", refusal.why)
    if not secret.needed:
        return ok(name, f"not set; optional: {secret.why}")
    return wrong(name, "not set", f"Needed: {secret.why}.", f"gh secret set {secret.name}{place}")
