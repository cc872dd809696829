"""Column types that refuse what does not fit; pandera's own would cut the value or guess."""

import re
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from pandera.dtypes import DataType, immutable
from pandera.engines import pandas_engine

ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?")


@pandas_engine.Engine.register_dtype
@immutable
class WholeNumber(pandas_engine.DataType):
    """A whole number, however it is written: 229, 229.0 or text of these."""

    type = np.dtype("int64")

    def coerce(self, data_container: pd.Series) -> pd.Series:
        """Return the numbers as int64; a ValueError, TypeError or OverflowError where one is none."""
        if data_container.dtype == self.type:
            return data_container
        return pd.Series([self.coerce_value(value) for value in data_container], data_container.index, self.type)

    def coerce_value(self, value: Any) -> np.int64:
        """Return the number; an error as for `coerce`."""
        if isinstance(value, bool | np.bool_) or not float(value).is_integer():
            raise ValueError(value)
        return np.int64(int(float(value)))

    def __str__(self) -> str:
        return "a whole number"


@pandas_engine.Engine.register_dtype
@immutable
class LocalTime(pandas_engine.DataType):
    """A date, or a date and a time, without a time zone: of a database's own type, or text as ISO 8601 has it."""

    type = np.dtype("datetime64[us]")

    def coerce(self, data_container: pd.Series) -> pd.Series:
        """Return the times as datetime64[us], NaT where there is nothing; a ValueError where one is none."""
        if data_container.dtype.kind == "M" and data_container.dt.tz is None:
            return data_container.astype(self.type)
        return pd.Series([self.coerce_value(value) for value in data_container], data_container.index, self.type)

    def coerce_value(self, value: Any) -> Any:
        """Return the time; a ValueError if it is none."""
        if pd.isna(value):
            return pd.NaT
        if isinstance(value, str) and ISO.fullmatch(value):
            value = datetime.fromisoformat(value)
        if not isinstance(value, date) or getattr(value, "tzinfo", None):
            raise ValueError(value)
        return pd.Timestamp(value).as_unit("us")

    def check(self, pandera_dtype: DataType, data_container: Any = None) -> bool:  # noqa: ARG002 -- pandera's names
        """Return whether a column is of this type; pandera knows times of nanoseconds alone."""
        return isinstance(pandera_dtype, pandas_engine.DateTime) and pandera_dtype.tz is None

    def __str__(self) -> str:
        return "a time without a zone, as 2013-12-20T17:45"
