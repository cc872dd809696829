"""Files of predictions are read strictly: what is wrong in them is named with its row and its column."""

from __future__ import annotations

import gc
import itertools
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from cicd.errors import UsageError
from cicd.gate import digests, reading, report, table
from cicd.gate.record import HASH
from cicd.gate.table import ID, NUMBER, Wanted
from tests.unit.support.predictions import ask, judge, judge_pair, labels, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PINNED = {
    "plain": (
        "sha256:ba44946cf1bdebe2437e02de261412ab099ac941760574893a6c84b4055b388a",
        "sha256:e7235dbd9b8f1f2dd80acb903373c2dfdfab6e4959e8b32d187405723170c9ad",
        "05006db7aac3aeb07e9dc579b66baa0bda75daa82811b673",
    ),
    "trials": (
        "sha256:68ae34c14a46683b617ba1394909a2faaf82be4fd3b09cca919647acf7a63f43",
        "sha256:991cf9ff904b4cef45565996b10280b3ebfc49f36222208c3b7a8c7bdb1f3faf",
        "05006db7aac3aeb07e9dc579b66baa0bda75daa82811b673",
    ),
}
"""The digests of set and answers, and the sketch, of two small files."""
GOOD = "id,target,prediction\na,1,1\nb,0,0\nc,1,0\n"
ACCURACY = ask("accuracy:margin=0.01")
ERROR = ask("mae:margin=0.01")
SET = (
    "candidate.csv, row 3, column 'target' differs from champion.csv, row 3, column 'target': these are not the same "
    "evaluation set."
)
FRACTION = (
    "candidate.csv, row 2, column 'prediction': '0.73' is not a label of the target, whose labels are whole numbers."
)


def refusal(folder: Path, candidate: str | bytes, champion: str | bytes = GOOD, asked: Any = ACCURACY) -> str:
    files = []
    for name, text in (("candidate", candidate), ("champion", champion)):
        files.append(folder / f"{name}.csv")
        files[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as error:
        report.judge(files[0], files[1], asked)
    assert error.value.hint
    return error.value.message.replace(f"{folder}/", "")


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "-inf", "Infinity", "1_000", "many", "1,5"])
def test_a_value_that_is_no_finite_number_is_named(tmp_path: Path, word: str) -> None:
    quoted = f'"{word}"' if "," in word else word
    message = refusal(tmp_path, f"id,target,prediction\na,1,1\nb,2,{quoted}\n", asked=ERROR)
    assert message == f"candidate.csv, row 3, column 'prediction': '{word}' is not a finite number."


@pytest.mark.parametrize("word", ["nan", "NaN", "-inf"])
def test_a_label_that_stands_for_no_value_is_named(tmp_path: Path, word: str) -> None:
    message = refusal(tmp_path, f"id,target,prediction\na,cat,dog\nb,cat,{word}\n")
    assert message == f"candidate.csv, row 3, column 'prediction': '{word}' is no value."


@pytest.mark.parametrize("column", ["id", "target", "prediction"])
def test_an_empty_cell_is_named(tmp_path: Path, column: str) -> None:
    cells = {"id": "b", "target": "0", "prediction": "0", column: ""}
    message = refusal(tmp_path, f"id,target,prediction\na,1,1\n{','.join(cells.values())}\n")
    assert message == f"candidate.csv, row 3, column '{column}' is empty."


def test_an_empty_number_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, "id,target,prediction\na,1,1\nb,,0\n", asked=ERROR)
    assert message == "candidate.csv, row 3, column 'target' is empty."


