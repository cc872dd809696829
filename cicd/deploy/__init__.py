"""Deploy targets: where releases run. Each leaves the old release serving when the new one is bad."""
