"""One module per command: `configure(parser)` adds its arguments, `run(arguments)` does the work."""
