"""Run tests against faults in forked processes, so that a fault costs no start of Python and no import.

As a plug-in (`pytest -p tests.tools.python_faults.server`) with `FAULTS_JOB` naming a JSON file: after the tests were
collected, each fault gets a child process, in which the code of one function is swapped and the tests are run.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from tests.unit.support import registry_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

JOB = "FAULTS_JOB"
NOT_SWAPPED = "the function was not found"
NOTHING = {"start": 0, "end": 0, "text": ""}
"""A change of nothing."""
NOTHING_SEEN: dict[str, Any] = {"red": "", "why": "", "seconds": 0, "tests": 0}
WALL, CPU = 20.0, 6.0
"""Seconds that one test may take beyond ten times its usual time: waiting, and computing."""


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(JOB):
        config.pluginmanager.register(Server(json.loads(Path(os.environ[JOB]).read_text("utf-8"))), "faults")


class Server:
    """Measures which test reaches which line, or runs faults, in place of pytest's own loop."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")

        import hypothesis  # noqa: PLC0415 -- after the tests have loaded their profile

        phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
        hypothesis.settings.register_profile(
            "faults", hypothesis.settings.default, phases=phases, derandomize=True, database=None
        )
        hypothesis.settings.load_profile("faults")
        gc.unfreeze()
        with Path(self.job["results"]).open("w", encoding="utf-8") as results:
            if self.job["kind"] == "reach":
                results.write(json.dumps(reach(session, self.job["sources"])))
            else:
                for verdict in _verdicts(session, self.job):
                    results.write(json.dumps(verdict) + "\n")
                    results.flush()
        return True


