"""The Python that a project asks for, and whether a given Python answers it.

Poetry's carets and tildes are translated as its documentation says; everything else is a PEP 440 specifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from cicd.errors import UsageError
from cicd.files import utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.python_project.declared import Declared

_SHORT = re.compile(r"[0-9]+(\.[0-9]+)?(\.[0-9]+)?")


@dataclass(frozen=True)
class Asked:
    """The Python that a project asks for: a specifier such as `>=3.11,<3.13`, and the file that holds it."""

    specifier: str = ""
    """Empty: any Python."""
    source: str = ""

    def accepts(self, version: str) -> bool:
        """Return whether the project can run on a version of Python, such as `3.11.2`."""
        return SpecifierSet(self.specifier).contains(Version(version), prereleases=True)


def asked(declared: Declared) -> Asked:
    """Return the Python that the project asks for: `.python-version` first, since it names one, then the ranges.

    Raises:
        UsageError: what stands there is no version and no range of versions.

    """
    named = _python_version_file(declared)
    candidates = (
        (named, ".python-version"),
        (declared.project.get("requires-python", ""), "pyproject.toml: requires-python"),
        (_poetry(declared), "pyproject.toml: tool.poetry.dependencies.python"),
        (declared.setup_cfg.get("options", {}).get("python_requires", ""), "setup.cfg: python_requires"),
        (_pipfile(declared), "Pipfile: requires"),
    )
    for text, source in candidates:
        if text:
            return Asked(_specifier(str(text), source), source)
    return Asked()


def joined(several: Sequence[Asked]) -> Asked:
    """Return the Python that satisfies what several packages ask for."""
    specifiers = dict.fromkeys(asked.specifier for asked in several if asked.specifier)
    return Asked(",".join(specifiers), ", ".join(dict.fromkeys(asked.source for asked in several if asked.source)))


def _specifier(text: str, source: str) -> str:
    """Return `text` as a PEP 440 specifier."""
    try:
        return str(SpecifierSet(",".join(_translated(part.strip()) for part in text.split(",") if part.strip())))
    except (InvalidSpecifier, InvalidVersion) as error:
        raise UsageError(
            f"{source} asks for a Python that can't be understood: {text}", "Write a range, for example >=3.11"
        ) from error


def _translated(part: str) -> str:
    """Return one condition as PEP 440: `^3.11` is `>=3.11,<4`, `~3.11` is `>=3.11,<3.12`, `3.11` is `==3.11.*`."""
    if part == "*":
        return ">=3"
    if part.startswith("^"):
        low = Version(part[1:])
        return f">={low},<{low.major + 1}"
    if part.startswith("~") and not part.startswith("~="):
        low = Version(part[1:])
        return f">={low},<{low.major}.{low.minor + 1}" if len(low.release) > 1 else f">={low},<{low.major + 1}"
    if _SHORT.fullmatch(part):
        return f"=={part}.*" if part.count(".") < 2 else f"=={part}"  # noqa: PLR2004 -- a full version has two
    return part


def _python_version_file(declared: Declared) -> str:
    """Return the first version that `.python-version` names as major and minor; empty for other names in it."""
    file = declared.directory / ".python-version"
    lines = utf8(file.read_bytes(), file.name).split() if file.is_file() else []
    match = _SHORT.match(lines[0].removeprefix("cpython@")) if lines else None
    return ".".join(match[0].split(".")[:2]) if match else ""


def _poetry(declared: Declared) -> str:
    value = declared.poetry.get("dependencies", {}).get("python", "")
    return value if isinstance(value, str) else ""


def _pipfile(declared: Declared) -> str:
    requires = declared.pipfile.get("requires", {})
    return str(requires.get("python_full_version") or requires.get("python_version") or "")
