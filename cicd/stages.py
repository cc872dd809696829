"""The stages of the road, in order: the one table that names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cicd.errors import UsageError


@dataclass(frozen=True)
class Stage:
    """A stage, and the environment of the same name that it deploys to."""

    name: str
    suite: str
    """The tests that judge a release there. For a project without them, a passed health check is enough."""
    before: str = ""
    """The stage that must have passed a release before it comes here; empty: releases begin here."""
    tag: str = ""
    """The git tag whose push starts the stage; empty: no tag does."""
    configuration_from: Literal["commit", "main"] = "main"
    """Whose `ml-cicd.toml` governs the environment: the deployed commit's, or that of main."""
    publishes: bool = False
    """Whether packages are published there, after everything else."""
    may_vanish: bool = False
    """Whether its releases may end with the job that deployed them, unless the project says otherwise."""


INTEGRATION = Stage("integration", suite="integration", configuration_from="commit", may_vanish=True)
STAGING = Stage("staging", suite="acceptance", before="integration", tag="Staging")
PRODUCTION = Stage("production", suite="smoke", before="staging", tag="Production", publishes=True)
STAGES = {stage.name: stage for stage in (INTEGRATION, STAGING, PRODUCTION)}
TAGGED = {name: stage for name, stage in STAGES.items() if stage.tag}
"""The stages that a person starts by a tag."""
NAMES = "integration, staging or production"
BRANCHES = "ci"
"""The workflow of branches and pull requests, which comes before all stages and has no environment."""


def named(name: str) -> Stage:
    """Return the stage of that name.

    Raises:
        UsageError: there is none.

    """
    if name not in STAGES:
        raise UsageError(f"There is no environment '{name}'.", f"The environments are: {', '.join(STAGES)}.")
    return STAGES[name]


def before(environment: str) -> str:
    """Return the stage that comes before; empty for the first stage, and for a name that is no stage."""
    return STAGES[environment].before if environment in STAGES else ""


def accepted_by(environment: str) -> str:
    """Return the stage whose passed entry lets a release into `environment`; the first stage accepts its own."""
    return before(environment) or environment
