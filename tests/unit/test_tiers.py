"""tests/conftest.py reports every tier that can't run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import group_of, order_of

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parents[1] / "conftest.py"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project with this repository's tiers: one passing test in `unit`, two in `kubernetes`, no cluster."""
    for variable in ("CI", "KUBECONFIG", "NO_CLUSTER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a second less for each
    tests = pytester.mkdir("tests")
    (tests / "conftest.py").write_text(CONFTEST.read_text())
    for tier, count in {"unit": 1, "kubernetes": 2}.items():
        (tests / tier).mkdir()
        body = "".join(f"def test_{number}(): pass\n" for number in range(count))
        (tests / tier / f"test_of_{tier}.py").write_text(body)
    return pytester


def test_missing_tier_is_named_and_counted(project: pytest.Pytester) -> None:
    result = project.runpytest("tests")
    result.stdout.fnmatch_lines(
        ["tier unit: 1 passed", "tier kubernetes: 2 tests NOT RUN: KUBECONFIG is not set"], consecutive=False
    )
    result.assert_outcomes(passed=1, deselected=2)
    assert result.ret == pytest.ExitCode.OK


def test_cluster_that_did_not_start_has_its_reason_named(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_CLUSTER", "etcd is missing")
    result = project.runpytest("tests")
    result.stdout.fnmatch_lines(["tier kubernetes: 2 tests NOT RUN: etcd is missing"])


def test_tier_that_may_miss_does_not_fail(project: pytest.Pytester) -> None:
    result = project.runpytest("tests", "--require-tiers", "--may-miss", "kubernetes")
    result.stdout.fnmatch_lines(["tier kubernetes: 2 tests NOT RUN: KUBECONFIG is not set"])
    assert result.ret == pytest.ExitCode.OK
    assert project.runpytest("tests", "--require-tiers", "--may-miss", "deploy").ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("way", ["--require-tiers", "CI=true"])
def test_missing_tier_fails_where_required(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way == "CI=true":
        monkeypatch.setenv("CI", "true")
        result = project.runpytest("tests")
    else:
        result = project.runpytest("tests", way)
    result.stdout.fnmatch_lines(["tier kubernetes: 2 tests NOT RUN: KUBECONFIG is not set", "*that is a failure here*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("required", [True, False])
def test_failure_is_told_at_once_where_required(project: pytest.Pytester, required: bool) -> None:
    (project.path / "tests" / "unit" / "test_more.py").write_text("def test_a(): assert 1 == 2\ndef test_b(): pass\n")
    result = project.runpytest("tests/unit", "-v", *(["--require-tiers"] if required else []))
    told = [line for line in result.outlines if line.startswith("call of tests/unit/test_more.py::test_a failed (")]
    assert [line.partition(": ")[2] for line in told] == ["assert 1 == 2"] * required
    if required:
        assert result.outlines.index(told[0]) < next(n for n, line in enumerate(result.outlines) if "test_b" in line)
        assert re.search(r"\(\d\d:\d\d:\d\d, 0 s, disk \d+\.\d GB free\)", told[0])


@pytest.mark.parametrize("required", [True, False])
def test_skipped_test_fails_where_required(project: pytest.Pytester, required: bool) -> None:
    (project.path / "tests" / "unit" / "test_more.py").write_text("import pytest\ndef test(): pytest.skip('no')\n")
    result = project.runpytest("tests/unit", *(["--require-tiers"] if required else []))
    result.stdout.fnmatch_lines(["tier unit: 1 passed, 1 skipped"])
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if required else pytest.ExitCode.OK)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(("system", "counts"), [("linux", "2 passed"), ("darwin", "1 passed, 1 not on this system")])
def test_test_that_needs_linux_is_counted_apart(
    project: pytest.Pytester, system: str, counts: str, required: bool
) -> None:
    _on(project, system)
    result = project.runpytest("tests/unit", *(["--require-tiers"] if required else []))
    named = ["  not on this system: tests/unit/test_more.py::test: the file /proc/self"] if system != "linux" else []
    result.stdout.fnmatch_lines([f"tier unit: {counts}", *named], consecutive=True)
    assert result.ret == pytest.ExitCode.OK


def test_xdist_processes_report_tests_of_another_system(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CONFTEST.parents[1]))
    _on(project, "darwin")
    result = project.runpytest_subprocess("tests/unit", "-p", "xdist", "-n", "2", "--require-tiers")
    result.stdout.fnmatch_lines(["tier unit: 1 passed, 1 not on this system", "  not on this system: *::test: the *"])
    assert result.ret == pytest.ExitCode.OK


def _on(project: pytest.Pytester, system: str) -> None:
    """Let the project's tests run on that system, one of which needs Linux."""
    conftest = project.path / "tests" / "conftest.py"
    conftest.write_text(conftest.read_text().replace("SYSTEM = sys.platform", f"SYSTEM = {system!r}"))
    (project.path / "tests" / "unit" / "test_more.py").write_text(
        "import pytest\n@pytest.mark.linux('the file /proc/self')\ndef test(): pass\n"
    )


def test_no_test_decides_itself_where_it_runs() -> None:
    """A test that is skipped fails where CI=true; one that needs something of Linux says so by the mark `linux`."""
    files = [*CONFTEST.parent.rglob("*.py")]
    assert [file.name for file in files if "mark.skip" in file.read_text() and file != Path(__file__)] == []


def test_unasked_tier_is_not_missed(project: pytest.Pytester) -> None:
    result = project.runpytest("tests/unit", "--require-tiers")
    result.stdout.no_fnmatch_line("*tier kubernetes*")
    assert result.ret == pytest.ExitCode.OK


def test_tier_without_tests_is_named(project: pytest.Pytester) -> None:
    result = project.runpytest("tests", "--require-tiers")
    result.stdout.fnmatch_lines(["tier road: no tests", "tier deploy: no tests"])


def test_tier_runs_where_possible(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(project.makefile(".yaml", cluster="")))
    result = project.runpytest("tests", "--require-tiers")
    result.stdout.fnmatch_lines(["tier kubernetes: 2 passed"])
    assert result.ret == pytest.ExitCode.OK


def test_missing_tier_names_the_engine(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    (project.path / "tests" / "road").mkdir()
    (project.path / "tests" / "road" / "test_of_road.py").write_text("def test_road(): pass\n")
    result = project.runpytest("tests")
    result.stdout.fnmatch_lines(["tier road: 1 tests NOT RUN: No Docker engine answers: unix:///nonexistent/*"])


def test_failing_test_counts_for_its_tier(project: pytest.Pytester) -> None:
    (project.path / "tests" / "unit" / "test_bad.py").write_text("def test_bad(): assert False\n")
    result = project.runpytest("tests")
    result.stdout.fnmatch_lines(["tier unit: 1 failed, 1 passed"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_xdist_processes_report_missing_tiers(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CONFTEST.parents[1]))
    result = project.runpytest_subprocess("tests", "-p", "xdist", "-n", "2", "--require-tiers")
    result.stdout.fnmatch_lines(["tier unit: 1 passed", "tier kubernetes: 2 tests NOT RUN: KUBECONFIG is not set"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/road/test_workbench.py::test_x", "tests/road/test_workbench.py::test_x"),
        ("tests/road/test_forging.py::test_x", "tests/road/test_road"),
        ("tests/deploy/test_ssh.py::test_x", "tests/deploy/"),
        ("tests/kubernetes/test_cluster_crashes.py::test_x[a]", "tests/kubernetes/test_cluster_crashes"),
        ("tests/kubernetes/test_promises.py::test_x", "tests/kubernetes/"),
        ("tests/unit/test_cli.py::test_x[a]", "tests/unit/test_cli.py::test_x[a]"),
    ],
)
def test_tests_sharing_fixtures_share_a_process(nodeid: str, group: str) -> None:
    assert group_of(nodeid) == group


def test_longest_groups_start_first() -> None:
    names = ("unit/test_cli", "act/test_forge", "road/test_start", "deploy/test_ssh", "road/test_demo")
    tests = [f"tests/{name}.py::test_x" for name in names]
    assert sorted(tests, key=order_of) == tests[::-1]
