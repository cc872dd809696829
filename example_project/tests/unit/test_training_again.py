"""Training again, in another process: what decides that it must be done, and that it changes nothing."""

import re
import tomllib
from pathlib import Path

import pytest

from flights.models.catalogue import MODELS
from flights.models.common import bundle, profile
from tests.unit.conftest import PROJECT, Again, Trained


@pytest.fixture(scope="module")
def imported(again: Again) -> set[str]:
    """The project's files that the second training imported."""
    printed, _ = again.process.communicate(timeout=120)
    assert again.process.returncode == 0
    return {str(Path(name).relative_to(PROJECT)) for name in printed.splitlines()[-1].split()[1:]}


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("name", [*(bundle.file_of(model.name) for model in MODELS), bundle.METADATA, profile.FILE])
def test_the_same_flights_give_the_same_bytes(trained: Trained, again: Again, name: str) -> None:
    assert (again.directory / name).read_bytes() == (trained.directory / name).read_bytes()


def test_whatever_training_imports_decides_whether_to_train_again(imported: set[str]) -> None:
    inputs = tuple(tomllib.loads((PROJECT / "ml-cicd.toml").read_text())["train"]["inputs"])
    assert "src/flights/pipelines/train.py" in imported
    others = {name for name in imported if not name.startswith(inputs)}
    assert others == {"src/flights/__init__.py", "src/flights/pipelines/__init__.py"}
    for name in others:
        assert re.fullmatch(r'"""[^"]+"""\s*', (PROJECT / name).read_text()), f"{name} is more than a description"
