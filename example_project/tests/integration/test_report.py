"""The report is a service beside the first one, with an address of its own."""

import os
import urllib.request

import pytest


@pytest.mark.parametrize("path", ["health", "script-health-check"])
def test_report_runs_and_its_page_raises_nothing(path: str) -> None:
    with urllib.request.urlopen(f"{os.environ['SERVICE_URL_REPORT']}/_stcore/{path}", timeout=60) as answer:
        assert (answer.status, answer.read()) == (200, b"ok")
