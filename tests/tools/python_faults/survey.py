"""Find the test that sees each fault: measure which tests reach which line, and run those against the fault."""

from __future__ import annotations

import bisect
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.tools.python_faults import operators, server

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from tests.tools.python_faults.operators import Fault

    Seen = Mapping[str, Mapping[str, Sequence[str]]]

ROOT = Path(__file__).resolve().parents[3]
TESTS = ("tests/unit",)
CACHE = ROOT / ".cache" / "python_faults"
VERDICTS = CACHE / "verdicts.json"
"""Which test saw a fault, and in which state of the fault's function and of the test's file."""
BLIND = CACHE / "blind.json"
"""Which tests did not see a fault, and in which state."""
REACH = CACHE / "reach.json"
SEEN = Path(__file__).parent / "seen.json"
"""Which tests saw the faults of each function in the last whole run: module -> function -> tests."""
MEMORY = Path("/dev/shm")
WHOLE = (
    "cicd.ledger", "cicd.road", "cicd.produce", "cicd.stages", "cicd.repository", "cicd.git", "cicd.github", "cicd.cli",
    "cicd.federation", "cicd.kit", "cicd.start.base", "cicd.start.merging", "cicd.start.upgrading",
    "cicd.commands.advance", "cicd.commands.approve", "cicd.commands.check", "cicd.commands.conclude",
    "cicd.commands.deploy", "cicd.commands.promote", "cicd.commands.record", "cicd.commands.rollback",
    "cicd.commands.status", "cicd.commands.test", "cicd.commands.verify",
    "cicd.deploy.command", "cicd.deploy.engine_lock", "cicd.deploy.health", "cicd.deploy.holder", "cicd.deploy.lock",
    "cicd.deploy.secrets", "cicd.deploy.target",
    "cicd.gate",
)  # fmt: skip
"""Modules and packages that decide and need no engine: all their faults are made."""
PARTLY, EVERY = ("cicd.deploy.docker", "cicd.deploy.kubernetes"), 8
"""Packages that need an engine or a cluster, and which share of their faults is made: one in so many."""
WITH_ENGINE = (*PARTLY, "cicd.produce")
"""Packages that the tiers with an engine or a cluster test, too: faults that no unit test reaches are counted apart."""
ELSEWHERE = "only tests with an engine or a cluster reach it"
PROCESSES = 2
GREEN = (0, 5)
"""Exit codes of pytest: all passed, and no tests collected by pytest's own loop."""
PLUGINS = ("-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0", "-p", "tests.tools.python_faults.server")


@dataclass(frozen=True)
class Verdict:
    """A fault, and the test that sees it: empty if none does, with how many tests reach it."""

    fault: Fault
    test: str
    why: str = ""
    reached: int = 0
    seconds: float = 0


def file_of(module: str) -> Path:
    """Return the file of a module of the package."""
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def modules(*packages: str) -> list[str]:
    """Return the modules with these names, and those of the packages with these names."""
    files = sorted((ROOT / "cicd").rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if any(name == package or name.startswith(f"{package}.") for package in packages)]


