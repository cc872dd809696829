"""A failed build is the Dockerfile's fault only where it is: each kind of failure in the words of both builders."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cicd.errors import CheckFailedError, CicdError, UnreachableError
from cicd.oci import builder
from cicd.oci.output import Output

if TYPE_CHECKING:
    from pathlib import Path

RUN = """#5 [2/2] RUN pip install .
#5 0.363 {said}
#5 ERROR: executor failed running [/bin/sh -c pip install .]: exit code: {code}
------
 > [2/2] RUN pip install .:
------
executor failed running [/bin/sh -c pip install .]: exit code: {code}
"""
RUN_BUILDX = """#5 [2/2] RUN pip install .
#5 0.363 {said}
#5 ERROR: process "/bin/sh -c pip install ." did not complete successfully: exit code: {code}
------
 > [2/2] RUN pip install .:
0.363 {said}
------
Dockerfile:2
--------------------
   1 |     FROM scratch
   2 | >>> RUN pip install .
--------------------
ERROR: failed to solve: process "/bin/sh -c pip install ." did not complete successfully: exit code: {code}
"""
HEAD = 'failed to do request: Head "https://base.invalid/v2/a/manifests/1": '


def solve(reason: str) -> str:
    """Return the end of the output of a builder that failed for that reason."""
    return f"#3 ERROR: {reason}\n------\n > load:\n------\nfailed to solve with frontend dockerfile.v0: {reason}\n"


@pytest.mark.case("K1", "a failing builder")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ('Error response from daemon: client version 1.41 is too old. Minimum supported is 1.44', "Upgrade Docker"),
        ("unknown flag: --iidfile\nSee 'docker build --help'.", "Upgrade Docker"),
        ("failed to dial gRPC: cannot connect to the Docker daemon. Is 'docker daemon' running?", "engine"),
        ("ERROR: error during connect: Head /_ping: EOF", "engine runs"),
        ("error reading from server: EOF", "engine runs"),
        (solve(f"{HEAD}dial tcp: lookup base.invalid: no such host"), "resolves names"),
        (solve(f"{HEAD}dial tcp 127.0.0.1:1: connect: connection refused"), "network"),
        (solve(f"{HEAD}net/http: TLS handshake timeout"), "network"),
        (solve(f"{HEAD}x509: certificate signed by unknown authority"), "certificates"),
        ("#5 ERROR: layer does not exist\n > exporting to image:\n------\nlayer does not exist", "builder prune"),
        (solve("failed to prepare as x1: parent snapshot sha256:2f1 does not exist: not found"), "builder prune"),
        (solve("unexpected status code [manifests 1]: 503 Service Unavailable"), "network"),
        (solve("unexpected status code [manifests 1]: 401 Unauthorized"), "docker login"),
        (solve("toomanyrequests: You have reached your pull rate limit."), "Wait"),
        (solve("failed to copy files: copy file range failed: no space left on device"), "docker system df"),
        ("ERROR: failed to solve: ResourceExhausted: write /x: no space left on device", "docker system df"),
        (RUN.format(said="OSError: [Errno 28] No space left on device", code=1), "docker system df"),
        (RUN_BUILDX.format(said="tar: x: Cannot write: No space left on device", code=2), "docker system df"),
        (RUN.format(said="[Errno -3] Temporary failure in name resolution", code=1), "resolves names"),
        (RUN_BUILDX.format(said="Could not resolve 'mirror.example.org'", code=100), "resolves names"),
    ],
)  # fmt: skip
def test_surroundings_end_with_69(words: str, hint: str) -> None:
    error = builder.failure("cicd/build/Dockerfile", 1, words)
    assert isinstance(error, UnreachableError)
    assert error.exit_code == 69
    assert "cicd/build/Dockerfile" in error.message
    assert hint in error.hint


@pytest.mark.case("K1", "a failing builder")
@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (RUN.format(said="1 failed", code=1), "a command of RUN ended with exit code 1.", "Correct the instruction"),
        (RUN_BUILDX.format(said="no", code=127), "exit code 127 (command not found)", "Correct the instruction"),
        (RUN.format(said="Killed", code=137), "exit code 137 (SIGKILL)", "out of memory"),
        (solve("dockerfile parse error line 2: unknown instruction: FOO"), "unknown instruction: FOO", "instruction"),
        (solve('failed to compute cache key: "/nothere" not found: not found'), '"/nothere" not found', "name of the"),
        (solve("pull access denied, repository does not exist or may require authorization"), "denied", "docker login"),
        (solve("no match for platform in manifest sha256:1: not found"), "no match for platform", "base image"),
        ("", "the builder said nothing", "Correct the instruction"),
    ],
)
def test_fault_of_the_dockerfile_ends_with_1(words: str, message: str, hint: str) -> None:
    error = builder.failure("cicd/build/Dockerfile", 1, words)
    assert type(error) is CheckFailedError
    assert error.message.startswith("cicd/build/Dockerfile does not build: ")
    assert message in error.message
    assert hint in error.hint


def test_words_in_a_command_or_an_earlier_step_decide_nothing() -> None:
    earlier = "#4 0.1 no space left on device\n" + "".join(f"#5 0.2 line {number}\n" for number in range(20))
    command = RUN.replace("pip install .", "echo no space left on device; no such host; false")
    for words in (earlier + RUN.format(said="1 failed", code=1), command.format(said="no", code=1)):
        assert type(builder.failure("Dockerfile", 1, words)) is CheckFailedError


def test_killed_builder_is_named() -> None:
    error = builder.failure("Dockerfile", -9, "#1 ...")
    assert "SIGKILL" in error.message
    assert error.exit_code == 69


def test_output_of_the_builder_arrives_and_decides(tmp_path: Path) -> None:
    texts: list[str] = []
    code = "import sys; sys.stderr.write('Größe\\nfailed to solve: no such host\\n'); sys.exit(1)"
    with pytest.raises(CicdError) as caught:
        builder.run([sys.executable, "-c", code], {"PYTHONUTF8": "1"}, "Dockerfile", Output(texts.append))
    assert "".join(texts) == "Größe\nfailed to solve: no such host\n"
    assert caught.value.exit_code == 69
    builder.run([sys.executable, "-c", ""], {}, "Dockerfile", Output(texts.append))


LOSES = """import sys
print(" ".join(sys.argv[1:]), flush=True)
if "--no-cache" not in sys.argv or sys.argv[-1] == "never":
    sys.exit("failed to export image: failed to create image: failed to get layer sha256:2f1: layer does not exist")
"""


def test_build_whose_cached_layer_is_lost_is_made_again_without_the_cache() -> None:
    texts: list[str] = []
    builder.run([sys.executable, "-c", LOSES, "--tag", "x", "folder"], {}, "Dockerfile", Output(texts.append))
    first, lost, said, second = "".join(texts).splitlines()
    assert first == "--tag x folder"
    assert lost.endswith("layer does not exist")
    assert "the engine has lost a layer" in said
    assert said.endswith("It is built once more, without the cache.")
    assert second == "--tag x --no-cache folder"


def test_layer_that_stays_lost_ends_the_build_with_69() -> None:
    texts: list[str] = []
    with pytest.raises(builder.LostLayerError) as caught:
        builder.run([sys.executable, "-c", LOSES, "never"], {}, "Dockerfile", Output(texts.append))
    assert "".join(texts).count("failed to get layer") == 2 + 1, "twice by the builder, and in the message between"
    assert "docker builder prune" in caught.value.hint
    assert caught.value.exit_code == 69
