"""What every source of flights offers."""

from abc import ABC, abstractmethod

import pandas as pd


class DataLoader(ABC):
    """A source of flights."""

    @abstractmethod
    def load(self) -> pd.DataFrame:
        """One row per flight: the columns KNOWN, then TARGET, which is missing where nobody knows it yet."""
