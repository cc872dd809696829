"""Running workflows with act: its process, its log, and the workflow files that it is given."""
