"""The text of the Dockerfiles that the kit writes: one of the build image, and one of the release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicd.produce.generated import exports, private_indexes
from cicd.produce.generated.exports import UV

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cicd.produce.generated.plan import Plan

USER = "10001:10001"
EPOCH = 315532800
"""The time of every file in the wheel, the first that a zip can hold: the same code makes the same layer."""
IGNORED = (
    ".git", ".github", ".ml-cicd", ".ml-cicd.base.json", ".venv", "venv", "env", "node_modules", ".dvc/cache",
    ".dvc/tmp", "mlruns", "**/__pycache__", "**/*.pyc", "**/.*_cache", "**/.ipynb_checkpoints", "**/*.egg-info",
    "build", "dist", "htmlcov", ".coverage", ".env", "**/.DS_Store",
)  # fmt: skip
"""What enters no generated image."""
CA_PIP = "if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca; fi"
CA_UV = "if [ -s /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca REQUESTS_CA_BUNDLE=/run/secrets/ca; fi"
TOOLS_MOUNT = "type=bind,from=tools,source=/opt/tools,target=/opt/tools"
_HASHED = "--require-hashes --requirement"
_INTO = "--python /opt/venv/bin/python"
CACHE = "type=cache,target=/root/.cache/uv"
CA = "type=secret,id=ca"


def ignore(more: Sequence[str] = ()) -> str:
    """Return the text of the file `Dockerfile.dockerignore`; `more` are the project's own lines."""
    return "\n".join((*IGNORED, *filter(None, more))) + "\n"


def build_text(plan: Plan, *, python: str, tools_in: str = "") -> str:
    """Return the Dockerfile of the build image, with source, tests and tools.

    `python` is the version of the official image that is the default base, such as `3.11`. `tools_in` is the path in
    the build context of the lock of the tools; without it, the build gets the lock as the secret `tools`.
    """
    return _file(_header(python), _tools(plan, tools_in), _locked(plan), _runtime(plan), _test(plan))


def release_text(
    plan: Plan, *, python: str, command: Sequence[str], port: int, bundle: bool, tools_in: str = ""
) -> str:
    """Return the Dockerfile of the release: a wheel of the project, its runtime dependencies, and the model.

    `command` runs in the release; `port` is the port on which it listens, 0 for none. `bundle`: whether the release
    holds a model. See `build_text`.
    """
    model = "# hadolint ignore=DL3006 -- the bundle is named by its digest\nFROM ${BUNDLE} AS bundle"
    return _file(
        _header(python, bundle=bundle), _tools(plan, tools_in), _locked(plan), _runtime(plan), _wheel(plan),
        *([model] if bundle else []), _release(command, port, bundle=bundle),
    )  # fmt: skip


def _file(*stages: str) -> str:
    return "\n\n".join(stages) + "\n"


def _header(python: str, *, bundle: bool = False) -> str:
    base = f"ARG BASE=python:{python}-slim-bookworm"
    title = "# Written by `ml-cicd build` from how the project is packaged."
    return "\n".join([title, base, *(["ARG BUNDLE"] if bundle else [])])


def tools_stage(tools_hash: str, path: str = "", secrets: Sequence[str] = ()) -> str:
    """Return the stage with the tools that build; `path` is that of their lock in the build context.

    `secrets` are names of secrets for package indexes.
    """
    source = f"type=bind,source={path},target=/tmp/tools.txt" if path else "type=secret,id=tools,target=/tmp/tools.txt"
    return "\n".join([
        "# hadolint ignore=DL3006 -- the base is chosen by a build argument",
        "FROM ${BASE} AS tools",
        'SHELL ["/bin/sh", "-eu", "-c"]',
        f"ARG TOOLS={tools_hash[:16]}",
        run_line([source, "type=cache,target=/root/.cache/pip", CA, *private_indexes.mounts(secrets)], [
            CA_PIP,
            *private_indexes.commands(secrets),
            "python3 -m venv /opt/tools",
            f"/opt/tools/bin/pip install --quiet --disable-pip-version-check --no-compile {_HASHED} /tmp/tools.txt",
            "find /opt/tools -name __pycache__ -prune -exec rm -r {} +",
        ]),
    ])  # fmt: skip


def _tools(plan: Plan, path: str) -> str:
    return tools_stage(plan.tools_hash, path, plan.secrets)


def _locked(plan: Plan) -> str:
    """Return the stage that works out which packages are installed; later stages depend on its result alone."""
    runtime, development = exports.commands(plan)
    return "\n".join([
        "# What is installed: later stages depend on these two files alone.",
        "FROM tools AS locked",
        "WORKDIR /project",
        *copies(plan.locked_from),
        online(plan.secrets, [], ["mkdir /locked", runtime, development]),
    ])  # fmt: skip


def _runtime(plan: Plan) -> str:
    return "\n".join([
        "# hadolint ignore=DL3006 -- the base is chosen by a build argument",
        "FROM ${BASE} AS runtime",
        'SHELL ["/bin/sh", "-eu", "-c"]',
        "ENV PATH=/opt/venv/bin:$PATH UV_PYTHON_DOWNLOADS=never",
        "# Bytecode is compiled now: the release runs as a user who can't write it.",
        online(plan.secrets, [TOOLS_MOUNT, locked_file("runtime")], [
            "export UV_LINK_MODE=copy VIRTUAL_ENV=/opt/venv",
            f'{UV} venv --quiet --python "$(command -v python3)" /opt/venv',
            f"{UV} pip install --quiet{_indexes(plan)} {_HASHED} /tmp/runtime.txt",
            "/opt/venv/bin/python -m compileall -q -j 0 /opt/venv/lib",
        ]),
    ])  # fmt: skip


