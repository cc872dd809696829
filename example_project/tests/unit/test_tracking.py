"""Without MLflow, which no image has, a training is recorded in a file; the script finds the bundle of any image."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flights.tracking import __main__ as tracking
from tests.unit.conftest import PROJECT, Trained

LABELS = ("ml-cicd.bundle", "ml-cicd.trained-in", "org.opencontainers.image.revision")
RELEASE, BUNDLE = "registry.example/flights@sha256:1", "registry.example/flights/bundle@sha256:2"

# An engine whose images are folders, and tools that do nothing but say how they were called.
STAND_IN = r"""#!/bin/sh
set -eu
for last; do :; done
case "${0##*/} $1 ${2-}" in
"docker image inspect")
    [ -d "$HERE/local/$last" ]
    label=$(echo "$*" | sed -n 's/.*index . "\([^"]*\)".*/\1/p')
    [ -z "$label" ] || [ ! -f "$HERE/local/$last/$label" ] || cat "$HERE/local/$last/$label" ;;
"docker pull --quiet")
    echo "pulled $last"
    mkdir -p "$HERE/local/$last"
    cp -r "$HERE/registry/$last/." "$HERE/local/$last" ;;
"docker create "*) echo "$2" ;;
"docker cp "*) cp -r "$HERE/local/${2%%:/*}/files/${2#*:/}" "$last" ;;
"ml-cicd history "*) cat "$HERE/$2.json" ;;
"python3 -c "*) exec "$PYTHON" "$@" ;;
"python3 -m venv" | "uv venv "*) mkdir -p "$last/bin"; for name in pip uv python; do cp "$0" "$last/bin/$name"; done ;;
"python -m flights.tracking") shift 2; echo "$1 <$(cat "$3/name")> commit <$5> image <$7>" ;;
esac
"""


def test_a_training_is_recorded_in_a_file_and_mlflow_is_said_to_be_off(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ML_CICD_COMMIT", "1234567")
    monkeypatch.delenv("ML_CICD_DIGEST", raising=False)
    assert tracking.main(["record", "--bundle", str(trained.directory), "--runs", str(tmp_path)]) == 0
    assert "MLflow is off: it is not installed here" in capsys.readouterr().out
    (file,) = tmp_path.iterdir()
    kept = json.loads(file.read_text())
    assert kept["models"] == trained.metadata["models"]
    assert {name: kept[name] for name in ("bundle", "data", "lock", "commit", "image")} == {
        "bundle": trained.bundle.digest,
        "data": trained.metadata["data"],
        "lock": trained.metadata["lock"],
        "commit": "1234567",
        "image": None,
    }


def test_promoting_needs_mlflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert tracking.main(["promote", "--service", "http://localhost:1"]) == 2
    assert "requirements/tracking.txt" in capsys.readouterr().err


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """An engine with a release built by hand, and a registry with a release that was recorded and its bundle."""
    labels = {RELEASE: [BUNDLE, "", ""], BUNDLE: ["", "sha256:3", "1234567"], "flights": ["", "", ""], "other": []}
    for image, place, folder in (
        (RELEASE, "registry", "opt/bundle"),
        (BUNDLE, "registry", "bundle"),
        ("flights", "local", "opt/bundle"),
        ("other", "local", "elsewhere"),
    ):
        files = tmp_path / place / image / "files" / folder
        files.mkdir(parents=True)
        (files / "name").write_text(f"that of {image}")
        for label, value in zip(LABELS, labels[image], strict=False):
            (tmp_path / place / image / label).write_text(value)
    (tmp_path / "bin").mkdir()
    for name in ("docker", "ml-cicd", "python3"):
        (tmp_path / "bin" / name).write_text(STAND_IN)
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def track(images: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = {"HERE": str(images), "PYTHON": sys.executable, "PATH": f"{images / 'bin'}:{os.environ['PATH']}"}
    command = ["/bin/sh", str(PROJECT / "cicd" / "tracking" / "track.sh"), *words]
    return subprocess.run(command, env=os.environ | given, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("image", "pulled", "told"),
    [
        (RELEASE, [RELEASE, BUNDLE], f"promote <that of {BUNDLE}> commit <1234567> image <sha256:3>"),
        (BUNDLE, [BUNDLE], f"promote <that of {BUNDLE}> commit <1234567> image <sha256:3>"),
        ("flights", [], "promote <that of flights> commit <> image <>"),
    ],
)
def test_the_script_finds_the_bundle_and_pulls_only_what_is_not_there(
    images: Path, image: str, pulled: list[str], told: str
) -> None:
    assert track(images, "promote", image).stdout.splitlines() == [*(f"pulled {name}" for name in pulled), told]
    assert track(images, "promote", image).stdout.splitlines() == [told]


def entry(result: str = "passed", **images: str) -> dict[str, object]:
    return {"deployment": {"result": result, "bundle": "", "release": "", **images}}


def sync(images: Path, **histories: list[dict[str, object]]) -> subprocess.CompletedProcess[str]:
    """What the script does where the ledger of each environment holds these entries, newest first."""
    for environment, entries in histories.items():
        (images / f"{environment}.json").write_text(json.dumps(entries))
    return track(images, "sync")


def test_the_ledger_says_who_is_challenger_and_who_is_champion(images: Path) -> None:
    done = sync(
        images,
        integration=[
            entry("failed", bundle="broken"),
            entry(release=RELEASE),  # an older release, brought there by hand
            entry(bundle=BUNDLE, release=RELEASE),
            entry(bundle="older"),
        ],
        production=[entry("failed", release="broken"), entry(release="flights"), entry(release="older")],
    )
    assert done.stdout.splitlines() == [
        f"pulled {BUNDLE}",
        f"record <that of {BUNDLE}> commit <1234567> image <sha256:3>",
        "promote <that of flights> commit <> image <>",
    ]


def test_an_empty_ledger_has_neither(images: Path) -> None:
    done = sync(images, integration=[], production=[])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_ledger_that_can_not_be_read_ends_the_script(images: Path) -> None:
    done = track(images, "sync")
    assert done.returncode != 0
    assert done.stdout == ""


def test_the_script_says_which_image_has_no_bundle(images: Path) -> None:
    done = track(images, "promote", "other")
    assert (done.returncode, done.stdout) == (2, "")
    assert "other is neither a release nor a model bundle." in done.stderr