def test_a_value_far_down_is_named(tmp_path: Path) -> None:
    rows = "".join(f"{row},1,1\n" for row in range(9000))
    message = refusal(tmp_path, f"id,target,prediction\n{rows}x,1,nan\n", asked=ERROR)
    assert message.startswith("candidate.csv, row 9002, column 'prediction'")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "candidate.csv has no column 'id'."),
        ("id,target,prediction\n", "candidate.csv has no rows."),
        ("id,target,guess\na,1,1\n", "candidate.csv has no column 'prediction'."),
        ("id;target;prediction\na;1;1\n", "candidate.csv has no column 'id'."),
        ("id,target,prediction,prediction\na,1,1,1\n", "candidate.csv has several columns named 'prediction'."),
        ("id,target,prediction\na,1,1\nb,0\n", "candidate.csv, row 3 has 2 values; the header has 3."),
        ("id,target,prediction\na,1,1\nb,0,0,0\n", "candidate.csv, row 3 has 4 values; the header has 3."),
        (
            "id,target,prediction\na,1,1\nb,0,0\na,1,1\n",
            "candidate.csv, row 4, column 'id': 'a' stands in row 2 too.",
        ),
        ("id,target,prediction\na,1,1\nb,0,0\n", "champion.csv, row 4, column 'id': 'c' is not in candidate.csv."),
        (GOOD + "d,1,1\n", "candidate.csv, row 5, column 'id': 'd' is not in champion.csv."),
        (
            GOOD.replace("b,0", "b,1"),
            SET,
        ),
        (
            GOOD.replace("a,1,1", "a,1,0.73"),
            FRACTION,
        ),
        ('id,target,prediction\na,1,"1\n', "candidate.csv is not valid CSV at or after row 2: unexpected end of data."),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text) == message


def test_bytes_that_are_not_utf_8_are_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, "id,target,prediction\na,1,1\nb,0,né\n".encode("latin-1"))
    assert message == "candidate.csv, row 3, column 'prediction' is not UTF-8."


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("id,targét\na,1\n", "row 1, column '2' is not UTF-8."),
        ("id,target\na,1\nb,0,\xe9\n", "row 3, column '3' is not UTF-8."),
        ("\nid,target\na,\xe9\n", "row 3, column 'target' is not UTF-8."),
        ('id,target\na,"1\xe9\n', "row 2, column 'target' is not UTF-8."),
    ],
)
def test_the_place_of_other_bytes_is_named_as_far_as_it_is_known(tmp_path: Path, content: str, place: str) -> None:
    assert refusal(tmp_path, content.encode("latin-1")) == f"candidate.csv, {place}"


def test_an_open_quote_in_the_header_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'id,"target\n').startswith("candidate.csv is not valid CSV at or after row 1: ")


def test_a_quoted_value_keeps_its_line_breaks(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b'id,target\n"a\r\nb",1\n"c\rd",0\n')
    assert reading.read(file, Wanted({"id": ID})).ids == ["a\r\nb", "c\rd"]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_rests_while_a_file_is_read(tmp_path: Path, enabled: bool) -> None:
    resting = []

    class Watching(Wanted):
        def chosen(self, file: Path, header: Sequence[str]) -> dict[str, tuple[str, str]]:
            resting.append(not gc.isenabled())
            return super().chosen(file, header)

    file, before = write(tmp_path / "x.csv", {"target": [1]}), gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        reading.read(file, Watching({"id": ID}))
        assert (resting, gc.isenabled()) == ([True], enabled)
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_message_names_the_column_as_the_file_does(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"x.{ending}"
    columns: dict[str, Any] = {"id": ["a", "b"], "truth": [0, 1], "guess": ["0", "0.5"]}
    write(file, columns) if ending == "csv" else parquet.write_table(pyarrow.table(columns), file)
    asked = ask("accuracy", champion=False, columns={"target": "truth", "prediction": "guess"})
    with pytest.raises(UsageError, match=r"column 'guess': '0.5' is not a label of the target"):
        report.judge(file, None, asked)


@pytest.mark.parametrize("word", ["inf", "Infinity", "+infinity"])
def test_an_infinite_label_is_no_value(tmp_path: Path, word: str) -> None:
    assert refusal(tmp_path, f"id,target,prediction\na,1,{word}\n").endswith(f"'{word}' is no value.")


def test_a_long_line_of_bytes_that_are_not_utf_8_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"\xff" * 200_000) == "candidate.csv is not UTF-8."


