"""Which Dockerfile makes an image: one that the configuration names, one at a usual place, or one that the kit writes.

In this order: `cicd/build/Dockerfile` and `cicd/release/Dockerfile`; a `Dockerfile` at the root, with a stage for the
tests or without; none, for a project whose packaging says all that is needed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import variables
from cicd.errors import UsageError
from cicd.files import utf8
from cicd.produce import base_python, dockerfile
from cicd.produce.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.config import Config, ImageBuild, JobDeliverable, ServiceDeliverable

BUILD, RELEASE, ROOT = "cicd/build/Dockerfile", "cicd/release/Dockerfile", "Dockerfile"
TEST_STAGES, BUILD_STAGE, RELEASE_STAGE = ("test", "tests"), "build", "release"
GENERATED = "the generated Dockerfile of the build image", "the generated Dockerfile of the release"
GENERATED_WHEELS = "the generated Dockerfile of the wheels"
WHEELS = "WHEELS"
"""The build argument that names the image with the project's wheels."""
TEST_FILES = ("conftest.py", "pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini")
"""Files at a project's root that tests may need, besides the folder with the tests."""
TESTS_AT_ROOT = ("test_*.py", "*_test.py")


def release(config: Config, directory: Path) -> Recipe:
    """Return how the release of the project in `directory` is built.

    Raises:
        UsageError: a Dockerfile, stage or folder that the configuration names is not there, or nothing says how.

    """
    named = config.release
    if path := named.dockerfile or _first(directory, RELEASE, ROOT):
        recipe = _own(directory, named, path, "[release]")
        stages = dockerfile.stages(recipe.text)
        usual = path == ROOT and RELEASE_STAGE in [stage.name for stage in stages]
        return _at(recipe, named.target or (RELEASE_STAGE if usual else ""), "[release]")
    if config.is_package_alone:
        return _installed_wheels(config, directory)
    if (directory / BUILD).is_file():
        raise UsageError(
            f"There is no Dockerfile of the release in {directory}.",
            f"Write {RELEASE}, or name it in ml-cicd.toml: [release] dockerfile.",
        )
    return _generated(config, directory, test=False)


def test_image(config: Config, directory: Path) -> Recipe:
    """Return how the build image of the project in `directory` is built, in which tests, checks and training run.

    Raises:
        UsageError: see `release`; or the release needs a model that would be trained in an image made from it.

    """
    named = config.build
    path = named.dockerfile or _first(directory, BUILD)
    if path:
        return _at(_own(directory, named, path, "[build]"), named.target, "[build]")
    below = release(config, directory)
    if named.target and not below.file:
        raise UsageError(
            f"[build] target names the stage '{named.target}', and the project has no Dockerfile.",
            "Leave the key out, or write a Dockerfile.",
        )
    root = directory / ROOT
    target = named.target or (_test_stage(dockerfile.stages(_text(root))) if root.is_file() else "")
    if target:
        path = config.release.dockerfile if named.target and not root.is_file() else ROOT
        return _at(_own(directory, named, path, "[build]"), target, "[build]")
    if not below.file:
        return _generated(config, directory, test=True)
    return _on_release(config, directory, below)


def other(config: Config, directory: Path, deliverable: ServiceDeliverable | JobDeliverable) -> Recipe | None:
    """Return how the image of a deliverable beside the first one is built; None if it runs in the image of the first.

    Raises:
        UsageError: a Dockerfile, stage or folder that the configuration names is not there.

    """
    named, table = deliverable.build, f"[deliverables.{deliverable.name}]"
    if not named.dockerfile:
        if named.context or named.arguments or named.target:
            raise UsageError(
                f"{table} has `target`, `context` or `arguments`, and no `dockerfile`.",
                "Leave them out, or name its Dockerfile.",
            )
        if not deliverable.command:
            raise UsageError(
                f"{table} has neither `dockerfile` nor `command`, so it would be the first service once more.",
                "Name its Dockerfile, or the command that starts it in the image of the first service.",
            )
        return None
    own = replace(_own(directory, named, named.dockerfile, table), named=config.release.secrets)
    return _at(own, named.target, table)


