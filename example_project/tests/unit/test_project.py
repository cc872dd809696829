"""What the project's files promise each other."""

import re

import pytest

from tests.unit.conftest import LOCK, PROJECT

PIN = re.compile(r"^([a-z0-9-]+==\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def test_what_is_tested_is_what_is_released() -> None:
    released = set(PIN.findall(LOCK.read_text()))
    assert len(released) > 10
    assert released <= set(PIN.findall((PROJECT / "requirements" / "dev.txt").read_text()))


def test_every_dockerfile_installs_its_tools_in_the_same_stage() -> None:
    found = [path.read_text().partition("AS tools\n")[2].partition("\n\n")[0] for path in PROJECT.rglob("Dockerfile")]
    assert len(found) == 4
    assert {*found} != {""}
    assert len({*found}) == 1


@pytest.mark.parametrize("other", ["release", "report"])
def test_both_images_begin_with_the_same_stages(other: str) -> None:
    def shared(folder: str) -> str:
        text = re.sub("^ARG BUNDLE.*\n", "", (PROJECT / "cicd" / folder / "Dockerfile").read_text(), flags=re.MULTILINE)
        return "\n\n".join(text.split("\n\n")[:3])

    assert "AS runtime" in shared("build")
    assert shared("build") == shared(other)
