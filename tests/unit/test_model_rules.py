"""A commit is judged by the rules of main: what it changes of them makes its verdict inconclusive at best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd import config as configuration
from cicd import ledger
from cicd.road import model_rules
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from cicd.road.model_rules import Governing
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

PLAIN = 'name = "app"\n'
GATE = """name = "app"
[gate]
evaluate = ["evaluate"]
set = "data"
[gate.metrics.accuracy]
margin = 0.01
"""


class Project(Road):
    """A project whose configuration changes from commit to commit."""

    def commit(self, text: str) -> str:
        (self.workspace.clone / "ml-cicd.toml").write_text(text)
        self.workspace.git("add", "--all")
        return self.workspace.commit()

    def on_main_with(self, text: str) -> str:
        commit = self.commit(text)
        self.workspace.put("refs/heads/main", commit)
        return commit

    def governing(self, commit: str) -> Governing | None:
        repository = self.workspace.repository()
        text = repository.show(commit, "ml-cicd.toml")
        assert text
        chains = ledger.read_all(repository, "app")
        return model_rules.governing(repository, configuration.parse(text, commit), chains, commit)


@pytest.fixture
def project(workspace: Workspace, registry: Registry) -> Project:
    return Project(workspace, registry)


def test_a_project_without_a_gate_is_not_judged(project: Project) -> None:
    project.on_main_with(PLAIN)
    assert project.governing(project.commit(PLAIN)) is None
    by_hand = PLAIN + "[gate.metrics.accuracy]\nmargin = 0.01\n"
    assert project.governing(project.commit(by_hand)) is None


def test_a_commit_that_changes_no_rule_is_judged_by_those_of_main(project: Project) -> None:
    project.on_main_with(GATE)
    asked = project.governing(project.commit(GATE + "# a comment\n"))
    assert asked
    assert (asked.change, asked.settings) == ("", asked.own)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("margin = 0.01", "margin = 0.5", "metrics"),
        ("margin = 0.01", "margin = 0.01\nfloor = 0.1", "metrics"),
        ("[gate.metrics.accuracy]", "[gate.metrics.f1]", "metrics"),
        ('set = "data"', 'set = "data"\nslices = ["carrier"]', "slices"),
        ('set = "data"', 'set = "data"\npositive = "late"', "positive"),
        ('set = "data"', 'set = "data"\ncolumns = { target = "truth" }', "columns"),
        ('set = "data"', 'set = "data"\nskip = { G003 = "why not" }', "skip"),
        ('set = "data"', 'set = "data"\nbudget = { image-size = "9g" }', "budget"),
        ('set = "data"', 'set = "data"\nmixed = "pass"\ninconclusive = "pass"', "mixed, inconclusive"),
    ],
)
def test_a_commit_that_changes_a_rule_is_judged_by_the_old_one_and_named(
    project: Project, old: str, new: str, change: str
) -> None:
    before = configuration.parse(GATE, "main").gate
    project.on_main_with(GATE)
    asked = project.governing(project.commit(GATE.replace(old, new)))
    assert asked
    assert before
    assert asked.change == f"changes [gate] {change}"
    assert (asked.settings.metrics, asked.settings.skip, asked.settings.slices) == (before.metrics, {}, ())
    assert (asked.settings.mixed, asked.settings.inconclusive) == ("ask", "ask")


def test_how_a_release_is_evaluated_comes_from_its_own_commit(project: Project) -> None:
    project.on_main_with(GATE)
    own = '"more"\ntimeout = 5\nmemory = "1g"\ncpus = 2\nshm-size = "2g"'
    text = GATE.replace('["evaluate"]', '["python", "-m", "new"]').replace('"data"', own)
    asked = project.governing(project.commit(text))
    assert asked
    assert (asked.settings.evaluate, asked.settings.evaluation_set) == (("python", "-m", "new"), "more")
    assert (asked.settings.timeout, asked.settings.memory, asked.change) == (5, "1g", "")
    assert (asked.settings.cpus, asked.settings.shm_size) == (2, "2g")


def test_new_names_of_columns_are_taken_and_count_as_a_change(project: Project) -> None:
    project.on_main_with(GATE)
    asked = project.governing(project.commit(GATE.replace('"data"', '"data"\ncolumns = { target = "truth" }')))
    assert asked
    assert (asked.settings.columns, asked.change) == ({"target": "truth"}, "changes [gate] columns")


def test_adding_and_removing_the_gate_are_changes(project: Project) -> None:
    project.on_main_with(PLAIN)
    added = project.governing(project.commit(GATE))
    assert added
    assert added.change == "adds [gate]"
    project.on_main_with(GATE)
    removed = project.governing(project.commit(PLAIN))
    assert removed
    assert (removed.change, removed.own) == ("removes [gate]", None)
    assert removed.settings.evaluate == ("evaluate",)


def test_the_first_commit_of_a_project_is_judged_by_its_own_rules(project: Project) -> None:
    asked = project.governing(project.commit(GATE))
    assert asked
    assert (asked.change, asked.settings) == ("", asked.own)


def test_on_a_trunk_the_newest_other_commit_that_passed_says_what_counts(project: Project) -> None:
    accepted = project.on_main_with(GATE)
    project.record("integration", accepted)
    project.record("integration", project.on_main_with(GATE.replace("0.01", "0.4")), "failed")
    changed = project.on_main_with(GATE.replace("0.01", "0.5"))
    asked = project.governing(changed)
    assert asked
    assert (asked.change, asked.settings.metrics[0].margin) == ("changes [gate] metrics", 0.01)
    project.record("integration", changed)
    again = project.governing(changed)  # its own entry does not make its rules those that count
    assert again == asked


def test_without_a_main_branch_the_newest_commit_that_passed_says_what_counts(project: Project) -> None:
    accepted = project.commit(GATE)
    project.workspace.put("refs/heads/develop", accepted)
    project.workspace.git("-C", str(project.workspace.remote), "update-ref", "-d", "refs/heads/main")
    project.record("integration", accepted)
    asked = project.governing(project.commit(GATE.replace("0.01", "0.5")))
    assert asked
    assert (asked.change, asked.settings.metrics[0].margin) == ("changes [gate] metrics", 0.01)


def test_the_digest_of_the_rules_is_that_of_what_is_asked(project: Project) -> None:
    project.on_main_with(GATE)
    asked = [project.governing(project.commit(text)) for text in (GATE, GATE.replace("data", "more"), PLAIN)]
    changed = project.governing(project.commit(GATE.replace("0.01", "0.02")))
    digests = [each.digest for each in (*asked, changed) if each]
    assert len(digests) == 4
    assert digests[0] == digests[1]
    assert len({*digests}) == 3
