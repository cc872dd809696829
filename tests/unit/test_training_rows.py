"""The rows that a model was trained on: hashed in its bundle, and compared with the evaluation set all the same."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cicd.errors import CheckFailedError
from cicd.gate import report, training_ids
from cicd.oci import archives
from cicd.produce import training, training_rows
from tests.unit.support.predictions import ask, labels, write

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 200


def hash_of(name: str) -> str:
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def test_ids_become_hashes_in_an_order_that_tells_nothing() -> None:
    hashed = training_rows.hashed(b"id,more\n" + b"".join(b"%d,1\n" % number for number in (*range(20), 3))).decode()
    assert hashed.splitlines() == ["id", *sorted(hash_of(str(number)) for number in range(20))]


def test_the_latest_time_stands_in_every_row() -> None:
    content = b"time,id\n2024-05-01,a\n2024-06-01T12:00:00,b\n2023-01-01,c\n"
    times = {line.split(",")[1] for line in training_rows.hashed(content).decode().splitlines()[1:]}
    assert times == {"2024-06-01T12:00:00"}
    assert b",10\n" in training_rows.hashed(b"id,time\na,9\nb,10\n")


def test_hashes_stay() -> None:
    once = training_rows.hashed(b"id\na\nb\n")
    assert training_rows.hashed(once) == once
    hash_ = training_ids.hashed("a")
    for name in ("sha256:x", hash_.replace("sha256:", "sha512:"), hash_ + "0", hash_[:-1], hash_[:-1] + "g"):
        assert training_ids.hashed(name) == hash_of(name)
        assert not training_ids.is_hash(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it has no column id"),
        (b"name\na\n", "it has no column id"),
        (b"id\n", "it has no rows"),
        (b'id,time\n"",3\n', "row 2 has no id"),
        (b"id,time\na,3\nb\n", "row 3 has 1 values; the header has 2"),
        (b"id,time\na,soon\n", "row 2 has the time 'soon'"),
        (b"id,time\na,nan\n", "row 2 has the time 'nan'"),
        (b"id\n\xff\n", "it is no CSV in UTF-8"),
        (b'id\n"a\n', "it is no CSV in UTF-8"),
    ],
)
def test_a_wrong_file_fails_the_training(content: bytes, message: str) -> None:
    with pytest.raises(CheckFailedError) as caught:
        training_rows.hashed(content)
    assert message in caught.value.message
    assert training_rows.FILE in caught.value.message


def test_a_bundle_holds_hashes_alone(tmp_path: Path) -> None:
    raw, layer = tmp_path / "raw.tar", tmp_path / "layer.tar"
    with tarfile.open(raw, "w") as tar:
        for name, content in ((training_rows.FILE, b"id\nsecret-person\n"), ("model", b"x")):
            info = tarfile.TarInfo(f"bundle/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    training.pack(raw, layer, training.Facts("0123456789abcdef"))
    assert archives.read(layer, f"bundle/{training_rows.FILE}", 1000) == f"id\n{hash_of('secret-person')}\n".encode()
    assert b"secret-person" not in layer.read_bytes()


class TestGate:
    def findings(self, folder: Path, content: bytes) -> dict[str, tuple[str, str]]:
        (folder / "rows.csv").write_bytes(training_rows.hashed(content))
        days = [f"2024-06-{row // 10 + 1:02}" for row in range(ROWS)]
        sides = [
            write(folder / name, {"id": [f"row {row}" for row in range(ROWS)], "time": days, **side})
            for name, side in zip("ab", labels(ROWS, lost=3, won=3, both_wrong=9), strict=True)
        ]
        judged = report.judge(sides[0], sides[1], ask("accuracy:margin=0.1"), folder / "rows.csv")
        return {finding.check.code: (str(finding.status), finding.detail) for finding in judged.findings}

    def test_an_overlap_of_hashed_ids_fails(self, tmp_path: Path) -> None:
        rows = "".join(f"row {row},2024-05-01\n" for row in range(-50, 2))
        findings = self.findings(tmp_path, f"id,time\n{rows}".encode())
        assert findings["G001"] == ("failed", "2 of 200 rows, such as row 0, row 1")
        assert findings["G002"] == ("passed", "")

    def test_rows_of_training_that_are_later_fail(self, tmp_path: Path) -> None:
        findings = self.findings(tmp_path, b"id,time\nother,2024-06-02\nmore,2024-05-01\n")
        assert findings["G001"] == ("passed", "")
        assert findings["G002"][0] == "failed"

    def test_without_times_there_is_no_check_of_times(self, tmp_path: Path) -> None:
        assert self.findings(tmp_path, b"id\nother\n")["G002"] == ("not checked", "")

    def test_ids_that_are_not_all_hashes_are_compared_as_they_are(self, tmp_path: Path) -> None:
        ids = [hash_of("x"), "row 1"]
        side = labels(ROWS, both_wrong=3)[0]
        file = write(tmp_path / "a", {"id": np.array([*ids, *range(ROWS - 2)], object), **side})
        (tmp_path / "rows.csv").write_text(f"id\n{hash_of('x')}\nrow 1\nrow 7\n")
        judged = report.judge(file, file, ask("accuracy:margin=0.1"), tmp_path / "rows.csv")
        assert judged.findings[0].detail == f"2 of 200 rows, such as {hash_of('x')}, row 1"
