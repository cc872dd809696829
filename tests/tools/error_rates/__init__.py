"""How often the model gate errs, by simulation, beside three gates that people write by hand."""
