"""Give workflows unique names, since `act` names containers after workflows and jobs.

`act` removes a container that has the name it is about to use. Forges that share an engine must not touch each
other's containers, nor may two runs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path


def add_suffix(folder: Path, suffix: str) -> None:
    """Append `suffix` to the name of every workflow in `folder`."""
    for file in folder.glob("*.y*ml"):
        text = with_suffix(file.read_text("utf-8", "surrogateescape"), file.name, suffix)
        file.write_text(text, "utf-8", "surrogateescape")


def with_suffix(text: str, file: str, suffix: str) -> str:
    """Return the workflow `text` with `suffix` after its name, or after the file name if it has no name.

    A text that is not a YAML mapping is returned as it is.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return text
    if not isinstance(root, yaml.MappingNode):
        return text
    for key, value in root.value:
        if key.value == "name" and isinstance(value, yaml.ScalarNode):
            start, end = value.start_mark.index, value.end_mark.index
            after = start + len(text[start:end].rstrip())
            return f"{text[:start]} {_quoted(' '.join([*value.value.split(), suffix]))}{text[after:]}"
    start, separator = (root.start_mark.index + 1, ", ") if root.flow_style else (root.start_mark.index, "\n")
    return f"{text[:start]}name: {_quoted(f'{file} {suffix}')}{separator}{text[start:]}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
