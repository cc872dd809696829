"""The settings of a project on GitHub: for people, as JSON, and as a shell script that sets them."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from cicd.doctor.rulesets import Mode, command_to_compare, command_to_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.doctor.settings import EnvironmentRules, Secret, Settings

POLICY = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}
"""The body of the request that limits an environment to refs by name."""
PROTECTED = (
    "The workflows of this version push with the job's token, which these rules stop. Use them only if your workflows "
    "push main and the tags with the token of that App."
)
_SCRIPT = """\
#!/bin/sh
# Sets rulesets and environments of the repository. Run it again after a change: what exists is updated by its name.
# It needs GitHub's command gh, logged in as somebody who administers the repository.
set -eu
# gh replaces {owner} and {repo}: run this in a clone, or set GH_REPO=OWNER/NAME.
repository='repos/{owner}/{repo}'

ruleset() { # NAME; the request's body is on standard input
  number=$(gh api --paginate "$repository/rulesets?includes_parents=false&per_page=100" \\
    --jq ".[] | select(.name == \\"$1\\") | .id" </dev/null)
  if [ -n "$number" ]; then
    gh api --silent --method PUT "$repository/rulesets/$number" --input -
  else
    gh api --silent --method POST "$repository/rulesets" --input -
  fi
  echo "ruleset $1"
}

environment() { # NAME KIND:REF...
  name=$1
  shift
  path="$repository/environments/$name"
  limited=$(gh api "$path" --jq .deployment_branch_policy.custom_branch_policies 2>/dev/null || true)
  if [ "$limited" != true ]; then
    echo 'POLICY' | gh api --silent --method PUT "$path" --input -
  fi
  present=$(gh api --paginate "$path/deployment-branch-policies?per_page=100" \\
    --jq '.branch_policies[] | "\\(.id) \\(.type):\\(.name)"')
  for ref in "$@"; do
    if ! echo "$present" | cut -d ' ' -f 2- | grep -q -x -F -e "$ref"; then
      gh api --silent --method POST "$path/deployment-branch-policies" -f type="${ref%%:*}" -f name="${ref#*:}"
    fi
  done
  echo "$present" | while read -r number ref; do
    case " $* " in
      *" $ref "*) ;;
      *) [ -z "$number" ] || gh api --silent --method DELETE "$path/deployment-branch-policies/$number" ;;
    esac
  done
  echo "environment $name: $*"
}
"""


def data(settings: Settings) -> dict[str, Any]:
    """Return the settings as the bodies of GitHub's REST API."""
    return {
        "mode": settings.mode.value,
        "rulesets": [ruleset.body for ruleset in settings.rulesets],
        "environments": [
            {
                "name": rules.name, **POLICY,
                "deployment_branch_policies": [{"type": ref.kind, "name": ref.name} for ref in rules.refs],
            }
            for rules in settings.environments
        ],
        "secrets": [
            {"name": secret.name, "environment": secret.environment, "needed": secret.needed, "why": secret.why,
             "keys": list(secret.keys)}
            for secret in settings.secrets
        ],
    }  # fmt: skip


def script(settings: Settings) -> str:
    """Return a shell script that sets rulesets and environments, and names the commands that set the secrets."""
    parts = [_SCRIPT.replace("POLICY", json.dumps(POLICY))]
    parts += [
        f"ruleset {shlex.quote(ruleset.name)} <<'END'\n{json.dumps(ruleset.body, indent=2)}\nEND\n"
        for ruleset in settings.rulesets
    ]
    parts.append("".join(f"{_environment(rules)}\n" for rules in settings.environments))
    parts.append(
        "# Set the secrets by hand. Each command asks for the value; from a file: append < FILE\n"
        + "".join(f"#   {command(secret)}{_purpose(secret)}\n" for secret in settings.secrets)
    )
    return "\n".join(parts)


def command(secret: Secret) -> str:
    """Return the command that sets a secret."""
    place = f" --env {secret.environment}" if secret.environment else ""
    return f"gh secret set {secret.name}{place}"


def text(settings: Settings, options: Sequence[str] = ()) -> str:
    """Return the settings in words; `options` are those of the command that asked for them."""
    lines = ["rulesets:"]
    lines += [
        f"  {ruleset.name:<20} {ruleset.target} {', '.join(ruleset.refs)}: "
        + ", ".join(rule["type"].replace("_", " ") for rule in ruleset.rules)
        for ruleset in settings.rulesets
    ]
    lines += ["environments, and the refs that may use them:"]
    lines += [
        f"  {rules.name:<20} {', '.join(f'{ref.kind} {ref.name}' for ref in rules.refs)}"
        for rules in settings.environments
    ]
    lines += ["secrets:", *(f"  {command(secret)}{_purpose(secret)}" for secret in settings.secrets)]
    if settings.mode is Mode.PROTECTED:
        lines += ["", PROTECTED]
    lines += ["", f"To set rulesets and environments: {command_to_set(options)}"]
    lines += [f"To compare: {command_to_compare(options)}"]
    return "\n".join(lines)


def _environment(rules: EnvironmentRules) -> str:
    return shlex.join(["environment", rules.name, *(f"{ref.kind}:{ref.name}" for ref in rules.refs)])


def _purpose(secret: Secret) -> str:
    keys = f", a JSON object with {', '.join(secret.keys)}" if secret.keys else ""
    return f"   # {'' if secret.needed else 'optional; '}{secret.why}{keys}"
