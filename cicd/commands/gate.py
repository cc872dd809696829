"""`ml-cicd gate`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cicd.commands import gate_options
from cicd.errors import UsageError
from cicd.printers import gate as printer
from cicd.printers import gate_account, gate_markdown, json, terminal

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

configure = gate_options.configure


def run(arguments: argparse.Namespace) -> int:
    """Judge, plan, explain or recompute; the exit code is the verdict's."""
    if arguments.explain is not None:
        return _explain(arguments)
    if arguments.plan:
        return _plan(arguments)
    if arguments.account:
        return _account(arguments)
    from cicd.gate import report  # noqa: PLC0415 -- numpy and SciPy

    if arguments.candidate is None:
        raise UsageError(
            "ml-cicd gate needs the predictions of a candidate.", "Write: ml-cicd gate --candidate FILE ..."
        )
    judged = report.judge(
        arguments.candidate,
        arguments.champion,
        gate_options.rules(arguments),
        arguments.training,
        measured=gate_options.measured(arguments),
        image_bytes=gate_options.size("--measured-size", arguments.measured_size),
        drawn=arguments.html is not None,
    )
    if arguments.markdown:
        _write(arguments.markdown, gate_markdown.report(judged))
    if arguments.html:
        from cicd.printers import gate_html  # noqa: PLC0415 -- reads its style from the package

        _write(arguments.html, gate_html.report(judged))
    if arguments.json:
        json.show(printer.as_json(judged))
    else:
        sys.stdout.write(printer.report(judged) + "\n")
    return judged.verdict.exit_code


def _write(file: Path, content: str) -> None:
    """Write a report to a file.

    Raises:
        UsageError: it can't be written.

    """
    try:
        file.write_text(content, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{file} can't be written: {error.strerror or error}.", "Name a file in a folder that exists."
        ) from error


def _account(arguments: argparse.Namespace) -> int:
    """Print the account; 1 if an entry of the ledger holds other numbers."""
    from cicd import config, ledger, repository  # noqa: PLC0415 -- the gate also works without a ledger
    from cicd.gate import account  # noqa: PLC0415
    from cicd.road import verdicts  # noqa: PLC0415

    project = config.load(arguments.directory.resolve())
    answers = repository.ask(
        arguments.directory, arguments.remote,
        lambda clone: account.account(verdicts.looks(ledger.read_all(clone, project.name))),
    )  # fmt: skip
    if arguments.json:
        repository.check(answers[:1])
        json.show(gate_account.as_json(answers[0].result or account.account([])))
    else:
        texts = [(answer.shown, gate_account.account(answer.result) if answer.result else "") for answer in answers]
        sys.stdout.write(terminal.by_remote(texts) + "\n")
    repository.check(answers)
    return 0 if all(line.agrees for answer in answers if answer.result for line in answer.result.lines) else 1


def _explain(arguments: argparse.Namespace) -> int:
    from cicd.gate import checks  # noqa: PLC0415

    check = checks.explain(arguments.explain)
    if arguments.json:
        json.show(check)
    else:
        sys.stdout.write(printer.check(check) + "\n")
    return 0


def _plan(arguments: argparse.Namespace) -> int:
    from cicd.gate import plan  # noqa: PLC0415

    gate_options.check_count("--look", arguments.look)
    gate_options.check_count("--rows", arguments.rows)
    columns = gate_options.columns(arguments.column)
    if settings := gate_options.settings(arguments):
        columns = {**settings.columns, **columns}
    share, rows = arguments.disagreement, arguments.rows
    if share is None:
        if arguments.candidate is None or arguments.champion is None:
            raise UsageError(
                "ml-cicd gate --plan needs to know how often the two models disagree.",
                "Give --candidate and --champion, with the columns id and prediction; or --disagreement 0.06",
            )
        metrics = gate_options.metric_names(arguments)
        differences = plan.differences(arguments.candidate, arguments.champion, columns, metrics)
        planned = plan.plan_for(differences, arguments.look, differences.rows if rows is None else rows)
    elif 0 <= share <= 1:
        planned = plan.plan(share, arguments.look, rows)
    else:
        raise UsageError(f"ml-cicd gate: --disagreement is {share:g}.", "Write a share of the rows, from 0 to 1.")
    if arguments.json:
        json.show(printer.plan_as_json(planned))
    else:
        sys.stdout.write(printer.plan(planned) + "\n")
    return 0