def reach(session: pytest.Session, sources: dict[str, str]) -> dict[str, Any]:
    """Run all tests and return their names, durations and failures, and the tests that reach each line."""
    import coverage  # noqa: PLC0415 -- only for this

    measured = coverage.Coverage(data_file=None, include=list(sources.values()), config_file=False)
    measured.start()
    durations, failed = [], []
    for number, item in enumerate(session.items):
        measured.switch_context(str(number))
        started = time.perf_counter()
        following = session.items[number + 1] if number + 1 < len(session.items) else None
        reports = runtestprotocol(item, log=False, nextitem=following)
        durations.append(round(time.perf_counter() - started, 3))
        if any(not report.passed for report in reports):
            failed.append(number)
    measured.stop()
    data = measured.get_data()
    lines = {
        module: {
            line: sorted({int(context) for context in contexts if context})
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for module, file in sources.items()
    }
    return {"tests": [item.nodeid for item in session.items], "durations": durations, "failed": failed, "lines": lines}


def _plain(test: str) -> str:
    """Return the name of a test without its parameters."""
    return test.partition("[")[0]


def _verdicts(session: pytest.Session, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    items: dict[str, list[pytest.Item]] = {}
    for item in session.items:
        items.setdefault(item.nodeid, []).append(item)
        items.setdefault(item.nodeid.partition("::")[0], []).append(item)
        if _plain(item.nodeid) != item.nodeid:
            items.setdefault(_plain(item.nodeid), []).append(item)
    for name in {fault["module"] for fault in job["faults"]}:
        importlib.import_module(name)  # commands are imported only when they run
    functions = _functions()
    # What a session makes once is made here, before the forks; but no thread may run while they are made.
    # The session as the next item: it keeps what it made, and the test itself is set up anew where it runs again.
    if primed := next((item for item in session.items if {"made_once", "production"} <= _names(item)), None):
        runtestprotocol(primed, log=False, nextitem=session)  # type: ignore[arg-type]
    if primed := next((item for item in session.items if "blank" in _names(item)), None):
        runtestprotocol(primed, log=False, nextitem=session)  # type: ignore[arg-type]
    for serving in registry_server.RUNNING:
        serving.stop()
    gc.collect()
    gc.freeze()  # so that children share the memory
    seeing: dict[tuple[str, str], list[str]] = {}
    sound: dict[str, bool] = {}

    def named(names: Sequence[str]) -> list[pytest.Item]:
        """Return the tests with these names; of one whose parameters are named anew, all with its function's name."""
        return [*dict.fromkeys(item for name in names for item in items.get(name, items.get(_plain(name), [])))]

    for fault in job["faults"]:

        def work(names: Sequence[str], fault: dict[str, Any] = fault, *, change: bool = True) -> dict[str, Any]:
            tests = named(names)
            made = fault if change else {**fault, **NOTHING}
            return (
                in_child(functools.partial(_run, made, tests, functions), job["durations"]) if tests else NOTHING_SEEN
            )

        lately = seeing.setdefault((fault["module"], fault["function"]), [])
        names = [*(name for name in lately if name in fault["tests"]), *fault["tests"]]
        tests = [item.nodeid for item in named(names)]
        verdict = seen(work, functools.partial(work, change=False), tests, sound)
        lately.insert(0, verdict["red"])  # it may well see the function's next fault, too
        yield {"name": fault["name"], **verdict}


def seen(
    work: Callable[[list[str]], dict[str, Any]],
    control: Callable[[list[str]], dict[str, Any]],
    tests: Sequence[str],
    sound: dict[str, bool],
) -> dict[str, Any]:
    """Return what `work` finds in tests, without those that are red in `control`, too: where nothing is changed.

    `sound` keeps what is known of each test.
    """
    while True:
        verdict = work([name for name in tests if sound.get(name, True)])
        red = verdict["red"]
        if red in tests and red not in sound:
            sound[red] = not control([red])["red"]
        if sound.get(red, True):
            return verdict


def _names(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def in_child(work: Callable[[Callable[[str], None]], str], durations: dict[str, float]) -> dict[str, Any]:
    """Return what `work` finds in a forked process: the test that is red, and why the process ended.

    `work` gets a function that it calls with each test's name before it runs the test, and returns the red test's name.
    """
    reading, writing = os.pipe()
    folder = tempfile.mkdtemp(prefix="fault-")
    started = time.perf_counter()
    child = os.fork()
    if not child:
        os.close(reading)
        _isolate(folder)
        with contextlib.suppress(BaseException):  # such as an interrupt that the test at hand does not expect
            red = work(lambda name: _begin(writing, name, durations.get(name, 1.0)))
            os.write(writing, f"={red}\n".encode())
        os._exit(0)
    os.close(writing)
    text, why = b"", ""
    while True:
        test = text.decode().rpartition("\n")[0].rpartition("\n")[2]
        if not select.select([reading], [], [], WALL + 10 * durations.get(test, 1.0))[0]:
            why = "endless"
            break
        block = os.read(reading, 65536)
        text += block
        if not block or text.rpartition(b"\n")[0].rpartition(b"\n")[2].startswith(b"="):
            break
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    shutil.rmtree(folder, ignore_errors=True)
    names = text.decode().splitlines()
    if names and names[-1].startswith("="):
        red = names[-1][1:]
    else:
        red, why = names[-1] if names else "?", why or f"status {status}"
    return {"red": red, "why": why, "seconds": round(time.perf_counter() - started, 2), "tests": len(names)}


def _isolate(folder: str) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    for serving in registry_server.RUNNING:
        serving.start()


def _begin(writing: int, name: str, duration: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + CPU + 10 * duration) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    os.write(writing, f"{name}\n".encode())


def _run(
    fault: dict[str, Any],
    tests: Sequence[pytest.Item],
    functions: dict[tuple[str, str], list[FunctionType]],
    send: Callable[[str], None],
) -> str:
    """Swap the code of the fault's function, run the tests, and return the name of the first that is red."""
    session = tests[0].session
    factory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    factory._basetemp = Path(os.environ["TMPDIR"]) / "tests"
    factory._basetemp.mkdir()
    try:
        swapped = swap(fault["file"], fault["function"], _source(fault), functions)
    except ValueError:  # the code needs other variables from outside
        swapped = False
    if not swapped:
        return NOT_SWAPPED
    for place, item in enumerate(tests):
        send(item.nodeid)
        session._setupstate.teardown_exact(item)
        following = tests[place + 1] if place + 1 < len(tests) else None
        if any(not report.passed for report in runtestprotocol(item, log=False, nextitem=following)):
            return item.nodeid
    return ""


def swap(file: str, function: str, source: str, functions: dict[tuple[str, str], list[FunctionType]]) -> bool:
    """Give the functions of that name the code that `source` has for them; return whether there are any."""
    targets = functions.get((file, function), [])
    codes = [code for code in _codes(compile(source, file, "exec", dont_inherit=True)) if code.co_qualname == function]
    lines = sorted({target.__code__.co_firstlineno for target in targets})
    for target in targets:
        place = lines.index(target.__code__.co_firstlineno)
        if place < len(codes):
            code, free = codes[place], target.__code__.co_freevars
            target.__code__ = code if code.co_freevars else code.replace(co_freevars=free)  # `super()` may have gone
    return bool(targets and codes)


def _source(fault: dict[str, Any]) -> str:
    """Return the source of the fault's module with the fault."""
    content = Path(fault["file"]).read_bytes()
    start, end, text = int(fault["start"]), int(fault["end"]), str(fault["text"])
    return (content[:start] + text.encode() + content[end:]).decode()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions() -> dict[tuple[str, str], list[FunctionType]]:
    """Return the functions of the package by file and qualified name."""
    functions: dict[tuple[str, str], list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and "cicd" in thing.__code__.co_filename:
            functions.setdefault((thing.__code__.co_filename, thing.__code__.co_qualname), []).append(thing)
    return functions


def _import_faulty(fault: dict[str, Any], send: Callable[[str], None]) -> str:
    """Import the package with the fault, run the tests, and return the name of the first that is red."""
    from importlib.abc import MetaPathFinder  # noqa: PLC0415
    from importlib.machinery import ModuleSpec, SourceFileLoader  # noqa: PLC0415
    from importlib.util import spec_from_file_location  # noqa: PLC0415

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType:
            return compile(_source(fault), self.path, "exec", dont_inherit=True)

    class Finder(MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
            if name != fault["module"]:
                return None
            loader = Loader(name, fault["file"])
            package = [str(Path(fault["file"]).parent)] if fault["file"].endswith("__init__.py") else None
            return spec_from_file_location(name, fault["file"], loader=loader, submodule_search_locations=package)

    class Watch:
        def __init__(self) -> None:
            self.red = ""

        def pytest_runtest_logstart(self, nodeid: str) -> None:
            send(nodeid)

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if not report.passed:
                self.red = self.red or report.nodeid

    sys.meta_path.insert(0, Finder())
    watch = Watch()
    send("import")
    words = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0", "--basetemp"]
    words += [f"{os.environ['TMPDIR']}/tests", *fault["tests"]]
    code: int = pytest.main(words, plugins=[watch])
    return str(watch.red or ("" if code == 0 else "import"))


def main() -> None:
    """Run the faults that are seen only at the import of their module."""
    import cryptography.hazmat.primitives.serialization  # noqa: F401, PLC0415
    import docker  # noqa: F401, PLC0415
    import hypothesis  # noqa: F401, PLC0415
    import jsonschema  # noqa: F401, PLC0415
    import yaml  # noqa: F401, PLC0415

    job = json.loads(Path(os.environ[JOB]).read_text("utf-8"))
    with Path(job["results"]).open("w", encoding="utf-8") as results:
        sound: dict[str, bool] = {}
        for fault in job["faults"]:

            def work(names: Sequence[str], fault: dict[str, Any] = fault, *, change: bool = True) -> dict[str, Any]:
                made = {**fault, **({} if change else NOTHING), "tests": list(names)}
                return in_child(functools.partial(_import_faulty, made), job["durations"]) if names else NOTHING_SEEN

            verdict = seen(work, functools.partial(work, change=False), fault["tests"], sound)
            results.write(json.dumps({"name": fault["name"], **verdict}) + "\n")
            results.flush()


if __name__ == "__main__":
    main()
