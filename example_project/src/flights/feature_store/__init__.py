"""The views of a flight that models share: their columns and the limits of each."""
