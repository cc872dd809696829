"""What every source of flights offers."""

from abc import ABC, abstractmethod

import pandas as pd


class DataLoader(ABC):
    """A source of flights. `name` is what messages call it; `flights.datasets.read` checks its rows through a view."""

    name: str
    first_row = 1
    """The number of the first flight in messages: 2 where a header is row 1."""

    @abstractmethod
    def rows(self) -> pd.DataFrame:
        """Return one row per flight, unchecked: the columns KNOWN and, where the source has it, TARGET."""
