"""Compute the metrics that are functions of the project: in a container of one release, for both models alike.

The kit hands the files of predictions in, and takes the number of each group out. No code of the project runs in the
kit's process.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels
from cicd.errors import CheckFailedError
from cicd.files import file_errors
from cicd.oci import containers, images, resources
from cicd.oci.errors import engine_errors
from cicd.produce import evaluation, run_functions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.oci.engine import Container
    from cicd.produce.evaluation import Evaluation

LIMIT = 64 << 20
"""The bytes that the numbers of one metric may have."""


def measure(
    prepared: Evaluation, release: str, command: Sequence[str], models: Mapping[str, Path], folder: Path
) -> dict[str, dict[str, Path]]:
    """Run the project's functions in a release, and return the file of numbers of each metric and model.

    Args:
        prepared: the settings of the metrics and of the container.
        release: the image whose functions run.
        command: its `evaluate`, which names its Python.
        models: the predictions of each model, by its name.
        folder: where the numbers are written to.

    Raises:
        CheckFailedError: a function failed or took too long, or left no numbers.
        UsageError: the release has no Python.
        UnreachableError: the engine or the registry does not answer.

    """
    images.pull(prepared.client, release)
    settings = prepared.settings
    functions = {metric.name: metric.function for metric in settings.metrics if metric.function}
    columns = [settings.columns.get(name, name) for name in ("id", "group")]
    source = Path(run_functions.__file__).read_text("utf-8")
    python = python_of(command)
    with containers.created(
        prepared.client, release, command=[python, "-c", source, evaluation.ROOT, *columns, *functions.values()],
        entrypoint=[], network="none", labels={labels.PROJECT: prepared.project, labels.ROLE: labels.EVALUATION},
        **resources.options(cpus=settings.cpus, memory=settings.memory, shm_size=settings.shm_size),
    ) as container:  # fmt: skip
        _fill(container, models, folder / "models.tar")
        with containers.time_limit(container, settings.timeout) as late:
            ending = containers.run_to_end(container, release, [python, *functions.values()])
        named = ", ".join(f"{name} ({function})" for name, function in functions.items())
        if late.is_set():
            raise CheckFailedError(
                f"The metrics {named} were not computed within {settings.timeout:g} s.",
                "Give them more time in ml-cicd.toml: [gate] timeout.",
            )
        if ending.exit_code:
            raise CheckFailedError(
                f"The metrics {named} were not computed: {ending}.",
                ending.hint("The output above shows the cause. The functions have no network, and no secrets."),
            )
        return {
            name: {model: _taken(container, f"{index}-{model}", name, folder) for model in models}
            for index, name in enumerate(functions)
        }


def python_of(command: Sequence[str]) -> str:
    """Return the Python of an image: the one that its command `evaluate` begins with, else `python3`."""
    return command[0] if Path(command[0]).name.startswith("python") else "python3"


def _fill(container: Container, models: Mapping[str, Path], packed: Path) -> None:
    """Copy the predictions into a container, and make the folder of the numbers, which every user may write."""
    root = evaluation.ROOT.lstrip("/")
    with file_errors(f"write {packed}"), tarfile.open(packed, "w") as tar:
        for name, mode in ((root, 0o755), (f"{root}/models", 0o755), (f"{root}/numbers", 0o777)):
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, mode
            tar.addfile(member)
        for model, file in models.items():
            member = tar.gettarinfo(file, f"{root}/models/{model}{file.suffix}")
            member.mode, member.uid, member.gid, member.uname, member.gname = 0o644, 0, 0, "", ""
            with file.open("rb") as content:
                tar.addfile(member, content)
    with engine_errors("copy the predictions into a container"), packed.open("rb") as layer:
        container.put_archive("/", layer)


def _taken(container: Container, name: str, metric: str, folder: Path) -> Path:
    """Copy the numbers of one metric and model out of a container."""
    packed, file = folder / f"{name}.tar", folder / f"{name}.csv"
    reason = "the function ended the process"
    try:
        if containers.save(container, f"{evaluation.ROOT}/numbers/{name}.csv", packed, LIMIT):
            evaluation.unpack(packed, file)
            return file
    except (ValueError, tarfile.TarError) as error:
        reason = str(error)
    raise CheckFailedError(
        f"There are no numbers of the metric {metric}: {reason}.",
        "Let its function return one number for the rows of a group, and do nothing else.",
    )
