"""Tasks that write data out: a file, a database table, a snapshot of a query."""
