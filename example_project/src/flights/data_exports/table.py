"""Export to a database: the flights of any source, checked, as the table that the SQL loader reads.

python -m flights.data_exports.table --to sqlite:///flights.db
"""

import argparse
import sys
from collections.abc import Sequence

from flights import datasets
from flights.data_loaders import database
from flights.targets import target

TABLE = "flights"


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table in place of one that is there, and return the exit code: 1 for bad data."""
    parser = argparse.ArgumentParser(prog="export-table", description="Write the flights of a source to a database.")
    parser.add_argument("--to", required=True, metavar="URL", help="the database, such as sqlite:///flights.db")
    datasets.add_options(parser)
    options = parser.parse_args(arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    with database.writing(options.to) as connection:
        flights.to_sql(TABLE, connection, index=False, if_exists="replace", chunksize=10_000)
    print(f"{len(flights)} flights in the table {TABLE} of {database.shown(options.to)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
