"""What every source of flights offers."""

from abc import ABC, abstractmethod

import pandas as pd


class DataLoader(ABC):
    """A source of flights, by the name that messages about its data use. What reads it is a view, which checks it."""

    name: str

    @abstractmethod
    def rows(self) -> pd.DataFrame:
        """One row per flight, unchecked: the columns KNOWN and, where the source has it, TARGET."""
