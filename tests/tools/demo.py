"""`make demo`: walk the whole road on this machine, from a feature branch to Production, by real pushes.

Every stage is the shipped workflow, started by a push to a local forge. Run again, it walks the road again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from pathlib import Path

from cicd import freeze
from cicd.printers import terminal
from tests.road.support.project import COMMAND, KIT, Project, Run
from tests.tools import benchmarks

HOME = KIT / ".demo" / "flights"
WALKED = ".ml-cicd/local/walked"
FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "SFO",
    "scheduled_departure": "2013-12-20T18:30:00",
    "scheduled_minutes": 375,
    "distance": 2565,
}


class FailedError(Exception):
    """A stage of the road did not pass; its log has been shown."""


def say(text: str) -> None:
    """Print a line that stands out from the output of the pushes."""
    print(f"\n==> {text}", flush=True)


def passed(stage: str, runs: list[Run], *files: str) -> list[Run]:
    """Return the runs, or raise FailedError unless they are of these workflows and passed."""
    if [run.file for run in runs] != list(files) or any(run.result != "success" for run in runs):
        what_ran = ", ".join(f"{run.file}: {run.result}" for run in runs) or "nothing ran"
        raise FailedError(f"{stage}: expected {', '.join(files)} to pass, but {what_ran}.")
    return runs


def walk(project: Project) -> list[tuple[str, Run]]:
    """Walk the road once and return the run of each stage."""
    number = len(project.runs()) + 1
    branch = f"feature/change-{number}"
    if not project.runs():
        project.push("main")
        project.git("branch", "--force", "develop", "main")
    project.git("fetch", "--quiet", "local", "main")

    say(f"A feature branch, {branch}: the image is built, tests and checks run inside it.")
    project.git("checkout", "--quiet", "-B", branch, "main")
    changes = project.path / "CHANGELOG.md"
    old = changes.read_text() if changes.exists() else "# Changes\n"
    project.write("CHANGELOG.md", f"{old}\n* {time.strftime('%Y-%m-%d %H:%M:%S')} change {number}\n")
    project.commit(f"Change {number}")
    feature = passed("feature branch", project.push(branch), "ci.yml")

    say("Merged to develop: train, build the release once, test it in Integration, then Staging.")
    project.git("checkout", "--quiet", "develop")
    project.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
    integration, staging = passed("integration", project.push("develop"), "integration.yml", "staging.yml")

    say("git tag -f Production, on the commit that Staging accepted, and push it.")
    commit = project.git("rev-parse", "develop")
    project.git("tag", "--force", "Production", commit)
    production = passed("production", project.push("--force", "Production"), "production.yml")
    project.git("checkout", "--quiet", "main")
    project.git("merge", "--quiet", "--ff-only", commit)
    return [("feature", feature[0]), ("integration", integration), ("staging", staging), ("production", production[0])]


def predict(url: str) -> str:
    """Return the service's answer for a real flight."""
    body = json.dumps(FLIGHT).encode()
    request = urllib.request.Request(f"{url}/predict", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def outcome(project: Project, stages: list[tuple[str, Run]]) -> str:
    """Return the table of the stages, after checking what really runs.

    Raises:
        FailedError: the three environments do not run one healthy digest.

    """
    environments = project.environments()
    rows = []
    for stage, run in stages:
        environment = environments.get(stage, {"digest": "-", "url": "-"})
        rows.append((stage, run.sha[:12], environment["digest"], run.result, f"{run.seconds:.1f}", environment["url"]))
    table = terminal.table(("stage", "commit", "digest", "result", "seconds", "URL"), rows)
    digests = {environment["digest"] for environment in environments.values()}
    if (
        len(environments) != 3
        or len(digests) != 1
        or not all(environment["healthy"] for environment in environments.values())
    ):
        raise FailedError(f"{table}\nThe three environments do not run one healthy digest: {environments}")
    return table


def unchanged(project: Project) -> bool:
    """Return whether Production runs the example and the kit as they are now, whole and healthy."""
    walked = project.path / WALKED
    if not walked.exists() or walked.read_text() != freeze.fingerprint(KIT):
        return False
    status = project.command("status", "--remote", "local", "--json")
    environments = json.loads(status.stdout)["environments"] if status.returncode == 0 else {}
    return {one["commit"] for one in environments.values()} == {project.git("rev-parse", "main")}


def last_walk(project: Project) -> list[tuple[str, Run]]:
    """Return the runs that released what Production runs."""
    stages = ("ci.yml", "integration.yml", "staging.yml", "production.yml")
    newest = {run.file: run for run in project.runs() if run.result == "success"}
    return [(file.removesuffix(".yml").replace("ci", "feature"), newest[file]) for file in stages]


def main() -> int:
    """Walk the road, or with --down remove everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--down", action="store_true", help="stop and remove everything")
    parser.add_argument("--home", type=Path, default=HOME, help="where the project is made")
    parser.add_argument("--again", action="store_true", help="walk the road even when nothing changed")
    parser.add_argument("--no-unit-tests", action="store_true", help="leave out the project's unit tests, to be quick")
    parser.add_argument("--name", default="", help="another name than the example's, to meet no other demo")
    benchmarks.add_write(parser)
    arguments = parser.parse_args()
    project = Project(arguments.home, name=arguments.name, unit_tests=not arguments.no_unit_tests)
    if arguments.down:
        if arguments.home.is_dir():
            project.down()
        return 0
    started = time.monotonic()
    situation = "again" if (arguments.home / ".git").is_dir() else "a new project"
    project.create()
    say("The forge: a git remote on this machine whose pushes run the workflows, a registry, and the engine.")
    if code := project.up():
        return code
    try:
        if not arguments.again and unchanged(project):
            say("Nothing changed since the road was walked, so there is nothing to push. To walk it all the same: "
                "make demo ARGS=--again")  # fmt: skip
            stages, situation = last_walk(project), "nothing changed"
        else:
            stages = walk(project)
            (project.path / WALKED).write_text(freeze.fingerprint(KIT))
        table = outcome(project, stages)
    except FailedError as error:
        print(f"\n{error}\nThe log: cd {arguments.home} && {COMMAND} local runs", file=sys.stderr)
        return 1
    production = project.environments()["production"]
    say(f"Asked of Production: {json.dumps(FLIGHT)}")
    print(predict(production["url"]))
    say(f"The report on its model: {production['others']['report']['url']}")
    seconds = time.monotonic() - started
    say(f"Done in {seconds:.0f} s. The services stay; `make down` removes them.")
    print(f"\n{table}\n")
    if arguments.write:
        spent = ", ".join(f"{stage} {run.seconds:.0f} s" for stage, run in stages)
        benchmarks.report(
            "make demo", [benchmarks.Figure(f"`make demo`, {situation}", f"{seconds:.0f} s", spent)], write=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
