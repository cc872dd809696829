"""A project's service: the command that starts it, its port and its health path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicd.start import docker, web
from cicd.start.note import Note, assumed, found, undecided
from cicd.start.project import SUBJECT, Deliverable, Kind, in_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.start.code import Module
    from cicd.start.project import Asked, Project

PORT, HEALTH = 8000, "/health"
"""The defaults of `[service]`."""
_READY = {"streamlit": (8501, "/_stcore/health")}
"""Port and health path of frameworks that bring them."""


def decide(project: Project, asked: Asked, apps: Sequence[web.App], servers: Sequence[Module]) -> Deliverable:
    """Return the service of a project, as the tables of its configuration."""
    notes: list[Note] = []
    command: tuple[str, ...] = ()
    if asked.command:
        command = asked.command
    elif not project.dockerfile:
        command, note = _command(project, apps, servers)
        notes.append(note)
    elif not project.stage.words:
        text = f"{project.dockerfile} says no command, so its base image's is started."
        notes.append(assumed("command", text, '[service] command = ["..."]'))
    port = asked.port or _port(project, command, notes)
    health = asked.health or _health(project, apps, servers, notes)
    if len(apps) > 1 and not project.dockerfile:
        others = ", ".join(app.target for app in apps[1:4])
        notes.append(assumed(SUBJECT, f"The service is {apps[0].target}, not {others}.", "[service] command"))
    table: dict[str, Any] = {}
    if port != PORT:
        table["port"] = port
    if health != HEALTH:
        table["health"] = health
    if command:
        table["command"] = list(in_bundle(project, command, notes))
    source = project.dockerfile if project.stage.serves else ""
    source = source or next(iter([*(app.module.path for app in apps), *(module.path for module in servers)]), "")
    text = f"a service: {source or 'as you said'}"
    return Deliverable(Kind.SERVICE, {"service": table} if table else {}, (found(SUBJECT, text), *notes))


def _command(project: Project, apps: Sequence[web.App], servers: Sequence[Module]) -> tuple[tuple[str, ...], Note]:
    """Return the command that starts the service, for a project that has no Dockerfile."""
    if command := docker.procfile_web(project.tree.text("Procfile")):
        return command, found("command", f"Procfile: {' '.join(command)}")
    if not apps and servers and servers[0].is_program:
        return ("python", "-m", servers[0].started_as), found("command", f"python -m {servers[0].started_as}")
    if not apps:
        return (), undecided(
            "command", "Nothing says how the service starts.", '[service] command = ["python", "-m", "..."]'
        )
    app = apps[0]
    command = _server(app, project.installed)
    if command[:1] == ("flask",) and (better := _server(app, project.dependencies)) != command:
        text = f"{' '.join(command)}: a server for development. The release does not install {better[0]}."
        words = ", ".join(f'"{word}"' for word in better)
        line = f"Move {better[0]} to the dependencies, then: [service] command = [{words}]"
        return command, assumed("command", text, line)
    if not command:
        text = f"{app.target} needs a server, and no file of the project asks for one."
        words = f'["uvicorn", "{app.target}", "--host", "0.0.0.0"]'
        line = f"Add uvicorn to the requirements, then: [service] command = {words}"
        return (), undecided("command", text, line)
    return command, found("command", " ".join(command))


def _server(app: web.App, dependencies: set[str]) -> tuple[str, ...]:
    host, port = "0.0.0.0", str(PORT)  # noqa: S104 -- a container's own network
    factory = f"{app.target}()" if app.is_factory else app.target
    if app.is_asgi:
        if {"uvicorn", "fastapi-cli"} & dependencies:
            return ("uvicorn", app.target, *(("--factory",) if app.is_factory else ()), "--host", host, "--port", port)
        if "hypercorn" in dependencies:
            return ("hypercorn", "--bind", f"{host}:{port}", factory)
        return ()
    if "gunicorn" in dependencies:
        return ("gunicorn", "--bind", f"{host}:{port}", factory)
    if "waitress" in dependencies:
        return ("waitress-serve", f"--port={port}", *(("--call",) if app.is_factory else ()), app.target)
    return ("flask", "--app", app.target, "run", "--host", host, "--port", port)


def _port(project: Project, command: Sequence[str], notes: list[Note]) -> int:
    """Return the port that the service listens on: by its command, its Dockerfile, its code, else the default."""
    if named := docker.port_of(command):
        return named
    started, ports = docker.port_of(project.stage.words), project.stage.ports
    port, source = web.port(project.modules)
    framework = _framework(project)
    if len(set(ports)) > 1:
        chosen = started if started in ports else ports[0]
        listed = ", ".join(map(str, ports))
        text = f"{chosen}, of those that {project.dockerfile} exposes: {listed}"
        notes.append(assumed("port", text, "[service] port = N"))
        return chosen
    candidates = (
        (next(iter(ports), 0), f"which {project.dockerfile} exposes"),
        (started, f"in the command of {project.dockerfile}"),
        (port, f"in {source}"),
        (_READY[framework][0] if framework else 0, f"which {framework} takes"),
    )
    for chosen, why in candidates:
        if chosen:
            notes.append(found("port", f"{chosen}, {why}"))
            return chosen
    notes.append(assumed("port", f"{PORT}", "[service] port = N"))
    return PORT


def _health(project: Project, apps: Sequence[web.App], servers: Sequence[Module], notes: list[Note]) -> str:
    path, source = web.health(project.modules, servers)
    if project.stage.health and (not path or project.stage.health.rstrip("/").endswith(path.rstrip("/"))):
        path, source = project.stage.health, f"{project.dockerfile}, HEALTHCHECK"
    if path:
        notes.append(found("health path", f"{path}, in {source}"))
        return path
    if framework := _framework(project):
        notes.append(found("health path", f"{_READY[framework][1]}, which {framework} brings"))
        return _READY[framework][1]
    routes = web.routes(project.modules)
    if "/" in routes:
        notes.append(assumed("health path", f"/, in {routes['/']}: it must answer 200", '[service] health = "/..."'))
        return "/"
    if any(app.kind == "FastAPI" for app in apps):
        text = "No path looks like a health check; /docs answers as soon as FastAPI does."
        notes.append(assumed("health path", text, '[service] health = "/..."'))
        return "/docs"
    text = f"No path of the code looks like a health check: the kit asks {HEALTH}."
    notes.append(undecided("health path", text, '[service] health = "/..."'))
    return HEALTH


def _framework(project: Project) -> str:
    words = " ".join(project.stage.words)
    return next((name for name in _READY if name in words), "")
