"""What a run says about its commit, as sections of the comment of a pull request, and as lines for a terminal.

Text of a project, and of whoever opens a pull request, stands inside `gate_markdown.code` alone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cicd import stages
from cicd.comment import rehearsal
from cicd.gate.outcomes import Floor, Shown
from cicd.printers import counts, verdicts
from cicd.printers import rehearsal as rehearsals
from cicd.printers.gate_markdown import code, folded, head_of, headline, row_of, unbroken
from cicd.text import lines as lines_of
from cicd.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicd.comment.data import Said
    from cicd.comment.refresh import Refreshed
    from cicd.ledger import Deployment, Judgement, Line

TESTS, COVERAGE, CHECKS, MODEL = "tests", "coverage", "checks", "model"
ORDER = (stages.BRANCHES, TESTS, COVERAGE, CHECKS, stages.INTEGRATION.name, MODEL, *stages.TAGGED)
"""The sections of a comment from the top down."""
SHOWN = 50
"""How many metrics, checks or jobs a section lists."""
_SIGNS = {"passed": "✅", "failed": "❌", "superseded": "⏭️", True: "✅", False: "❌"}
_WENT_WELL = ("success", "skipped")


def sections(said: Said, deployed: Deployment | None, commit: str, link: str, title: str) -> dict[str, str]:
    """Return the text of each section that a run fills, by its key; empty for a section that goes.

    Args:
        said: what the run says.
        deployed: the deployment in it; None for none.
        commit: the full SHA of the commit.
        link: the address of the run; empty for none.
        title: how the run is called.

    """
    texts = {said.stage: _stage(said, deployed, commit, link, title)}
    if said.stage == stages.BRANCHES:
        texts[TESTS] = f"**Unit tests**{_of(said)}: {_tests(said)}"
        texts[COVERAGE] = f"**Coverage** of the unit tests{_of(said)}: {said.coverage} %" if said.coverage else ""
        texts[CHECKS] = f"**Checks**{_of(said)}: {_checks(said)}"
    if rehearsed := rehearsal.of_text(said.model):
        texts[MODEL] = rehearsals.markdown(rehearsed, _of(said))
    if deployed and deployed.gate:
        texts[MODEL] = _model(said, deployed.gate)
    return {f"{key}@{said.place}" if said.place else key: text for key, text in texts.items()}


def lines(said: Said, deployed: Deployment | None, title: str) -> Iterator[str]:
    """Yield what a run says as lines for a terminal."""
    of = "" if said.directory == "." else f" of {visible(said.directory, 100)}"
    yield f"{said.stage}{of}: {said.result} ({title})"
    yield from (f"  job {visible(job)}: {visible(result)}" for job, result in _unsuccessful(said)[:SHOWN])
    if said.stage == stages.BRANCHES:
        yield f"  unit tests: {_counted(said, visible)}"
        if said.coverage:
            yield f"  coverage: {said.coverage} %"
        failed = [visible(name) for name, passed in (said.checks or {}).items() if not passed]
        yield f"  checks: {'failed: ' + ', '.join(failed) if failed else _all_checks(said)}"
    if rehearsed := rehearsal.of_text(said.model):
        yield from (f"  {line}".rstrip() for line in lines_of(rehearsals.text(rehearsed)))
    if deployed:
        yield f"  {_brought(deployed, visible)}"
        yield f"  tests of the release: {visible(counts.of(deployed))}"
        if deployed.reason:
            yield f"  reason: {visible(deployed.reason)}"
        if deployed.gate:
            yield from (f"  {line}".rstrip() for line in lines_of(verdicts.report(deployed.gate)))


def refreshed(done: Refreshed) -> str:
    """Return in a line what became of a comment."""
    where = f" of pull request {done.pull_request}" if done.pull_request else ""
    return f"comment{where}: {done.state}{f': {done.reason}' if done.reason else ''}"


def _stage(said: Said, deployed: Deployment | None, commit: str, link: str, title: str) -> str:
    head = f"### {_SIGNS[said.result]} {said.stage}{_of(said)} {said.result}"
    run = f"[{title}]({link})" if link else title
    rows = [head, "", f"{run} of commit `{commit[:12]}`"]
    jobs = [f"* {code(job, 100)}: {code(result, 100)}" for job, result in _unsuccessful(said)]
    rows += ["", *_listed(jobs, "jobs")] if jobs else []
    if deployed:
        rows += ["", _brought(deployed, code)]
        rows += ["", f"Tests of the release: {code(counts.of(deployed))}"]
        if deployed.reason:
            rows += ["", f"Reason: {code(deployed.reason, 400)}"]
    return "\n".join(rows)


def _brought(deployed: Deployment, shown: Callable[[str], str]) -> str:
    """Return where a deployment brought its release, when and by whom."""
    verb = "Rolled back" if deployed.action == "rollback" else "Deployed"
    done = verb if deployed.result == "passed" else f"Not {verb.lower()}"
    when = f" on {shown(deployed.ended.replace('T', ' ')[:16])} UTC" if deployed.ended else ""
    person = f" by {shown(deployed.actor)}" if deployed.actor else ""
    where = f": {shown(deployed.url)}" if deployed.url and deployed.result == "passed" else ""
    return f"{done} to {shown(deployed.environment)}{when}{person}{where}"


def _unsuccessful(said: Said) -> list[tuple[str, str]]:
    return [(job, result) for job, result in said.jobs.items() if result not in _WENT_WELL]


def _tests(said: Said) -> str:
    bad = {name: number for name, number in (said.tests or {}).items() if name in ("failed", "errors") and number}
    sign = "⚠️" if said.tests is None else _SIGNS[not bad]
    return f"{sign} {_counted(said, code)}"


def _counted(said: Said, shown: Callable[[str], str]) -> str:
    if said.tests is None:
        return "did not run to their end"
    return shown(counts.in_words(said.tests)) if said.tests else "no counts"


def _checks(said: Said) -> str:
    if not said.checks:
        return _all_checks(said) if said.checks is not None else "⚠️ did not run to their end"
    failed = [f"* ❌ {code(name, 100)}" for name, passed in said.checks.items() if not passed]
    passed = [code(name, 100) for name, passed in said.checks.items() if passed]
    if not failed:
        return f"✅ {', '.join(_listed(passed, 'checks'))}"
    rest = ["", f"✅ {', '.join(_listed(passed, 'checks'))}"] if passed else []
    return "\n".join([f"{len(failed)} of {len(said.checks)} failed", "", *_listed(failed, "checks"), *rest])


def _all_checks(said: Said) -> str:
    if said.checks is None:
        return "did not run to their end"
    return "all passed" if said.checks else "no checks declared"


def _model(said: Said, judged: Judgement) -> str:
    """Return the verdict of the model gate with its table, as the ledger keeps it."""
    rows = headline(judged, _of(said))
    if record := judged.record:
        rows += [f"{record.rows:,} rows, evaluation set {code(record.evaluation[:19])}; {verdicts.look(record)}", ""]
    first = [line for line in judged.metrics if not line.slice or line.shown == Shown.WORSE]
    rest = [line for line in judged.metrics if line not in first]
    rows += [*_table(first), ""] if first else []
    if rest:
        counts = Counter(line.shown for line in rest)
        title = f"Other slices: {', '.join(f'{number} {shown}' for shown, number in counts.items())}"
        rows += [*folded(title, _table(rest)), ""]
    rows += _listed([f"* {code(check, 400)}" for check in judged.checks], "checks")
    rows += ["", *verdicts.needed(judged)]
    return "\n".join(rows).strip()


def _table(lines: Sequence[Line]) -> list[str]:
    """Return a table of metrics, without the columns that say nothing of any of them."""
    said = {"slice": any(line.slice for line in lines), "floor": any(line.floor != Floor.NONE for line in lines)}
    shown = [place for place, name in enumerate(verdicts.HEAD) if said.get(name, True)]
    rows = [[_cells(line)[place] for place in shown] for line in lines[:SHOWN]]
    more = [f"\n{len(lines) - SHOWN} more are not listed."] if len(lines) > SHOWN else []
    return [*head_of([verdicts.HEAD[place] for place in shown]), *map(row_of, rows), *more]


def _cells(line: Line) -> list[str]:
    name, of_slice, *numbers = verdicts.cells(line)
    return [code(name, 100), code(of_slice, 100) if line.slice else of_slice, *map(unbroken, numbers)]


def _of(said: Said) -> str:
    """Return the project's folder as the middle of a sentence; empty for the repository's root."""
    return "" if said.directory == "." else f" of {code(said.directory, 100)}"


def _listed(rows: list[str], what: str) -> list[str]:
    return rows if len(rows) <= SHOWN else [*rows[:SHOWN], f"and {len(rows) - SHOWN} more {what}"]
