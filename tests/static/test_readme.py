"""The README shows the caller that the example ships."""

from __future__ import annotations

import re

from tests.static.support.kit import ROOT
from tests.tools.reference import PINNED


def test_readme_shows_the_example_caller() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    shipped = (ROOT / "example_project" / ".github" / "workflows" / "ci.yml").read_text()
    assert shown == shipped.partition("\n")[2].replace("@v1", PINNED)
    assert PINNED in shown