@dataclass(frozen=True)
class Sample:
    """Modules and packages, and which share of their faults is made: one in so many."""

    packages: Sequence[str]
    every: int

    @property
    def modules(self) -> list[str]:
        """Return the modules with these names, and those of the packages."""
        return modules(*self.packages)

    def faults(self) -> list[Fault]:
        """Return the faults that are made."""
        valid = [*filter(_is_valid, faults_of(self.modules))]
        return sampled(valid, len(valid) // self.every)


def samples(every: int) -> list[Sample]:
    """Return one in `every` of all faults of the modules that need no engine, and of the usual share of the others'."""
    return [Sample(WHOLE, every), Sample(PARTLY, EVERY * every)]


def faults_of(modules: Iterable[str]) -> list[Fault]:
    """Return every fault of the modules, also those that are not valid Python."""
    return [fault for module in modules for fault in operators.faults(module, file_of(module).read_text("utf-8"))]


@dataclass(frozen=True)
class Reach:
    """Which tests reach which line, and how long each takes.

    A line is named by its module, its function and its text, so that changes elsewhere in the module do not matter.
    """

    durations: Mapping[str, float]
    lines: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]

    def is_reached(self, fault: Fault, source: Sequence[str]) -> bool:
        """Return whether a test reaches the lines of a fault, in a module with these lines."""
        return bool(self._reaching(fault, source))

    def tests_of(self, fault: Fault, source: Sequence[str]) -> set[str]:
        """Return the tests that reach a fault, in a module with these lines.

        For a fault in a new line, those that reach its function.
        """
        texts = self.lines.get(fault.module, {}).get(fault.function, {})
        return self._reaching(fault, source) or {name for names in texts.values() for name in names}

    def _reaching(self, fault: Fault, source: Sequence[str]) -> set[str]:
        """Return the tests that reach the lines of a fault; outside of functions, all that reach the module.

        Such a line runs once, at the import: before the tests, or in the first one that needs the module.
        """
        functions = self.lines.get(fault.module, {})
        if not fault.swappable:
            return {name for texts in functions.values() for names in texts.values() for name in names}
        texts, (first, last) = functions.get(fault.function, {}), fault.lines
        return {name for line in source[first - 1 : last] for name in texts.get(line.strip(), ())}

    def spread(self, module: str, tests: Iterable[str]) -> list[str]:
        """Return tests in the order in which they reach most new lines of a module for their time."""
        lines_of = self._lines_of(module)
        left = {name: set(lines_of.get(name, ())) for name in tests}
        ordered: list[str] = []
        while left:
            best = max(left, key=lambda name: (len(left[name]) / (0.1 + self.durations.get(name, 1)), name))
            new = left.pop(best)
            ordered.append(best)
            if not new:  # nobody reaches anything new
                return ordered + sorted(left, key=lambda name: (self.durations.get(name, 1), name))
            left = {name: lines - new for name, lines in left.items()}
        return ordered

    def _lines_of(self, module: str) -> Mapping[str, set[tuple[str, str]]]:
        """Return the lines of a module that each test reaches."""
        if module not in self._known:
            known = self._known[module] = defaultdict(set)
            for function, lines in self.lines.get(module, {}).items():
                for text, names in lines.items():
                    for name in names:
                        known[name].add((function, text))
        return self._known[module]

    @cached_property
    def _known(self) -> dict[str, dict[str, set[tuple[str, str]]]]:
        return {}


def reach(modules: Sequence[str], processes: int = PROCESSES, *, again: bool = True) -> Reach:
    """Measure which tests reach which line, or take it from the cache of the same files.

    Not `again`: only the files of tests that have changed are measured, also if the package has changed.
    """
    files = sorted(file for folder in ("cicd", *TESTS) for file in (ROOT / folder).rglob("*.py"))
    key = hashlib.sha256("".join([*map(_text, files), *modules]).encode()).hexdigest()
    tests = [file for folder in TESTS for file in (ROOT / folder).rglob("test_*.py")]
    states = {str(file.relative_to(ROOT)): _hash(_text(file)) for file in tests}
    known = _read(REACH)
    if known.get("key") != key:
        old: dict[str, str] = {} if again else known.get("states", {})
        same = {file for file, state in states.items() if old.get(file) == state}
        data = _kept(known, same)
        if changed := sorted(states.keys() - same):
            sources = {module: str(file_of(module)) for module in modules}
            groups = [group for number in range(processes) if (group := changed[number::processes])]
            jobs = [{"kind": "reach", "sources": sources} for _ in groups]
            for (result,) in _run([_words(group) for group in groups], jobs, processes):
                measured = json.loads(result)
                _add(data, measured, modules)
                for place in measured["failed"]:  # measured again with the next change
                    states.pop(_file(measured["tests"][place]), None)
        known = {"key": key, "states": states, **data}
        CACHE.mkdir(parents=True, exist_ok=True)
        REACH.write_text(json.dumps(known), "utf-8")
    return Reach(known["durations"], known["lines"])


