"""The set-up of a job: whole or not at all, by content, what the command needs alone, and quick when warm."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from cicd import bootstrap

MAIN = """import os, signal, sys, time
def main():
    if sys.argv[1:] == ["wait"]:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        print(os.getpid(), flush=True)
        time.sleep(60)
    present = []
    groups = ("configuration", "signatures", "engine", "yaml", "gate", "parquet")
    for name in (*(f"tiny_{group}" for group in groups), "pytest"):
        try:
            __import__(name)
            present.append(name.removeprefix("tiny_"))
        except ModuleNotFoundError:
            pass
    print(" ".join(present))
"""


def wheel(folder: Path, name: str) -> str:
    """Write a wheel with one empty module, and return its line in a lock."""
    file = folder / f"{name}-1-py3-none-any.whl"
    content = {
        f"{name}.py": "",
        f"{name}-1.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{name}-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        for path, text in content.items()
    ]
    content[f"{name}-1.dist-info/RECORD"] = "\n".join([*record, f"{name}-1.dist-info/RECORD,,", ""])
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in content.items():
            archive.writestr(zipfile.ZipInfo(path), text)  # without today's date: the same bytes in every test
    return f"{name}==1 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


class Machine:
    """A kit with locks of tiny packages, an index in a folder, and an empty tool cache with a difficult name."""

    def __init__(self, folder: Path) -> None:
        self.kit, self.wheels, self.tools = folder / "kit", folder / "wheels", folder / "tool cache 'ü'"
        self.checkout = folder / "checkout"
        for made in (self.kit / "cicd", self.kit / "requirements", self.wheels, self.checkout):
            made.mkdir(parents=True)
        shutil.copy(bootstrap.__file__, self.kit / "cicd")
        (self.kit / "cicd" / "__init__.py").touch()
        (self.kit / "cicd" / "cli.py").write_text(MAIN)
        for group in bootstrap.GROUPS:
            (self.kit / "requirements" / f"{group}.txt").write_text(wheel(self.wheels, f"tiny_{group}"))
        settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "RUNNER_TOOL_CACHE": str(self.tools)}
        hostile = {"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_CONFIG_FILE": os.devnull}
        self.environment = {**os.environ, **settings, **hostile, "HOME": str(folder)}
        self.environment.pop("GITHUB_PATH", None)

    def start(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, self.kit / "cicd" / "bootstrap.py", *filter(None, [command])], cwd=self.checkout,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def set_up(self, command: str = "") -> Path:
        """Set a job up and return the launcher."""
        process = self.start(command)
        output, errors = process.communicate()
        assert (process.returncode, errors) == (0, "")
        return Path(output.strip()) / "ml-cicd"

    def groups(self, command: str = "") -> list[str]:
        """Return the groups of packages that the command finds after its set-up."""
        return self.run(self.set_up(command))

    def run(self, launcher: Path) -> list[str]:
        done = subprocess.run(
            [launcher], cwd=self.checkout, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.split()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tool cache into which pip has installed all groups."""
    other = Machine(tmp_path_factory.mktemp("installed"))
    other.set_up()
    return other.tools


@pytest.fixture
def warm(machine: Machine, installed: Path) -> Machine:
    """Return a machine on which an earlier job needed the packages of `ml-cicd record`."""
    for folder in (installed / "ml-cicd").iterdir():
        if folder.name.startswith(("configuration", "signatures")):
            shutil.copytree(folder, machine.tools / "ml-cicd" / folder.name)
    return machine


