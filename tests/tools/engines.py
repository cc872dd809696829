"""Run a few tests of the Docker target against another engine: `engines.py [ENGINE]`.

Without a name: the engine of DOCKER_HOST, which has all images that `ml-cicd local up` needs or can pull them. By name:
an engine that is started for this, as root, with data and a network of its own. Ends with 69 if it can't be started.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import UnreachableError
from cicd.forge import state
from cicd.forge.machine import base_images, engine_setup
from cicd.oci import engine, images, podman

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
FILE = "tests/deploy/test_docker_target.py"
TESTS = (
    "test_release_answers_at_its_url", "test_r1_users_reach_the_ordered_digest",
    "test_only_an_accepted_release_replaces_the_old", "test_r2_r3_bad_release_never_answers_a_user",
    "test_switch_without_an_answer_is_undone", "test_r6_same_release_is_only_tested_again",
    "test_r8_retained_release_needs_no_registry", "test_secrets_arrive_only_as_files",
)  # fmt: skip
PACKAGES = "docker.io,docker-cli,iptables"
IN_ROOT = """set -eu
ip link set lo up
mount --bind "$1" "$1"
for folder in proc sys dev; do mount --rbind /$folder "$1/$folder"; done
mkdir -p "$1$2" && mount --bind "$2" "$1$2"
cd "$1" && pivot_root . mnt && umount --lazy /mnt
shift 2
exec "$@"
"""
"""Start a program in a root of its own, where it finds the folder `$2` too; no mount leaves its namespace."""
TUNNEL = 'mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200 && exec "$@"'
"""Start a program that may make a tunnel, as an account may on most machines."""


def debian(folder: Path, settings: str) -> Sequence[str]:
    """Return what starts the Docker of Debian 13 in a root of its own, which is made if it is not there."""
    needed("mmdebstrap", "unshare", "nsenter")
    root = state.cache() / "engines" / "trixie"
    if not (root / "usr/sbin/dockerd").exists():
        print(f"making {root} from packages of Debian 13", flush=True)
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        command = ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", str(root)]
        if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
            raise UnreachableError("mmdebstrap can't make a root of Debian 13.", f"Run it to see why: {command}")
    (folder / "daemon.json").write_text(settings)
    inside = ["unshare", "--net", "--mount", "sh", "-c", IN_ROOT, "sh", str(root), str(folder)]
    return [*inside, "dockerd", f"--config-file={folder}/daemon.json", *places(folder)]


def rootless(folder: Path) -> Sequence[str]:
    """Return what starts this machine's Docker as the first account that has user ids for it."""
    needed("rootlesskit", "slirp4netns", "newuidmap", "setpriv")
    script = next(Path("/usr").glob("share/docker*/contrib/dockerd-rootless.sh"), None) or shutil.which(
        "dockerd-rootless.sh"
    )
    account = Path("/etc/subuid").read_text("utf-8").partition(":")[0]
    if not script or not account:
        raise UnreachableError("There is no dockerd-rootless.sh, or no account in /etc/subuid.", "Add what is missing.")
    user = pwd.getpwnam(account)
    for place in (folder, folder / "data"):
        place.mkdir(exist_ok=True)
        os.chown(place, user.pw_uid, user.pw_gid)
    variables = [f"HOME={user.pw_dir}", f"XDG_RUNTIME_DIR={folder}", f"PATH={os.environ['PATH']}"]
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]
    return [
        "unshare",
        "--mount",
        "sh",
        "-c",
        TUNNEL,
        "sh",
        "setpriv",
        *ids,
        "env",
        "--ignore-environment",
        *variables,
        str(script),
        *places(folder),
    ]


ENGINES: dict[str, Callable[[Path], Sequence[str]]] = {
    "docker-26": lambda folder: debian(folder, "{}"),
    "docker-26-containerd": lambda folder: debian(folder, '{"features": {"containerd-snapshotter": true}}'),
    "rootless": rootless,
}


