"""The tests' cluster: started by a script, taken away in any case, or missing with a reason."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from cicd.forge.machine import apt
from tests.tools import cluster

ROOT = Path(__file__).parents[2]
SCRIPT = """#!/bin/sh
echo "$1" >>{log}
case $1 in up) mkdir -p "$2"; {up} ;; esac
"""
CLUSTER = 'echo starting; touch "$2/config"; echo "KUBECONFIG=$2/config"'


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed on this machine."""
    monkeypatch.setattr(apt, "usable", lambda: False)
    for variable in ("KUBECONFIG", "NO_CLUSTER"):
        monkeypatch.delenv(variable, raising=False)


def script(folder: Path, up: str) -> tuple[str, Path]:
    """Return a script whose verb `up` does this, and the file in which it notes its calls."""
    file, log = folder / "cluster.sh", folder / "calls"
    file.write_text(SCRIPT.format(log=log, up=up))
    file.chmod(0o755)
    return str(file), log


def test_command_runs_on_the_scripts_cluster(tmp_path: Path) -> None:
    start, log = script(tmp_path, CLUSTER)
    told = tmp_path / "told"
    before = signal.getsignal(signal.SIGTERM)
    assert cluster.main([start, "--", "sh", "-c", f'cat "$KUBECONFIG" && echo "$KUBECONFIG" >{told}; exit 3']) == 3
    assert told.read_text().endswith("/cluster/config\n")
    assert not Path(told.read_text().strip()).parent.parent.exists()
    assert log.read_text().split() == ["up", "down"]
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("up", "reason"),
    [
        ("echo no etcd >&2; exit 69", "no etcd"),
        ("exit 1", "cluster.sh up ended with exit code 1"),
        ("echo done", "cluster.sh up ended with exit code 0"),
    ],
)
def test_missing_cluster_has_a_reason(tmp_path: Path, up: str, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    start, log = script(tmp_path, up)
    command = ["--", "sh", "-c", 'echo "reason: $NO_CLUSTER"; exit 5']
    assert cluster.main([start, *command]) == 69
    assert f"{reason}\n" in capfd.readouterr().err
    assert cluster.main(["--optional", start, *command]) == 5
    assert f"{reason}\n" in capfd.readouterr().out
    assert log.read_text().split() == ["up", "down"] * 2


def test_script_that_cannot_start_has_a_reason(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cluster"
    file.write_text("no program")
    with pytest.raises(PermissionError):  # also `down` can't be run: that is the person's mistake
        cluster.main([str(file), "--", "true"])
    assert "can't be started: Permission denied" in capfd.readouterr().err


def test_node_on_this_engine_removes_no_images_of_others(tmp_path: Path) -> None:
    """A node removes what no pod uses from a disk that is 85 % full: also the base image of all builds."""
    up = """
    mkdir "$2/log"; cd "$2"
    printf '#!/bin/sh\\necho "$NODE $PWD $*"\\nwhile :; do sleep 0.1; done\\n' >kubelet; chmod +x kubelet
    NODE=one ./kubelet --config=x >log/kubelet.log 2>&1 & echo $! >kubelet.pid
    until [ -s log/kubelet.log ]; do sleep 0.01; done; touch config; echo "KUBECONFIG=$2/config"
    """
    start, _ = script(tmp_path, up)
    seen = tmp_path / "seen"
    command = """cd "$(dirname "$KUBECONFIG")"
    until [ "$(wc -l <log/kubelet.log)" = 2 ]; do sleep 0.01; done
    { cat log/kubelet.log; pwd; } >"$0"; kill "$(cat kubelet.pid)" """
    assert cluster.main([start, "--", "timeout", "20", "sh", "-c", command, str(seen)]) == 0
    first, second, folder = seen.read_text().splitlines()
    assert first == f"one {folder} --config=x"
    assert second == f"one {folder} --config=x --image-gc-high-threshold=100"


@pytest.mark.parametrize(
    ("beside", "variables", "arguments", "chosen"),
    [
        (False, {}, "--may-miss kubernetes -k x", ""),
        (True, {}, "--may-miss kubernetes -k x", "../shared/kubernetes/cluster"),
        (True, {"KUBECONFIG": "/config"}, "-k x", ""),
        (True, {"CLUSTER": "/script"}, "-k x", "/script"),
    ],
)
def test_ci_looks_for_a_cluster_beside_the_clone(
    tmp_path: Path, beside: bool, variables: dict[str, str], arguments: str, chosen: str
) -> None:
    clone, make = tmp_path / "clone", tmp_path / "bin" / "make"
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci")
    make.parent.mkdir()
    make.write_text('#!/bin/sh\necho "$1 $2 CI=$CI CLUSTER=$CLUSTER"\n')
    make.chmod(0o755)
    if beside:
        start = tmp_path / "shared" / "kubernetes" / "cluster"
        start.parent.mkdir(parents=True)
        start.write_text("#!/bin/sh\n")
        start.chmod(0o755)
    inherited = {name: value for name, value in os.environ.items() if name not in ("CLUSTER", "KUBECONFIG")}
    environment = {**inherited, **variables, "PATH": f"{make.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [clone / ".ci" / "run", "-k", "x"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"test ARGS=--session-timeout 4800 --maxfail 60 {arguments} CI=true CLUSTER={chosen}\n"
