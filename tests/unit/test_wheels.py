"""What a build left must be wheels, and what a project delivers alone is proven by importing it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from cicd import config as configuration
from cicd.errors import CheckFailedError, UsageError
from cicd.produce import conventions, readiness, wheels
from tests.unit.support import package_index
from tests.unit.support.fake_engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

ALONE = 'name = "flights"\n[deliverables.flights]\nkind = "package"\n'
NAME = "flights-1.0-py3-none-any.whl"
PYPROJECT = '[project]\nname = "flights"\nversion = "1.0"\n'


def test_wheel_is_known_by_its_sha256_and_what_it_lets_be_imported(tmp_path: Path) -> None:
    wheel = wheels.check(package_index.wheel(tmp_path))
    assert wheel.file == "flights-1.0-py3-none-any.whl"
    assert wheel.imports == ("flights",)
    assert dict(wheels.metadata(tmp_path / wheel.file))["Description"].strip() == "A text."
    more = wheels.check(package_index.wheel(tmp_path, "core"))
    assert wheels.Wheels("image", (wheel, more)).proof == ("python", "-c", "import flights; import core")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("flights.whl", "is no name of a wheel"),
        ("flights-2.0-py3-none-any.whl", "describes itself as flights 1.0"),
        ("other-1.0-py3-none-any.whl", "describes itself as flights 1.0"),
    ],
)
def test_wheel_whose_name_is_not_that_of_its_metadata_is_refused(tmp_path: Path, name: str, message: str) -> None:
    path = package_index.wheel(tmp_path).rename(tmp_path / name)
    with pytest.raises(CheckFailedError, match=message):
        wheels.check(path)


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flights-1.0-py3-none-any.whl"
    for content in (b"no zip", b""):
        path.write_bytes(content)
        with pytest.raises(CheckFailedError, match="is no wheel"):
            wheels.check(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("flights/__init__.py", "")
    with pytest.raises(CheckFailedError, match="it has no METADATA"):
        wheels.check(path)


def test_wheel_whose_compressed_metadata_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flights-1.0-py3-none-any.whl"
    member = "flights-1.0.dist-info/METADATA"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, "Metadata-Version: 2.1\nName: flights\nVersion: 1.0\n")
    content = bytearray(path.read_bytes())
    start = 30 + len(member)  # the local header of a zip's member has 30 bytes and the member's name
    content[start : start + 4] = b"\xff" * 4
    path.write_bytes(content)
    with pytest.raises(CheckFailedError, match="is no wheel"):
        wheels.check(path)


def test_two_packages_with_one_name_are_refused(tmp_path: Path) -> None:
    first = wheels.check(package_index.wheel(tmp_path))
    second = wheels.check(package_index.wheel(tmp_path, version="2.0"))
    core = wheels.check(package_index.wheel(tmp_path, "core"))
    wheels.check_names(["packages/flights", "packages/core"], [first, core])
    for built in ([first], [first, second]):  # the same file, written twice, or two versions
        with pytest.raises(CheckFailedError, match="packages/a, packages/b have one name") as caught:
            wheels.check_names(["packages/a", "packages/b"], built)
        assert "pyproject.toml" in caught.value.hint


@pytest.mark.parametrize(
    ("members", "imports"),
    [
        (["my_flights/__init__.py", "tests/__init__.py"], ("my_flights",)),
        (["flights.cpython-311-x86_64-linux-gnu.so"], ("flights",)),
        (["one/a.py", "two.py", "_hidden.py", "tests/test_a.py"], ("one", "two")),
        (["one/a.py", *(f"{name}/a.py" for name in ("test", "docs", "doc", "examples", "benchmarks"))], ("one",)),
    ],
)
def test_what_a_wheel_lets_be_imported(tmp_path: Path, members: list[str], imports: tuple[str, ...]) -> None:
    name = "my_flights" if "my_flights" in members[0] else "flights"
    path = tmp_path / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "")
        archive.writestr(f"{name}-1.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    assert wheels.check(path).imports == imports


def test_a_project_that_delivers_packages_alone_needs_nothing_but_their_declaration(tmp_path: Path) -> None:
    config = configuration.parse(ALONE)
    assert config.is_package_alone
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "flights.py").write_text("")
    built, release = conventions.wheels(config, tmp_path), conventions.release(config, tmp_path)
    assert "uv build --quiet --wheel --out-dir /wheels ./." in built.text
    assert "pip install --quiet --compile-bytecode /wheels/*.whl" in release.text
    assert conventions.test_image(config, tmp_path).text


def test_one_build_makes_the_wheels_of_all_packages(tmp_path: Path) -> None:
    config = configuration.parse(ALONE + 'paths = ["packages/core", "packages/cli"]\n')
    for name, python in (("core", ">=3.12"), ("cli", ">=3.11")):
        folder = tmp_path / "packages" / name
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(f'{PYPROJECT}requires-python = "{python}"\n')
    text = conventions.wheels(config, tmp_path).text
    assert text.count("FROM ") == 2
    assert text.count("/wheels ./packages/") == 2
    assert "ARG BASE=python:3.12-slim-bookworm" in text, "a Python that all accept"


def test_a_dockerfile_of_the_project_leaves_its_wheels_in_a_folder_of_the_image(tmp_path: Path) -> None:
    config = configuration.parse(ALONE + 'dockerfile = "wheels/Dockerfile"\n')
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "Dockerfile").write_text("FROM builder\n")
    assert conventions.wheels(config, tmp_path).file == tmp_path / "wheels" / "Dockerfile"
    engine = Engine(holds={"built": {f"wheels/{NAME}": b"wheel", "wheels/notes.txt": b"", "other/b.whl": b""}})
    for image in ("built", "empty"):
        engine.add_image(image)
    assert [path.name for path in wheels.extract(engine.client(), "built", tmp_path)] == [NAME]
    assert (tmp_path / "wheels" / NAME).read_bytes() == b"wheel"
    assert wheels.extract(engine.client(), "empty", tmp_path) == []


def test_wheels_of_two_branches_have_images_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build at the same time must not put its wheels under the name that this build goes on with."""
    config, engine, contents = configuration.parse(ALONE), Engine(), ["one", "two", "one"]
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.setattr("cicd.oci.engine.connect", engine.client)
    monkeypatch.setattr("cicd.produce.build_context.check", lambda *_: None)
    monkeypatch.setattr("cicd.produce.recipe.build", lambda *_, **__: "sha256:1")

    def extract(_client: object, _image: str, folder: Path) -> list[Path]:
        return [package_index.wheel(folder, text=contents.pop(0))]

    monkeypatch.setattr("cicd.produce.wheels.extract", extract)
    one, two, again = (wheels.build(config, tmp_path).image for _ in range(3))
    assert one == again != two
    assert {one, two} <= set(engine.images)


