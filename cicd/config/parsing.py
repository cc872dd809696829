"""Reading `ml-cicd.toml`: valid against the published schema, or refused with what is wrong and what is allowed."""

from __future__ import annotations

import functools
import json
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cicd import stages
from cicd.config import deliverables, explaining, gate, logins, quick_check, tables
from cicd.config.build import Build
from cicd.config.environments import SETTINGS, CommandSettings, DockerSettings, Environment, KubernetesSettings
from cicd.config.job import JobDeliverable
from cicd.config.project import Config
from cicd.config.train import Model, Train
from cicd.errors import UsageError
from cicd.files import utf8
from cicd.place import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHM_SIZE = "shm-size"
LONGEST_NAME = 63
"""Characters of the name of an object on a cluster: a label has to hold it."""
LONGEST_JOB_NAME = 52
"""Characters of the name of a CronJob, which the cluster lengthens for each run."""


@functools.cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of `ml-cicd.toml`."""
    content: dict[str, Any] = json.loads(files("cicd").joinpath("schema/ml-cicd.schema.json").read_text("utf-8"))
    return content


def parse(content: str, source: str = FILE) -> Config:
    """Return the configuration in `content`; `source` names it in messages.

    Raises:
        UsageError: not TOML, an unknown or missing key, or a value that is not allowed.

    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}", "Correct that line.") from error
    if not quick_check.meets(data, schema(), schema()):
        _explain(data, source)
    deliverables.check(data, source)
    gate.check(data, source)
    logins.check(data, source)
    parsed = _config(data)
    _check_approvals(parsed, source)
    _check_kind(data, parsed, source)
    return parsed


def _explain(data: Mapping[str, Any], source: str) -> None:
    """Raise UsageError for what does not meet the schema."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- slow to import, and seldom needed

    errors = sorted(Draft202012Validator(schema()).iter_errors(data), key=lambda error: list(map(str, error.path)))
    if errors:
        lines = dict.fromkeys(f"{source}: {explaining.explain(error)}" for error in errors)
        raise UsageError("\n".join(lines), "Correct the file, then run this again.")


def _check_approvals(parsed: Config, source: str) -> None:
    """Raise unless every environment names as many people as it wants approvals."""
    for name, environment in parsed.environments.items():
        people = len({person.casefold() for person in environment.approvers})
        if people and environment.approvals > people:
            raise UsageError(
                f"{source}: environments.{name}.approvals: found {environment.approvals}, but `approvers` names "
                f"{people}.",
                "Name more approvers, or ask for fewer approvals.",
            )


def _check_kind(data: Mapping[str, Any], parsed: Config, source: str) -> None:
    """Raise for tables that exclude each other, or that an environment can't carry."""
    if "train" in data and "model" in data:
        raise UsageError(f"{source}: it has [train] and [model].", "Keep one of the two tables.")
    if parsed.model and bool(parsed.model.paths) == bool(parsed.model.image):
        raise UsageError(f"{source}: [model] needs either `paths` or `image`.", 'Example: paths = ["models/model.pkl"]')
    for name, environment in parsed.environments.items():
        if parsed.is_package_alone and not isinstance(environment.settings, DockerSettings):
            raise UsageError(
                f"{source}: environments.{name}.target: a project of packages alone can run on docker alone.",
                'Write: target = "docker"',
            )
        if (parsed.beside or parsed.job) and isinstance(environment.settings, CommandSettings):
            more = ", ".join(other.name for other in parsed.beside) or "a job"
            raise UsageError(
                f"{source}: environments.{name}.target: the target command carries one service alone, and the project "
                f"delivers {more}.",
                'Write: target = "docker", or target = "kubernetes".',
            )
        if isinstance(environment.settings, KubernetesSettings):
            _check_cluster(data, parsed, name, source)
        if unknown := sorted({*environment.ports} - {other.name for other in parsed.others}):
            raise UsageError(
                f"{source}: environments.{name}.ports: no service beside the first one is called {', '.join(unknown)}.",
                "Name services of [deliverables]. The first service has the key `port`.",
            )


def _check_cluster(data: Mapping[str, Any], parsed: Config, environment: str, source: str) -> None:
    """Raise for services and jobs that a cluster can't carry."""
    for other in parsed.beside:
        name = parsed.of(other).service_name
        longest = LONGEST_JOB_NAME if isinstance(other, JobDeliverable) else LONGEST_NAME
        if len(name) > longest or name.endswith("-"):
            raise UsageError(
                f"{source}: deliverables.{other.name}: no object on a cluster can be called {name}.",
                f"Choose a name that ends with a letter or a digit, and that has at most {longest} characters "
                "together with the project's.",
            )
    first = (
        "job"
        if "job" in data
        else next(
            (f"deliverables.{name}" for name, table in data.get("deliverables", {}).items() if table["kind"] == "job"),
            "",
        )
    )
    jobs = {first: parsed.job} if parsed.job else {}
    for table, job in {**jobs, **{f"deliverables.{other.name}": other.job for other in parsed.jobs}}.items():
        if not job.schedule:
            raise UsageError(
                f"{source}: {table}: missing: schedule. The cluster of environments.{environment} runs the job by it.",
                'Example, every day at 4:30 in the time zone of the cluster: schedule = "30 4 * * *"',
            )
    settings = parsed.environments[environment].settings
    if parsed.job and isinstance(settings, KubernetesSettings) and settings.manifests:
        raise UsageError(
            f"{source}: environments.{environment}.manifests: a project without a service has no manifests of its own.",
            "Remove that line: the kit writes the CronJobs.",
        )


def load(directory: Path) -> Config:
    """Return the configuration of the project in `directory`.

    Raises:
        UsageError: there is none, or it is not valid.

    """
    path = directory / FILE
    if not path.is_file():
        raise UsageError(
            f"There is no {FILE} in {directory.absolute()}.",
            "Run this in a project's directory. 'ml-cicd adopt' writes the file for a project, and 'ml-cicd init DIR' "
            'makes a new project. The least that the file needs: name = "my-project"',
        )
    return parse(utf8(path.read_bytes(), str(path)), str(path))


def _config(data: Mapping[str, Any]) -> Config:
    environments, build = data.get("environments", {}), Build(**tables.values(data.get("build", {})))
    found = deliverables.read(data, build.secrets)
    return Config(
        name=data["name"],
        image=data.get("image"),
        registry_login=logins.read(data.get("registry", {}).get("login")),
        tests={name: tuple(command) for name, command in data.get("tests", {}).items() if name != SHM_SIZE},
        test_shm_size=data.get("tests", {}).get(SHM_SIZE),
        checks={name: tuple(command) for name, command in data.get("checks", {}).items()},
        build=build,
        release=found.release,
        train=tables.optional(Train, data.get("train")),
        model=tables.optional(Model, data.get("model")),
        gate=gate.read(data.get("gate")),
        service=found.service,
        job=found.job,
        package=found.package,
        others=found.others,
        jobs=found.jobs,
        staging_auto=data.get("staging", {}).get("auto", True),
        ledger_keys=tuple(data.get("ledger", {}).get("keys", ())),
        environments={name: _environment(name, environments.get(name, {})) for name in stages.STAGES},
    )


def _environment(name: str, table: Mapping[str, Any]) -> Environment:
    """Return an environment; the keys of other deploy targets than its own do not count."""
    values = tables.values(table) | {"login": logins.read(table.get("login"))}
    kind = SETTINGS[values.pop("target", "docker")]
    settings = kind(**tables.of_class(kind, values))
    return Environment(name, settings, **tables.of_class(Environment, values))
