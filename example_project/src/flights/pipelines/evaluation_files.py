"""The files of an evaluation: METRICS once, the others in a folder for each model."""

METRICS = "metrics.json"
PREDICTIONS = "predictions.csv"
IMPORTANCE = "importance.csv"
DEPENDENCE = "partial_dependence.csv"
PLOTS = "partial_dependence.svg"
