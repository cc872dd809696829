"""Packages are published last, in the last stage: exactly the recorded bytes, once, and never in place of others."""

from __future__ import annotations

import hashlib
import json
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from cicd import cli, ledger, stages
from cicd import config as configuration
from cicd.deploy.target import nothing
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.ledger import integrity
from cicd.oci import registry_http
from cicd.produce import wheels
from cicd.publish.index import PackageIndex
from cicd.repository import Repository
from cicd.road import publishing
from cicd.road.verification import Candidate
from tests.unit.support import package_index
from tests.unit.support.fake_engine import Engine
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.production import Production, use
from tests.unit.support.road import Road

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cicd.deploy.target import Accept, Finish, Order, Running
    from tests.unit.support.package_index import Index
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

SERVICE = '[service]\nport = 8000\n[deliverables.flights]\nkind = "package"\n'


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with package_index.index(tmp_path) as running:
        yield running


class Packages(Road):
    """A road on which each release has a wheel of each package in `names`, in an image on the engine."""

    def __init__(self, workspace: Workspace, registry: Registry, folder: Path) -> None:
        super().__init__(workspace, registry)
        self.folder, self.engine = folder, Engine()
        self.names: tuple[str, ...] = ("flights",)
        self.version, self.text = "1.0", "value = 1\n"
        self.images: dict[str, tuple[str, dict[str, str]]] = {}

    def packages(self, commit: str) -> tuple[str, dict[str, str]]:
        """Return the image with the wheels of a commit, and their digests."""
        if commit not in self.images:
            paths = [package_index.wheel(self.folder, name, self.version, self.text) for name in self.names]
            image = self.registry.add("acme/app/packages", f"wheels {commit}")
            self.engine.add_image(image)
            self.engine.holds[image] = {f"wheels/{path.name}": path.read_bytes() for path in paths}
            self.images[commit] = image, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        return self.images[commit]

    def deployment(self, deployment: ledger.Deployment) -> ledger.Deployment:
        packages, wheels = self.packages(deployment.commit)
        return ledger.deployment_from({**json.loads(deployment.to_json()), "packages": packages, "wheels": wheels})