def needed(*programs: str) -> None:
    """End with 69 unless this is root and the programs are there."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing or os.geteuid():
        raise UnreachableError(f"This needs root and {', '.join(missing or programs)}.", "Install them, as root.")


def places(folder: Path) -> list[str]:
    """Return the options of a dockerd that has everything in one folder."""
    socket = f"--host=unix://{folder}/docker.sock"
    return [socket, f"--data-root={folder}/data", f"--exec-root={folder}/run", f"--pidfile={folder}/own.pid"]


@contextmanager
def started(name: str) -> Iterator[list[str]]:
    """Start an engine, and set DOCKER_HOST; yield what runs a command in its network."""
    engine_setup.complete_path()
    with tempfile.TemporaryDirectory(prefix="engine-", dir="/var/tmp", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        folder.chmod(0o755)
        address, log = f"unix://{folder}/docker.sock", folder / "log"
        engine_setup.start_daemon(ENGINES[name](folder), address, log, print)
        process = int((log / "dockerd.pid").read_text())
        try:
            carry_over(address)
            os.environ["DOCKER_HOST"] = address
            yield ["nsenter", f"--net=/proc/{process}/ns/net", "--"]
        finally:
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)
            subprocess.run(["rm", "-rf", str(folder / "data")], check=False)


def carry_over(address: str) -> None:
    """Copy the images of base, registry and proxy from this machine's engine to another one."""
    here, there = engine.connect(), engine.client(address)
    base = base_images.python_image(here, print)
    names = [base or base_images.PYTHON]
    names += [base_images.registry_image(here, base, print), base_images.proxy_image(here, base, print)]
    for name in names:
        if not images.present(there, name):
            there.images.load(b"".join(here.images.get(name).save(named=name)))


def report(name: str, inside: Sequence[str]) -> int:
    """Run the tests against the engine of DOCKER_HOST, print their numbers, and return the exit code."""
    version = engine.connect().version()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"{FILE}::{test}" for test in TESTS)]
    done = subprocess.run([*inside, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)
    numbers = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    passed, failed = numbers.get("passed", 0), numbers.get("failed", 0) + numbers.get("error", 0)
    print(f"engine {name} {version['Version']} (API {version['ApiVersion']}): {passed} passed, {failed} failed")
    return done.returncode


def refused() -> int:
    """Start Podman's service, and return 0 if the kit refuses it by its name."""
    needed("podman")
    version = subprocess.run(["podman", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    with tempfile.TemporaryDirectory(prefix="engine-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        address, storage = f"unix://{folder}/docker.sock", [f"--root={folder}/data", f"--runroot={folder}/run"]
        command = ["podman", "--storage-driver=vfs", *storage, "system", "service", "--time=0", address]
        with subprocess.Popen(command) as service:
            deadline = time.monotonic() + engine_setup.SECONDS_TO_ANSWER
            while (problem := engine.problem(address)) != podman.PROBLEM and time.monotonic() < deadline:
                time.sleep(0.2)
            service.terminate()
    passed = int(problem == podman.PROBLEM)
    print(
        f"engine podman {version}: {passed} passed, {1 - passed} failed (the kit should refuse it, and said: {problem})"
    )
    return 1 - passed


def main(arguments: Sequence[str]) -> int:
    """Run the tests against the named engine, or that of DOCKER_HOST, and return the exit code."""
    name = arguments[0] if arguments else ""
    if name and name not in (*ENGINES, "podman"):
        print(f"There is no engine {name!r}; there are: {', '.join(ENGINES)}, podman", file=sys.stderr)
        return 2
    try:
        if name == "podman":
            return refused()
        with ExitStack() as stack:
            return report(name or "of DOCKER_HOST", stack.enter_context(started(name)) if name else [])
    except UnreachableError as error:
        print(f"engine {name}: not tested. {error.message}\n{error.hint}", file=sys.stderr)
        return UnreachableError.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
