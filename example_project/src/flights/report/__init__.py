"""The report: a page for people who look at what an evaluation found."""

EVALUATION = "FLIGHTS_EVALUATION"
"""The variable that names the folder of the evaluation."""
