"""The rules about people that govern an environment: all of them, from the newest release that counts as accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import ledger
from cicd.config import Config, Environment
from cicd.errors import UsageError
from cicd.road import rules
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

PRESENT = Environment("production", promoters=("eve",), approvers=("eve",), approvals=1)
CONFIG = Config("app", environments={"production": PRESENT})
ALL = ("integration", "staging", "production")


@pytest.fixture
def road(workspace: Workspace, registry: Registry) -> Road:
    return Road(workspace, registry)


def write(road: Road, text: str, *, name: str = "app", folder: str = "") -> None:
    """Write the configuration of a project for the next commit."""
    file = road.workspace.clone / folder / "ml-cicd.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'name = "{name}"\n[environments.production]\n{text}\n')
    road.workspace.git("add", "--all")


def governed(road: Road, change: dict[str, Any] | None = None) -> Environment:
    """Return the environment with its rules, where the newest entry of production is changed so."""
    repository = road.workspace.repository()
    chains = ledger.read_all(repository, "app")
    if change:
        *entries, newest = chains["production"]
        chains["production"] = [*entries, replace(newest, **change)]
    return rules.governing(repository, CONFIG, chains, "production")


def test_all_three_rules_are_those_of_the_accepted_release(road: Road) -> None:
    assert governed(road) is PRESENT, "before anything has passed"
    write(road, 'promoters = ["ada"]\napprovers = ["grace", "hal"]\napprovals = 2\nport = 9000')
    road.accepted(*ALL)
    expected = replace(PRESENT, promoters=("ada",), approvers=("grace", "hal"), approvals=2)
    assert governed(road) == expected, "the port is that of main"


def test_entry_that_nobody_vouches_for_or_saw_accepts_no_rules(road: Road) -> None:
    write(road, 'promoters = ["ada"]')
    road.accepted(*ALL)
    write(road, 'promoters = ["root"]')
    road.accepted(*ALL)
    assert governed(road).promoters == ("root",)
    assert governed(road, {"trust": "unsigned"}).promoters == ("ada",)
    newest = ledger.read(road.workspace.repository(), "app", "production")[-1].deployment
    assert governed(road, {"deployment": replace(newest, observed=True)}).promoters == ("ada",)


def test_rules_of_another_project_in_the_same_place_do_not_count(road: Road) -> None:
    write(road, 'promoters = ["ada"]', folder="projects/app")
    write(road, 'promoters = ["root"]', name="another")
    commit = road.on_main()
    found = rules.of_commit(road.workspace.repository(), CONFIG, commit)
    assert (found.name, found.environments["production"].promoters) == ("app", ("ada",))


def test_configuration_that_can_not_be_read_is_named_with_its_commit(road: Road) -> None:
    write(road, "promoters = 7")
    commit = road.on_main()
    with pytest.raises(UsageError, match=rf"ml-cicd\.toml at {commit[:12]}"):
        rules.of_commit(road.workspace.repository(), CONFIG, commit)


def test_each_rule_that_a_release_changes_is_named(road: Road) -> None:
    write(road, 'promoters = ["ada"]\napprovers = ["ada", "grace"]\napprovals = 2')
    commit = road.on_main()
    repository = road.workspace.repository()
    assert rules.changes(repository, CONFIG, commit, PRESENT) == [
        "promoters: eve -> ada", "approvers: eve -> ada, grace", "approvals: 1 -> 2",
    ]  # fmt: skip
    assert rules.changes(repository, CONFIG, commit, replace(PRESENT, promoters=("ada",)))[:1] == [
        "approvers: eve -> ada, grace"
    ]
    nobody = Environment("production")
    assert "promoters: none named -> ada" in rules.changes(repository, CONFIG, commit, nobody)
