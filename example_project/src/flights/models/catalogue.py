"""The models that are trained and released together."""

from flights.models.arrival_delay.model import ARRIVAL_DELAY
from flights.models.late_arrival.model import LATE_ARRIVAL

MODELS = (ARRIVAL_DELAY, LATE_ARRIVAL)
