"""Three workflows promote a release. Each is whole, so that it can be read alone; here is all that differs."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, NamedTuple

from tests.static.support.kit import WORKFLOWS, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.static.support.kit import Kit


class Difference(NamedTuple):
    """Lines of one workflow, and what stands in their place in the other."""

    what: str
    first: str
    second: str
    times: int = 1


STAGING_TO_PRODUCTION = (
    Difference(
        "purpose and name",
        """\
# Deploys the release that passed integration to staging, by digest, and runs the acceptance tests.
name: staging
""",
        """\
# Deploys the release that staging accepted to production, by digest, and runs the smoke tests.
# Verifies the promotion twice: before anybody approves the deployment, and again in the job that deploys.
name: production
""",
    ),
    Difference("the trigger tag", "        default: Staging\n", "        default: Production\n"),
    Difference(
        "the environment that is verified, deployed and recorded",
        "          environment: staging\n",
        "          environment: production\n",
        times=3,
    ),
    Difference("the name of the job", "    name: Deploy to staging\n", "    name: Deploy to production\n"),
    Difference("the environment of the job", "      name: staging\n", "      name: production\n"),
    Difference("the section of the comment", "          stage: staging\n", "          stage: production\n"),
)
PRODUCTION_TO_DEPLOY = (
    Difference(
        "purpose and name",
        """\
# Deploys the release that staging accepted to production, by digest, and runs the smoke tests.
# Verifies the promotion twice: before anybody approves the deployment, and again in the job that deploys.
name: production
""",
        """\
# Deploys any accepted release to any environment, started by hand. This is also the way to roll back.
name: deploy
""",
    ),
    Difference(
        "an environment is chosen; a commit need not be, and no tag is checked",
        """\
      commit:
        description: 'Commit of the release: a full SHA, or a tag or branch that names it.'
        type: string
        required: true
      tag:
        description: >-
          Tag that must still point to the commit when it is verified and deployed, for example `Production`.
          If empty, no tag is checked.
        type: string
        required: false
        default: Production
""",
        """\
      environment:
        description: 'Name of the environment: integration, staging or production.'
        type: string
        required: true
      commit:
        description: >-
          Commit of the release: a full SHA, or a tag or branch that names it. If empty, the release before
          the one that is deployed now.
        type: string
        required: false
        default: ""
""",
    ),
    Difference(
        "the environment that is verified, deployed and recorded",
        "          environment: production\n",
        "          environment: ${{ inputs.environment }}\n",
        times=3,
    ),
    Difference(
        "older commits are allowed, and no tag is checked",
        "          tag: ${{ inputs.tag }}\n",
        "          backwards: 'true'\n",
        times=2,
    ),
    Difference("the name of the job", "    name: Deploy to production\n", "    name: Deploy the release\n"),
    Difference("the environment of the job", "      name: production\n", "      name: ${{ inputs.environment }}\n"),
    Difference(
        "no tag, so no newer run (outputs of the jobs)",
        "      result: ${{ steps.verify.outputs.result }}\n",
        "",
    ),
    Difference(
        "no tag, so no newer run (whether to deploy)",
        "    if: ${{ needs.verify.outputs.result != 'superseded' }}\n",
        "",
    ),
    Difference(
        "no tag, so no newer run (the result of the run)",
        "        description: '`passed`, `failed`, or `superseded` if a newer run carries the change.'\n",
        "        description: '`passed`, or `failed` unless every job succeeded.'\n",
    ),
    Difference(
        "nothing for the comment, since such a run does not begin at the commit that it brings",
        """\
          stage: production
          directory: ${{ inputs.directory }}
      - name: Leave what the run says for the comment
        if: ${{ !cancelled() && steps.conclude.outputs.artifact != '' }}
        continue-on-error: true
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: ${{ steps.conclude.outputs.artifact }}
          path: ${{ steps.conclude.outputs.report }}
          overwrite: true
""",
        "",
    ),
)


def likeness(kit: Kit) -> Iterator[Finding]:
    """The three workflows are the same but for the differences listed here, each of which is there."""
    yield from _compared(kit, "staging.yml", "production.yml", STAGING_TO_PRODUCTION)
    yield from _compared(kit, "production.yml", "deploy.yml", PRODUCTION_TO_DEPLOY)


def _compared(kit: Kit, first: str, second: str, differences: tuple[Difference, ...]) -> Iterator[Finding]:
    text, other = (kit.files[f"{WORKFLOWS}{name}"] for name in (first, second))
    for difference in differences:
        if (times := text.count(difference.first)) != difference.times:
            yield Finding(first, difference.what, "likeness", f"stands there {times} times, not {difference.times}")
        text = text.replace(difference.first, difference.second)
    lines = unified_diff(text.splitlines(), other.splitlines(), lineterm="", n=0)
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            yield Finding(second, line, "likeness", f"is no listed difference from {first}")


RULES = (likeness,)
