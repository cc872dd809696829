"""Training on a real engine, with a real registry and a real ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import uuid
from typing import TYPE_CHECKING

import pytest

from cicd import config as configuration
from cicd import labels, ledger
from cicd.errors import CheckFailedError, UsageError
from cicd.ledger import Deployment
from cicd.oci import archives, containers, images, registry
from cicd.oci.output import Output
from cicd.produce import build_context, build_image, bundle_source, release_build
from cicd.repository import Repository
from tests.deploy.support.printed import printed_by
from tests.deploy.support.tiny import NAME, PROJECT
from tests.unit.support.workspace import Workspace, new_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker

    from cicd.config import Config
    from cicd.forge.machine.services import Services
    from cicd.produce.bundles import Bundle


PATTERNS = (
    "**/*.csv",
    "*\n!tree/b",
    "*\n!tree\ntree/b/c\n!tree/b/c/e.txt",
    "tree/data\n!tree/data/keep",
    "tree/q?\ntree/.*",
    "tree/[ab]*",
    "/tree/b/\n# tree/data\n\n./tree/link",
    "tree/**/e.*",
)
"""Contents of `.dockerignore` files. Older builders get less than they should of a folder that is left out, if only
a pattern with wildcards brings something of it back; so no such pattern is here."""


class Project:
    """A clone of the smallest project, trained on the engine here."""

    def __init__(self, client: docker.DockerClient, services: Services, folder: Path) -> None:
        self.client = client
        self.name = f"{NAME}-{uuid.uuid4().hex[:4]}"
        self.workspace: Workspace = new_workspace(folder)
        self.path = self.workspace.clone
        self.repository = f"{services.registry}/local/{self.name}/bundle"
        shutil.copytree(PROJECT, self.path, dirs_exist_ok=True)
        settings = (self.path / "ml-cicd.toml").read_text().replace('name = "tiny"', f'name = "{self.name}"')
        (self.path / "ml-cicd.toml").write_text(settings)
        self.commit()

    @property
    def config(self) -> Config:
        return configuration.load(self.path)

    def commit(self) -> None:
        self.workspace.git("add", "--all")
        self.workspace.commit("a change")

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)
        self.commit()

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def train(self) -> Bundle:
        """Build and train, as a job of integration does."""
        bundle = bundle_source.obtain(self.config, self.path, build_image.build(self.config, self.path))
        assert bundle
        return bundle

    def record(self, bundle: Bundle) -> None:
        """Write the entry that integration writes."""
        image = bundle.image.replace("/bundle@", "@")
        deployment = Deployment(
            self.name, "integration", "deploy", "passed", self.workspace.git("rev-parse", "HEAD"), image,
            image.replace("@", "/test@"), bundle=bundle.image, actor="ada", started=ledger.now(), ended=ledger.now(),
        )  # fmt: skip
        repository = Repository(self.path, "origin")
        repository.fetch()
        ledger.append(repository, deployment)

    def forget(self) -> None:
        """Leave the engine without any bundle of the project, as a hosted runner's engine is."""
        for image in self.client.api.images():  # `images.list` asks for each, and other tests remove theirs meanwhile
            tags = image["RepoTags"] or ()
            if any(self.name in tag for tag in tags) and any("bundle" in tag for tag in tags):
                self.client.images.remove(image["Id"], force=True)


