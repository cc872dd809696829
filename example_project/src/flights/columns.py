"""The columns of a flight, and which of them may be used to predict.

A prediction is made an hour before the scheduled departure. What happens later (actual times, departure delay, time
in the air) is no column here, so no feature can be made from it. The weather is the last that was observed by then,
one to two hours before departure.
"""

CATEGORIES = ("carrier", "origin", "dest")
SCHEDULE = ("scheduled_departure", "scheduled_minutes", "distance")
AIRCRAFT = ("seats", "engines", "built", "model")
WEATHER = ("temperature", "dew_point", "humidity", "wind_speed", "precipitation", "pressure", "visibility")

KNOWN = (*CATEGORIES, *SCHEDULE, *AIRCRAFT, *WEATHER)
"""What a caller gives. Aircraft and weather may be missing."""

TEXTS = (*CATEGORIES, "model")
TARGET = "arrival_delay"
