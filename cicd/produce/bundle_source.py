"""The model bundle of a commit: the one that an earlier run made from the same, or a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cicd import github, labels, ledger, scratch
from cicd.errors import UnreachableError, UsageError
from cicd.oci import engine, images, leftovers, registry, repositories
from cicd.oci.errors import MissingImageError, engine_errors
from cicd.oci.reference import ImageReference, digest_of
from cicd.produce import build_context, bundle_key, conventions, dvc_files, locks, packed_files, secret_values, training
from cicd.produce.bundles import Bundle, metadata
from cicd.repository import Repository, fetched, image_path

if TYPE_CHECKING:
    from cicd.config import Config, Train
    from cicd.oci.engine import Client


def obtain(config: Config, directory: Path, image: str) -> Bundle | None:
    """Return the model bundle of the files in `directory`; None for a project without a model.

    It is an earlier run's, or trained in `image` and pushed, or made of the files that [model] names.

    Raises:
        UsageError: there is no such input or file, or `image` holds other files.
        CheckFailedError: training failed, or left no bundle.
        UnreachableError: the engine or the registry does not answer.

    """
    if config.train:
        return _trained(config, directory, config.train, image)
    if config.model is None:
        return None
    client = engine.connect()
    leftovers.remove(client)
    if config.model.paths:
        return _of_files(client, config, directory, image)
    reference = config.model.image
    images.pull(client, reference, "Check [model] image in ml-cicd.toml, and the login to its registry.")
    return Bundle(reference, trained=False, metadata=metadata(client, reference, required=False), given=True)


def material_of(config: Config, directory: Path, settings: Train) -> bundle_key.Material:
    """Return what the bundle that [train] makes of the files in `directory` depends on. It needs no engine.

    Raises:
        UsageError: there is no such input.

    """
    recipe, lock = conventions.test_image(config, directory), locks.path(config, directory)
    return bundle_key.read(Repository(directory, "origin"), directory, settings, recipe, lock)


def key_of(client: Client, material: bundle_key.Material, settings: Train, image: str) -> bundle_key.Key:
    """Return the key of the bundle that [train] makes of the material in `image`, and say what it leaves out.

    Raises:
        UsageError: `image` holds other files.
        UnreachableError: the engine does not have the image, or does not answer.

    """
    key = bundle_key.key(client, material, settings, image)
    _tell(key)
    return key


def known(client: Client, config: Config, directory: Path, key: str) -> str:
    """Return the bundle, by digest, that a run of integration made for a key; empty if there is none to trust.

    Raises:
        UnreachableError: the engine or the registry does not answer.

    """
    return _vouched(client, config, directory, _places(config, directory, key)[0], key)[0]


def facts(config: Config, directory: Path, inputs: str) -> training.Facts:
    """Return what the kit writes into the bundle of the files in `directory`; `inputs` names what training reads."""
    lock = locks.path(config, directory)
    return training.Facts(inputs, lock, (directory / lock).read_bytes() if lock else b"")


def _trained(config: Config, directory: Path, settings: Train, image: str) -> Bundle:
    secrets = secret_values.of_training(config)
    commit = Repository(directory, "origin").commit("HEAD")
    material = material_of(config, directory, settings)
    client = engine.connect()
    leftovers.remove(client)
    key = key_of(client, material, settings, image)
    target, local = _places(config, directory, key.name)
    if reference := _earlier(client, config, directory, target, key.name):
        images.pull(client, reference)
        return Bundle(reference, trained=False, metadata=metadata(client, reference))
    written = facts(config, directory, key.name)
    with scratch.folder("bundle") as folder:
        layer = training.train(client, config.name, settings, image, Path(folder), facts=written, secrets=secrets)
        with engine_errors(f"look for the image {image}"):
            trained_in = str(client.images.get(image).id)
        marks = {labels.REVISION: commit, labels.TRAINED_IN: trained_in, labels.BUNDLE_KEY: key.name}
        images.of_layer(client, layer, local, marks)
    reference = images.push(client, local, target, key.name)
    return Bundle(reference, trained=True, metadata=metadata(client, reference))


def _of_files(client: Client, config: Config, directory: Path, image: str) -> Bundle:
    """Return the bundle of the files that [model] names; its key stands for their content, or for DVC's pointers."""
    assert config.model is not None  # noqa: S101 -- the caller has asked
    model, secrets = config.model, secret_values.of_training(config)
    commit = Repository(directory, "origin").commit("HEAD")
    named = packed_files.Named("[model] paths", model.paths, "bundle")
    held = dvc_files.held(directory, named.key, named.paths)
    with scratch.folder("bundle") as folder:
        raw, layer = Path(folder) / "raw.tar", Path(folder) / "bundle.tar"
        pointers = {path: directory / pointer for path, pointer in held.items()}
        key = packed_files.pack(directory, named, raw, pointers)[:16]
        target, local = _places(config, directory, key)
        reference = _earlier(client, config, directory, target, key)
        if not reference:
            if held:
                fetched_to = dvc_files.fetch(
                    client, config.name, image, directory, held, secrets=secrets, folder=Path(folder)
                )
                packed_files.pack(directory, named, raw, fetched_to)
                training.check_secrets(raw)
            training.pack(raw, layer, training.Facts(key))
            images.of_layer(client, layer, local, {labels.REVISION: commit, labels.BUNDLE_KEY: key})
            reference = images.push(client, local, target, key)
    images.pull(client, reference)
    return Bundle(reference, trained=False, metadata=metadata(client, reference), given=True)


