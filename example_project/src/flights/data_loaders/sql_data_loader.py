"""Flights from a database."""

import pandas as pd

from flights.data_loaders import database
from flights.data_loaders.data_loader import DataLoader

EVERYTHING = "SELECT * FROM flights"


class SqlDataLoader(DataLoader):
    """The answer to a database query, whose columns have the names of a flight's columns.

    The URL is SQLAlchemy's; databases other than SQLite also need their driver. Messages leave its password out.
    """

    def __init__(self, url: str, query: str = EVERYTHING) -> None:
        self.url = url
        self.name = database.shown(url)
        self.query = query

    def rows(self) -> pd.DataFrame:
        """Return the rows of the answer, in its order.

        Raises:
            UnreadableSourceError: the database does not answer, or not to this query, or the query would change it.

        """
        with database.reading(self.url) as connection:
            return pd.read_sql_query(self.query, connection)