@pytest.fixture
def project(
    client: docker.DockerClient, own_services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    monkeypatch.setenv("ML_CICD_BASE", own_services.base)
    monkeypatch.setenv("ML_CICD_REGISTRY", own_services.registry)
    made = Project(client, own_services, tmp_path)
    monkeypatch.setenv("GITHUB_REPOSITORY", f"local/{made.name}")
    yield made
    made.forget()


def overwrite(project: Project, bundle: Bundle, key: str, **changes: str) -> str:
    """Push another model under the tag of a key, with every label of the real one; return it by digest."""
    content = {**bundle.metadata, "offset": 66}
    layer = archives.packed({"bundle/metadata.json": json.dumps(content).encode()})
    kept = registry.labels(bundle.image) | changes
    changed = [f"LABEL {label}={value}" for label, value in kept.items()]
    name = f"{project.name}-forged-bundle"
    project.client.api.import_image_from_data(layer, repository=name, tag="latest", changes=changed)
    return images.push(project.client, f"{name}:latest", project.repository, key)


def key_of(bundle: Bundle) -> str:
    return registry.labels(bundle.image)[labels.BUNDLE_KEY]


@pytest.mark.case("K4", "training reads a file that [train] inputs does not name")
def test_model_is_trained_again_for_a_changed_parameter(project: Project) -> None:
    project.change("ml-cicd.toml", 'inputs = ["app/train.py", "requirements"]\n', "")
    project.change("cicd/build/Dockerfile.dockerignore", "!app\n", "!app\n!params.json\n")
    project.change("app/train.py", '"offset": 1', '"offset": json.loads(Path("params.json").read_text())')
    project.write("params.json", "1")
    first, again = project.train(), project.train()
    assert (first.trained, again.trained, again.image) == (True, False, first.image)
    project.write("params.json", "2")
    second = project.train()
    assert (second.trained, second.metadata["offset"]) == (True, 2)


@pytest.mark.case("K13", "the tag of a bundle is overwritten in the registry")
def test_a_bundle_that_the_ledger_does_not_name_is_not_taken(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    first = project.train()
    project.record(first)
    project.forget()
    taken = project.train()
    assert (taken.trained, taken.image) == (False, first.image)  # the ledger names it

    project.forget()
    forged = overwrite(project, first, key_of(first))
    assert registry.manifest(project.repository, key_of(first)).digest in forged  # type: ignore[union-attr]
    trained = project.train()
    assert (trained.trained, trained.metadata["offset"]) == (True, 1)
    assert "no entry of the ledger names it" in capfd.readouterr().err


@pytest.mark.case("K13", "the tag of a bundle is moved to an older bundle")
def test_an_older_bundle_of_the_ledger_is_not_taken_for_another_key(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    old = project.train()
    project.record(old)
    project.change("app/train.py", '"offset": 1', '"offset": 2')
    new = project.train()
    project.record(new)
    registry.tag(old.image, key_of(new))
    project.forget()
    again = project.train()
    assert (again.trained, again.metadata["offset"]) == (True, 2)
    assert "it was not made for them" in capfd.readouterr().err


def test_this_engines_own_bundle_needs_no_ledger(project: Project) -> None:
    """A run that failed before it was recorded does not train again on an engine that lasts."""
    first = project.train()
    assert project.train().image == first.image
    overwrite(project, first, key_of(first))
    again = project.train()
    assert (again.trained, again.metadata["offset"]) == (True, 1)


@pytest.mark.case("K9", "a file that is as large as a model")
def test_a_large_bundle_arrives_whole(project: Project, tmp_path: Path) -> None:
    size = 64 << 20
    project.change(
        "app/train.py", "bundle.mkdir()", f"bundle.mkdir()\n(bundle / 'weights').open('wb').truncate({size})\n"
        "(bundle / 'link').symlink_to('weights')\nimport os; os.link(bundle / 'weights', bundle / 'same')",
    )  # fmt: skip
    bundle = project.train()
    with containers.created(project.client, bundle.image, command=["none"]) as container:
        assert containers.save(container, "/bundle", tmp_path / "bundle.tar")
    with tarfile.open(tmp_path / "bundle.tar") as tar:
        members = {member.name: member for member in tar.getmembers()}
    assert [members[f"bundle/{name}"].size for name in ("weights", "same")] == [size, size]
    assert members["bundle/link"].linkname == "weights"


def test_training_that_takes_too_long_is_stopped(project: Project) -> None:
    project.change("ml-cicd.toml", "[train]\n", "[train]\ntimeout = 1\n")
    project.change("app/train.py", "bundle.mkdir()", "bundle.mkdir()\nimport time; time.sleep(600)")
    with pytest.raises(CheckFailedError, match="did not end within 1 s"):
        project.train()


@pytest.mark.case("K9", "a release on an engine that lacks the bundle")
def test_release_pulls_the_bundle(project: Project) -> None:
    bundle = project.train()
    test_image = build_image.build(project.config, project.path)
    project.forget()
    assert not images.present(project.client, bundle.image)
    release = release_build.build_and_push(project.config, project.path, bundle=bundle.image, test_image=test_image)
    assert registry.labels(release.release)[labels.BUNDLE] == bundle.image


def test_builder_gets_the_files_that_the_key_names(project: Project) -> None:
    """The real builder is the oracle: what `COPY . .` puts into the image is what the context lists."""
    tree = (
        "a.csv",
        "b/a.csv",
        "b/c/d.py",
        "b/c/e.txt",
        "data/raw/x",
        "data/keep/y",
        "data/keep/z.csv",
        ".hidden",
        "q1",
        "q22",
    )
    for name in tree:
        project.write(f"tree/{name}", name)
    (project.path / "tree" / "link").symlink_to("b")
    dockerfile = project.path / "Dockerfile"
    dockerfile.write_text("ARG BASE\nFROM ${BASE}\nWORKDIR /context\nCOPY . .\n")
    for patterns in PATTERNS:
        (project.path / ".dockerignore").write_text(f"{patterns}\n.git\n")
        image = images.build(project.path, dockerfile, tag=f"{project.name}-oracle-bundle")
        printed: list[str] = []
        command = ["sh", "-c", "find . -type f -o -type l"]
        ended = containers.run(project.client, image, command, labels={}, output=Output(printed.append))
        got = {line.removeprefix("./") for line in "".join(printed).split("\n") if line}
        assert (ended.exit_code, got) == (0, set(build_context.read(project.path, dockerfile).files)), patterns


def test_the_kit_writes_lock_and_inputs_into_the_metadata(project: Project) -> None:
    bundle = project.train()
    lock = hashlib.sha256((project.path / "requirements" / "default.txt").read_bytes()).hexdigest()
    assert bundle.metadata["inputs"] == key_of(bundle)
    assert bundle.metadata["lock"].removeprefix("sha256:") == lock


def test_a_model_that_is_there_becomes_the_bundle_of_the_release(
    project: Project, client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = (project.path / "ml-cicd.toml").read_text()
    start, end = toml.index("[train]"), toml.index("[environments.integration]")
    project.write("model/metadata.json", '{"offset": 7}\n')
    project.write("ml-cicd.toml", toml[:start] + '[model]\npaths = ["model"]\n\n' + toml[end:])
    bundle = bundle_source.obtain(project.config, project.path, "")
    assert bundle
    assert (bundle.trained, bundle.given, bundle.metadata) == (False, True, {"inputs": key_of(bundle)})
    again = bundle_source.obtain(project.config, project.path, "")
    assert again == bundle
    image = build_image.build(project.config, project.path)
    release = release_build.build_and_push(project.config, project.path, bundle=bundle.image, test_image=image)
    assert registry.labels(release.release)[labels.BUNDLE] == bundle.image
    content = printed_by(client, release.release, "cat", "/opt/bundle/model/metadata.json")
    assert json.loads(content) == {"offset": 7}


def test_a_project_without_a_model_releases_without_one(project: Project, client: docker.DockerClient) -> None:
    toml = (project.path / "ml-cicd.toml").read_text()
    start, end = toml.index("[train]"), toml.index("[environments.integration]")
    project.write("ml-cicd.toml", toml[:start] + '[service]\ncommand = ["python3", "-c", "print(1)"]\n' + toml[end:])
    project.write("Dockerfile", "ARG BASE=python:3.11\nFROM ${BASE}\nCOPY app app\nCMD ['never']\n")
    shutil.rmtree(project.path / "cicd")
    project.commit()
    assert bundle_source.obtain(project.config, project.path, "") is None
    image = build_image.build(project.config, project.path)
    release = release_build.build_and_push(project.config, project.path, bundle="", test_image=image)
    assert labels.BUNDLE not in registry.labels(release.release)
    assert printed_by(client, release.release) == "1\n", "[service] command is the image's command"
    with pytest.raises(UsageError, match="neither"):
        release_build.build_and_push(project.config, project.path, bundle="x", test_image=image)
