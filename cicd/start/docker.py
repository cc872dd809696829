"""What a project's Dockerfile says of the image that it makes: ports, command, health path, build arguments."""

from __future__ import annotations

import fnmatch
import json
import posixpath
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.start.tree import Tree

BUILD, RELEASE, ROOT = "cicd/build/Dockerfile", "cicd/release/Dockerfile", "Dockerfile"
RELEASE_STAGE = "release"
SERVERS = frozenset((
    "uvicorn", "gunicorn", "hypercorn", "daphne", "flask", "fastapi", "streamlit", "waitress-serve", "granian",
    "litestar", "sanic", "gradio", "tritonserver", "bentoml", "nginx",
))  # fmt: skip
"""Commands that serve."""
_URL_PATH = re.compile(r"https?://[^/\s\"')]+(/[\w./-]*)")
_PORT = re.compile(r"(?:--port[= ]|-p |--bind[= ]\S*?:|-b \S*?:|:)(\d{2,5})\b")


@dataclass(frozen=True)
class Stage:
    """A stage of a Dockerfile, with what it takes over from the stages that it begins with."""

    name: str
    ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    health: str = ""
    takes_bundle: bool = False
    copies: tuple[str, ...] = ()
    """What comes from the build context."""
    from_elsewhere: bool = False
    """Whether files come from another stage or image."""

    @property
    def words(self) -> tuple[str, ...]:
        """All that is started."""
        return (*self.entrypoint, *self.command)

    def lacks(self, path: str) -> bool:
        """Return whether the image can't hold a file of the project: its instructions copy others, and not this one."""
        parts = path.split("/")
        above = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
        copied = [posixpath.normpath(source.lstrip("/") or ".") for source in self.copies]
        return (
            bool(copied)
            and not self.from_elsewhere
            and not any(
                source == "." or "$" in source or any(fnmatch.fnmatchcase(folder, source) for folder in above)
                for source in copied
            )
        )

    @property
    def serves(self) -> bool:
        """Whether it says that it serves: by a port, a health check, or the command of a server."""
        words = {word.rpartition("/")[2] for text in self.words for word in text.split()}
        return bool(self.ports or self.health or words & SERVERS)


def release_dockerfile(tree: Tree) -> tuple[str, list[str]]:
    """Return the Dockerfile of the release, and the others that might be it; empty where there is none."""
    for path in (RELEASE, ROOT):
        if tree.has(path):
            return path, []
    named = [*tree.named("Dockerfile", ".Dockerfile"), *(path for path in tree.paths if "Dockerfile." in path)]
    others = [path for path in named if path != BUILD and not path.endswith(".dockerignore")]
    others = [path for path in others if not path.startswith(".devcontainer/")]
    return (others[0], []) if len(others) == 1 else ("", others)


def stage(text: str) -> Stage:
    """Return the stage that is the release: the one of that name, else the last."""
    result: dict[str, Stage] = {}
    current = Stage("")
    arguments: set[str] = set()
    for number, (instruction, rest) in enumerate(_instructions(text)):
        if instruction == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            name = words[2].lower() if len(words) > 2 else f"stage {number}"  # noqa: PLR2004 -- FROM x AS name
            base = result.get(words[0].lower() if words else "", Stage(""))
            current = Stage(
                name, base.ports, base.command, base.entrypoint, base.health, base.takes_bundle, base.copies,
                base.from_elsewhere,
            )  # fmt: skip
        else:
            if instruction == "ARG":
                arguments.add(rest.partition("=")[0].strip())
            current = _with(current, instruction, rest)
        result[current.name] = current
    chosen = result.get(RELEASE_STAGE, current)
    return Stage(**{**vars(chosen), "takes_bundle": "BUNDLE" in arguments})


def port_of(words: Sequence[str]) -> int:
    """Return the port that a command names; 0 for none."""
    match = _PORT.search(" ".join(words))
    return int(match[1]) if match else 0


def _with(current: Stage, instruction: str, rest: str) -> Stage:
    values = vars(current)
    match instruction:
        case "EXPOSE":
            ports = tuple(int(word.partition("/")[0]) for word in rest.split() if word.partition("/")[0].isdigit())
            return Stage(**{**values, "ports": (*current.ports, *ports)})
        case "CMD":
            return Stage(**{**values, "command": _words(rest)})
        case "ENTRYPOINT":  # it resets what the base image started
            return Stage(**{**values, "entrypoint": _words(rest)})
        case "HEALTHCHECK":
            match = _URL_PATH.search(rest)
            return Stage(**{**values, "health": match[1] if match else current.health})
        case "COPY" | "ADD":
            elsewhere = "--from" in rest
            sources = [word.strip('[]",') for word in rest.split() if not word.startswith("--")][:-1]
            copies = current.copies if elsewhere else (*current.copies, *sources)
            return Stage(**{**values, "copies": copies, "from_elsewhere": current.from_elsewhere or elsewhere})
    return current


def _words(rest: str) -> tuple[str, ...]:
    """Return a command in its JSON form, or the shell that runs it."""
    try:
        words = json.loads(rest)
    except ValueError:
        words = None
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return tuple(words)
    return ("/bin/sh", "-c", rest) if rest.strip() else ()


def _instructions(text: str) -> list[tuple[str, str]]:
    joined = re.sub(r"\\[ \t]*\n(?:[ \t]*#.*\n)*", " ", text)
    lines = (line.strip() for line in joined.split("\n"))
    pairs = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return [(name.upper(), rest.strip()) for name, _, rest in pairs]


def procfile_web(text: str) -> tuple[str, ...]:
    """Return the command of the process `web` in a Procfile; empty for none."""
    match = re.search(r"^web:\s*(.+)$", text, re.MULTILINE)
    if not match:
        return ()
    command = re.sub(r"\$\{?PORT(?::-\d+)?\}?", "8000", match[1].strip())
    try:
        return tuple(shlex.split(command)) if not re.search(r"[$;&|<>`]", command) else ("/bin/sh", "-c", command)
    except ValueError:
        return ()
