"""What every source of flights offers."""

from abc import ABC, abstractmethod

import pandas as pd


class DataLoader(ABC):
    """A source of flights, by the name that messages about its data use. What reads it is a view, which checks it."""

    name: str
    first_row = 1
    """What messages call the first flight: 2 where a header is row 1."""

    @abstractmethod
    def rows(self) -> pd.DataFrame:
        """One row per flight, unchecked: the columns KNOWN and, where the source has it, TARGET."""
