"""What the project's files promise each other."""

import re

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


def test_both_images_begin_with_the_same_stages() -> None:
    def shared(stage: str) -> str:
        text = (PROJECT / "cicd" / stage / "Dockerfile").read_text().replace("ARG BUNDLE\n", "")
        return "\n\n".join(text.split("\n\n")[:3])

    assert "AS runtime" in shared("build")
    assert shared("build") == shared("release")
