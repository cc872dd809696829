"""The release and its test image are built of one commit, labelled with what they hold, and pushed under its name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels
from cicd.config import Config, ImageBuild, Job, Model, Package, Service, ServiceDeliverable, Train
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.produce import build_context, conventions, release_build
from cicd.produce.wheels import Wheel, Wheels

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

WHEEL = Wheel("app-1-py3-none-any.whl", "5" * 64, ("app",))
BUNDLE = f"localhost:5000/acme/app/bundle@sha256:{'b' * 64}"
CONFIG = Config("app", image="localhost:5000/acme/app", train=Train(("train",)))


class Engine:
    """Notes what is built, and in which order everything is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, metadata: dict[str, Any]) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.built: dict[str, Any] = {}
        self.images: dict[str, dict[str, Any]] = {}
        self.commands: list[tuple[str, str]] = []
        self.agrees, self.metadata = True, metadata
        for name, replacement in {
            "cicd.oci.engine.connect": lambda *_: "engine",
            "cicd.oci.images.pull": lambda _, image, hint: self.done.append(("pull", image, hint)),
            "cicd.produce.bundles.metadata": lambda client, image, required: (
                metadata if required or not metadata.get("lock") else {}
            ),
            "cicd.produce.release_build.check_lock": self.check_lock,
            "cicd.oci.images.build": self.build,
            "cicd.produce.wheels.build": lambda config, directory, tag, marks: Wheels(
                f"wheels of {config.name} at {tag} with {marks[labels.REVISION]}", (WHEEL,)
            ),
            "cicd.oci.images.push": self.push,
            "cicd.produce.layer_cache.write": lambda *words: self.done.append(("cache", *words)),
            "cicd.oci.housekeeping.tidy": lambda _, name, places, current: self.done.append(
                ("tidy", name, places.release, *current)
            ),
        }.items():
            monkeypatch.setattr(name, replacement)

    def check_lock(self, _: Config, directory: Path, metadata: dict[str, Any]) -> None:
        assert directory.is_dir()
        assert metadata in ({}, self.metadata)
        if not self.agrees:
            raise RefusedError("It was trained with another lock.", "Train it again.")

    def build(self, context: Path, file: Path, **options: Any) -> str:
        if options["name"] == "the command of the release":
            assert file.parent == context
            self.commands.append((options["tag"], file.read_text()))
        else:
            self.images[options["tag"]] = {**options, "text": file.read_text()}
            self.built.update(options, places=(context, file))
        return "id"

    def push(self, client: object, image: str, repository: str, tag: str) -> str:
        self.done.append(("push", client, image, repository, tag))
        return f"{repository}@sha256:{'0' * 64}"


@pytest.fixture
def project(workspace: Workspace) -> Path:
    file = workspace.clone / conventions.RELEASE
    file.parent.mkdir(parents=True)
    file.write_text("FROM scratch\n")
    workspace.git("add", "--all")
    workspace.commit()
    return workspace.clone


@pytest.mark.parametrize(("metadata", "data"), [({"data": "sha256:d"}, "sha256:d"), ({}, "")])
def test_images_carry_commit_and_model(
    project: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, metadata: dict[str, Any], data: str
) -> None:
    engine = Engine(monkeypatch, metadata)
    commit = workspace.git("rev-parse", "HEAD")
    built = release_build.build_and_push(CONFIG, project, bundle=BUNDLE, test_image="build-image")
    assert built.commit == commit
    assert (built.release, built.test) == (
        f"{CONFIG.image}@sha256:{'0' * 64}",
        f"{CONFIG.image}/test@sha256:{'0' * 64}",
    )
    assert engine.built["places"] == (project, project / conventions.RELEASE)
    assert engine.built["arguments"] == {"BUNDLE": BUNDLE}
    assert engine.built["labels"] == {
        labels.PROJECT: "app", labels.REVISION: commit, labels.TITLE: "app", labels.BUNDLE: BUNDLE, labels.DATA: data,
    }  # fmt: skip
    assert engine.done[0] == ("pull", BUNDLE, "Make the bundle first: ml-cicd train")
    assert engine.commands == []
    assert set(engine.done[1:3]) == {
        ("push", "engine", engine.built["tag"], CONFIG.image, commit),
        ("push", "engine", "build-image", f"{CONFIG.image}/test", commit),
    }
    assert engine.done[3:] == [
        ("cache", CONFIG, built.test), ("tidy", "app", CONFIG.image, engine.built["tag"], "build-image"),
    ]  # fmt: skip
    assert (built.packages, built.wheels) == ("", {})


def test_nothing_is_built_of_a_bundle_for_another_lock(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {})
    engine.agrees = False
    with pytest.raises(RefusedError):
        release_build.build_and_push(CONFIG, project, bundle=BUNDLE, test_image="build-image")
    assert (engine.built, [step for step in engine.done if step[0] == "push"]) == ({}, [])


def test_release_of_a_project_without_a_model_names_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {})
    plain = replace(CONFIG, train=None)
    release_build.build_and_push(plain, project, bundle="", test_image="build-image")
    assert (engine.built["arguments"], set(engine.built["labels"])) == (
        {}, {labels.PROJECT, labels.REVISION, labels.TITLE},
    )  # fmt: skip
    assert not any(step[0] == "pull" for step in engine.done)


