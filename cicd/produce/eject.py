"""Write the files of a generated build into the project, for people who want to change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.files import file_errors
from cicd.produce import base_python, conventions

if TYPE_CHECKING:
    from pathlib import Path

    from cicd.config import Config

TOOLS = "cicd/build/tools.txt"


def write(config: Config, directory: Path) -> list[str]:
    """Write the Dockerfiles that the kit would build the project in `directory` from, and return their paths.

    Raises:
        UsageError: the project has a Dockerfile, one of the files is there, or nothing says how it is packaged.
        UnreachableError: the disk is full, or the folder can't be written.

    """
    release = conventions.release(config, directory)
    if release.file or conventions.test_image(config, directory).file:
        raise UsageError(
            f"The project has a Dockerfile of its own: {release.name}.", "There is nothing to eject: change that file."
        )
    from cicd.produce.generated import dockerfile as written  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.produce.generated import plan as plans  # noqa: PLC0415
    from cicd.produce.generated import wheels  # noqa: PLC0415

    plan = plans.plan(directory, config.build.secrets)
    released = plans.plan(directory, config.release.secrets)
    python = base_python.chosen(plan.packaging.python)
    ignored = written.ignore([*conventions.ignored(directory), "cicd", f"!{TOOLS}"])
    files = {
        conventions.BUILD: written.build_text(plan, python=python, tools_in=TOOLS),
        f"{conventions.BUILD}.dockerignore": ignored,
        TOOLS: plan.tools.read_text("utf-8"),
        conventions.RELEASE: wheels.release_text(
            plan.tools_hash, python=python, tools_in=TOOLS, secrets=config.release.secrets
        )
        if config.is_package_alone
        else written.release_text(
            released, python=python, command=config.command, port=conventions.port(config), bundle=config.has_model,
            tools_in=TOOLS,
        ),
        f"{conventions.RELEASE}.dockerignore": ignored,
    }  # fmt: skip
    if present := [name for name in files if (directory / name).exists()]:
        raise UsageError(f"{directory} has {', '.join(present)} already.", "Move it away, then run this again.")
    for name, text in files.items():
        with file_errors(f"write {directory / name}"):
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(text, "utf-8")
    return [*files]
