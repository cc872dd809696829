"""Training and other project code on an engine in memory: what its container gets, and what is left when it ends."""

from __future__ import annotations

import hashlib
import json
import tarfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels, processes, variables
from cicd.config import Train
from cicd.errors import CheckFailedError, UnreachableError, UsageError
from cicd.oci import containers, leftovers, metadata_shield
from cicd.produce import bundles, training
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.fake_engine import Box

IMAGE = "ml-cicd/app-build:latest"
TRAIN = Train(("train", "--all"))
FACTS = training.Facts("0123456789abcdef")
GOOD = {"tmp/bundle/metadata.json": b'{"lock": "1"}', "tmp/bundle/model.bin": b"weights"}


@pytest.fixture
def engine() -> Engine:
    """Return an engine on which training writes a bundle."""
    engine = Engine(ends={IMAGE: 0}, leaves={IMAGE: GOOD})
    engine.add_image(IMAGE)
    return engine


def train(engine: Engine, folder: Path, settings: Train = TRAIN) -> list[Box]:
    """Train, and return the containers as they were when they were removed."""
    seen: list[Box] = []
    engine.on[r"remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    layer = training.train(engine.client(), "app", settings, IMAGE, folder, facts=FACTS)
    with tarfile.open(layer) as tar:
        assert {name.strip("/") for name in tar.getnames()} >= {"bundle/metadata.json", "bundle/model.bin"}
    return seen


def test_training_gets_its_limits_and_no_metadata_service(engine: Engine, tmp_path: Path) -> None:
    settings = replace(TRAIN, gpus=2, cpus=1.5, memory="1g", shm_size="256m")
    (box,) = train(engine, tmp_path, settings)
    assert (box.config["Entrypoint"], box.config["Cmd"], box.image) == ([], ["train", "--all"], IMAGE)
    assert (box.host["NanoCpus"], box.host["Memory"], box.host["ShmSize"]) == (1_500_000_000, 1 << 30, 256 << 20)
    assert [request["Count"] for request in box.host["DeviceRequests"]] == [2]
    assert box.networks == ["bridge", metadata_shield.NAME]
    assert engine.asked.index(f"connect {box.name} to {metadata_shield.NAME}") < engine.asked.index(f"start {box.name}")
    assert box.labels[labels.PROJECT] == "app"
    assert box.labels[labels.ROLE] == labels.TRAINING
    assert box.labels[labels.PROCESS] == processes.this()
    assert box.host["LogConfig"]["Type"] == "none"
    assert not box.config.get("Env")
    assert not box.host.get("Binds")
    assert engine.names() == []
    assert not (tmp_path / "raw.tar").exists()


def test_training_without_a_network_has_none(engine: Engine, tmp_path: Path) -> None:
    (box,) = train(engine, tmp_path, replace(TRAIN, network="none"))
    assert box.networks == ["none"]
    assert "ShmSize" not in box.host or not box.host["ShmSize"]


def test_shield_leads_nowhere(engine: Engine, tmp_path: Path) -> None:
    train(engine, tmp_path)
    network = engine.networks[metadata_shield.NAME]
    assert network["Internal"] is True
    assert network["IPAM"]["Config"] == [
        {"Subnet": "169.254.0.0/16", "IPRange": "169.254.64.0/18", "Gateway": "169.254.169.254",
         "AuxiliaryAddresses": None}
    ]  # fmt: skip
    assert network["Options"] == metadata_shield.OPTIONS
    train(engine, tmp_path)
    assert [action for action in engine.asked if action.startswith("create network")] == [
        f"create network {metadata_shield.NAME}"
    ]


def test_shield_that_is_impossible_is_a_warning(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.refuses["create network .*"] = (500, "no free address pool")
    train(engine, tmp_path)
    assert "Project code may reach the metadata service of the cloud" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "files", "words"),
    [
        (3, GOOD, "Training failed with exit code 3"),
        (137, GOOD, "Training failed with exit code 137 .SIGKILL"),
        (0, {}, "Training left nothing in /tmp/bundle"),
        (0, {"tmp/bundle/metadata.json": b"[1]"}, "is not a JSON object"),
    ],
)
def test_training_that_leaves_no_bundle_fails(
    engine: Engine, tmp_path: Path, code: int, files: dict[str, bytes], words: str
) -> None:
    engine.ends[IMAGE], engine.leaves[IMAGE] = code, files
    with pytest.raises(CheckFailedError, match=words):
        train(engine, tmp_path)
    assert engine.names() == []


def test_kit_writes_what_a_bundle_was_made_from(engine: Engine, tmp_path: Path) -> None:
    engine.leaves[IMAGE] = {"tmp/bundle/model.bin": b"x"}
    facts = training.Facts("0123456789abcdef", "lock.txt", b"pandas==2.2.3\r\n")
    layer = training.train(engine.client(), "app", TRAIN, IMAGE, tmp_path, facts=facts)
    with tarfile.open(layer) as tar:
        member = tar.extractfile("bundle/metadata.json")
        assert member is not None
        written = json.load(member)
    lock = hashlib.sha256(b"pandas==2.2.3\n").hexdigest()
    assert written == {"inputs": "0123456789abcdef", "lock": f"sha256:{lock}"}
    assert facts.merged({"lock": lock, "inputs": "theirs"}) == {"lock": lock, "inputs": "theirs"}
    with pytest.raises(CheckFailedError, match=r"trained with another lock\.txt"):
        facts.merged({"lock": "0" * 64})


