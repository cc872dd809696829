"""Which bundle a commit gets: an earlier run's only if this engine or the ledger vouches for it, else a new one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels, ledger
from cicd.config import parse
from cicd.errors import UnreachableError
from cicd.oci import engine, images
from cicd.oci import registry as package
from cicd.produce import bundle_key, bundle_source, bundles, conventions, locks, training
from cicd.repository import Repository
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

CONFIG = parse('name = "app"\n[train]\ncommand = ["train"]\n')
KEY = "0123456789abcdef"
IMAGE = "ml-cicd/app-build:latest"


class Source:
    """A project whose bundle has the key `KEY`, and the ledger that its clone has."""

    def __init__(self, registry: Registry, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.registry, self.folder, self.patch = registry, folder, monkeypatch
        self.engine, self.pushed = Engine(), ""
        self.made: list[tuple[object, ...]] = []
        self.engine.add_image(IMAGE)
        self.key = bundle_key.Key(KEY)
        self.entries: list[Any] = []
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
        monkeypatch.setenv("ML_CICD_REGISTRY", registry.host)
        monkeypatch.setattr(engine, "connect", self.engine.client)
        monkeypatch.setattr(conventions, "test_image", lambda *_: None)
        monkeypatch.setattr(locks, "path", lambda *_: "")
        monkeypatch.setattr(bundle_key, "read", lambda *_: "material")
        monkeypatch.setattr(bundle_key, "key", lambda *_: self.key)
        monkeypatch.setattr(bundle_source, "metadata", lambda _, image: {"of": image})
        monkeypatch.setattr(training, "train", self.train)
        monkeypatch.setattr(images, "push", self.push)
        monkeypatch.setattr(ledger, "read_all", lambda *_: {"staging": self.entries})

    def train(
        self, _: object, project: str, settings: Any, image: str, folder: Path, *, facts: training.Facts, secrets: Any
    ) -> Path:
        self.made.append((project, settings.command, image, facts))
        layer = folder / "bundle.tar"
        layer.write_bytes(b"")
        return layer

    def push(self, client: Any, local: str, repository: str, tag: str) -> str:
        self.pushed = local
        return self.add("trained here", tag=tag)

    def add(self, text: str, *, key: str = KEY, tag: str = KEY) -> str:
        """Have the registry hold a bundle for a key, under a tag."""
        reference = self.registry.add("acme/app/bundle", text, {labels.BUNDLE_KEY: key})
        package.tag(reference, tag)
        return reference

    def record(self, reference: str, *, observed: bool = False) -> None:
        self.entries.append(SimpleNamespace(deployment=SimpleNamespace(bundle=reference, observed=observed)))

    def obtain(self) -> bundles.Bundle:
        bundle = bundle_source.obtain(CONFIG, self.folder, IMAGE)
        assert bundle is not None
        return bundle


@pytest.fixture
def source(registry: Registry, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Source:
    return Source(registry, workspace.clone, monkeypatch)


def test_new_bundle_is_trained_pushed_and_labelled(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []
    client = source.engine.client()
    monkeypatch.setattr(engine, "connect", lambda: client)
    monkeypatch.setattr(client.api, "import_image_from_file", lambda layer, **options: made.append(options))
    bundle = source.obtain()
    assert (bundle.trained, bundle.metadata) == (True, {"of": bundle.image})
    assert source.made == [("app", ("train",), IMAGE, training.Facts(KEY))]
    assert source.pushed == f"ml-cicd/app-bundle:{KEY}"
    commit = Repository(source.folder, "origin").commit("HEAD")
    trained_in = source.engine.images[IMAGE]["Id"]
    assert made == [
        {
            "repository": "ml-cicd/app-bundle", "tag": KEY,
            "changes": [
                f"LABEL {labels.REVISION}={commit}", f"LABEL {labels.TRAINED_IN}={trained_in}",
                f"LABEL {labels.BUNDLE_KEY}={KEY}",
            ],
        }
    ]  # fmt: skip


def earlier(source: Source) -> str:
    return bundle_source._earlier(source.engine.client(), CONFIG, source.folder, target(source), KEY)


def target(source: Source) -> str:
    return f"{source.registry.host}/acme/app/bundle"


def test_bundle_that_the_ledger_names_is_taken(source: Source) -> None:
    reference = source.add("earlier")
    source.record(reference)
    source.engine.registry.add(reference)
    bundle = source.obtain()
    assert (bundle.image, bundle.trained) == (reference, False)
    assert source.made == []
    assert f"pull {reference}" in source.engine.asked


@pytest.mark.case("K13", "the tag of a bundle was overwritten")
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda source: None, "no entry of the ledger names it"),
        (lambda source: source.record("ghcr.io/acme/app/bundle@sha256:" + "0" * 64), "no entry of the ledger names it"),
        (lambda source: source.record(""), "no entry of the ledger names it"),
        (lambda source: source.record(package_reference(source), observed=True), "no entry of the ledger names it"),
    ],
    ids=["no entry", "another", "none", "only observed"],
)
def test_bundle_that_nothing_vouches_for_is_trained_again(
    source: Source, spoil: Any, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = source.add("foreign")
    spoil(source)
    assert earlier(source) == ""
    printed = capsys.readouterr()
    assert f"The registry has {reference} for what this model depends on, and {why}" in printed.out + printed.err


def package_reference(source: Source) -> str:
    manifest = package.manifest(target(source), KEY)
    assert manifest is not None
    return f"{target(source)}@{manifest.digest}"


def test_recorded_bundle_of_another_key_is_not_taken(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody moved the tag to a bundle that was shipped for other inputs."""
    source.record(source.add("other", key="f" * 16))
    assert earlier(source) == ""
    printed = capsys.readouterr()
    assert "it was not made for them" in printed.out + printed.err


def test_unreadable_ledger_vouches_for_nothing(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.record(source.add("earlier"))

    def fail(*_: object) -> None:
        raise UnreachableError("The remote does not answer.", "Check it.")

    monkeypatch.setattr(ledger, "read_all", fail)
    assert earlier(source) == ""


def test_bundle_that_this_engine_made_is_taken(source: Source) -> None:
    reference = source.add("earlier")
    source.engine.add_image(f"ml-cicd/app-bundle:{KEY}", RepoDigests=[reference])
    assert earlier(source) == reference
    source.engine.add_image(f"ml-cicd/app-bundle:{KEY}", RepoDigests=[f"{target(source)}@sha256:{'0' * 64}"])
    assert earlier(source) == "", "the tag names another one now"


def test_registry_that_refuses_to_say_is_as_one_without(source: Source) -> None:
    assert earlier(source) == ""
    source.registry.status = 401
    assert earlier(source) == ""


def test_what_the_key_leaves_out_is_said(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    bundle_source._tell(source.key)
    assert capsys.readouterr() == ("", "")
    bundle_source._tell(replace(source.key, uncovered=("params.yaml",), problem="Nobody knows python:3.11."))
    printed = "".join(capsys.readouterr())
    assert "params.yaml. Add what the model depends on to [train] inputs" in printed
    assert "Nobody knows python:3.11." in printed


def test_branch_knows_what_integration_made_and_says_nothing_of_others(
    source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    def known() -> str:
        return bundle_source.known(source.engine.client(), CONFIG, source.folder, KEY)

    assert known() == ""
    reference = source.add("earlier")
    assert known() == "", "whoever may push images can move a tag"
    source.record(reference)
    assert known() == reference
    assert capsys.readouterr().err == ""
