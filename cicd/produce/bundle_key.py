"""The key of a model bundle: a name for all that decides what training makes.

Training sees nothing but the build image. Its key is therefore what that image is made of: the files of the build
context, the Dockerfile, the images that it takes from elsewhere, and the engine's platform; and how the command runs.
What the network answers, at the build or while training, is in no key.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels
from cicd.errors import UnreachableError, UsageError
from cicd.oci import base_images
from cicd.oci.errors import engine_errors
from cicd.produce.build_context import hashed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cicd.config import Train
    from cicd.oci.engine import Client
    from cicd.produce.build_context import Context
    from cicd.produce.recipe import Recipe
    from cicd.repository import Repository

VERSION = "2"
"""Another one, where the same key would name something else than before."""


@dataclass(frozen=True)
class Key:
    """A key, 16 hexadecimal digits, and what it does not stand for."""

    name: str
    uncovered: tuple[str, ...] = ()
    """Files and folders that training could read and whose change does not change the key; a folder ends with `/`."""
    problem: str = ""
    """Why the layers of this one image are part of the key, so that no other run finds the bundle; may be empty."""


@dataclass(frozen=True)
class Material:
    """The files of a project that training depends on."""

    folder: Path
    context: Context
    files: Mapping[str, str]
    """By path: mode and object id, as git stores them."""
    images: tuple[str, ...]
    """The references of the images that the build image takes from elsewhere."""
    chosen: tuple[str, ...] = ()
    """The stage and the build arguments that the configuration chooses."""


def read(repository: Repository, folder: Path, train: Train, recipe: Recipe, lock: str) -> Material:
    """Return the files in a project's folder that training depends on, in the image that `recipe` builds.

    `lock` is the path of the project's lock; empty for none.

    Raises:
        UsageError: there is no such input.

    """
    context = recipe.read_context()
    files = {**_inputs(context, repository, folder, (train, recipe, lock)), **context.recipe}
    if recipe.release:
        files["release"] = recipe.release.read_context().name
    return Material(folder, context, files, tuple(recipe.images()), tuple(_chosen(recipe)))


def key(client: Client, material: Material, train: Train, image: str) -> Key:
    """Return the key of the bundle that training in `image` makes.

    Raises:
        UsageError: `image` was built from other files than those of `material`.
        UnreachableError: the engine does not have the image, or does not answer.

    """
    folder, context, files = material.folder, material.context, material.files
    with engine_errors(f"look for the image {image}", hint="Build it first: ml-cicd build"):
        attributes = client.images.get(image).attrs
    built_from = (attributes["Config"].get("Labels") or {}).get(labels.CONTEXT)
    if built_from not in (None, context.name):
        raise UsageError(
            f"The image {image} was built from other files than {folder} holds.", "Build it again: ml-cicd build"
        )
    bases: Mapping[str, str] = {}
    problem = "" if built_from else f"{image} was not built by ml-cicd build"
    if not problem:
        try:
            bases = {reference: base_images.digest(client, reference) for reference in material.images}
        except UnreachableError as error:
            problem = error.message
    name = hashed(
        [VERSION, attributes["Os"], attributes["Architecture"]],
        train.command,
        _how(train),
        [f"{path}\0{files[path]}" for path in sorted(files)],
        [f"{reference}\0{bases[reference]}" for reference in sorted(bases)],
        attributes["RootFS"].get("Layers") or [] if problem else [],
        *([material.chosen] if material.chosen else []),
    )
    uncovered = _summary(set(context.files) - set(files), set(context.files))
    return Key(name[:16], (*([".git/"] if context.has_git else []), *uncovered), problem)


def _chosen(recipe: Recipe) -> list[str]:
    """Return what chooses another image of the same files; the base image counts by its digest, a secret by name."""
    arguments = [f"{name}={value}" for name, value in sorted(recipe.arguments.items()) if name != "BASE"]
    return [
        *([recipe.target] if recipe.target else []),
        *arguments,
        *(f"secret {name}" for name in sorted(recipe.named)),
        *(_chosen(recipe.release) if recipe.release else []),
    ]


def _how(train: Train) -> list[str]:
    """Return how the command runs, as far as that may change what the command makes."""
    named = [f"secret {name}" for name in sorted(train.secrets)]  # never their values
    return [str(train.gpus), str(train.cpus), train.network, *named]


def _inputs(
    context: Context, repository: Repository, folder: Path, sources: tuple[Train, Recipe, str]
) -> dict[str, str]:
    """Return the files that count: those of the context, or only those that [train] inputs names; and the lock."""
    train, recipe, lock = sources
    chosen = {} if train.inputs else dict(context.files)
    for path in (*train.inputs, *([lock] if lock else [])):
        if files := context.below(posixpath.normpath(os.path.relpath(folder / path, recipe.context))):
            chosen |= files
        elif tree := repository.tree("HEAD", f"./{path}"):  # the builder does not get it, but its change may matter
            chosen[path] = tree
        elif path in train.inputs:
            raise UsageError(
                f"{folder} has no '{path}'. [train] inputs in ml-cicd.toml lists it.",
                f"Commit '{path}', or correct the list.",
            )
    return chosen


def _summary(paths: set[str], everything: set[str]) -> list[str]:
    """Return paths in short: a folder of which all files are among them is named in their place."""
    names: set[str] = set()
    others = everything - paths
    covered = {"/".join(path.split("/")[:depth]) for path in others for depth in range(1, path.count("/") + 1)}
    for path in paths:
        parts = path.split("/")
        parents = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        names.add(next((f"{parent}/" for parent in parents if parent not in covered), path))
    return sorted(names)
