"""The flows from what is known before departure to the features of a model."""