def wheels(config: Config, directory: Path) -> Recipe:
    """Return how the image is built that holds the wheels of the project's packages, in `/wheels`.

    Raises:
        UsageError: a Dockerfile, folder or package that the configuration names is not there.

    """
    from cicd.produce.generated import wheels as written  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.produce.generated.dockerfile import ignore  # noqa: PLC0415
    from cicd.produce.generated.plan import hash_of  # noqa: PLC0415

    assert config.package is not None  # noqa: S101 -- callers have asked
    named, table = config.package.build, f"[deliverables.{config.package.name}]"
    if named.dockerfile:
        own = replace(_own(directory, named, named.dockerfile, table), named=config.build.secrets)
        return _at(own, named.target, table)
    if named.context or named.arguments or named.target:
        raise UsageError(
            f"{table} has `target`, `context` or `arguments`, and no `dockerfile`.",
            "Leave them out, or name a Dockerfile that writes the wheels to /wheels.",
        )
    python, lock, arguments, note = _tools(config, directory)
    return Recipe(
        GENERATED_WHEELS, directory,
        written.build_text(hash_of(lock), python=python, paths=config.package.paths, secrets=config.build.secrets),
        ignore=ignore(ignored(directory)), arguments=arguments, secrets={"tools": lock}, named=config.build.secrets,
        note=note,
    )  # fmt: skip


def _installed_wheels(config: Config, directory: Path) -> Recipe:
    """Return how the release of a project is built that delivers packages alone: with the wheels installed in it."""
    from cicd.produce.generated import wheels as written  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.produce.generated.plan import hash_of  # noqa: PLC0415

    python, lock, arguments, note = _tools(config, directory)
    return Recipe(
        GENERATED[1], directory,
        written.release_text(hash_of(lock), python=python, secrets=config.release.secrets), ignore="*\n",
        arguments=arguments, secrets={"tools": lock}, named=config.release.secrets, note=note,
    )  # fmt: skip


def _tools(config: Config, directory: Path) -> tuple[str, Path, dict[str, str], str]:
    """Return what a generated build of packages takes: Python, the lock of the tools, build arguments, and a note.

    Raises:
        UsageError: a folder that the configuration names holds no package, or asks for a Python that is not at hand.

    """
    from cicd.produce.generated import plan as plans  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.python_project import declared, python_version  # noqa: PLC0415

    assert config.package is not None  # noqa: S101 -- callers have asked
    asked = []
    for path in config.package.paths:
        files = declared.read(directory / path)
        if not files.backend:
            raise UsageError(
                f"{directory / path} is no package: it has no pyproject.toml with [project] or [build-system], and no "
                "setup.py.",
                f"Correct `paths` of [deliverables.{config.package.name}], or declare the package in pyproject.toml.",
            )
        asked.append(python_version.asked(files))
    python = base_python.chosen(python_version.joined(asked))
    base = base_python.stand_in()
    note = f"The base image is {base}, as {variables.ML_CICD_BASE} says." if base else ""
    return python, plans.tools_of(None), {"BASE": base} if base else {}, note


def _first(directory: Path, *paths: str) -> str:
    return next((path for path in paths if (directory / path).is_file()), "")


def _text(file: Path) -> str:
    return utf8(file.read_bytes(), str(file))


def _test_stage(stages: Sequence[dockerfile.Stage]) -> str:
    """Return the stage for the tests; `build` is one unless another stage copies from it, as from a compiler's."""
    names = [stage.name for stage in stages]
    if test := next((name for name in TEST_STAGES if name in names), ""):
        return test
    return next((stage.name for stage in stages if stage.name == BUILD_STAGE and not stage.is_source), "")


def _own(directory: Path, named: ImageBuild, path: str, table: str) -> Recipe:
    """Return how an image is built from a Dockerfile of the project."""
    file, context = directory / path, directory / (named.context or ".")
    if not file.is_file():
        raise UsageError(f"{directory} has no {path}, which {table} dockerfile names.", "Correct the path.")
    if not context.is_dir():
        raise UsageError(f"{directory} has no folder {named.context}, which {table} context names.", "Correct it.")
    text, arguments, note = _text(file), dict(named.arguments), ""
    default = dockerfile.argument(text, "BASE", arguments)
    if default is not None:
        arguments["BASE"], note = base_python.replacement(default)
    return Recipe(
        path, Path(os.path.normpath(context)), text, file, arguments=arguments, named=named.secrets, note=note
    )


def _at(recipe: Recipe, target: str, table: str) -> Recipe:
    """Return a recipe for a stage of its Dockerfile."""
    names = [stage.name for stage in dockerfile.stages(recipe.text)]
    if target and target.lower() not in names:
        known = ", ".join(filter(None, names)) or "none with a name"
        raise UsageError(
            f"{recipe.name} has no stage '{target}', which {table} target names.", f"Its stages are: {known}."
        )
    return replace(recipe, target=target)


