"""How a command or a release in a container ended, in words: the signal behind an exit code, and what to do."""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cicd.oci.errors import engine_errors

if TYPE_CHECKING:
    from cicd.oci.engine import Container

SIGNALLED = 128
"""Above it, an exit code is this number and that of a signal."""
NOT_EXECUTABLE, NOT_FOUND = 126, 127
_EXPLAINED = {NOT_EXECUTABLE: "it can't be executed", NOT_FOUND: "command not found"}
_MEANINGS = {
    "SIGABRT": "it ended itself after an internal error",
    "SIGBUS": "often no room is left in shared memory",
    "SIGFPE": "arithmetic error",
    "SIGILL": "an instruction that this machine's processor lacks",
    "SIGSEGV": "invalid memory access",
}
_HINTS = {
    "SIGBUS": "A container has 64 MB of shared memory (/dev/shm) unless more is configured: let worker processes share "
    "less, for example with fewer data loaders, or raise it in ml-cicd.toml: shm-size, under [train], [service] or "
    "[tests].",
    "SIGILL": "A package was built for a newer processor: install one for this machine's, or use another machine.",
    "SIGSEGV": "A native library crashed. PYTHONFAULTHANDLER=1 makes Python print where.",
    "SIGKILL": "It was killed from outside. If nobody did, the machine ran out of memory: its log (dmesg) says.",
}
OUT_OF_MEMORY = "Let it use less memory, or raise the limit: `memory` in ml-cicd.toml, or the machine's own."
LINE_ENDS = (
    "The file may have Windows line ends: then the system looks for an interpreter whose name ends in a carriage "
    "return. Convert it, and keep it so with a line in .gitattributes: *.sh text eol=lf"
)
NO_INTERPRETER = (
    "A script's first line must name its interpreter, such as #!/bin/sh, without a byte order mark; a program must be "
    "built for this machine's processor."
)
_NOT_STARTED = re.compile(r".*\bexec \S.*: (exec format error|no such file or directory)")


@dataclass(frozen=True)
class Ending:
    """How a container ended."""

    exit_code: int
    out_of_memory: bool = False
    """Whether the engine or the cluster killed it because it used more memory than it may."""
    last: str = ""
    """The end of its output."""
    platforms: tuple[str, str] = ("", "")
    """The platforms of the image and of the engine, such as `linux/amd64`; empty where they are not known."""

    @property
    def signal(self) -> str:
        """The name of the signal that ended it, such as `SIGBUS`; empty if it ended by itself."""
        with suppress(ValueError):
            return signal.Signals(self.exit_code - SIGNALLED).name if self.exit_code > SIGNALLED else ""
        return ""

    @property
    def not_started(self) -> str:
        """Why the system could not start the command, in its words; empty if it did."""
        match = _NOT_STARTED.fullmatch(self.last.strip().rpartition("\n")[2]) if self.exit_code else None
        return match[1] if match else ""

    @property
    def is_foreign(self) -> bool:
        """Whether it could not start because the image is for another platform than the engine's."""
        image, engine = self.platforms
        return self.not_started == "exec format error" and bool(image and engine) and image != engine

    @property
    def in_platforms(self) -> str:
        """The platforms in words."""
        return "image {}, engine {}".format(*self.platforms)

    def __str__(self) -> str:
        """Return the exit code with what it means."""
        if self.out_of_memory:
            return f"exit code {self.exit_code} ({self.signal or 'killed'}: out of memory)"
        if self.is_foreign:
            return f"exit code {self.exit_code} ({self.in_platforms})"
        if name := self.signal:
            return f"exit code {self.exit_code} ({': '.join(filter(None, (name, _MEANINGS.get(name))))})"
        explained = _EXPLAINED.get(self.exit_code)
        return f"exit code {self.exit_code} ({explained})" if explained else f"exit code {self.exit_code}"

    def hint(self, otherwise: str) -> str:
        """Return what to do about it; `otherwise` if the ending does not say."""
        if self.out_of_memory:
            return OUT_OF_MEMORY
        if self.is_foreign:
            image, engine = self.platforms
            return f"Build the image for {engine}, not for {image}: docker build --platform {engine}"
        if self.not_started:
            return LINE_ENDS if self.not_started.startswith("no such") else NO_INTERPRETER
        return _HINTS.get(self.signal, otherwise)


def of(container: Container, last: str) -> Ending:
    """Return how a container ended: its exit code, and whether memory ran out. `last` is the end of its output.

    Raises:
        MissingError: the container is gone.
        UnreachableError: the engine does not answer.

    """
    with engine_errors(f"look for the container {container.name}"):
        container.reload()
        state = container.attrs["State"]
        ending = Ending(int(state["ExitCode"]), bool(state.get("OOMKilled")), last)
        return replace(ending, platforms=_platforms(container)) if ending.not_started else ending


def _platforms(container: Container) -> tuple[str, str]:
    """Return the platforms of a container's image and of its engine."""
    client: Any = container.client
    image, machine = client.images.get(container.attrs["Image"]).attrs, client.version()
    return f"{image['Os']}/{image['Architecture']}", f"{machine['Os']}/{machine['Arch']}"