def _places(config: Config, directory: Path, key: str) -> tuple[str, str]:
    """Return the image repository of bundles, and the name of a bundle on the engine."""
    target = repositories.of(image_path(directory, config.name), config.image).bundle
    return target, f"ml-cicd/{config.name}-bundle:{key}"


def _tell(key: bundle_key.Key) -> None:
    """Say what the key of a bundle does not stand for."""
    if key.problem:
        github.annotate("notice", key.problem, title="No later run can take this model as it is")
    if key.uncovered:
        text = (
            f"Training could read these files, and a change in them alone does not train again: "
            f"{build_context.shown(key.uncovered)}. Add what the model depends on to [train] inputs in ml-cicd.toml, "
            "or name the rest in the .dockerignore file."
        )
        github.annotate("notice", text, title="Files that [train] inputs leaves out")


def _earlier(client: Client, config: Config, directory: Path, target: str, key: str) -> str:
    """Return the bundle, by digest, that an earlier run made for a key, and say why one that is there is left alone.

    Empty if there is none that can be trusted.
    """
    reference, doubt = _vouched(client, config, directory, target, key)
    if doubt:
        text = f"The registry has {doubt}. The model is made again."
        github.annotate("notice", text, title="A bundle that nothing vouches for")
    return reference


def _vouched(client: Client, config: Config, directory: Path, target: str, key: str) -> tuple[str, str]:
    """Return the bundle of a key that can be trusted, and why one that is there can't be; each may be empty.

    Everybody who may push to the registry can move its tag. A bundle is taken only if this engine made it for this
    key, or if it names this key and the ledger names its digest: a run that was recorded has shipped it.
    """
    try:
        manifest = registry.manifest(target, key)
    except registry.NoAccessError:
        return "", ""  # the push will say why
    if manifest is None:
        return "", ""
    reference = str(ImageReference(target, manifest.digest))
    if _made_here(client, f"ml-cicd/{config.name}-bundle:{key}", reference):
        return reference, ""
    if doubt := _doubt(config, directory, reference, key):
        return "", f"{reference} for what this model depends on, and {doubt}"
    return reference, ""


def _made_here(client: Client, local: str, reference: str) -> bool:
    """Return whether this engine made the bundle itself, and pushed it as `reference`."""
    try:
        with engine_errors(f"look for the image {local}"):
            return reference in (client.images.get(local).attrs.get("RepoDigests") or [])
    except MissingImageError:
        return False


def _doubt(config: Config, directory: Path, reference: str, key: str) -> str:
    """Return why a bundle of the registry may be another than a run made for the key; empty when the ledger vouches."""
    if registry.labels(reference).get(labels.BUNDLE_KEY) != key:
        return "it was not made for them"
    try:
        with fetched(directory) as repository:
            chains = ledger.read_all(repository, config.name)
    except (UsageError, UnreachableError) as error:
        return f"the ledger can't be read: {error.message.rstrip('.')}"
    known = {
        digest_of(entry.deployment.bundle)
        for chain in chains.values()
        for entry in chain
        if entry.deployment.bundle and not entry.deployment.observed
    }
    return "" if digest_of(reference) in known else "no entry of the ledger names it"