def _kept(known: Mapping[str, Any], files: Container[str]) -> dict[str, Any]:
    """Return what was measured of the tests in these files."""
    durations = {name: seconds for name, seconds in known.get("durations", {}).items() if _file(name) in files}
    lines = {
        module: {
            function: {text: [name for name in names if name in durations] for text, names in texts.items()}
            for function, texts in functions.items()
        }
        for module, functions in known.get("lines", {}).items()
    }
    return {"durations": durations, "lines": lines}


def _add(known: dict[str, Any], data: Mapping[str, Any], modules: Sequence[str]) -> None:
    """Add what was measured by line numbers, by functions and texts of lines, without the tests that failed."""
    tests, red = data["tests"], set(data["failed"])
    known["durations"] |= dict(zip(tests, data["durations"], strict=True))
    for module in modules:
        source = _text(file_of(module))
        functions = operators.functions(source)
        for number, text in enumerate(source.splitlines(), start=1):
            if reaching := [tests[place] for place in data["lines"][module].get(str(number), ()) if place not in red]:
                texts = known["lines"].setdefault(module, {}).setdefault(functions.get(number, ""), {})
                texts[text.strip()] = sorted({*texts.get(text.strip(), ()), *reaching})


def _file(test: str) -> str:
    return test.partition("::")[0]


def survey(
    faults: Sequence[Fault], reached: Reach, seen: Seen, cost: Cost, processes: int = PROCESSES,
    *, again: bool = True, first: Container[str] = (), listed: Container[str] = (),
) -> list[Verdict]:  # fmt: skip
    """Return the test that sees each fault, of those that reach it, as far as the cost allows.

    The test that saw it last time is the first, then those of the files `first`. Not `again`: a test that saw a fault
    still sees it, and one that did not still does not, if neither the fault's function nor the test's file has changed;
    and faults that are `listed` are not tried.
    """
    lately, blind = _read(VERDICTS), _read(BLIND)
    remembered = {} if again else _remembered(faults, lately)
    sources = {module: file_of(module).read_text("utf-8").splitlines() for module in {fault.module for fault in faults}}
    with_engine = {*modules(*WITH_ENGINE)}
    untried = {
        fault: Verdict(fault, "", ELSEWHERE)
        for fault in faults
        if fault.module in with_engine and not reached.is_reached(fault, sources[fault.module])
    }
    untried |= {
        fault: Verdict(fault, "") for fault in faults if not again and fault.name in listed and fault not in remembered
    }
    wanted = {}
    for fault in faults:
        if fault not in remembered and fault not in untried:
            last = lately.get(fault.name, [""])[0]
            tests = _ordered(fault, reached, sources[fault.module], seen, last)
            tests.sort(key=lambda test, last=last: (test != last, _file(test) not in first))  # type: ignore[misc]
            tried = {} if again else blind.get(fault.name, {})
            left = [test for test in tests if tried.get(test) != _state(fault, test)]
            wanted[fault] = cost.affordable(left, reached.durations)
    measured = {verdict.fault: verdict for verdict in run(wanted, reached.durations, processes=processes)}
    verdicts = remembered | measured | untried
    _remember(verdicts.values(), lately)
    for fault, tests in wanted.items():
        if not measured[fault].test:
            blind.setdefault(fault.name, {}).update({test: _state(fault, test) for test in tests})
            verdicts[fault] = replace(measured[fault], reached=len(blind[fault.name]))
    _write(BLIND, blind)
    return [verdicts[fault] for fault in faults]


