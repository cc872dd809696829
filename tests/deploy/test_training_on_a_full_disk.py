"""Training on an engine whose disk fills: what is at fault and what to do is said, and no half bundle is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli
from cicd.errors import UnreachableError
from cicd.oci import images, registry
from cicd.produce import bundle_key, bundle_source, training
from tests.deploy.support.small import SmallEngine
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import docker

KEY = "0123456789abcdef"
LOCAL = f"ml-cicd/app-bundle:{KEY}"
TRAIN = """import pathlib, sys
bundle = pathlib.Path("/tmp/bundle")
bundle.mkdir()
(bundle / "metadata.json").write_text("{}")
with (bundle / "model").open("wb") as file:
    for _ in range(int(sys.argv[1])):
        file.write(bytes(10**6))
"""


class Training:
    """A project whose training writes a model of some megabytes, and `ml-cicd train` of it."""

    def __init__(self, folder: Path, image: str, patch: pytest.MonkeyPatch) -> None:
        self.path, self.image, self.pushed = new_workspace(folder).clone, image, list[str]()
        patch.setenv("GITHUB_REPOSITORY", "local/app")
        patch.setattr(bundle_source, "material_of", lambda *_: "material")
        patch.setattr(bundle_source, "key_of", lambda *_: bundle_key.Key(KEY))
        patch.setattr(bundle_source, "facts", lambda *_: training.Facts(KEY))
        patch.setattr(registry, "manifest", lambda *_: None)
        patch.setattr(images, "push", self.push)

    def push(self, _: object, local: str, *__: object) -> str:
        self.pushed.append(local)
        return local

    def run(self, megabytes: int) -> int:
        command = json.dumps(["python3", "-c", TRAIN, str(megabytes)])
        (self.path / "ml-cicd.toml").write_text(f'name = "app"\n[train]\ncommand = {command}\n')
        return cli.main(["train", "--directory", str(self.path), "--image", self.image])


def calling_first(action: Callable[[], object], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that acts before it does its work."""

    def both(*arguments: Any, **options: Any) -> Any:
        action()
        return function(*arguments, **options)

    return both


@pytest.mark.case("K1", "the engine's disk fills while a model is trained")
def test_full_disk_is_named_and_leaves_no_half_bundle(
    client: docker.DockerClient, tmp_path: Path, sockets: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with SmallEngine(client, tmp_path / "engine", sockets) as small:
        trained = Training(tmp_path, small.load(), monkeypatch)
        monkeypatch.setenv("DOCKER_HOST", small.address)

        def fails(megabytes: int) -> str:
            assert trained.run(megabytes) == UnreachableError.exit_code
            said = capsys.readouterr().err
            assert "no space left on device" in said
            assert "docker system df" in said
            assert not small.engine.containers.list(all=True)
            assert not small.engine.images.list(LOCAL)
            assert trained.pushed == []
            return said

        assert "Training failed with exit code 1, and the engine's disk is full" in fails(megabytes=1000)
        with monkeypatch.context() as patch:
            patch.setattr(images, "of_layer", calling_first(small.fill, images.of_layer))
            assert f"make the image {LOCAL}" in fails(megabytes=1)
        fails(megabytes=1)  # the container can't be created
        small.free()
        assert trained.run(1) == 0
        assert trained.pushed == [LOCAL]
