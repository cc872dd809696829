"""An exit code in words: the signal behind it, memory that ran out, and a command that could not start."""

from __future__ import annotations

import pytest

from cicd.oci.endings import Ending


@pytest.mark.case("K9", "exit code 135 without a word")
@pytest.mark.parametrize(
    ("ending", "words", "hint"),
    [
        (Ending(0), "exit code 0", "Read the log."),
        (Ending(1), "exit code 1", "Read the log."),
        (Ending(3, last="exec /run.sh: exec format error\nmore"), "exit code 3", "Read the log."),
        (Ending(0, last="exec /run.sh: exec format error"), "exit code 0", "Read the log."),
        (Ending(126), "exit code 126 (it can't be executed)", "Read the log."),
        (Ending(127), "exit code 127 (command not found)", "Read the log."),
        (Ending(128), "exit code 128", "Read the log."),
        (Ending(134), "exit code 134 (SIGABRT: it ended itself after an internal error)", "Read the log."),
        (Ending(135), "exit code 135 (SIGBUS: often no room is left in shared memory)", "/dev/shm"),
        (Ending(132), "exit code 132 (SIGILL: ", "newer processor"),
        (Ending(137), "exit code 137 (SIGKILL)", "killed from outside"),
        (Ending(137, out_of_memory=True), "exit code 137 (SIGKILL: out of memory)", "`memory`"),
        (Ending(1, out_of_memory=True), "exit code 1 (killed: out of memory)", "`memory`"),
        (Ending(139), "exit code 139 (SIGSEGV: invalid memory access)", "PYTHONFAULTHANDLER"),
        (Ending(143), "exit code 143 (SIGTERM)", "Read the log."),
        (Ending(255), "exit code 255", "Read the log."),
        (Ending(1, last="exec /run.sh: no such file or directory\n"), "exit code 1", "Windows line ends"),
        (
            Ending(1, last="standard_init_linux.go:228: exec user process caused: no such file or directory"),
            "exit code 1",
            "Windows line ends",
        ),
        (Ending(1, last="exec /run.sh: exec format error"), "exit code 1", "#!/bin/sh"),
        (
            Ending(1, last="exec /true: exec format error\n", platforms=("linux/arm64", "linux/amd64")),
            "exit code 1 (image linux/arm64, engine linux/amd64)",
            "Build the image for linux/amd64",
        ),
    ],
    ids=str,
)
def test_ending_says_what_it_means(ending: Ending, words: str, hint: str) -> None:
    assert str(ending).startswith(words)
    assert hint in ending.hint("Read the log.")


def test_only_what_could_not_start_is_of_another_platform() -> None:
    platforms = ("linux/arm64", "linux/amd64")
    assert Ending(1, last="exec /true: exec format error", platforms=platforms).is_foreign
    assert not Ending(1, last="exec /true: exec format error", platforms=("linux/amd64", "linux/amd64")).is_foreign
    assert not Ending(1, last="exec /true: exec format error").is_foreign
    assert not Ending(1, last="1 failed", platforms=platforms).is_foreign