def test_any_change_of_content_changes_the_hash(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    first = bootstrap.content_hash([file], tmp_path)
    file.touch()
    assert bootstrap.content_hash([file], tmp_path) == first
    assert bootstrap.content_hash([file], tmp_path, "another Python") != first
    file.write_text("x = 2")
    assert bootstrap.content_hash([file], tmp_path) != first
    renamed = file.rename(tmp_path / "b.py")
    renamed.write_text("x = 1")
    assert bootstrap.content_hash([renamed], tmp_path) != first


def test_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bootstrap.make(tmp_path / "target", fail)
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_make_the_same_one_wins(tmp_path: Path) -> None:
    target = tmp_path / "target"

    def meanwhile(folder: Path) -> None:
        (folder / "mine").touch()
        bootstrap.make(target, lambda other: (other / "theirs").touch())

    bootstrap.make(target, meanwhile)
    assert [file.name for file in target.iterdir()] == ["theirs"]
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_job_left_is_removed_a_day_later(tmp_path: Path) -> None:
    killed = "import os, pathlib, sys; from cicd import bootstrap; target = pathlib.Path(sys.argv[1])\n"
    killed += "bootstrap.make(target, lambda draft: os._exit(9))"
    assert subprocess.run([sys.executable, "-c", killed, tmp_path / "target"], check=False).returncode == 9
    (left,) = tmp_path.iterdir()
    bootstrap.make(tmp_path / "target", lambda _: None)
    assert {*tmp_path.iterdir()} == {left, tmp_path / "target"}
    yesterday = time.time() - 25 * 60 * 60
    os.utime(left, (yesterday, yesterday))
    bootstrap.make(tmp_path / "other", lambda _: None)
    assert {*tmp_path.iterdir()} == {tmp_path / "target", tmp_path / "other"}


@pytest.mark.case("K7", "a tool cache whose path has a blank")
def test_a_job_gets_the_packages_of_its_command_alone(warm: Machine, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert Machine(tmp_path_factory.mktemp("bare")).groups("conclude") == []
    assert warm.groups("record") == ["configuration", "signatures"]
    assert warm.groups("test") == ["configuration", "signatures", "engine"]
    assert warm.groups() == list(bootstrap.GROUPS)


def test_warm_set_up_asks_no_index(warm: Machine) -> None:
    shutil.rmtree(warm.wheels)
    assert warm.groups("record") == ["configuration", "signatures"]


def test_changed_lock_installs_its_group_again(warm: Machine) -> None:
    warm.set_up("record")
    lock = warm.kit / "requirements" / "signatures.txt"
    lock.write_text(lock.read_text() + "# another\n")
    (warm.wheels / "tiny_configuration-1-py3-none-any.whl").unlink()
    assert warm.groups("record") == ["configuration", "signatures"]
    names = sorted(folder.name.rpartition("-")[0] for folder in (warm.tools / "ml-cicd").iterdir())
    assert names == ["configuration", "kit", "kit", "signatures", "signatures"]


def test_two_jobs_at_once_both_get_their_command(machine: Machine) -> None:
    jobs = [machine.start("record") for _ in range(2)]
    outputs = [job.communicate()[0].strip() for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0]
    for output in outputs:
        assert machine.run(Path(output) / "ml-cicd") == ["configuration", "signatures"]
    assert len(list((machine.tools / "ml-cicd").iterdir())) == 3


def test_other_content_than_the_lock_names_is_not_installed(warm: Machine) -> None:
    lock = warm.kit / "requirements" / "signatures.txt"
    lock.write_text(f"tiny_signatures==1 --hash=sha256:{'0' * 64}\n")
    job = warm.start("record")
    errors = job.communicate()[1]
    assert job.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in errors
    assert "pip could not install" in errors
    folders = [folder.name for folder in (warm.tools / "ml-cicd").iterdir()]
    assert len([name for name in folders if name.startswith("signatures")]) == 1, "that of the earlier job"
    assert not [name for name in folders if name.startswith(("kit", "tmp"))]


def test_files_of_the_checkout_are_not_imported(warm: Machine) -> None:
    for name in ("cicd", "pip", "tiny_yaml", "runpy"):
        (warm.checkout / f"{name}.py").write_text("raise SystemExit('the checkout was imported')")
    warm.environment["PYTHONPATH"] = str(warm.checkout)
    process = subprocess.Popen(
        [sys.executable, "-I", warm.kit / "cicd" / "bootstrap.py", "test"], cwd=warm.checkout,
        env=warm.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert warm.run(Path(process.communicate()[0].strip()) / "ml-cicd") == ["configuration", "signatures", "engine"]


def test_packages_of_the_machine_are_not_seen(machine: Machine) -> None:
    machine.environment["PYTHONPATH"] = str(machine.wheels / "tiny_yaml-1-py3-none-any.whl")
    assert machine.groups("conclude") == []


def test_sigterm_reaches_python(machine: Machine) -> None:
    job = subprocess.Popen([machine.set_up("conclude"), "wait"], stdout=subprocess.PIPE, text=True)
    assert job.stdout
    assert job.stdout.readline() == f"{job.pid}\n"
    job.send_signal(signal.SIGTERM)
    assert job.wait(10) == 7
    job.stdout.close()


def test_every_way_to_a_pip_installs(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = list(bootstrap.pips(tmp_path / "venv"))
    assert len(ways) >= 3, "pip of the machine, one that ensurepip brings, one of a new environment"
    absent = [sys.executable, "-I", "-S", "-m", "pip"]
    monkeypatch.setattr(bootstrap, "LOCKS", machine.kit / "requirements")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.setenv(name, machine.environment[name])
    for number, pip in enumerate(ways):
        monkeypatch.setattr(bootstrap, "pips", lambda _, pip=pip: iter([absent, pip]))
        bootstrap.install(tmp_path / str(number), "yaml")
        assert (tmp_path / str(number) / "tiny_yaml.py").is_file()
    monkeypatch.setattr(bootstrap, "pips", lambda _: iter([absent]))
    with pytest.raises(SystemExit, match="apt-get install python3-pip"):
        bootstrap.install(tmp_path / "none", "yaml")


def test_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap, "MINIMUM", (9, 0))
    assert bootstrap.main() == 2
    assert "ml-cicd needs Python 9.0 or newer" in capsys.readouterr().err
