"""Configure the containers in which jobs run (`--runner docker`): mounts, labels, variables.

`act` creates one container per job. The container may use the engine, this machine's network and the remote; it sees
nothing else of this machine, neither the person's home folder nor their variables.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import authorities, labels
from cicd.act import execution
from cicd.forge.running import records
from cicd.forge.state import cache

if TYPE_CHECKING:
    from cicd.forge.state import Forge, State


def home(forge: Forge) -> Path:
    """Return the folder that is HOME for the steps of one run: empty at its start, removed at its end."""
    return forge.work / "home"


def tools(image: str) -> Path:
    """Return the folder that is RUNNER_TOOL_CACHE in containers of `image`; it is kept between runs."""
    return cache() / f"tools-{hashlib.sha256(image.encode()).hexdigest()[:12]}"


def environment(forge: Forge, state: State) -> dict[str, str]:
    """Return the variables that steps get from this machine: proxies, package indexes, certificates, folders."""
    variables = {
        **execution.outward(),
        **execution.PLAIN,
        "HOME": str(home(forge)),
        "RUNNER_TOOL_CACHE": str(tools(state.runner)),
    }
    if bundle := authorities.ca_bundle():
        variables |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(bundle))
    return variables


def options(forge: Forge, state: State, number: int) -> str:
    """Return the options of `docker create` for the job containers of run `number`; create the folders to mount."""
    words = [
        # What a job writes into the remote must belong to the person who pushes.
        f"--user={os.getuid()}:{os.getgid()}",
        f"--group-add={Path(state.engine.removeprefix('unix://')).stat().st_gid}",
        # An environment's lock names its holder by process id: every run must see whether that process is alive.
        "--pid=host",
        f"--label={labels.INSTANCE}={forge.instance}",
        f"--label={labels.RUN}={number}",
    ]
    for folder in (forge.path / "git", home(forge), tools(state.runner), records.artifacts(forge, number)):
        folder.mkdir(parents=True, exist_ok=True)
        words.append(f"--mount={_bind(folder, folder)}")
    words.append(f"--mount={_bind(forge.package, forge.package)},readonly")  # links in the kit's folder lead there
    if bundle := authorities.ca_bundle():
        words.append(f"--mount={_bind(bundle.resolve(), bundle)},readonly")
    return shlex.join(words)


def _bind(source: Path, target: Path) -> str:
    fields = ("type=bind", f"source={source}", f"target={target}")
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)
