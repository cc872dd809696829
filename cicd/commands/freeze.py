"""`ml-cicd freeze`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze, github, repository, variables
from cicd.commands import options
from cicd.errors import UsageError
from cicd.files import file_errors
from cicd.printers import json
from cicd.printers import kit as printer
from cicd.repository import remotes
from cicd.text import lines

if TYPE_CHECKING:
    import argparse

    from cicd.kit.planning import Plan
    from cicd.repository import Repository


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.add_json(parser)
    parser.add_argument("directory", nargs="?", metavar="DIR", type=Path, help="a new or an empty directory")
    parser.add_argument("--ref", help="the tag, branch or commit by which actions are named in DIR")
    parser.add_argument(
        "--repository", metavar="OWNER/NAME",
        help=f"the kit, as callers name it (default: that of this clone's remote, or {freeze.PLACEHOLDER})",
    )  # fmt: skip
    parser.add_argument(
        "--worktree", action="store_true", help="take the files as they are now, not as in the last commit"
    )
    wanted = parser.add_argument_group("releases of the kit, instead of DIR").add_mutually_exclusive_group()
    wanted.add_argument("--check", metavar="TAG", help="prove that a release is what freeze makes of its source")
    wanted.add_argument(
        "--contract", metavar="COMMIT", help="say what changes for callers since the last release; --json has it all"
    )
    wanted.add_argument("--release", metavar="VERSION", help="check, freeze, prove and tag a version")
    wanted.add_argument("--publish", metavar="VERSION", help="create the GitHub release of a tag, and move vX to it")
    more = parser.add_argument_group("for releases")
    more.add_argument("--kit", type=Path, metavar="CLONE", help="a clone of the kit (default: the one of this command)")
    more.add_argument("--remote", help="the git remote of the kit (default: origin, or the only one)")
    more.add_argument("--commit", default="", help="the commit of the main branch to release (default: its newest)")
    more.add_argument("--dry-run", action="store_true", help="with --release: check everything, change nothing")
    more.add_argument("--record", metavar="FILE", type=Path, help="write what was proven, for an attestation")
    more.add_argument(
        "--attestations", metavar="WORD", default="",
        help="'yes' if the plan of a private repository has attestations (GitHub Enterprise Cloud)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Write the released form, or prove, compare, make or publish a release."""
    if arguments.check or arguments.contract or arguments.release or arguments.publish:
        if arguments.directory or arguments.ref or arguments.worktree:
            raise UsageError(
                "DIR, --ref and --worktree write the released form; they don't go with a release.",
                "Leave them out, or leave out --check, --contract, --release and --publish.",
            )
        return _of_release(arguments)
    if not arguments.directory or not arguments.ref:
        raise UsageError("DIR or --ref is missing.", "For example: ml-cicd freeze ../released --ref v1.2.3")
    kit = freeze.kit_root()
    name = arguments.repository or freeze.hosted_at(kit) or freeze.PLACEHOLDER
    freeze.freeze(kit, arguments.directory, name, arguments.ref, worktree=arguments.worktree)
    if arguments.json:
        json.show({"directory": str(arguments.directory), "repository": name, "ref": arguments.ref})
        return 0
    sys.stdout.write(f"{arguments.directory}: {name} as of {arguments.ref}\n")
    return 0


def _of_release(arguments: argparse.Namespace) -> int:
    in_job = remotes.in_job()
    kit = arguments.kit or (Path() if in_job else freeze.kit_root())
    job = os.environ.get(variables.GITHUB_REPOSITORY, "") if in_job else ""
    name = arguments.repository or job or freeze.hosted_at(kit) or freeze.PLACEHOLDER
    with repository.fetched(kit, arguments.remote, changes=bool(arguments.release or arguments.publish)) as clone:
        if arguments.check:
            return _check(arguments, clone, name)
        if arguments.contract:
            return _contract(arguments, clone)
        if arguments.release:
            return _release(arguments, clone, name)
        return _publish(arguments, clone, name)


def _check(arguments: argparse.Namespace, clone: Repository, name: str) -> int:
    from cicd.kit import contract, proof  # noqa: PLC0415 -- yaml is needed only for releases

    proven = proof.prove(clone, arguments.check, name)
    if arguments.record:
        _write(arguments.record, printer.record(proven, contract.read(clone, proven.commit)))
    if arguments.json:
        json.show(printer.released(proven))
    else:
        sys.stdout.write(printer.proven(proven) + "\n")
    return 0


def _contract(arguments: argparse.Namespace, clone: Repository) -> int:
    from cicd.kit import contract, planning  # noqa: PLC0415

    commit = clone.commit(arguments.contract)
    comparison = planning.compare(clone, commit)
    if arguments.json:
        json.show(printer.contract(contract.read(clone, commit), comparison))
    else:
        sys.stdout.write(printer.compared(comparison) + "\n")
    return 0 if comparison.judgement.allowed else 4


def _release(arguments: argparse.Namespace, clone: Repository, name: str) -> int:
    from cicd.kit import contract, planning, publishing  # noqa: PLC0415

    plan = planning.plan(clone, arguments.release, arguments.commit)
    sys.stdout.write(printer.planned(plan) + "\n")
    if arguments.dry_run:
        if arguments.json:
            json.show({"plan": lines(printer.planned(plan))})
        return 0
    attests = publishing.may_attest(name) or arguments.attestations == "yes" if github.has_token() else False
    proven = publishing.tag(clone, plan, name)
    record = arguments.record or Path(os.environ.get(variables.RUNNER_TEMP, ".")) / f"{plan.version}.json"
    _write(record, printer.record(proven, contract.read(clone, proven.commit)))
    github.set_outputs({"attests": "true" if attests else "false", "record": str(record)})
    if not attests:
        github.annotate(
            "notice",
            "GitHub keeps attestations for public repositories, and for private ones with Enterprise Cloud alone. "
            "If your plan has them, set the variable RELEASE_ATTESTATIONS to yes.",
            title=f"{plan.version} has no attestation",
        )
    if arguments.json:
        json.show(printer.released(proven))
    else:
        sys.stdout.write(printer.proven(proven) + "\n")
    return 0


def _publish(arguments: argparse.Namespace, clone: Repository, name: str) -> int:
    from cicd.kit import publishing  # noqa: PLC0415

    plan = _planned(arguments, clone)
    release = publishing.publish(clone, plan.version, name, printer.notes(plan))
    if not release.immutable:
        github.annotate(
            "warning",
            f"Whoever may push tags can still move {plan.version}. Let GitHub lock the next release: "
            f"gh api --method PUT repos/{name}/immutable-releases",
            title="The release is not immutable",
        )
    if arguments.json:
        json.show(release)
    else:
        sys.stdout.write(printer.published(release) + "\n")
    return 0


def _planned(arguments: argparse.Namespace, clone: Repository) -> Plan:
    """Return the plan of a version that was tagged: its source is the parent of the tag's commit."""
    from cicd.kit import planning  # noqa: PLC0415

    return planning.plan(clone, arguments.publish, clone.commit(f"{arguments.publish}^"))


def _write(path: Path, text: str) -> None:
    with file_errors(f"write {path}"):
        path.write_text(text, "utf-8")
