"""The commands that work out, with the project's own tool, which packages the release and the tests install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.python_project import Tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cicd.produce.generated.plan import Plan
    from cicd.python_project import Packaging

BIN = "/opt/tools/bin"
UV = f"{BIN}/uv"
WITH_LOCK = (Tool.UV, Tool.POETRY, Tool.PDM, Tool.PIPENV)
RUNTIME, DEVELOPMENT = "/locked/runtime.txt", "/locked/development.txt"
_COMPILE = f"{UV} pip compile --quiet --no-header --no-annotate --generate-hashes"


def commands(plan: Plan) -> tuple[str, str]:
    """Return the commands that write the requirements of the release and those of the tests, all with hashes."""
    packaging = plan.packaging
    if packaging.tool in WITH_LOCK:
        return _with_tool(packaging)
    return _runtime(packaging), _development(packaging)


def _with_tool(packaging: Packaging) -> tuple[str, str]:
    """Return the commands of a tool that has a lock of its own."""
    groups, extras = packaging.groups, packaging.extras
    match packaging.tool:
        case Tool.UV:
            export = f"{UV} export --quiet --frozen --no-emit-workspace --no-header --no-annotate --no-default-groups"
            chosen = _options(("--group", groups), ("--extra", extras))
            return f"{export} --output-file {RUNTIME}", f"{export}{chosen} --output-file {DEVELOPMENT}"
        case Tool.POETRY:
            export = f"{BIN}/poetry export --quiet --no-interaction --format requirements.txt"
            chosen = _options(("--with", groups), ("--extras", extras))
            return f"{export} --output {RUNTIME}", f"{export}{chosen} --output {DEVELOPMENT}"
        case Tool.PDM:
            export = f"{BIN}/pdm export --format requirements"
            chosen = _options(("--group", (*groups, *extras))) or " --prod"  # PDM refuses both at a time
            return f"{export} --prod --output {RUNTIME}", f"{export}{chosen} --output {DEVELOPMENT}"
        case _:
            export = f"{BIN}/pipenv requirements --hash"
            return f"{export} > {RUNTIME}", f"{export}{' --dev' if groups else ''} > {DEVELOPMENT}"


def for_tests(packaging: Packaging | None, requirements: Sequence[str]) -> tuple[str, str]:
    """Return how the packages of the tests come to a release that has its own packages already.

    That is the command that works them out with the project's tool, empty where the installer can do that; and what
    the installer is asked for, empty where nothing is declared. `requirements` are the files that the configuration
    names.
    """
    if requirements or packaging is None:
        return "", "".join(f" --requirement {name}" for name in requirements)
    chosen = bool(packaging.groups or packaging.extras)
    if packaging.tool in WITH_LOCK and chosen:
        return _with_tool(packaging)[1], f" --no-verify-hashes --requirement {DEVELOPMENT}"
    extras = _extras_of(packaging)
    package = f" --requirement {_declared(packaging)}{extras}" if extras else ""
    files = "".join(f" --requirement {name}" for name in packaging.development_files)
    return "", f"{package}{files}{_options(('--group', packaging.groups))}"


def _extras_of(packaging: Packaging) -> str:
    if "*" in packaging.extras:
        return " --all-extras"
    return _options(("--extra", packaging.extras))


def _runtime(packaging: Packaging) -> str:
    """Return the command for a requirements file, whose hashes are kept, or for a package that declares its needs."""
    if not packaging.lock:
        return f"{_COMPILE} {_declared(packaging)} --output-file {RUNTIME}"
    kept = " --no-deps" if packaging.hashed else ""
    return f"{_COMPILE}{kept} {packaging.lock} --output-file {RUNTIME}"


def _development(packaging: Packaging) -> str:
    extras = _extras_of(packaging)
    package = f" {_declared(packaging)}{extras}" if extras else ""
    files = "".join(f" {name}" for name in packaging.development_files)
    groups = _options(("--group", packaging.groups))
    if not (package or files or groups):
        return f"cp {RUNTIME} {DEVELOPMENT}"
    return f"{_COMPILE} {RUNTIME}{package}{files}{groups} --output-file {DEVELOPMENT}"


def _declared(packaging: Packaging) -> str:
    """Return the file in which the package declares what it needs."""
    names = ("pyproject.toml", "setup.py", "setup.cfg")
    return next(name for name in names if name in packaging.files)


def _options(*values: tuple[str, Iterable[str]]) -> str:
    return "".join(f" {option} {name}" for option, names in values for name in names)
