"""The README shows the caller that the example ships, and the commands that a test of the road runs."""

from __future__ import annotations

import re

from cicd.cli import parser_of
from tests.road.support import quickstart
from tests.static.support.kit import ROOT
from tests.tools.reference import PINNED


def test_readme_shows_the_example_caller() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    shipped = (ROOT / "example_project" / ".github" / "workflows" / "ci.yml").read_text()
    assert shown == shipped[shipped.index("name: ") :].replace("@v1", PINNED)
    assert PINNED in shown


def test_readme_brings_a_new_project_to_production_in_three_commands() -> None:
    """The road runs these words, with `--kind` and `--yes`."""
    init, enter, push, promote = quickstart.commands()
    made = parser_of("init").parse_args(init[2:])
    assert (init[:2], made.local, enter) == (["ml-cicd", "init"], True, ["cd", str(made.directory)])
    assert push[:3] == ["git", "push", "local"]
    promoted = parser_of("promote").parse_args(promote[2:])
    assert (promote[:2], promoted.environment, promoted.remote) == (["ml-cicd", "promote"], "production", push[2])