@pytest.mark.parametrize("column", ["id", "prediction", "probability", "score", "trial", "weight"])
def test_a_column_that_has_another_use_makes_no_slices(tmp_path: Path, column: str) -> None:
    columns = {**labels(30)[0], "score": [1] * 30, "probability": [1] * 30, "trial": [1] * 30, "weight": [1] * 30}
    with pytest.raises(UsageError, match=f"The column '{column}' can't divide the rows into slices."):
        judge(tmp_path, columns, columns, ask("accuracy:margin=0.01", slices=(("target", column),)))


def test_semicolons_are_explained(tmp_path: Path) -> None:
    hints = {";": "Separate the columns with commas.", "_": "It has: id_target_prediction."}
    for mark, hint in hints.items():
        (tmp_path / "candidate.csv").write_text("id,target,prediction\na,1,1\n".replace(",", mark))
        with pytest.raises(UsageError) as error:
            report.judge(tmp_path / "candidate.csv", None, ACCURACY)
        assert error.value.hint == hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read: No such file"):
        report.judge(tmp_path / "nowhere.csv", None, ACCURACY)


@pytest.mark.parametrize("column", ["group", "weight"])
def test_a_column_that_one_file_lacks_is_named(tmp_path: Path, column: str) -> None:
    candidate, champion = labels(100, lost=1)
    with pytest.raises(UsageError, match=f"has a column '{column}'"):
        judge(tmp_path, candidate, {**champion, column: [1] * 100}, ACCURACY)


@pytest.mark.parametrize("column", ["group", "weight", "region"])
def test_other_groups_weights_or_slices_are_another_set(tmp_path: Path, column: str) -> None:
    candidate, champion = labels(100, lost=1)
    asked = ask("accuracy:margin=0.01", slices=(("region",),))
    candidate["region"] = champion["region"] = [1] * 100
    candidate[column], champion[column] = [1] * 100, [1] * 99 + [2]
    with pytest.raises(UsageError, match=f"row 101, column '{column}' differs"):
        judge(tmp_path, candidate, champion, asked)


@pytest.mark.parametrize(("weights", "words"), [([-1, *[1] * 99], "is negative"), ([0] * 100, "are 0")])
def test_weights_must_weigh(tmp_path: Path, weights: list[int], words: str) -> None:
    candidate, champion = ({**columns, "weight": weights} for columns in labels(100, lost=1))
    with pytest.raises(UsageError, match=words):
        judge(tmp_path, candidate, champion, ACCURACY)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_probability_is_between_0_and_1(tmp_path: Path, value: float) -> None:
    columns: dict[str, Any] = {"target": [1, 0], "probability": [value, 0.5]}
    with pytest.raises(UsageError, match=r"row 2, column 'probability': .* is not a probability"):
        judge(tmp_path, columns, columns, ask("brier:margin=0.01"))


def test_the_positive_class_must_be_known(tmp_path: Path) -> None:
    candidate, champion = (
        {name: [f"c{v}" for v in column] for name, column in side.items()} for side in labels(100, lost=1)
    )
    with pytest.raises(UsageError, match="The positive class is not known"):
        judge(tmp_path, candidate, champion, ask("recall:margin=0.01"))
    with pytest.raises(UsageError, match="No row has the positive class 'c2': the labels are c0, c1"):
        judge(tmp_path, candidate, champion, ask("recall:margin=0.01", positive="c2"))
    named = judge(tmp_path, candidate, champion, ask("recall:margin=0.01", positive="c1"))
    assert named.marks[0].comparison.champion == 1


