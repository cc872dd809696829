"""Whether data is good enough for what it is to be used for, and if not, which rows are to blame."""
