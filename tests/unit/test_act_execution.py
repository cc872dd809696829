"""Running act: a run that is cancelled ends, whatever it still prints."""

from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from cicd.act import execution

if TYPE_CHECKING:
    from pathlib import Path

FLOODS = "trap 'yes & sleep 1; kill $!; touch tidy; exit' INT; echo begins; while true; do sleep 0.05; done"


def test_output_of_a_cancelled_run_is_not_kept(tmp_path: Path) -> None:
    def cancel(line: str) -> None:
        assert line == "begins"
        raise execution.CancelledError

    tracemalloc.start()
    with pytest.raises(execution.CancelledError):
        execution.run(["sh", "-c", FLOODS], {"PATH": os.defpath}, tmp_path, cancel, lambda: None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "tidy").exists()
    assert most < 2 * 2**20