@pytest.fixture
def production(
    workspace: Workspace, registry: Registry, tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> Production:
    road = Packages(workspace, registry, tmp_path)
    (workspace.clone / "ml-cicd.toml").write_text(f'name = "app"\n{SERVICE}{index.keys()}')
    workspace.git("add", "ml-cicd.toml")
    production = Production(road, FolderTarget(tmp_path))
    use(monkeypatch, production.target, workspace.clone)
    monkeypatch.setattr("cicd.road.publishing.engine.connect", road.engine.client)
    monkeypatch.setenv("APP_SECRETS", json.dumps({"INDEX_TOKEN": package_index.LOGIN, "OTHER": "x"}))
    return production


def packages_of(production: Production) -> Packages:
    assert isinstance(production.road, Packages)
    return production.road


def test_production_publishes_the_recorded_bytes_and_doing_it_again_changes_nothing(
    production: Production, index: Index
) -> None:
    commit = production.release()
    deployment = production.entries()[-1].deployment
    assert (deployment.result, dict(deployment.wheels)) == ("passed", index.files())
    assert deployment.packages == packages_of(production).packages(commit)[0]
    assert production.runs == commit
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert index.files() == dict(deployment.wheels)


def test_stages_before_publish_nothing_and_warn_of_what_would_be_refused(
    production: Production, index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    production.release()
    before = index.files()
    packages_of(production).text = "value = 2\n"
    commit = production.road.accepted("integration")
    capfd.readouterr()
    assert cli.main(["deploy", "--environment", "staging", "--commit", commit]) == 0
    assert "has flights-1.0-py3-none-any.whl already, with another content" in capfd.readouterr().err
    assert index.files() == before


def test_version_with_another_content_is_refused_before_anything_is_changed(
    production: Production, index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    first = production.release()
    before = index.files()
    packages_of(production).text = "value = 2\n"
    commit = production.road.accepted("integration", "staging")
    for words in ([], ["--dry-run"]):
        assert cli.main(["deploy", "--environment", "production", "--commit", commit, *words]) == 4
        error = capfd.readouterr().err
        assert "has flights-1.0-py3-none-any.whl already, with another content" in error
        assert "Raise the version" in error
    assert (index.files(), production.runs) == (before, first)
    packages_of(production).version = "1.1"
    assert production.release()
    assert set(index.files()) == {*before, "flights-1.1-py3-none-any.whl"}


def test_the_same_content_in_a_later_release_is_done_already(production: Production, index: Index) -> None:
    production.release()
    before = index.files()
    commit = production.release()
    assert (production.runs, index.files()) == (commit, before)


def test_an_index_that_fails_after_the_switch_brings_the_release_before_back(
    production: Production, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = production.release()
    packages_of(production).version = "1.1"
    commit = production.road.accepted("integration", "staging")
    monkeypatch.setenv("APP_SECRETS", json.dumps({"INDEX_TOKEN": "ada:wrong"}))
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
    assert production.record(commit) == 0
    assert production.entries()[-1].deployment.result == "failed"
    assert production.runs == first
    assert "flights-1.1-py3-none-any.whl" not in index.files()


def test_an_index_that_stops_between_two_uploads_gets_the_missing_wheel_from_the_next_deployment(
    production: Production, index: Index, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    first = production.release()
    packages_of(production).names, packages_of(production).version = ("core", "flights"), "1.1"
    commit = production.road.accepted("integration", "staging")
    send, uploads = registry_http.send, count()

    def stopping(method: str, *rest: Any) -> registry_http.Response:
        if method == "POST" and next(uploads) == 1:
            raise OSError("connection reset")
        return send(method, *rest)

    monkeypatch.setattr(registry_http, "send", stopping)
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 69
    assert "does not answer: connection reset" in capfd.readouterr().err
    assert production.record(commit) == 0
    assert production.runs == first
    assert set(index.files()) == {"flights-1.0-py3-none-any.whl", "core-1.1-py3-none-any.whl"}
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
    assert "has core-1.1-py3-none-any.whl already, with this content" in capfd.readouterr().out
    assert production.runs == commit
    assert packages_of(production).packages(commit)[1].items() <= index.files().items()


def test_a_missing_secret_is_found_before_anything_is_changed(
    production: Production, index: Index, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    first = production.release()
    packages_of(production).version = "1.1"
    commit = production.road.accepted("integration", "staging")
    empty = json.dumps({"INDEX_TOKEN": " \n"})
    for secrets, words in (
        ("{}", "lacks INDEX_TOKEN"),
        ("", "needs a login"),
        (empty, "value of INDEX_TOKEN in APP_SECRETS is empty"),
    ):
        monkeypatch.setenv("APP_SECRETS", secrets)
        assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 2
        assert words in capfd.readouterr().err
    assert production.runs == first
    assert len(index.files()) == 1


def test_an_image_with_other_wheels_than_the_ledger_names_publishes_nothing(
    production: Production, index: Index, tmp_path: Path
) -> None:
    commit = production.road.accepted("integration", "staging")
    image, _ = packages_of(production).packages(commit)
    other = package_index.wheel(tmp_path, text="forged = True\n")
    packages_of(production).engine.holds[image] = {f"wheels/{other.name}": other.read_bytes()}
    assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 1
    assert index.files() == {}
    assert production.runs == ""


def test_packages_are_published_after_the_tests_and_the_switch(
    production: Production, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []

    class Watched(FolderTarget):
        def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
            def judged(url: str, network: str) -> None:
                seen.append(("judged", len(index.files())))
                accept(url, network)

            def finished() -> None:
                seen.append((f"finish, {order.commit} serves: {production.runs == order.commit}", len(index.files())))
                finish()

            return super().apply(order, judged, finished)

    monkeypatch.setattr("cicd.road.deployment.target_for", lambda *_: Watched(production.target.folder))
    commit = production.release()
    assert seen == [("judged", 0), (f"finish, {commit} serves: True", 0)]
    assert len(index.files()) == 1


def test_rollback_leaves_packages_and_says_so(
    production: Production, index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    first = production.release()
    packages_of(production).version = "1.1"
    production.release()
    before = index.files()
    capfd.readouterr()
    assert production.back() == 0
    said = capfd.readouterr().err
    assert "A rollback takes no package back: flights-1.1-py3-none-any.whl stays" in said
    assert (production.runs, index.files()) == (first, before)
    assert dict(production.entries()[-1].deployment.wheels) == packages_of(production).packages(first)[1]


def test_plan_of_a_promotion_names_the_packages(production: Production, capfd: pytest.CaptureFixture[str]) -> None:
    commit = production.road.accepted("integration", "staging")
    assert cli.main(["promote", "production", "--dry-run"]) == 0
    assert "packages  flights-1.0-py3-none-any.whl" in capfd.readouterr().out
    assert cli.main(["deploy", "--environment", "production", "--commit", commit, "--dry-run"]) == 0
    assert "publish flights-1.0-py3-none-any.whl to http://127.0.0.1" in capfd.readouterr().out


def test_a_local_run_uploads_to_an_index_of_this_machine_alone(
    production: Production, index: Index, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Repository, "forge", "0123abcd")
    clone = production.road.workspace.clone / "ml-cicd.toml"
    own = clone.read_text()
    clone.write_text(own.replace(index.url, "https://index.example/"))
    production.road.workspace.git("add", "ml-cicd.toml")
    assert cli.main(["deploy", "--environment", "production", "--commit",
                     production.road.accepted("integration", "staging")]) == 0  # fmt: skip
    assert "A local run uploads nothing to https://index.example/" in capfd.readouterr().err
    clone.write_text(own)
    production.road.workspace.git("add", "ml-cicd.toml")
    assert cli.main(["deploy", "--environment", "production", "--commit",
                     production.road.accepted("integration", "staging")]) == 0  # fmt: skip
    assert len(index.files()) == 1


@pytest.mark.parametrize(
    "forge",
    [
        lambda wheels: dict.fromkeys(wheels, "0" * 64),
        lambda wheels: {**wheels, "more-1-py3-none-any.whl": "0" * 64},
    ],
)
def test_wheels_in_an_outcome_must_be_those_that_were_accepted(
    production: Production, forge: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    commit = production.lose()
    outcome = ledger.decode(production.outcome)
    assert production.record(commit, json.dumps({**outcome, "wheels": forge(outcome["wheels"])})) == 4
    assert production.entries() == []
    assert production.record(commit) == 0


def test_entry_whose_wheels_its_basis_did_not_pass_breaks_the_ledger(production: Production) -> None:
    production.release()
    chains = ledger.read_all(production.road.workspace.repository(), "app")
    integrity.check_links(chains)
    entry = chains["production"][0]
    forged = ledger.deployment_from(
        {**json.loads(entry.deployment.to_json()), "wheels": {"flights-1.0-py3-none-any.whl": "0" * 64}}
    )
    with pytest.raises(RefusedError, match="did not pass these wheels"):
        integrity.check_links({**chains, "production": [ledger.parse(ledger.envelope(forged, 1, ""))]})


def test_only_the_last_stage_publishes() -> None:
    assert [stage.name for stage in stages.STAGES.values() if stage.publishes] == ["production"]
    assert wheels.package_of("Flights_Core-1.0-py3-none-any.whl") == "flights-core"


@pytest.mark.parametrize(("uploaded", "content"), [(True, "other"), (False, "same"), (False, "other")])
def test_file_that_somebody_uploads_meanwhile_must_have_the_same_content(
    tmp_path: Path, uploaded: bool, content: Any
) -> None:
    wheel = package_index.wheel(tmp_path)
    sent: list[tuple[str, str, str]] = []

    class Raced(PackageIndex):
        def upload(self, name: str, data: bytes, _: Any, python: str) -> bool:
            sent.append((name, hashlib.sha256(data).hexdigest(), python))
            return uploaded

        def content(self, package: str, file: str, sha256: str) -> Any:
            assert (package, file, sha256) == ("flights", wheel.name, digest)
            return content

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    index = Raced("http://localhost:1", "http://localhost:1", None)
    publication = publishing.Publication(index, "image", {wheel.name: digest}, {wheel.name: "absent"})
    if uploaded or content == "same":
        publication._upload(wheel)
    else:
        with pytest.raises(CheckFailedError, match="has another flights-"):
            publication._upload(wheel)
    assert sent == [(wheel.name, digest, "py3")]


class TestBefore:
    """What a stage looks up and says before anything is changed, with an index that may not answer."""

    WHEELS: ClassVar = {"flights-1.0-py3-none-any.whl": "a" * 64}

    def prepare(
        self, url: str, stage: stages.Stage, action: Any = "deploy", replaced: dict[str, str] | None = None,
        *, wheels: dict[str, str] = WHEELS, secret: str = 'secret = "INDEX_TOKEN"', forge: str = "",
    ) -> publishing.Publication | None:  # fmt: skip
        text = SERVICE + f'index-url = "{url}simple/"\npublish-url = "{url}"\n{secret}\n'
        config = configuration.parse(f'name = "app"\n{text}')
        candidate = Candidate(stage.name, "c" * 40, "release", "test", None, action, packages="image", wheels=wheels)
        remote: Any = SimpleNamespace(forge=forge)
        return publishing.prepare(config, stage, candidate, replaced or {}, remote)

    def test_stage_before_does_not_need_the_index(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.prepare("http://127.0.0.1:1/", stages.STAGING) is None
        assert capsys.readouterr().err == ""

    def test_stage_before_warns_without_a_login(
        self, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("APP_SECRETS", raising=False)
        wheel = package_index.wheel(tmp_path)
        (index.packages / wheel.name).write_bytes(wheel.read_bytes())
        assert self.prepare(index.url, stages.STAGING) is None
        assert f"The package index has {wheel.name} already, with another content" in capsys.readouterr().err

    def test_only_the_last_stage_says_which_packages_a_rollback_leaves(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for stage, says in ((stages.STAGING, False), (stages.PRODUCTION, True)):
            newer = {"flights-1.1-py3-none-any.whl": "b" * 64}
            assert self.prepare("http://127.0.0.1:1/", stage, "rollback", newer) is None
            assert ("flights-1.1-py3-none-any.whl stays" in capsys.readouterr().err) is says
            self.prepare("http://127.0.0.1:1/", stage, "rollback", self.WHEELS)
            assert capsys.readouterr().err == "", "the release that comes back has the same packages"

    @pytest.mark.parametrize("forge", ["", "0123abcd"])
    def test_local_run_alone_leaves_a_public_index_out(
        self, forge: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(PackageIndex, "content", lambda *_: "absent")
        publication = self.prepare("https://index.example/", stages.PRODUCTION, secret="", forge=forge)
        assert (publication is None) is bool(forge)
        assert ("A local run uploads nothing" in capsys.readouterr().err) is bool(forge)

    def test_release_without_packages_needs_neither_login_nor_index(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("APP_SECRETS", raising=False)
        assert self.prepare("http://127.0.0.1:1/", stages.PRODUCTION, wheels={}) is None

    def test_login_that_was_not_mapped_into_the_job_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("APP_SECRETS", raising=False)
        with pytest.raises(UsageError, match="needs a login, and APP_SECRETS is not set"):
            self.prepare("http://127.0.0.1:1/", stages.PRODUCTION)

    def test_packages_without_an_index_are_not_published(self) -> None:
        config = configuration.parse(f'name = "app"\n{SERVICE}')
        candidate = Candidate("production", "c" * 40, "release", "test", None, "deploy", wheels=self.WHEELS)
        remote: Any = SimpleNamespace(forge="")
        assert publishing.prepare(config, stages.PRODUCTION, candidate, {}, remote) is None

    def test_only_files_that_are_missing_are_pulled_and_uploaded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        wheel, done = package_index.wheel(tmp_path), list[Any]()
        monkeypatch.setattr("cicd.road.publishing.engine.connect", lambda: "engine")
        monkeypatch.setattr("cicd.road.publishing.images.pull", lambda *words: done.append(words))
        monkeypatch.setattr("cicd.road.publishing.wheels.extract", lambda *_: [wheel])

        def upload(_: PackageIndex, name: str, *__: Any) -> bool:
            done.append(name)
            return True

        monkeypatch.setattr(PackageIndex, "upload", upload)
        index = PackageIndex("http://localhost:1", "http://localhost:1", None)
        before: Any = {"core-1.0-py3-none-any.whl": "same", wheel.name: "absent"}
        one = {wheel.name: hashlib.sha256(wheel.read_bytes()).hexdigest()}
        publishing.Publication(index, "image", one, before).publish()
        assert done == [("engine", "image"), wheel.name]
        said = capsys.readouterr().out.splitlines()
        assert said == [
            "The package index has core-1.0-py3-none-any.whl already, with this content.",
            f"publish {wheel.name} to http://localhost:1",
        ]

    def test_index_that_has_every_file_gets_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def connect() -> None:
            raise AssertionError("no engine is needed")

        monkeypatch.setattr("cicd.road.publishing.engine.connect", connect)
        monkeypatch.setattr(PackageIndex, "content", lambda *_: "same")
        publication = self.prepare("http://127.0.0.1:1/", stages.PRODUCTION, secret="")
        assert publication
        publication.publish()
        assert publication.plan() == ["leave flights-1.0-py3-none-any.whl, which the index has already"]
