"""The interface of all data loaders."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

Row = Mapping[str, float]


class DataLoader(ABC):
    """A source of rows."""

    @abstractmethod
    def load(self) -> Sequence[Row]:
        """Return all rows."""
