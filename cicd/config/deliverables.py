"""The tables `[deliverables.<name>]`, `[service]`, `[job]` and `[release]`: what a project delivers."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from cicd.config import tables
from cicd.config.build import ImageBuild
from cicd.config.job import Job, JobDeliverable
from cicd.config.package import Index, Package
from cicd.config.service import ProxySettings, Service, ServiceDeliverable
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

RESERVED = ("build", "bundle", "candidate", "lock", "packages", "proxy", "test", "wheels")
"""Names of what belongs to every project, in image repositories and on engines."""
BUILD = {f.name for f in fields(ImageBuild)} - {"secrets"}
KEYS = {
    "service": {*BUILD, *(f.name for f in fields(Service))},
    "job": {*BUILD, *(f.name for f in fields(Job))},
    "package": {
        *BUILD, "paths", "index_url", "publish_url", "secret", "proof", "timeout"
    },
}  # fmt: skip
"""The keys of each kind, as the names of fields."""


@dataclass(frozen=True)
class Deliverables:
    """What a project delivers."""

    release: ImageBuild = field(default_factory=ImageBuild)
    service: Service = field(default_factory=Service)
    job: Job | None = None
    package: Package | None = None
    others: tuple[ServiceDeliverable, ...] = ()
    jobs: tuple[JobDeliverable, ...] = ()


def check(data: Mapping[str, Any], source: str) -> None:
    """Raise for deliverables that can't be together, and for keys that do not belong to their kind.

    Raises:
        UsageError: the message names the table.

    """
    named: Mapping[str, Mapping[str, Any]] = data.get("deliverables", {})
    for name, table in named.items():
        kind = table["kind"]
        allowed = sorted(key.replace("_", "-") for key in KEYS[kind])
        if unknown := sorted({*table} - {"kind", *allowed}):
            raise UsageError(
                f"{source}: deliverables.{name}: a {kind} has no key {', '.join(unknown)}.",
                f"Its keys are: {', '.join(allowed)}.",
            )
        if kind == "job" and "command" not in table:
            raise UsageError(
                f"{source}: deliverables.{name}: missing: command.", 'Example: command = ["python", "-m", "app"]'
            )
    of_kind = {kind: [name for name, table in named.items() if table["kind"] == kind] for kind in KEYS}
    alone = not of_kind["service"] and "service" not in data and "job" not in data  # then the first job has no name
    for name in (*of_kind["service"], *of_kind["job"][alone:]):
        if name in RESERVED:
            raise UsageError(
                f"{source}: deliverables.{name}: the kit needs that name itself.",
                f"Choose another name than {', '.join(RESERVED)}.",
            )
    if len(of_kind["package"]) > 1:
        raise UsageError(
            f"{source}: deliverables: {', '.join(of_kind['package'])} are packages. A project has one such table.",
            "Name all folders with packages in its `paths`.",
        )
    if {"service", "job"} <= {*data}:
        raise UsageError(
            f"{source}: it has [service] and [job].",
            'Keep one of the two tables, or give the job a name: [deliverables.NAME] with kind = "job".',
        )


def read(data: Mapping[str, Any], secrets: tuple[str, ...] = ()) -> Deliverables:
    """Return what a valid configuration delivers. The first service has the image of `[release]`, or the first job.

    `secrets` are those of `[build]`: they count for the release too, unless it names its own.
    """
    named: Mapping[str, Mapping[str, Any]] = data.get("deliverables", {})
    release, package = ImageBuild(**{"secrets": secrets, **tables.values(data.get("release", {}))}), _package(named)
    services = [_service_deliverable(name, table) for name, table in named.items() if table["kind"] == "service"]
    jobs = [_job_deliverable(name, table) for name, table in named.items() if table["kind"] == "job"]
    service, job = _service(data.get("service", {})), tables.optional(Job, data.get("job"))
    has_service = "service" in data or bool(services)
    if "service" not in data and services:
        first, *services = services
        service, release = first.service, _own(first.build, release)
    if jobs and not job and not has_service:
        main, *jobs = jobs
        job, release = main.job, _own(main.build, release)
    if package and not job and not has_service:
        job = Job(proof=package.proof, timeout=package.timeout)
    return Deliverables(release, service, job, package, tuple(services), tuple(jobs))


def _own(build: ImageBuild, release: ImageBuild) -> ImageBuild:
    """Return how the release is built: as its deliverable says, or else as `[release]` does."""
    return replace(build, secrets=release.secrets) if build != ImageBuild() else release


def _package(named: Mapping[str, Mapping[str, Any]]) -> Package | None:
    for name, table in named.items():
        if table["kind"] == "package":
            values, index = tables.values(table), None
            if "index-url" in table:
                index = Index(table["index-url"], table["publish-url"], table.get("secret", ""))
            build = ImageBuild(**tables.of_class(ImageBuild, values))
            return Package(name, **{**tables.of_class(Package, values), "build": build, "index": index})
    return None


def _service(table: Mapping[str, Any]) -> Service:
    proxy = ProxySettings(**tables.values(table.get("proxy", {})))
    return Service(**{**tables.of_class(Service, tables.values(table)), "proxy": proxy})


def _service_deliverable(name: str, table: Mapping[str, Any]) -> ServiceDeliverable:
    return ServiceDeliverable(name, _service(table), ImageBuild(**tables.of_class(ImageBuild, tables.values(table))))


def _job_deliverable(name: str, table: Mapping[str, Any]) -> JobDeliverable:
    values = tables.values(table)
    return JobDeliverable(name, Job(**tables.of_class(Job, values)), ImageBuild(**tables.of_class(ImageBuild, values)))
