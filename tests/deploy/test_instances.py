"""Two forges deploy the same environment of the same project on one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.deploy.target import Order
from tests.deploy.support.tiny import docker_target, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

    from cicd.config import Config


def test_each_forge_has_its_own_environment(
    client: docker.DockerClient, config: Config, release: Callable[[str, str], str]
) -> None:
    first, second = (docker_target(client, config, "staging", name) for name in ("11111111", "22222222"))
    good, better = release("good", ""), release("better", "# better\n")
    try:
        first_running = first.apply(Order(good, "a" * 40, "integration/1@x", "", "ada"), lambda *_: None)
        second_running = second.apply(Order(better, "b" * 40, "integration/1@x", "", "bob"), lambda *_: None)
        assert (first.observe(), second.observe()) == (first_running, second_running)
        assert first_running.url != second_running.url
        assert (first_running.release, second_running.release) == (good, better)
        assert docker_target(client, config, "staging").observe() is None
        for target in (first, second):
            (network,) = client.networks.list(filters={"label": f"ml-cicd.instance={target.site.instance}"})
            assert network.name == f"ml-cicd-{target.site.name}"
    finally:
        sweep(client)
