"""What a container prints, read from the container itself.

The SDK's `containers.run(..., remove=True)` reads the engine's log after it has removed the container; on a busy
machine the log is then empty at times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.oci import containers
from cicd.oci.output import Output

if TYPE_CHECKING:
    from cicd.oci.engine import Client


def printed_by(client: Client, image: str, *command: str) -> str:
    """Return what `command`, or else the image's own command, prints in a new container without network.

    Raises:
        AssertionError: the command did not end with 0.

    """
    texts: list[str] = []
    with containers.created(client, image, command=list(command) or None, network_disabled=True) as container:
        ending = containers.run_to_end(container, image, command, Output(texts.append))
    assert ending.exit_code == 0, f"{ending}: {''.join(texts)}"
    return "".join(texts)
