"""Turn a push, a dispatch or a schedule into the runs it triggers, with GitHub's event payloads."""
