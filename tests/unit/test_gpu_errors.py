"""An engine without GPUs is named, whatever its own words are."""

from __future__ import annotations

import pytest

from cicd.errors import CheckFailedError, UsageError
from cicd.oci.errors import NO_GPU_HINT, answered


@pytest.mark.case("K3", "GPUs that the engine does not have are refused in words")
@pytest.mark.parametrize(
    "words",
    [
        'could not select device driver "" with capabilities: [[gpu]]',
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1",
        "unresolvable CDI devices nvidia.com/gpu=all",
    ],
)
def test_engine_without_gpus_is_named(words: str) -> None:
    error = answered("start 'train'", words)
    assert isinstance(error, UsageError)
    assert error.message.startswith("Could not start 'train': the engine gives containers no GPU: ")
    assert error.hint == NO_GPU_HINT
    assert type(answered("start the release", words, CheckFailedError)) is CheckFailedError
