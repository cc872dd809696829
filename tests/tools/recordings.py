"""Write docs/recordings.md: what a terminal shows of `init`, `adopt` and `git push local`, from the first command on.

`python -m tests.tools.recordings` runs the commands on this machine's engine in a terminal of their own and writes the
page. It takes some minutes. Run it again when these commands show something else, and read the page as a new user does.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.road.support.project import IDENTITY, KIT
from tests.unit.support.foreign_projects import PROJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = KIT / "docs" / "recordings.md"
COLUMNS, ROWS = 118, 50
ANSWERS = {r"\]: $|\(empty: decide later\): $": "\n", r"\[y/N\] $": "y\n"}
"""How the kit asks on a terminal, and what is answered."""
HOME = "~"
OF_THIS_MACHINE = re.compile(r"\nthe Docker engine that ml-cicd started keeps running.*")
"""Lines that most machines do not show."""
INTRO = """\
# What you see

What a terminal shows of a new project, of an existing one, and of a push: recorded from real runs on two cores, with a
warm cache. A line that replaces itself while a step runs is shown as it ended. Digests, ports and times are different
on your machine. `python -m tests.tools.recordings` records the page again.
"""


@dataclass(frozen=True)
class Session:
    """Commands of one terminal, in a folder that is empty or holds a project."""

    title: str
    text: str
    commands: tuple[str, ...]
    project: str = ""
    """One of the foreign projects of the tests; empty: none."""


SESSIONS = (
    Session(
        "A new project, to Production",
        "`init` asks five questions; Enter takes what stands in brackets.",
        (
            "ml-cicd init house-prices",
            "cd house-prices",
            "ml-cicd local up",
            "git push local main develop",
            "ml-cicd promote production --remote local",
            "ml-cicd status --remote local",
            "ml-cicd local down",
        ),
    ),
    Session(
        "An existing project",
        "An API with a Dockerfile and a pickle. `adopt` changes no line of it, and `adopt --undo` takes all back.",
        (
            "ml-cicd adopt",
            "ml-cicd local up",
            "ml-cicd adopt --check",
            "git add --all",
            "git commit --quiet --message 'Bring the project on the road'",
            "git push local main",
            "ml-cicd local down",
        ),
        "an API with one Dockerfile and a pickle",
    ),
)


def screen(printed: str) -> str:
    """Return what a terminal shows in the end: replaced lines as they ended, without colours and empty ends."""
    lines: list[list[str]] = [[]]
    column = 0
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.|\n", printed, re.DOTALL):
        line = lines[-1]
        if token == "\n":
            lines.append([])
            column = 0
        elif token == "\r":
            column = 0
        elif token == "\x1b[K":
            del line[column:]
        elif len(token) == 1:
            line[column:] = [*[" "] * (column - len(line)), token, *line[column + 1 :]]
            column += 1
    return "\n".join("".join(line).rstrip() for line in lines).rstrip("\n")


def in_terminal(command: str, directory: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run a command in a terminal, and yield what it prints. Questions are answered with Enter."""
    process, primary = pty.fork()
    if not process:
        os.chdir(directory)
        os.execve("/bin/sh", ["sh", "-c", f"stty columns {COLUMNS} rows {ROWS}; {command}"], environment)
    shown = ""
    while True:
        select.select([primary], [], [])
        try:
            chunk = os.read(primary, 4096).decode(errors="replace")
        except OSError:  # Linux: the other end is closed
            chunk = ""
        if not chunk:
            break
        yield chunk
        shown += chunk
        for question, answer in ANSWERS.items():
            if re.search(question, shown):
                os.write(primary, answer.encode())
                shown = ""
    os.close(primary)
    os.waitpid(process, 0)


def record(session: Session, home: Path, environment: dict[str, str]) -> str:
    """Run the commands of a session, and return all that its terminal shows."""
    directory, parts = home, []
    if session.project:
        directory = PROJECTS[session.project].create(home / "churn-api")
    for command in session.commands:
        print(f"$ {command}", flush=True)
        parts.append(f"$ {command}")
        if command.startswith("cd "):
            directory /= command.removeprefix("cd ")
            continue
        printed = ""
        for chunk in in_terminal(command, directory, environment):
            sys.stdout.write(chunk)
            sys.stdout.flush()
            printed += chunk
        parts += [shown] if (shown := screen(printed)) else []
    return OF_THIS_MACHINE.sub("", "\n".join(parts).replace(str(home), HOME))


def page(sessions: dict[str, str]) -> str:
    """Return the page of these recordings, by the titles of their sessions."""
    parts = [INTRO]
    for session in SESSIONS:
        shown = textwrap.indent(sessions[session.title], "    ", lambda _line: True)
        parts.append(f"## {session.title}\n\n{session.text}\n\n{re.sub(' +$', '', shown, flags=re.MULTILINE)}\n")
    return "\n".join(parts)


def main() -> int:
    """Record every session and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page is written")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = home / "bin" / "ml-cicd"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nPYTHONPATH="{KIT}" exec "{sys.executable}" -m cicd.cli "$@"\n')
        command.chmod(0o755)
        paths = os.pathsep.join((str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
        environment = {**os.environ, **IDENTITY, "PATH": paths, "TERM": "xterm"}
        recorded = {}
        for number, session in enumerate(SESSIONS):
            place = home / str(number)
            place.mkdir()
            try:
                recorded[session.title] = record(session, place, environment)
            finally:
                for forge in place.glob("*/.ml-cicd"):
                    subprocess.run([command, "local", "down"], cwd=forge.parent, env=environment, check=False)
    arguments.output.write_text(page(recorded), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
