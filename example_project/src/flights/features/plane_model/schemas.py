"""What goes into the flow of aircraft models and what comes out of it."""

from collections.abc import Sequence

import pandera.pandas as pa

MODELS = pa.SeriesSchema(str, nullable=False)
"""Texts; an unknown model is an empty one."""


def words_of(words: Sequence[str]) -> pa.DataFrameSchema:
    """Return the schema of the result: a column per word, 1 where the model has it."""
    return pa.DataFrameSchema({word: pa.Column("float64", pa.Check.isin([0, 1])) for word in words}, strict=True)
