"""Rules for what callers see, and for how workflows, actions and commands fit together."""

from __future__ import annotations

import ast
import json
import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

from cicd.cli import COMMANDS, parser_of
from cicd.errors import UsageError
from tests.static.rules.rings import Ring, rings
from tests.static.support.capabilities import CAPABILITIES, TOKENS, UPLOAD
from tests.static.support.kit import ROOT, Finding, expressions

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from tests.static.support.kit import Action, Job, Kit, Step, Workflow

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SCREAMING = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LEFT = {
    "if": "${{ !cancelled() && steps.conclude.outputs.artifact != '' }}",
    "continue-on-error": True,
    "uses": UPLOAD,
    "with": {
        "name": "${{ steps.conclude.outputs.artifact }}",
        "path": "${{ steps.conclude.outputs.report }}",
        "overwrite": True,
    },
}
"""The step that leaves what a run says, whatever came of the run; the result of the run does not depend on it."""
OF_OTHERS = {"actions/create-github-app-token": ["token"]}
"""The outputs that steps take from actions of others."""
VARIABLE = re.compile(r'"\$([A-Z_]+)"')


def callable_workflows(kit: Kit) -> list[Workflow]:
    return [workflow for workflow in kit.workflows.values() if workflow.callable]


def declared(kit: Kit) -> Iterator[Finding]:
    """Inputs are kebab-case, described, and have a default unless required; inputs of workflows have a type."""
    for workflow in callable_workflows(kit):
        for name, data in workflow.call["inputs"].items():
            yield from _input(workflow.file, name, data)
            if data.get("type") not in ("string", "number", "boolean"):
                yield Finding(workflow.file, f"input {name}", "declared", "has no type")
        for name, data in workflow.call["secrets"].items():
            yield from _secret(workflow.file, name, data)
    sources: list[Workflow | Action] = [*callable_workflows(kit), *kit.actions.values()]
    for source in sources:
        for name, data in source.outputs.items():
            yield from _described(source.file, f"output {name}", data)
    for action in kit.actions.values():
        yield from _described(action.file, "action", action.data)
        for name, data in action.inputs.items():
            yield from _input(action.file, name, data)


def used(kit: Kit) -> Iterator[Finding]:
    """A job uses every input and secret of its workflow."""
    for workflow in callable_workflows(kit):
        text = " ".join(expressions(workflow.data["jobs"]))
        for kind in ("inputs", "secrets"):
            for name in workflow.call[kind]:
                if not re.search(rf"\b{kind}\.{name}\b(?!-)", text):
                    yield Finding(workflow.file, f"{kind[:-1]} {name}", "used", "is used by no job")


def _secret(file: str, name: str, data: Mapping[str, object]) -> Iterator[Finding]:
    yield from _described(file, f"secret {name}", data)
    if not SCREAMING.fullmatch(name) or "required" not in data:
        yield Finding(file, f"secret {name}", "declared", "is not in capitals, or lacks `required`")
    elif data["required"]:  # every caller maps it, also where there is none
        yield Finding(file, f"secret {name}", "declared", "is required; a project may have none")


def _described(file: str, place: str, data: Mapping[str, object]) -> Iterator[Finding]:
    if not str(data.get("description", "")).strip().endswith((".", "...", ")")):
        yield Finding(file, place, "declared", "needs a description that is a sentence")


def _input(file: str, name: str, data: Mapping[str, object]) -> Iterator[Finding]:
    place = f"input {name}"
    yield from _described(file, place, data)
    if not KEBAB.fullmatch(name):
        yield Finding(file, place, "declared", "is not kebab-case")
    if "required" not in data or bool(data["required"]) == ("default" in data):
        yield Finding(file, place, "declared", "has a default unless `required: true`, and says which")


def runners(kit: Kit) -> Iterator[Finding]:
    """Callers choose the runner of every job, with a JSON array of labels; that of the deploying job by itself."""
    ring = rings(kit)
    for workflow in callable_workflows(kit):
        default = str(workflow.call["inputs"].get("runs-on", {}).get("default", ""))
        try:
            labels = json.loads(default)
        except ValueError:
            labels = None
        if not isinstance(labels, list) or not labels:
            yield Finding(workflow.file, "input runs-on", "runners", f"its default is no JSON array: {default!r}")
        if workflow.call["inputs"].get("deploy-runs-on", {}).get("default", "") != "":
            yield Finding(workflow.file, "input deploy-runs-on", "runners", "is not that of runs-on by default")
        for job in workflow.jobs.values():
            chosen = "deploy-runs-on || inputs.runs-on" if ring[job.file, job.id] is Ring.DEPLOY else "runs-on"
            if job.data.get("runs-on") != f"${{{{ fromJSON(inputs.{chosen}) }}}}":
                yield Finding(workflow.file, job.place, "runners", f"runs-on is not the input {chosen}")


