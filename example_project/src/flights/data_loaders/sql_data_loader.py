"""Flights from a database."""

import pandas as pd

from flights.data_loaders import database
from flights.data_loaders.data_loader import DataLoader

EVERYTHING = "SELECT * FROM flights"


class SqlDataLoader(DataLoader):
    """What a query of a database answers; its columns are named as a flight's are.

    The URL is one of SQLAlchemy, which for all but SQLite needs the database's driver, too. It may hold a password:
    messages leave that out.
    """

    def __init__(self, url: str, query: str = EVERYTHING) -> None:
        self.url = url
        self.name = database.shown(url)
        self.query = query

    def rows(self) -> pd.DataFrame:
        """The rows of the answer, in its order.

        Raises:
            UnreadableSourceError: the database does not answer, or not to this query, or the query would change it.

        """
        with database.reading(self.url) as connection:
            return pd.read_sql_query(self.query, connection)
