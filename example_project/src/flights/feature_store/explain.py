"""Messages about data that breaks a schema: how many rows are bad, and the first of them."""

import re

import pandas as pd
from pandera.errors import SchemaErrors

FIRST = 3
MISSING = "column_in_dataframe"
REPEATED = "dataframe_column_labels_unique"
COERCION = re.compile(r"coerce_dtype\('(.*)'\)")
KINDS = {"float64": "a number", "str": "text"}


def explain(error: SchemaErrors, source: str, first_row: int) -> str:
    """Return a line for the whole, then one per column and rule; rows are counted from `first_row`.

    If the mistake is not in single rows, one line says what is wrong.
    """
    cases = error.failure_cases
    missing = cases.loc[cases["check"] == MISSING, "failure_case"]
    if not missing.empty:
        return f"{source} lacks the columns {', '.join(missing)}."
    if REPEATED in set(cases["check"]):
        names = error.data.columns
        return f"{source} has columns more than once: {', '.join(names[names.duplicated()].unique())}."
    # A value of the wrong type breaks every rule of its column; one line is enough.
    other_kind = cases["check"].str.match(COERCION)
    bad = cases[cases["index"].notna() & (other_kind | ~cases["column"].isin(cases.loc[other_kind, "column"]))]
    if bad.empty:
        broken = (f"{row.column} must be {_rule(row.check)}, not {row.failure_case}" for row in cases.itertuples())
        return f"{source} as a whole is not as it must be: {'; '.join(broken)}."
    lines = [f"{source}: {bad['index'].nunique()} of {len(error.data)} rows are bad."]
    for (column, check), group in bad.groupby(["column", "check"], sort=False):
        first = group.sort_values("index").head(FIRST)
        rows = ", ".join(f"row {index + first_row} has {_shown(value)}" for index, value in _pairs(first))
        more = f", and {len(group) - FIRST} rows more" if len(group) > FIRST else ""
        lines.append(f"  {column} must be {_rule(str(check))}: {rows}{more}")
    return "\n".join(lines)


def _pairs(cases: pd.DataFrame) -> list[tuple[int, object]]:
    return list(zip(cases["index"], cases["failure_case"], strict=True))


def _shown(value: object) -> str:
    return "nothing" if pd.isna(value) else repr(value)


def _rule(check: str) -> str:
    """Return the rule in words: pandera's names read like `greater_than(0)` and `coerce_dtype('int64')`."""
    if kind := COERCION.fullmatch(check):
        return KINDS.get(kind[1], kind[1])
    if check == "not_nullable":
        return "there"
    return re.sub(r"[_(]", " ", check).removesuffix(")")
