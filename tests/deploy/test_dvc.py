"""A model that DVC holds on S3: fetched with credentials by name, which no image and no log shows."""

from __future__ import annotations

import io
import json
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from cicd.errors import CheckFailedError, UsageError
from cicd.produce import build_image, bundle_source, dvc_files
from tests.deploy.support import leaks
from tests.deploy.test_training import project  # noqa: F401 -- a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

    from tests.deploy.test_training import Project

KEY_ID, KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
DOCKERFILE = """ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
RUN --mount=type=secret,id=ca --mount=type=cache,target=/root/.cache/uv \\
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca SSL_CERT_FILE=/run/secrets/ca; fi; \\
    export UV_LINK_MODE=copy; \\
    python3 -m venv /venv && /venv/bin/pip install --quiet uv && \\
    /venv/bin/uv pip install --quiet --python /venv/bin/python "dvc[s3]" && \\
    /venv/bin/uv venv --quiet /moto && /venv/bin/uv pip install --quiet --python /moto/bin/python "moto[server]"
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY . .
USER 10001
"""
PUSH = """set -e
cd /tmp && mkdir work && cd work && mkdir models
/moto/bin/python -c "import boto3
boto3.client('s3', 'us-east-1', endpoint_url='$URL').create_bucket(Bucket='models')"
dvc init --quiet --no-scm
dvc remote add --quiet --default store s3://models/store
dvc remote modify store endpointurl $URL
printf '{"offset": 7}' > models/model.json
dvc add --quiet models/model.json
dvc push
"""
CONFIG = """name = "{name}"
[model]
paths = ["models/model.json"]
"""
SECRETS = 'secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]\n'


def fetched(container: docker.models.containers.Container, path: str) -> str:
    stream, _ = container.get_archive(path)
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        file = tar.extractfile(tar.getmembers()[0])
        assert file
        return file.read().decode()


@pytest.fixture
def stored(project: Project, client: docker.DockerClient) -> Iterator[str]:  # noqa: F811
    """Return the build image of a project whose model is on S3, with its pointers in git and no content."""
    project.write("cicd/build/Dockerfile", DOCKERFILE)
    project.write("ml-cicd.toml", CONFIG.format(name=project.name) + SECRETS)
    project.write("models/model.json.dvc", "to be written\n")
    image = build_image.build(project.config, project.path)
    server = client.containers.run(image, ["/moto/bin/moto_server", "-H", "0.0.0.0", "-p", "5000"], detach=True)
    try:
        for _ in range(120):
            server.reload()
            if b"Running on" in server.logs():
                break
            time.sleep(0.5)
        url = f"http://{server.attrs['NetworkSettings']['Networks']['bridge']['IPAddress']}:5000"
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": KEY, "URL": url, **dvc_files.ENVIRONMENT}
        pushing = client.containers.create(image, ["sh", "-c", PUSH], environment=keys)
        pushing.start()
        assert pushing.wait()["StatusCode"] == 0, pushing.logs().decode()
        project.write(".dvc/config", fetched(pushing, "/tmp/work/.dvc/config"))
        project.write("models/model.json.dvc", fetched(pushing, "/tmp/work/models/model.json.dvc"))
        pushing.remove()
        yield build_image.build(project.config, project.path)
    finally:
        server.remove(force=True)
        client.images.remove(f"ml-cicd/{project.name}-build:latest", force=True)


@pytest.mark.case("K3", "a model that DVC holds on S3, with credentials by name")
def test_model_is_fetched_with_credentials_that_are_nowhere_afterwards(
    project: Project,  # noqa: F811
    stored: str,
    client: docker.DockerClient,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(UsageError, match="TRAIN_SECRETS is not set"):
        bundle_source.obtain(project.config, project.path, stored)
    monkeypatch.setenv("TRAIN_SECRETS", json.dumps({"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": KEY}))
    bundle = bundle_source.obtain(project.config, project.path, stored)
    assert bundle
    holder = client.containers.create(bundle.image, ["none"])
    assert fetched(holder, "/bundle/models/model.json") == '{"offset": 7}'
    holder.remove()
    assert not (project.path / "models" / "model.json").exists()
    assert leaks.places(client, bundle.image, KEY_ID, KEY) == []
    again = bundle_source.obtain(project.config, project.path, stored)
    assert again
    assert again.image == bundle.image
    project.write("ml-cicd.toml", CONFIG.format(name=project.name))
    project.change("models/model.json.dvc", "size: 13", "size: 14")
    with pytest.raises(CheckFailedError, match=r"dvc pull models/model\.json failed"):
        bundle_source.obtain(project.config, project.path, stored)
    log = "".join(capfd.readouterr())
    assert [value for value in (KEY_ID, KEY) if value in log] == []
