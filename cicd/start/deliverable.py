"""What a project delivers: a service, a batch job, a package or several; and the lines of `ml-cicd.toml` for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.start import docker, job, service, web
from cicd.start.note import assumed, found, undecided
from cicd.start.project import SUBJECT, Deliverable, Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from cicd.start.project import Asked, Project


def decide(project: Project, asked: Asked) -> Deliverable:
    """Return what a project delivers."""
    apps, servers = web.apps(project.modules), web.servers(project.modules)
    served = bool(apps or servers or project.stage.serves or docker.procfile_web(project.tree.text("Procfile")))
    programs = job.programs(project)
    is_job = not served and (programs or project.dockerfile or asked.command)
    shown = Kind.SERVICE if served else Kind.BATCH if is_job else Kind.PACKAGE
    kinds = [kind for kind in Kind if kind in asked.kinds] or [shown]
    if kinds[0] is Kind.BATCH:
        main = job.decide(project, asked, programs)
    else:
        main = service.decide(project, asked, apps, servers) if kinds[0] is Kind.SERVICE else _package(project)
    if kinds[0] is Kind.SERVICE and (Kind.BATCH in kinds or not asked.kinds):
        serving = {app.module.path for app in apps} | {module.path for module in servers}
        main = _with(main, job.beside(project, programs, serving, asked=Kind.BATCH in kinds))
    return _with(main, _package_beside(project, main.tables)) if Kind.PACKAGE in kinds[1:] else main


def _with(main: Deliverable, other: Deliverable) -> Deliverable:
    """Return a deliverable with another one beside it."""
    tables = {**main.tables, **other.tables}
    if main.kind is Kind.SERVICE and other.tables:  # without it the first named deliverable would be the release
        tables = {"service": {}, **tables}
    return replace(main, tables=tables, notes=(*main.notes, *other.notes))


def _package_beside(project: Project, taken: Collection[str]) -> Deliverable:
    """Return the table of a package beside the service or job of a project, whose tables have the titles `taken`."""
    if not project.declared.backend:
        text = "pyproject.toml names no build backend, so no wheel can be built."
        line = '[build-system] requires = ["setuptools"], then ml-cicd adopt again'
        return Deliverable(Kind.PACKAGE, {}, (undecided(SUBJECT, text, line),))
    return _package(replace(project, dockerfile=""), taken)


def _package(project: Project, taken: Collection[str] = ()) -> Deliverable:
    """Return the tables of a package without a program: its wheel is proven in each environment by importing it."""
    names = [*project.layout.packages, *project.layout.modules]
    if not names:
        text = "No service, no program and no package: what does the project deliver?"
        return Deliverable(Kind.PACKAGE, {}, (undecided(SUBJECT, text, "--kind service, batch or package"),))
    name = str(project.declared.project.get("name", "")).replace("-", "_")
    chosen = name if name in names else names[0]
    source = found(SUBJECT, f"a package: {project.layout.path(chosen)}")
    if project.dockerfile or not project.declared.backend:
        text = "Each environment proves that the package can be imported. No wheel of it is published."
        notes = (source, assumed(SUBJECT, text, '[job] command = ["..."]'))
        return Deliverable(Kind.PACKAGE, {"job": {"command": ["python", "-c", f"import {chosen}"]}}, notes)
    title = chosen.replace("_", "-").lower().strip("-")
    table = f"deliverables.{title if title[:1].isalpha() else SUBJECT}"
    table = "deliverables.package" if table in taken else table
    text = "Each environment proves that the wheel installs and can be imported. No index is named, so none gets it."
    lines = f"[{table}] index-url, publish-url and secret"
    return Deliverable(Kind.PACKAGE, {table: {"kind": "package"}}, (source, assumed(SUBJECT, text, lines)))