def given(kit: Kit) -> Iterator[Finding]:
    """A step gives an action only inputs that exist, all required ones, and takes outputs that a step sets."""
    for job in kit.jobs():
        available = {f"steps.{step.id}.outputs.{name}" for step in job.steps for name in _outputs(kit, step)}
        for step in job.steps:
            if step.action in kit.actions:
                inputs = kit.actions[step.action].inputs
                for name in sorted(step.inputs.keys() - inputs.keys()):
                    yield Finding(job.file, job.place, "given", f"the action {step.action} has no input {name}")
                for name in sorted(
                    {name for name, data in inputs.items() if data.get("required")} - step.inputs.keys()
                ):
                    yield Finding(job.file, job.place, "given", f"the action {step.action} requires the input {name}")
        for expression in expressions(dict(job.data)):
            for taken in re.findall(r"steps\.[\w-]+\.outputs\.[\w-]+", expression):
                if taken not in available:
                    yield Finding(job.file, job.place, "given", f"no step makes {taken}")


def _outputs(kit: Kit, step: Step) -> list[str]:
    """Return the outputs of a step; one of the kit's own workflows may run a command itself."""
    if step.action in kit.actions:
        return list(kit.actions[step.action].outputs)
    return OF_OTHERS.get(step.third_party, []) or sorted(outputs_of(step.command))


def passed_on(kit: Kit) -> Iterator[Finding]:
    """An action's input goes through `env` to the command, and each variable is one quoted option."""
    for action in kit.actions.values():
        taken = expressions([step.env for step in action.steps])
        for name in action.inputs:
            if f"inputs.{name}" not in taken:
                yield Finding(action.file, f"input {name}", "passed-on", "is in no step's env")
        for step in action.steps:
            used = set(VARIABLE.findall(step.run))
            for name in sorted(step.env.keys() - used - TOKENS):
                yield Finding(action.file, step.name, "passed-on", f'"${name}" is not in its command')
            for name in sorted(used - step.env.keys()):
                yield Finding(action.file, step.name, "passed-on", f'"${name}" is not in its env')


def commands(kit: Kit) -> Iterator[Finding]:
    """An action runs the bootstrap for its command, then this `ml-cicd` command, which the real parser accepts.

    The command takes the place of the shell (`exec`): a runner that cancels a job signals the shell alone.
    """
    for action in kit.actions.values():
        words = ['python3 "$GITHUB_ACTION_PATH/../../cicd/bootstrap.py"', *action.commands]
        if not action.steps or action.steps[0].run != " ".join(words) or len(action.steps) > 2:
            yield Finding(action.file, "steps", "commands", "runs the bootstrap for its command, then this command")
        for step in action.steps[1:]:
            if problem := _refused(action, step):
                yield Finding(action.file, step.name, "commands", problem)


def _refused(action: Action, step: Step) -> str:
    words = shlex.split(step.run)
    if step.command not in COMMANDS:
        return f"`{step.run}` is no command of ml-cicd, or does not begin with exec"
    values = {f"${name}": _sample(action, value) for name, value in step.env.items()}
    try:
        _parser(step.command).parse_args([values.get(word, word) for word in words[3:]])
    except UsageError as error:
        return error.message
    return ""


def _sample(action: Action, value: str) -> str:
    """Return a possible value of an input: its default, or any text."""
    names = [expression.removeprefix("inputs.") for expression in expressions(value)]
    return str(next((action.inputs.get(name, {}).get("default") for name in names), "")) or "text"


@cache
def _parser(command: str) -> argparse.ArgumentParser:
    return parser_of(command)


def made(kit: Kit) -> Iterator[Finding]:
    """An action hands on every output that its command sets, and no other."""
    for action in kit.actions.values():
        ids = {step.id: step.command for step in action.steps if step.id and step.command}
        for name, data in action.outputs.items():
            source = re.fullmatch(r"\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}", str(data.get("value", "")))
            if not source or source[2] not in outputs_of(ids.get(source[1], "")):
                yield Finding(action.file, f"output {name}", "made", f"no command of the action sets {data['value']}")
        for command in ids.values():
            for name in sorted(outputs_of(command) - action.outputs.keys()):
                yield Finding(
                    action.file, f"output {name}", "made", f"`ml-cicd {command}` sets it, the action drops it"
                )


