"""Let a cluster's node leave the images of its engine alone: this machine's other tests use the same engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

KEEP_IMAGES = "--image-gc-high-threshold=100"
"""No collection of images. By default a node removes what no pod uses as soon as its disk is 85 % full:
https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images"""
SECONDS_TO_END = 30


def keep_images(folder: Path) -> bool:
    """Start a script's kubelet again with a flag that keeps all images; return whether there was one.

    `folder` is what the script was given; a script that starts Kubernetes' programs one by one leaves the process id
    in `kubelet.pid` and what it prints in `log/kubelet.log`. The nodes of other scripts have an engine of their own.
    """
    file = folder / "kubelet.pid"
    if not file.is_file():
        return False
    process = Path("/proc") / file.read_text().strip()
    command = _words(process / "cmdline")
    environment = dict(word.split("=", 1) for word in _words(process / "environ"))
    place = (process / "cwd").readlink()
    _end(process)
    with (folder / "log" / "kubelet.log").open("ab") as log:
        again = subprocess.Popen(
            [*command, KEEP_IMAGES], cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    file.write_text(f"{again.pid}\n")
    return True


def _words(file: Path) -> list[str]:
    return [os.fsdecode(word) for word in file.read_bytes().split(b"\0") if word]


def _end(process: Path) -> None:
    """End a process, and wait for it. A zombie counts as ended: its command line is empty."""
    os.kill(int(process.name), signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_END
    while process.exists() and _words(process / "cmdline"):
        if time.monotonic() > deadline:
            sys.exit(f"The kubelet (process {process.name}) does not end within {SECONDS_TO_END} s.")
        time.sleep(0.1)
