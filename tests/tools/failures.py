"""Tell of each failure as soon as it is known: a run that is cut short would otherwise say nothing of why."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from typing import TYPE_CHECKING

from cicd.text import lines

if TYPE_CHECKING:
    import pytest

TOLD = 60
"""How many failures are told at once; pytest's own report at the end has them all."""


class ToldAtOnce:
    """A plugin that writes a line for each of the first failures, with what the disk had left."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.told = 0

    def pytest_report_header(self) -> str:
        """Return what the machine has: most tests need processors, disk and memory."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        return f"machine: {os.cpu_count()} processors, {memory:.0f} GB memory, disk {_free():.1f} GB free"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.told < TOLD:
            self.told += 1
            state = f"{time.strftime('%X')}, {report.duration:.0f} s, disk {_free():.1f} GB free"
            terminal: pytest.TerminalReporter | None = self.config.pluginmanager.get_plugin("terminalreporter")
            assert terminal
            terminal.ensure_newline()
            terminal.write_line(f"{report.when} of {report.nodeid} failed ({state}): {reason(report)}", red=True)


def _free() -> float:
    return shutil.disk_usage(tempfile.gettempdir()).free / 1e9


def reason(report: pytest.TestReport) -> str:
    """Return the first line of why a test failed."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return (lines(crash.message if crash else report.longreprtext) or [""])[0]
