"""The services that nobody must start: what their file names is there. Its form is checked against Compose's schema."""

import re

import yaml

from tests.unit.conftest import PROJECT

SERVICES = PROJECT / "services"
COMPOSE = (SERVICES / "compose.yaml").read_text()


def test_every_password_has_a_place_and_no_default() -> None:
    asked = set(re.findall(r"\$\{(\w+)([^}]*)\}", COMPOSE))
    needed = ":?set it in services/.env"
    assert asked == {("MINIO_PASSWORD", needed), ("POSTGRES_PASSWORD", needed)}
    example = (SERVICES / ".env.example").read_text().splitlines()
    assert [line for line in example if not line.startswith("#")] == ["MINIO_PASSWORD=", "POSTGRES_PASSWORD="]


def test_what_a_service_waits_for_can_be_waited_for() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    assert {*services} == {"mlflow", "postgres", "minio", "bucket"}
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_every_volume_is_declared_and_every_port_is_of_this_machine_only() -> None:
    described = yaml.safe_load(COMPOSE)
    services = described["services"].values()
    used = {volume.partition(":")[0] for service in services for volume in service.get("volumes", [])}
    assert used == {*described["volumes"]}
    ports = [port for service in services for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_image_has_a_version() -> None:
    services = yaml.safe_load(COMPOSE)["services"].values()
    images = [service["image"] for service in services if "image" in service]
    assert len(images) == 3
    assert all(":" in image and not image.endswith(":latest") for image in images)