def _test(plan: Plan) -> str:
    """Return the stage with source, tests and tools. A changed source line costs a copy: the package stands before."""
    paths = ":".join(dict.fromkeys((f"/app/{plan.layout.root}".rstrip("/"), "/app")))
    install = f"VIRTUAL_ENV=/opt/venv {UV} pip install --quiet --no-deps --editable /app"
    lines = [
        "FROM runtime AS test",
        online(plan.secrets, [TOOLS_MOUNT, locked_file("development")], [
            "export UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=/opt/venv",
            f"{UV} pip install --quiet{_indexes(plan)} {_HASHED} /tmp/development.txt",
        ]),
        f"ENV HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={paths}",
        "WORKDIR /app",
    ]  # fmt: skip
    if plan.packaging.backend:
        lines += [
            "# The package is installed in place, from the files that describe it.",
            *copies(plan.skeleton),
            online(plan.secrets, [TOOLS_MOUNT], [f"{install} 2>/dev/null || touch /opt/venv/install-later"]),
            "COPY . .",
            online(plan.secrets, [TOOLS_MOUNT], [f"if [ -e /opt/venv/install-later ]; then {install}; fi"]),
        ]
    else:
        lines += ["COPY . ."]
    return "\n".join([*lines, f"USER {USER}"])


def _wheel(plan: Plan) -> str:
    lines = ["FROM tools AS wheel", "WORKDIR /source", "COPY . ."]
    commands = []
    if not plan.packaging.backend:
        commands.append(f"printf '%s\\n' {_quoted(_declaration(plan))} > pyproject.toml")
    commands.append(f"SOURCE_DATE_EPOCH={EPOCH} {UV} build --quiet --wheel --out-dir /dist .")
    return "\n".join([*lines, online(plan.secrets, [], commands)])


def _declaration(plan: Plan) -> list[str]:
    """Return the lines of a `pyproject.toml` for code that declares no package."""
    code = plan.layout
    return [
        "[build-system]", 'requires = ["setuptools>=77"]', 'build-backend = "setuptools.build_meta"',
        "[project]", 'name = "application"', 'version = "0"',
        "[tool.setuptools]", f"py-modules = {json.dumps(list(code.modules))}",
        *([f'package-dir = {{"" = "{code.root}"}}'] if code.root else []),
        "[tool.setuptools.packages.find]", f"where = {json.dumps([code.root or '.'])}",
        f"include = {json.dumps([pattern for name in code.packages for pattern in (name, name + '.*')])}",
        "[tool.setuptools.package-data]", '"*" = ["**/*"]',
    ]  # fmt: skip


def _release(command: Sequence[str], port: int, *, bundle: bool) -> str:
    return "\n".join([
        "FROM runtime AS release",
        *(["COPY --from=bundle /bundle /opt/bundle"] if bundle else []),
        run_line([TOOLS_MOUNT, "type=bind,from=wheel,source=/dist,target=/dist"], [
            f"{UV} pip install --quiet --offline --no-cache --no-deps --compile-bytecode {_INTO} /dist/*.whl",
        ]),
        "ENV HOME=/tmp",
        "WORKDIR /tmp",
        f"USER {USER}",
        *([f"EXPOSE {port}"] if port else []),
        *([f"CMD {json.dumps(list(command))}"] if command else []),
    ])  # fmt: skip


def _indexes(plan: Plan) -> str:
    """Return the options that name the project's package indexes."""
    return "".join(f" {option}" for option in plan.indexes)


def online(secrets: Sequence[str], mounts: Sequence[str], commands: Sequence[str]) -> str:
    """Return a RUN instruction whose commands may install packages with uv, from private indexes too."""
    return run_line(
        [*mounts, CACHE, CA, *private_indexes.mounts(secrets)], [CA_UV, *private_indexes.commands(secrets), *commands]
    )


def locked_file(name: str) -> str:
    """Return the mount of a file of the stage `locked`."""
    return f"type=bind,from=locked,source=/locked/{name}.txt,target=/tmp/{name}.txt"


def copies(names: Sequence[str]) -> list[str]:
    """Return COPY lines that keep each file's folder."""
    if names == (".",):
        return ["COPY . ."]
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    return [f"COPY {json.dumps([*files, f'{folder}/' if folder else './'])}" for folder, files in folders.items()]


def run_line(mounts: Iterable[str], commands: Sequence[str]) -> str:
    """Return a RUN instruction with these mounts and commands."""
    lines = [f"--mount={mount}" for mount in mounts]
    return " \\\n    ".join([f"RUN {lines[0]}", *lines[1:], *(f"{one};" for one in commands[:-1]), commands[-1]])


def _quoted(lines: Iterable[str]) -> str:
    return " ".join("'" + line.replace("'", "'\\''") + "'" for line in lines)
