"""How a project comes to the kit: `init` makes a new one, `adopt` adds configuration and callers to one that exists."""