def test_trials_must_differ_in_their_number(tmp_path: Path) -> None:
    side = {"id": [1, 1], "trial": [1, 1], "score": [1, 0]}
    with pytest.raises(UsageError, match="row 3, column 'trial': '1' has trial '1' twice"):
        judge(tmp_path, side, side, ask("score:margin=0.1,direction=higher"))


def test_trials_of_a_row_share_its_target(tmp_path: Path) -> None:
    side = {"id": [1, 1], "trial": [1, 2], "target": [1, 0], "prediction": [1, 1]}
    with pytest.raises(UsageError, match="row 3, column 'target' differs from another row of id '1'"):
        judge(tmp_path, side, side, ACCURACY)


def test_a_metric_that_is_no_mean_takes_no_trials(tmp_path: Path) -> None:
    side = {"id": [1, 1], "trial": [1, 2], "target": [1, 1], "probability": [1, 0]}
    with pytest.raises(UsageError, match="roc_auc takes one answer for each row"):
        judge(tmp_path, side, side, ask("roc_auc:margin=0.1"))


def test_a_byte_order_mark_and_quotes_are_read(tmp_path: Path) -> None:
    for name in ("candidate", "champion"):
        (tmp_path / f"{name}.csv").write_text('\ufeff"id",target,prediction\n"a,b",1,1\nc,0,0\n', "utf-8")
    assert report.judge(tmp_path / "candidate.csv", tmp_path / "champion.csv", ACCURACY).rows == 2


@pytest.mark.parametrize("rows", [3, 1999, 2000, 2001, 4000])
def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path, rows: int) -> None:
    text = "id,target,prediction\n" + "".join(f"{row},{row % 2},1\n" for row in range(rows))
    (tmp_path / "candidate.csv").write_text(text + "\n" * 2500)
    assert report.judge(tmp_path / "candidate.csv", None, ACCURACY).rows == rows


@pytest.mark.parametrize("rows", [3, 1999, 2000])
def test_a_blank_line_before_other_rows_is_named(tmp_path: Path, rows: int) -> None:
    lines = "".join(f"{row},1,1\n" for row in range(rows))
    for blank in (1, 2500):
        message = refusal(tmp_path, f"id,target,prediction\n{lines}{chr(10) * blank}x,1,1\n")
        assert message == f"candidate.csv, row {rows + 2} is blank, and more rows follow."


@pytest.mark.parametrize("column", ["group", "weight"])
def test_groups_of_one_row_and_equal_weights_change_nothing(tmp_path: Path, column: str) -> None:
    sides = labels(200, lost=7, won=3)
    values = [2] * 200 if column == "weight" else range(200)
    plain, other = (
        judge_pair(tmp_path, [{**side, **more} for side in sides], ACCURACY).marks for more in ({}, {column: values})
    )
    assert plain == other


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    candidate, champion = labels(200, lost=7, won=3)
    turned = {name: list(column)[::-1] for name, column in {"id": range(200), **champion}.items()}
    straight, other = (judge(tmp_path, candidate, side, ACCURACY) for side in (champion, turned))
    assert straight == other


def test_numbers_are_equal_however_they_are_written(tmp_path: Path) -> None:
    candidate, champion = labels(200, lost=7, won=3)
    written = {name: [f"{value}.0" for value in column] for name, column in champion.items()}
    straight, other = (judge(tmp_path, candidate, side, ACCURACY) for side in (champion, written))
    assert straight == other


