"""The tiers of the tests: folders that may each need something. A tier that can't run is counted and says why."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd import masking
from cicd.errors import CicdError
from cicd.oci import engine
from tests.deploy.support import base_layers
from tests.tools.failures import ToldAtOnce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest_plugins = ["cicd.testing"]
TESTS = Path(__file__).resolve().parent
SHARING = (
    ("tests/kubernetes/test_cluster_crashes",),
    ("tests/kubernetes/test_housekeeping", "tests/kubernetes/test_several", "tests/kubernetes/test_target"),
    ("tests/road/test_demo",),
    ("tests/kubernetes/",),
    ("tests/deploy/test_docker_", "tests/deploy/test_crash", "tests/deploy/test_several"),
    (
        "tests/road/test_road",
        "tests/road/test_forge_cancel",
        "tests/road/test_forge_dispatch",
        "tests/road/test_forging",
    ),
    ("tests/road/test_model_gate",),
    ("tests/road/test_directory",),
    ("tests/road/test_forge_docker", "tests/road/test_plain_act"),
    ("tests/road/test_example_scripts",),
    ("tests/road/test_secrets",),
    ("tests/road/test_lock_installs", "tests/road/test_setup"),
    ("tests/deploy/test_named_secrets", "tests/deploy/test_training", "tests/deploy/test_dvc"),
    ("tests/deploy/test_builds", "tests/deploy/test_layer_cache"),
    ("tests/deploy/",),
    ("tests/road/",),
    ("tests/act/test_forge",),
    ("tests/static/test_api_contract",),
    ("tests/static/test_imports",),
    ("tests/static/test_linters",),
    ("tests/static/test_parser",),
    ("tests/unit/test_rollback",),
    ("tests/unit/test_tampering",),
)
"""Groups of files whose tests share what one of them starts, the longest first.

