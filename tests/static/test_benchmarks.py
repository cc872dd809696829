"""The page of benchmarks shows the figures that are kept as JSON, and nothing else."""

from __future__ import annotations

import re

from tests.static.support.kit import ROOT
from tests.tools import benchmarks

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_page_shows_the_results() -> None:
    assert benchmarks.PAGE.read_text() == benchmarks.page(benchmarks.read()), "run: make docs"


def test_every_figure_reaches_the_page() -> None:
    results = benchmarks.read()
    figures = [figure for result in results.values() for figure in result["figures"]]
    assert figures
    for figure in figures:
        assert all(figure[key] for key in ("what", "measured")), figure
        before = benchmarks.page(results)
        figure["measured"] += ", edited"
        assert benchmarks.page(results) != before, figure


def test_every_figure_names_a_make_target() -> None:
    commands = {title.partition(":")[0] for title in benchmarks.TITLES}  # behind a colon stands a part of it
    assert {command.removeprefix("make ") for command in commands} <= TARGETS
    assert benchmarks.read().keys() <= benchmarks.TITLES.keys()