def outputs_of(command: str) -> set[str]:
    """Return the step outputs of a command."""
    return {*_values_of(command)}


def json_of(command: str) -> set[str]:
    """Return the step outputs of a command that are JSON: `printers.json.line` makes each of them."""
    return {name for name, values in _values_of(command).items() if any("json.line(" in value for value in values)}


@cache
def _values_of(command: str) -> dict[str, list[str]]:
    """Return the expressions that a command sets each of its step outputs to, in its calls of `github.set_outputs`."""
    file = ROOT / "cicd" / "commands" / f"{command}.py"
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)] if command else []
    values: dict[str, list[str]] = {}
    for dictionary in [call.args[0] for call in calls if ast.unparse(call.func) == "github.set_outputs"]:
        if isinstance(dictionary, ast.Dict):
            for key, value in zip(dictionary.keys, dictionary.values, strict=True):
                values.setdefault(str(ast.literal_eval(key)) if key else "", []).append(ast.unparse(value))
    return values


def encoded(kit: Kit) -> Iterator[Finding]:
    """No JSON leaves a job that has secrets: GitHub drops an output in which a line of a secret occurs, such as `{`."""
    for action in kit.actions.values():
        made = {name for command in action.commands for name in json_of(command)}
        for name, data in action.outputs.items():
            if ("as JSON" in str(data.get("description"))) != (name in made):
                yield Finding(action.file, f"output {name}", "encoded", "is JSON, or only described as JSON")
    for job in kit.jobs():
        if any("secrets." in expression for expression in expressions(dict(job.data))):
            for name, value in job.outputs.items():
                if _is_json(kit, job, value):
                    yield Finding(job.file, job.place, "encoded", f"has secrets, and hands on {name} as JSON")


def _is_json(kit: Kit, job: Job, value: str) -> bool:
    """Return whether an output of a job is JSON: of its own step, or of a job before it."""
    jobs = kit.workflows[job.file].jobs
    commands = {step.id: kit.actions[step.action].commands for step in job.steps if step.action in kit.actions}
    commands |= {step.id: [step.command] for step in job.steps if step.command}
    for kind, source, name in re.findall(r"\b(steps|needs)\.([\w-]+)\.outputs\.([\w-]+)", value):
        if kind == "steps" and any(name in json_of(command) for command in commands.get(source, [])):
            return True
        if kind == "needs" and _is_json(kit, jobs[source], jobs[source].outputs.get(name, "")):
            return True
    return "toJSON" in value


def tokens(kit: Kit) -> Iterator[Finding]:
    """A token goes to the commands that need it, and to no others."""
    for action in kit.actions.values():
        for step in action.steps:
            needed = CAPABILITIES[step.command].tokens if step.command in CAPABILITIES else set()
            for token in sorted(needed ^ (TOKENS & step.env.keys())):
                text = f"needs the {token}" if token in needed else f"needs no {token}, and has it"
                yield Finding(action.file, step.name, "tokens", text)


def last_job(kit: Kit) -> Iterator[Finding]:
    """A callable workflow ends in a job that needs all others, always runs, and exports every output."""
    for workflow in callable_workflows(kit):
        *others, last = workflow.jobs.values()
        for problem in _last(workflow, others, last):
            yield Finding(workflow.file, last.place, "last-job", problem)


def _last(workflow: Workflow, others: list[Job], last: Job) -> Iterator[str]:
    missing = sorted({job.id for job in others} - set(last.needs))
    if missing:
        yield f"does not need {', '.join(missing)}"
    if last.data.get("if") != "always()":
        yield "does not always run"
    first, *more = last.steps
    given = {"needs": "${{ toJSON(needs) }}"}
    reports = {"stage": workflow.data["name"], "directory": "${{ inputs.directory }}"}
    if first.action != "conclude" or first.inputs != given | (reports if more else {}):
        yield "does not conclude over toJSON(needs)"
    if [_left(step) for step in more] not in ([], [LEFT]):
        yield "does not leave what the run says for the comment, and that alone"
    for name, data in workflow.outputs.items():
        if data.get("value") != f"${{{{ jobs.{last.id}.outputs.{name} }}}}" or name not in last.outputs:
            yield f"does not export the output {name}"


def _left(step: Step) -> dict[str, object]:
    """Return a step without its name and the version of its action."""
    return {**{key: value for key, value in step.data.items() if key != "name"}, "uses": step.third_party}


RULES = (declared, used, runners, given, passed_on, commands, made, encoded, tokens, last_job)