class TestParquet:
    def write(self, file: Path, columns: dict[str, Any]) -> Path:
        parquet.write_table(pyarrow.table(columns), file)
        return file

    def test_parquet_gives_the_report_of_csv(self, tmp_path: Path) -> None:
        sides = [{"id": list(range(200)), **side} for side in labels(200, lost=7, won=3)]
        asked = ask("accuracy:margin=0.01", "mae:margin=0.02")
        files = [self.write(tmp_path / f"{index}.parquet", side) for index, side in enumerate(sides)]
        assert report.judge(files[0], files[1], asked) == judge(tmp_path, sides[0], sides[1], asked)

    @pytest.mark.parametrize(
        ("values", "asked", "words"),
        [
            ([1, None], ACCURACY, "row 2, column 'prediction' is empty"),
            ([1.0, float("nan")], ERROR, "row 2, column 'prediction': 'nan' is not a finite number"),
            (["1", "x"], ERROR, "row 2, column 'prediction': 'x' is not a finite number"),
            (["1", "nan"], ACCURACY, "row 2, column 'prediction': 'nan' is no value"),
        ],
    )
    def test_a_wrong_value_is_named(self, tmp_path: Path, values: list[Any], asked: Any, words: str) -> None:
        file = self.write(tmp_path / "x.parquet", {"id": ["a", "b"], "target": [1, 0], "prediction": values})
        with pytest.raises(UsageError, match=words):
            report.judge(file, None, asked)

    def test_a_file_without_rows_is_refused(self, tmp_path: Path) -> None:
        file = self.write(tmp_path / "x.parquet", {"id": pyarrow.array([], pyarrow.string()), "score": []})
        with pytest.raises(UsageError, match="has no rows"):
            reading.read(file, Wanted({"id": ID}))

    @pytest.mark.parametrize("value", ["", " "])
    def test_an_id_of_nothing_is_named(self, tmp_path: Path, value: str) -> None:
        file = self.write(tmp_path / "x.parquet", {"id": ["a", value]})
        with pytest.raises(UsageError, match="row 2, column 'id' is empty"):
            reading.read(file, Wanted({"id": ID}))

    @pytest.mark.parametrize(
        "values", [pyarrow.array([1, 2]), pyarrow.array([1.0, 2.0]), pyarrow.array(["1", "2"]), ["1.0", "2e0"]]
    )
    def test_numbers_are_read_from_columns_of_each_type(self, tmp_path: Path, values: Any) -> None:
        file = self.write(tmp_path / "x.parquet", {"id": ["a", "b"], "score": values})
        table_ = reading.read(file, Wanted({"id": ID, "score": NUMBER}))
        assert (table_.ids, table_.numbers["score"].tolist()) == (["a", "b"], [1, 2])

    def test_numbers_are_taken_as_they_are(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Words would take many times as long."""
        monkeypatch.setattr(table, "numbers", None)
        for values in ([1, 2], [1.0, 2.0]):
            file = self.write(tmp_path / "x.parquet", {"id": ["a", "b"], "score": values})
            assert reading.read(file, Wanted({"id": ID, "score": NUMBER})).numbers["score"].tolist() == [1, 2]

    def test_only_the_columns_that_are_asked_for_are_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        columns, whole = [], parquet.ParquetFile.read

        def watched(file: Any, **options: Any) -> Any:
            columns.extend(options["columns"])
            return whole(file, **options)

        monkeypatch.setattr(parquet.ParquetFile, "read", watched)
        reading.read(self.write(tmp_path / "x.parquet", {"id": ["a"], "score": [1], "wide": ["x"]}), Wanted({"id": ID}))
        assert columns == ["id"]

    def test_what_is_no_parquet_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "x.parquet"
        file.write_text("id,target\n")
        with pytest.raises(UsageError, match=r"is not a valid Parquet file: .*[^.]\.$"):
            report.judge(file, None, ACCURACY)


class TestDigests:
    def test_ledgers_of_earlier_versions_know_the_same_set_and_the_same_answers(self, tmp_path: Path) -> None:
        side: dict[str, Any] = {"id": [*"abcd"], "target": [0, 1, 1, 0], "prediction": [0, 1, 0, 0], "group": [*"xxyy"]}
        first = judge(tmp_path, {**side, "weight": [1, 2, 3, 4]}, None, ask("accuracy", champion=False))
        trials = {name: [*column, column[3]] for name, column in side.items()}
        trials |= {"prediction": ["late", "early", "late", "late", "early"], "trial": [2, 1, 1, 2, 1]}
        second = judge(tmp_path, trials, None, ask("accuracy", champion=False))
        reports = {"plain": first, "trials": second}
        assert {name: (r.evaluation, r.answers["candidate"], r.sketch) for name, r in reports.items()} == PINNED

    def digests(self, folder: Path, candidate: dict[str, Any], champion: dict[str, Any], asked: Any = ACCURACY) -> Any:
        result = judge(folder, candidate, champion, asked)
        return result.evaluation, result.answers

    def test_slices_and_order_do_not_change_the_set(self, tmp_path: Path) -> None:
        candidate, champion = labels(200, lost=7, won=3)
        plain = self.digests(tmp_path, candidate, champion)
        sides = [{"id": range(200), **side, "region": [1] * 200} for side in (candidate, champion)]
        sides = [{name: list(column)[::-1] for name, column in side.items()} for side in sides]
        sliced = self.digests(tmp_path, sides[0], sides[1], ask("accuracy:margin=0.01", slices=(("region",),)))
        assert sliced[0] == plain[0]

    @pytest.mark.parametrize("shuffled", ["both", "candidate", "champion"])
    @pytest.mark.parametrize("trials", [1, 2])
    def test_the_same_answers_in_another_order_are_the_same_pair(
        self, tmp_path: Path, shuffled: str, trials: int
    ) -> None:
        """Otherwise a rerun that writes its rows in another order would be a new look at the set."""
        rng = np.random.default_rng(1)
        sides = {}
        for name, side in zip(("candidate", "champion"), labels(200, lost=7, won=3), strict=True):
            columns = {"id": np.arange(200), **side, "prediction": rng.permutation(side["prediction"])}
            sides[name] = {key: np.tile(column, trials) for key, column in columns.items()}
            if trials > 1:
                sides[name]["trial"] = np.repeat(np.arange(trials), 200)
                sides[name]["prediction"][:50] = 1
        plain = self.digests(tmp_path, sides["candidate"], sides["champion"])
        for name in ("candidate", "champion") if shuffled == "both" else (shuffled,):
            order = rng.permutation(200 * trials)
            sides[name] = {key: column[order] for key, column in sides[name].items()}
        assert self.digests(tmp_path, sides["candidate"], sides["champion"]) == plain

    def test_ids_with_equal_hashes_have_one_order(self) -> None:
        words = ["plumless", "other", "buckeroo"]
        assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
        orders = {
            tuple(ids[place] for place in digests.ranked(ids).order) for ids in map(list, itertools.permutations(words))
        }
        assert len(orders) == 1
        assert len(digests.ranked(words).sketch) == 2 * HASH

    @pytest.mark.parametrize("column", ["id", "target", "group"])
    def test_other_rows_are_another_set(self, tmp_path: Path, column: str) -> None:
        sides = [{"id": list(range(200)), **side, "group": [0] * 200} for side in labels(200, lost=7, won=3)]
        plain = self.digests(tmp_path, *sides)
        for side in sides:
            side[column] = [*list(side[column])[:-1], 999 if column == "id" else 1 - int(side[column][-1])]
        assert self.digests(tmp_path, *sides)[0] != plain[0]

    def test_other_answers_are_another_pair(self, tmp_path: Path) -> None:
        candidate, champion = labels(200, lost=7, won=3)
        plain = self.digests(tmp_path, candidate, champion)[1]
        changed = {**candidate, "prediction": [*candidate["prediction"][:-1], 0]}
        other = self.digests(tmp_path, changed, champion)[1]
        assert plain["candidate"] != other["candidate"]
        assert plain["champion"] == other["champion"]


def test_the_file_of_a_test_is_csv(tmp_path: Path) -> None:
    assert write(tmp_path / "x.csv", {"a": [1]}).read_text() == "id,a\n0,1\n"
