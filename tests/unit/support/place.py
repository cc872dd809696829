"""An environment on an engine in memory, and the releases that are brought to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cicd.config import Config, DockerSettings, Environment, Service
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.target import DockerTarget
from cicd.deploy.target import Order
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.deploy.target import Accept, Running
    from tests.unit.support.fake_engine import Box

PROXY = "app-staging-proxy"
CANDIDATE = "app-staging-candidate"


def image(number: int) -> str:
    """Return the release of that number."""
    return "ghcr.io/acme/app@sha256:" + f"{number:x}" * 64


def order(number: int, **values: Any) -> Order:
    """Return the order to bring the release of that number."""
    facts = {"entry": f"staging/{number}@e", "after": "", "actor": "ada", "test": f"test-{number}", **values}
    return Order(image(number), f"{number:x}" * 40, **facts)


class Place:
    """The environment `staging` of the project `app`."""

    def __init__(
        self,
        settings: DockerSettings | None = None,
        service: Service | None = None,
        instance: str = "",
        engine: Engine | None = None,
        **environment: Any,
    ) -> None:
        self.engine = engine or Engine()
        self.engine.registry |= {"haproxy:3.2.4", *map(image, range(1, 10))}
        self.environment = Environment("staging", settings or DockerSettings(), **{"health_timeout": 0.3} | environment)
        self.config = Config("app", service=service or Service(), environments={"staging": self.environment})
        self.site = Site(self.engine.client(), self.config, self.environment, settings or DockerSettings(), instance)
        self.target = DockerTarget(self.site)
        self.tested: list[tuple[str, str]] = []

    def again(self, **environment: Any) -> Place:
        """Return the same environment for another deployment, with other settings."""
        other = Place(self.site.settings, self.config.service, self.site.instance, self.engine)
        other.environment = replace(self.environment, **environment)
        other.site = replace(self.site, environment=other.environment)
        other.target = DockerTarget(other.site)
        return other

    def accept(self, url: str, network: str) -> None:
        self.tested.append((url, network))

    def bring(self, number: int, accept: Accept | None = None, **values: Any) -> Running:
        """Deploy a release, and forget what the engine was asked before."""
        self.engine.asked.clear()
        return self.target.apply(order(number, **values), accept or self.accept)

    def plan(self, number: int) -> list[str]:
        return self.target.plan(order(number))

    def release(self, number: int) -> Box:
        """Return the container of a release."""
        boxes = [box for box in self.engine.boxes.values() if box.image == image(number)]
        assert len(boxes) == 1, f"{len(boxes)} containers of the release {number}"
        return boxes[0]

    def serving(self) -> str:
        """Return the image of the release that users reach."""
        boxes = self.engine.boxes.values()
        return next((box.image for box in boxes if box.address and box.address == self.engine.led_to), "")

    def asked(self) -> list[str]:
        """Return what the engine was asked, with the releases' numbers in place of their names."""
        names = {box.name: f"release {box.image[-1]}" for box in self.engine.boxes.values() if "@" in box.image}
        return [self._named(action, names) for action in self.engine.asked]

    @staticmethod
    def _named(action: str, names: dict[str, str]) -> str:
        for name, words in names.items():
            action = action.replace(name, words)
        return action

    def when(self, action: str, do: Callable[[], object]) -> None:
        """Do something else when the engine is asked for an action, a regular expression."""
        self.engine.on[action] = do
