"""Text of programs and people: split at line feeds alone, and printed whatever the terminal can show."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import cicd
from cicd import text

PACKAGE = Path(cicd.__file__).parent


@pytest.mark.case("K13", "a commit subject that holds U+2028 or U+0085")
@pytest.mark.parametrize(
    ("output", "lines"),
    [("", []), ("a", ["a"]), ("a\nb\n", ["a", "b"]), ("a\u2028b\x85c\x0bd\r\n\n", ["a\u2028b\x85c\x0bd\r", ""])],
)
def test_lines_end_at_line_feeds_alone(output: str, lines: list[str]) -> None:
    assert text.lines(output) == lines


def test_no_module_splits_lines_at_other_characters() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if "splitlines()" in file.read_text("utf-8")]
    assert files == []


COMMAND = """
import importlib, sys
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from cicd import cli, text

def run(_):
    for number in range(5000):
        text.say(f"{number} Größe ✓ \\udcff")
    sys.stderr.write("Fehler ✗\\n")
    Path(sys.argv[1]).write_text("done")
    return int(sys.argv[2])

importlib.import_module = lambda _: SimpleNamespace(run=run, configure=lambda _: None)
sys.exit(cli.main(["status"]))
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return the file that the command under test writes at its end, after it has printed."""
    return tmp_path / "work"


def start(work: Path, *, stdout: int, encoding: str = "utf-8", code: int = 3) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(work), str(code)], stdout=stdout, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": encoding},
    )  # fmt: skip


@pytest.mark.case("K11", "a step name that the terminal's encoding lacks")
def test_encoding_of_the_terminal_decides_no_result(work: Path) -> None:
    process = start(work, stdout=subprocess.PIPE, encoding="ascii")
    output, problems = process.communicate()
    assert (process.returncode, work.read_text(), problems) == (3, "done", "Fehler \\u2717\n")
    assert output.startswith("0 Gr\\xf6\\xdfe \\u2713 \\udcff\n1 ")


@pytest.mark.case("K1", "the output is cut off by head")
def test_closed_pipe_ends_quietly_after_the_work(work: Path) -> None:
    reader, writer = os.pipe()
    with start(work, stdout=writer) as process:
        os.close(writer)
        os.read(reader, 10)
        os.close(reader)
        _, problems = process.communicate()
    assert (process.returncode, work.read_text(), problems) == (3, "done", "Fehler ✗\n")


def test_command_without_stdout_does_its_work(work: Path) -> None:
    words = [sys.executable, "-c", COMMAND, str(work), "3"]
    shell = subprocess.run(["sh", "-c", f"{shlex.join(words)} >&-"], capture_output=True, text=True, check=False)
    assert (shell.returncode, work.read_text(), shell.stderr) == (3, "done", "Fehler ✗\n")


@pytest.mark.linux("the device /dev/full")
def test_output_lost_on_a_full_disk_is_said(work: Path) -> None:
    with Path("/dev/full").open("w") as full, start(work, stdout=full.fileno(), code=0) as process:
        _, problems = process.communicate()
    assert (process.returncode, work.read_text()) == (69, "done")
    assert "Could not write the output: [Errno 28] No space left on device." in problems
