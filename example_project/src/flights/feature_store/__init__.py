"""The views of the flights that models share: which columns there are, and what they may hold."""
