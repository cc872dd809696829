"""`ml-cicd conclude`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cicd import github
from cicd.commands import options
from cicd.errors import UsageError

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_json(parser)
    parser.add_argument("--needs", required=True, help="the context `needs` of a job, as JSON")


def run(arguments: argparse.Namespace) -> int:
    try:
        needs = json.loads(arguments.needs)
        results = {job: str(value["result"]) for job, value in needs.items()}
        newer = any(value.get("outputs", {}).get("result") == "superseded" for value in needs.values())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError("--needs is not the context `needs` as JSON.", "Pass ${{ toJSON(needs) }}.") from error
    if not results:
        raise UsageError("--needs names no job.", "A gate over nothing would always be green.")
    if all(result == "success" for result in results.values()):
        outcome = "passed"
    else:
        left = newer and all(result in ("success", "skipped") for result in results.values())
        outcome = "superseded" if left else "failed"
    github.set_outputs({"result": outcome})
    github.add_summary("\n".join([f"### {outcome}", "", *(f"* {job}: {result}" for job, result in results.items())]))
    if arguments.json:
        options.print_json({"result": outcome, "jobs": results})
    for job, result in results.items():
        sys.stdout.write(f"{job}: {result}\n")
        if result != "success" and outcome == "failed":
            github.annotate("error", f"The job {job} ended with: {result}.", title="Not everything passed")
    return 1 if outcome == "failed" else 0
