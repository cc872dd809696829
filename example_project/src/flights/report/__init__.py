"""The report: a page that shows an evaluation to people."""

EVALUATION = "FLIGHTS_EVALUATION"
"""The variable that names the folder of the evaluation."""