@pytest.mark.parametrize(("train", "bundle"), [(CONFIG.train, ""), (None, BUNDLE)], ids=["none", "one too many"])
def test_bundle_belongs_to_a_project_with_a_model_and_to_no_other(
    project: Path, monkeypatch: pytest.MonkeyPatch, train: Train | None, bundle: str
) -> None:
    engine = Engine(monkeypatch, {})
    with pytest.raises(UsageError, match="--bundle"):
        release_build.build_and_push(replace(CONFIG, train=train), project, bundle=bundle, test_image="build-image")
    assert (engine.done, engine.built) == ([], {})


def test_only_a_trained_bundle_must_say_how_it_was_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {"lock": "of a training", "data": "sha256:d"})
    given = replace(CONFIG, train=None, model=Model(image=BUNDLE))
    release_build.build_and_push(given, project, bundle=BUNDLE, test_image="build-image")
    assert engine.built["labels"][labels.DATA] == ""
    release_build.build_and_push(CONFIG, project, bundle=BUNDLE, test_image="build-image")
    assert engine.built["labels"][labels.DATA] == "sha256:d"


def test_release_gets_the_command_of_the_configuration(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch, {})
    config = replace(CONFIG, train=None, service=Service(command=("serve", "über alles")))
    release_build.build_and_push(config, project, bundle="", test_image="build-image")
    tag = engine.built["tag"]
    assert engine.commands == [(tag, f'FROM {tag}\nCMD ["serve", "\\u00fcber alles"]\n')]


@pytest.mark.parametrize("takes", [True, False])
def test_release_names_its_wheels(
    project: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, takes: bool
) -> None:
    if takes:
        (project / conventions.RELEASE).write_text("ARG WHEELS\nFROM $WHEELS\n")
    engine = Engine(monkeypatch, {})
    commit = workspace.git("rev-parse", "HEAD")
    config = replace(CONFIG, train=None, job=Job(), package=Package("app"))
    built = release_build.build_and_push(config, project, bundle="", test_image="build-image")
    image = f"wheels of app at {commit} with {commit}"
    assert engine.done[0] == ("push", "engine", image, f"{CONFIG.image}/packages", commit)
    assert (built.packages, built.wheels) == (f"{CONFIG.image}/packages@sha256:{'0' * 64}", {WHEEL.file: WHEEL.sha256})
    marks = engine.built["labels"]
    assert (marks[labels.PACKAGES], json.loads(marks[labels.WHEELS])) == (built.packages, built.wheels)
    assert engine.built["arguments"] == ({"WHEELS": image} if takes else {})
    assert engine.commands[0][1].endswith('CMD ["python", "-c", "import app"]\n')


def test_release_names_the_images_of_the_other_services(
    project: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "report").mkdir()
    (project / "report" / "Dockerfile").write_text("ARG BUNDLE\nFROM $BUNDLE\n")
    (project / "plain").mkdir()
    (project / "plain" / "Dockerfile").write_text("FROM scratch\n")
    own = [ServiceDeliverable(name, Service(), ImageBuild(f"{name}/Dockerfile")) for name in ("report", "plain")]
    admin = ServiceDeliverable("admin", Service(command=("admin",)))
    engine, commit = Engine(monkeypatch, {}), workspace.git("rev-parse", "HEAD")
    config = replace(CONFIG, others=(*own, admin))
    built = release_build.build_and_push(config, project, bundle=BUNDLE, test_image="build-image")
    images = {name: f"{CONFIG.image}/{name}@sha256:{'0' * 64}" for name in ("report", "plain")}
    assert dict(built.others) == {**images, "admin": built.release}
    assert json.loads(engine.built["labels"][labels.DELIVERABLES]) == {**images, "admin": ""}
    pushes = [step[2:] for step in engine.done if step[0] == "push"]
    assert pushes[:2] == [(f"ml-cicd/app-{name}:{commit}", f"{CONFIG.image}/{name}", commit) for name in images]
    report, plain = (engine.images[f"ml-cicd/app-{name}:{commit}"] for name in images)
    assert (report["arguments"], plain["arguments"]) == ({"BUNDLE": BUNDLE}, {})
    assert report["labels"][labels.REVISION] == commit
    assert labels.DELIVERABLES not in report["labels"]


def test_other_service_that_would_hold_pointers_is_not_built(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: build_context.Context, dockerfile: str) -> None:
        if dockerfile == "report/Dockerfile":
            raise CheckFailedError(f"The image of {dockerfile} would hold pointers.", "Fetch them.")

    (project / "report").mkdir()
    (project / "report" / "Dockerfile").write_text("FROM scratch\n")
    report = ServiceDeliverable("report", Service(), ImageBuild("report/Dockerfile"))
    engine = Engine(monkeypatch, {})
    monkeypatch.setattr("cicd.produce.build_context.check", check)
    config = replace(CONFIG, train=None, others=(report,))
    with pytest.raises(CheckFailedError, match="report/Dockerfile would hold pointers"):
        release_build.build_and_push(config, project, bundle="", test_image="build-image")
    assert engine.images == {}


def test_release_that_would_hold_pointers_is_not_built(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(context: build_context.Context, dockerfile: str) -> None:
        assert isinstance(context, build_context.Context)
        raise CheckFailedError(f"The image of {dockerfile} would hold pointers.", "Fetch them.")

    engine = Engine(monkeypatch, {})
    monkeypatch.setattr("cicd.produce.build_context.check", check)
    with pytest.raises(CheckFailedError, match=f"The image of {conventions.RELEASE}"):
        release_build.build_and_push(CONFIG, project, bundle=BUNDLE, test_image="build-image")
    assert (engine.done, engine.built) == ([], {})