def _generated(config: Config, directory: Path, *, test: bool) -> Recipe:
    """Return how an image is built from how the project is packaged."""
    from cicd.produce.generated import dockerfile as written  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.produce.generated import plan as plans  # noqa: PLC0415

    for table, named in (("[build]", config.build), ("[release]", config.release)):
        if named.context or named.arguments:
            raise UsageError(
                f"{table} has `context` or `arguments`, and the project has no Dockerfile.",
                "Leave them out, or write the files to change: ml-cicd build --eject",
            )
    secrets = (config.build if test else config.release).secrets
    plan = plans.plan(directory, secrets)
    if not config.command and not test:
        raise UsageError(
            "Nothing says how the release starts: the project has no Dockerfile.",
            'Add to ml-cicd.toml: [service] with command = ["python", "-m", "..."]; for a batch job: [job].',
        )
    python = base_python.chosen(plan.packaging.python)
    text = written.build_text(plan, python=python) if test else written.release_text(
        plan, python=python, command=config.command, port=port(config),
        bundle=config.has_model,
    )  # fmt: skip
    base = base_python.stand_in()
    note = f"The base image is {base}, as {variables.ML_CICD_BASE} says." if base else ""
    return Recipe(
        GENERATED[0 if test else 1], directory, text, ignore=written.ignore(ignored(directory)),
        arguments={"BASE": base} if base else {}, secrets={"tools": plan.tools}, named=secrets, note=note,
    )  # fmt: skip


def _on_release(config: Config, directory: Path, below: Recipe) -> Recipe:
    """Return how a build image is made from the release."""
    from cicd import python_project  # noqa: PLC0415 -- needs the package `packaging`
    from cicd.produce.generated import dockerfile as written  # noqa: PLC0415
    from cicd.produce.generated import on_release  # noqa: PLC0415
    from cicd.produce.generated import plan as plans  # noqa: PLC0415
    from cicd.python_project import declared, indexes  # noqa: PLC0415

    if config.has_model and dockerfile.takes(below.text, "BUNDLE"):
        raise UsageError(
            f"The model is made in the build image, which would be made from {below.name}, which needs the model.",
            f"Write a Dockerfile for tests and training: {BUILD}, or a stage `test` in {below.name} that does not take "
            "the bundle.",
        )
    for file in config.build.requirements:
        if not (directory / file).is_file():
            raise UsageError(f"{directory} has no {file}, which [build] requirements names.", "Correct the list.")
    try:
        packaging = python_project.detect(directory)
    except UsageError:  # the project's own Dockerfile installs it
        packaging = None
    lock = plans.tools_of(packaging.tool if packaging else None)
    tests, deciding = _tests(config, directory), (*(packaging.files if packaging else ()), *config.build.requirements)
    text = on_release.text(
        packaging, plans.hash_of(lock), python=base_python.KNOWN[0], requirements=config.build.requirements,
        tests=tests, secrets=config.build.secrets,
        indexes=indexes.options(declared.read(directory), deciding, config.build.secrets),
    )  # fmt: skip
    needed = [*tests, *deciding]
    again = [pattern for path in needed for pattern in (f"!{path}", f"!{path}/**")]
    base = base_python.stand_in()
    return Recipe(
        GENERATED[0], directory, text, ignore=written.ignore([*ignored(directory), *again]),
        arguments={"BASE": base} if base else {}, secrets={"tools": lock}, named=config.build.secrets, release=below,
    )  # fmt: skip


def port(config: Config) -> int:
    """Return the port on which the release listens; 0 for none."""
    return 0 if config.job else config.service.port


def ignored(directory: Path) -> list[str]:
    """Return the lines of the project's `.dockerignore` file."""
    file = directory / ".dockerignore"
    return _text(file).split("\n") if file.is_file() else []


def _tests(config: Config, directory: Path) -> list[str]:
    """Return the paths that tests need and a release may lack: the tests, their settings, and what commands name."""
    from cicd.python_project import layout  # noqa: PLC0415

    code = layout.find(directory)
    released = {code.root, *code.packages, *(f"{name}.py" for name in code.modules), "."}
    words = [word for command in (*config.tests.values(), *config.checks.values()) for word in command]
    named = [Path(os.path.normpath(word.partition("::")[0])).as_posix() for word in words if word]
    at_root = sorted(path.name for pattern in TESTS_AT_ROOT for path in directory.glob(pattern))
    released -= {*at_root}
    named = [path for path in named if not path.startswith(("/", "..", "-"))]
    paths = [layout.tests(directory), *TEST_FILES, *at_root, *named]
    kept = [path for path in dict.fromkeys(paths) if path and path not in released and (directory / path).exists()]
    inside = [path for path in kept if any(path.startswith(f"{other}/") for other in kept)]
    return [path for path in kept if path not in inside]