def test_training_ends_at_its_time_limit(engine: Engine, tmp_path: Path) -> None:
    engine.on[r"start .*"] = lambda: time.sleep(0.5)
    with pytest.raises(CheckFailedError, match=r"Training did not end within 0\.01 s") as caught:
        train(engine, tmp_path, replace(TRAIN, timeout=0.01))
    assert "[train] timeout" in caught.value.hint
    assert any(action.startswith("kill ") for action in engine.asked)
    engine.on[r"start .*"] = lambda: None
    train(engine, tmp_path, replace(TRAIN, timeout=60))


def test_metadata_of_a_bundle_is_read_from_its_image(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.add_image("bundle")
    client = engine.client()
    with pytest.raises(CheckFailedError, match=r"bundle has no file /bundle/metadata\.json"):
        bundles.metadata(client, "bundle")
    engine.holds["bundle"] = {"bundle/metadata.json": json.dumps({"lock": "1"}).encode()}
    assert bundles.metadata(client, "bundle") == {"lock": "1"}
    monkeypatch.setattr(training, "METADATA_LIMIT", 3)
    with pytest.raises(CheckFailedError, match=r"/bundle/metadata\.json has 13 bytes; at most 3 are read"):
        bundles.metadata(client, "bundle")
    assert engine.names() == []


def run(engine: Engine, **options: Any) -> Any:
    return containers.run(engine.client(), IMAGE, ["true"], labels={labels.PROJECT: "app"}, **options)


def test_command_gets_what_it_is_given(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.leaves[IMAGE] = {"tmp/results.xml": b"<testsuites/>"}
    engine.prints[IMAGE] = b"says\n"
    seen: list[Box] = []
    engine.on[r"remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    finished = run(
        engine, environment={"A": "b"}, names={"flights": "10.0.0.7"}, shm_size="1m", network="mine",
        collect=["/tmp/results.xml", "/tmp/missing"],
    )  # fmt: skip
    (box,) = seen
    assert (finished.exit_code, list(finished.files)) == (0, ["/tmp/results.xml"])
    assert box.config["Env"] == ["A=b"]
    assert box.host["ExtraHosts"] == ["flights:10.0.0.7"]
    assert box.host["ShmSize"] == 1 << 20
    assert box.networks == ["mine", metadata_shield.NAME]
    assert "says" in capsys.readouterr().out
    assert engine.names() == []


def test_command_without_a_network_has_none(engine: Engine) -> None:
    run(engine, network="none")
    assert not any(action.startswith("connect") for action in engine.asked)


def test_command_that_cannot_start_is_a_usage_error_and_leaves_nothing(engine: Engine) -> None:
    engine.refuses[r"start .*"] = (400, 'exec: "true": executable file not found in $PATH')
    with pytest.raises(UsageError, match="executable file not found") as caught:
        run(engine)
    assert "ml-cicd.toml" in caught.value.hint
    assert engine.names() == []


def test_missing_image_is_said(engine: Engine) -> None:
    engine.images.clear()
    with pytest.raises(UnreachableError, match=f"The engine has no image {IMAGE}") as caught:
        run(engine)
    assert caught.value.hint == "Build it first: ml-cicd build"


def test_runner_pulls_joins_the_network_and_belongs_to_its_forge(engine: Engine) -> None:
    engine.images.clear()
    engine.registry.add(IMAGE)
    seen: list[Box] = []
    engine.on[r"remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    runner = containers.runner(engine.client(), "mine", {"flights": "10.0.0.7"}, "f1", shm_size="1m")
    runner(IMAGE, ["true"], labels={labels.PROJECT: "app"}, environment={"A": "b"}, collect=())
    (box,) = seen
    assert f"pull {IMAGE}" in engine.asked
    assert box.networks[0] == "mine"
    assert (box.labels[labels.INSTANCE], box.labels[labels.PROJECT]) == ("f1", "app")
    assert box.host["ExtraHosts"] == ["flights:10.0.0.7"]
    assert (box.host["ShmSize"], box.config["Env"]) == (1 << 20, ["A=b"])


def test_runs_of_a_forge_are_marked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.ML_CICD_FORGE_RUN, "7")
    seen: list[Box] = []
    engine.on[r"remove .*"] = lambda: seen.append(engine.box(engine.names()[-1]))
    run(engine)
    assert seen[0].labels[labels.RUN] == "7"


def test_containers_of_killed_commands_are_removed_and_said(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    client, here = engine.client(), processes.machine()
    dead = processes.this().replace("@", "@1", 1)
    for name, marks in {
        "dead": {labels.PROCESS: dead, labels.MACHINE: here, labels.ROLE: "training"},
        "alive": {labels.PROCESS: processes.this(), labels.MACHINE: here},
        "elsewhere": {labels.PROCESS: dead, labels.MACHINE: "another"},
        "service": {},
    }.items():
        client.containers.create(IMAGE, name=name, labels=marks)
    leftovers.remove(client)
    assert engine.names() == ["alive", "elsewhere", "service"]
    assert "Removed the container dead (training)" in capsys.readouterr().out
    leftovers.remove_own(client)
    assert engine.names() == ["elsewhere", "service"]


def test_leftover_that_another_process_removes_is_not_claimed(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    client = engine.client()
    marks = {labels.PROCESS: processes.this().replace("@", "@1", 1), labels.MACHINE: processes.machine()}
    client.containers.create(IMAGE, name="dead", labels=marks)
    engine.refuses["remove dead"] = (409, "removal of container dead is already in progress")
    leftovers.remove(client)
    assert "Removed" not in capsys.readouterr().out
