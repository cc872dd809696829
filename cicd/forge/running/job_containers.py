"""Steps in containers (`--runner docker`): what of this machine a job's container is given, and names that never meet.

`act` makes one container for each job. It may use the engine, the network of this machine and the remote's repository;
everything else of this machine stays outside, the person's home and variables too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from cicd import labels
from cicd.act import execution
from cicd.forge.state import cache
from cicd.oci import engine

if TYPE_CHECKING:
    from cicd.forge.state import Data, State


def home(data: Data) -> Path:
    """The HOME of the steps: empty at first, gone after the run."""
    return data.work / "home"


def tools(image: str) -> Path:
    """The RUNNER_TOOL_CACHE of the steps in containers of `image`; it outlives the run."""
    return cache() / f"tools-{hashlib.sha256(image.encode()).hexdigest()[:12]}"


def variables(data: Data, state: State) -> dict[str, str]:
    """What the steps see of this machine's variables: the ways out of it, and where certificates are."""
    found = {
        **execution.outward(),
        **execution.PLAIN,
        "HOME": str(home(data)),
        "RUNNER_TOOL_CACHE": str(tools(state.runner)),
    }
    if bundle := engine.ca_bundle():
        found |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(bundle))
    return found


def options(data: Data, state: State, number: int) -> str:
    """The options of `docker create` for the containers of a run; makes the folders that they mount."""
    words = [
        # As the person who pushes: what a job writes into the remote must stay theirs.
        f"--user={os.getuid()}:{os.getgid()}",
        f"--group-add={Path(state.engine.removeprefix('unix://')).stat().st_gid}",
        # The holder of an environment's lock is known by its process: a dead one must be seen from every run.
        "--pid=host",
        f"--label={labels.INSTANCE}={data.instance}",
        f"--label={labels.RUN}={number}",
    ]
    for folder in (data.path / "git", home(data), tools(state.runner)):
        folder.mkdir(parents=True, exist_ok=True)
        words.append(f"--mount={_bind(folder, folder)}")
    if bundle := engine.ca_bundle():
        words.append(f"--mount={_bind(bundle.resolve(), bundle)},readonly")
    return shlex.join(words)


def _bind(source: Path, target: Path) -> str:
    fields = ("type=bind", f"source={source}", f"target={target}")
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)


def name_apart(folder: Path, mark: str) -> None:
    """Add `mark` to the name of every workflow in `folder`.

    `act` names containers after workflows and jobs, and removes whatever has the name that it is about to use.
    """
    for file in folder.glob("*.y*ml"):
        file.write_text(renamed(file.read_text("utf-8"), file.name, mark), "utf-8")


def renamed(text: str, file: str, mark: str) -> str:
    """The workflow in `text` with `mark` behind its name; what is no YAML mapping stays as it is."""
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
            return f"{text[:start]} {_quoted(' '.join([*value.value.split(), mark]))}{text[after:]}"
    start, separator = (root.start_mark.index + 1, ", ") if root.flow_style else (root.start_mark.index, "\n")
    return f"{text[:start]}name: {_quoted(f'{file} {mark}')}{separator}{text[start:]}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
