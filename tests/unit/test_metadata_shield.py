"""Two commands at once keep their containers away from link-local addresses, also if one creates the network."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from cicd.oci import metadata_shield
from cicd.oci.metadata_shield import NAME
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from docker.models.containers import Container

REFUSALS = [
    (403, "Pool overlaps with other one on this address space"),
    (409, f"network with name {NAME} already exists"),
]


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    engine.add_image("image")
    return engine


def created(engine: Engine) -> Container:
    return engine.client().containers.create("image", name="job")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_network_that_another_command_is_creating_is_awaited(
    engine: Engine, refusal: tuple[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An engine reserves the addresses of a network before it lists the network."""
    appear = {"Name": NAME, "Id": NAME, "Containers": {}}
    engine.refuses[f"create network {NAME}"] = refusal
    engine.on[f"create network {NAME}"] = threading.Timer(0.3, engine.networks.__setitem__, (NAME, appear)).start
    metadata_shield.join(engine.client(), created(engine))
    assert NAME in engine.box("job").networks
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("refusal", [*REFUSALS, (500, "no bridges here")])
def test_network_that_can_not_be_had_is_a_warning(
    engine: Engine, refusal: tuple[int, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata_shield, "SECONDS_TO_APPEAR", 0.1)
    engine.refuses[f"create network {NAME}"] = refusal
    metadata_shield.join(engine.client(), created(engine))
    assert NAME not in engine.box("job").networks
    assert refusal[1] in capsys.readouterr().err
