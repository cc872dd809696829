"""The command `evaluate` on the real engine: it sees its set and nothing else, keeps to its limits, leaves one file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicd.config import GateSettings, MetricSettings, parse
from cicd.errors import CheckFailedError
from cicd.oci import images
from cicd.produce import evaluation, evaluation_set, project_metrics
from tests.deploy.support.tiny import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import docker

    from cicd.forge.machine.services import Services
    from cicd.produce.evaluation import Evaluation

CONFIG = """name = "{name}"
[gate]
evaluate = ["python3", "/evaluate.py"]
set = "data/{set}"
timeout = 60
memory = "64m"
[gate.metrics.accuracy]
margin = 0.01
"""
COMMAND = ("python3", "/evaluate.py")
BEGIN = """import json, os, socket, sys, time
from pathlib import Path
data, result = Path(os.environ["ML_CICD_EVALUATION_SET"]), Path(os.environ["ML_CICD_PREDICTIONS"])
"""
LOOK = """
def reaches(address):
    try:
        socket.create_connection(address, 2).close()
    except OSError:
        return False
    return True
seen = {
    "rows": data.read_text(), "user": os.getuid(), "variables": sorted(os.environ),
    "network": [name for _, name in socket.if_nameindex()], "outside": reaches(("1.1.1.1", 53)),
    "socket": Path("/var/run/docker.sock").exists(), "secrets": Path("/run/secrets").exists(),
    "memory": Path("/sys/fs/cgroup/memory.max").exists() and Path("/sys/fs/cgroup/memory.max").read_text().strip(),
}
(result / "predictions.csv").write_text(json.dumps(seen))
"""
WRITE = '(result / "predictions.csv").write_text(data.read_text())\n'


@pytest.fixture(scope="module")
def release(
    client: docker.DockerClient, own_services: Services, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    """Return what builds and pushes a release whose command has these lines, for a user that may write nothing."""

    def built(label: str, lines: str) -> str:
        folder = tmp_path_factory.mktemp(label)
        (folder / "evaluate.py").write_text(BEGIN + lines)
        (folder / "Dockerfile").write_text('ARG BASE\nFROM ${BASE}\nCOPY evaluate.py /\nUSER 10001\nCMD ["never"]\n')
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ML_CICD_BASE", own_services.base)
            image = images.build(folder, folder / "Dockerfile", tag=f"ml-cicd-test/evaluate:{label}")
        return images.push(client, image, f"{own_services.registry}/ml-cicd-test-evaluate", label)

    return built


@pytest.fixture
def published(
    client: docker.DockerClient, own_services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., str]]:
    """Return what pushes files of a project as its evaluation set."""
    monkeypatch.setenv("ML_CICD_REGISTRY", own_services.registry)
    monkeypatch.setenv("GITHUB_REPOSITORY", f"local/{NAME}")
    references = []

    def publish(files: dict[str, str], name: str = "rows.csv") -> str:
        for file, text in files.items():
            (tmp_path / "data" / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "data" / file).write_text(text)
            (tmp_path / "data" / file).chmod(0o600)
        config = parse(CONFIG.format(name=NAME, set=name))
        references.append(evaluation_set.publish(config, tmp_path, "never asked"))
        return references[-1]

    yield publish
    for image in client.api.images():  # `images.list` asks for each, and other tests remove theirs meanwhile
        if any(f"{NAME}-evaluation" in tag for tag in image["RepoTags"] or ()):
            client.images.remove(image["Id"], force=True)


def prepared(client: docker.DockerClient, image: str, folder: Path, *, timeout: float = 60) -> Evaluation:
    settings = GateSettings(
        (MetricSettings("accuracy", 0.01),), COMMAND, "data/rows.csv", timeout=timeout, memory="64m"
    )
    return evaluation.prepare(client, NAME, settings, image, folder)


def test_it_sees_its_set_and_nothing_else(
    client: docker.DockerClient, published: Callable[..., str], release: Callable[..., str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("GITHUB_TOKEN", "REGISTRY_TOKEN", "APP_SECRETS"):
        monkeypatch.setenv(name, "a secret of the job")
    image = published({"rows.csv": "id\n1\n"})
    file = prepared(client, image, tmp_path).predict(COMMAND, release("look", LOOK), tmp_path / "candidate")
    seen = json.loads(file.read_text())
    assert (seen["rows"], seen["user"]) == ("id\n1\n", 10001)
    assert (seen["outside"], seen["socket"], seen["secrets"]) == (False, False, False)
    assert [name for name in seen["network"] if not name.startswith(("lo", "tunl", "ip6tnl", "sit"))] == []
    assert not [name for name in seen["variables"] if "TOKEN" in name or "SECRET" in name]
    assert [name for name in seen["variables"] if name.startswith("ML_CICD")] == [
        "ML_CICD_EVALUATION_SET",
        "ML_CICD_PREDICTIONS",
    ]
    assert seen["memory"] in (str(64 << 20), False)  # False: the engine has cgroups of version 1


def test_what_one_model_does_to_the_set_the_other_one_does_not_see(
    client: docker.DockerClient, published: Callable[..., str], release: Callable[..., str], tmp_path: Path
) -> None:
    image = published({"rows.csv": "id\n1\n"})
    greedy = release("greedy", WRITE + "os.chmod(data, 0o666)\ndata.write_text('')\n")
    both = prepared(client, image, tmp_path)
    with pytest.raises(CheckFailedError, match="exit code 1"):  # it may not write the set
        both.predict(COMMAND, greedy, tmp_path / "candidate")
    assert both.predict(COMMAND, release("plain", WRITE), tmp_path / "champion").read_text() == "id\n1\n"


def test_a_folder_is_a_set_and_its_content_names_it(
    client: docker.DockerClient, published: Callable[..., str], release: Callable[..., str], tmp_path: Path
) -> None:
    first = published({"all/a.csv": "1", "all/more/b.csv": "2"}, "all")
    assert published({}, "all") == first
    lines = '(result / "predictions.parquet").write_text(" ".join(sorted(p.name for p in data.rglob("*.csv"))))\n'
    settings = GateSettings((MetricSettings("accuracy", 0.01),), COMMAND, "data/all")
    both = evaluation.prepare(client, NAME, settings, first, tmp_path)
    file = both.predict(COMMAND, release("folder", lines), tmp_path / "candidate")
    assert (file.name, file.read_text()) == ("candidate.parquet", "a.csv b.csv")
    assert published({"all/a.csv": "3"}, "all") != first


@pytest.mark.parametrize(
    ("label", "lines", "timeout", "message"),
    [
        ("late", "time.sleep(600)\n", 2, "did not end within 2 s"),
        ("hungry", "x = bytearray(512 << 20)\n", 60, "out of memory|SIGKILL"),
        ("bad", "sys.exit(3)\n", 60, "failed with exit code 3"),
        ("silent", "pass\n", 60, "left neither predictions.csv"),
        ("link", '(result / "predictions.csv").symlink_to("/etc/passwd")\n', 60, "is no plain file"),
        ("folder2", '(result / "predictions.csv").mkdir()\n', 60, "is no plain file"),
        ("both", WRITE + '(result / "predictions.parquet").write_text("")\n', 60, "left both"),
    ],
)
def test_what_is_no_evaluation_fails_and_leaves_no_container(
    client: docker.DockerClient, published: Callable[..., str], release: Callable[..., str], tmp_path: Path, *,
    label: str, lines: str, timeout: float, message: str,
) -> None:  # fmt: skip
    both = prepared(client, published({"rows.csv": "id\n1\n"}), tmp_path, timeout=timeout)
    with pytest.raises(CheckFailedError, match=message):
        both.predict(COMMAND, release(label, lines), tmp_path / "candidate")
    left = client.containers.list(all=True, filters={"label": [f"ml-cicd.project={NAME}", "ml-cicd.role=evaluation"]})
    assert left == []


def test_functions_run_in_a_release_and_leave_their_numbers(
    client: docker.DockerClient, published: Callable[..., str], release: Callable[..., str], tmp_path: Path
) -> None:
    image, plain = published({"rows.csv": "id\n1\n"}), release("plain", WRITE)
    models = {name: tmp_path / f"{name}.csv" for name in ("candidate", "champion")}
    models["candidate"].write_text("id,day\n1,mon\n2,mon\n3,tue\n")
    models["champion"].write_text("id,day\n1,mon\n2,tue\n3,tue\n")

    def numbers(function: str) -> dict[str, str]:
        metric = MetricSettings("own", 1, direction="lower", function=function)
        settings = GateSettings((metric,), COMMAND, "data/rows.csv", memory="64m", columns={"group": "day"})
        both = evaluation.prepare(client, NAME, settings, image, tmp_path)
        files = project_metrics.measure(both, plain, COMMAND, models, tmp_path)["own"]
        return {name: file.read_text() for name, file in files.items()}

    assert numbers("builtins:len") == {
        "candidate": "group,value\nmon,2.0\ntue,1.0\n", "champion": "group,value\nmon,1.0\ntue,2.0\n"
    }  # fmt: skip
    with pytest.raises(CheckFailedError, match=r"own \(builtins:next\) were not computed: exit code 1"):
        numbers("builtins:next")
