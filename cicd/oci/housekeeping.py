"""What a project leaves on an engine, removed: images that nothing can go back to, and the build cache of these images.

An image that a container uses stays, running or stopped: so what an environment retains stays. Images and build cache
of others stay too. An image that goes is still in the registry, and is pulled again where somebody asks for it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cicd import labels
from cicd.errors import CicdError
from cicd.oci.errors import MissingImageError, engine_errors
from cicd.text import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from docker.models.images import Image

    from cicd.oci.engine import Client
    from cicd.oci.repositories import Repositories

GRACE = 6 * 3600
"""Seconds for which an image stays that no registry has: a run may still need it. GitHub ends a job after as long."""
AT_ONCE = 100
KEPT_RECORDS = 3
"""Records of the build cache that stay of each instruction although no image holds them: those used last."""


@dataclass(frozen=True)
class Removed:
    """How many images and records of the build cache were removed."""

    images: int
    records: int


def tidy(client: Client, project: str, places: Repositories | None = None, current: Collection[str] = ()) -> Removed:
    """Remove a project's images that nothing can go back to, and their build cache.

    Of the images in `places` these are the ones that are older than the oldest of the `current` ones (names, digests
    or ids); of those that no registry has, the ones older than `GRACE`. Whatever the engine answers, it is no reason
    to fail: what stays is removed another time.
    """
    try:
        with engine_errors(f"remove old images of {project}"):
            return _tidy(client, project, places, current)
    except CicdError as error:
        say(f"Old images of {project} stay on the engine. {error.message}")
        return Removed(0, 0)


def _tidy(client: Client, project: str, places: Repositories | None, current: Collection[str]) -> Removed:
    old = list(_old(client, project, places, current))
    if not old:
        return Removed(0, 0)
    before = _records(client)
    removed = sum(_remove(client, names) for names in old)
    after = _records(client)
    freed = {name for name, record in after.items() if not record["Shared"] and before.get(name, record)["Shared"]}
    records = _prune(client, freed | set(_superseded(after.values())))
    if removed:
        say(f"removed {removed} old images of {project} from the engine, and {records} records of their build cache")
    return Removed(removed, records)


def _old(client: Client, project: str, places: Repositories | None, current: Collection[str]) -> Iterator[list[str]]:
    """Yield the names, or else the id, of each image of the project that nothing can go back to."""
    images = [image for name in current if (image := _image(client, name))]
    born = min((_born(image.attrs) for image in images), default=0.0)
    within = [
        image.labels[name] for image in images for name in (labels.BUNDLE, labels.PACKAGES) if name in image.labels
    ]
    used = {container["ImageID"] for container in client.api.containers(all=True)}
    used |= {image.id for image in [*images, *(_image(client, name) for name in within)] if image}
    pushed = set(places.all) if places else set()
    others = places.others if places else {}
    own = ("", "-build", "-build-release", "-bundle", "-wheels", "-evaluation", "-thin")
    ends = (*own, *(f"-{name}" for name in others))
    local = {f"ml-cicd/{project}{end}" for end in ends}
    for entry in client.api.images():
        names = [name for name in _names(entry) if _repository(name) in pushed | local]
        if entry["Id"] in used or not _is_of(entry, project, named=bool(names)):
            continue
        in_registry = any(_repository(name) in pushed for name in names)
        limit = born if in_registry else time.time() - GRACE
        if entry["Created"] >= limit:  # asking the engine about each image would take a while where it has many
            continue
        image = _image(client, entry["Id"])
        if image and _born(image.attrs) < limit:
            yield names or [entry["Id"]]


def _image(client: Client, name: str) -> Image | None:
    """Return an image; None if the engine has none of that name or id."""
    with suppress(MissingImageError), engine_errors(f"look for the image {name}"):
        return client.images.get(name)
    return None


def _is_of(entry: dict[str, Any], project: str, *, named: bool) -> bool:
    """Return whether the kit made an image for a project: it has its labels and a name of its, or no name at all."""
    marks = entry.get("Labels") or {}
    if named:
        return project in (marks.get(labels.PROJECT), marks.get(labels.TITLE)) or labels.TRAINED_IN in marks
    return marks.get(labels.PROJECT) == project and not list(_names(entry))


def _names(entry: dict[str, Any]) -> list[str]:
    """Return the names of an image, by tag and by digest."""
    names = [*(entry.get("RepoTags") or []), *(entry.get("RepoDigests") or [])]
    return [name for name in names if not name.startswith("<none>")]


def _repository(name: str) -> str:
    """Return the image repository in a name: the engine leaves out the host of Docker Hub."""
    repository, _, digest = name.partition("@")
    if not digest:
        repository = repository.rpartition(":")[0]
    first = repository.partition("/")[0]
    has_host = set(".:") & set(first) or first == "localhost" or repository.startswith("ml-cicd/")
    return repository if has_host else f"docker.io/{repository}"


def _born(attributes: dict[str, Any]) -> float:
    """Return when an image was made or was last given a name, in seconds."""
    times = [attributes.get("Created"), (attributes.get("Metadata") or {}).get("LastTagTime")]
    return max(_seconds(time) for time in times if time)


def _seconds(time: str) -> float:
    """Return a time of the engine in seconds; 0 for the year 1, which is none."""
    return 0.0 if time.startswith("0001") else datetime.fromisoformat(time).timestamp()


def _remove(client: Client, names: Iterable[str]) -> int:
    """Remove an image by its names; return 1, or 0 if somebody else was faster or began to use it."""
    done = 0
    for name in names:
        with suppress(CicdError), engine_errors(f"remove the image {name}"):
            client.api.remove_image(name)
            done = 1
    return done


def _records(client: Client) -> dict[str, dict[str, Any]]:
    """Return the records of the build cache by their ids; `Shared` says whether an image holds a record."""
    return {record["ID"]: record for record in client.df().get("BuildCache") or []}


def _superseded(records: Collection[dict[str, Any]]) -> Iterator[str]:
    """Yield what newer builds of the same instructions replaced, and what was built on it."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        groups[_parent(record), record.get("Description", "")].append(record)
    gone: set[str] = set()
    for group in groups.values():
        free = [record for record in group if not record["Shared"] and not record["InUse"]]
        free.sort(key=lambda record: record.get("LastUsedAt") or "", reverse=True)
        gone |= {record["ID"] for record in free[KEPT_RECORDS:]}
    while more := {record["ID"] for record in records if _parent(record) in gone and _is_free(record)} - gone:
        gone |= more
    yield from gone


def _is_free(record: dict[str, Any]) -> bool:
    return not record["Shared"] and not record["InUse"]


def _parent(record: dict[str, Any]) -> str:
    return str(record.get("Parent") or ",".join(record.get("Parents") or []))


def _prune(client: Client, records: Collection[str]) -> int:
    """Remove records of the build cache, and return how many were removed."""
    removed, rest = 0, sorted(records)
    while rest:
        some, rest = rest[:AT_ONCE], rest[AT_ONCE:]
        chosen: Any = {"id": [f"^({'|'.join(some)})$"]}
        with engine_errors("remove records of the build cache"):
            done = client.api.prune_builds(filters=chosen, all=True)
        removed += len(done.get("CachesDeleted") or [])
    return removed