def test_a_folder_that_is_no_package_is_named_before_anything_is_built(tmp_path: Path) -> None:
    config = configuration.parse(ALONE + 'paths = ["packages/core"]\n')
    (tmp_path / "packages" / "core").mkdir(parents=True)
    with pytest.raises(UsageError, match="packages/core is no package") as caught:
        conventions.wheels(config, tmp_path)
    assert "[deliverables.flights]" in caught.value.hint


def test_a_release_that_would_prove_other_bytes_is_refused(tmp_path: Path) -> None:
    config = configuration.parse(ALONE)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "Dockerfile").write_text("FROM python:3.11 AS test\nFROM python:3.11 AS release\nRUN pip install .\n")
    with pytest.raises(UsageError, match="does not install the wheels that are published"):
        readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))
    text = "ARG WHEELS\nFROM ${WHEELS} AS wheels\nFROM python:3.11 AS test\nFROM python:3.11 AS release\n"
    (tmp_path / "Dockerfile").write_text(text)
    readiness.check(config, tmp_path, conventions.test_image(config, tmp_path))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('index-url = "https://packages.example.org/simple/"', "index-url needs publish-url too"),
        ('secret = "INDEX_TOKEN"', "secret needs publish-url too"),
        (
            'index-url = "https://me:pw@packages.example.org/"\npublish-url = "https://packages.example.org/"',
            "the login is a secret",
        ),
        ("port = 1", "a package has no key port"),
        ('[deliverables.more]\nkind = "package"', "A project has one such table"),
        ('[deliverables.more]\nkind = "wheel"', "Use"),
    ],
)
def test_wrong_keys_are_named(lines: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        configuration.parse(f"{ALONE}{lines}\n")


def test_packages_beside_a_service_leave_the_service_as_it_is() -> None:
    config = configuration.parse(f"{ALONE}[service]\nport = 9000\n")
    assert config.package
    assert (config.job, config.service.port, config.is_package_alone) == (None, 9000, False)
