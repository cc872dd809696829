"""Export the checked flights of any source to the database table that the SQL loader reads.

python -m flights.data_exports.table --to sqlite:///flights.db
"""

import sys
from collections.abc import Sequence

from flights import config, datasets
from flights.data_loaders import database
from flights.targets import target

TABLE = "flights"


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, replacing an older one, and return the exit code: 1 for bad data."""
    options = config.read(config.ExportTable, "export-table", arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    with database.writing(options.to) as connection:
        flights.to_sql(TABLE, connection, index=False, if_exists="replace", chunksize=10_000)
    print(f"{len(flights)} flights in the table {TABLE} of {database.shown(options.to)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