@dataclass(frozen=True)
class Cost:
    """How much may be spent on a fault that no test sees."""

    most: int = 60
    """So many tests are run."""
    seconds: float = math.inf
    """Their usual time together; five tests are run at least."""

    def affordable(self, tests: Sequence[str], durations: Mapping[str, float]) -> list[str]:
        """Return the first tests that may be run."""
        spent = [*accumulate(durations.get(test, 1) for test in tests)]
        return [*tests[: min(self.most, max(5, bisect.bisect(spent, self.seconds)))]]


def _remembered(faults: Sequence[Fault], known: Mapping[str, Sequence[str]]) -> dict[Fault, Verdict]:
    """Return the verdicts of earlier runs that still hold."""
    return {
        fault: Verdict(fault, known[fault.name][0])
        for fault in faults
        if fault.name in known and known[fault.name][1] == _state(fault, known[fault.name][0])
    }


def _remember(verdicts: Iterable[Verdict], known: Mapping[str, Sequence[str]]) -> None:
    new = {
        verdict.fault.name: [verdict.test, _state(verdict.fault, verdict.test)] for verdict in verdicts if verdict.test
    }
    _write(VERDICTS, {**known, **new})


def _read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1), "utf-8")


def _state(fault: Fault, test: str) -> str:
    """Return a hash of the fault's function and of the test's file."""
    return _hash(f"{_body(fault.module, fault.function)}{_text(ROOT / _file(test))}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _body(module: str, function: str) -> str:
    """Return the source of a function, or with an empty name everything outside of functions."""
    source = file_of(module).read_text("utf-8")
    names = operators.functions(source)
    lines = enumerate(source.splitlines(), start=1)
    return "\n".join(line for number, line in lines if names.get(number, "") == function)


@cache
def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def recheck(faults: Sequence[Fault], seen: Seen) -> list[Verdict]:
    """Return the test that sees each fault, by the tests that saw its function last time, and then all of their files.

    Nothing is measured. For a function without such tests, those that saw other functions of the module are run.
    """
    wanted = {}
    for fault in faults:
        functions = seen.get(fault.module, {})
        known = functions.get(fault.function, ()) or sorted({name for names in functions.values() for name in names})
        wanted[fault] = [*known, *dict.fromkeys(_file(name) for name in known)]
    return run(wanted, {}, processes=1)


def _ordered(fault: Fault, reached: Reach, source: Sequence[str], seen: Seen, lately: str) -> list[str]:
    """Return the tests that reach a fault: what saw it lately, or others of its function, then what spreads most."""
    known = dict.fromkeys((lately, *seen.get(fault.module, {}).get(fault.function, ())))
    tests = reached.tests_of(fault, source)
    first = [name for name in known if name in tests]
    return [*first, *reached.spread(fault.module, tests - {*first})]


def run(
    wanted: Mapping[Fault, Sequence[str]], durations: Mapping[str, float], *, processes: int = PROCESSES
) -> list[Verdict]:
    """Run tests against each fault, until one is red, and return the verdicts in the order of the faults."""
    swapped = [fault for fault, tests in wanted.items() if tests and fault.swappable]
    imported = [fault for fault, tests in wanted.items() if tests and not fault.swappable]
    commands, jobs = [], []
    for group in _shared(swapped, processes):
        files = sorted({_file(name) for fault in group for name in wanted[fault]})
        commands.append(_words(files))
        jobs.append(_job({fault: wanted[fault] for fault in group}, durations))
    for group in _shared(imported, processes):
        commands.append([sys.executable, "-m", "tests.tools.python_faults.server"])
        jobs.append(_job({fault: wanted[fault] for fault in group}, durations))
    results = {}
    for lines in _run(commands, jobs, processes):
        for line in lines:
            data = json.loads(line)
            results[data["name"]] = data
    verdicts = []
    for fault, tests in wanted.items():
        data = results.get(fault.name, {"red": "", "why": "" if tests else "no test reaches it", "seconds": 0})
        if data["red"] == server.NOT_SWAPPED:
            raise LookupError(f"{fault.name}: {server.NOT_SWAPPED}")
        verdicts.append(Verdict(fault, data["red"], data["why"], len(tests), data["seconds"]))
    return verdicts


def _job(wanted: Mapping[Fault, Sequence[str]], durations: Mapping[str, float]) -> dict[str, Any]:
    described = [
        {
            "name": fault.name, "module": fault.module, "function": fault.function, "file": str(file_of(fault.module)),
            "start": fault.start, "end": fault.end, "text": fault.text, "tests": list(tests),
        }
        for fault, tests in wanted.items()
    ]  # fmt: skip
    return {"kind": "faults", "faults": described, "durations": dict(durations)}


def _shared(faults: Sequence[Fault], processes: int) -> list[list[Fault]]:
    """Return the faults in so many groups; those of a function stay together."""
    groups: dict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        number = hashlib.sha256(f"{fault.module}:{fault.function}".encode()).digest()[0] % processes
        groups[number].append(fault)
    return [*groups.values()]


def _words(tests: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-s", *PLUGINS, *tests]


def _run(commands: Sequence[Sequence[str]], jobs: Sequence[dict[str, Any]], processes: int) -> list[list[str]]:
    """Run commands, so many at a time, each with its job, and return the lines of their results."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="faults-", dir=place) as folder,
        ThreadPoolExecutor(processes) as pool,
    ):
        folders = [Path(folder, str(number)) for number in range(len(jobs))]
        return list(pool.map(_results, commands, jobs, folders))


def _results(words: Sequence[str], job: dict[str, Any], folder: Path) -> list[str]:
    folder.mkdir()
    file, output, log = (folder / name for name in ("job", "results", "log"))
    file.write_text(json.dumps({**job, "results": str(output)}), "utf-8")
    places = {name: str(folder) for name in ("TMPDIR", "PYTEST_DEBUG_TEMPROOT")}
    environment = {**os.environ, **places, server.JOB: str(file), "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    with log.open("wb") as stream:
        code = subprocess.run(words, cwd=ROOT, env=environment, stdout=stream, stderr=stream, check=False).returncode
    if code not in GREEN:
        raise SystemExit(f"{log.read_text('utf-8', 'replace')[-3000:]}\nThe tests ended with exit code {code}.")
    return output.read_text("utf-8").splitlines()


def sampled(faults: Sequence[Fault], number: int) -> list[Fault]:
    """Return that many of the valid faults; a change of the code changes only the faults that it touches."""
    ordered = sorted(faults, key=lambda fault: hashlib.sha256(fault.name.encode()).hexdigest())
    return [*islice(filter(_is_valid, ordered), number)]


def _is_valid(fault: Fault) -> bool:
    return fault.is_valid(_text(file_of(fault.module)))


def read_seen() -> Seen:
    """Return which tests saw the faults of each function when it was surveyed last, without files that are gone."""
    seen: Seen = _read(SEEN)
    return {
        module: {
            function: [name for name in names if (ROOT / _file(name)).is_file()]
            for function, names in functions.items()
        }
        for module, functions in seen.items()
    }


def write_seen(verdicts: Sequence[Verdict]) -> None:
    """Note which tests saw the faults of each function, those first that saw most."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    for verdict in verdicts:
        if "::" in verdict.test:
            functions = counts.setdefault(verdict.fault.module, {})
            functions.setdefault(verdict.fault.function, Counter())[verdict.test] += 1
    seen = {module: dict(functions) for module, functions in read_seen().items()}
    for module, functions in counts.items():
        seen.setdefault(module, {}).update(
            {function: [name for name, _ in tests.most_common()] for function, tests in functions.items()}
        )
    existing = {module: {"", *operators.functions(_text(file_of(module))).values()} for module in modules("cicd")}
    kept = {
        module: {function: names for function, names in sorted(functions.items()) if function in existing[module]}
        for module, functions in sorted(seen.items())
        if module in existing
    }
    SEEN.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
