"""Run a command on a cluster that a script starts and stops: `cluster.py [SCRIPT] -- COMMAND...`.

The script knows `up DIR`, which prints `KUBECONFIG=FILE` at last, and `down DIR`. Without one the cluster is that of
KUBECONFIG, and it stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    end = arguments.index("--")
    script, command = arguments[:end], arguments[end + 1 :]
    if not script:
        return subprocess.run(command, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="ml-cicd-cluster-") as place:
        folder = str(Path(place) / "cluster")
        try:
            up = subprocess.run([*script, "up", folder], stdout=subprocess.PIPE, text=True, check=True).stdout
            _, _, file = up.splitlines()[-1].partition("KUBECONFIG=")
            return subprocess.run(command, env={**os.environ, "KUBECONFIG": file}, check=False).returncode
        finally:
            subprocess.run([*script, "down", folder], check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