A file belongs to the first group that names it.
"""
FIRST_OF_THE_SHORT = len(SHARING) - 7
"""How many groups start before the tests of `ALONE`."""
ALONE = (
    "tests/road/test_workbench",
    "tests/road/test_forge_two",
    "tests/road/test_start",
    "tests/road/test_kinds",
    "tests/deploy/test_packaging_builds",
    "tests/deploy/test_private_index",
    "tests/deploy/test_services",
)
"""Files whose tests take long and share nothing: each starts where a process is free, before the short ones."""
SYSTEM = sys.platform
GREEN = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def _command(name: str) -> str:
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return "" if shutil.which(name, path=folders) else f"the command {name} is not here: make setup"


def _engine() -> str:
    try:
        engine.address()
        engine.build_command()
    except CicdError as error:
        return error.message
    return ""


def _cluster() -> str:
    file = os.environ.get("KUBECONFIG", "")
    if not file:
        return os.environ.get("NO_CLUSTER", "KUBECONFIG is not set")
    return "" if Path(file).is_file() else f"KUBECONFIG names {file}, which is not a file"


# Tier -> why it can't run here; an empty string: it can.
TIERS: dict[str, Callable[[], str]] = {
    "unit": lambda: "",
    "static": lambda: _command("node"),
    "act": lambda: _command("act"),
    "road": _engine,
    "deploy": _engine,
    "kubernetes": _cluster,
}


@pytest.fixture(autouse=True)
def _hidden_values() -> Iterator[None]:
    """Hide in no later test what a test hid."""
    yield
    masking.forget()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-tiers",
        action="store_true",
        default=os.environ.get("CI", "") == "true",
        help="fail when a test or a tier that was asked for can't run here (the default where CI=true)",
    )
    parser.addoption(
        "--may-miss", action="append", default=[], metavar="TIER", help="a tier that may be missing all the same"
    )


class Tiers:
    """Leaves out the tests of tiers that can't run here, and reports on every tier that was asked for."""

    def __init__(self, config: pytest.Config) -> None:
        self.asked = [tier for tier in TIERS if self._is_asked(config, TESTS / tier)]
        self.required = bool(config.getoption("--require-tiers"))
        self.may_miss: set[str] = set(config.getoption("--may-miss"))
        self.collected: Counter[str] = Counter()
        self.outcomes: dict[str, Counter[str]] = {tier: Counter() for tier in TIERS}
        self.missing: dict[str, str] = {}
        self.elsewhere: dict[str, str] = {}
        """The tests that this system can't run, and what of Linux each needs: no failure, and not skipped."""
        self.skipped = False

    @property
    def wrong(self) -> set[str]:
        """Return the missing tiers that must not be missing."""
        return set(self.missing) - self.may_miss

    @staticmethod
    def _is_asked(config: pytest.Config, folder: Path) -> bool:
        paths = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
        return any(path == folder or path in folder.parents or folder in path.parents for path in paths)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> object:
        """Keep the tests of a group in one process."""
        from xdist.scheduler import (  # type: ignore[import-untyped]  # noqa: PLC0415 -- where it is installed
            LoadScopeScheduling,
        )

        class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
            def _split_scope(self, nodeid: str) -> str:
                return group_of(nodeid)

        config.option.loadscopereorder = False  # the processes start with the first groups
        return Scheduling(config, log)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if hasattr(config, "workerinput"):
            items.sort(key=lambda item: order_of(item.nodeid))
        tiers = {item.nodeid: _tier(item.path) for item in items}
        self.collected.update(tiers.values())
        problems = {tier: TIERS[tier]() for tier in self.collected if tier in TIERS}
        self.missing = {tier: problem for tier, problem in problems.items() if problem}
        self.elsewhere = {item.nodeid: mark.args[0] for item in items if (mark := _needs_linux(item))}
        if taken := [item for item in items if tiers[item.nodeid] in self.missing or item.nodeid in self.elsewhere]:
            items[:] = [item for item in items if item not in taken]
            config.hook.pytest_deselected(items=taken)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.skipped |= report.skipped and not hasattr(report, "wasxfail")
        if report.when == "call" or report.outcome != "passed":
            self.outcomes.setdefault(_tier(TESTS.parent / report.nodeid.split("::")[0]), Counter())[report.outcome] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):  # a process of pytest-xdist tells the one that reports
            session.config.workeroutput["tiers"] = {
                "collected": dict(self.collected), "missing": self.missing, "elsewhere": self.elsewhere,
            }  # fmt: skip
        elif self.required and (self.wrong or self.skipped) and session.exitstatus in GREEN:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        tiers = getattr(node, "workeroutput", {}).get("tiers", {"collected": {}, "missing": {}, "elsewhere": {}})
        self.collected = Counter(tiers["collected"]) or self.collected
        self.missing |= tiers["missing"]
        self.elsewhere |= tiers["elsewhere"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("tiers")
        for tier in self.asked:
            counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(self.outcomes[tier].items()))
            if tier in self.missing:
                wrong = tier in self.wrong and self.required
                text = f"{self.collected[tier]} tests NOT RUN: {self.missing[tier]}"
                terminalreporter.write_line(f"tier {tier}: {text}", red=wrong, yellow=not wrong)
            else:
                elsewhere = [nodeid for nodeid in self.elsewhere if _tier(TESTS.parent / nodeid) == tier]
                more = f", {len(elsewhere)} not on this system" if elsewhere else ""
                terminalreporter.write_line(f"tier {tier}: {counts or 'no tests'}{more}")
                for nodeid in elsewhere:
                    terminalreporter.write_line(f"  not on this system: {nodeid}: {self.elsewhere[nodeid]}")
        if self.required and self.wrong:
            terminalreporter.write_line("A tier that was asked for did not run: that is a failure here.", red=True)
        if self.required and self.skipped:
            terminalreporter.write_line("A test was skipped: that is a failure here.", red=True)


def group_of(nodeid: str) -> str:
    """Return the group of a test: that of its file, or the test itself."""
    groups = (group[0] for group in SHARING if nodeid.startswith(group))
    return nodeid if nodeid.startswith(ALONE) else next(groups, nodeid)


def order_of(nodeid: str) -> int:
    """Return the place of a test's group: the longest groups start first, tests that share nothing last."""
    if nodeid.startswith(ALONE):
        return FIRST_OF_THE_SHORT
    place = next((place for place, group in enumerate(SHARING) if nodeid.startswith(group)), len(SHARING))
    return place if place < FIRST_OF_THE_SHORT else place + 1


def _needs_linux(item: pytest.Item) -> pytest.Mark | None:
    """Return the mark of a test that can't run on this system, with what of Linux the test needs."""
    return None if SYSTEM == "linux" else item.get_closest_marker("linux")


def _tier(path: Path) -> str:
    """Return the tier of a file; empty outside of all tiers."""
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep garbage collection away from collected tests: it would take a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's background jobs ignore Ctrl-C, and so would every process that a test starts and interrupts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(Tiers(config), "tiers")
    if not hasattr(config, "workerinput"):  # the processes of pytest-xdist share the folder
        config.add_cleanup(base_layers.share())
        if config.getoption("--require-tiers"):
            config.pluginmanager.register(ToldAtOnce(config), "told-at-once")
